"""What a causal language model reads of a dialogue, and what it writes, in tokens.

A text is put together of pieces that are tokenized one by one, so that what was read stays the beginning of what is
read later, whatever the tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, NamedTuple

import jinja2

from elicit.basis import InputError
from elicit.dialogues import NonAnswer, Transcript, value_of
from elicit.domains import Domain
from elicit.forward import (
    LINE_END,
    LISTING_HEAD,
    LISTING_TAIL,
    PROFILE_EMPTY,
    PROFILE_HEAD,
    PROFILE_TAIL,
    SYSTEM_LINE,
    facet_mark,
    listing_line,
    profile_line,
)
from elicit.language import option_label, question_texts

Tokens = tuple[int, ...]


class State(StrEnum):
    """What a model is told before it asks."""

    DIALOGUE = "dialogue"
    """The questions and answers so far, a line each."""
    CHAT = "chat"
    """The same as messages of the tokenizer's chat template, for models that know chats."""
    PROFILE = "profile"
    """What is known, a line a facet, broad to specific: the paper's way (arXiv 2510.12015)."""


class Frame(NamedTuple):
    """What stands around questions and answers."""

    start: str
    question_end: str
    answer_start: str
    answer_end: str


_LINES: Final = Frame("", LINE_END, "", LINE_END)


@dataclass(frozen=True)
class Script:
    """The texts of a domain in the tokens of a tokenizer.

    Attributes:
        domain: what can be asked.
        tokenizer: of transformers; with a token for each facet where questions are marked.
        state: see :class:`State`.
        marked: whether a token that names the facet stands before the words of a question.
        order: int[facets], in which order a profile is told, broad to specific.
        listed: so many facets at most stand in a list of what may be asked, with which a text begins and by which a
            model can ask in a domain that it was not trained for; None = no list.
    """

    domain: Domain
    tokenizer: Any
    state: State
    marked: bool
    order: tuple[int, ...]
    listed: int | None = None

    @property
    def stop(self) -> int:
        """The token by which a model says that it asks no more."""
        return int(self.tokenizer.eos_token_id)

    @cached_property
    def line_end(self) -> Tokens:
        """The end of a question."""
        return self._tokens(self._frame.question_end)

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
        words = " ".join(words.split(LINE_END))  # A line is a question.
        mark = (self.marks[column],) if self.marked and column >= 0 else ()
        return (*mark, *self._tokens(words), *self.line_end)

    def prompts(self, talks: Transcript, start: Tokens | None = None) -> list[Tokens]:
        """Return what is read before the next question of each dialogue.

        Args:
            talks: the dialogues so far.
            start: what they begin with; :attr:`start` unless given.
        """
        start = self.start if start is None else start
        told = self._profile if self.state is State.PROFILE else self._dialogue
        turns = talks.asked.shape[1]
        words = talks.words or (("",) * turns,) * len(talks)
        rows = zip(talks.asked.tolist(), talks.answers.tolist(), words, strict=True)
        return [(*start, *told(asked, answers, said)) for asked, answers, said in rows]

    def longest_profile(self, known: int) -> int:
        """Return how many tokens are read at most where so much is known in a profile."""
        lines = [
            max(len(self._tokens(profile_line(facet, value))) for value in (*(o.id for o in facet.options), *NonAnswer))
            for facet in self.domain.facets
        ]
        frame = sum(len(self._tokens(text)) for text in (PROFILE_HEAD, PROFILE_EMPTY, PROFILE_TAIL))
        return len(self.start) + frame + sum(sorted(lines)[-known:])

    def answer(self, column: int, code: int) -> Tokens:
        """Return an answer, or that a question (column negative) was not understood."""
        if (column, code) not in self._answers:
            facet = self.domain.facets[max(column, 0)]
            value = value_of(facet, code) if column >= 0 else NonAnswer.NOT_UNDERSTOOD
            told = f"{self._frame.answer_start}{option_label(facet, value)}{self._frame.answer_end}"
            self._answers[column, code] = self._tokens(told)
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
        """What every text begins with where all facets may be asked, or as many as a list holds."""
        return self.beginning(self.shortlist)

    @cached_property
    def shortlist(self) -> tuple[int, ...]:
        """Columns of what is asked: all, or the first of the order where a list holds no more."""
        return tuple(range(len(self.domain.facets))) if self.listed is None else self.order[: self.listed]

    def beginning(self, offered: Iterable[int]) -> Tokens:
        """Return what a text begins with.

        Args:
            offered: columns of what may be asked, in the order of the list if there is one.
        """
        if self.state is State.CHAT:
            return self._tokens(self._frame.start)
        first = self.tokenizer.bos_token_id
        tokens = [int(self.stop if first is None else first)]
        if self.listed is not None:
            tokens += self._tokens(LISTING_HEAD)
            for column in offered:
                tokens += self._tokens(listing_line(self.domain.facets[column]))
            tokens += self._tokens(LISTING_TAIL)
        return tuple(tokens)

    @cached_property
    def _frame(self) -> Frame:
        return chat_frame(self.tokenizer) if self.state is State.CHAT else _LINES

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


def chat_frame(tokenizer: Any) -> Frame:
    """Return what a tokenizer's chat template puts around the messages of a dialogue in which the assistant asks.

    All questions of a dialogue can share one row, and what was read can be gone on with, only if the template puts
    message after message and leaves the earlier ones as they are.

    Raises:
        InputError: the tokenizer has no chat template, or one that does otherwise.
    """
    if not tokenizer.chat_template:
        problem = "the model's tokenizer has no chat template"
        raise InputError(problem, where="state", remedy="Take a model that knows chats, or state = 'dialogue'")
    texts = ("What is asked first?", "the first answer", "What is asked then?", "the other answer")
    messages = [
        {"role": "system", "content": SYSTEM_LINE},
        *({"role": ("assistant", "user")[n % 2], "content": text} for n, text in enumerate(texts)),
    ]

    def told(number: int) -> str:
        asks = number % 2 == 1
        return str(tokenizer.apply_chat_template(messages[:number], tokenize=False, add_generation_prompt=asks))

    try:
        start, first, second, whole = told(1), told(2), told(3), told(5)
    except (ValueError, TypeError, KeyError, jinja2.TemplateError) as error:
        raise _unfit(f"it fails ({str(error).splitlines()[0][:100]})") from None
    question_end = first.removeprefix(start).removeprefix(texts[0])
    before, found, after = second.removeprefix(first).partition(texts[1])
    frame = Frame(start, question_end, before, after)
    put_together = start + "".join(
        f"{question}{frame.question_end}{frame.answer_start}{answer}{frame.answer_end}"
        for question, answer in (texts[:2], texts[2:])
    )
    if not found or whole != put_together:
        raise _unfit("it does not put message after message, the assistant's first, and leave them as they are")
    return frame


def _unfit(why: str) -> InputError:
    return InputError(
        f"the model's chat template cannot be used: {why}", where="state", remedy="Use state = 'dialogue'"
    )
