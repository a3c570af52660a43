"""Runs a sales evaluation: every seller meets every held-out buyer with the same luck; what came of it is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from elicit.basis import atomic_path, one_thread
from elicit.dialogues import Dialogue, EndReason, Failure, Fault
from elicit.domains import Domain, Population, build_six_intents
from elicit.language import Understanding
from elicit.measures import SALES, intent_won, sale_values
from elicit.models import Budget, is_model_spec, open_models
from elicit.profiles import Wishes, answer_model, film_tastes, intents_of, known_wishes
from elicit.recipes.fitted import Fitted
from elicit.recipes.sales import Sales, build_policy, model_buyer, model_seller, refuse_unsellable
from elicit.recipes.split import split_people
from elicit.runs import Conversation, Hearing, provenance
from elicit.sellers import SellerAgent
from elicit.users import Case, Party, RuleBuyer

Progress = Callable[[str, int, int], None]
"""Called with what is being done, parts done and parts planned."""
Table = NDArray[np.float64]
SALE_NAMES: Final = tuple(measure.name for measure in SALES)
"""The columns of the tables."""


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
    troubles: tuple[str, ...]
    failures: tuple[str, ...]

    @classmethod
    def joined(cls, parts: Sequence[Sold]) -> Sold:
        """Return what came of several splits in one."""
        first = parts[0]
        return cls(
            recipe=first.recipe,
            domain=first.domain,
            ids=tuple(i for part in parts for i in part.ids),
            personas={name: np.concatenate([part.personas[name] for part in parts]) for name in first.personas},
            wishes={name: np.concatenate([part.wishes[name] for part in parts]) for name in first.wishes},
            tables={name: np.concatenate([part.tables[name] for part in parts]) for name in first.tables},
            won={name: np.concatenate([part.won[name] for part in parts]) for name in first.won},
            troubles=tuple(trouble for part in parts for trouble in part.troubles),
            failures=tuple(failure for part in parts for failure in part.failures),
        )


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
    planned, budget, done = len(splits) * len(recipe.sellers), Budget(recipe.budget), count()
    parts = []
    for split in splits:
        keep = None if folder is None else folder / "learned" / split.name
        fitted = Fitted(recipe, domain, split, recipe.seed, keep)
        stage = _Stage(recipe, domain, split.test, known_wishes(domain, split.test), understanding)
        parts.append(_sold(stage, fitted, budget, lambda doing: progress(doing, next(done), planned)))
    progress("all is sold", planned, planned)
    return Sold.joined(parts)


def _sold(stage: _Stage, fitted: Fitted, budget: Budget, tell: Callable[[str], None]) -> Sold:
    """Let every seller sell to the buyers of one split."""
    recipe, domain, buyers, split = stage.recipe, stage.domain, stage.buyers, fitted.split.name
    tables, won, failures = {}, {}, list[str]()
    for name in recipe.sellers:
        tell(f"{split}: {name}")
        with one_thread():
            records = asyncio.run(_played(name, stage, fitted, budget))
            tables[name], won[name] = stage.scores(records), stage.won(records)
        failures += _failures(f"{split}, {name}", records)
    return Sold(
        recipe=recipe,
        domain=domain,
        ids=buyers.ids,
        personas=buyers.personas,
        wishes={domain.facets[column].id: buyers.codes[:, column] for column in intents_of(domain)},
        tables=tables,
        won=won,
        troubles=tuple(f"{split}: {trouble}" for trouble in fitted.troubles),
        failures=tuple(failures),
    )


async def _played(name: str, stage: _Stage, fitted: Fitted, budget: Budget) -> list[Dialogue | Failure]:
    """Let a seller sell to everybody, with the chat models that it needs."""
    recipe, domain, buyer = stage.recipe, stage.domain, stage.buyer
    settings = {spec: recipe.model_settings(spec) for spec in (name, recipe.user) if is_model_spec(spec)}
    async with open_models(settings, budget, cache=None) as models:
        user = (
            model_buyer(recipe, buyer, models[recipe.user], settings[recipe.user]) if recipe.user in models else buyer
        )
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
        values = np.array([[row.get(name, np.nan) for name in SALE_NAMES] for row in rows])
        return np.swapaxes(values.reshape(self.recipe.luck_seeds, len(self.buyers), len(SALE_NAMES)), 0, 1)

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


def write_sales(sold: Sold, path: Path) -> None:
    """Write a row a buyer, seller and draw as a parquet file."""
    parts = []
    for name, table in sold.tables.items():
        people, draws, _ = table.shape
        rows = {"person": np.repeat(np.array(sold.ids), draws), "seller": np.full(people * draws, name)}
        rows |= {"draw": np.tile(np.arange(draws), people)}
        rows |= {variable: np.repeat(values, draws) for variable, values in sold.personas.items()}
        rows |= dict(zip(SALE_NAMES, table.reshape(people * draws, -1).T, strict=True))
        parts.append(pa.table(rows))
    with atomic_path(path) as temporary:
        pq.write_table(pa.concat_tables(parts), temporary)
