from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from planted_lamps import HOSTILE, hostile_funnel, lamps_funnel

from elicit.funnels.exports import outline
from elicit.funnels.exports.outline import markdown_text
from elicit.funnels.exports.shown import one_line


class _Read(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def rendered(markdown: str) -> _Read:
    return _Read(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown))


def test_every_answer_says_where_it_leads():
    funnel = lamps_funnel()
    text = outline(funnel)
    for question in funnel.questions:
        section = text.split(f"\n## {question.id}\n")[1].split("\n## ")[0]
        assert re.findall(r"→ \[(\w+)\]\(#(\w+)\)", section) == [(b.to, b.to) for b in question.branches]
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == len(funnel.tree.nodes)
    assert "**Nothing fits all your answers.** Give up your answer on" in text


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("frame", ["- {}", "**{}**", "# {}"])
def test_hostile_text_is_text_in_markdown(text, frame):
    read = rendered(frame.format(markdown_text(text)))
    assert read.text.strip() == one_line(text)
    assert set(read.tags) <= {"ul", "li", "p", "strong", "h1"}


def test_the_outline_of_hostile_names_has_only_what_we_format():
    read = rendered(outline(hostile_funnel()))
    assert set(read.tags) == {"h1", "h2", "p", "strong", "ul", "li", "a"}
    for facet in hostile_funnel().facets:
        assert all(one_line(option.label) in read.text for option in facet.options)
