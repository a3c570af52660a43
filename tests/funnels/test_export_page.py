from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from planted_lamps import HOSTILE, codes_of, hostile_funnel, lamps, lamps_funnel

from elicit.funnels.exports import page, walks
from elicit.funnels.exports.page import page_data
from elicit.funnels.exports.shown import choices_of, ending_of, one_line, price_text, wording_of
from elicit.funnels.tree import NO_PREFERENCE, TreeQuestioner


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.scripts, self._open = [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open = tag == "script"

    def handle_endtag(self, tag):
        self._open = self._open and tag != "script"

    def handle_data(self, data):
        if self._open:
            self.scripts.append(data)


def test_the_page_needs_nothing_from_outside():
    read = _Tags(page(hostile_funnel()))
    assert not [attrs for _, attrs in read.tags if {"src", "href", "srcset", "onclick", "onerror"} & set(attrs)]
    assert "url(" not in page(lamps_funnel())
    assert "@import" not in page(lamps_funnel())
    (policy,) = (attrs["content"] for tag, attrs in read.tags if tag == "meta" and "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_no_text_ends_the_script_that_holds_it():
    read = _Tags(page(hostile_funnel()))
    data, script = read.scripts
    assert json.loads(data) == page_data(hostile_funnel())
    assert not re.search("[<>&\u2028\u2029]", data)
    assert [tag for tag, _ in read.tags].count("script") == 2
    assert script == _Tags(page(lamps_funnel())).scripts[1]
    assert "innerHTML" not in script


@pytest.mark.parametrize(
    ("price", "text"), [(None, ""), (0.0, "0"), (1250.0, "1,250"), (49.5, "49.50"), (3.999, "4.00")]
)
def test_prices_are_read_as_people_write_them(price, text):
    assert price_text(price) == text


def title(tab) -> str:
    return tab.inner_text("h1")


def labels(tab) -> list[str]:
    return tab.locator("#choices button > span").all_text_contents()


def texts(tab, where: str) -> list[str]:
    return tab.locator(where).all_text_contents()


def ending_at(funnel, *, dropped: bool):
    """Return a walk to an end where something fits, or where something must be given up."""
    return next(walk for walk in walks(funnel) if bool(funnel.tree.by_id[walk.end].dropped) == dropped)


def press(tab, funnel, answers) -> None:
    for node, option in answers:
        branches = [b.option for b in funnel.tree.by_id[node].branches]
        tab.keyboard.press("0" if option == NO_PREFERENCE else str(1 + branches.index(option)))


@pytest.mark.consumer
def test_every_case_by_keyboard_asks_what_our_runner_asks(opened):
    funnel, runner = lamps_funnel(), TreeQuestioner(lamps_funnel().tree, lamps().domain)
    tab = opened(funnel)
    for walk in walks(funnel):
        states = list(codes_of(walk.answers, funnel, lamps().domain))
        for state, answer in zip(states, walk.answers, strict=False):
            facet = funnel.facet_by_id[runner.node(state).facet]
            assert title(tab) == wording_of(facet)
            assert labels(tab) == list(choices_of(funnel, facet).values())
            press(tab, funnel, [answer])
        ending = ending_of(funnel, funnel.tree.by_id[walk.end])
        assert title(tab) == ending.heading
        assert texts(tab, "#items b") == [one_line(item.label) for item in ending.items]
        tab.click("#again")
        assert tab.inner_text("#count").startswith("Question 1 of")


@pytest.mark.consumer
def test_back_skip_and_start_again(opened):
    funnel = lamps_funnel()
    tab = opened(funnel)
    first, choices = title(tab), labels(tab)
    assert tab.is_disabled("#back")
    tab.click(f"#choices button:has-text('{choices[0]}')")
    second = title(tab)
    assert tab.inner_text("#count").startswith("Question 2 of at most 3")
    tab.keyboard.press("Backspace")
    assert (title(tab), tab.inner_text("#count")) == (first, "Question 1 of at most 3 · 8 items left")
    tab.click("#choices .skip")
    assert tab.inner_text("#count").endswith("8 items left")
    tab.click("#back")
    tab.keyboard.press("1")
    assert title(tab) == second
    tab.keyboard.press("9")
    tab.keyboard.press("Control+b")
    assert title(tab) == second
    tab.click("#again")
    assert title(tab) == first
    assert tab.is_disabled("#again")


@pytest.mark.consumer
def test_an_end_shows_prices_answers_and_what_was_given_up(opened):
    funnel = lamps_funnel()
    tab = opened(funnel)
    walk = ending_at(funnel, dropped=True)
    press(tab, funnel, walk.answers)
    end = funnel.tree.by_id[walk.end]
    assert title(tab) == "Nothing fits all your answers"
    assert texts(tab, "#items span") == [price_text(funnel.item_by_id[item].price) for item in end.items]
    given = dict(walk.answers)
    dropped = [n for n in given if funnel.tree.by_id[n].facet in end.dropped]
    facets = [funnel.facet_by_id[funnel.tree.by_id[n].facet] for n in dropped]
    shown = [choices_of(funnel, f)[given[n]] for f, n in zip(facets, dropped, strict=True)]
    assert texts(tab, "#answers .dropped") == shown
    assert len(texts(tab, "#answers dd")) == len(walk.answers)
    assert tab.inner_text("#why").startswith("Give up your answer on")


@pytest.mark.consumer
def test_by_tab_and_enter_alone_and_heard_by_a_screen_reader(opened):
    tab = opened(lamps_funnel())
    assert tab.evaluate("document.activeElement === document.body")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.parentElement.id") == "choices"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "title"
    assert tab.get_attribute("#said", "aria-live") == "polite"
    assert tab.inner_text("#said") == tab.inner_text("#count")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.tagName") == "BUTTON"


@pytest.mark.consumer
@pytest.mark.parametrize("make", [lamps_funnel, hostile_funnel])
def test_nothing_is_wider_than_a_small_phone(opened, make):
    funnel = make()
    tab = opened(funnel, width=320)
    for walk in (ending_at(funnel, dropped=True), ending_at(funnel, dropped=False)):
        for answer in (*walk.answers, None):
            assert tab.evaluate("document.documentElement.scrollWidth") == 320
            press(tab, funnel, [answer] if answer else [])
        tab.click("#again")


@pytest.mark.consumer
def test_hostile_names_are_shown_as_text(opened):
    funnel = hostile_funnel()
    tab = opened(funnel)
    assert title(tab) == wording_of(funnel.facet_by_id[funnel.questions[0].facet])
    walk = next(w for w in walks(funnel) if len(funnel.tree.by_id[w.end].items) > 2)
    press(tab, funnel, walk.answers)
    shown = texts(tab, "#items b")
    assert shown == [one_line(funnel.item_by_id[item].label) for item in funnel.tree.by_id[walk.end].items]
    assert set(shown) <= {one_line(text) for text in HOSTILE}
    assert tab.locator("script").count() == 2
