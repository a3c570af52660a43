"""Measures of whole dialogues: their shape, whether they listen, and what they waste."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from elicit.basis import Luck
from elicit.dialogues import Transcript
from elicit.domains import Code, Codes
from elicit.profiles import AnswerModel, another_option
from elicit.questioners import STOP, UNREADABLE, Questioner, Rules, next_questions


@dataclass(frozen=True)
class Funnel:
    """The shape of a set of dialogues.

    Attributes:
        tau: float64[people], Kendall's tau-b between turn and depth: 1 = broad to specific, NaN where every question
            had the same depth (a constant cannot be ranked).
        ties: share of pairs of questions with equal depth, over all people.
    """

    tau: NDArray[np.float64]
    ties: float


def funnel_shape(transcript: Transcript, depths: NDArray[np.int64]) -> Funnel:
    """Return how funnel-shaped dialogues are (Kendall 1945, tau-b; ties in depth are counted and reported).

    Args:
        transcript: the dialogues.
        depths: int64[facets] from 0, larger = more specific, or narrower in another way.
    """
    patterns = np.where(transcript.asked >= 0, depths[np.maximum(transcript.asked, 0)], -1)
    # Few different patterns of depth occur, so each is ranked once.
    unique, inverse = np.unique(patterns, axis=0, return_inverse=True)
    ranked = [_tau(pattern[pattern >= 0]) for pattern in unique]
    taus, tied, pairs = (np.array(column, dtype=np.float64)[inverse.ravel()] for column in zip(*ranked, strict=True))
    return Funnel(taus, float(tied.sum() / max(pairs.sum(), 1)))


def counterfactual_changes(
    transcript: Transcript, questioner: Questioner, rules: Rules, option_counts: NDArray[np.int64], luck: Luck
) -> NDArray[np.float64]:
    """Return where the next question changes when only the last answer is another option, float64[people, turns].

    1 = it changes, 0 = it does not; a fixed list in disguise has only zeros. NaN in the first turn, where nothing was
    asked, and where the last question was not answered with an option.

    Args:
        transcript: dialogues of the questioner itself.
        questioner: who is asked what comes next.
        rules: what may be asked.
        option_counts: int[facets].
        luck: of these people.
    """
    changed = np.full(transcript.asked.shape, np.nan)
    for turn in range(1, transcript.asked.shape[1]):
        going = transcript.asked[:, turn] != STOP
        rows = np.flatnonzero(going & _answered(transcript, turn, option_counts))
        if len(rows):
            talks, these = transcript.part(rows, turn), luck.rows(rows)
            other = _next(questioner, _counterfactual(talks, option_counts, these), rules, option_counts, these)
            changed[rows, turn] = other != transcript.asked[rows, turn]
    return changed


def counterfactual_change(
    transcript: Transcript, questioner: Questioner, rules: Rules, option_counts: NDArray[np.int64], luck: Luck
) -> NDArray[np.float64]:
    """Return the same of the question after dialogues of anybody, float64[people].

    The questioner is also asked what comes next where nothing was changed; see :func:`counterfactual_changes`.
    """
    changed = np.full(len(transcript), np.nan)
    turns = transcript.asked.shape[1]
    rows = np.flatnonzero(_answered(transcript, turns, option_counts))
    if len(rows):
        talks, these = transcript.part(rows, turns), luck.rows(rows)
        before = _next(questioner, talks, rules, option_counts, these)
        other = _next(questioner, _counterfactual(talks, option_counts, these), rules, option_counts, these)
        changed[rows] = other != before
    return changed


def _answered(transcript: Transcript, turns: int, option_counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return who answered the last of so many questions with an option that was not the only one, bool[people]."""
    last, answers = transcript.asked[:, turns - 1], transcript.answers[:, turns - 1]
    return np.asarray((last >= 0) & (answers >= 0) & (option_counts[np.maximum(last, 0)] > 1))


def _counterfactual(talks: Transcript, option_counts: NDArray[np.int64], luck: Luck) -> Transcript:
    """Return dialogues with another option as the last answer."""
    last = talks.asked[:, -1].astype(np.intp)
    answers = talks.answers.copy()
    answers[:, -1] = another_option(answers[:, -1], option_counts[last], luck.uniform("another answer", last))
    return replace(talks, answers=answers)


def _next(
    questioner: Questioner, talks: Transcript, rules: Rules, option_counts: NDArray[np.int64], luck: Luck
) -> NDArray[np.intp]:
    allowed = rules.allowed(talks.states(talks.asked.shape[1], len(option_counts)))
    return next_questions(questioner, talks, allowed, luck).facets


def swapped(
    transcript: Transcript, model: AnswerModel, spoken: Codes, option_counts: NDArray[np.int64], luck: Luck
) -> Transcript:
    """Return the dialogues in which everybody is asked what somebody else was asked, and answers for themselves.

    A questioner that listens asks other people other things, so its questions fit their own person better than another
    one; those of a fixed order fit all alike.

    Args:
        transcript: dialogues of two or more people; alone, one is asked one's own questions.
        model: how people answer.
        spoken: int8[people, facets], what they know of themselves under this model.
        option_counts: int[facets].
        luck: of these people; it also decides who is asked whose questions.
    """
    order = np.argsort(luck.uniform("swap"), kind="stable")
    asked = np.empty_like(transcript.asked)
    asked[order] = transcript.asked[np.roll(order, 1)]
    answers = np.full_like(transcript.answers, Code.NOT_ASKED)
    for turn in range(asked.shape[1]):
        rows = np.flatnonzero(asked[:, turn] >= 0)
        facets = asked[rows, turn].astype(np.intp)
        answers[rows, turn] = model.answer(spoken[rows], facets, option_counts, luck.rows(rows))
    return Transcript(asked, answers)


def questions_asked(transcript: Transcript) -> NDArray[np.float64]:
    """Return the number of questions, float64[people]."""
    return np.asarray((transcript.asked != STOP).sum(axis=1), dtype=np.float64)


def unreadable(transcript: Transcript) -> NDArray[np.float64]:
    """Return the share of questions that ask for nothing that the domain has, float64[people]."""
    return share((transcript.asked == UNREADABLE).sum(axis=1), (transcript.asked != STOP).sum(axis=1))


def asked_again(transcript: Transcript) -> NDArray[np.float64]:
    """Return the share of questions that ask for a facet that was asked for before, float64[people]."""
    again = np.zeros(len(transcript), dtype=np.int64)
    for turn in range(1, transcript.asked.shape[1]):
        now = transcript.asked[:, turn, None]
        again += ((transcript.asked[:, :turn] == now) & (now >= 0)).any(axis=1)
    return share(again, (transcript.asked != STOP).sum(axis=1))


def unanswered(transcript: Transcript) -> NDArray[np.float64]:
    """Return the share of questions that got no answer, float64[people]."""
    asked = transcript.asked >= 0
    return share((asked & (transcript.answers < 0)).sum(axis=1), asked.sum(axis=1))


def unanswered_by_depth(transcript: Transcript, depths: NDArray[np.int64]) -> dict[int, tuple[int, int]]:
    """Return depth to (questions without an answer, questions asked)."""
    asked = transcript.asked >= 0
    level = depths[np.maximum(transcript.asked, 0)]
    return {
        int(depth): (
            int((asked & (level == depth) & (transcript.answers < 0)).sum()),
            int((asked & (level == depth)).sum()),
        )
        for depth in sorted(set(depths.tolist()))
    }


def share(
    part: NDArray[np.floating] | NDArray[np.integer], whole: NDArray[np.floating] | NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return parts of wholes, NaN where the whole is nothing."""
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _tau(depths: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return tau-b of turn and depth, pairs with equal depth, pairs."""
    pairs = len(depths) * (len(depths) - 1) / 2
    _, sizes = np.unique(depths, return_counts=True)
    tied = float((sizes * (sizes - 1) / 2).sum())
    tau = kendalltau(np.arange(len(depths)), depths).statistic if tied < pairs else np.nan
    return float(tau), tied, pairs
