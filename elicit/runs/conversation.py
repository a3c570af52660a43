"""The text loop: a user and an agent take turns, many dialogues at once.

Dialogues are played in groups. The dialogues of a group go in lock-step, which is what local models and questioners
like; groups run at the same time, which is what endpoints like (then a group is a single dialogue).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from elicit.dialogues import Dialogue, EndReason, EventKind, Failure, Speaker, Usage
from elicit.runs.hearing import Hearing
from elicit.users import Case, Failed, Party, Said, Talk, Voice

Keep = Callable[[Dialogue | Failure], None]
"""Called once for each dialogue, as soon as it has ended or failed."""
_LOCK_STEP: Final = 512
_USER_ENDS = {EndReason.USER_LEFT, EndReason.USER_EMPTY}


class RunStoppedError(RuntimeError):
    """Nothing more can be played; what was finished has been kept.

    Args:
        side: whose model stopped it.
        detail: one line for people.
    """

    def __init__(self, side: Speaker, detail: str) -> None:
        self.side, self.detail = side, detail
        super().__init__(f"{detail} ({side.value} model)")


@dataclass(frozen=True)
class Conversation:
    """Who talks with whom, and for how long.

    Attributes:
        user: speaks first.
        agent: speaks next.
        hearing: understands what neither side says in codes.
        turns: of the agent, at most.
        at_once: groups that run at the same time.
    """

    user: Party
    agent: Party
    hearing: Hearing
    turns: int
    at_once: int

    async def play(self, cases: Iterable[Case], keep: Keep) -> None:
        """Play every case and hand each to ``keep`` when it is over.

        Raises:
            RunStoppedError: a model that every dialogue needs is not there, or the money is spent.
        """
        groups = self._groups(cases)
        workers = [asyncio.create_task(self._work(groups, keep)) for _ in range(self.at_once)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    def _groups(self, cases: Iterable[Case]) -> Iterator[list[Case]]:
        """Cut cases into groups of one draw each."""
        # Lock-step holds up endpoints and functions, which like 1, but a local model needs its batch more.
        size = max((party.together for party in (self.user, self.agent) if party.together), default=_LOCK_STEP)
        for _, same in groupby(cases, key=lambda case: case.draw):
            group: list[Case] = []
            for case in same:
                group.append(case)
                if len(group) == size:
                    yield group
                    group = []
            if group:
                yield group

    async def _work(self, groups: Iterator[list[Case]], keep: Keep) -> None:
        for group in groups:
            await _Group(self, group, keep).play()


@dataclass
class _Group:
    """Some dialogues in lock-step."""

    conversation: Conversation
    cases: Sequence[Case]
    keep: Keep
    started: float = field(default_factory=time.monotonic)

    async def play(self) -> None:
        parts = self.conversation
        voices = {Speaker.USER: parts.user.join(self.cases), Speaker.AGENT: parts.agent.join(self.cases)}
        talks = [_Counted(case, place) for place, case in enumerate(self.cases)]
        for number in range(1, parts.turns + 1):
            talks = await self._turn(talks, voices[Speaker.USER], Speaker.USER)
            talks = await self._turn(talks, voices[Speaker.AGENT], Speaker.AGENT)
            if number == parts.turns:
                for talk in talks:
                    self._finish(talk, EndReason.USER_DONE if talk.parting else EndReason.TURN_CAP)

    async def _turn(self, talks: list[_Counted], voice: Voice, side: Speaker) -> list[_Counted]:
        """Let one side speak in all dialogues, and return those that go on."""
        if not talks:
            return []
        answers = await voice.speak(talks)
        spoken = [(t, s) for t, s in zip(talks, answers, strict=True) if isinstance(s, Said)]
        for talk, answer in zip(talks, answers, strict=True):
            talk.use(side, answer.usage)
            if isinstance(answer, Failed):
                self._fail(talk, answer, side)
        hear = self.conversation.hearing.users if side is Speaker.USER else self.conversation.hearing.agents
        heard = await hear([t for t, _ in spoken], [s for _, s in spoken])
        return [t for (t, _), said in zip(spoken, heard, strict=True) if self._goes_on(t, said)]

    def _goes_on(self, talk: _Counted, said: Said) -> bool:
        talk.turns.append(said.turn)
        if talk.parting:
            self._finish(talk, EndReason.USER_DONE)
            return False
        if said.end in _USER_ENDS and any(e.kind is EventKind.AGREED for e in said.turn.events):
            # "Agreed" is not "done": what was agreed upon is still to be done by the agent.
            talk.parting = True
            return True
        if said.end is not None:
            self._finish(talk, said.end)
        return said.end is None

    def _finish(self, talk: _Counted, end: EndReason) -> None:
        case = talk.case
        dialogue = Dialogue(
            id=case.id,
            person=case.person,
            turns=tuple(talk.turns),
            end=end,
            usage=talk.usage,
            timing=self._seconds(),
        )
        self.keep(dialogue)

    def _fail(self, talk: _Counted, failed: Failed, side: Speaker) -> None:
        if failed.stops_run:
            raise RunStoppedError(side, failed.detail)
        case = talk.case
        failure = Failure(
            id=case.id,
            person=case.person,
            fault=failed.fault,
            side=side,
            kind=failed.kind,
            detail=failed.detail,
            turns=tuple(talk.turns),
            usage=talk.usage,
            timing=self._seconds(),
        )
        self.keep(failure)

    def _seconds(self) -> float:
        return round(time.monotonic() - self.started, 3)


@dataclass
class _Counted(Talk):
    """A dialogue with what its models have used."""

    usage: dict[Speaker, Usage] = field(default_factory=dict)

    def use(self, side: Speaker, usage: Usage) -> None:
        if usage.calls:
            self.usage[side] = self.usage.get(side, Usage()) + usage
