"""Lessons as rows of tokens, with the loss on the questions that are taught."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypedDict

import numpy as np

from elicit.basis import InputError
from elicit.language import Phrasebook
from elicit.questioners.causal import Script, State, Tokens
from elicit.training.lessons import Lessons

NO_LOSS: Final = -100
"""The label of a token that carries no loss, as torch and TRL have it."""


class TokenRow(TypedDict):
    """A row for training: tokens, and the same tokens where they carry the loss."""

    input_ids: list[int]
    labels: list[int]


def token_rows(script: Script, lessons: Lessons) -> Iterator[TokenRow]:
    """Yield the rows of lessons.

    Where a model reads the dialogue, all questions of a dialogue share one row (prefix sharing): what stands before a
    question is the same as if it stood in a row of its own. Where it reads a profile, each question has a row, for
    the next profile must not show how the last question was put. Lessons that teach nothing have no row.
    """
    book = Phrasebook(script.domain, lessons.luck)
    for row in range(len(lessons)):
        yield from (_shared if script.state is State.DIALOGUE else _single)(script, lessons, book, row)


def refuse_long(rows: list[TokenRow], context: int) -> None:
    """Raise InputError if a row is longer than what the model can read, or if nothing carries the loss."""
    longest = max((len(row["input_ids"]) for row in rows), default=0)
    if longest > context:
        raise InputError(
            f"a row has {longest} tokens, more than the {context} that the model can read",
            remedy="Fewer turns a dialogue, or a model with a longer context",
        )
    if not any(label != NO_LOSS for row in rows for label in row["labels"]):
        raise InputError("no question carries the loss: there is nothing to learn", remedy="More people or more turns")


def _shared(script: Script, lessons: Lessons, book: Phrasebook, row: int) -> Iterator[TokenRow]:
    tokens = list(script.start)
    labels = [NO_LOSS] * len(tokens)
    for column, code, taught in _turns(lessons, row):
        asked = script.question(column, book.question(row, column).text)
        told = script.answer(column, code)
        tokens += (*asked, *told)
        labels += (*(asked if taught else (NO_LOSS,) * len(asked)), *(NO_LOSS,) * len(told))
    if lessons.ended[row]:
        tokens.append(script.stop)
        labels.append(script.stop)
    if any(label != NO_LOSS for label in labels):
        yield TokenRow(input_ids=tokens, labels=labels)


def _single(script: Script, lessons: Lessons, book: Phrasebook, row: int) -> Iterator[TokenRow]:
    for turn, (column, _, taught) in enumerate(_turns(lessons, row)):
        if taught:
            yield _step(script, lessons, row, turn, script.question(column, book.question(row, column).text))
    if lessons.ended[row]:
        yield _step(script, lessons, row, lessons.talks.asked.shape[1], (script.stop,))


def _step(script: Script, lessons: Lessons, row: int, turns: int, written: Tokens) -> TokenRow:
    (prompt,) = script.prompts(lessons.talks.part(np.array([row]), turns))
    return TokenRow(input_ids=[*prompt, *written], labels=[*(NO_LOSS,) * len(prompt), *written])


def _turns(lessons: Lessons, row: int) -> Iterator[tuple[int, int, bool]]:
    """Yield column, code and whether it is taught, of each question of a lesson."""
    talks = lessons.talks
    for column, code, taught in zip(
        talks.asked[row].tolist(), talks.answers[row].tolist(), lessons.taught[row].tolist(), strict=True
    ):
        if column >= 0:
            yield column, code, taught
