"""Chains: the exchanges that reveal one person, broad to specific."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from elicit.basis import InputError, Luck
from elicit.dialogues import Exchange
from elicit.domains import Domain, Frozen, Population
from elicit.forward.orders import Order, facet_order, said_codes
from elicit.forward.splits import Split, split_people
from elicit.language import Phrasebook

Columns = NDArray[np.intp]


class Silence(StrEnum):
    """What becomes of facets on which a person is silent."""

    LEAVE_OUT = "leave out"
    """They are not asked: the paper's way, after which no model has ever seen a question fail."""
    ASK = "ask"
    """They are asked like the others, and answered ``unknown``."""


@dataclass(frozen=True)
class ChainRules:
    """How chains are made.

    Attributes:
        length: exchanges in a chain at most; None for all that can be asked.
        order: an :class:`Order`, or facet ids in the order of asking.
        silent: see :class:`Silence`.
        seed: of the choice of facets, the wordings and the split.
    """

    length: int | None = 15
    order: Order | tuple[str, ...] = Order.GENERALITY
    silent: Silence = Silence.LEAVE_OUT
    seed: int = 0

    def __post_init__(self) -> None:
        if self.length is not None and self.length < 1:
            raise InputError(f"a chain cannot have {self.length} exchanges", remedy="Give a length of 1 or more")


class Chain(Frozen):
    """A person's chain.

    Attributes:
        person: id in the population.
        split: the part of the data that the person belongs to.
        persona: what is known of the person besides the profile; without what is not known.
        exchanges: in the order of asking, each for another facet; empty where the person can say nothing.
    """

    person: str = Field(min_length=1)
    split: Split
    persona: Mapping[str, str]
    exchanges: tuple[Exchange, ...]


def build_chains(domain: Domain, population: Population, rules: ChainRules) -> tuple[Chain, ...]:
    """Return one chain a person, in the order of the population.

    Where a person could be asked more than ``length`` facets, places are dealt to the depths in turn from the broadest
    on, one each, until all are dealt or a depth has no facet left; which facets of a depth is drawn by same luck. So
    every chain is a funnel over all depths. A given order (facet ids) says itself what comes first: its first
    ``length`` facets are taken.

    Raises:
        InputError: see :func:`facet_order`.
    """
    said = said_codes(population)
    columns = chain_columns(domain, population, rules)
    book = Phrasebook(domain, population.luck(rules.seed))
    splits = split_people(population)
    return tuple(
        Chain(
            person=person,
            split=splits[row],
            persona={name: str(values[row]) for name, values in population.personas.items() if values[row]},
            exchanges=tuple(book.exchange(row, c, said[row, c]) for c in columns[row].tolist() if c >= 0),
        )
        for row, person in enumerate(population.ids)
    )


def chain_columns(domain: Domain, population: Population, rules: ChainRules) -> Columns:
    """Return which facets each chain asks, int[people, longest chain]: columns in order, then −1."""
    order = facet_order(domain, population, rules.order)
    asked = said_codes(population)[:, order] >= 0
    if rules.silent is Silence.ASK:
        asked = np.ones_like(asked)
    most = len(order) if rules.length is None else rules.length
    if isinstance(rules.order, tuple):
        turns = np.broadcast_to(np.arange(len(order)), asked.shape)
    else:
        turns = _dealt_in_turn(asked, domain.depths[order], order, population.luck(rules.seed))
    chosen = asked & (ranks(np.where(asked, turns, np.iinfo(np.intp).max)) < most)
    width = int(chosen.sum(axis=1).max(initial=0))
    places = np.argsort(~chosen, axis=1, kind="stable")[:, :width]
    return np.where(np.take_along_axis(chosen, places, axis=1), order[places], -1)


def _dealt_in_turn(asked: NDArray[np.bool_], depths: NDArray[np.int64], order: Columns, luck: Luck) -> Columns:
    """Return when each facet would be dealt a place, int[people, k]: rank within its depth first, then depth."""
    draws = luck.uniform("chain facets", np.broadcast_to(order, asked.shape))
    draws = np.where(asked, draws, np.inf)
    levels = np.unique(depths)
    turns = np.empty(asked.shape, dtype=np.intp)
    for place, level in enumerate(levels):
        inside = depths == level
        turns[:, inside] = ranks(draws[:, inside]) * len(levels) + place
    return turns


def ranks(values: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return the rank of each value in its row, 0 for the smallest; ties by place."""
    return np.argsort(np.argsort(values, axis=1, kind="stable"), axis=1, kind="stable")
