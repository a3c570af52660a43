"""A small interview and a small shop for the page; names that try to be more than text on request."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from elicit.basis import Luck
from elicit.beliefs import MixtureBelief
from elicit.domains import Domain, Facet, Kind, Option, Target
from elicit.funnels import CatalogQuestioner, Stock
from elicit.language import Phrasebook
from elicit.profiles import Mixture
from elicit.questioners import GainQuestioner, Rules, StoppingQuestioner
from elicit.runs import Interview
from elicit.web import ItemAsking, PersonAsking

HOSTILE = "<img src=x onerror=alert(1)></script><b>&amp;\u202e"
LIKES = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.6]], dtype=np.float32)
"""P(target | kind of person): the first is for the first kind, the second for the second, the third for everybody."""


def person(questions: int = 9, title: str = "Tea", targets: bool = True) -> PersonAsking:
    """Return a page for two kinds of people, whom two yes/no facets part and a third, with four options, does not."""
    grades = tuple(Option(id=f"g{n}", label=f"grade {n}") for n in range(4))
    facets = (
        Facet(id="green", label="green tea", wordings=("Do you like green tea?",)),
        Facet(id="milk", label="milk", wordings=("Do you take milk?",)),
        Facet(id="mood", label="mood", options=grades, wordings=("Which mood?",)),
    )
    liked = tuple(Target(id=name, label=name.title()) for name in ("sencha", "assam", "cake")) if targets else ()
    domain = Domain(name="tea", title=title, facets=facets, targets=liked, invented=True)
    answers = np.zeros((3, 4, 2), dtype=np.float32)
    answers[0, :2] = [[0.1, 0.8], [0.9, 0.2]]
    answers[1, :2] = [[0.7, 0.4], [0.3, 0.6]]
    answers[2] = 0.25
    mixture = Mixture(np.full(2, 0.5, dtype=np.float32), answers, LIKES if targets else LIKES[:0])
    belief = MixtureBelief(mixture, domain.option_counts, 0.0)
    asker = StoppingQuestioner(GainQuestioner(belief.information), 0.0)
    talk = Interview(domain, belief, asker, Rules.of(domain), questions)
    return PersonAsking(talk, Phrasebook(domain, Luck.of(0, ["person"])))


def lamp_shop(questions: int = 9, label: str = "", nones: Sequence[str] = ()) -> ItemAsking:
    """Return a page for six lamps; no floor lamp costs at most 60, and one does not say whether it can be dimmed."""
    rooms, prices = ("desk", "bed", "floor"), ("up to 30", "up to 60", "over 60")
    facets = (
        Facet(
            id="room",
            label=label or "room",
            options=tuple(Option(id=r, label=label or r) for r in rooms),
            wordings=(label or "Where shall it stand?",),
        ),
        Facet(
            id="price",
            label="price",
            kind=Kind.NUMBER,
            depth=1,
            options=tuple(Option(id=f"p{n}", label=text) for n, text in enumerate(prices)),
            cuts=(30, 60),
            wordings=("What may it cost?",),
        ),
        Facet(id="dimmer", label="dimmer", depth=2, wordings=("Shall it be dimmable?",)),
    )
    names = ("Pico", "Nova", "Aria", "Luna", "Stella", "Atlas")
    cost = (19.0, 49.5, 1250.0, 25.0, 45.0, None)
    items = tuple(Target(id=n, label=label or n, price=p) for n, p in zip(names, cost, strict=True))
    codes = np.array([[0, 0, 0], [0, 1, 1], [0, 2, -2], [1, 0, 0], [1, 1, 1], [2, 2, 1]], dtype=np.int8)
    domain = Domain(name="lamps", title=label or "Lamps", facets=facets, targets=items)
    stock = Stock(domain, codes, ceilings=frozenset({"price"}), nones=frozenset(nones))
    return ItemAsking(CatalogQuestioner(stock, funnel_weight=1.0, questions=questions), "EUR")
