from __future__ import annotations

from tiny_results import made

from elicit.measures.results import Beside, Published, Results
from elicit.reports import report_page, results_text


def published() -> Results:
    figures = (Beside("base", "truthful", 5, 0.51, 0.531), Beside("sharp", "truthful", 5, 0.52, 0.5))
    curves = {"truthful": {"base": {5: 0.51}, "sharp": {5: 0.52}}}
    return made(curves, published=Published("somebody's <paper>", figures, {"all": 0.25}))


def test_published_figures_stand_beside_ours() -> None:
    text = results_text(published())
    assert "base              .510 | .531" in text
    assert "sharp             .520 | .500" in text
    assert "Kendall's tau-b: all 0.25" in text
    assert "Published: somebody's <paper>" in text


def test_the_page_shows_them_and_escapes_their_source() -> None:
    page = report_page(published())
    assert "0.510<small>0.531</small>" in page
    assert "somebody&#39;s &lt;paper&gt;" in page
