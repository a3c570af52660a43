"""A question set as an outline in Markdown: what is asked, where each answer leads, how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from elicit.basis import counted
from elicit.funnels.exports.funnel import Funnel
from elicit.funnels.exports.shown import choices_of, ending_of, item_text, one_line, sentence, wording_of
from elicit.funnels.tree import End, Question

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>#|~&!])")
_AT_START: Final = re.compile(r"^(\d*)([-+=.)])")


def outline(funnel: Funnel) -> str:
    """Return a question set as Markdown: a section a question and an end, each answer a link to where it leads."""
    first = funnel.tree.first
    most = funnel.longest[first]
    asked = f"at most {counted(most, 'question')}"
    head = f"{funnel.tree.items:,} items, {asked}; everybody starts at {_link(first)}."
    parts = [f"# {markdown_text(funnel.title or funnel.tree.domain)}", head]
    for question in funnel.questions:
        parts += _question(funnel, question)
    for end in funnel.ends:
        parts += _end(funnel, end)
    return "\n\n".join(parts) + "\n"


def markdown_text(text: str) -> str:
    """Return a text on one line in which Markdown finds nothing to format."""
    escaped = _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line(text)))
    return escaped.replace("://", ":\\//").replace("www.", "www\\.")


def _question(funnel: Funnel, node: Question) -> Iterator[str]:
    facet = funnel.facet_by_id[node.facet]
    labels = choices_of(funnel, facet)
    yield f"## {markdown_text(node.id)}"
    yield f"**{markdown_text(wording_of(facet))}**"
    yield f"Asks for {markdown_text(facet.label)}; {node.items_left:,} items left. {markdown_text(sentence(node.why))}"
    yield "\n".join(f"- {markdown_text(labels[b.option])} → {_link(b.to)}" for b in node.branches)


def _end(funnel: Funnel, node: End) -> Iterator[str]:
    ending = ending_of(funnel, node)
    yield f"## {markdown_text(node.id)}"
    yield f"**{ending.heading}.** {markdown_text(ending.text)}"
    more = [f"- And {ending.more:,} more"] if ending.more else []
    yield "\n".join([*(f"- {markdown_text(item_text(item))}" for item in ending.items), *more])


def _link(node: str) -> str:
    """Return a link to the heading of a node, whose anchor is its name in small letters."""
    return f"[{markdown_text(node)}](#{node.lower()})"
