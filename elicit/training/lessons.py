"""Dialogues from which a model learns to ask: who leads them, and which of their questions are taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck, one_thread, stable_hash
from elicit.dialogues import Transcript
from elicit.domains import Code, Codes, Domain, Population
from elicit.forward import ChainRules, Schedule, chain_columns, said_codes, stripping_places
from elicit.profiles import AnswerModel, Noisy, all_answers
from elicit.questioners import STOP, FacetQuestioner

_WRONG = 0.05


@dataclass(frozen=True)
class Lessons:
    """Dialogues, and what is taught of them.

    Attributes:
        people: who answers, a row each; a person may be in several rows.
        talks: what was asked and answered.
        taught: bool[rows, turns], which questions carry the loss.
        ended: bool[rows], whether the teacher would ask no more after the last answer, which is taught too.
        luck: of the rows, for the wordings.
    """

    people: tuple[str, ...]
    talks: Transcript
    taught: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    luck: Luck

    def __len__(self) -> int:
        return len(self.people)

    @property
    def questions(self) -> int:
        """How many questions are taught."""
        return int(self.taught.sum())


@dataclass(frozen=True)
class Teacher:
    """Who leads dialogues, and how people answer in them.

    Attributes:
        questioner: chooses the questions.
        model: how people answer.
    """

    questioner: FacetQuestioner
    model: AnswerModel


@dataclass(frozen=True)
class Leading:
    """How a teacher's dialogues are made.

    Attributes:
        turns: questions a dialogue at most.
        started: share of the dialogues that start with random questions, which are not taught: states that the
            teacher would not come to.
        starts: at most so many random questions at the start.
        unanswered: where answers depend on luck, at most this share of a person's answers is "I don't know"; how much,
            is drawn for each person.
    """

    turns: int
    started: float = 0.5
    starts: int = 5
    unanswered: float = 0.4


def led_lessons(
    people: Population,
    teachers: Sequence[Teacher],
    option_counts: NDArray[np.int64],
    leading: Leading,
    number: int,
    seed: int,
) -> Lessons:
    """Return dialogues that teachers lead; everybody takes part about as often as everybody else.

    Args:
        people: who answers.
        teachers: each leads as many dialogues as another.
        option_counts: int[facets].
        leading: see :class:`Leading`.
        number: of dialogues.
        seed: of everything that is drawn.
    """
    names = [f"{people.ids[n % len(people)]} {n // len(people)}" for n in range(number)]
    luck = Luck.of(seed, names)
    rows = np.arange(number) % len(people)
    # A person meets another teacher the next time.
    led = (rows + np.arange(number) // len(people)) % len(teachers)
    asked = np.full((number, leading.turns), STOP, dtype=np.int16)
    answers = np.full((number, leading.turns), Code.NOT_ASKED, dtype=np.int8)
    with one_thread():
        for place, teacher in enumerate(teachers):
            these = np.flatnonzero(led == place)
            said = _said(teacher.model, people.take(rows[these]), option_counts, leading, luck.rows(these))
            asked[these], answers[these] = _lead(teacher.questioner, said, leading, luck.rows(these))
    early = np.arange(leading.turns) < _starts(leading, luck)[:, None]
    taught = (asked != STOP) & ~early
    ended = (asked == STOP).any(axis=1) & ((answers != Code.NOT_ASKED).sum(axis=1) < len(option_counts))
    return Lessons(tuple(people.ids[row] for row in rows), Transcript(asked, answers), taught, ended, luck)


def _said(
    model: AnswerModel, people: Population, option_counts: NDArray[np.int64], leading: Leading, luck: Luck
) -> Codes:
    """Return what everybody would answer to each question, int8[people, facets]."""
    if model.by_luck:
        model = Noisy(unknown=luck.uniform("how much is not known") * leading.unanswered, wrong=_WRONG)
    return all_answers(model, model.truth(people), option_counts, luck)


def _starts(leading: Leading, luck: Luck) -> NDArray[np.intp]:
    """Return with how many random questions each dialogue starts, int[rows]."""
    some = 1 + (luck.uniform("how many at the start") * leading.starts).astype(np.intp)
    return np.where(luck.uniform("starts at random") < leading.started, np.minimum(some, leading.turns - 1), 0)


def _lead(
    questioner: FacetQuestioner, said: Codes, leading: Leading, luck: Luck
) -> tuple[NDArray[np.int16], NDArray[np.int8]]:
    """Return what was asked and answered, int[rows, turns] each."""
    states = np.full_like(said, Code.NOT_ASKED)
    asked = np.full((len(said), leading.turns), STOP, dtype=np.int16)
    answers = np.full(asked.shape, Code.NOT_ASKED, dtype=np.int8)
    starts, any_order = _starts(leading, luck), luck.order("questions at the start", said.shape[1])
    awake = np.arange(len(said))
    for turn in range(min(leading.turns, said.shape[1])):
        chosen = questioner.choose(states[awake], states[awake] == Code.NOT_ASKED, luck.rows(awake))
        chosen = np.where(turn < starts[awake], any_order[awake, turn], chosen)
        awake, chosen = awake[chosen != STOP], chosen[chosen != STOP]
        asked[awake, turn] = chosen
        answers[awake, turn] = states[awake, chosen] = said[awake, chosen]
    return asked, answers


def chain_lessons(
    domain: Domain, people: Population, rules: ChainRules, schedule: Schedule, number: int, turns: int
) -> Lessons:
    """Return the chains of people as dialogues, all questions taught; what is stripped last is asked first.

    Args:
        domain: what is asked.
        people: whose chains; those without an answer have none.
        rules: of the chains; where a person has several, each has facets of its own seed.
        schedule: how they are stripped.
        number: of dialogues.
        turns: questions a dialogue at most.

    Raises:
        InputError: nobody has an answer.
    """
    talkative = people.take(np.flatnonzero((said_codes(people) >= 0).any(axis=1)))
    if not len(talkative):
        raise InputError("nobody has an answer to put into a chain", where=f"domain '{domain.name}'")
    parts = [
        _chains(domain, talkative, replace(rules, seed=stable_hash("chains", rules.seed, n) % 2**31), schedule, turns)
        for n in range(-(-number // len(talkative)))
    ]
    names = [f"{person} {n}" for n in range(len(parts)) for person in talkative.ids][:number]
    talks = Transcript.joined(parts).part(np.arange(number), turns)
    ended = np.zeros(number, dtype=bool)  # A chain ends where its person has no more to say, which no model can know.
    return Lessons((talkative.ids * len(parts))[:number], talks, talks.asked != STOP, ended, Luck.of(rules.seed, names))


def _chains(domain: Domain, people: Population, rules: ChainRules, schedule: Schedule, turns: int) -> Transcript:
    """Return one chain a person in the order of asking, cut or filled to the turns."""
    columns = chain_columns(domain, people, rules)
    present = columns >= 0
    luck = people.luck(rules.seed)
    places = stripping_places(np.maximum(columns, 0), present, np.arange(columns.shape[1]), schedule, luck)
    asked = np.take_along_axis(columns, np.argsort(np.where(present, -places, 1), axis=1, kind="stable"), axis=1)
    asked = np.pad(asked[:, :turns], ((0, 0), (0, max(turns - asked.shape[1], 0))), constant_values=STOP)
    said = np.take_along_axis(said_codes(people), np.maximum(asked, 0), axis=1)
    return Transcript(asked.astype(np.int16), np.where(asked >= 0, said, np.int8(Code.NOT_ASKED)))
