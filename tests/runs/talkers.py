"""A tiny domain, sides that say what a test tells them to, and a way to let them talk."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from elicit.dialogues import Dialogue, EndReason, Failure, NonAnswer, Speaker, Turn, code_of
from elicit.domains import Domain, Facet, Option, Population
from elicit.language import Heard, answer_texts, question_texts
from elicit.profiles import Truthful
from elicit.runs import Conversation, Hearing
from elicit.users import Case, Failed, Party, RuleUser, Said, Talk, Voice

DRINK = Facet(
    id="drink",
    label="the drink",
    options=(
        Option(id="tea", label="tea", phrasings=("Tea, please.", "I drink tea.")),
        Option(id="coffee", label="coffee", phrasings=("Coffee, please.",)),
    ),
    wordings=("Tea or coffee?", "What do you drink?", "Which drink do you like?"),
)
MILK = Facet(id="milk", label="milk", wordings=("Do you take milk?", "With milk?", "Milk in it?"))
SIZE = Facet(
    id="size",
    label="the size",
    options=(Option(id="small", label="small"), Option(id="large", label="large")),
    wordings=("How large?", "Small or large?", "What size?"),
)
DOMAIN = Domain(name="drinks", title="Drinks", facets=(DRINK, MILK, SIZE))
PEOPLE = Population(
    ids=("ann", "bob", "cem", "dee"),
    codes=np.array([[0, 0, 0], [1, 1, 1], [0, 1, -2], [1, -2, 0]], dtype=np.int8),
    liked=np.zeros((4, 0), dtype=bool),
)


class Exactly:
    """Understands the texts of the domain word by word, and nothing else."""

    async def questions(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [tuple(f.id for f in DOMAIN.facets if text in question_texts(f)) for text in texts]

    async def answers(self, heard: Sequence[Heard]) -> list[Mapping[str, str]]:
        return [{facet: self._value(facet, one.text) for facet in one.asked} for one in heard]

    def _value(self, facet_id: str, text: str) -> str:
        facet = DOMAIN.facets[DOMAIN.column(facet_id)]
        values = [*(o.id for o in facet.options), *NonAnswer]
        return next((str(v) for v in values if text in answer_texts(facet, v)), NonAnswer.NOT_UNDERSTOOD.value)


Line = str | Said | Failed


@dataclass(frozen=True)
class Saying:
    """Says given lines, one a turn, the last one again and again."""

    side: Speaker
    lines: Sequence[Line]
    name: str = "saying"
    together: int | None = None
    invents: bool = False

    def join(self, cases: Sequence[Case]) -> Voice:
        return _Lines(self)


@dataclass(frozen=True)
class _Lines(Voice):
    party: Saying

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        return [self._line(len(talk.turns) // 2) for talk in talks]

    def _line(self, number: int) -> Said | Failed:
        line = self.party.lines[min(number, len(self.party.lines) - 1)]
        return Said(Turn(speaker=self.party.side, text=line)) if isinstance(line, str) else line


def agent(*lines: Line) -> Saying:
    return Saying(Speaker.AGENT, lines)


def user(*lines: Line, invents: bool = False) -> Saying:
    return Saying(Speaker.USER, lines, invents=invents)


def said(side: Speaker, text: str, end: EndReason | None = None, **fields: object) -> Said:
    return Said(Turn(speaker=side, text=text, **fields), end)  # type: ignore[arg-type]


def rule_user(opening: str | None = None) -> RuleUser:
    return RuleUser(DOMAIN, PEOPLE, Truthful(), seed=1, opening=opening)


def cases(number: int = 1) -> list[Case]:
    every = []
    for n in range(number):
        draw, row = divmod(n, len(PEOPLE))
        every.append(Case(f"{PEOPLE.ids[row]}/{draw}", PEOPLE.ids[row], row, draw))
    return every


def talk(user: Party, agent: Party, turns: int = 5, number: int = 1, at_once: int = 2) -> list[Dialogue | Failure]:
    """Play dialogues and return them in the order of their cases."""
    kept: dict[str, Dialogue | Failure] = {}
    hearing = Hearing(DOMAIN, PEOPLE.codes, Exactly(), user.invents)
    conversation = Conversation(user, agent, hearing, turns, at_once)
    asyncio.run(conversation.play(cases(number), lambda record: kept.update({record.id: record})))
    return [kept[case.id] for case in cases(number)]


def one(user: Party, agent: Party, turns: int = 5) -> Dialogue:
    (only,) = talk(user, agent, turns)
    assert isinstance(only, Dialogue)
    return only


def codes(dialogue: Dialogue) -> dict[str, int]:
    return {
        facet: code_of(DOMAIN.facets[DOMAIN.column(facet)], value)
        for turn in dialogue.turns
        for facet, value in turn.tells.items()
    }
