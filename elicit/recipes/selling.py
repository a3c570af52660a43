"""Runs a sales evaluation: every seller meets every held-out buyer with the same luck; what came of it is summed up."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from elicit.basis import atomic_path, one_thread
from elicit.dialogues import Dialogue, EndReason, Failure, Fault, Speaker
from elicit.domains import Domain, Population, build_six_intents
from elicit.language import Understanding
from elicit.measures import SALES, TROUBLE, Difference, GroupRow, SalesResults, intent_won, sale_values
from elicit.models import Budget, is_model_spec, open_models
from elicit.profiles import Wishes, answer_model, film_tastes, intents_of, known_wishes
from elicit.recipes.fitted import Fitted
from elicit.recipes.sales import Sales, build_policy, model_buyer, model_seller, refuse_unsellable
from elicit.recipes.split import split_people
from elicit.runs import Conversation, Hearing, provenance
from elicit.sellers import SellerAgent
from elicit.statistics import bootstrap_mean, cramers_v, holm, permutation_p
from elicit.users import Case, Party, RuleBuyer

Progress = Callable[[str, int, int], None]
"""Called with what is being done, parts done and parts planned."""
Table = NDArray[np.float64]
_NAMES: Final = tuple(measure.name for measure in SALES)
_TESTED: Final = ("sold", "misfit", "walked_away", "turns")
"""Measures whose differences are tested."""
_PERMUTATIONS: Final = 9999


@dataclass(frozen=True)
class Sold:
    """What came of all dialogues.

    Attributes:
        recipe: as used.
        domain: what was offered.
        ids: the buyers, in the order of all tables.
        personas: variable to text[people].
        wishes: intent to int8[people], what each buyer truly thinks of it.
        tables: seller to float64[people, draws, measures], in the order of ``SALES``.
        won: seller to int[people, draws], the place of the intent in which was sold what fits; −1 = none.
        examples: seller to the first dialogue of the first split.
        troubles: what went wrong in learning.
        failures: which dialogues of which seller failed, and why.
    """

    recipe: Sales
    domain: Domain
    ids: tuple[str, ...]
    personas: Mapping[str, NDArray[np.str_]]
    wishes: Mapping[str, NDArray[np.int8]]
    tables: Mapping[str, Table]
    won: Mapping[str, NDArray[np.intp]]
    examples: Mapping[str, Dialogue | Failure]
    troubles: tuple[str, ...]
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Market:
    """Who is sold what.

    Attributes:
        label: to tell it from others of the same recipe; empty where there is one.
        domain: what can be asked and offered.
        people: everybody.
    """

    label: str
    domain: Domain
    people: Population


def markets(recipe: Sales, opened: Callable[[], tuple[Domain, Population] | None]) -> tuple[Market, ...]:
    """Return the markets of a recipe: one, or one for each strength of an occupation's pull.

    Args:
        recipe: the settings.
        opened: opens the domain with its people; where people are made for the recipe, those of MovieLens who tell
            which films they like, None where nobody does.

    Raises:
        InputError: the domain cannot be opened, or a strength cannot be.
    """
    found = opened()
    if not recipe.strengths:
        if found is None:
            raise ValueError("nobody is sold to")
        return (Market("", *found),)
    films = None if found is None else film_tastes(*found)
    return tuple(
        Market(f"strength {strength:g}", *build_six_intents(strength, recipe.each, recipe.seed, films))
        for strength in recipe.strengths
    )


def sales_facts(recipe: Sales, sold_to: Sequence[Market]) -> dict[str, Any]:
    """Return the provenance of a run: versions, commit, seed and hashes."""
    domain = sold_to[0].domain
    return {
        **provenance(),
        "kind": "sales",
        "recipe_hash": recipe.hash,
        "seed": recipe.seed,
        "domain": domain.name,
        "domain_hash": domain.hash,
        "people_hash": " ".join(market.people.hash for market in sold_to),
        "invented": domain.invented,
    }


def sell(
    recipe: Sales,
    domain: Domain,
    population: Population,
    understanding: Understanding,
    folder: Path | None = None,
    progress: Progress = lambda doing, done, total: None,
) -> Sold:
    """Let every seller sell to every held-out person.

    Args:
        recipe: the settings.
        domain: what can be asked and offered.
        population: everybody.
        understanding: of what a side says in words only.
        folder: in which what is learned is kept and found again; None = nowhere.
        progress: called before each step.

    Raises:
        InputError: too few people, nothing that can be sold, or a seller that cannot be built.
    """
    refuse_unsellable(recipe, domain, population)
    splits = list(split_people(recipe, population))
    tables: dict[str, list[Table]] = {name: [] for name in recipe.sellers}
    won: dict[str, list[NDArray[np.intp]]] = {name: [] for name in recipe.sellers}
    examples: dict[str, Dialogue | Failure] = {}
    troubles: list[str] = []
    failures: list[str] = []
    planned = len(splits) * len(recipe.sellers)
    budget = Budget(recipe.budget)
    for number, split in enumerate(splits):
        keep = None if folder is None else folder / "learned" / split.name
        fitted = Fitted(recipe, domain, split, recipe.seed, keep)
        stage = _Stage(recipe, domain, split.test, known_wishes(domain, split.test), understanding)
        for place, name in enumerate(recipe.sellers):
            progress(f"{split.name}: {name}", number * len(recipe.sellers) + place, planned)
            with one_thread():
                records = asyncio.run(_played(name, stage, fitted, budget))
                tables[name].append(stage.scores(records))
                won[name].append(stage.won(records))
            failures += _failures(f"{split.name}, {name}", records)
            examples.setdefault(name, records[0])
        troubles += [f"{split.name}: {trouble}" for trouble in fitted.troubles]
    progress("all is sold", planned, planned)
    personas = {v: np.concatenate([s.test.personas[v] for s in splits]) for v in population.personas}
    codes = np.concatenate([split.test.codes for split in splits])
    return Sold(
        recipe=recipe,
        domain=domain,
        ids=tuple(i for split in splits for i in split.test.ids),
        personas=personas,
        wishes={domain.facets[column].id: codes[:, column] for column in intents_of(domain)},
        tables={name: np.concatenate(parts) for name, parts in tables.items()},
        won={name: np.concatenate(parts) for name, parts in won.items()},
        examples=examples,
        troubles=tuple(troubles),
        failures=tuple(failures),
    )


async def _played(name: str, stage: _Stage, fitted: Fitted, budget: Budget) -> list[Dialogue | Failure]:
    """Let a seller sell to everybody, with the chat models that it needs."""
    recipe, domain, buyer = stage.recipe, stage.domain, stage.buyer
    settings = {spec: recipe.model_settings(spec) for spec in (name, recipe.user) if is_model_spec(spec)}
    async with open_models(settings, budget, cache=None) as models:
        user = model_buyer(recipe, buyer, models[recipe.user]) if recipe.user in models else buyer
        if name in models:
            return await stage.play(user, model_seller(recipe, domain, models[name], settings[name]))
        policy = build_policy(name, recipe, fitted, stage.buyers)
        return await stage.play(user, SellerAgent(name, policy, domain, stage.buyers.ids, recipe.seed + 1))


def _failures(where: str, records: Sequence[Dialogue | Failure]) -> Iterator[str]:
    kinds = Counter(f"{record.kind}, {record.fault}" for record in records if isinstance(record, Failure))
    return (f"{where}: {number} dialogues failed ({kind})" for kind, number in kinds.items())


@dataclass(frozen=True)
class _Stage:
    """Where the sellers of one split meet its buyers."""

    recipe: Sales
    domain: Domain
    buyers: Population
    wishes: Wishes
    understanding: Understanding

    @property
    def buyer(self) -> RuleBuyer:
        """The buyers by rule."""
        recipe = self.recipe
        model = answer_model(recipe.condition)
        return RuleBuyer(self.domain, self.buyers, self.wishes, model, recipe.buyer, recipe.seed)

    async def play(self, buyer: Party, seller: Party) -> list[Dialogue | Failure]:
        """Return the dialogues of a seller with everybody, draw after draw in the order of the people."""
        hearing = Hearing(self.domain, self.buyers.codes, self.understanding, audits=False)
        kept: dict[str, Dialogue | Failure] = {}

        def keep(record: Dialogue | Failure) -> None:
            kept[record.id] = record

        cases = list(self._cases())
        await Conversation(buyer, seller, hearing, self.recipe.turns, 1).play(cases, keep)
        return [kept[case.id] for case in cases]

    def scores(self, records: Sequence[Dialogue | Failure]) -> Table:
        """Return what came of the dialogues, float64[people, draws, measures]; NaN where they do not count."""
        rows = [self._values(case.row, record) for case, record in zip(self._cases(), records, strict=True)]
        values = np.array([[row.get(name, np.nan) for name in _NAMES] for row in rows])
        return np.swapaxes(values.reshape(self.recipe.luck_seeds, len(self.buyers), len(_NAMES)), 0, 1)

    def _values(self, row: int, record: Dialogue | Failure) -> dict[str, float]:
        if isinstance(record, Failure):
            if record.fault is not Fault.AGENT:
                return {}
            # A seller that breaks down has sold nothing.
            record = Dialogue(id=record.id, person=record.person, turns=record.turns, end=EndReason.AGENT_DONE)
        return sale_values(record, self.wishes.fits[row], self.domain)

    def won(self, records: Sequence[Dialogue | Failure]) -> NDArray[np.intp]:
        """Return the place of the intent in which was sold what fits, int[people, draws]; −1 = none."""
        places = {self.domain.facets[column].id: place for place, column in enumerate(intents_of(self.domain))}
        intents = [
            intent_won(record, self.wishes.fits[case.row], self.domain) if isinstance(record, Dialogue) else None
            for case, record in zip(self._cases(), records, strict=True)
        ]
        found = np.array([-1 if intent is None else places[intent] for intent in intents], dtype=np.intp)
        return found.reshape(self.recipe.luck_seeds, len(self.buyers)).T

    def _cases(self) -> Iterator[Case]:
        for draw in range(self.recipe.luck_seeds):
            for row, person in enumerate(self.buyers.ids):
                yield Case(f"{person}/{draw}", person, row, draw)


def summarise_sales(sold: Sold, facts: Mapping[str, Any], label: str = "") -> SalesResults:
    """Return means with intervals over people, paired differences, and what came of each group of buyers."""
    recipe = sold.recipe
    means = {name: _mean(table, axis=1) for name, table in sold.tables.items()}
    people, draws, _ = next(iter(sold.tables.values())).shape
    return SalesResults(
        title=recipe.title,
        label=label,
        domain=sold.domain.title,
        invented=sold.domain.invented,
        people=people,
        draws=draws,
        measures=SALES,
        rows={name: dict(zip(_NAMES, _intervals(table, recipe.seed), strict=True)) for name, table in means.items()},
        differences=tuple(_differences(recipe, means)),
        groups=tuple(_groups(sold, means)),
        won={name: _shares(sold, table) for name, table in sold.won.items()},
        wish_v=_of_wishes(sold),
        won_v={name: _of_won(sold, table) for name, table in sold.won.items()},
        facts={name: str(value) for name, value in facts.items()},
        notes=(
            "What fits is what these people liked; how buyers react (patience, mistakes, giving in) is an assumption "
            "of the recipe and measured on nobody.",
            "Everything was learned once; intervals hold that fixed. P-values are corrected within a market, not over "
            "markets.",
            *(f"{TROUBLE}: {trouble}" for trouble in sold.troubles),
            *(f"{failure}; a seller's own count as refused, others are left out" for failure in sold.failures),
        ),
        examples={name: _as_text(dialogue) for name, dialogue in sold.examples.items()},
    )


def write_sales(sold: Sold, path: Path) -> None:
    """Write a row a buyer, seller and draw as a parquet file."""
    parts = []
    for name, table in sold.tables.items():
        people, draws, _ = table.shape
        rows = {"person": np.repeat(np.array(sold.ids), draws), "seller": np.full(people * draws, name)}
        rows |= {"draw": np.tile(np.arange(draws), people)}
        rows |= {variable: np.repeat(values, draws) for variable, values in sold.personas.items()}
        rows |= dict(zip(_NAMES, table.reshape(people * draws, -1).T, strict=True))
        parts.append(pa.table(rows))
    with atomic_path(path) as temporary:
        pq.write_table(pa.concat_tables(parts), temporary)


def _mean(table: Table, axis: int) -> Table:
    """Return the mean over an axis of what is known, NaN where nothing is."""
    known = ~np.isnan(table)
    count = known.sum(axis=axis)
    return np.where(count > 0, np.where(known, table, 0).sum(axis=axis) / np.maximum(count, 1), np.nan)


def _intervals(table: Table, seed: int) -> list[tuple[float, float, float]]:
    parts = zip(*bootstrap_mean(table, seed=seed), strict=True)
    return [(float(mean), float(low), float(high)) for mean, low, high in parts]


def _differences(recipe: Sales, means: Mapping[str, Table]) -> Iterator[Difference]:
    """Yield the differences to the baseline and of the contrasts, measure by measure."""
    pairs = [(recipe.baseline, name) for name in recipe.sellers if name != recipe.baseline]
    pairs += [pair for pair in recipe.contrasts if pair not in pairs]
    if not pairs:
        return
    for measure in _TESTED:
        column = _NAMES.index(measure)
        gaps = np.stack([means[name][:, column] - means[base][:, column] for base, name in pairs], axis=1)
        corrected = holm(permutation_p(gaps, seed=recipe.seed, draws=max(_PERMUTATIONS, 100 * len(pairs))))
        for (base, name), (mean, low, high), p in zip(pairs, _intervals(gaps, recipe.seed), corrected, strict=True):
            yield Difference(name, base, recipe.condition, recipe.turns, measure, mean, low, high, float(p))


def _groups(sold: Sold, means: Mapping[str, Table]) -> Iterator[GroupRow]:
    column = _NAMES.index("sold")
    for variable, values in sold.personas.items():
        for group in sorted(set(values.tolist()) - {""}):
            inside = values == group
            shares = {
                name: _intervals(table[inside, column : column + 1], sold.recipe.seed)[0]
                for name, table in means.items()
            }
            yield GroupRow(variable, group, int(inside.sum()), shares)


def _shares(sold: Sold, won: NDArray[np.intp]) -> dict[str, float]:
    """Return the share of dialogues in which each intent was won."""
    return {intent: float((won == place).mean()) for place, intent in enumerate(sold.wishes)}


def _of_wishes(sold: Sold) -> dict[str, float]:
    """Return, for each persona variable, Cramér's V with what buyers truly want, the mean over the intents."""
    return {
        variable: _mean_known([_association(values, wish) for wish in sold.wishes.values()])
        for variable, values in sold.personas.items()
    }


def _of_won(sold: Sold, won: NDArray[np.intp]) -> dict[str, float]:
    """Return, for each persona variable, Cramér's V with the intent that was won, where one was; the first draw."""
    return {variable: _association(values, won[:, 0]) for variable, values in sold.personas.items()}


def _association(values: NDArray[np.str_], codes: NDArray[np.integer]) -> float:
    """Return Cramér's V over those of whom both are known."""
    known = (values != "") & (codes >= 0)
    return cramers_v(values[known], codes[known])


def _mean_known(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def _as_text(dialogue: Dialogue | Failure) -> tuple[str, ...]:
    sides = {Speaker.USER: "Buyer", Speaker.AGENT: "Seller"}
    return tuple(f"{sides[turn.speaker]}: {turn.text}" for turn in dialogue.turns)
