"""Measures of the words in which a questioner that words its questions itself put them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from elicit.dialogues import Transcript, value_of
from elicit.domains import Domain
from elicit.language import Leak, leaks, question_faults
from elicit.measures.dialogues import share

_WORD: Final = re.compile(r"\w+")


def worded_badly(transcript: Transcript, domain: Domain) -> dict[str, NDArray[np.float64]]:
    """Return ``flagged`` and ``leaking``, float64[people]; NaN where the questions were not worded by the questioner.

    ``flagged``: share of questions with a finding of the linter. ``leaking``: share of answered questions that name the
    option that is then answered, and no other (naming the thing of a yes/no question cannot be helped and is not
    counted).
    """
    flagged, leaking, asked, answered = np.zeros((4, len(transcript)))
    for person, texts in enumerate(transcript.words):
        for turn, text in enumerate(texts):
            if not text:
                continue
            asked[person] += 1
            flagged[person] += _is_flagged(text)
            column, code = int(transcript.asked[person, turn]), int(transcript.answers[person, turn])
            if column >= 0 and code >= 0:
                facet = domain.facets[column]
                answered[person] += 1
                leaking[person] += leaks(text, facet, value_of(facet, code)) is Leak.BY_VALUE
    return {"flagged": share(flagged, asked), "leaking": share(leaking, answered)}


def rouge_l(words: Sequence[str], references: Sequence[str]) -> NDArray[np.float64]:
    """Return ROUGE-L as F1, float64[texts] of 0 … 1: the longest common subsequence of words, in any case (Lin 2004).

    Args:
        words: texts.
        references: what each is compared with.
    """
    split = [[_WORD.findall(text.lower()) for text in texts] for texts in (words, references)]
    return np.array(
        [2 * LCSseq.similarity(one, other) / max(len(one) + len(other), 1) for one, other in zip(*split, strict=True)]
    )


def different(transcript: Transcript) -> tuple[NDArray[np.int64], int]:
    """Return how many different facets people were asked for in each turn, int[turns], and in how many different words.

    A fixed list has one facet a turn. Words are counted over all turns, 0 where the questioner does not word questions.
    """
    facets = [len(set(column[column >= 0].tolist())) for column in transcript.asked.T]
    words = {text for texts in transcript.words for text in texts if text}
    return np.array(facets, dtype=np.int64), len(words)


@lru_cache(maxsize=4096)
def _is_flagged(text: str) -> bool:
    return bool(question_faults(text))
