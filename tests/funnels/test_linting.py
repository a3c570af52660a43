"""Faults of the questions about a catalog."""

from dataclasses import replace

import numpy as np
import pytest
from planted_catalog import kettles

from elicit.domains import Kind, Option
from elicit.funnels import open_catalog, question_problems
from elicit.funnels.stock import Stock


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    folder = tmp_path_factory.mktemp("shop")
    kettles(folder)
    return open_catalog(folder / "kettles.jsonl").stock


def changed(stock: Stock, column: int, **fields: object) -> Stock:
    facets = list(stock.domain.facets)
    facets[column] = facets[column].model_copy(update=fields)
    domain = stock.domain.model_copy(update={"facets": tuple(facets)})
    # Where a facet has fewer options now, those that are gone are its last one.
    return replace(stock, domain=domain, codes=np.minimum(stock.codes, domain.option_counts.astype(np.int8) - 1))


def found(stock: Stock, **fields: object) -> list[tuple[str, str]]:
    """Return fault and what shows it, of a facet that is changed."""
    return [(problem.fault, problem.found) for problem in question_problems(changed(stock, 1, **fields))]


def test_our_own_questions_have_no_faults(stock: Stock) -> None:
    assert stock.ceilings
    assert question_problems(stock) == ()


@pytest.mark.parametrize(
    ("wording", "fault"),
    [
        ("Which maker do you want and how much may it cost?", "double-barrelled"),
        ("Surely you want a known maker?", "leading"),
        ("Why do you hate cheap makers?", "presupposing"),
        ("Is there nothing that you ask of a maker?", "negation"),
        ("Would you like one by Aldo?", "leak"),
        ("Which {lable} would you like?", "unfilled brace"),
        ("Which maker, " + "if I may ask you that, " * 6 + "would you like?", "too long"),
    ],
)
def test_each_fault_of_words_is_found(stock: Stock, wording: str, fault: str) -> None:
    options = tuple(Option(id=name, label=name) for name in ("Aldo", "Bero", "Cima"))
    assert [name for name, _ in found(stock, label="maker", options=options, wordings=(wording,))] == [fault]


def test_one_question_for_two_things_is_found(stock: Stock) -> None:
    twin = stock.domain.facets[2].wordings[0]
    ((fault, shown),) = found(stock, wordings=(twin,))
    assert fault == "twin wording"
    assert twin in shown


def test_a_fault_of_the_answers_is_told_once_and_in_one_line(stock: Stock) -> None:
    options = tuple(Option(id=name, label=name) for name in ("steel", "brushed steel", "glass"))
    (problem,) = question_problems(
        changed(stock, 1, label="body", options=options, wordings=("Which body?", "What body?"))
    )
    facet = stock.domain.facets[1].id
    assert str(problem) == f"Question '{facet}': overlapping options ('steel' and 'brushed steel')"
    assert problem.question == "Which body?"
    assert problem.remedy


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (("Twin", "Twin XL", "Queen"), Kind.OPEN),
        (("14 inch", "15 to 16 inch", "18 to 20 inch"), Kind.NUMBER),
        (("tea", "coffee", "juice"), Kind.OPEN),
    ],
)
def test_what_is_no_fault_of_a_catalog_is_not_told(stock: Stock, labels: tuple[str, ...], kind: Kind) -> None:
    options = tuple(Option(id=label, label=label) for label in labels)
    assert found(stock, label="thing", kind=kind, options=options, wordings=("Which thing would you like?",)) == []


def test_few_wordings_are_enough(stock: Stock) -> None:
    assert found(stock, wordings=("Whose kettle shall it be?",)) == []
