"""Results made by hand: every number in a test stands in the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from elicit.measures.results import Difference, Measure, Results, Row

Curves = Mapping[str, Mapping[str, Mapping[int, float]]]


def made(
    curves: Curves, differences: Sequence[tuple[Any, ...]] = (), *, better: int = 1, half: float = 0.02, **more: Any
) -> Results:
    """Make results of one measure from condition → questioner → questions → mean.

    ``differences`` holds (questioner, condition, questions, difference, low, high, p) against ``base``.
    """
    rows = tuple(
        Row(questioner, condition, n, {"ndcg": (mean, mean - half, mean + half)})
        for condition, lines in curves.items()
        for questioner, line in lines.items()
        for n, mean in line.items()
    )
    tested = tuple(Difference(q, "base", c, n, "ndcg", d, low, high, p) for q, c, n, d, low, high, p in differences)
    given = {
        "title": "A test",
        "domain": "Tiny",
        "invented": False,
        "people": 40,
        "measures": (Measure("ndcg", "NDCG@10", "share", better, "How good it is."),),
        "rows": rows,
        "differences": tested,
        "summaries": (),
        "summary_measures": (),
    }
    return Results(**(given | more))


def full() -> Results:
    """Make results of the usual size: eight questioners, three conditions, five numbers, four measures."""
    names = ("random", "frequency", "hand_funnel", "base", "max_entropy", "information_gain", "value_head", "hybrid")
    measures = tuple(
        Measure(m, m.upper(), "", 1, f"What {m} means.") for m in ("ndcg", "profile", "target", "accuracy")
    )
    gains = {
        (q, c): 0.01 * i - 0.02 * j for i, q in enumerate(names) for j, c in enumerate(("truthful", "noisy", "silent"))
    }
    numbers = (0, 3, 5, 10, 15)
    rows = tuple(
        Row(q, c, n, {m.name: (v := 0.4 + n * (0.01 + gain / 15), v - 0.02, v + 0.02) for m in measures})
        for (q, c), gain in gains.items()
        for n in numbers
    )
    differences = tuple(
        Difference(
            q, "base", c, n, m.name, (d := n * 0.01 * (i - 3) / 15), d - 0.012, d + 0.012, 0.01 if abs(d) > 0.012 else 1
        )
        for i, q in enumerate(names)
        if q != "base"
        for c in ("truthful", "noisy", "silent")
        for n in numbers[1:]
        for m in measures
    )
    funnel = Measure("funnel", "Funnel-ness", "", 0, "Broad before specific.")
    summaries = tuple(Row(q, c, 15, {"funnel": (0.5, 0.4, 0.6)}) for q, c in gains)
    example = {
        "title": "One person",
        "profile": ["drama: loves it"],
        "exchanges": [("Drama?", "I love it", "2.1 bits")],
    }
    return Results(
        "A test",
        "Tiny",
        True,
        40,
        measures,
        rows,
        differences,
        summaries,
        (funnel,),
        {"seed": "7"},
        ("A caveat.",),
        (example,),
    )
