"""A causal language model as a questioner, in several ways of asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck
from elicit.dialogues import Speaker, Transcript
from elicit.language import WordUnderstanding, clean_reply
from elicit.questioners.causal.asker import Asker
from elicit.questioners.causal.likelihood import likely_questions
from elicit.questioners.causal.memory import Memories, Memory
from elicit.questioners.causal.script import Script, State, Tokens
from elicit.questioners.causal.trie import Node, Walk, bits, wording_tree
from elicit.questioners.gain import Judge, RerankingQuestioner
from elicit.questioners.protocol import STOP, UNREADABLE, Asked, FacetQuestioner

if TYPE_CHECKING:
    from torch import Tensor

_LONGEST: Final = 48
"""Tokens of a question that is written freely; the longest wording of the movies domain has 26."""


class Way(StrEnum):
    """How a model asks."""

    MARK = "mark"
    """It names the facet by one token; the words are the facet's first wording."""
    HELD = "held"
    """It words the question itself, held to the wordings of what may be asked."""
    LIKELY = "likely"
    """It asks for the facet whose wordings together are the most probable, in the most probable of them."""
    FREE = "free"
    """It writes what it likes, the most probable token first; what cannot be read is drawn once more."""


Picks = list[tuple[int, str]]
"""Column (or STOP, UNREADABLE) and words, a question each."""


@dataclass(frozen=True)
class CausalQuestioner:
    """Lets a causal language model ask. Equal dialogues are answered once.

    Attributes:
        asker: the model.
        way: see :class:`Way`.
        picker: who chooses the facet where the model only words the question; None = the model. The way must be held.
    """

    asker: Asker
    way: Way
    picker: FacetQuestioner | None = None

    def __post_init__(self) -> None:
        if self.way is Way.MARK and not self.asker.script.marked:
            raise InputError("the model names no facet by a token", remedy="Let it ask in words: 'held' or 'free'")

    def ask(self, talks: Transcript, allowed: NDArray[np.bool_], luck: Luck) -> Asked:
        """Return the next question of each dialogue; see ``SpeakingQuestioner``.

        Raises:
            InputError: a dialogue is longer than what the model can read.
        """
        script = self.asker.script
        columns = np.arange(allowed.shape[1])
        if self.picker is None:
            allowed = allowed & np.isin(columns, script.shortlist)
        else:
            chosen = self.picker.choose(talks.states(talks.asked.shape[1], allowed.shape[1]), allowed, luck)
            allowed = columns == chosen[:, None]
        prompts = script.prompts(talks)
        _refuse_long(prompts, self.asker.context)
        keys = [(prompt, row.tobytes()) for prompt, row in zip(prompts, allowed, strict=True)]
        first = {key: row for row, key in reversed(list(enumerate(keys)))}
        distinct, rows = list(first), list(first.values())
        picks: dict[tuple[Tokens, bytes], tuple[int, str]] = {}
        for memory, part in self._memories.parts([prompt for prompt, _ in distinct]):
            asked = self._ways[self.way](memory, [distinct[n][0] for n in part], allowed[[rows[n] for n in part]])
            picks.update(zip((distinct[n] for n in part), asked, strict=True))
        facets, words = zip(*(picks[key] for key in keys), strict=True)
        return Asked(np.array(facets, dtype=np.intp), words)

    @cached_property
    def _ways(self) -> dict[Way, Callable[[Memory, list[Tokens], NDArray[np.bool_]], Picks]]:
        return {Way.MARK: self._by_mark, Way.HELD: self._held, Way.LIKELY: self._likely, Way.FREE: self._free}

    @cached_property
    def _memories(self) -> Memories:
        return Memories(self.asker.model)

    @cached_property
    def _tree(self) -> Node:
        return wording_tree(self.asker.script)

    @cached_property
    def _understanding(self) -> WordUnderstanding:
        return WordUnderstanding(self.asker.script.domain, encoder=None)

    def _by_mark(self, memory: Memory, prompts: list[Tokens], allowed: NDArray[np.bool_]) -> Picks:
        script = self.asker.script
        logits = memory.logits(prompts)
        worth = logits[:, list(script.marks)].cpu().numpy()
        worth = np.where(allowed, worth, -np.inf)
        stop = logits[:, script.stop].cpu().numpy() if self.asker.stops else np.full(len(prompts), -np.inf)
        best = worth.argmax(axis=1)
        going = worth[np.arange(len(best)), best] > stop
        # The words of a wording are the same for everybody, so that equal dialogues stay equal.
        return [(int(column), "") if goes else (STOP, "") for column, goes in zip(best, going, strict=True)]

    def _held(self, memory: Memory, prompts: list[Tokens], allowed: NDArray[np.bool_]) -> Picks:
        # Whoever picks the facet also says when to stop.
        stop = self.asker.script.stop if self.asker.stops and self.picker is None else None
        walks = [Walk(self._tree, bits(row), stop) for row in allowed]
        while True:
            for walk in walks:
                walk.take_what_is_forced()
            if all(walk.done for walk in walks):
                break
            logits = memory.logits([p + walk.written for p, walk in zip(prompts, walks, strict=True)])
            for row, walk in enumerate(walks):
                if not walk.done:
                    choices = walk.choices
                    walk.take(choices[int(logits[row, choices].argmax())])
        return [
            (STOP if (column := walk.column) is None else column, self.asker.script.words(walk.written))
            for walk in walks
        ]

    def _likely(self, memory: Memory, prompts: list[Tokens], allowed: NDArray[np.bool_]) -> Picks:
        asker = self.asker
        stop = asker.script.stop if asker.stops else None
        found = [each.best for each in likely_questions(memory, self._tree, prompts, allowed, stop)]
        return [(STOP if column is None else column, asker.script.words(written)) for column, written in found]

    def _free(self, memory: Memory, prompts: list[Tokens], allowed: NDArray[np.bool_]) -> Picks:
        open_rows = [bool(row.any()) for row in allowed]
        picks = [self._read(text) for text in self._write(memory, prompts, luck=None)]
        again = [row for row, (facet, _) in enumerate(picks) if facet == UNREADABLE and open_rows[row]]
        if again:
            luck = Luck.of(0, [" ".join(map(str, prompts[row])) for row in again])
            for row, text in zip(again, self._write(memory, [prompts[row] for row in again], luck), strict=True):
                picks[row] = self._read(text)
        return [pick if may else (STOP, "") for pick, may in zip(picks, open_rows, strict=True)]

    def _write(self, memory: Memory, prompts: list[Tokens], luck: Luck | None) -> list[Tokens]:
        """Return what the model writes after each prompt, up to the end of a line: the most probable, or by luck."""
        ends = (self.asker.script.line_end[-1], self.asker.script.stop)
        written: list[Tokens] = [() for _ in prompts]
        for place in range(_LONGEST):
            going = [row for row, text in enumerate(written) if not text or text[-1] not in ends]
            if not going:
                break
            logits = memory.logits([prompt + text for prompt, text in zip(prompts, written, strict=True)])
            tokens = _most_probable(logits) if luck is None else _drawn(logits, luck, place)
            for row in going:
                written[row] += (tokens[row],)
        return written

    def _read(self, text: Tokens) -> tuple[int, str]:
        script = self.asker.script
        if text == (script.stop,) and self.asker.stops:
            return STOP, ""
        words = clean_reply(script.words(text), Speaker.AGENT).text
        found = self._understanding.asked_for(words) if words else ()
        return (script.domain.column(found[0]) if len(found) == 1 else UNREADABLE), words


@dataclass(frozen=True)
class RerankedQuestioner:
    """Lets a model propose facets by their tokens, and asks the one that a judge finds best, in its first wording.

    Attributes:
        asker: the model.
        judge: what the proposed questions are worth.
        number: how many are proposed.
    """

    asker: Asker
    judge: Judge
    number: int

    def ask(self, talks: Transcript, allowed: NDArray[np.bool_], luck: Luck) -> Asked:
        """Return the next question of each dialogue; see ``SpeakingQuestioner``."""
        prompts = self.asker.script.prompts(talks)
        _refuse_long(prompts, self.asker.context)
        worth = self._worth(prompts)
        reranked = RerankingQuestioner(lambda states: worth, self.judge, self.number)
        chosen = reranked.choose(talks.states(talks.asked.shape[1], allowed.shape[1]), allowed, luck)
        return Asked(chosen, ("",) * len(chosen))

    def _worth(self, prompts: list[Tokens]) -> NDArray[np.float32]:
        """Return how much the model would like to ask each facet, float32[prompts, facets]."""
        marks = list(self.asker.script.marks)
        distinct = list(dict.fromkeys(prompts))
        found: dict[Tokens, NDArray[np.float32]] = {}
        for memory, part in self._memories.parts(distinct):
            logits = memory.logits([distinct[n] for n in part])[:, marks].cpu().numpy()
            found.update(zip((distinct[n] for n in part), logits, strict=True))
        return np.stack([found[prompt] for prompt in prompts])

    @cached_property
    def _memories(self) -> Memories:
        return Memories(self.asker.model)


def refuse_short(script: Script, context: int, turns: int) -> None:
    """Raise InputError if a model could not read a dialogue of so many turns, of whatever it may write in them."""
    facets = script.domain.facets
    answers = max(
        len(script.answer(c, code)) for c, f in enumerate(facets) for code in range(-5, len(f.options)) if code != -1
    )
    needed = len(script.start) + turns * (_LONGEST + answers)
    if script.state is State.PROFILE:
        needed = script.longest_profile(turns) + _LONGEST
    if needed > context:
        more = "" if script.listed is None else " and the list before them"
        raise InputError(
            f"{turns} questions{more} may take {needed} tokens, more than the {context} that the model can read",
            where="context",
            remedy="Fewer questions, or a longer context",
        )


def _refuse_long(prompts: Sequence[Tokens], context: int) -> None:
    longest = max(map(len, prompts), default=0)
    if longest + _LONGEST > context:
        raise InputError(
            f"a dialogue of {longest} tokens leaves no room for a question in the {context} that the model can read",
            remedy="Ask fewer questions, or train a model with a longer context",
        )


def _most_probable(logits: Tensor) -> list[int]:
    tokens: list[int] = logits.argmax(dim=1).tolist()
    return tokens


def _drawn(logits: Tensor, luck: Luck, place: int) -> list[int]:
    """Return a token a row, drawn by luck in proportion to its probability."""
    chances = logits.double().softmax(dim=1).cumsum(dim=1).cpu().numpy()
    draws = luck.uniform("token", place)
    return [int(min(np.searchsorted(row, draw), len(row) - 1)) for row, draw in zip(chances, draws, strict=True)]
