"""Lessons as rows of tokens, with the loss on the questions that are taught."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.language import Phrasebook
from elicit.questioners import STOP
from elicit.questioners.causal import Script, State, Tokens
from elicit.training.lessons import Lessons

NO_LOSS: Final = -100
"""The label of a token that carries no loss, as torch and TRL have it."""


class TokenRow(TypedDict):
    """A row for training.

    Attributes:
        input_ids: the tokens of a text.
        labels: the token that is taught in each place, as torch has it: mostly the same, or no loss.
        shares: how likely each facet's mark is in each place where a mark is the label, float32[marks · facets];
            missing where the label alone is taught.
    """

    input_ids: list[int]
    labels: list[int]
    shares: NotRequired[NDArray[np.float32]]


def token_rows(script: Script, lessons: Lessons) -> Iterator[TokenRow]:
    """Yield the rows of lessons.

    Where a model reads the dialogue, all its questions share one row (prefix sharing): what stands before a question is
    the same as if it stood in a row of its own. Where it reads a profile, each question has a row, for the next profile
    must not show how the last question was put. Lessons that teach nothing have no row.
    """
    book = Phrasebook(script.domain, lessons.luck)
    for row in range(len(lessons)):
        lesson = _Lesson(script, lessons, book, row)
        yield from lesson.single() if script.state is State.PROFILE else lesson.shared()


def refuse_long(lengths: Iterable[int], context: int) -> None:
    """Raise InputError if a row of so many tokens is longer than what the model can read."""
    longest = max(lengths, default=0)
    if longest > context:
        raise InputError(
            f"a row has {longest} tokens, more than the {context} that the model can read",
            remedy="Fewer turns a dialogue, or a model with a longer context",
        )


def refuse_idle(rows: Iterable[TokenRow]) -> None:
    """Raise InputError if nothing carries the loss."""
    if not any(label != NO_LOSS for row in rows for label in row["labels"]):
        raise InputError("no question carries the loss: there is nothing to learn", remedy="More people or more turns")


@dataclass(frozen=True)
class _Lesson:
    """One dialogue of many, to be written as rows."""

    script: Script
    lessons: Lessons
    book: Phrasebook
    row: int

    def shared(self) -> Iterator[TokenRow]:
        """Yield the row of all questions."""
        script = self.script
        draft = _Draft.of(self._beginning())
        for turn, (column, code, wanted) in enumerate(self._turns()):
            question = self._question(column)
            if wanted == column:
                draft.add(question, question, self._shares(turn))
            elif script.marked:
                # What the teacher would rather have asked is taught in the place of the mark, and its words nowhere.
                draft.add(question, self._question(wanted)[:1], self._shares(turn))
            else:
                draft.add(question)
            draft.add(script.answer(column, code))
        if self.lessons.ended[self.row]:
            draft.add((script.stop,), (script.stop,))
        if draft.teaches:
            yield draft.row

    def single(self) -> Iterator[TokenRow]:
        """Yield a row a question."""
        wanted = [wanted for _, _, wanted in self._turns()]
        for turn, column in enumerate((*wanted, *((STOP,) if self.lessons.ended[self.row] else ()))):
            talk = self.lessons.talks.part(np.array([self.row]), turn)
            (prompt,) = self.script.prompts(talk, self._beginning())
            draft = _Draft.of(prompt)
            draft.add(self._question(column), self._question(column), self._shares(turn))
            yield draft.row

    def _beginning(self) -> Tokens:
        offered = self.lessons.offered
        return self.script.start if offered is None else self.script.beginning(offered[self.row])

    def _turns(self) -> Iterator[tuple[int, int, int]]:
        """Yield column, code and what the teacher would ask, of each question."""
        asked, answers = self.lessons.talks.asked[self.row].tolist(), self.lessons.talks.answers[self.row].tolist()
        for column, code, wanted in zip(asked, answers, self.lessons.wanted[self.row].tolist(), strict=True):
            if column >= 0:
                yield column, code, wanted

    def _question(self, column: int) -> Tokens:
        """Return what is written to ask for a facet, or to ask no more."""
        if column == STOP:
            return (self.script.stop,)
        return self.script.question(column, self.book.question(self.row, column).text)

    def _shares(self, turn: int) -> tuple[NDArray[np.float32], ...]:
        """Return how likely the teacher would ask each facet, where that is taught and it would not stop."""
        shares = self.lessons.shares
        if shares is None or not self.script.marked or self.lessons.wanted[self.row, turn] == STOP:
            return ()
        return (shares[self.row, turn],)


@dataclass(frozen=True)
class _Draft:
    """A row while it is written."""

    tokens: list[int]
    labels: list[int]
    shares: list[NDArray[np.float32]]

    @classmethod
    def of(cls, start: Tokens) -> _Draft:
        return cls(list(start), [NO_LOSS] * len(start), [])

    def add(self, tokens: Tokens, labels: Tokens = (), shares: Sequence[NDArray[np.float32]] = ()) -> None:
        """Add tokens; those that no label is left for carry no loss."""
        self.tokens.extend(tokens)
        self.labels.extend((*labels, *(NO_LOSS,) * (len(tokens) - len(labels))))
        self.shares.extend(shares)

    @property
    def teaches(self) -> bool:
        """Whether anything carries the loss."""
        return any(label != NO_LOSS for label in self.labels)

    @property
    def row(self) -> TokenRow:
        """The row as it stands."""
        row = TokenRow(input_ids=self.tokens, labels=self.labels)
        if self.shares:
            row["shares"] = np.concatenate(self.shares)
        return row
