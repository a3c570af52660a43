"""A chat model that puts the questions of chains into words of its own; what it gets wrong stays as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from elicit.dialogues import Exchange, Message
from elicit.domains import Domain, Facet
from elicit.forward.chains import Chain
from elicit.forward.schedules import PROGRESSIVE, Schedule
from elicit.language import MOST_LISTED, Desk, Task, Tell, open_desk, option_label
from elicit.models import Encoder, ModelSettings

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
    tell: Tell = lambda doing, done, total: None

    def reword(self, domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int) -> Reworded:
        """Return the chains with the model's questions; answers stay as they are.

        For each question the model is told the facet's label, its answers and the wording that the phrasebook chose,
        and of the dialogue the last exchange alone, as label and value: so chains share most of their questions, and
        each is asked once; with the whole dialogue most would be different. It is told even that only under
        ``progressive``: under any other schedule rows ask a question also where the exchange before it is not known.

        What comes back is judged, and what is rejected twice stays in the words of the phrasebook (:class:`Desk`).

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
        async with open_desk(domain, self.settings, self.encoder, seed) as desk:
            found = await reworded(chains, desk, schedule == PROGRESSIVE, self.tell)
            name = desk.model.name
        words = "words and encoder" if self.encoder else "words"
        return Reworded(found.chains, {"model": name, "understood by": words, **found.counts})


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


async def reworded(chains: Sequence[Chain], desk: Desk, follows: bool, tell: Tell) -> Reworded:
    """Return the chains with the questions of a model; see :meth:`Writer.reword`.

    Args:
        chains: in the words of the phrasebook.
        desk: words each different question.
        follows: whether the model is told of the exchange before.
        tell: see :class:`Writer`.
    """
    tasks = [_tasks(desk.domain, chain, follows) for chain in chains]
    texts = await desk.worded([task for some in tasks for task in some], tell)
    new = tuple(_with_texts(chain, [texts[task] for task in some]) for chain, some in zip(chains, tasks, strict=True))
    other = sum(texts[task] != task.wording for some in tasks for task in some)
    return Reworded(new, {"different questions": len(texts), **desk.tally, "exchanges in new words": other})


def _tasks(domain: Domain, chain: Chain, follows: bool) -> list[Task]:
    told = ["", *(_told(domain, exchange) for exchange in chain.exchanges)]
    exchanges = zip(chain.exchanges, told, strict=False)
    return [_task(domain, exchange, before if follows else "") for exchange, before in exchanges]


def _task(domain: Domain, exchange: Exchange, before: str) -> Task:
    facet = domain.facets[domain.column(exchange.facet)]
    system = Message(role="system", content=_SYSTEM.format(title=domain.title))
    brief = Message(role="user", content=_brief(facet, exchange.question.text, before))
    return Task(exchange.facet, exchange.question.text, (system, brief))


def _brief(facet: Facet, wording: str, before: str) -> str:
    labels = [option.label for option in facet.options]
    answers = "; ".join(labels[:MOST_LISTED]) + ("; …" if len(labels) > MOST_LISTED else "")
    lines = [f"It asks about: {facet.label}", f"Possible answers: {answers}", f"The usual words: {wording}"]
    if before:
        lines.append(f"The person has just told you: {before}")
    return "\n".join(lines)


def _told(domain: Domain, exchange: Exchange) -> str:
    facet = domain.facets[domain.column(exchange.facet)]
    return f"{facet.label}: {option_label(facet, exchange.answer.value)}"


def _with_texts(chain: Chain, texts: Sequence[str]) -> Chain:
    exchanges = tuple(
        e.model_copy(update={"question": e.question.model_copy(update={"text": text})})
        for e, text in zip(chain.exchanges, texts, strict=True)
    )
    return chain.model_copy(update={"exchanges": exchanges})
