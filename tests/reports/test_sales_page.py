"""The page of sales: what is on it, market by market, and what is not run by it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from elicit.basis import InputError
from elicit.dialogues import Act, Dialogue, EndReason, Event, EventKind, Move, Speaker, Turn, write_dialogues
from elicit.domains import Facet
from elicit.measures import SALES, Difference, GroupRow, KeptSale, Offered, Outcome, SalesResults
from elicit.reports import sales_findings, write_sales_report

HOSTILE = "</script><script>alert(1)</script> \" ' & <b onclick=x> {{ 7 * 7 }} 🍵"
SELLERS = ("rule-none", "pusher")
VOID = {"meta", "path", "rect", "br"}


class Reader(HTMLParser):
    """Checks that tags are balanced, counts elements, and collects what a person reads and what would be run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words: list[str] = []
        self.suspicious: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.suspicious += [name for name, _ in attrs if name.startswith("on") or name in {"src", "srcset"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def row(**means: float) -> dict[str, tuple[float, float, float]]:
    return {m.name: (means.get(m.name, 0.25), means.get(m.name, 0.25), means.get(m.name, 0.25)) for m in SALES}


def difference(
    measure: str, mean: float, low: float, high: float, p: float = 0.001, seller: str = "pusher"
) -> Difference:
    return Difference(seller, "rule-none", "truthful", 10, measure, mean, low, high, p)


def results(**changes: Any) -> SalesResults:
    outcomes = {"misfit": 0.1, "refused": 0.2, "walked_away": 0.05, "out_of_turns": 0.05}
    fields: dict[str, Any] = {
        "title": f"Sale {HOSTILE}",
        "label": "",
        "domain": "Tea shop",
        "people": 1200,
        "draws": 2,
        "measures": SALES,
        "rows": {
            "rule-none": row(**outcomes | {"sold": 0.6, "claimed": 0.7, "turns": 6.125}),
            "pusher": row(**outcomes | {"sold": 0.4, "misfit": 0.3, "claimed": 0.9, "turns": 3}),
        },
        "differences": (
            difference("sold", -0.2, -0.25, -0.15),
            difference("misfit", 0.01, -0.1, 0.12, p=0.8),
            difference("turns", -3.125, -3.5, -2.75),
        ),
        "groups": (
            GroupRow("age", f"old {HOSTILE}", 700, {"rule-none": (0.61, 0.6, 0.62), "pusher": (0.41, 0.4, 0.42)}),
            GroupRow("age", "young", 1, {"rule-none": (1.0, math.nan, math.nan), "pusher": (0.0, math.nan, math.nan)}),
        ),
        "won": {"rule-none": {"tea": 0.5}, "pusher": {"tea": 0.25}},
        "wish_v": {"age": 0.123, "occupation": 0.077},
        "won_v": {"rule-none": {"age": 0.031}, "pusher": {"age": math.nan}},
        "notes": (f"A caveat {HOSTILE}",),
    }
    return SalesResults(**fields | changes)


def talk(number: int, end: EndReason = EndReason.AGENT_DONE) -> Dialogue:
    agreed = Event(kind=EventKind.AGREED, detail="oolong")
    turns = (
        Turn(speaker=Speaker.USER, text=f"Hello {HOSTILE}", move=Move(act=Act.CHAT)),
        Turn(speaker=Speaker.AGENT, text="Tea?", asks=("tea",), move=Move(act=Act.STEER, intent="tea")),
        Turn(speaker=Speaker.USER, text="Yes.", tells={"tea": "yes"}, move=Move(act=Act.TELL)),
        Turn(speaker=Speaker.AGENT, text="Oolong?", move=Move(act=Act.OFFER, intent="tea", item="oolong")),
        Turn(speaker=Speaker.USER, text="Fine.", events=(agreed,), move=Move(act=Act.ACCEPT, item="oolong")),
        Turn(speaker=Speaker.AGENT, text="Sold.", move=Move(act=Act.HAND_OVER, item="oolong")),
    )
    return Dialogue(id=f"p{number}/0", person=f"p{number}", turns=turns, end=end)


def known(seller: str, number: int, fits: bool) -> KeptSale:
    return KeptSale(
        seller=seller,
        file=f"dialogues/{seller}.jsonl",
        id=f"p{number}/0",
        outcome=Outcome.FITS if fits else Outcome.MISFIT,
        claimed=True,
        fitting=1234,
        offered=(Offered(item="oolong", label=f"Oolong {HOSTILE}", fits=fits),),
    )


def folder(path: Path, kept: int = 8) -> Path:
    """Write what lies beside the results of a market: every other dialogue sold what fits."""
    path.mkdir(exist_ok=True, parents=True)
    for seller in SELLERS:
        write_dialogues(path / "dialogues" / f"{seller}.jsonl", (talk(n) for n in range(kept)))
    lines = [known(seller, n, n % 2 == 0).model_dump_json() + "\n" for seller in SELLERS for n in range(kept)]
    (path / "outcomes.jsonl").write_text("".join(lines), encoding="utf-8")
    (path / "facets.jsonl").write_text(Facet(id="tea", label="green tea").model_dump_json() + "\n", encoding="utf-8")
    profiles = (
        f'{{"person": "p{n}", "persona": {{"age": "old"}}, "profile": {{"tea": "yes"}}}}\n' for n in range(kept)
    )
    (path / "profiles.jsonl").write_text("".join(profiles), encoding="utf-8")
    return path


def page(path: Path, *found: SalesResults, **facts: Any) -> str:
    return write_sales_report(found, {"invented": False, "recipe_hash": HOSTILE, **facts}, path).read_text("utf-8")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page(folder(tmp_path_factory.mktemp("run")), results())


def test_the_page_shows_all_parts_in_order(usual: str) -> None:
    assert re.findall(r'<section id="([^"]*)"', usual) == ["market-1", "reading", "notes", "facts"]
    parts = ["Outcomes", "Differences", "Ways", "Dialogues"]
    assert re.findall(r"<h3>(\w+)</h3>", usual) == parts
    text = Reader(usual).text
    for words in ("1,200 held-out buyers", "2 draws", "against rule-none", "A caveat", "recipe hash", "green tea .500"):
        assert words in text
    assert "On this page" in usual


def test_what_comes_from_outside_is_text_and_nothing_else(usual: str) -> None:
    read = Reader(usual)
    assert not {"script", "link", "img", "iframe", "object"} & set(read.seen)
    assert not read.suspicious
    assert "{{ 7 * 7 }}" in read.text
    assert all(target.startswith("#") for target in re.findall(r'(?:href|src)="([^"]*)"', usual))
    assert "default-src 'none'; style-src 'unsafe-inline'" in usual
    # Sale, group, notes, facts, and of each dialogue its words.
    assert usual.count("&lt;b onclick=x&gt;") == usual.count("onclick")


def test_a_bar_holds_every_outcome_and_the_claim(usual: str) -> None:
    bars = re.findall(r'<svg class="bar".*?</svg>', usual, re.DOTALL)
    assert len(bars) == 2
    pieces = re.findall(r'<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"', bars[0])
    assert [name for name, _, _ in pieces] == ["sold", "misfit", "out_of_turns", "refused", "walked_away"]
    ends = [float(start) + float(width) for _, start, width in pieces]
    assert ends == pytest.approx([60, 70, 75, 95, 100])
    assert [float(start) for _, start, _ in pieces] == pytest.approx([0, *ends[:-1]])
    assert '<path class="claim" d="M70.0 0V20"/>' in bars[0]
    assert '<path class="claim" d="M90.0 0V20"/>' in bars[1]


def test_a_seller_of_whom_nothing_is_known_has_an_empty_bar(tmp_path: Path) -> None:
    nothing = {m.name: (math.nan, math.nan, math.nan) for m in SALES}
    found = results(rows={"rule-none": nothing, "pusher": results().rows["pusher"]}, differences=())
    bars = re.findall(r'<svg class="bar".*?</svg>', page(folder(tmp_path), found), re.DOTALL)
    assert "rect" not in bars[0]
    assert "claim" not in bars[0]


def test_differences_beyond_noise_have_a_star_and_others_none(usual: str) -> None:
    text = Reader(usual).text
    assert "−.200 * [−.250, −.150]" in text
    assert "−3.12 * [−3.50, −2.75]" in text
    assert "+.010 [−.100, +.120]" in text
    assert usual.count('class="whisker worse"') == 1
    # Fewer turns are better.
    assert usual.count('class="whisker better"') == 1


def test_findings_call_nobody_ahead_inside_the_noise() -> None:
    within = (difference("sold", -0.2, -0.25, -0.15, p=0.06), difference("turns", -1, -2, 0.5))
    found = sales_findings(results(differences=within))
    assert found[0] == "Sells more than rule-none beyond noise: nobody; cannot be told apart from it: pusher."
    assert found[1] == "Needs fewer turns than rule-none beyond noise: nobody; cannot be told apart from it: pusher."
    told = sales_findings(results())
    assert told[0] == "Sells more than rule-none beyond noise: nobody; sells less: pusher -.200 [-.250, -.150]."
    assert told[1] == "Needs fewer turns than rule-none beyond noise: pusher -3.12 [-3.50, -2.75]."
    assert told[2].startswith("A seller's word is no measure: pusher says in .900 of its dialogues")
    assert sales_findings(results(differences=())) == ["Nothing was compared, so nobody is called ahead."]


def test_who_claims_less_than_was_sold_is_not_called_a_boaster() -> None:
    modest = {"rule-none": row(sold=0.6, claimed=0.5), "pusher": row(sold=0.4, claimed=0.4)}
    assert len(sales_findings(results(rows=modest))) == 2


def test_groups_wait_until_they_are_asked_for(usual: str) -> None:
    before, _, after = usual.partition("<summary>By groups of buyers</summary>")
    assert before.rstrip().endswith("<details>")
    assert "young" in after.partition("</details>")[0]


def test_dialogues_stand_under_their_seller_with_what_they_came_to(usual: str) -> None:
    text = Reader(usual).text
    # Three of each of the two outcomes that there are, of both sellers.
    assert usual.count('<article class="talk">') == 12
    assert text.count("4 sold, and it fits · 4 taken, and it does not fit") == 2
    assert "p0/0 sold, and it fits; the seller says that it has sold" in text
    assert "p1/0 taken, and it does not fit; the seller says that it has sold" in text
    assert "p6/0" not in text
    assert "1,234 items would fit this buyer." in text
    assert usual.count(", which fits</bdi>") == usual.count(", which does not fit</bdi>") == 6
    assert usual.count("<bdi>says that it has sold</bdi>") == 12
    assert "<bdi>steers</bdi>; asks: <bdi>green tea</bdi>" in usual
    assert "mark-agreed" not in usual


def test_several_markets_stand_on_one_page_with_a_sweep(tmp_path: Path) -> None:
    found = [results(label="strength 0"), results(label="strength 0.3", wish_v={"occupation": 0.22}, people=7)]
    for market in found:
        folder(tmp_path / market.label.replace(" ", "-"))
    text = page(tmp_path, *found, invented=True)
    read = Reader(text)
    assert re.findall(r'<section id="([^"]*)"', text)[:3] == ["sweep", "market-1", "market-2"]
    assert re.findall(r"<h2>(strength [^<]*?) ?<small>", text) == ["strength 0", "strength 0.3"]
    sweep = text.partition('<section id="sweep">')[2].partition("</section>")[0]
    assert "pusher against rule-none" in sweep
    assert sweep.count('<tr><th scope="row">') == 4
    assert ".077" in sweep
    assert ".220" in sweep
    assert "Invented people." in read.text
    # What is said of both is said once.
    assert text.count("A caveat") == 1


def test_a_large_run_shows_fewer_dialogues_of_each_outcome(tmp_path: Path) -> None:
    many = {f"seller {n}": row(sold=0.5) for n in range(30)}
    text = page(folder(tmp_path), results(rows=many, differences=(), won={}, won_v={}, groups=(), wish_v={}))
    assert text.count('<article class="talk">') == 4
    assert "up to 1 of every outcome" in text


def test_markets_without_kept_dialogues_have_none_to_read(tmp_path: Path) -> None:
    assert "<h3>Dialogues</h3>" not in page(folder(tmp_path, kept=0), results())


def test_a_dialogue_that_is_missing_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path)
    write_dialogues(path / "dialogues" / "pusher.jsonl", [talk(0)])
    with pytest.raises(InputError, match=r"pusher\.jsonl: lacks the dialogue 'p2/0'\. Write it again: elicit sell"):
        page(path, results())
    assert not (path / "report.html").exists()


def test_an_intent_that_has_no_facet_keeps_its_name(tmp_path: Path) -> None:
    other = replace(results(), won={"rule-none": {"coffee": 0.5}, "pusher": {"coffee": 0.25}})
    assert '<th scope="row">coffee</th>' in page(folder(tmp_path), other)
