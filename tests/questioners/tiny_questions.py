"""A small domain with parents, its people, and one questioner of every kind."""

from __future__ import annotations

import numpy as np

from elicit.basis import Luck
from elicit.beliefs import ItemBelief, MixtureBelief, target_gain
from elicit.domains import Codes, Domain, Facet, Option, Population
from elicit.profiles import Mixture
from elicit.questioners import (
    EntropyQuestioner,
    FacetQuestioner,
    GainQuestioner,
    OrderedQuestioner,
    RandomQuestioner,
    RerankingQuestioner,
    SkippingQuestioner,
    StoppingQuestioner,
)

RANKS = tuple(Option(id=i, label=i) for i in ("low", "middle", "high"))
DOMAIN = Domain(
    name="tiny",
    title="Tiny",
    facets=(
        Facet(id="film a", label="a", depth=2, parents=("action",)),
        Facet(id="action", label="action", depth=1, parents=("films",)),
        Facet(id="films", label="films", depth=0, options=RANKS),
        Facet(id="film b", label="b", depth=2, parents=("action",)),
        Facet(id="mood", label="mood", depth=0, options=RANKS),
    ),
)
COUNTS = DOMAIN.option_counts


def people(codes: object) -> Population:
    table = np.asarray(codes, dtype=np.int8)
    return Population(tuple(f"p{i}" for i in range(len(table))), table, np.zeros((len(table), 0), dtype=np.bool_))


def nothing_asked(rows: int, facets: int = len(COUNTS)) -> Codes:
    return np.full((rows, facets), -1, dtype=np.int8)


def luck(rows: int, seed: int = 0) -> Luck:
    return Luck.of(seed, [f"p{i}" for i in range(rows)])


def certain_classes(options: object, shares: object = None, counts: object = COUNTS) -> MixtureBelief:
    """A belief in classes that answer facet f always with ``options[class][f]``, with one target a class."""
    rows, many = np.asarray(options), np.asarray(counts)
    answers = (rows.T[:, None, :] == np.arange(many.max())[None, :, None]).astype(np.float32)
    alike = np.full(len(rows), 1 / len(rows)) if shares is None else np.asarray(shares)
    return MixtureBelief(Mixture(alike.astype(np.float32), answers, np.eye(len(rows), dtype=np.float32)), many)


def random_belief(seed: int, error: float = 0.05) -> MixtureBelief:
    random = np.random.default_rng(seed)
    answers = np.zeros((len(COUNTS), 3, 4), dtype=np.float32)
    for f, count in enumerate(COUNTS):
        answers[f, :count] = random.dirichlet(np.full(count, 0.7), size=4).T
    shares = random.dirichlet(np.ones(4)).astype(np.float32)
    return MixtureBelief(Mixture(shares, answers, random.random((3, 4)).astype(np.float32)), COUNTS, error)


def everyone(seed: int) -> dict[str, FacetQuestioner]:
    random = np.random.default_rng(seed)
    belief = random_belief(seed)
    items = ItemBelief(random.integers(COUNTS, size=(6, len(COUNTS))).astype(np.int8), COUNTS)
    order = random.permutation(len(COUNTS))
    return {
        "random": RandomQuestioner(),
        "ordered": OrderedQuestioner(order),
        "skipping": SkippingQuestioner(order, belief),
        "entropy": EntropyQuestioner(belief),
        "gain": GainQuestioner(belief.information, random.random(len(COUNTS))),
        "target gain": GainQuestioner(lambda states: target_gain(belief, states)),
        "item gain": GainQuestioner(items.information),
        "reranking": RerankingQuestioner(
            belief.information, lambda states, some: np.take_along_axis(items.information(states), some, axis=1), 2
        ),
        "stopping": StoppingQuestioner(GainQuestioner(items.information), cost=0.3),
    }
