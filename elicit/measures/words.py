"""Measures of the words in which a questioner that words its questions itself put them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from elicit.dialogues import Transcript, value_of
from elicit.domains import Domain
from elicit.language import Leak, leaks, question_faults
from elicit.measures.dialogues import share


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


@lru_cache(maxsize=4096)
def _is_flagged(text: str) -> bool:
    return bool(question_faults(text))
