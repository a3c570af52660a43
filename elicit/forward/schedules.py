"""Schedules: which answers are stripped first, and stripping itself.

Whatever the schedule, what is stripped at a lower count is also stripped at a higher one, counts are exact, and one
person's stripping does not depend on who else is in the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elicit.basis import InputError, Luck, did_you_mean
from elicit.dialogues import Exchange
from elicit.domains import Code, Codes, Domain
from elicit.forward.chains import Chain, ranks

Counts = NDArray[np.intp]


@dataclass(frozen=True)
class Schedule:
    """How a chain is stripped.

    Attributes:
        random_share: share of the people, in [0, 1], whose answers are stripped in random order; from the others the
            most specific answers go first. 0 is the paper's ``progressive`` (arXiv 2510.12015), 1 is ``random``, and
            between lies ``mixture``.
    """

    random_share: float

    def __post_init__(self) -> None:
        if not 0 <= self.random_share <= 1:
            raise InputError(f"{self.random_share} is not a share from 0 to 1", where="schedule 'mixture'")

    def __str__(self) -> str:
        """Return the text that :func:`parse_schedule` reads."""
        plain = next((name for name, schedule in _PLAIN.items() if schedule == self), None)
        return plain or f"mixture:{self.random_share}"


PROGRESSIVE: Final = Schedule(0.0)
RANDOM: Final = Schedule(1.0)
_PLAIN: Final = {"progressive": PROGRESSIVE, "random": RANDOM}


def parse_schedule(text: str) -> Schedule:
    """Read a schedule: ``progressive``, ``random``, or ``mixture:W`` with the share of people stripped at random.

    Raises:
        InputError: none of these, or the share is not a number from 0 to 1.
    """
    if text in _PLAIN:
        return _PLAIN[text]
    name, _, share = text.partition(":")
    if name != "mixture":
        raise InputError(f"no schedule '{text}'", remedy=did_you_mean(name, [*_PLAIN, "mixture:0.5"]))
    try:
        number = float(share)
    except ValueError:
        raise InputError(
            f"'{share}' is not a share from 0 to 1", where="schedule 'mixture'", remedy="For instance mixture:0.5"
        ) from None
    return Schedule(number)


def strip_counts(rate: ArrayLike, sizes: ArrayLike) -> Counts:
    """Return how many answers are stripped: ceil(rate · size), int, of the shape of both together.

    Args:
        rate: strip rate in [0, 1]; 0 keeps all, 1 keeps none. The paper's P^t is our count n − t.
        sizes: number of answers.

    Raises:
        InputError: a rate outside [0, 1].
    """
    rates = np.asarray(rate, dtype=np.float64)
    if not np.all((rates >= 0) & (rates <= 1)):
        raise InputError(f"strip rate {rates} is outside 0 to 1")
    # Rounded first: 0.07 * 100 is 7.000000000000001 in floating point, and would strip 8.
    return np.asarray(np.ceil(np.round(rates * np.asarray(sizes), 9)), dtype=np.intp)


def strip_codes(codes: Codes, schedule: Schedule, counts: ArrayLike, depths: ArrayLike, luck: Luck) -> Codes:
    """Return the codes with some of the answers stripped, int8[B, facets], −1 where stripped.

    Args:
        codes: int8[B, facets]; −1 was not asked and cannot be stripped, everything else can (a silent −2 as well).
        schedule: see :class:`Schedule`.
        counts: int[B] or one int, how many to strip; see :func:`strip_counts`.
        depths: int[facets]; the deepest are the most specific. Of equally deep ones the later is stripped first.
        luck: of the B people.

    Raises:
        ValueError: a count is negative or above the number of answers in its row.
    """
    columns = np.broadcast_to(np.arange(codes.shape[1]), codes.shape)
    places = stripping_places(columns, codes != Code.NOT_ASKED, np.asarray(depths), schedule, luck)
    numbers = np.broadcast_to(np.asarray(counts), (len(codes),))
    if np.any(numbers < 0) or np.any(numbers > (codes != Code.NOT_ASKED).sum(axis=1)):
        raise ValueError("a strip count is negative or above the number of answers")
    return np.where(places < numbers[:, None], np.int8(Code.NOT_ASKED), codes)


def strip_chains(
    domain: Domain, chains: Sequence[Chain], schedule: Schedule, rate: float, seed: int
) -> tuple[tuple[Exchange, ...], ...]:
    """Return the exchanges that each chain keeps at a strip rate, in the order of the chain.

    Raises:
        InputError: the rate is outside [0, 1], or a chain is of another domain.
    """
    places = chain_places(domain, chains, schedule, seed)
    counts = strip_counts(rate, [len(c.exchanges) for c in chains])
    return tuple(
        tuple(e for e, place in zip(chain.exchanges, row, strict=False) if place >= count)
        for chain, row, count in zip(chains, places.tolist(), counts.tolist(), strict=True)
    )


def chain_places(domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int) -> NDArray[np.intp]:
    """Return when each exchange is stripped, int[chains, longest chain]: 0 goes first; beyond a chain's end, last."""
    width = max((len(c.exchanges) for c in chains), default=0)
    columns = np.full((len(chains), width), -1, dtype=np.intp)
    for row, chain in enumerate(chains):
        columns[row, : len(chain.exchanges)] = [domain.column(e.facet) for e in chain.exchanges]
    luck = Luck.of(seed, [c.person for c in chains])
    return stripping_places(np.maximum(columns, 0), columns >= 0, np.arange(width), schedule, luck)


def stripping_places(
    columns: NDArray[np.intp],
    present: NDArray[np.bool_],
    specific: NDArray[np.integer],
    schedule: Schedule,
    luck: Luck,
) -> NDArray[np.intp]:
    """Return when each answer is stripped, int[B, n]: 0 goes first, absent answers come last.

    Args:
        columns: int[B, n], the facet of each cell, which keys its luck.
        present: bool[B, n], whether there is an answer.
        specific: int[n], larger is more specific; of equals the later is the more specific.
        schedule: see :class:`Schedule`.
        luck: of the B people.
    """
    late = -ranks(specific[None, :]).astype(np.float64)
    at_random = luck.uniform("strip schedule") < schedule.random_share
    score = np.where(at_random[:, None], luck.uniform("strip order", columns), late)
    return ranks(np.where(present, score, np.inf))
