"""Published figures beside ours."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import kendalltau

from elicit.measures import Beside, Published, Row
from elicit.recipes.recipe import Published as PublishedRecipe

_MEASURE = "ndcg"


def beside(published: PublishedRecipe, rows: Sequence[Row]) -> Published:
    """Put the published figures beside those of the same questioner, condition and number of questions.

    Agreement is Kendall's tau-b over all figures, over those of each condition, and of each condition at each number of
    questions, where only the order of the questioners counts.
    """
    ours = {(row.condition, row.questioner, row.questions): row.values[_MEASURE][0] for row in rows}
    figures = [
        Beside(questioner, condition, count, ours[key], theirs)
        for condition, lines in published.ndcg.items()
        for questioner, line in lines.items()
        for count, theirs in line.items()
        if (key := (condition, questioner, count)) in ours
    ]
    groups: dict[str, list[Beside]] = {}
    for figure in figures:
        for name in ("all", figure.condition, f"{figure.condition} after {figure.questions}"):
            groups.setdefault(name, []).append(figure)
    agreement = {name: _tau(group) for name, group in groups.items() if len(group) > 2}
    return Published(published.source, tuple(figures), agreement)


def _tau(figures: Sequence[Beside]) -> float:
    return float(kendalltau([f.ours for f in figures], [f.theirs for f in figures]).statistic)
