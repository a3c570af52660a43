"""How well free text is understood, on labelled examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import Field
from scipy.stats import binomtest

from elicit.dialogues import NonAnswer, code_of
from elicit.domains import Domain, Frozen
from elicit.language import Heard, Understanding

_NONE: Final = NonAnswer.NOT_UNDERSTOOD.value
_NON_ANSWERS: Final = frozenset(n.value for n in NonAnswer)
Meaning = frozenset[tuple[str, str]]


class Example(Frozen):
    """A text with its meaning.

    Attributes:
        id: unique in its file.
        domain: whose facets are meant.
        kind: an answer or a question.
        asked: for an answer, the facet that was asked for; None = an open question.
        text: the words.
        question: for an answer, the words that it replies to, where they are at hand.
        means: for an answer, facet to value; ``not_understood`` where it does not answer what was asked.
        asks: for a question, the facets that it asks for.
        tags: what is hard about it.
    """

    id: str
    domain: str
    kind: Literal["answer", "question"]
    asked: str | None = None
    text: str = Field(min_length=1)
    question: str = ""
    means: Mapping[str, str] = {}
    asks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def meaning(self) -> Meaning:
        """What it means; empty if nothing that can be understood."""
        if self.kind == "question":
            return frozenset((facet, "") for facet in self.asks)
        return frozenset((f, v) for f, v in self.means.items() if v != _NONE)

    def check(self, domain: Domain) -> None:
        """Raise InputError, which names the nearest, if the domain lacks a facet or a value of this example."""
        for facet in (*([] if self.asked is None else [self.asked]), *self.asks):
            domain.column(facet)
        for facet, value in self.means.items():
            code_of(domain.facets[domain.column(facet)], value)


@dataclass(frozen=True)
class Judged:
    """An example with what was understood."""

    example: Example
    got: Meaning

    @property
    def is_right(self) -> bool:
        """Whether exactly what is meant was understood."""
        return self.got == self.example.meaning

    @property
    def mistake(self) -> str:
        """The kind of mistake, empty if there is none. To abstain where something is meant is one too."""
        meant, got = self.example.meaning, self.got
        if got == meant:
            return ""
        if not got:
            return "abstained"
        if not meant:
            return "false alarm"
        if got < meant:
            return "not all of it"
        if got > meant:
            return "more than was said"
        wrong = {value for _, value in got - meant} | {value for _, value in meant - got}
        return (
            "non-answer confused" if wrong & _NON_ANSWERS else "wrong option" if self.example.means else "wrong facet"
        )


@dataclass(frozen=True)
class Score:
    """How often something was understood, and how often rightly.

    Attributes:
        examples: number of them.
        meant: those with a meaning.
        covered: those with a meaning of which something was understood.
        returned: those of which something was understood, whether they have a meaning or not.
        right: those of the last whose meaning was understood exactly.
    """

    examples: int
    meant: int
    covered: int
    returned: int
    right: int

    @property
    def coverage(self) -> tuple[float, float, float]:
        """Share of examples with a meaning of which something was understood, with its 95 % Wilson interval."""
        return _share(self.covered, self.meant)

    @property
    def precision(self) -> tuple[float, float, float]:
        """Share of what was understood that is exactly right, with its 95 % Wilson interval."""
        return _share(self.right, self.returned)


@dataclass(frozen=True)
class Understood:
    """What came out of many examples."""

    judged: tuple[Judged, ...]
    kinds: tuple[str, ...] = field(default=("answer", "question"))

    def score(self, kind: str | None = None) -> Score:
        """Return the score of one kind, or of all."""
        some = [j for j in self.judged if kind in {None, j.example.kind}]
        meant = [j for j in some if j.example.meaning]
        returned = [j for j in some if j.got]
        return Score(
            len(some), len(meant), sum(bool(j.got) for j in meant), len(returned), sum(j.is_right for j in returned)
        )

    def mistakes(self) -> Counter[str]:
        """Return the kinds of mistake with their numbers."""
        return Counter(j.mistake for j in self.judged if j.mistake)

    def mistakes_by_tag(self) -> dict[str, tuple[int, int, int]]:
        """Return tag to number of examples, abstentions and other mistakes."""
        tags = Counter(tag for j in self.judged for tag in j.example.tags)
        abstained = Counter(tag for j in self.judged if j.mistake == "abstained" for tag in j.example.tags)
        wrong = Counter(tag for j in self.judged if j.mistake not in {"", "abstained"} for tag in j.example.tags)
        return {tag: (number, abstained[tag], wrong[tag]) for tag, number in tags.most_common()}


async def understand(examples: Sequence[Example], domain: Domain, understanding: Understanding) -> list[Judged]:
    """Return examples of one domain with what was understood of them."""
    answers = [e for e in examples if e.kind == "answer"]
    questions = [e for e in examples if e.kind == "question"]
    told = await understanding.answers([_heard(e, domain) for e in answers])
    asked = await understanding.questions([e.text for e in questions])
    meanings = [frozenset((f, v) for f, v in tells.items() if v != _NONE) for tells in told]
    asks = [frozenset((facet, "") for facet in facets) for facets in asked]
    return [Judged(e, m) for e, m in zip([*answers, *questions], [*meanings, *asks], strict=True)]


def _heard(example: Example, domain: Domain) -> Heard:
    if example.asked is None:
        return Heard(example.text, question=example.question)
    facet = domain.facets[domain.column(example.asked)]
    return Heard(example.text, (example.asked,), tuple(option.label for option in facet.options), example.question)


def _share(part: int, whole: int) -> tuple[float, float, float]:
    if not whole:
        return float("nan"), float("nan"), float("nan")
    interval = binomtest(part, whole).proportion_ci(method="wilson")
    return part / whole, float(interval.low), float(interval.high)
