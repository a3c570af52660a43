"""Where a chat model words questions anew: each reply is judged, and what it gets wrong stays as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from elicit.basis import stable_hash
from elicit.dialogues import Message
from elicit.domains import Domain
from elicit.language.meaning import open_understanding
from elicit.language.understanding import Understanding
from elicit.language.verdicts import Judged, Verdict, judge
from elicit.models import Budget, ChatModel, Encoder, ModelSettings, Reply, Request, open_models, refuse_silence

MOST_LISTED: Final = 8
"""More answers than these are not listed: a question cannot offer them all."""
_ROLE: Final = "writer"
_TOGETHER: Final = 64
"""Questions between two looks at how far it is."""
NO_REPLY: Final = "no reply"
KEPT: Final = "kept after two rejects"

Tell = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""


@dataclass(frozen=True)
class Task:
    """A question that is to be worded; equal tasks are one.

    Attributes:
        facet: id.
        wording: how it is put so far.
        messages: what the model is told.
    """

    facet: str
    wording: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Desk:
    """Words questions, and counts.

    Attributes:
        domain: what is asked.
        model: writes.
        settings: of the model.
        understanding: finds what its questions ask for.
        seed: of its draws.
        alone: whether a question must be one sentence, with nothing before it.
        counts: of everything so far.
    """

    domain: Domain
    model: ChatModel
    settings: ModelSettings
    understanding: Understanding
    seed: int
    alone: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    async def worded(self, tasks: Sequence[Task], tell: Tell) -> dict[Task, str]:
        """Return the text of each different question, as it was where the model's were rejected twice.

        What comes back is judged (see :class:`Verdict`); a reject is tried once more, with the reason.

        Args:
            tasks: may hold equal ones, which are asked once.
            tell: hears how far it is.

        Raises:
            UnavailableError: the model cannot be reached or used, or has replied to none of many requests.
        """
        different = list(dict.fromkeys(tasks))
        texts: dict[Task, str] = {}
        for start in range(0, len(different), _TOGETHER):
            texts |= await self._batch(different[start : start + _TOGETHER])
            tell(f"questions worded by {self.model.name}", len(texts), len(different))
        return texts

    @property
    def tally(self) -> dict[str, int]:
        """Replies by :class:`Verdict`, those that did not come, and questions that stayed as they were."""
        return {name: self.counts[name] for name in (*(verdict.value for verdict in Verdict), NO_REPLY, KEPT)}

    async def _batch(self, tasks: Sequence[Task]) -> dict[Task, str]:
        first = await self._tried(tasks, {})
        rejected = {task: one for task, one in first.items() if one is None or one.verdict is not Verdict.ACCEPTED}
        second = await self._tried(list(rejected), rejected)
        texts = {}
        for task, judged in (first | second).items():
            accepted = judged is not None and judged.verdict is Verdict.ACCEPTED
            texts[task] = judged.text if judged is not None and accepted else task.wording
            self.counts[KEPT] += not accepted
        return texts

    async def _tried(self, tasks: Sequence[Task], rejected: Mapping[Task, Judged | None]) -> dict[Task, Judged | None]:
        """Return what is to be said about each reply, None where there is none."""
        replies = await self.model.complete([self._request(task, rejected) for task in tasks])
        refuse_silence(replies, _ROLE, first=not rejected)
        there = {task: reply.text for task, reply in zip(tasks, replies, strict=True) if isinstance(reply, Reply)}
        facets = [self.domain.facets[self.domain.column(task.facet)] for task in there]
        judged = await judge(list(there.values()), facets, self.understanding, alone=self.alone)
        self.counts.update(one.verdict.value for one in judged)
        self.counts[NO_REPLY] += len(tasks) - len(there)
        return dict.fromkeys(tasks) | dict(zip(there, judged, strict=True))

    def _request(self, task: Task, rejected: Mapping[Task, Judged | None]) -> Request:
        messages, before = list(task.messages), rejected.get(task)
        if before is not None and before.text:
            messages.append(Message(role="assistant", content=before.text))
            messages.append(Message(role="user", content=f"Not like this: {before.reason}. Write the question anew."))
        seed = stable_hash(_ROLE, self.seed, task in rejected) & 0x7FFFFFFF
        return Request(tuple(messages), seed, self.settings.temperature, self.settings.max_tokens)


@asynccontextmanager
async def open_desk(
    domain: Domain, settings: ModelSettings, encoder: Encoder | None, seed: int, *, alone: bool = False
) -> AsyncIterator[Desk]:
    """Open a model that words questions of a domain, and close it at the end.

    Args:
        domain: what is asked.
        settings: of the model.
        encoder: helps to understand what its questions ask for; None = words only.
        seed: of its draws.
        alone: whether a question must be one sentence, with nothing before it.

    Raises:
        InputError: a file, a model or an environment variable that is not there.
        UnavailableError: a library that is not installed.
    """
    understanding = open_understanding(domain, encoder)
    async with open_models({_ROLE: settings}, Budget(None), cache=None) as models:
        yield Desk(domain, models[_ROLE], settings, understanding, seed, alone)
