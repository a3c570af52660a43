"""Trees that were spoilt by hand, each in one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from small_shops import facet, shop

from elicit.funnels import Branch, End, Question, Stock, Stop, Tree, design_tree, problems_of
from elicit.funnels.arriving import arrivals
from elicit.funnels.tree import answers_to

Spoil = Callable[[dict[str, Any]], None]


def stock() -> Stock:
    facets = [facet(0, 2), facet(1, 2, depth=1, parents=[0]), facet(2, 2, sensitive=True)]
    return shop(facets, [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 0, 1], [1, 1, 1]])


def spoilt(spoil: Spoil) -> tuple[str, ...]:
    """The problems of a good tree after one change; node n1 asks f0, n2 and n3 ask f1."""
    record = design_tree(stock(), questions=3).model_dump(mode="json")
    nodes = {node["id"]: node for node in record["nodes"]}
    spoil(nodes)
    record["nodes"] = list(nodes.values())
    return problems_of(Tree.model_validate(record), stock())


def ends(nodes: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in nodes.values() if node["kind"] == "end"]


def say_nothing(nodes: dict[str, Any]) -> None:
    ends(nodes)[0]["why"] = " "


def show_nothing(nodes: dict[str, Any]) -> None:
    ends(nodes)[0]["items"] = []


def show_a_stranger(nodes: dict[str, Any]) -> None:
    ends(nodes)[0]["items"] = ["ghost"]


def show_what_does_not_fit(nodes: dict[str, Any]) -> None:
    one = next(end for end in ends(nodes) if end["items"] == ["i0"])
    one["items"] = ["i5"]


def drop_for_nothing(nodes: dict[str, Any]) -> None:
    ends(nodes)[0]["dropped"] = ["f0"]


def give_up_nothing(nodes: dict[str, Any]) -> None:
    ends(nodes)[0]["reason"] = "no item fits"


def drop_a_stranger(nodes: dict[str, Any]) -> None:
    ends(nodes)[0] |= {"reason": "no item fits", "dropped": ["ghost"]}


def ask_a_stranger(nodes: dict[str, Any]) -> None:
    nodes["n1"]["facet"] = "ghost"


def name_an_option_twice(nodes: dict[str, Any]) -> None:
    nodes["n1"]["branches"].append(nodes["n1"]["branches"][0])


def name_a_strange_option(nodes: dict[str, Any]) -> None:
    nodes["n1"]["branches"].append({"option": "o9", "to": "n2"})


def forget_no_preference(nodes: dict[str, Any]) -> None:
    nodes["n1"]["branches"].pop()


def swap_options(nodes: dict[str, Any]) -> None:
    nodes["n1"]["branches"].reverse()


def lead_nowhere(nodes: dict[str, Any]) -> None:
    nodes["n1"]["branches"][0]["to"] = "ghost"


def lose_a_node(nodes: dict[str, Any]) -> None:
    nodes["x"] = ends(nodes)[0] | {"id": "x"}


def take_an_id_twice(nodes: dict[str, Any]) -> None:
    nodes["x"] = ends(nodes)[0]


def go_in_a_circle(nodes: dict[str, Any]) -> None:
    nodes["n2"]["branches"][0]["to"] = "n3"
    nodes["n3"]["branches"][0]["to"] = "n2"


def ask_twice(nodes: dict[str, Any]) -> None:
    nodes["n2"]["facet"] = "f0"


def ask_detail_first(nodes: dict[str, Any]) -> None:
    nodes["n1"]["facet"], nodes["n2"]["facet"], nodes["n3"]["facet"] = "f1", "f0", "f0"


def ask_sensitive_first(nodes: dict[str, Any]) -> None:
    nodes["n1"]["facet"] = "f2"


def count_wrongly(nodes: dict[str, Any]) -> None:
    nodes["n2"]["items_left"] = 77


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (say_nothing, "does not say why"),
        (show_nothing, "shows no item"),
        (show_a_stranger, "shows the unknown item 'ghost'"),
        (show_what_does_not_fit, "shows 'i5', which does not fit"),
        (drop_for_nothing, "drops answers although something fits"),
        (give_up_nothing, "does not say which answers to give up"),
        (drop_a_stranger, "drops the unknown facet 'ghost'"),
        (ask_a_stranger, "asks for the unknown facet 'ghost'"),
        (name_an_option_twice, "node 'n1' has the option 'o0' 2 times"),
        (name_a_strange_option, "node 'n1' has the unknown option 'o9'"),
        (forget_no_preference, "node 'n1' leads nowhere after 'no_preference'"),
        (swap_options, "node 'n1' has its options in another order than facet 'f0'"),
        (lead_nowhere, "node 'n1' leads to the unknown node 'ghost'"),
        (lose_a_node, "node 'x' cannot be reached"),
        (take_an_id_twice, "occurs 2 times"),
        (go_in_a_circle, "questions hide each other, their nodes lead in a circle: n"),
        (ask_twice, "facet 'f0' is asked twice on a path, first at node 'n1'"),
        (ask_detail_first, "facet 'f1' is asked at node 'n1' before the broader 'f0'"),
        (ask_sensitive_first, "the sensitive facet 'f2' is asked at node 'n1' before 'f1'"),
        (count_wrongly, "node 'n2' says that 77 items are left; it is 3"),
    ],
)
def test_each_way_to_spoil_a_tree_is_found(spoil: Spoil, problem: str) -> None:
    problems = spoilt(spoil)
    assert any(problem in found for found in problems), problems


def test_a_good_tree_has_none() -> None:
    assert spoilt(lambda nodes: None) == ()


def test_a_start_that_is_not_there_and_another_domain() -> None:
    tree = design_tree(stock(), questions=3)
    assert "the tree starts at the unknown node 'ghost'" in problems_of(
        tree.model_copy(update={"first": "ghost"}), stock()
    )
    problems = problems_of(tree.model_copy(update={"domain_hash": "0"}), stock())
    assert problems == ("the tree is for another state of domain 'shop'",)


def test_a_path_with_more_questions_than_allowed() -> None:
    tree = design_tree(stock(), questions=3).model_copy(update={"questions": 2})
    assert "a path has 3 questions; allowed are 2" in problems_of(tree, stock())


SHELVES = shop([facet(0, 3), facet(1, 2)], [[0, 0], [0, 1], [1, 0], [1, 0], [2, 1]], nones=["f1"])
"""Two items with option 0 of f0, two with 1, one with 2; the last option of f1 is that of the second and the last."""


def asking(id: str, column: int, left: int, *ways: str) -> Question:
    """A question that leads to nodes, the way of its last answer to the last of them."""
    options = answers_to(SHELVES.domain.facets[column], SHELVES.nones)
    branches = tuple(Branch(option=option, to=to) for option, to in zip(options, ways, strict=True))
    return Question(id=id, facet=f"f{column}", items_left=left, gain=1, why="w", branches=branches)


def end(id: str, *items: str, left: int = 1, dropped: tuple[str, ...] = ()) -> End:
    reason = Stop.NOTHING_FITS if dropped else Stop.BUDGET
    return End(id=id, reason=reason, items_left=left, why="w", items=items, dropped=dropped)


def by_hand(*nodes: Question | End) -> Tree:
    return Tree(domain="shop", domain_hash=SHELVES.domain.hash, items=5, questions=2, first=nodes[0].id, nodes=nodes)


def faults(*nodes: Question | End) -> tuple[str, ...]:
    return problems_of(by_hand(*nodes), SHELVES)


EMPTY = end("empty", "i0", left=0, dropped=("f1",))
FIRST, SECOND, LAST = end("first", "i0"), end("second", "i1"), end("last", "i4")
BOTH, OTHERS, ALL = end("both", "i0", "i1", left=2), end("others", "i2", "i3", left=2), end("all", "i0", left=5)


def test_a_tree_by_hand_in_which_all_is_right() -> None:
    tree = (
        asking("a", 0, 5, "b", "others", "last", "all"),
        asking("b", 1, 2, "first", "second", "empty", "both"),
        *(EMPTY, FIRST, SECOND, LAST, BOTH, OTHERS, ALL),
    )
    assert faults(*tree) == ()


def test_a_count_that_is_wrong_on_the_second_way_only() -> None:
    # After option 0 and after option 1 of f0 two items are left, so the question is right on both ways.
    problems = faults(
        asking("a", 0, 5, "b", "b", "last", "all"),
        asking("b", 1, 2, "first", "second", "empty", "both"),
        *(EMPTY, FIRST, SECOND, LAST, BOTH, ALL),
    )
    assert set(problems) == {
        "node 'first' says that 1 items are left; it is 2 after f0 = o1 and f1 = o0",
        "node 'second' says that 1 items are left; it is 0 after f0 = o1 and f1 = o1",
        "end 'empty' shows 'i0', which does not fit after f0 = o1 and f1 = none_of_these",
        "end 'both' shows 'i0', which does not fit after f0 = o1 and f1 = no_preference",
        "end 'both' shows 'i1', which does not fit after f0 = o1 and f1 = no_preference",
    }


def test_an_item_that_does_not_fit_on_the_longer_way_only() -> None:
    problems = faults(
        asking("a", 0, 5, "b", "others", "last", "all"),
        asking("b", 1, 2, "first", "last", "empty", "both"),
        *(EMPTY, FIRST, LAST, BOTH, OTHERS, ALL),
    )
    assert problems == ("end 'last' shows 'i4', which does not fit after f0 = o0 and f1 = o1",)


def test_an_answer_to_give_up_that_is_not_given_on_the_second_way() -> None:
    problems = faults(
        asking("a", 0, 5, "b", "others", "last", "c"),
        asking("b", 1, 2, "first", "second", "empty", "both"),
        asking("c", 1, 5, "c0", "c1", "empty", "all"),
        end("empty", "i0", left=0, dropped=("f0", "f1")),
        end("c0", "i0", left=3),
        end("c1", "i1", left=2),
        *(FIRST, SECOND, LAST, BOTH, OTHERS, ALL),
    )
    assert problems == (
        "end 'empty' drops the answer on 'f0', but there is none after f0 = no_preference and f1 = none_of_these",
    )


def test_ways_that_rule_out_the_same_are_one() -> None:
    # Nobody sells options 2 and 3.
    stock = shop([facet(0, 4), facet(1, 2)], [[0, 0], [0, 1], [1, 0], [1, 1]])
    tree = design_tree(stock)
    nodes = sorted(tree.nodes, key=lambda node: node.kind == "end")
    first = next(node for node in nodes if isinstance(node, Question) and node.facet == "f0")
    ways = [state.tolist() for node, state in arrivals(tree, stock, nodes) if node.id == first.branches[3].to]
    assert ways == [[2, -1]]


def test_of_too_many_ways_each_node_is_on_one_that_is_followed() -> None:
    nodes = (
        asking("a", 0, 5, "b", "b", "last", "all"),
        asking("b", 1, 2, "first", "second", "empty", "both"),
        *(EMPTY, FIRST, SECOND, LAST, BOTH, ALL),
    )
    ways = Counter(node.id for node, _ in arrivals(by_hand(*nodes), SHELVES, nodes))
    assert ways == {"a": 1, "b": 2, "first": 2, "second": 2, "empty": 2, "both": 2, "last": 1, "all": 1}
    few = [node.id for node, _ in arrivals(by_hand(*nodes), SHELVES, nodes, most=1)]
    assert few == [node.id for node in nodes]
