from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_lamps import codes_of, hostile_funnel, lamps, lamps_funnel, lamps_tree

from elicit.basis import InputError, UnavailableError
from elicit.domains import Domain, Facet, Option, Target
from elicit.funnels.exports import FORMATS, Funnel, export, funnel_json, funnel_of, read_funnel, walks, write_funnel
from elicit.funnels.growing import design_tree
from elicit.funnels.stock import Stock
from elicit.funnels.tree import Question, Tree, TreeQuestioner

FILES = {"funnel.json", "survey.json", "survey-cases.json", "funnel.xlsx", "funnel.html", "funnel.md"}


@pytest.mark.parametrize("make", [lamps_funnel, hostile_funnel])
def test_json_reads_back_the_same(make):
    assert read_funnel(funnel_json(make())) == make()


def test_only_what_is_asked_and_shown_is_kept():
    domain = lamps().domain
    first = lamps_tree().model_copy(update={"nodes": tuple(n for n in lamps_tree().nodes if n.kind == "end")[:1]})
    end = first.nodes[0].model_copy(update={"reason": "one item left", "dropped": ()})
    funnel = Funnel(
        title="t",
        facets=(),
        items=tuple(t for t in domain.targets if t.id in end.items),
        tree=first.model_copy(update={"nodes": (end,), "first": end.id}),
    )
    assert [(w.answers, w.end) for w in walks(funnel)] == [((), end.id)]
    asked = {n.facet for n in lamps_tree().nodes if isinstance(n, Question)}
    assert {f.id for f in lamps_funnel().facets} == asked


def test_nothing_fits_a_cheap_lamp_for_the_floor():
    assert [end.dropped for end in lamps_funnel().ends if end.dropped]


@st.composite
def stocks(draw) -> Stock:
    counts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    items = draw(st.integers(1, 8))
    rows = st.tuples(*(st.integers(-2, count - 1).map(lambda c: -2 if c == -1 else c) for count in counts))
    codes = np.array(draw(st.lists(rows, min_size=items, max_size=items)), dtype=np.int8)
    facets = tuple(
        Facet(id=f"f{n}", label=f"f{n}", options=tuple(Option(id=f"o{k}", label=f"o{k}") for k in range(count)))
        for n, count in enumerate(counts)
    )
    targets = tuple(Target(id=f"i{n}", label=f"i{n}") for n in range(items))
    return Stock(Domain(name="shop", title="Shop", facets=facets, targets=targets), codes)


@given(stocks())
@settings(max_examples=40)
def test_walks_give_every_answer_and_end_where_the_runner_ends(stock):
    funnel = funnel_of(design_tree(stock, nodes=30), stock)
    runner = TreeQuestioner(funnel.tree, stock.domain)
    found = walks(funnel)
    branches = {(q.id, b.option) for q in funnel.questions for b in q.branches}
    assert {answer for walk in found for answer in walk.answers} == branches
    for walk in found:
        nodes = [runner.node(state).id for state in codes_of(walk.answers, funnel, stock.domain)]
        assert nodes == [*(node for node, _ in walk.answers), walk.end]


@given(stocks())
@settings(max_examples=20)
def test_questions_stand_after_all_that_lead_to_them(stock):
    funnel = funnel_of(design_tree(stock, nodes=30), stock)
    places = {q.id: place for place, q in enumerate(funnel.questions)}
    assert all(places[q.id] < places[b.to] for q in funnel.questions for b in q.branches if b.to in places)


def test_a_tree_for_another_catalog_is_refused():
    other = lamps_tree().model_copy(update={"domain_hash": "0" * 16})
    with pytest.raises(InputError, match="another state of domain 'lamps'"):
        funnel_of(other, lamps())


def _renamed(old: str, new: str) -> Tree:
    return Tree.model_validate_json(lamps_tree().model_dump_json().replace(f'"{old}"', f'"{new}"'))


@pytest.mark.parametrize(("new", "problem"), [("n 2", "'n 2' is not named"), ("N1", "node 'N1' occurs twice")])
def test_nodes_need_names_that_every_form_takes(new, problem):
    with pytest.raises(InputError, match=problem):
        funnel_of(_renamed("n2", new), lamps())


def _branch_to(record, node):
    record["tree"]["nodes"][0]["branches"][0]["to"] = node


def _end(record):
    return next(node for node in record["tree"]["nodes"] if node["kind"] == "end")


def _spare(record):
    """Return a branch to a node to which others lead too, and the branches among which it stands."""
    (question, option), *_ = next(ways for ways in lamps_funnel().ways.values() if len(ways) > 1)
    branches = next(node for node in record["tree"]["nodes"] if node["id"] == question.id)["branches"]
    return next(branch for branch in branches if branch["option"] == option), branches


def _drop_spare(record):
    branch, branches = _spare(record)
    branches.remove(branch)


CHANGES = {
    "leads to the unknown node 'n99'": lambda r: _branch_to(r, "n99"),
    "no answer leads to node 'n2'": lambda r: _branch_to(r, "n3"),
    "lead in a circle": lambda r: _spare(r)[0].update(to="n1"),
    "starts at the unknown node 'x'": lambda r: r["tree"].update(first="x"),
    "unknown facet 'room'": lambda r: r.update(facets=[f for f in r["facets"] if f["id"] != "room"]),
    "not one branch for each option": _drop_spare,
    "shows the unknown item": lambda r: r.update(items=[]),
    "shows no item": lambda r: _end(r).update(items=[]),
    "drops the unknown facet 'x'": lambda r: _end(r).update(dropped=["x"]),
    "Extra inputs": lambda r: r.update(colour="red"),
    "title: Field required": lambda r: r.pop("title"),
}


@pytest.mark.parametrize("problem", CHANGES)
def test_a_funnel_changed_by_hand_must_hang_together(problem):
    record = json.loads(funnel_json(lamps_funnel()))
    CHANGES[problem](record)
    with pytest.raises(InputError, match=problem) as error:
        read_funnel(json.dumps(record), "funnel.json")
    assert str(error.value).startswith("funnel.json: ")


def test_what_is_no_json_is_refused():
    with pytest.raises(InputError, match="Invalid JSON"):
        read_funnel("{")


def test_all_formats_are_written_and_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "out"
    assert {path.name for path in export(lamps_tree(), lamps(), folder)} == FILES
    assert {path.name for path in folder.iterdir()} == FILES
    assert read_funnel((folder / "funnel.json").read_text("utf-8")) == lamps_funnel()
    write_funnel(lamps_funnel(), folder, ["md"])
    assert {path.name for path in folder.iterdir()} == {"funnel.json", "funnel.md"}


def test_an_unknown_format_writes_nothing(tmp_path):
    with pytest.raises(InputError, match=r"unknown format 'htm'.*Did you mean 'html'"):
        export(lamps_tree(), lamps(), tmp_path / "out", ["md", "htm"])
    assert not (tmp_path / "out").exists()
    assert FORMATS == ("json", "surveyjs", "xlsform", "html", "md")


def test_a_missing_package_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UnavailableError, match="pip install openpyxl"):
        export(lamps_tree(), lamps(), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert export(lamps_tree(), lamps(), tmp_path / "out", ["md"])


def test_the_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="was not written by elicit"):
        export(lamps_tree(), lamps(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
