"""What kind of reply a text is, learned from examples: a linear model over its words and, if there is one, its meaning.

The examples are those of ``data/understanding/replies.toml`` (what people say to "do you like …?", and the ways of not
answering) and the domain's own phrasings. Words and pairs and triples of words catch what is said outright; the
sentence encoder catches what is said otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import one_thread, resource
from elicit.language.spelling import WORD, mended_word, plain

if TYPE_CHECKING:
    from elicit.models import Encoder

POSITIVE, NEUTRAL, NEGATIVE, ELSEWHERE = "positive", "neutral", "negative", "elsewhere"
_WORDS_WEIGHT: Final = 2.0
"""How much the words count beside the encoder."""
_LOOSENESS: Final = 20.0
"""Inverse strength of the ridge; both were chosen on the fitting half of the labelled examples."""


@cache
def examples(of: str) -> Mapping[str, tuple[str, ...]]:
    """Return kind to examples in plain form, of ``replies`` or of ``questions``."""
    text = resource("data", "understanding", f"{of}.toml").read_text(encoding="utf-8")
    return {kind: tuple(plain(example) for example in some) for kind, some in tomllib.loads(text).items()}


def example_replies() -> Mapping[str, tuple[str, ...]]:
    """Return kind to examples of replies."""
    return examples("replies")


@dataclass(frozen=True)
class ReplyReader:
    """Tells kinds of replies apart.

    Attributes:
        kinds: what it can tell.
        known: words of the examples.
        vectoriser: makes features of words.
        model: makes probabilities of features.
        encoder: adds features of meaning; None = words only.
    """

    kinds: tuple[str, ...]
    known: frozenset[str]
    vectoriser: Any
    model: Any
    encoder: Encoder | None

    @classmethod
    def learn(cls, examples: Mapping[str, Sequence[str]], encoder: Encoder | None) -> ReplyReader:
        """Learn from kind to examples in plain form."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        texts = [text for replies in examples.values() for text in replies]
        kinds = [kind for kind, replies in examples.items() for _ in replies]
        vectoriser = TfidfVectorizer(ngram_range=(1, 3), token_pattern=r"[\w']+", sublinear_tf=True).fit(texts)
        known = frozenset(word for text in texts for word in WORD.findall(text))
        model = LogisticRegression(C=_LOOSENESS, class_weight="balanced", max_iter=2000)
        with one_thread():
            model.fit(_features(texts, vectoriser, encoder), kinds)
        return cls(tuple(str(kind) for kind in model.classes_), known, vectoriser, model, encoder)

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the probability of each kind, float64[texts, kinds]; words misspelt by a letter are mended first."""
        mended = [self.mended(text) for text in texts]
        with one_thread():
            found: NDArray[np.float64] = self.model.predict_proba(_features(mended, self.vectoriser, self.encoder))
        return found

    def mended(self, text: str) -> str:
        """Return a text with words of the examples in the place of their misspellings."""
        return WORD.sub(lambda word: mended_word(word.group(), self.known), text)


def likings(encoder: Encoder | None) -> ReplyReader:
    """Return a reader that tells liking, disliking and the middle from each other and from non-answers."""
    return ReplyReader.learn(example_replies(), encoder)


def _features(texts: Sequence[str], vectoriser: Any, encoder: Encoder | None) -> Any:
    from scipy.sparse import csr_matrix, hstack

    of_words = _WORDS_WEIGHT * vectoriser.transform(texts)
    if encoder is None:
        return of_words
    return hstack([csr_matrix(encoder.encode(list(texts))), of_words]).tocsr()
