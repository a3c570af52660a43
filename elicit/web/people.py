"""A page that asks what is liked, by what was learned from other people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from elicit.basis import counted
from elicit.dialogues import EndReason
from elicit.domains import Code, Domain
from elicit.language import Phrasebook
from elicit.runs import ENDINGS, Interview, Step
from elicit.web.views import Answered, Answers, Choice, Panel, Row, View, keyed_choices

_SKIPS: Final = (
    Choice("Don't know", Code.UNKNOWN, "0"),
    Choice("No preference", Code.NO_PREFERENCE, "n"),
    Choice("Rather not say", Code.REFUSED, "r"),
)
_BELIEVED, _RECOMMENDED = 5, 5
_NOTHING: Final = "Nothing yet. Each answer changes this."
_INVENTED: Final = "These people are invented. Nothing here says anything about real people."


@dataclass(frozen=True)
class PersonAsking:
    """Asks a person as ``elicit ask`` does.

    Attributes:
        interview: that has not begun; each view plays a copy of it.
        book: how questions are put, to the person of row 0.
    """

    interview: Interview
    book: Phrasebook

    @property
    def domain(self) -> Domain:
        """What can be asked."""
        return self.interview.domain

    @property
    def nones(self) -> frozenset[str]:
        """None: who likes none of the options says how much, or nothing."""
        return frozenset()

    @property
    def most(self) -> int:
        """How many questions are asked at most."""
        return min(self.interview.budget, len(self.domain.facets))

    def view(self, answers: Answers) -> View:
        """Return what the page shows after some answers."""
        talk = replace(self.interview, steps=[])
        for column, code in answers:
            talk.answer(column, code)
        asked = talk.next()
        ends = isinstance(asked, EndReason)
        return View(
            title=self.domain.title,
            count=_count(len(answers), self.most, ends),
            progress=1.0 if ends else len(answers) / self.most,
            heading=ENDINGS[asked] if isinstance(asked, EndReason) else self.book.question(0, asked).text,
            why=_told(talk.steps) if ends else "",
            facet=-1 if isinstance(asked, EndReason) else asked,
            choices=() if isinstance(asked, EndReason) else keyed_choices(self._labels(asked)),
            skips=() if ends else _SKIPS,
            panels=self._panels(talk),
            answered=tuple(self._answered(step) for step in talk.steps),
            notice=_INVENTED if self.domain.invented else "",
        )

    def _labels(self, column: int) -> list[str]:
        return [option.label for option in self.domain.facets[column].options]

    def _panels(self, talk: Interview) -> tuple[Panel, ...]:
        answered = any(step.code >= 0 for step in talk.steps)
        believed = Panel("What we believe about you", self._believed(talk) if answered else (), _NOTHING)
        if not self.domain.targets:
            return (believed,)
        return believed, Panel("You might like", self._recommended(talk) if answered else (), _NOTHING)

    def _believed(self, talk: Interview) -> tuple[Row, ...]:
        return tuple(
            Row(f"{label}: {option}", f"{now:.0%}", f"{start:.0%} before your answers")
            for label, option, now, start in talk.believed(_BELIEVED)
        )

    def _recommended(self, talk: Interview) -> tuple[Row, ...]:
        reasons = talk.reasons(_RECOMMENDED)
        rows = zip(talk.recommended(_RECOMMENDED), reasons, strict=True)
        return tuple(Row(label, f"{chance:.0%}", self._reason(step)) for (label, chance), step in rows)

    def _reason(self, step: Step | None) -> str:
        if step is None:
            return "liked by many people"
        facet = self.domain.facets[step.facet]
        return f"most of all because of {facet.label}: {facet.options[step.code].label}"

    def _answered(self, step: Step) -> Answered:
        question = self.book.question(0, step.facet).text
        if step.code >= 0:
            answer = self.domain.facets[step.facet].options[step.code].label
            return Answered(question, answer, f"told {step.bits:.2f} bits")
        return Answered(question, next(choice.text for choice in _SKIPS if choice.code == step.code))


def _count(answered: int, most: int, ends: bool) -> str:
    return f"{counted(answered, 'question')} asked" if ends else f"Question {answered + 1} of at most {most}"


def _told(steps: list[Step]) -> str:
    said = [step for step in steps if step.code >= 0]
    if not said:
        return "No answer told anything about you."
    return f"{counted(len(said), 'answer')} told {sum(step.bits for step in said):.1f} bits about you."
