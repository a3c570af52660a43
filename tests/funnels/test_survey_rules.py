"""Rules of surveys in what we design: filters before details, and sensitive questions last, on every path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_kitchen import kitchen, kitchen_file
from small_shops import random_shop

from elicit.funnels import CatalogQuestioner, Question, Stock, Tree, design_tree, mapping_text, open_catalog
from elicit.funnels.asking import broader
from elicit.funnels.exports import funnel_of, walks
from elicit.web import ItemAsking


def orders(tree: Tree, name: str) -> Iterator[tuple[str, ...]]:
    """Yield what is asked on each path from a node on, in order."""
    node = tree.by_id[name]
    if not isinstance(node, Question):
        yield ()
        return
    for to in dict.fromkeys(branch.to for branch in node.branches):
        yield from ((node.facet, *rest) for rest in orders(tree, to))


@settings(max_examples=20)
@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from(["item", "best"]))
def test_on_every_path_a_filter_comes_before_its_detail_and_the_sensitive_last(
    seed: int, weight: float, aim: str
) -> None:
    stock = random_shop(seed)
    above = broader(stock.domain)
    tree = design_tree(stock, questions=5, nodes=300, funnel_weight=weight, aim=aim)  # type: ignore[arg-type]
    for order in set(orders(tree, tree.first)):
        columns = [stock.domain.columns[facet] for facet in order]
        for place, column in enumerate(columns):
            later = columns[place + 1 :]
            assert not above[column, later].any()
            if stock.domain.sensitive[column]:
                # What refines something sensitive cannot come before it.
                assert all(above[other][stock.domain.sensitive].any() for other in later)


@pytest.fixture
def strict(tmp_path: Path) -> Stock:
    """Return the kitchen shop as somebody edited its mapping: the price is sensitive, and the material has a filter."""
    mapping = tmp_path / "mapping.toml"
    text = mapping_text(kitchen(tmp_path).mapping)
    for column, line in (("price", "sensitive = true"), ("type", 'parents = ["material"]')):
        assert text.count(f'column = "{column}"\n') == 1
        text = text.replace(f'column = "{column}"\n', f'column = "{column}"\n{line}\n')
    mapping.write_text(text, encoding="utf-8")
    return open_catalog(kitchen_file(tmp_path), mapping).stock


def test_an_edited_mapping_decides_what_comes_first_and_last(strict: Stock, tmp_path: Path) -> None:
    free = open_catalog(kitchen_file(tmp_path)).stock
    assert {order[0] for order in _asked(free)} == {"type"}
    orders = _asked(strict)
    assert ("material", "type", "price") in orders
    assert all(order == ("material", "type", "price")[: len(order)] for order in orders)
    assert ItemAsking(CatalogQuestioner(strict)).view(()).heading == "Which material would you like?"


def _asked(stock: Stock) -> set[tuple[str, ...]]:
    """Return what is asked on the ways through the exported question set."""
    funnel = funnel_of(design_tree(stock), stock)
    facets = {question.id: question.facet for question in funnel.questions}
    return {tuple(facets[node] for node, _ in walk.answers) for walk in walks(funnel)}
