"""Steps: the states that a chain runs through while its answers are stripped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from elicit.dialogues import Exchange
from elicit.domains import Domain
from elicit.forward.chains import Chain
from elicit.forward.schedules import Schedule, chain_places
from elicit.forward.states import profile_lines


@dataclass(frozen=True)
class Step:
    """One chain with some of its answers stripped.

    Attributes:
        row: place of the chain among the chains.
        chain: which.
        lines: of the whole profile, one an exchange.
        stays: which exchanges are kept; at least one is not.
    """

    row: int
    chain: Chain
    lines: list[str]
    stays: list[bool]

    @property
    def known(self) -> int:
        """Number of answers that are kept (the paper's t)."""
        return sum(self.stays)

    @property
    def kept(self) -> list[Exchange]:
        """What is kept, in the order of the chain."""
        return list(compress(self.chain.exchanges, self.stays))

    @property
    def kept_lines(self) -> list[str]:
        """The lines of what is kept."""
        return list(compress(self.lines, self.stays))

    @property
    def next(self) -> Exchange:
        """The broadest stripped exchange, the first in the order of the chain."""
        return self.chain.exchanges[self.stays.index(False)]


def stripped_steps(domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int) -> Iterator[Step]:
    """Yield the steps of every chain, from nothing known to one answer stripped; an empty chain has none.

    Raises:
        InputError: a chain is of another domain.
    """
    for row, places in enumerate(chain_places(domain, chains, schedule, seed).tolist()):
        lines = profile_lines(domain, chains[row].exchanges)
        for known in range(len(lines)):
            stays = [place >= len(lines) - known for place in places[: len(lines)]]
            yield Step(row, chains[row], lines, stays)
