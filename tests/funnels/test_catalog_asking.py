from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_shops import answers, facet, plain, random_shop, shop

from elicit.basis import InputError, Luck
from elicit.domains import Codes
from elicit.funnels import CatalogQuestioner, Stock, Stop
from elicit.funnels.asking import broader

LUCK = Luck.of(0, ["a", "b", "c"])


def random_state(stock: Stock, seed: int) -> Codes:
    random = np.random.default_rng(seed)
    told = random.integers(stock.domain.option_counts)
    other = random.choice([-1, -1, -2, -3, -4], size=len(told))
    return np.where(random.random(len(told)) < 0.3, told, other).astype(np.int8)


@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.05]))
def test_the_gain_is_the_mutual_information_of_answer_and_item(seed: int, error: float) -> None:
    stock = random_shop(seed)
    state = random_state(stock, seed)
    step = CatalogQuestioner(stock, error=error).step(state)
    if step.stop is None:
        belief = stock.belief(error)
        assert step.gain == pytest.approx(belief.information(state[None])[0, step.facet], abs=1e-4)
        # What one answer tells, by supposing each.
        posterior = belief.posterior(state[None])[0].astype(float)
        # The last row of the table is that of items of which the catalog does not say.
        values = np.maximum(stock.codes[:, step.facet], -1)
        says = belief.answer_chances[values, : len(step.chances), step.facet].astype(float)
        chances = posterior @ says
        np.testing.assert_allclose(step.chances, chances, atol=1e-5)
        joint = posterior[:, None] * says
        with np.errstate(divide="ignore", invalid="ignore"):
            told = np.where(joint > 0, joint * np.log2(says / chances), 0).sum()
        assert step.gain == pytest.approx(told, abs=1e-4)


@given(st.integers(0, 2**31), st.sampled_from(["item", "best"]), st.floats(0, 1), st.sampled_from([0.0, 0.05]))
def test_what_is_asked_keeps_the_rules_of_surveys(seed: int, aim: str, weight: float, error: float) -> None:
    stock = random_shop(seed)
    state = random_state(stock, seed)
    step = CatalogQuestioner(stock, aim, weight, error).step(state)  # type: ignore[arg-type]
    assert step.left.tolist() == stock.left(state).tolist()
    in_play = step.left if error == 0 else np.arange(len(stock))
    telling = [f for f in range(8) if state[f] == -1 and tells(stock, in_play, f)]
    if step.stop is None:
        assert step.facet in telling
        assert not any(broader(stock.domain)[step.facet, f] for f in telling)
        if stock.domain.facets[step.facet].sensitive:
            assert all(f == step.facet or broader(stock.domain)[f, 3] for f in telling)
    else:
        assert step.facet == -1
        assert error > 0 or not telling or len(step.left) < 2


def tells(stock: Stock, left: np.ndarray, column: int) -> bool:
    values = {max(int(code), -1) for code in stock.codes[left, column]}
    return len(values) > 1 and len(stock.domain.facets[column].options) > 1


def test_nothing_is_asked_on_which_all_items_left_agree() -> None:
    stock = plain([[0, 0, 0], [0, 0, 1], [1, 1, 1]])
    step = CatalogQuestioner(stock).step(answers(stock, {0: 0}))
    assert step.facet == 2


@pytest.mark.parametrize(
    ("told", "stop"),
    [({0: 1}, Stop.ONE_LEFT), ({0: 0, 1: 1}, Stop.ALIKE), ({0: 1, 1: 0}, Stop.NOTHING_FITS), ({0: -3}, Stop.BUDGET)],
)
def test_why_nothing_is_asked(told: dict[int, int], stop: Stop) -> None:
    stock = plain([[0, 0], [0, 1], [0, 1], [1, 1]])
    step = CatalogQuestioner(stock, questions=1).step(answers(stock, told))
    assert (step.stop, step.facet) == (stop, -1)


def test_what_was_not_answered_is_not_asked_again() -> None:
    stock = plain([[0, 0], [1, 1]])
    questioner = CatalogQuestioner(stock)
    assert questioner.step(answers(stock, {0: -2})).facet == 1
    assert questioner.step(answers(stock, {0: -2, 1: -3})).stop is Stop.ALIKE


@pytest.mark.parametrize("error", [0.0, 0.1])
def test_one_item_and_equal_items_need_no_question(error: float) -> None:
    assert CatalogQuestioner(plain([[0, 1]]), error=error).step(np.array([-1, -1], dtype=np.int8)).stop is Stop.ONE_LEFT
    alike = CatalogQuestioner(plain([[0, 1]] * 5), error=error).step(np.array([-1, -1], dtype=np.int8))
    assert (alike.stop, len(alike.left)) == (Stop.ALIKE, 5)


def test_who_allows_for_errors_goes_on_until_one_item_is_nearly_certain() -> None:
    # Each of four facets tells the items apart, so two answers may contradict each other.
    stock = plain([[0, 0, 0, 0], [1, 1, 1, 1]])
    soft, hard = CatalogQuestioner(stock, error=0.05), CatalogQuestioner(stock)
    state = answers(stock, {0: 0})
    assert hard.step(state).stop is Stop.ONE_LEFT
    assert CatalogQuestioner(stock, error=0.1).step(state).stop is Stop.ONE_LEFT
    against = answers(stock, {0: 0, 1: 1})
    assert hard.step(against).stop is Stop.NOTHING_FITS
    assert soft.step(against).facet == 2
    assert soft.step(answers(stock, {0: 0, 1: 1, 2: 0, 3: 1})).stop is Stop.NOTHING_FITS


def test_a_facet_with_one_option_is_never_asked() -> None:
    stock = shop([facet(0, 1)], [[0], [-1], [0]])
    assert CatalogQuestioner(stock).step(answers(stock, {})).stop is Stop.ALIKE


def test_the_funnel_weight_trades_gain_for_breadth() -> None:
    # Facet 2 halves eight items, 1 splits 2 : 6 and 0 splits 1 : 7; the broader, the less it tells.
    codes = [[int(i < 1), int(i in (6, 7)), int(i % 2)] for i in range(8)]
    stock = shop([facet(0, 2), facet(1, 2, depth=1), facet(2, 2, depth=2)], codes)
    asked = [CatalogQuestioner(stock, funnel_weight=w).step(answers(stock, {})).facet for w in (0, 0.3, 0.5, 1)]
    # Shares of the best gain are .544, .811 and 1; breadths 1, .5 and 0.
    assert asked == [2, 1, 0, 0]


def test_strictly_broad_to_specific_asks_within_a_depth_what_tells_most() -> None:
    codes = [[int(i < 1), int(i < 4), int(i % 2)] for i in range(8)]
    stock = shop([facet(0, 2), facet(1, 2), facet(2, 2, depth=1)], codes)
    assert CatalogQuestioner(stock, funnel_weight=1).step(answers(stock, {})).facet == 1


def test_equal_gains_go_to_the_first_facet() -> None:
    stock = plain([[0, 0, 0], [1, 0, 1], [0, 1, 1], [1, 1, 0]])
    assert [CatalogQuestioner(stock, aim=aim).step(answers(stock, {})).facet for aim in ("item", "best")] == [0, 0]


def test_the_best_aim_asks_what_brings_the_wanted_item_to_the_top() -> None:
    # Facet 0 parts the two likely items, facet 1 the six others evenly, which tells more bits but shows no more.
    prior = [0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    codes = [[0, 0], [1, 0], [0, 0], [0, 0], [0, 1], [0, 1], [0, 1], [0, 1]]
    stock = plain(codes, prior)
    nothing = answers(stock, {})
    assert CatalogQuestioner(stock).step(nothing).facet == 1
    assert CatalogQuestioner(stock, "best", top=1).step(nothing).facet == 0


@given(st.integers(0, 2**31), st.integers(1, 4), st.sampled_from([0.0, 0.1]))
def test_the_value_of_information_by_supposing_every_answer(seed: int, top: int, error: float) -> None:
    stock = random_shop(seed)
    state = random_state(stock, seed)
    questioner = CatalogQuestioner(stock, "best", error=error, top=top)
    step = questioner.step(state)
    if step.stop is not None:
        return
    belief = stock.belief(error)
    posterior = belief.posterior(state[None])[0].astype(float)
    heavy = step.left if error == 0 else np.arange(len(stock))
    worth = questioner._better(heavy, posterior.astype(np.float32), np.ones(8, dtype=np.bool_))
    for column, count in enumerate(stock.domain.option_counts):
        says = belief.answer_chances[np.maximum(stock.codes[:, column], -1), :count, column]
        joint = posterior[:, None] * says
        shown = np.sort(joint, axis=0)[::-1][:top].sum() - np.sort(posterior)[::-1][:top].sum()
        assert worth[column] == pytest.approx(max(shown, 0), abs=1e-5)


def test_a_batch_is_answered_as_each_alone() -> None:
    stock = random_shop(3)
    questioner = CatalogQuestioner(stock)
    states = np.stack([random_state(stock, seed) for seed in (0, 1, 0)])
    allowed = states == -1
    alone = [questioner.step(state).facet for state in states]
    assert questioner.choose(states, allowed, LUCK).tolist() == alone
    assert (questioner.choose(states, np.zeros_like(allowed), LUCK) == -1).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"funnel_weight": -0.1}, "funnel_weight"), ({"funnel_weight": 1.1}, "funnel_weight"),
     ({"funnel_weight": float("nan")}, "funnel_weight"), ({"questions": 0}, "0 questions"), ({"error": 1.0}, "error"),
     ({"aim": "bets"}, "Did you mean 'best'"), ({"top": 0}, "0 items")],
)  # fmt: skip
def test_wrong_settings_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        CatalogQuestioner(plain([[0], [1]]), **settings)  # type: ignore[arg-type]
