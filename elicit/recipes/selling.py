"""Runs a sales evaluation: every seller meets every held-out buyer with the same luck; what came of it is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from elicit.basis import atomic_path, one_thread
from elicit.dialogues import Dialogue, Failure
from elicit.domains import Domain, Population, build_six_intents
from elicit.language import Understanding
from elicit.measures import KeptSale, kept_sale
from elicit.models import Budget, is_model_spec, open_models
from elicit.profiles import Wishes, film_tastes, intents_of, known_wishes
from elicit.recipes.fitted import Fitted
from elicit.recipes.sale_shards import SaleShards, file_stems
from elicit.recipes.sales import CATALOGS, Sales, build_policy, model_buyer, model_seller, refuse_unsellable
from elicit.recipes.split import Split, learners, split_people
from elicit.recipes.stage import SALE_NAMES, Played, Stage, Table
from elicit.runs import provenance
from elicit.sellers import SellerAgent

TOGETHER: Final = "all catalogs"
"""Label of what came of all catalogs in one table."""
Progress = Callable[[str, int, int], None]
"""Called with what is being done, parts done and parts planned."""


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
        kept: seller to its dialogues that readers may read.
        outcomes: what came of each of those.
        notes: of the market.
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
    kept: Mapping[str, tuple[Dialogue, ...]]
    outcomes: tuple[KeptSale, ...]
    notes: tuple[str, ...] = ()

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
            kept={name: tuple(d for part in parts for d in part.kept[name]) for name in first.kept},
            outcomes=tuple(outcome for part in parts for outcome in part.outcomes),
        )


@dataclass(frozen=True)
class Market:
    """Who is sold what; :func:`markets` makes those in which a recipe can be played.

    Attributes:
        label: to tell it from others of the same recipe; empty where there is one.
        domain: what can be asked and offered.
        people: everybody; where there are buyers of their own, those who are learned from.
        buyers: who is sold to, with their wishes; None = those of the people who are held out.
        notes: sentences that a reader of the results must know.
    """

    label: str
    domain: Domain
    people: Population
    buyers: tuple[Population, Wishes] | None = None
    notes: tuple[str, ...] = ()

    @property
    def sold_to(self) -> Population:
        """All who may be sold to."""
        return self.people if self.buyers is None else self.buyers[0]

    @property
    def people_hash(self) -> str:
        """Of all people."""
        return self.people.hash if self.buyers is None else f"{self.people.hash} {self.buyers[0].hash}"

    def splits(self, recipe: Sales) -> Iterator[tuple[Split, Wishes]]:
        """Yield who is learned from and sold to, with the wishes of the latter.

        Raises:
            InputError: too few people.
        """
        if self.buyers is not None:
            buyers, wishes = self.buyers
            yield replace(learners(recipe, self.people), test=buyers), wishes
            return
        for split in split_people(recipe, self.people):
            yield split, known_wishes(self.domain, split.test)


def markets(recipe: Sales, opened: Callable[[], tuple[Domain, Population] | None]) -> tuple[Market, ...]:
    """Return the markets of a recipe, each of which it can be played in: one, or one for each strength.

    Args:
        recipe: the settings.
        opened: opens the domain with its people; where people are made for the recipe, those of MovieLens who tell
            which films they like, None where nobody does.

    Raises:
        InputError: the domain cannot be opened, a strength cannot be, or the recipe cannot be played with these people.
    """
    found = tuple(_markets(recipe, opened()))
    for market in found:
        refuse_unsellable(recipe, market.domain, market.people)
    return found


def _markets(recipe: Sales, opened: tuple[Domain, Population] | None) -> Iterator[Market]:
    if recipe.strengths:
        films = None if opened is None else film_tastes(*opened)
        for strength in recipe.strengths:
            yield Market(f"strength {strength:g}", *build_six_intents(strength, recipe.each, recipe.seed, films))
    elif opened is None:
        raise ValueError("nobody is sold to")
    else:
        yield Market("", *opened)


def sales_facts(recipe: Sales, sold_to: Sequence[Market]) -> dict[str, Any]:
    """Return the provenance of a run: versions, commit, seed, hashes, and the labels of its markets."""
    domain = sold_to[0].domain
    return {
        **provenance(),
        "kind": "sales",
        "recipe_hash": recipe.hash,
        "seed": recipe.seed,
        "domain": domain.name,
        "domain_hash": " ".join(dict.fromkeys(market.domain.hash for market in sold_to)),
        "people_hash": " ".join(market.people_hash for market in sold_to),
        "invented": domain.invented,
        "markets": [*([TOGETHER] if recipe.domain == CATALOGS else []), *(market.label for market in sold_to)],
    }


def sell(
    recipe: Sales,
    market: Market,
    understanding: Understanding,
    folder: Path | None = None,
    progress: Progress = lambda doing, done, total: None,
) -> Sold:
    """Let every seller sell to every held-out person of a market; what the folder already holds is read, not played.

    Args:
        recipe: the settings.
        market: who is sold what; one of :func:`markets`.
        understanding: of what a side says in words only.
        folder: of the market, in which what is learned and what a seller brought in a split is kept as soon as it is
            there; None = nowhere.
        progress: called before each step.

    Raises:
        InputError: too few people, a seller that cannot be built, or a damaged file of the folder.
        RunStoppedError: a model that every dialogue needs is not there, or the money is spent.
    """
    domain, splits = market.domain, list(market.splits(recipe))
    planned, budget, done = len(splits) * len(recipe.sellers), Budget(recipe.budget), count()
    parts = []
    for split, wishes in splits:
        keep = None if folder is None else folder / "learned" / split.name
        fitted = Fitted(recipe, domain, split, recipe.seed, keep)
        stage = Stage(recipe, domain, split.name, split.test, wishes, understanding)
        played = {}
        for name in recipe.sellers:
            progress(f"{split.name}: {name}", next(done), planned)
            played[name] = _brought(name, stage, fitted, budget, folder)
        parts.append(_sold(stage, played))
    progress("all is sold", planned, planned)
    return replace(Sold.joined(parts), notes=market.notes)


def together(sold: Sequence[Sold]) -> Sold:
    """Return what came of several markets in one table, without the dialogues that are kept of each.

    What buyers want has other names in each market, so it is not counted.
    """
    first = sold[0]
    nothing = {name: np.full((sum(len(part.ids) for part in sold), 1), -1, dtype=np.intp) for name in first.won}
    parts = [replace(part, personas={}, wishes={}, won={}, kept={}, outcomes=()) for part in sold]
    domain = first.domain.model_copy(update={"title": f"{len(sold)} catalogs"})
    notes = tuple(note for part in sold for note in part.notes)
    return replace(Sold.joined(parts), domain=domain, won=nothing, notes=notes)


def _brought(name: str, stage: Stage, fitted: Fitted, budget: Budget, folder: Path | None) -> Played:
    """Return what a seller brought with the buyers of one split: what the folder holds, else played now and kept."""
    shards = None if folder is None else SaleShards(folder, stage.recipe.sellers)
    cases = [case.id for case in stage.cases()]
    if shards is not None and (played := shards.read(stage.split, name, cases)) is not None:
        return played
    with one_thread():
        records = asyncio.run(_played(name, stage, fitted, budget))
        played = stage.judged(records, fitted.troubles)
    if shards is not None:
        shards.write(stage.split, name, cases, played)
    return played


def _sold(stage: Stage, played: Mapping[str, Played]) -> Sold:
    """Return what the sellers brought with the buyers of one split."""
    domain, buyers, draws = stage.domain, stage.buyers, stage.recipe.luck_seeds
    # A later seller finds again what went wrong before it.
    troubles = dict.fromkeys(trouble for part in played.values() for trouble in part.troubles)
    rows, stems = {person: row for row, person in enumerate(buyers.ids)}, file_stems(stage.recipe.sellers)
    return Sold(
        recipe=stage.recipe,
        domain=domain,
        ids=buyers.ids,
        personas=buyers.personas,
        wishes={domain.facets[column].id: buyers.codes[:, column] for column in intents_of(domain)},
        tables={
            name: np.swapaxes(part.values.reshape(draws, len(buyers), len(SALE_NAMES)), 0, 1)
            for name, part in played.items()
        },
        won={name: part.won.reshape(draws, len(buyers)).T for name, part in played.items()},
        troubles=tuple(f"{stage.split}: {trouble}" for trouble in troubles),
        failures=tuple(f for name, part in played.items() for f in _failures(f"{stage.split}, {name}", part)),
        kept={name: part.kept for name, part in played.items()},
        outcomes=tuple(
            kept_sale(
                name, f"dialogues/{stems[name]}.jsonl", dialogue, stage.wishes.fits[rows[dialogue.person]], domain
            )
            for name, part in played.items()
            for dialogue in part.kept
        ),
    )


async def _played(name: str, stage: Stage, fitted: Fitted, budget: Budget) -> list[Dialogue | Failure]:
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


def _failures(where: str, played: Played) -> Iterator[str]:
    kinds = Counter(filter(None, played.failures))
    return (f"{where}: {number} dialogues failed ({kind})" for kind, number in kinds.items())


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
