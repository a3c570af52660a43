"""``elicit catalogs``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.table import Table

from elicit.cli.output import Flag, console, plain_table, print_json, progress
from elicit.measures import Compared, Coverage, Served, coverage, pooled_recall, questions_to_item, served
from elicit.models import SentenceEncoder
from elicit.recipes import WantedCatalog, wanted_catalogs
from elicit.reports import Scale
from elicit.statistics import Interval, bootstrap_mean

_TOP: Final = 3
_DRAWS: Final = 5
_AGAINST: Final = "against frequency-skip"
_HOW: Final = (
    "Facets meet questions by our own understanding of them, not by hand. What fits shoppers is what was understood of "
    "their words; those whom nothing fits are left out of the first column."
)


def catalogs(
    folder: Path,
    /,
    *,
    shoppers: Sequence[Path] = (),
    questions: int = 6,
    funnel_weight: float = 0.0,
    encoder: str = "",
    seed: int = 1,
    json: Flag = False,
) -> None:
    """Measure how well catalogs are asked about, over their items and with shoppers who said what they want.

    Parameters
    ----------
    folder
        With catalogs in products/, shoppers in shoppers/ (JSON lines, question to answer), and perhaps guides.json.
    shoppers
        A further file of shoppers, whose name begins as that of a catalog; can be repeated.
    questions
        Asked at most of those who are undecided, and of shoppers.
    funnel_weight
        From 0 (fastest) to 1 (strictly from broad to specific).
    encoder
        Sentence encoder (minilm) that merges what the catalogs' texts say in several ways; without it rules only.
    seed
        Of the noise and of the resamples.
    json
        Print one JSON object.
    """
    found = wanted_catalogs(folder, tuple(shoppers), SentenceEncoder.open(encoder) if encoder else None)
    stocks = [each.stock for each in found]
    with progress() as steps:
        steps("questions to each item", 0, 3)
        exact = questions_to_item(stocks, seed, funnel_weight)
        steps("undecided shoppers", 1, 3)
        recall = pooled_recall(stocks, questions, _TOP, _DRAWS, seed, funnel_weight)
        steps("shoppers in their own words", 2, 3)
        parts = [served(each.stock, each.wanted, questions, _TOP, seed, funnel_weight) for each in found]
        shown = {name: Served.joined([part[name] for part in parts]) for name in parts[0]}
        steps("all is measured", 3, 3)
    met = {each.label: _coverage(each) for each in found}
    if json:
        print_json(_facts(exact, recall, shown, met, seed))
        return
    _show(found, exact, recall, shown, met, questions, seed)


def _coverage(catalog: WantedCatalog) -> Coverage:
    asked = [question for shopper in catalog.shoppers for question in shopper.answers]
    told = float(np.average(catalog.wanted.understood, weights=[len(s.answers) for s in catalog.shoppers]))
    return coverage(catalog.stock, [*asked, *catalog.headings], len(asked), told)


def _show(
    found: Sequence[WantedCatalog],
    exact: Compared,
    recall: Compared,
    shown: Mapping[str, Served],
    met: Mapping[str, Coverage],
    questions: int,
    seed: int,
) -> None:
    out, items = console(), sum(len(each.stock) for each in found)
    shoppers = sum(len(each.shoppers) for each in found)
    out.print(f"{len(found)} catalogs, {items} items: questions until an item is told from the others", style="bold")
    out.print(_one(exact, "questions"))
    out.print(f"Undecided shoppers: the item is among the first {_TOP} (20 % no preference, 5 % wrong)", style="bold")
    out.print(_curves(recall, questions))
    out.print(f"{shoppers} shoppers in their own words, at most {questions} questions", style="bold")
    out.print(_served(shown, seed))
    out.print("What others ask about such things, and what can be asked", style="bold")
    out.print(_met(met))
    out.print(_HOW, style="dim")


def _one(compared: Compared, title: str) -> Table:
    rows = [[name, _with_ends(value), _ahead(compared, name)] for name, value in compared.values.items()]
    return plain_table(["asked by", title, _AGAINST], rows)


def _ahead(compared: Compared, name: str, at: int | None = None) -> str:
    """Return what somebody has more than the baseline, after so many questions where there are several numbers."""
    if name not in compared.ahead:
        return "baseline"
    mean, low, high = _numbers(compared.ahead[name], at)
    scale = Scale.of([(mean, low, high)])
    return f"{scale.signed(mean)} {scale.signed_ends(low, high)}"


def _with_ends(interval: Interval) -> str:
    numbers = _numbers(interval)
    scale = Scale.of([numbers])
    return f"{scale.number(numbers[0])} {scale.ends(numbers)}"


def _numbers(interval: Interval, at: int | None = None) -> tuple[float, float, float]:
    mean, low, high = (float(part if at is None else part[at]) for part in interval)
    return mean, low, high


def _curves(recall: Compared, questions: int) -> Table:
    rows = [
        [name, *(f"{mean:.2f}".removeprefix("0") for mean in value.mean), _ahead(recall, name, questions)]
        for name, value in recall.values.items()
    ]
    return plain_table(["asked by", *map(str, range(questions + 1)), f"{_AGAINST} at {questions}"], rows)


def _served(shown: Mapping[str, Served], seed: int) -> Table:
    rows = []
    for name, one in shown.items():
        cells = [_with_ends(bootstrap_mean(values, seed=seed)) for values in (one.fits, one.respects)]
        rows.append([name, *cells, f"{one.asked.mean():.1f}"])
    return plain_table(["asked by", "something fits", "nothing breaks the deal", "answers"], rows)


def _met(met: Mapping[str, Coverage]) -> Table:
    rows = [
        [
            label,
            f"{one.met} of {one.questions}",
            f"{one.asked} of {one.facets}",
            f"{one.told} of {one.answers}",
        ]
        for label, one in {**met, "all": Coverage.joined(met.values())}.items()
    ]
    return plain_table(["catalog", "questions met", "facets asked for", "answers that tell"], rows)


def _facts(
    exact: Compared, recall: Compared, shown: Mapping[str, Served], met: Mapping[str, Coverage], seed: int
) -> dict[str, Any]:
    def flat(interval: Interval) -> dict[str, Any]:
        return {end: values.tolist() for end, values in interval._asdict().items()}

    def both(compared: Compared) -> dict[str, Any]:
        return {
            "values": {name: flat(value) for name, value in compared.values.items()},
            "ahead": {name: flat(value) for name, value in compared.ahead.items()},
        }

    return {
        "questions_to_item": both(exact),
        "recall": both(recall),
        "served": {
            name: {field: flat(bootstrap_mean(values, seed=seed)) for field, values in vars(one).items()}
            for name, one in shown.items()
        },
        "coverage": {label: asdict(one) for label, one in met.items()},
    }
