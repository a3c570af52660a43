"""What a causal language model reads of a dialogue, and what it writes, in tokens.

A text is put together of pieces that are tokenized one by one, so that what was read stays the beginning of what is
read later, whatever the tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from elicit.basis import InputError
from elicit.dialogues import NonAnswer, Transcript, value_of
from elicit.domains import Domain
from elicit.forward import (
    LINE_END,
    PROFILE_EMPTY,
    PROFILE_HEAD,
    PROFILE_TAIL,
    answer_line,
    facet_mark,
    profile_line,
)
from elicit.language import question_texts

Tokens = tuple[int, ...]


class State(StrEnum):
    """What a model is told before it asks."""

    DIALOGUE = "dialogue"
    """The questions and answers so far, a line each."""
    PROFILE = "profile"
    """What is known, a line a facet, broad to specific: the paper's way (arXiv 2510.12015)."""


@dataclass(frozen=True)
class Script:
    """The texts of a domain in the tokens of a tokenizer.

    Attributes:
        domain: what can be asked.
        tokenizer: of transformers; with a token for each facet where questions are marked.
        state: see :class:`State`.
        marked: whether a token that names the facet stands before the words of a question.
        order: int[facets], in which order a profile is told.
    """

    domain: Domain
    tokenizer: Any
    state: State
    marked: bool
    order: tuple[int, ...]

    @property
    def stop(self) -> int:
        """The token by which a model says that it asks no more."""
        return int(self.tokenizer.eos_token_id)

    @cached_property
    def line_end(self) -> Tokens:
        """The end of a question."""
        return self._tokens(LINE_END)

    @cached_property
    def marks(self) -> tuple[int, ...]:
        """The token of each facet.

        Raises:
            InputError: the tokenizer has none for a facet.
        """
        names = [facet_mark(facet.id) for facet in self.domain.facets]
        known = self.tokenizer.get_vocab()
        for facet, name in zip(self.domain.facets, names, strict=True):
            if name not in known:
                raise InputError(
                    "the model has no token for this facet",
                    where=f"facet '{facet.id}'",
                    remedy="Train it for this domain, or let it ask in words alone",
                )
        return tuple(int(known[name]) for name in names)

    def question(self, column: int, text: str = "") -> Tokens:
        """Return a question with its end.

        Args:
            column: of the facet; negative where the words ask for none.
            text: its words, the first wording of the facet unless given.
        """
        words = text or ("" if column < 0 else question_texts(self.domain.facets[column])[0])
        mark = (self.marks[column],) if self.marked and column >= 0 else ()
        return (*mark, *self._tokens(words), *self.line_end)

    def prompts(self, talks: Transcript) -> list[Tokens]:
        """Return what is read before the next question of each dialogue."""
        told = self._dialogue if self.state is State.DIALOGUE else self._profile
        turns = talks.asked.shape[1]
        words = talks.words or (("",) * turns,) * len(talks)
        rows = zip(talks.asked.tolist(), talks.answers.tolist(), words, strict=True)
        return [(*self.start, *told(asked, answers, said)) for asked, answers, said in rows]

    def answer(self, column: int, code: int) -> Tokens:
        """Return an answer, or that a question (column negative) was not understood."""
        if (column, code) not in self._answers:
            facet = self.domain.facets[max(column, 0)]
            value = value_of(facet, code) if column >= 0 else NonAnswer.NOT_UNDERSTOOD
            self._answers[column, code] = self._tokens(answer_line(facet, value))
        return self._answers[column, code]

    def words(self, tokens: Iterable[int]) -> str:
        """Return what a model wrote as a text, without marks."""
        return str(self.tokenizer.decode(list(tokens), skip_special_tokens=True)).strip()

    def _dialogue(self, asked: list[int], answers: list[int], words: Iterable[str]) -> Iterable[int]:
        for column, code, text in zip(asked, answers, words, strict=True):
            if column != -1:
                yield from self.question(column, text)
                yield from self.answer(column, code)

    def _profile(self, asked: list[int], answers: list[int], words: Iterable[str]) -> Iterable[int]:
        known = {column: code for column, code in zip(asked, answers, strict=True) if column >= 0}
        yield from self._tokens(PROFILE_HEAD)
        for column in self.order:
            if column in known:
                facet = self.domain.facets[column]
                yield from self._tokens(profile_line(facet, value_of(facet, known[column])))
        if not known:
            yield from self._tokens(PROFILE_EMPTY)
        yield from self._tokens(PROFILE_TAIL)

    @cached_property
    def start(self) -> Tokens:
        """What every text begins with."""
        first = self.tokenizer.bos_token_id
        return (int(self.stop if first is None else first),)

    def _tokens(self, text: str) -> Tokens:
        if text not in self._known:
            self._known[text] = tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])
        return self._known[text]

    @cached_property
    def _answers(self) -> dict[tuple[int, int], Tokens]:
        return {}

    @cached_property
    def _known(self) -> dict[str, Tokens]:
        return {}
