"""Dialogues from which a model learns to ask: who leads them, and which of their questions are taught."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck, one_thread, stable_hash
from elicit.dialogues import Transcript
from elicit.domains import Code, Codes, Domain, Population
from elicit.forward import ChainRules, Schedule, chain_columns, said_codes, stripping_places
from elicit.profiles import AnswerModel, Noisy, all_answers
from elicit.questioners import STOP, FacetQuestioner, WeighingQuestioner, best

_WRONG = 0.05
_TOGETHER = 512
"""Dialogues that are led together; the number of threads does not change which, so nothing depends on it."""


@dataclass(frozen=True)
class Lessons:
    """Dialogues, and what is taught of them.

    Attributes:
        people: who answers, a row each; a person may be in several rows.
        talks: what was asked and answered.
        wanted: int16[rows, turns], what is taught after the answers before: the question that the teacher would ask,
            which may be another than the one that was asked; −1 = to ask no more.
        shares: float32[rows, turns, facets], how likely the teacher would ask each question, where more than its choice
            is taught; None = its choice alone.
        offered: columns of what may be asked in each dialogue, in the order of a list; None = everything.
        ended: bool[rows], whether the teacher would ask no more after the last answer, which is taught too.
        luck: of the rows, for the wordings.
    """

    people: tuple[str, ...]
    talks: Transcript
    wanted: NDArray[np.int16]
    shares: NDArray[np.float32] | None
    offered: tuple[tuple[int, ...], ...] | None
    ended: NDArray[np.bool_]
    luck: Luck

    def __len__(self) -> int:
        return len(self.people)


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
        started: share of the dialogues that start with random questions: states that the teacher would not come to.
        starts: at most so many random questions at the start.
        softness: differences in worth, in units of the teacher's goal, that make a question e times less likely to be
            asked; 0 = the best is asked. Teachers who weigh nothing have one choice.
        unanswered: where answers depend on luck, at most this share of a person's answers is "I don't know"; how much,
            is drawn for each person.
        listed: at most so many facets (or one more than turns) may be asked in a dialogue; how many and which, is drawn
            for each. None = all.
    """

    turns: int
    started: float = 0.5
    starts: int = 5
    softness: float = 0.0
    unanswered: float = 0.4
    listed: int | None = None


def led_lessons(
    people: Population,
    teachers: Sequence[Teacher],
    option_counts: NDArray[np.int64],
    leading: Leading,
    number: int,
    seed: int,
    threads: int = 1,
) -> Lessons:
    """Return dialogues that teachers lead; everybody takes part about as often as everybody else.

    Args:
        people: who answers.
        teachers: each leads as many dialogues as another.
        option_counts: int[facets].
        leading: see :class:`Leading`.
        number: of dialogues.
        seed: of everything that is drawn.
        threads: in which dialogues are led side by side; the dialogues do not depend on it.
    """
    luck = Luck.of(seed, [f"{people.ids[n % len(people)]} {n // len(people)}" for n in range(number)])
    rows = np.arange(number) % len(people)
    offered = _offered(leading, len(option_counts), luck)
    open_to = np.full((number, len(option_counts)), offered is None)
    for row, columns in enumerate(offered or ()):
        open_to[row, list(columns)] = True
    # A person meets another teacher the next time.
    led = (rows + np.arange(number) // len(people)) % len(teachers)
    course = _Course.empty(number, leading.turns, len(option_counts) if leading.softness else 0)

    def lead(group: tuple[Teacher, NDArray[np.intp]]) -> None:
        teacher, these = group
        with one_thread():
            said = _said(teacher.model, people.take(rows[these]), option_counts, leading, luck.rows(these))
            _lead(course, these, teacher.questioner, said, open_to[these], leading, luck.rows(these))

    groups = [
        (teacher, these[at : at + _TOGETHER])
        for place, teacher in enumerate(teachers)
        for these in (np.flatnonzero(led == place),)
        for at in range(0, len(these), _TOGETHER)
    ]
    # Around all threads too: who ends would give the others back the threads that it found.
    with one_thread(), ThreadPoolExecutor(threads) as pool:
        deque(pool.map(lead, groups), maxlen=0)  # What a thread raised is raised here.
    talks = Transcript(course.asked, course.answers)
    left = (talks.answers != Code.NOT_ASKED).sum(axis=1) < open_to.sum(axis=1)
    return Lessons(
        people=tuple(people.ids[row] for row in rows),
        talks=talks,
        wanted=course.wanted,
        shares=course.shares if leading.softness else None,
        offered=offered,
        ended=(talks.asked == STOP).any(axis=1) & left,
        luck=luck,
    )


def _said(
    model: AnswerModel, people: Population, option_counts: NDArray[np.int64], leading: Leading, luck: Luck
) -> Codes:
    """Return what everybody would answer to each question, int8[people, facets]."""
    if model.by_luck:
        model = Noisy(unknown=luck.uniform("how much is not known") * leading.unanswered, wrong=_WRONG)
    return all_answers(model, model.truth(people), option_counts, luck)


def _offered(leading: Leading, facets: int, luck: Luck) -> tuple[tuple[int, ...], ...] | None:
    """Return what may be asked in each dialogue, in any order: more than its turns where there is more."""
    if leading.listed is None:
        return None
    fewest = min(leading.turns + 1, facets)
    more = max(min(leading.listed, facets) - fewest, 0)
    number = fewest + (luck.uniform("how much may be asked") * (more + 1)).astype(np.intp)
    order = luck.order("what may be asked", facets).tolist()
    return tuple(tuple(columns[:count]) for columns, count in zip(order, number.tolist(), strict=True))


def _starts(leading: Leading, luck: Luck) -> NDArray[np.intp]:
    """Return with how many random questions each dialogue starts, int[rows]."""
    some = 1 + (luck.uniform("how many at the start") * leading.starts).astype(np.intp)
    return np.where(luck.uniform("starts at random") < leading.started, np.minimum(some, leading.turns - 1), 0)


@dataclass(frozen=True)
class _Course:
    """Dialogues while they are led; see :class:`Lessons`."""

    asked: NDArray[np.int16]
    answers: Codes
    wanted: NDArray[np.int16]
    shares: NDArray[np.float32]

    @classmethod
    def empty(cls, rows: int, turns: int, facets: int) -> _Course:
        asked = np.full((rows, turns), STOP, dtype=np.int16)
        answers = np.full(asked.shape, Code.NOT_ASKED, dtype=np.int8)
        return cls(asked, answers, asked.copy(), np.zeros((rows, turns, facets), dtype=np.float32))


def _lead(
    course: _Course,
    rows: NDArray[np.intp],
    questioner: FacetQuestioner,
    said: Codes,
    open_to: NDArray[np.bool_],
    leading: Leading,
    luck: Luck,
) -> None:
    """Let a teacher say at each turn of some dialogues what it would ask, and ask that, at first random questions."""
    states = np.full_like(said, Code.NOT_ASKED)
    starts, any_order = _starts(leading, luck), luck.order("questions at the start", said.shape[1])
    # What may be asked comes first in the random order.
    closed = ~np.take_along_axis(open_to, any_order, axis=1)
    any_order = np.take_along_axis(any_order, np.argsort(closed, axis=1, kind="stable"), axis=1)
    awake = np.arange(len(said))
    for turn in range(min(leading.turns, said.shape[1])):
        allowed = open_to[awake] & (states[awake] == Code.NOT_ASKED)
        wanted, shares = _wanted(questioner, states[awake], allowed, leading.softness, luck.rows(awake))
        course.wanted[rows[awake], turn] = wanted
        if leading.softness:
            course.shares[rows[awake], turn] = shares
        chosen = np.where(turn < starts[awake], any_order[awake, turn], wanted)
        awake, chosen = awake[chosen != STOP], chosen[chosen != STOP]
        course.asked[rows[awake], turn] = chosen
        course.answers[rows[awake], turn] = states[awake, chosen] = said[awake, chosen]


def _wanted(
    questioner: FacetQuestioner, states: Codes, allowed: NDArray[np.bool_], softness: float, luck: Luck
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return what a teacher would ask, int[rows], and how likely each question, float32[rows, facets]."""
    if softness and isinstance(questioner, WeighingQuestioner):
        worth = questioner.worth(states, allowed)
        wanted = best(worth, allowed)
        below = np.where(allowed, worth - worth.max(axis=1, keepdims=True), -np.inf)
        shares = np.exp(below / softness, dtype=np.float32, casting="same_kind")
        return wanted, shares / shares.sum(axis=1, keepdims=True)
    wanted = questioner.choose(states, allowed, luck)
    return wanted, (np.arange(allowed.shape[1]) == wanted[:, None]).astype(np.float32)


def chain_lessons(
    domain: Domain, people: Population, rules: ChainRules, schedule: Schedule, number: int, turns: int
) -> Lessons:
    """Return the chains of people as dialogues; what is stripped last is asked first.

    Taught is always the broadest question of the chain that is left: under ``progressive`` the one that is asked.

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
    talks = Transcript.joined([part for part, _ in parts]).part(np.arange(number), turns)
    wanted = np.concatenate([wanted for _, wanted in parts])[:number]
    ended = np.zeros(number, dtype=bool)  # A chain ends where its person has no more to say, which no model can know.
    whose = (talkative.ids * len(parts))[:number]
    return Lessons(whose, talks, wanted, None, None, ended, Luck.of(rules.seed, names))


def _chains(
    domain: Domain, people: Population, rules: ChainRules, schedule: Schedule, turns: int
) -> tuple[Transcript, NDArray[np.int16]]:
    """Return a chain a person as it is asked, cut or filled to the turns, and the broadest question left each time."""
    columns = chain_columns(domain, people, rules)
    present = columns >= 0
    luck = people.luck(rules.seed)
    places = stripping_places(np.maximum(columns, 0), present, np.arange(columns.shape[1]), schedule, luck)
    order = np.argsort(np.where(present, -places, 1), axis=1, kind="stable")
    asked = np.take_along_axis(columns, order, axis=1)
    left, broadest = present.copy(), np.full(asked.shape, STOP)
    rows = np.arange(len(people))
    for turn in range(asked.shape[1]):
        broadest[:, turn] = np.where(left.any(axis=1), columns[rows, left.argmax(axis=1)], STOP)
        left[rows, order[:, turn]] = False
    filling = ((0, 0), (0, max(turns - asked.shape[1], 0)))
    asked, broadest = (np.pad(table[:, :turns], filling, constant_values=STOP) for table in (asked, broadest))
    said = np.take_along_axis(said_codes(people), np.maximum(asked, 0), axis=1)
    talks = Transcript(asked.astype(np.int16), np.where(asked >= 0, said, np.int8(Code.NOT_ASKED)))
    return talks, broadest.astype(np.int16)
