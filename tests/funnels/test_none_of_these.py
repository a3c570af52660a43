"""None of these: what fits it, what it does not change, and how people take it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_kitchen import kitchen, kitchen_file
from small_shops import answers, facet, plain, random_shop, shop

from elicit.basis import InputError
from elicit.domains import YES_NO, Facet, Option
from elicit.funnels import (
    NONE_OF_THESE,
    CatalogQuestioner,
    Question,
    Stop,
    Tree,
    design_tree,
    labels_of,
    mapping_text,
    open_catalog,
    problems_of,
    smallest_relaxation,
    stock_of,
)

NONE = "None of these"


def test_what_the_catalog_does_not_say_of_fits_none_of_these() -> None:
    stock = shop([facet(0, 3), facet(1, 2)], [[0, 0], [1, 0], [-2, 0], [-1, 1]], nones=["f0"])
    state = answers(stock, {0: 3})
    assert stock.left(state).tolist() == [2, 3]
    step = CatalogQuestioner(stock).step(state)
    assert (step.facet, step.left.tolist(), step.weights.tolist()) == (1, [2, 3], [0.5, 0.5])


def test_where_every_item_has_an_option_nothing_fits_and_the_answer_is_given_up() -> None:
    stock = shop([facet(0, 3), facet(1, 2)], [[0, 0], [1, 0], [2, 1]], nones=["f0"])
    state = answers(stock, {1: 0, 0: 3})
    assert CatalogQuestioner(stock).step(state).stop is Stop.NOTHING_FITS
    relaxed = smallest_relaxation(stock, state)
    assert (relaxed.dropped, relaxed.left.tolist()) == ((0,), [0, 1])


def test_with_errors_none_of_these_makes_items_that_have_an_option_less_likely() -> None:
    # Before: 1/3 each. One tenth of the answers are wrong, so the first two weigh a tenth of the third.
    stock = shop([facet(0, 2), facet(1, 2)], [[0, 0], [1, 1], [-2, 1]], nones=["f0"])
    step = CatalogQuestioner(stock, error=0.1).step(answers(stock, {0: 2}))
    assert step.facet == 1
    assert step.left.tolist() == [2]
    assert step.weights == pytest.approx([1 / 1.2])
    # Who wants none of all that there is has told nothing, and is asked on.
    full = shop([facet(0, 2), facet(1, 2)], [[0, 0], [1, 1]], nones=["f0"])
    step = CatalogQuestioner(full, error=0.1).step(answers(full, {0: 2}))
    assert (step.facet, step.gain) == (1, pytest.approx(1 - 0.469, abs=1e-3))


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.05]), st.sampled_from(["item", "best"]))
def test_that_there_is_none_of_these_changes_no_question(seed: int, error: float, aim: str) -> None:
    stock = random_shop(seed)
    without = replace(stock, nones=frozenset())
    random = np.random.default_rng(seed)
    told = np.where(random.random(8) < 0.3, random.integers(stock.domain.option_counts), -1).astype(np.int8)
    one, other = (CatalogQuestioner(s, aim, error=error).step(told) for s in (stock, without))  # type: ignore[arg-type]
    assert (one.facet, one.gain, one.stop, one.left.tolist()) == (
        other.facet,
        other.gain,
        other.stop,
        other.left.tolist(),
    )
    np.testing.assert_array_equal(one.chances, other.chances)


def _same(tree: Tree, one: str, other_tree: Tree, other: str) -> bool:
    """Tell whether two trees go on alike from two nodes, but for none of these."""
    here, there = tree.by_id[one], other_tree.by_id[other]
    if not isinstance(here, Question) or not isinstance(there, Question):
        return here.model_copy(update={"id": ""}) == there.model_copy(update={"id": ""})
    branches = [branch for branch in here.branches if branch.option != NONE_OF_THESE]
    return here.facet == there.facet and all(
        a.option == b.option and _same(tree, a.to, other_tree, b.to)
        for a, b in zip(branches, there.branches, strict=True)
    )


@settings(max_examples=10)
@given(st.integers(0, 2**31))
def test_with_room_enough_the_tree_is_the_same_beside_its_new_branches(seed: int) -> None:
    stock = random_shop(seed)
    plainly = replace(stock, nones=frozenset())
    tree, without = (design_tree(s, questions=3, nodes=3000) for s in (stock, plainly))
    assert _same(tree, tree.first, without, without.first)
    asked = {node.facet for node in tree.nodes if isinstance(node, Question)}
    taking = {
        n.facet for n in tree.nodes if isinstance(n, Question) and NONE_OF_THESE in {b.option for b in n.branches}
    }
    assert taking == asked & stock.nones


def test_a_tree_keeps_to_its_nodes_where_several_ends_have_nothing_that_fits() -> None:
    # With 21 nodes there is room for one more end, but two answers that nothing fits have different things given up.
    facets = [facet(0, 3, depth=2), facet(1, 5), facet(2, 5)]
    codes = [[1, 2, 1], [0, 0, 0], [0, 0, 4], [1, 4, 2], [1, 4, 3], [1, 2, 2], [2, 1, 4], [2, 0, 1]]
    for nones in ([], ["f0", "f1", "f2"]):
        stock = shop(facets, codes, nones=nones)
        trees = {nodes: design_tree(stock, nodes=nodes) for nodes in (*range(1, 40), 1000)}
        assert all(len(tree.nodes) <= nodes and problems_of(tree, stock) == () for nodes, tree in trees.items())
        assert len(trees[21].nodes) > 15
        assert len(trees[1000].nodes) > 21


@pytest.mark.parametrize(
    ("of", "problem"),
    [
        (facet(0, 3, bins=True), "facet 'f0' is no choice"),
        (Facet(id="f0", label="x", options=YES_NO), "facet 'f0' is no choice"),
        (Facet(id="f0", label="x", options=(Option(id="other", label="o"),)), "has the option 'other'"),
        (Facet(id="f0", label="x", options=(Option(id=NONE_OF_THESE, label="n"),)), "has the option 'none_of_these'"),
        (facet(1, 3), "no facet 'f0'"),
    ],
)
def test_what_cannot_be_answered_so_is_refused(of: Facet, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        shop([of], [[0], [0]], nones=["f0"])


def test_the_rest_of_a_long_tail_is_called_so_unless_somebody_named_it() -> None:
    def tail(label: str) -> Facet:
        return Facet(id="f", label="f", options=(Option(id="a", label="A"), Option(id="other", label=label)))

    assert labels_of(tail("other"), (), NONE) == ("A", NONE)
    assert labels_of(tail("something else"), (), NONE) == ("A", "something else")
    assert labels_of(facet(0, 2), ("f0",), NONE) == ("option 0", "option 1", NONE)
    assert labels_of(facet(0, 2), (), NONE) == ("option 0", "option 1")


def test_a_mapping_names_the_choices_that_offer_all_there_is(tmp_path: Path) -> None:
    opened = kitchen(tmp_path)
    assert opened.mapping.none_of_these == ("type", "material")
    assert opened.stock.nones == {"type", "material"}
    assert 'none_of_these = [\n    "type",\n    "material",\n]' in mapping_text(opened.mapping)


@pytest.mark.parametrize(
    ("edit", "nones"),
    [
        (lambda text: text.replace('    "type",\n', "", 1), {"material"}),
        (lambda text: text.replace('none_of_these = [\n    "type",\n    "material",\n]\n', ""), set()),
        # Who takes a facet out need not look for its name elsewhere.
        (lambda text: text[: text.index('[[facets]]\ncolumn = "material"')], {"type"}),
    ],
)
def test_a_person_takes_it_out(tmp_path: Path, edit: Callable[[str], str], nones: set[str]) -> None:
    path, mapping = kitchen_file(tmp_path), tmp_path / "mapping.toml"
    mapping.write_text(edit(mapping_text(kitchen(tmp_path).mapping)), encoding="utf-8")
    assert open_catalog(path, mapping).stock.nones == nones


@pytest.mark.parametrize(
    ("name", "problem"),
    [("typ", "m, none_of_these: no facet 'typ'.*Did you mean 'type'"), ("price", "facet 'price' is no choice")],
)
def test_a_wrong_name_in_a_mapping_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    opened = kitchen(tmp_path)
    mapping = opened.mapping.model_copy(update={"none_of_these": (name,)})
    with pytest.raises(InputError, match=problem):
        stock_of(opened.catalog, mapping, "m")


def test_a_long_tail_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    makers = ["A"] * 10 + ["B"] * 10 + [f"rare{n}" for n in range(20)]
    path.write_text("name,maker\n" + "".join(f"thing {n},{m}\n" for n, m in enumerate(makers)), encoding="utf-8")
    opened = open_catalog(path)
    assert opened.mapping.none_of_these == ()
    # Also if the tail came later than the mapping.
    named = opened.mapping.model_copy(update={"none_of_these": ("maker",)})
    assert stock_of(opened.catalog, named, "m").nones == frozenset()


def test_a_value_that_is_called_so_is_no_second_one(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    rows = [f"thing {n},{('a', 'b', NONE_OF_THESE)[n % 3]},{'xyz'[n % 3]}" for n in range(6)]
    path.write_text("name,kind,shape\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert open_catalog(path).mapping.none_of_these == ("shape",)


def test_a_stock_says_of_every_facet_whether_it_takes_none_of_these() -> None:
    assert plain([[0, 1], [1, 0]]).takes_none.tolist() == [False, False]
    assert shop([facet(0, 2), facet(1, 2)], [[0, 0]], nones=["f1"]).takes_none.tolist() == [False, True]
