"""A trained model for a chat back end: the messages so far in, the next question out."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from elicit.basis import InputError, Luck
from elicit.dialogues import Question, Transcript, code_of
from elicit.domains import Domain
from elicit.language import Heard, WordUnderstanding
from elicit.questioners.causal.asker import Asker
from elicit.questioners.causal.questioner import CausalQuestioner, Way
from elicit.questioners.protocol import UNREADABLE
from elicit.questioners.stopping import Rules


@dataclass(frozen=True)
class ChatQuestioner:
    """Asks many people, one after another or from many threads; it keeps nothing of a chat but what it is given.

    Attributes:
        questioner: the model, held to the wordings of what may be asked.
    """

    questioner: CausalQuestioner
    _busy: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def next(self, history: Sequence[Mapping[str, str]]) -> Question | None:
        """Return the next question, None if there is none.

        Args:
            history: messages of the chat format, ``{"role": …, "content": …}``: ``assistant`` asks, ``user`` answers;
                others are not looked at. What the user tells without being asked is heard too.

        Raises:
            InputError: a message has no role or no content, or the chat is longer than what the model can read.
        """
        with self._busy:  # The keys and values of a model are of one text at a time.
            talks = self._read(history)
            allowed = self._rules.allowed(talks.states(talks.asked.shape[1], len(self.domain.facets)))
            facets, words = self.questioner.ask(talks, allowed, Luck.of(0, ["chat"]))
        if facets[0] < 0:
            return None
        facet = self.domain.facets[int(facets[0])]
        return Question(facets=(facet.id,), text=words[0], options=tuple(option.label for option in facet.options))

    @property
    def domain(self) -> Domain:
        """What it can ask for."""
        return self.questioner.asker.script.domain

    def _read(self, history: Sequence[Mapping[str, str]]) -> Transcript:
        """Return the chat as a dialogue in codes, with the questions in their words."""
        asked: list[int] = []
        answers: list[int] = []
        words: list[str] = []
        question = ""
        for number, message in enumerate(history, start=1):
            if not all(isinstance(message.get(key), str) for key in ("role", "content")):
                raise InputError("a message needs a role and a content, both texts", where=f"message {number}")
            if message["role"] == "assistant":
                question = message["content"]
            elif message["role"] == "user":
                for column, code, text in self._exchanges(question, message["content"]):
                    asked.append(column)
                    answers.append(code)
                    words.append(text)
                question = ""
        return Transcript(np.array([asked], dtype=np.int16), np.array([answers], dtype=np.int8), (tuple(words),))

    def _exchanges(self, question: str, reply: str) -> list[tuple[int, int, str]]:
        """Return column, code and words of each thing that a question and its reply are about."""
        meant = self._understanding.asked_for(question) if question else ()
        told = self._understanding.told(Heard(text=reply, asked=meant, question=question))
        found = [(UNREADABLE, -1, question)] if question and not meant else []
        for facet, value in sorted(told.items(), key=lambda pair: pair[0] not in meant):
            column = self.domain.column(facet)
            found.append((column, code_of(self.domain.facets[column], value), question if facet in meant else ""))
        return found

    @cached_property
    def _understanding(self) -> WordUnderstanding:
        return WordUnderstanding(self.domain, encoder=None)

    @cached_property
    def _rules(self) -> Rules:
        return Rules.of(self.domain)


def load_questioner(folder: Path | str) -> ChatQuestioner:
    """Return a language model that ``elicit train`` wrote, ready to ask.

    Raises:
        InputError: no such folder, damaged, or not ours.
        UnavailableError: a library that is missing.
    """
    return ChatQuestioner(CausalQuestioner(Asker.load(Path(folder)), Way.HELD))
