from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tiny_results import full, made

from elicit.measures.results import Measure, Results, Row
from elicit.reports import findings, report_page, write_report
from elicit.reports.findings import INVENTED

VOID = {"meta", "path", "use", "br", "link", "img", "hr", "input"}
EVIL = "<script>alert('x')</script> & \"co\""


class Reader(HTMLParser):
    """Checks that tags are balanced and collects what a person reads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id" and tag == "section"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(full())


def test_the_page_shows_all_parts_in_order(page: str) -> None:
    reader = read(page)
    assert page.startswith("<!doctype html>")
    assert reader.ids == ["found", "headline", "measures", "dialogues", "examples", "reading", "notes", "facts"]
    for words in ("What ndcg means.", "What target means.", "Broad before specific.", "I love it", "A caveat.", "seed"):
        assert words in reader.text


def test_the_page_needs_nothing_from_outside(page: str) -> None:
    reader = read(page)
    assert not reader.tags & {"script", "link", "img", "iframe", "object", "audio", "video"}
    assert all(target.startswith("#") for target in re.findall(r'(?:href|src)="([^"]*)"', page))
    assert not re.search(r"url\((?!#)|@import", page)


def test_the_page_of_usual_results_is_below_a_megabyte(page: str) -> None:
    assert len(page.encode()) < 1_000_000


def test_the_findings_are_on_the_page_and_invented_people_in_a_banner(page: str) -> None:
    text = read(page).text
    assert all(sentence.replace("-.", "−.") in text for sentence in findings(full()))
    assert "Invented people." in text
    honest = read(report_page(dataclasses.replace(full(), invented=False))).text
    assert INVENTED not in honest
    assert "Invented people." not in honest


def test_a_table_shows_means_differences_and_verdicts() -> None:
    lines = {"base": {0: 0.4, 15: 0.56}, "sharp": {0: 0.4, 15: 0.58}, "slow": {0: 0.4, 15: 0.5}}
    differences = [
        ("sharp", "truthful", 15, 0.02, -0.01, 0.05, 0.2),
        ("slow", "truthful", 15, -0.06, -0.08, -0.04, 0.002),
    ]
    text = read(report_page(made({"truthful": lines}, differences))).text
    assert "questions asked 0 15 against base at 15" in text
    assert "sharp .400 [.38, .42] .580 [.56, .60] +.020 [−.010, +.050] within noise" in text
    assert "slow .400 [.38, .42] .500 [.48, .52] −.060 [−.080, −.040] worse, beyond noise" in text


def test_the_drawn_difference_is_to_scale() -> None:
    lines = {"base": {15: 0.5}, "slow": {15: 0.46}}
    drawn = report_page(made({"truthful": lines}, [("slow", "truthful", 15, -0.04, -0.08, 0.0, 1.0)]))
    assert '<path d="M2.0 6H50.0"/><path class="dot" d="M26.0 6h0"/>' in drawn


def test_a_result_with_nothing_to_compare_has_a_page() -> None:
    text = read(report_page(made({"truthful": {"alone": {0: 0.4, 5: 0.5}}}))).text
    assert "there is nothing to compare" in text
    assert "beyond noise" not in text.lower()
    assert "against" not in text


def hostile() -> Results:
    """Return results with markup wherever text comes from outside."""
    lines = {EVIL: {0: 0.4, 15: 0.5}, "base": {0: 0.4, 15: 0.5}}
    measure = Measure("ndcg", EVIL, EVIL, 1, EVIL)
    return made(
        {EVIL: lines},
        [(EVIL, EVIL, 15, 0.1, 0.05, 0.15, 0.001)],
        title=EVIL,
        domain=EVIL,
        measures=(measure, dataclasses.replace(measure, name="other")),
        summaries=(Row(EVIL, EVIL, 15, {"funnel": (0.5, 0.4, 0.6)}),),
        summary_measures=(Measure("funnel", EVIL, EVIL, 0, EVIL),),
        facts={EVIL: EVIL},
        notes=(EVIL,),
        examples=({"title": EVIL, "profile": [EVIL], "exchanges": [(EVIL, EVIL, EVIL)]},),
    )


def test_markup_from_outside_never_reaches_the_page_raw() -> None:
    page = report_page(hostile())
    reader = read(page)
    assert "<script" not in page
    assert "script" not in reader.tags
    assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#39;|#34;)", page)
    assert reader.text.count("alert('x')") > 20


def test_figures_and_page_are_written_whole_and_the_same_every_time(tmp_path: Path) -> None:
    results = full()
    first, second = (write_report(results, tmp_path / name) for name in ("one", "two"))
    assert first == tmp_path / "one" / "report.html"
    names = sorted(p.relative_to(tmp_path / "one").as_posix() for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert names == [f"figures/{m}.svg" for m in ("accuracy", "ndcg", "profile", "target")] + ["report.html"]
    assert all((tmp_path / "one" / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in names)
    assert second.read_text(encoding="utf-8") == report_page(results)


def test_odd_names_of_measures_stay_inside_the_folder(tmp_path: Path) -> None:
    results = made({"truthful": {"base": {0: 0.4}}}, measures=(Measure("../ndcg @10", "N", "", 1, "n"),))
    write_report(results, tmp_path / "run")
    assert sorted(p.name for p in tmp_path.rglob("*.svg")) == ["..-ndcg-10.svg"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
