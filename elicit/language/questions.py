"""Finds the questions of a text, and the faults of a question, without a language model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from elicit.language.faults import Finding
from elicit.language.option_faults import option_faults
from elicit.language.word_faults import word_faults

_SENTENCE: Final = re.compile(
    r"(?:[^.!?\n]"
    r"|(?<=[^\n]{40})\n(?=[ \t]*[a-z])"  # a wrapped line; a heading above a question has a line of its own
    r"|\.(?=[^\s.])|(?<=\b[DM]r)\.|(?<=\b[DM]rs)\.|(?<=\bvs)\."
    r"|[!?](?=\s*\(|\w|[\"”']\s+[a-z]))+"  # within a title, an address or quoted words
    r"(?P<end>[.!?]*)"
)
_MARKS: Final = re.compile(r"^(?:[\s#>*•–—\"“'‘(-]+|\d+[.)]\s+)+")


def questions_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield line (1 is the first) and text of each sentence that ends with a question mark, in one line."""
    line, at = 1, 0
    for sentence in _SENTENCE.finditer(text):
        if "?" not in sentence["end"]:
            continue
        words = _MARKS.sub("", sentence.group())
        start = sentence.end() - len(words)
        line, at = line + text.count("\n", at, start), start
        if words.strip("?!. "):
            yield line, " ".join(words.split())


def question_faults(text: str, options: Sequence[str] = (), *, choices_are_all: bool = True) -> tuple[Finding, ...]:
    """Return the faults of one question: those of its words, then those of the options.

    A question is judged alone: what was said before it is not known.

    Args:
        text: the question, of one or several sentences.
        options: the answers offered with it.
        choices_are_all: whether nothing but the options can be answered; where a person can always say "something
            else", it need not be among them.
    """
    return (*word_faults(text), *option_faults(text, options, choices_are_all=choices_are_all))
