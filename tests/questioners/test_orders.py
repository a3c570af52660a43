from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_questions import COUNTS, DOMAIN, certain_classes, luck, nothing_asked, people

from elicit.beliefs import MixtureBelief
from elicit.domains import SILENT, Codes, Domain, Facet, Option
from elicit.profiles import Mixture
from elicit.questioners import (
    STOP,
    EntropyQuestioner,
    GainQuestioner,
    OrderedQuestioner,
    RandomQuestioner,
    RerankingQuestioner,
    SkippingQuestioner,
    funnel_order,
    popular_order,
)

# film a, action, films, film b, mood
FOUR = people([[1, 1, 0, 0, 2], [0, 1, 0, SILENT, 0], [0, 1, 2, SILENT, SILENT], [0, 0, 0, 1, 0]])


def test_random_asks_each_allowed_facet_equally_often() -> None:
    rows = 20_000
    allowed = np.ones((rows, len(COUNTS)), dtype=bool)
    allowed[:, 1] = False
    asked = np.bincount(RandomQuestioner().choose(nothing_asked(rows), allowed, luck(rows)), minlength=len(COUNTS))
    assert asked[1] == 0
    assert np.abs(np.delete(asked, 1) - rows / 4).max() < 4 * np.sqrt(rows / 4)


def test_random_draws_anew_each_turn_and_for_each_seed() -> None:
    rows = 2000
    allowed = np.ones((rows, len(COUNTS)), dtype=bool)
    first = RandomQuestioner().choose(nothing_asked(rows), allowed, luck(rows))
    later = nothing_asked(rows)
    later[:, 0] = -2
    for other in (
        RandomQuestioner().choose(later, allowed, luck(rows)),
        RandomQuestioner().choose(nothing_asked(rows), allowed, luck(rows, seed=1)),
    ):
        assert abs((first == other).mean() - 1 / 5) < 4 * np.sqrt(0.16 / rows)


def test_an_order_is_followed_and_ends() -> None:
    questioner = OrderedQuestioner(np.array([3, 0, 4]))
    allowed = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 1], [0, 1, 1, 0, 1], [0, 1, 1, 0, 0]], dtype=bool)
    assert questioner.choose(nothing_asked(4), allowed, luck(4)).tolist() == [3, 0, 4, STOP]


def test_popular_order_by_hand() -> None:
    # Yes: action 3 of 4, film a and film b 1 of 4 each. Of the others: mood 1 (2 of 3 gave the common answer), films 1.
    assert popular_order(DOMAIN, FOUR).tolist() == [1, 0, 3, 2, 4]
    more = people([*FOUR.codes.tolist(), [0, 0, 0, 1, 1]])
    assert popular_order(DOMAIN, more).tolist() == [1, 3, 0, 4, 2]


def test_funnel_order_by_hand() -> None:
    # Depth 0: mood (1 : 2 of 3 people, .92 bits), films (3 : 1, .81). Depth 2: film b (1 : 1, 1 bit), film a (3 : 1).
    assert funnel_order(DOMAIN, FOUR).tolist() == [4, 2, 1, 3, 0]


@pytest.mark.parametrize("order", [popular_order, funnel_order])
def test_orders_name_every_facet_even_without_answers(order: object) -> None:
    nobody_knows = people(np.full((2, len(COUNTS)), SILENT))
    assert sorted(order(DOMAIN, nobody_knows)) == list(range(len(COUNTS)))  # type: ignore[operator]
    one_option = Domain(
        name="one", title="One", facets=(Facet(id="a", label="a", options=(Option(id="o", label="o"),)),)
    )
    assert order(one_option, people([[0], [0]])).tolist() == [0]  # type: ignore[operator]


def two_classes() -> MixtureBelief:
    """Facets 0 and 1 are always equal, facet 2 is anyone's guess."""
    answers = np.array([[[1, 0], [0, 1]], [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]], dtype=np.float32)
    shares = np.array([0.5, 0.5], dtype=np.float32)
    return MixtureBelief(Mixture(shares, answers, np.zeros((0, 2), dtype=np.float32)), np.array([2, 2, 2]))


def test_what_is_decided_is_skipped_until_nothing_else_is_left() -> None:
    questioner = SkippingQuestioner(np.array([0, 1, 2]), two_classes())
    states = np.array([[-1, -1, -1], [1, -1, -1], [1, -1, 0], [-2, -1, -1], [1, 1, 0]], dtype=np.int8)
    assert questioner.choose(states, states == -1, luck(5)).tolist() == [0, 2, 1, 1, STOP]


def test_decided_means_at_least_as_probable_as_said() -> None:
    belief = certain_classes([[0, 0, 0, 0, 0], [0, 1, 1, 1, 1]], shares=[0.8, 0.2])
    allowed = np.ones((1, 5), dtype=bool)
    choices = [
        int(SkippingQuestioner(np.arange(5), belief, decided).choose(nothing_asked(1), allowed, luck(1))[0])
        for decided in (0.75, 0.85)
    ]
    assert choices == [0, 1]


def test_entropy_asks_what_is_least_sure() -> None:
    # P(yes): 1, .1, .1 + .3 = .4, .3; mood is (.6, .1, .3), which is surer than 1 bit but less sure than .97.
    belief = certain_classes([[1, 0, 0, 0, 0], [1, 1, 1, 0, 1], [1, 0, 1, 1, 2]], shares=[0.6, 0.1, 0.3])
    allowed = np.ones((2, 5), dtype=bool)
    allowed[1, 4] = False
    assert EntropyQuestioner(belief).choose(nothing_asked(2), allowed, luck(2)).tolist() == [4, 2]


def test_gain_is_weighed_by_the_chance_of_an_answer() -> None:
    belief = certain_classes([[0, 0, 0, 0, 0], [0, 1, 0, 0, 1], [0, 1, 0, 0, 2], [0, 0, 0, 0, 2]])
    allowed = np.ones((1, 5), dtype=bool)
    # Mood tells 1.5 bits, action 1.
    assert GainQuestioner(belief.information).choose(nothing_asked(1), allowed, luck(1)).tolist() == [4]
    often_unknown = GainQuestioner(belief.information, np.array([1, 1, 1, 1, 0.5]))
    np.testing.assert_allclose(often_unknown.expected(nothing_asked(1)), [[0, 1, 0, 0, 0.75]], atol=1e-6)
    assert often_unknown.choose(nothing_asked(1), allowed, luck(1)).tolist() == [1]


def test_of_what_is_proposed_the_best_is_asked() -> None:
    fast, slow = np.array([[5.0, 4, 3, 2, 1]]), np.array([[0.1, 0.2, 0.3, 0.9, 0.8]])
    shown: list[list[list[int]]] = []

    def judge(states: Codes, proposed: NDArray[np.intp]) -> NDArray[np.floating]:
        shown.append(proposed.tolist())
        return np.take_along_axis(slow, proposed, axis=1)

    def asked(number: int, *forbidden: int) -> int:
        allowed = ~np.isin(np.arange(5), forbidden)[None]
        return int(
            RerankingQuestioner(lambda states: fast, judge, number).choose(nothing_asked(1), allowed, luck(1))[0]
        )

    assert [asked(number) for number in (1, 2, 3, 4, 5, 9)] == [0, 1, 2, 3, 3, 3]
    assert shown[1] == [[0, 1]]
    # What may not be asked makes room for others.
    assert asked(2, 0, 1) == 3
    assert asked(3, 1, 2, 3) == 4
    assert asked(2, 0, 1, 2, 3, 4) == STOP
