"""The texts there are for a question and for an answer, with fallbacks built from labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from elicit.dialogues import NonAnswer, code_of
from elicit.domains import Facet, Kind

_LISTED: Final = 6
"""More options than this are not read out in a fallback question."""

_NON_ANSWERS: Final[Mapping[NonAnswer, tuple[str, ...]]] = {
    NonAnswer.UNKNOWN: ("I don't know.", "I couldn't say.", "I can't tell.", "No idea, I'm afraid."),
    NonAnswer.NO_PREFERENCE: (
        "I have no preference.",
        "It makes no difference to me.",
        "It's all the same to me.",
        "I have no strong feelings about that.",
    ),
    NonAnswer.REFUSED: (
        "I'd rather not say.",
        "I would prefer not to answer that.",
        "I'd like to keep that to myself.",
        "Let's leave that one out.",
    ),
    NonAnswer.NOT_UNDERSTOOD: (
        "I don't understand the question.",
        "Sorry, what do you mean?",
        "I'm not sure what you are asking.",
        "Could you put that another way?",
    ),
}
_LABELS: Final[Mapping[NonAnswer, str]] = {
    NonAnswer.UNKNOWN: "does not know",
    NonAnswer.NO_PREFERENCE: "no preference",
    NonAnswer.REFUSED: "did not want to say",
    NonAnswer.NOT_UNDERSTOOD: "did not understand the question",
}


_OPENINGS: Final = (
    "Hello, can you help me find something that I like?",
    "Hi! I'm looking for something that suits me.",
    "Good evening. What would you recommend to me?",
    "Hi, I could do with some advice.",
)


def opening_texts() -> tuple[str, ...]:
    """Return the sentences with which a person may begin; none of them tells anything."""
    return _OPENINGS


def non_answer_texts(kind: NonAnswer) -> tuple[str, ...]:
    """Return the sentences with which a person may give no answer."""
    return _NON_ANSWERS[kind]


def question_texts(facet: Facet) -> tuple[str, ...]:
    """Return the facet's wordings, or one question built from its label if it has none."""
    return facet.wordings or (_fallback_question(facet),)


def answer_texts(facet: Facet, value: str) -> tuple[str, ...]:
    """Return the sentences with which a person may give this value.

    They are an option's phrasings, its label if it has none, or the words of a non-answer.

    Raises:
        InputError: the facet has no such option.
    """
    code = code_of(facet, value)
    if code < 0:
        return _NON_ANSWERS[NonAnswer(value)]
    option = facet.options[code]
    return option.phrasings or (_sentence(option.label),)


def option_label(facet: Facet, value: str) -> str:
    """Return a value as it stands in a list: the option's label, or what became of the question.

    Raises:
        InputError: the facet has no such option.
    """
    code = code_of(facet, value)
    return facet.options[code].label if code >= 0 else _LABELS[NonAnswer(value)]


def _fallback_question(facet: Facet) -> str:
    if facet.is_yes_no:
        return f"What about {facet.label}: yes or no?"
    if facet.kind is Kind.OPEN or len(facet.options) > _LISTED:
        return f"What can you tell me about {facet.label}?"
    listed = _listed([o.label for o in facet.options])
    if facet.kind is Kind.NUMBER:
        return f"What about {facet.label}: roughly where do you stand, at {listed}?"
    return f"What about {facet.label}: which fits you best, {listed}?"


def _listed(labels: Sequence[str]) -> str:
    quoted = [f'"{label}"' for label in labels]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def _sentence(label: str) -> str:
    stop = "" if label.endswith((".", "!", "?")) else "."
    return label[:1].upper() + label[1:] + stop
