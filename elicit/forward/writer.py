"""A chat model that puts the questions of chains into words of its own; what it gets wrong stays as it was."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from elicit.basis import UnavailableError, stable_hash
from elicit.dialogues import Exchange, Message
from elicit.domains import Domain, Facet
from elicit.forward.chains import Chain
from elicit.forward.schedules import PROGRESSIVE, Schedule
from elicit.forward.verdicts import Judged, Verdict, judge
from elicit.language import Understanding, open_understanding, option_label
from elicit.models import Budget, ChatModel, Encoder, ModelError, ModelSettings, Reply, Request, open_models

_ROLE: Final = "writer"
_TOGETHER: Final = 64
"""Questions between two looks at how far it is."""
_LISTED: Final = 8
"""More answers than these are not listed: a question cannot offer them all."""
NO_REPLY: Final = "no reply"
KEPT: Final = "kept after two rejects"
_SYSTEM: Final = (
    "You word the questions of an interview. The subject: {title}. You get one question and write it anew: short, "
    "natural, as one person asks another. It asks for the same thing and for nothing else, keeps names as they are, "
    "and does not hint at an answer. Write only the question."
)


@dataclass(frozen=True)
class Writer:
    """Who words the questions.

    Attributes:
        settings: of the chat model.
        encoder: helps to understand what its questions ask for; None = words only.
        tell: called with what is being done, how many questions are worded and how many there are.
    """

    settings: ModelSettings
    encoder: Encoder | None = None
    tell: Callable[[str, int, int], None] = lambda doing, done, total: None

    def reword(self, domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int) -> Reworded:
        """Return the chains with the model's questions; answers stay as they are.

        For each question the model is told the facet's label, its answers and the wording that the phrasebook chose,
        and of the dialogue the last exchange alone, as label and value: so chains share most of their questions, and
        each is asked once; with the whole dialogue most would be different. It is told even that only under
        ``progressive``: under any other schedule rows ask a question also where the exchange before it is not known.

        What comes back is judged (see :class:`Verdict`); a reject is tried once more, with the reason, and then the
        wording of the phrasebook stays.

        Args:
            domain: of the chains.
            chains: in the words of the phrasebook.
            schedule: how their answers will be stripped.
            seed: of the model's draws.

        Raises:
            InputError: a file, a model or an environment variable that is not there.
            UnavailableError: the model cannot be reached or used, or has replied to none of many requests.
        """
        return asyncio.run(self._reword(domain, chains, schedule, seed))

    async def _reword(self, domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int) -> Reworded:
        understanding = open_understanding(domain, self.encoder)
        async with open_models({_ROLE: self.settings}, Budget(None), cache=None) as models:
            desk = Desk(domain, models[_ROLE], self.settings, understanding, seed)
            found = await reworded(chains, desk, schedule == PROGRESSIVE, self.tell)
        words = "words and encoder" if self.encoder else "words"
        return Reworded(found.chains, {"model": models[_ROLE].name, "understood by": words, **found.counts})


@dataclass(frozen=True)
class Reworded:
    """Chains in the words of a model, and what was counted.

    Attributes:
        chains: as they came, but for the texts of questions.
        counts: questions without their repetitions, replies to them by :class:`Verdict`, questions that stayed in the
            domain's words after two rejects, and how many exchanges of all chains have new words.
    """

    chains: tuple[Chain, ...]
    counts: Mapping[str, object]


@dataclass(frozen=True)
class Task:
    """A question that is to be worded; equal tasks are one.

    Attributes:
        facet: id.
        wording: how the phrasebook puts it.
        before: the exchange before it, empty if it is the first or if nothing is told of it.
    """

    facet: str
    wording: str
    before: str


async def reworded(
    chains: Sequence[Chain], desk: Desk, follows: bool, tell: Callable[[str, int, int], None]
) -> Reworded:
    """Return the chains with the questions of a model; see :meth:`Writer.reword`.

    Args:
        chains: in the words of the phrasebook.
        desk: words each different question.
        follows: whether the model is told of the exchange before.
        tell: see :class:`Writer`.
    """
    tasks = [_tasks(desk.domain, chain, follows) for chain in chains]
    different = list(dict.fromkeys(task for some in tasks for task in some))
    texts: dict[Task, str] = {}
    for start in range(0, len(different), _TOGETHER):
        texts |= await desk.worded(different[start : start + _TOGETHER])
        tell(f"questions worded by {desk.model.name}", len(texts), len(different))
    new = tuple(_with_texts(chain, [texts[task] for task in some]) for chain, some in zip(chains, tasks, strict=True))
    counts = {name: desk.counts[name] for name in (*(verdict.value for verdict in Verdict), NO_REPLY, KEPT)}
    other = sum(texts[task] != task.wording for some in tasks for task in some)
    return Reworded(new, {"different questions": len(different), **counts, "exchanges in new words": other})


@dataclass(frozen=True)
class Desk:
    """Words a batch of questions, and counts.

    Attributes:
        domain: what is asked.
        model: writes.
        settings: of the model.
        understanding: finds what its questions ask for.
        seed: of its draws.
        counts: of everything so far.
    """

    domain: Domain
    model: ChatModel
    settings: ModelSettings
    understanding: Understanding
    seed: int
    counts: Counter[str] = field(default_factory=Counter)

    async def worded(self, tasks: Sequence[Task]) -> dict[Task, str]:
        """Return the text of each question, the phrasebook's where the model's were rejected twice.

        Raises:
            UnavailableError: the model cannot be reached or used, or has replied to nothing.
        """
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
        self._refuse_silence(replies, first=not rejected)
        there = {task: reply.text for task, reply in zip(tasks, replies, strict=True) if isinstance(reply, Reply)}
        judged = await judge(list(there.values()), [self._facet(task) for task in there], self.understanding)
        self.counts.update(one.verdict.value for one in judged)
        self.counts[NO_REPLY] += len(tasks) - len(there)
        return dict.fromkeys(tasks) | dict(zip(there, judged, strict=True))

    def _refuse_silence(self, replies: Sequence[Reply | ModelError], first: bool) -> None:
        errors = [reply for reply in replies if isinstance(reply, ModelError)]
        final = [error for error in errors if error.fault.stops_run]
        if final or (first and errors and len(errors) == len(replies)):
            raise UnavailableError(f"{(final or errors)[0].detail} (writer); no chain was written")

    def _request(self, task: Task, rejected: Mapping[Task, Judged | None]) -> Request:
        messages = [
            Message(role="system", content=_SYSTEM.format(title=self.domain.title)),
            Message(role="user", content=_brief(task, self._facet(task))),
        ]
        before = rejected.get(task)
        if before is not None and before.text:
            messages.append(Message(role="assistant", content=before.text))
            messages.append(Message(role="user", content=f"Not like this: {before.reason}. Write the question anew."))
        seed = stable_hash(_ROLE, self.seed, task in rejected) & 0x7FFFFFFF
        return Request(tuple(messages), seed, self.settings.temperature, self.settings.max_tokens)

    def _facet(self, task: Task) -> Facet:
        return self.domain.facets[self.domain.column(task.facet)]


def _brief(task: Task, facet: Facet) -> str:
    labels = [option.label for option in facet.options]
    answers = "; ".join(labels[:_LISTED]) + ("; …" if len(labels) > _LISTED else "")
    lines = [f"It asks about: {facet.label}", f"Possible answers: {answers}", f"The usual words: {task.wording}"]
    if task.before:
        lines.append(f"The person has just told you: {task.before}")
    return "\n".join(lines)


def _tasks(domain: Domain, chain: Chain, follows: bool) -> list[Task]:
    told = ["", *(_told(domain, exchange) for exchange in chain.exchanges)]
    exchanges = zip(chain.exchanges, told, strict=False)
    return [Task(e.facet, e.question.text, before if follows else "") for e, before in exchanges]


def _told(domain: Domain, exchange: Exchange) -> str:
    facet = domain.facets[domain.column(exchange.facet)]
    return f"{facet.label}: {option_label(facet, exchange.answer.value)}"


def _with_texts(chain: Chain, texts: Sequence[str]) -> Chain:
    exchanges = tuple(
        e.model_copy(update={"question": e.question.model_copy(update={"text": text})})
        for e, text in zip(chain.exchanges, texts, strict=True)
    )
    return chain.model_copy(update={"exchanges": exchanges})
