from __future__ import annotations

import io
import shutil

import pytest
from consumers import form_conditions, nodes_on
from openpyxl import load_workbook
from planted_lamps import HOSTILE, hostile_funnel, lamps, lamps_funnel

from elicit.funnels.exports import walks, xlsform
from elicit.funnels.exports.naming import answer_names
from elicit.funnels.exports.shown import one_line


def sheets(funnel):
    book = load_workbook(io.BytesIO(xlsform(funnel)))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}


def test_questions_choices_and_settings_have_a_sheet_each():
    funnel = lamps_funnel()
    found = sheets(funnel)
    assert list(found) == ["survey", "choices", "settings"]
    head, *rows = found["survey"]
    assert head == ["type", "name", "label", "required", "relevant"]
    assert [row[1] for row in rows] == [node.id for node in (*funnel.questions, *funnel.ends)]
    assert rows[0] == ["select_one color", "n1", rows[0][2], "yes", None]
    assert all(row[4] for row in rows[1:])
    assert [row[1:] for row in found["choices"] if row[0] == "color"] == [
        ["black", "black"],
        ["white", "white"],
        ["brass", "brass"],
        ["no_preference", "No preference"],
    ]
    assert found["settings"][1] == ["Lamps", "lamps", funnel.tree.domain_hash]


def test_a_note_lists_the_items_and_what_to_give_up():
    funnel = lamps_funnel()
    notes = {row[1]: row[2] for row in sheets(funnel)["survey"] if row[0] == "note"}
    end = next(end for end in funnel.ends if end.dropped)
    first, *items = notes[end.id].split("\n")
    assert first.startswith("Nothing fits all your answers. Give up your answer")
    assert [item.split(":")[0] for item in items] == [f"- {funnel.item_by_id[i].label}" for i in end.items]


def test_hostile_names_are_text_and_never_a_formula():
    book = load_workbook(io.BytesIO(xlsform(hostile_funnel())))
    cells = [cell for sheet in book for row in sheet.rows for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert b"<f>" not in xlsform(hostile_funnel())
    computed = [cell for cell in cells if cell.value.startswith(("=", "+", "-", "@"))]
    assert computed
    assert all(cell.quotePrefix for cell in computed)
    funnel, texts = hostile_funnel(), {cell.value for cell in cells}
    labels = {one_line(option.label) for facet in funnel.facets for option in facet.options}
    assert {label.replace("${", "$\u2060{") for label in labels} <= texts
    assert labels & {one_line(text) for text in HOSTILE} == labels


@pytest.mark.consumer
def test_the_form_that_pyxform_makes_asks_what_our_runner_asks_in_every_case():
    funnel = lamps_funnel()
    names = {q.id: answer_names(funnel.facet_by_id[q.facet]) for q in funnel.questions}
    conditions = form_conditions(funnel)
    assert set(conditions) == set(funnel.tree.by_id)
    for walk in walks(funnel):
        asked = nodes_on(walk, funnel, lamps().domain)
        given = {(node, names[node][option]) for node, option in walk.answers}
        shown = [name for name, ways in conditions.items() if not ways or given & set(ways)]
        assert shown == asked


@pytest.mark.consumer
@pytest.mark.parametrize("make", [lamps_funnel, hostile_funnel])
def test_the_validator_of_odk_finds_nothing(make):
    pytest.importorskip("pyxform", reason="needs pyxform")
    if not shutil.which("java"):
        pytest.skip("the validator of ODK needs Java")
    from pyxform.xls2xform import convert

    result = convert(xlsform=io.BytesIO(xlsform(make())), validate=True)
    assert result.warnings == []
