from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_shops import facet, plain, random_shop, shop

from elicit.basis import InputError
from elicit.domains import Codes
from elicit.funnels import CatalogQuestioner, End, Question, Stock, Stop, Tree, TreeQuestioner, design_tree, problems_of

LAPTOPS = plain([[i % 3, i // 3 % 2, int(i > 7)] for i in range(10)])


def paths(tree: Tree, stock: Stock) -> Iterator[tuple[Question | End, Codes]]:
    """Every way through a tree, also those that meet again."""
    waiting = [(tree.first, np.full(len(stock.domain.facets), -1, dtype=np.int8))]
    while waiting:
        name, state = waiting.pop()
        node = tree.by_id[name]
        yield node, state
        if isinstance(node, Question):
            for code, branch in enumerate(node.branches):
                after = state.copy()
                after[stock.domain.columns[node.facet]] = -3 if branch.option == "no_preference" else code
                waiting.append((branch.to, after))


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**31),
    questions=st.integers(1, 5),
    nodes=st.integers(1, 80),
    weight=st.sampled_from([0.0, 0.5, 1.0]),
    aim=st.sampled_from(["item", "best"]),
)
def test_every_tree_is_without_problems(seed: int, questions: int, nodes: int, weight: float, aim: str) -> None:
    stock = random_shop(seed)
    tree = design_tree(stock, questions=questions, nodes=nodes, funnel_weight=weight, aim=aim)  # type: ignore[arg-type]
    assert problems_of(tree, stock) == ()
    assert len(tree.nodes) <= nodes


@settings(max_examples=10)
@given(seed=st.integers(0, 2**31))
def test_on_every_path_the_node_is_what_the_questioner_does_there(seed: int) -> None:
    stock = random_shop(seed)
    tree = design_tree(stock, questions=4, nodes=2000)
    questioner = CatalogQuestioner(stock, questions=4)
    for node, state in paths(tree, stock):
        step = questioner.step(state)
        assert node.items_left == len(step.left)
        if isinstance(node, Question):
            assert stock.domain.columns[node.facet] == step.facet
            assert node.gain == pytest.approx(step.gain, abs=1e-3)
        else:
            assert node.reason is step.stop


def test_a_tree_is_the_same_whenever_it_is_grown_and_survives_json() -> None:
    stock = random_shop(1)
    tree = design_tree(stock)
    assert design_tree(random_shop(1)) == tree
    assert Tree.model_validate_json(tree.model_dump_json()) == tree


def test_the_sentences_are_counted() -> None:
    tree = design_tree(LAPTOPS, questions=3)
    first = tree.by_id[tree.first]
    assert isinstance(first, Question)
    assert (first.facet, first.items_left) == ("f0", 10)
    assert first.why == "splits the 10 items into 3 groups of at most 4"
    assert [branch.option for branch in first.branches] == ["o0", "o1", "o2", "no_preference"]
    ends = {(node.reason, node.why) for node in tree.nodes if isinstance(node, End)}
    assert {(Stop.ONE_LEFT, "one item is left"), (Stop.ALIKE, "no further question tells the 2 items apart")} <= ends


def test_gaps_and_ceilings_have_sentences_of_their_own() -> None:
    price = facet(0, 3, bins=True)
    stock = shop([price], [[0], [1], [2], [2]], ceilings=["f0"])
    assert design_tree(stock, questions=1).nodes[0].why == "an answer keeps between 1 and 4 of the 4 items"
    gaps = plain([[0], [1], [1], [-1]])
    why = design_tree(gaps, questions=1).nodes[0].why
    assert why == "splits 3 of the 4 items into 2 groups of at most 2; of the others the catalog does not say"


def test_an_answer_that_nothing_fits_says_what_to_give_up() -> None:
    stock = shop([facet(0, 3), facet(1, 2, depth=1)], [[0, 0], [0, 1], [1, 0], [1, 0]])
    tree = design_tree(stock, questions=2)
    nothing = [node for node in tree.nodes if isinstance(node, End) and node.reason is Stop.NOTHING_FITS]
    first = tree.by_id[tree.first]
    assert isinstance(first, Question)
    assert tree.by_id[first.branches[2].to] in nothing
    assert nothing[0].dropped == ("f0",)
    assert nothing[0].items == ("i0", "i1", "i2", "i3")
    assert nothing[0].why == "no item fits all answers; without the answer on facet 0 4 items do"


@settings(max_examples=20)
@given(codes=st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=5, max_size=10))
@example(codes=[(0, 0, 1), (1, 0, 2), (1, 2, 0), (1, 1, 0), (2, 1, 0)])
def test_what_to_give_up_is_right_on_every_path(codes: list[tuple[int, ...]]) -> None:
    # Of two budgets that leave the same items, one may allow more of those that fit without another answer.
    facets = [facet(0, 3, bins=True), facet(1, 3, depth=1), facet(2, 3, depth=1)]
    stock = shop(facets, codes, ceilings=["f0"])
    tree = design_tree(stock, nodes=1000, funnel_weight=1.0)
    assert problems_of(tree, stock) == ()
    for node, state in paths(tree, stock):
        if isinstance(node, End) and node.reason is Stop.NOTHING_FITS:
            state[[stock.domain.columns[facet] for facet in node.dropped]] = -3
            assert {stock.domain.targets[row].id for row in stock.left(state)} == set(node.items)


def test_options_after_which_all_is_the_same_lead_to_one_node() -> None:
    # Nobody sells options 2 and 3, so both lead to what is left without an answer.
    stock = shop([facet(0, 4), facet(1, 2)], [[0, 0], [0, 1], [1, 0], [1, 1]])
    tree = design_tree(stock)
    shared = [node for node in tree.nodes if isinstance(node, Question) and node.facet == "f0"]
    assert all(node.branches[2].to == node.branches[3].to for node in shared)


def test_ends_show_the_likeliest_items_first_and_not_too_many() -> None:
    prior = np.arange(1, 31) / np.arange(1, 31).sum()
    tree = design_tree(plain([[0]] * 30, prior))
    (end,) = tree.nodes
    assert isinstance(end, End)
    assert (end.reason, end.items_left) == (Stop.ALIKE, 30)
    assert end.items == tuple(f"i{29 - k}" for k in range(10))


def test_a_small_tree_grows_where_most_shoppers_come() -> None:
    # Three quarters want one of the items with option 0, which facet 1 tells apart.
    prior = [0.25, 0.25, 0.25, 0.125, 0.125]
    stock = plain([[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 0, 1]], prior)
    tree = design_tree(stock, nodes=8)
    first = tree.by_id[tree.first]
    assert isinstance(first, Question)
    kinds = [tree.by_id[branch.to].kind for branch in first.branches]
    assert kinds.count("question") == 1
    assert any(node.reason is Stop.NO_ROOM for node in tree.nodes if isinstance(node, End))


def test_one_item_needs_no_question() -> None:
    (end,) = design_tree(plain([[0, 1]])).nodes
    assert isinstance(end, End)
    assert (end.reason, end.items) == (Stop.ONE_LEFT, ("i0",))


def test_a_tree_asks_as_its_nodes_say() -> None:
    tree = design_tree(LAPTOPS, questions=2)
    questioner = TreeQuestioner(tree, LAPTOPS.domain)
    states = np.array([[-1, -1, -1], [1, -1, -1], [-2, -1, -1], [-3, -1, -1]], dtype=np.int8)
    chosen = questioner.choose(states, states == -1, None)  # type: ignore[arg-type]
    exact = CatalogQuestioner(LAPTOPS, questions=2)
    assert chosen.tolist() == [exact.step(state).facet for state in states]
    assert (questioner.choose(states, np.zeros(states.shape, dtype=np.bool_), None) == -1).all()  # type: ignore[arg-type]


@pytest.mark.parametrize("settings", [{"questions": 0}, {"nodes": 0}, {"funnel_weight": 2.0}, {"aim": "x"}, {"top": 0}])
def test_wrong_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        design_tree(LAPTOPS, **settings)  # type: ignore[arg-type]
