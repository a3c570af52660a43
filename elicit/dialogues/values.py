"""Answers in words and in codes: the value in a file, the int8 code in the numeric core."""

from __future__ import annotations

from enum import StrEnum

from elicit.basis import InputError, did_you_mean
from elicit.domains import Code, Facet


class NonAnswer(StrEnum):
    """The four ways of not answering, never merged; each bears the name of its code."""

    UNKNOWN = "unknown"
    """The person does not know."""
    NO_PREFERENCE = "no_preference"
    """The person knows, and it makes no difference."""
    REFUSED = "refused"
    """The person does not want to say."""
    NOT_UNDERSTOOD = "not_understood"
    """The question, or the answer, was not understood."""

    @property
    def code(self) -> Code:
        """The code of the numeric core."""
        return Code[self.name]


def value_of(facet: Facet, code: int) -> str:
    """Return the value that a code stands for: an option's id, or a non-answer.

    Raises:
        ValueError: the facet was not asked (−1), or it has no such code.
    """
    if 0 <= code < len(facet.options):
        return facet.options[code].id
    if code not in {n.code for n in NonAnswer}:
        raise ValueError(f"code {code} is no answer to facet '{facet.id}', which has {len(facet.options)} options")
    return NonAnswer[Code(code).name].value


def code_of(facet: Facet, value: str) -> int:
    """Return the code of a value: the place of an option, or the negative code of a non-answer.

    Raises:
        InputError: the facet has no such option; names the nearest.
    """
    ids = [o.id for o in facet.options]
    if value in ids:
        return ids.index(value)
    if value in {n.value for n in NonAnswer}:
        return int(NonAnswer(value).code)
    raise InputError(
        f"'{value}' is no answer", where=f"facet '{facet.id}'", remedy=did_you_mean(value, [*ids, *NonAnswer])
    )
