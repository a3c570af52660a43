"""Whether a question that a chat model wrote may be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from elicit.basis import whole_letters
from elicit.dialogues import Speaker
from elicit.domains import Facet
from elicit.language.cleaning import clean_reply
from elicit.language.leaks import Leak, leaks
from elicit.language.questions import question_faults, questions_in
from elicit.language.understanding import Understanding

_PARAGRAPH: Final = re.compile(r"\n(?!\s*[a-z])")
"""A line that begins with a small letter goes on with the one before."""
_BEFORE: Final = re.compile(
    r"^(?:[\s#>*_`•–—-]+|\d+[.)]\s+|['‘]"
    r"|(?:sure|certainly|of course|absolutely|okay|ok)\b[!,.:]+\s*"
    r"|(?:here(?:'s|’s| is| are)|question|rewritten|reworded|rephrased)\b[^:?]{0,60}:\s*"
    r"|(?:the|my|your|a|new)\b[^:?]{0,30}\b(?:question|words|wording|version|asks|says)\s*:\s*)+",
    re.IGNORECASE,
)
"""What models put before what they were asked to write, their task's own headings among it."""
_UP_TO_THE_MARK: Final = re.compile(r".*\?[)\]]?")
_SENTENCES: Final = re.compile(r"[.!:;]\s")
_QUOTES: Final = (('"', '"'), ("“", "”"))


class Verdict(StrEnum):
    """What is wrong with a reply, the first of these that is found."""

    ACCEPTED = "accepted"
    EMPTY = "empty"
    """Without reasoning, labels and the other side's words, nothing in it asks."""
    SEVERAL = "several questions"
    WRONG_FACET = "wrong facet"
    """It is not understood, or it asks for something else or for more."""
    LEAK = "leak"
    """It names one of the answers and no other."""
    FLAGGED = "flagged"
    """The linter finds a fault in its words, or there are more sentences where one must do."""


@dataclass(frozen=True)
class Judged:
    """A reply that was looked at.

    Attributes:
        verdict: what was found.
        text: the question in one line, or what there is of it.
        reason: what is wrong, for whoever wrote it; empty if nothing is.
    """

    verdict: Verdict
    text: str
    reason: str = ""


async def judge(
    replies: Sequence[str], facets: Sequence[Facet], understanding: Understanding, *, alone: bool = False
) -> list[Judged]:
    """Return what there is to say about each reply that was to ask for a facet.

    Args:
        replies: of a chat model.
        facets: one a reply.
        understanding: finds what a question asks for.
        alone: whether a question must be one sentence, as in a form; in a talk something may be said before it.
    """
    judged = [_form(reply, alone) for reply in replies]
    whole = [place for place, one in enumerate(judged) if one.verdict is Verdict.ACCEPTED]
    heard = await understanding.questions([judged[place].text for place in whole])
    for place, asks in zip(whole, heard, strict=True):
        judged[place] = _content(judged[place].text, asks, facets[place])
    return judged


def _form(reply: str, alone: bool) -> Judged:
    """Take the one question out of a reply."""
    cleaned = clean_reply(whole_letters(reply), Speaker.AGENT).text
    paragraphs = [" ".join(part.split()) for part in _PARAGRAPH.split(cleaned)]
    asking = [part for part in paragraphs if any(questions_in(part))]
    if not asking:
        return Judged(Verdict.EMPTY, paragraphs[0], "there is no question in it")
    text = _bare(asking[0])
    if len(asking) > 1 or len(list(questions_in(text))) > 1:
        return Judged(Verdict.SEVERAL, " ".join(asking), "it must be one question")
    if alone and _SENTENCES.search(text):
        return Judged(Verdict.FLAGGED, text, "it must be one sentence, with nothing before it")
    return Judged(Verdict.ACCEPTED, text)


def _bare(text: str) -> str:
    """Return a question without what stands around it; what is said before it in the same breath stays."""
    found = _UP_TO_THE_MARK.match(text.replace("**", ""))
    text = _BEFORE.sub("", found.group() if found else text)
    for opening, closing in _QUOTES:
        if text.count(opening) != text.count(closing) or (opening == closing and text.count(opening) % 2):
            text = text.replace(opening, "").replace(closing, "")
    return text.strip()


def _content(text: str, asks: tuple[str, ...], facet: Facet) -> Judged:
    if asks != (facet.id,):
        return Judged(Verdict.WRONG_FACET, text, f"it must ask about {facet.label}, by that name, and nothing else")
    # For each answer alike: were only the person's own looked at, a question that names another one would stand, and
    # its words would tell which answer does not come.
    if any(leaks(text, facet, option.id) is Leak.BY_VALUE for option in facet.options):
        return Judged(Verdict.LEAK, text, "it must not name one of the answers alone")
    # What is wrong with the options is the domain's, and no wording mends it.
    labels = [option.label for option in facet.options]
    for finding in question_faults(text, labels, choices_are_all=False):
        if not finding.fault.of_options:
            return Judged(Verdict.FLAGGED, text, f"{finding.fault.value}: {finding.found}. {finding.remedy}")
    return Judged(Verdict.ACCEPTED, text)
