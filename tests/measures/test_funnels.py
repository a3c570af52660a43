from __future__ import annotations

from itertools import permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elicit.basis import InputError, Luck
from elicit.beliefs import ItemBelief
from elicit.domains import Code, Codes, Domain, Facet, Kind, Option, Target
from elicit.funnels import CatalogQuestioner, Stock, TreeQuestioner, design_tree, distinguishable_bits, learned_order
from elicit.measures import (
    Shoppers,
    Undecided,
    compare_recall,
    funnel_curve,
    narrow,
    optimum_tree_cost,
    recall_after,
    rivals,
)
from elicit.questioners import GainQuestioner, OrderedQuestioner, StoppingQuestioner


def catalog(codes: object, prior: object = None, depths: object = None) -> Stock:
    table = np.asarray(codes, dtype=np.int8)
    level = np.zeros(table.shape[1], dtype=int) if depths is None else np.asarray(depths)
    facets = tuple(
        Facet(
            id=f"f{n}",
            label=f"f{n}",
            depth=int(level[n]),
            options=tuple(Option(id=f"o{k}", label=f"o{k}") for k in range(max(2, int(column.max()) + 1))),
        )
        for n, column in enumerate(table.T)
    )
    items = tuple(Target(id=f"i{row}", label=f"i{row}") for row in range(len(table)))
    weights = None if prior is None else np.asarray(prior, dtype=np.float32)
    return Stock(Domain(name="shop", title="Shop", facets=facets, targets=items), table, weights)


def binary(seed: int, items: int, facets: int, density: float = 0.5) -> Codes:
    return (np.random.default_rng(seed).random((items, facets)) < density).astype(np.int8)


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_items_are_found_in_hardly_more_questions_than_any_questioner_can(seed: int) -> None:
    stock = catalog(np.random.default_rng(seed).integers(2, size=(100, 40)))
    reached = narrow(CatalogQuestioner(stock), stock)
    assert reached.found.all()
    assert (reached.left == 1).all()
    assert log2(100) < reached.expected <= 1.02 * log2(100)
    assert reached.worst == 7


def test_a_tree_over_uneven_facets_does_what_one_step_of_gain_does() -> None:
    values = binary(0, 100, 40, density=0.2)
    stock = catalog(values)
    belief = ItemBelief(values, stock.domain.option_counts, error=0)
    greedy = narrow(StoppingQuestioner(GainQuestioner(belief.information)), stock, 6)
    tree = narrow(TreeQuestioner(design_tree(stock, questions=6), stock.domain), stock, 6)
    assert tree.expected == pytest.approx(greedy.expected, rel=0.02)
    assert tree.expected_bits == pytest.approx(greedy.expected_bits, rel=0.02)
    # What a tree of fewer nodes tells is within an eighth of it.
    small = narrow(TreeQuestioner(design_tree(stock, questions=6, nodes=200), stock.domain), stock, 6)
    assert log2(100) - small.expected_bits > 7 / 8 * (log2(100) - greedy.expected_bits)


def test_two_questions_of_three_items_by_hand() -> None:
    stock = catalog([[0, 0], [0, 1], [1, 1]], prior=[0.5, 0.25, 0.25])
    # Facet 0 first leaves the first two together, facet 1 first the last two, which are wanted less.
    reached = narrow(CatalogQuestioner(stock), stock)
    assert reached.needed.tolist() == [1, 2, 2]
    assert (reached.expected, reached.worst, reached.expected_left) == (1.5, 2, 1.0)
    cut = narrow(CatalogQuestioner(stock), stock, questions=1)
    assert cut.found.tolist() == [True, False, False]
    assert cut.expected_left == 1.5
    assert cut.expected_bits == 0.5
    assert optimum_tree_cost(stock) == 1.5


def test_equal_items_cannot_be_told_apart_and_need_not_be() -> None:
    stock = catalog([[0], [0], [0], [1]])
    assert distinguishable_bits(stock) == pytest.approx(-0.75 * log2(0.75) - 0.25 * log2(0.25))
    reached = narrow(CatalogQuestioner(stock), stock)
    assert reached.found.all()
    assert (reached.expected, reached.expected_left) == (1.0, 0.75 * 3 + 0.25)
    assert optimum_tree_cost(stock) == 1.0
    nothing = catalog([[1, 0]] * 7)
    assert (narrow(CatalogQuestioner(nothing), nothing).expected, optimum_tree_cost(nothing)) == (0, 0)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**31), items=st.integers(1, 9), facets=st.integers(1, 5), prior=st.booleans())
def test_no_questioner_beats_the_optimum(seed: int, items: int, facets: int, prior: bool) -> None:
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.ones(items)) if prior else None
    stock = catalog(random.integers(3, size=(items, facets)), weights)
    optimum = optimum_tree_cost(stock)
    assert optimum >= distinguishable_bits(stock) / log2(3) - 1e-5
    # Random questions may be lucky, since each shopper meets others.
    for questioner in (CatalogQuestioner(stock), rivals(stock)["fixed"], rivals(stock)["frequency-skip"]):
        assert narrow(questioner, stock).expected >= optimum - 1e-5


@settings(max_examples=25)
@given(seed=st.integers(0, 2**31), items=st.integers(1, 16), facets=st.integers(1, 8), prior=st.booleans())
def test_small_catalogs_are_asked_about_with_the_fewest_questions(
    seed: int, items: int, facets: int, prior: bool
) -> None:
    random = np.random.default_rng(seed)
    stock = catalog(random.integers(3, size=(items, facets)), random.dirichlet(np.ones(items)) if prior else None)
    assert narrow(CatalogQuestioner(stock), stock).expected == pytest.approx(optimum_tree_cost(stock), abs=1e-4)


def test_one_step_of_gain_can_be_well_behind_the_fewest_questions() -> None:
    random = np.random.default_rng(35)
    stock = catalog(random.integers(3, size=(7, 5)), random.dirichlet(np.ones(7)))
    one_step = StoppingQuestioner(GainQuestioner(stock.belief().information))
    assert narrow(one_step, stock).expected / optimum_tree_cost(stock) == pytest.approx(1.187, abs=1e-3)
    assert narrow(CatalogQuestioner(stock), stock).expected == pytest.approx(optimum_tree_cost(stock), abs=1e-5)


@pytest.mark.parametrize(
    ("stock", "words"),
    [(catalog(binary(0, 17, 6)), "17 items are too many"), (catalog([[0], [-1]]), "fits several answers")],
)
def test_no_optimum_is_claimed_where_not_every_tree_is_tried(stock: Stock, words: str) -> None:
    with pytest.raises(InputError, match=words):
        optimum_tree_cost(stock)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**31))
def test_with_few_facets_no_order_is_better_than_the_learned_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    stock = catalog(random.integers(3, size=(12, 4)), random.dirichlet(np.ones(12)))
    learned = narrow(OrderedQuestioner(learned_order(stock)), stock)
    costs = [narrow(OrderedQuestioner(np.array(order)), stock).expected for order in permutations(range(4))]
    assert learned.expected == pytest.approx(min(costs), abs=1e-5)
    assert learned.found.all()


def test_a_learned_order_of_many_facets_leaves_out_what_adds_nothing() -> None:
    # Two facets tell four items apart; the others repeat them or are constant.
    first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    stock = catalog(np.stack([np.zeros(4), first, first, second, first, second, np.zeros(4), second], axis=1))
    assert learned_order(stock).tolist() == [1, 3]


def test_those_who_listen_need_fewer_questions() -> None:
    stock = catalog(binary(1, 60, 12, density=0.3))
    expected = {name: narrow(asks, stock).expected for name, asks in rivals(stock).items()}
    assert set(expected) == {"fixed", "frequency-skip", "random"}
    assert narrow(CatalogQuestioner(stock), stock).expected < min(expected.values())
    assert expected["fixed"] < expected["random"]


def test_a_stricter_funnel_is_more_of_a_funnel_and_tells_less() -> None:
    random = np.random.default_rng(0)
    depths = np.repeat([0, 1, 2], 4)
    # The more specific a facet, the more evenly it splits.
    codes = random.random((80, 12)) < np.array([0.1, 0.3, 0.5])[depths]
    loose, middle, strict = funnel_curve(catalog(codes, depths=depths), [0.0, 0.3, 1.0], questions=6)
    assert loose.tau < middle.tau < strict.tau
    assert strict.tau > 0
    assert loose.told > middle.told > strict.told
    assert loose.left < strict.left
    assert loose.needed < strict.needed


def test_shoppers_of_a_large_catalog_are_spread_over_the_wanting() -> None:
    prior = np.array([0.5, 0.0, 0.25, 0.25])
    assert Shoppers.of(catalog([[0], [1], [0], [1]], prior)).rows.tolist() == [0, 2, 3]
    few = Shoppers.of(catalog([[0], [1], [0], [1]], [0.6, 0.0, 0.2, 0.2]), most=2)
    assert (few.rows.tolist(), few.weights.tolist()) == ([0, 2], [0.5, 0.5])


def test_undecided_shoppers_have_no_preference_a_fifth_of_the_time_and_err_in_a_twentieth_of_their_answers() -> None:
    luck = Luck.of(0, [f"shopper {n}" for n in range(20_000)])
    truth = np.ones((20_000, 1), dtype=np.int8)
    said = Undecided().answer(truth, np.zeros(20_000, dtype=np.intp), np.array([2]), luck)
    assert set(said.tolist()) == {int(Code.NO_PREFERENCE), 0, 1}
    assert (said == Code.NO_PREFERENCE).mean() == pytest.approx(0.2, abs=0.01)
    assert (said == 0).mean() == pytest.approx(0.04, abs=0.005)


def test_recall_before_any_question_is_a_matter_of_chance() -> None:
    stock = catalog(binary(0, 30, 8))
    recall = recall_after(rivals(stock)["random"], stock, questions=4)
    assert recall.shape == (30, 3, 5)
    np.testing.assert_allclose(recall[:, :, 0], 3 / 30)
    assert recall[:, :, 4].mean() > 0.3


def test_items_that_are_equally_likely_share_their_places() -> None:
    stock = catalog([[0]] * 6 + [[1]])
    recall = recall_after(OrderedQuestioner(np.array([0])), stock, questions=1, draws=50, top=2)
    # Of six alike each is among the first two a third of the time if its answer was right.
    assert recall[:6, :, 1].max() == pytest.approx(1 / 3)


def test_recall_is_compared_over_the_same_shoppers() -> None:
    stock = catalog(binary(2, 40, 10, density=0.3))
    asks = {"adaptive": CatalogQuestioner(stock, error=0.05), **rivals(stock)}
    found = compare_recall(stock, asks, "random", questions=6, draws=4)
    assert found["random"].ahead is None
    ahead = found["adaptive"].ahead
    assert ahead is not None
    assert ahead.low[6] > 0
    assert ahead.mean[0] == 0
    with pytest.raises(InputError, match="no questioner 'rnadom'"):
        compare_recall(stock, asks, "rnadom")


def test_numbers_ask_for_the_ceiling_that_just_fits() -> None:
    price = Facet(
        id="price",
        label="price",
        kind=Kind.NUMBER,
        options=tuple(Option(id=f"o{k}", label=f"o{k}") for k in range(3)),
        cuts=(1.0, 2.0),
    )
    items = tuple(Target(id=f"i{row}", label=f"i{row}") for row in range(3))
    domain = Domain(name="shop", title="Shop", facets=(price,), targets=items)
    stock = Stock(domain, np.array([[0], [1], [2]], dtype=np.int8), ceilings=frozenset(["price"]))
    reached = narrow(CatalogQuestioner(stock), stock)
    assert reached.left.tolist() == [1, 2, 3]
    assert reached.found.tolist() == [True, False, False]
