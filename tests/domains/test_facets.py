"""A facet, an option or a domain that makes no sense cannot be made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from elicit.basis import InputError
from elicit.domains import MAX_OPTIONS, YES_NO, Code, Domain, Facet, Kind, Option, Target


def options(*ids: str) -> tuple[Option, ...]:
    return tuple(Option(id=i, label=i) for i in ids)


def facet(name: str, *parents: str, **more: object) -> Facet:
    return Facet.model_validate({"id": name, "label": name, "parents": parents, **more})


def domain(*facets: Facet, **more: object) -> Domain:
    return Domain.model_validate({"name": "tiny", "title": "Tiny", "facets": facets, **more})


# Facets


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"options": ()}, "facet 'f' has 0 options; allowed are 1 to 120"),
        ({"options": options(*map(str, range(121)))}, "facet 'f' has 121 options; allowed are 1 to 120"),
        ({"options": options("a", "b", "a")}, "facet 'f' has the option 'a' twice"),
        ({"options": options("yes", "refused")}, "an option named like the non-answer 'refused'"),
        ({"kind": "number", "options": options("a", "b"), "cuts": (1, 2)}, "facet 'f' has 2 options but 2 cuts"),
        ({"kind": "number", "options": options("a", "b", "c"), "cuts": (2, 2)}, "the cuts of facet 'f' do not ascend"),
        ({"depth": -1}, "greater than or equal to 0"),
        ({"id": ""}, "at least 1 character"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_facet_without_sense_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Facet.model_validate({"id": "f", "label": "f"} | fields)


def test_the_most_options_fit_the_codes() -> None:
    assert len(facet("f", options=options(*map(str, range(MAX_OPTIONS)))).options) == 120


def test_a_facet_cannot_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        facet("f").label = "g"


def test_yes_no_is_no_first() -> None:
    assert facet("f").is_yes_no
    assert facet("f").options == YES_NO
    assert not facet("f", options=options("yes", "no")).is_yes_no
    assert not facet("f", options=options("no", "yes", "perhaps")).is_yes_no


def test_the_codes_of_non_answers_lie_below_all_options() -> None:
    assert [code.value for code in Code] == [-1, -2, -3, -4, -5]


# Domains


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"facets": ()}, "a domain needs at least one facet"),
        ({"facets": (facet("a"), facet("b"), facet("a"))}, "facet id 'a' occurs twice"),
        ({"targets": (Target(id="t", label="t"), Target(id="t", label="u"))}, "target id 't' occurs twice"),
        (
            {"facets": (facet("genre"), facet("film", "gener"))},
            "parent 'gener' of facet 'film' is unknown. Did you mean",
        ),
        ({"facets": (facet("a", "a"),)}, "cycle of parents: a → a"),
        ({"facets": (facet("a", "b"), facet("b", "c"), facet("c", "a"))}, "cycle of parents: "),
        ({"name": "Tea Time"}, "should match pattern"),
    ],
)
def test_a_domain_without_sense_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Domain.model_validate({"name": "tiny", "title": "Tiny", "facets": (facet("a"),)} | fields)


def test_a_diamond_of_parents_is_no_cycle() -> None:
    made = domain(facet("top"), facet("left", "top"), facet("right", "top"), facet("bottom", "left", "right"))
    assert made.columns == {"top": 0, "left": 1, "right": 2, "bottom": 3}


def test_columns_counts_and_depths_follow_the_order_of_facets() -> None:
    made = domain(facet("b", depth=2, options=options("x")), facet("a", depth=1))
    assert made.option_counts.tolist() == [1, 2]
    assert made.depths.tolist() == [2, 1]
    assert made.column("a") == 1


def test_an_unknown_facet_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no facet 'gener' in domain 'tiny'. Did you mean 'genre'\?"):
        domain(facet("genre")).column("gener")


BASE = domain(facet("a", wordings=("A?",)), facet("b", "a"), targets=(Target(id="t", label="t"),), card="Read me.")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"title": "Other"},
        {"version": "2"},
        {"source": "elsewhere"},
        {"invented": True},
        {"targets": (Target(id="t", label="u"),)},
        {"facets": (facet("a", wordings=("A, or not?",)), facet("b", "a"))},
        {"facets": (facet("b"), facet("a", "b", wordings=("A?",)))},
        {"facets": (facet("a", wordings=("A?",)), facet("b", "a", sensitive=True))},
    ],
)
def test_the_hash_changes_with_every_meaning(change: dict[str, object]) -> None:
    assert Domain.model_validate(BASE.model_dump() | change).hash != BASE.hash


def test_a_copy_is_computed_anew() -> None:
    assert BASE.hash
    assert list(BASE.columns) == ["a", "b"]
    new = BASE.model_copy(update={"facets": BASE.facets[:1]})
    assert list(new.columns) == ["a"]
    assert new.hash == Domain.model_validate(new.model_dump()).hash != BASE.hash


def test_the_hash_is_of_the_meaning_alone() -> None:
    assert Domain.model_validate(BASE.model_dump() | {"card": "Read me again."}).hash == BASE.hash
    assert Domain.model_validate_json(BASE.model_dump_json()).hash == BASE.hash
    assert BASE.hash == "cf35425414b847ff"


@given(st.permutations(list("abcdefgh")), st.data())
def test_parents_drawn_from_those_before_never_make_a_cycle(names: list[str], data: st.DataObject) -> None:
    facets = [
        facet(name, *(data.draw(st.sets(st.sampled_from(names[:place]))) if place else ()))
        for place, name in enumerate(names)
    ]
    assert len(domain(*data.draw(st.permutations(facets))).facets) == 8


def test_kinds_are_the_four() -> None:
    assert [kind.value for kind in Kind] == ["single", "multi", "number", "open"]
