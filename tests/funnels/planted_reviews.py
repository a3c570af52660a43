"""Made-up reviews in which is known what people say of which items, and small talk that says nothing of any."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from elicit.domains import Reviews

PLANTED = ("quiet", "easy to clean", "battery life", "sturdy handle", "noisy", "light")
NOISE = ("noodle", "garden party", "window sill", "carpet", "purple slipper", "neighbor", "bicycle", "lemon tart")
_SAID = {
    "battery life": ("The battery life surprised us", "Great battery life", "I love its battery life"),
    "sturdy handle": ("It has a sturdy handle", "A sturdy handle, finally", "Sturdy handle"),
}
_CALLED = ("It is {}", "Very {}", "It's so {}, I love it", "This is really {}", "So {} that I bought another")
_DENIED = {
    "battery life": ("Terrible battery life", "No battery life to speak of", "The battery life is poor"),
    "sturdy handle": ("No sturdy handle", "Lacks a sturdy handle"),
}
_NOT_CALLED = ("It isn't {}", "Not at all {}", "It is not very {}", "Never {}", "Hardly {}")
_TALK = ("Bought it for the {}", "My sister saw it beside the {}", "Reminds me of a {}", "The {} came later")
_FILLER = ("Great product", "Would buy again", "I love it", "Works as expected", "Five stars!", "Arrived on time.")


@dataclass(frozen=True)
class PlantedReviews:
    """Reviews with what is true of them.

    Attributes:
        reviews: of the items.
        has: bool[items, planted phrases], of which items most people say which phrase; of the others they deny it.
    """

    reviews: Reviews
    has: Any


def planted_reviews(seed: int, items: int, least: int, most: int, denied: float = 0.3) -> PlantedReviews:
    """Return reviews: of the items that have a phrase about half of the reviewers say it.

    Of the others some deny it. One review in eight has each small talk.

    Args:
        seed: of all that is drawn.
        items: how many; each phrase is planted on a third of them.
        least: reviews of an item.
        most: likewise.
        denied: share of the reviewers of other items who deny a phrase.
    """
    random = np.random.default_rng(seed)
    has = np.stack([random.permutation(np.arange(items) % 3 == 0) for _ in PLANTED], axis=1)
    rows, texts = [], []
    for item in range(items):
        for _ in range(int(random.integers(least, most + 1))):
            rows.append(item)
            texts.append(_text(random, dict(zip(PLANTED, has[item].tolist(), strict=True)), denied))
    return PlantedReviews(Reviews("planted", np.array(rows), tuple(texts)), has)


def _text(random: np.random.Generator, has: Mapping[str, bool], denied: float) -> str:
    said = [_one(random, _FILLER)]
    for phrase, own in has.items():
        if own and random.random() < 0.5:
            said.append(_one(random, _SAID.get(phrase, _CALLED)).format(phrase))
        elif not own and random.random() < denied:
            said.append(_one(random, _DENIED.get(phrase, _NOT_CALLED)).format(phrase))
    said += [_one(random, _TALK).format(noise) for noise in NOISE if random.random() < 1 / 8]
    return ". ".join(str(part) for part in random.permutation(said))


def _one(random: np.random.Generator, some: Sequence[str]) -> str:
    return some[int(random.integers(len(some)))]


def write_reviews(path: Path, rows: Sequence[Sequence[object]], names: Sequence[str] = ("sku", "text")) -> Path:
    """Write a file with one review a row."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter="\t" if path.suffix == ".tsv" else ",").writerows([names, *rows])
    return path
