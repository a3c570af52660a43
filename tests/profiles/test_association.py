from __future__ import annotations

from collections import Counter
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from elicit.basis import InputError
from elicit.domains import SILENT, Domain, Facet, Option, Population
from elicit.profiles.association import associate, facet_p


def domain(*option_counts: int) -> Domain:
    facets = tuple(
        Facet(
            id=f"f{i}", label=f"thing {i}", options=tuple(Option(id=f"o{o}", label=f"option {o}") for o in range(count))
        )
        for i, count in enumerate(option_counts)
    )
    return Domain(name="tiny", title="Tiny", facets=facets)


def people(codes: object, **personas: object) -> Population:
    table = np.asarray(codes, dtype=np.int8)
    return Population(
        ids=tuple(f"p{i}" for i in range(len(table))),
        codes=table,
        liked=np.zeros((len(table), 0), dtype=bool),
        personas={name: np.asarray(values, dtype=np.str_) for name, values in personas.items()},
    )


def information(pairs: list[tuple[object, object]]) -> float:
    """Mutual information by its definition."""
    both, first, second = Counter(pairs), Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    n = len(pairs)
    return sum(c / n * log2(c * n / (first[a] * second[b])) for (a, b), c in both.items())


def crowd(n: int, facets: int, seed: int, **categories: int) -> Population:
    random = np.random.default_rng(seed)
    personas = {name: random.integers(0, count, n).astype(str) for name, count in categories.items()}
    return people(random.integers(0, 2, (n, facets)), **personas)


def test_four_people_by_hand() -> None:
    # Six ways to deal two f and two m: two of them copy the facet (1 bit), four are independent of it (0 bits).
    row = associate(domain(2), people([[1], [1], [0], [0]], gender=list("ffmm")), permutations=3000).rows[0]
    assert (row.variable, row.given, row.categories, row.people) == ("gender", "", 2, 4)
    assert (row.raw, row.entropy) == (pytest.approx(1), pytest.approx(1))
    assert row.null == pytest.approx(1 / 3, abs=0.03)
    assert row.p == pytest.approx(1 / 3, abs=0.03)
    assert row.by_facet[0].p == row.p
    assert row.significant_facets == 0


def test_silence_leaves_a_person_out_of_that_facet_only() -> None:
    codes = [[0, 0], [0, SILENT], [1, 1], [1, 1], [SILENT, 2], [0, 2]]
    gender = list("ffmmmf")
    row = associate(domain(2, 3), people(codes, gender=gender), permutations=200).rows[0]
    first = information([(0, "f"), (0, "f"), (1, "m"), (1, "m"), (0, "f")])
    second = information([(0, "f"), (1, "m"), (1, "m"), (2, "m"), (2, "f")])
    assert [f.raw for f in row.by_facet] == pytest.approx([first, second])
    assert row.people == 6


def test_people_without_a_value_are_left_out_of_that_variable_and_named() -> None:
    codes = [[0], [0], [1], [1], [1]]
    found = associate(
        domain(2), people(codes, gender=["f", "f", "m", "m", ""], age=["x", "y", "x", "y", "y"]), permutations=200
    )
    assert found.row("gender").raw == pytest.approx(1)
    assert [found.row(*key).people for key in (("gender", ""), ("age", ""), ("age", "gender"))] == [4, 5, 4]
    assert found.row("gender × age").categories == 4
    assert found.notes == ("1 of 5 people have no 'gender' and are left out wherever it counts.",)


@settings(max_examples=40)
@given(st.data())
def test_raw_is_mutual_information_by_its_definition(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 12))
    column = st.lists(st.sampled_from([0, 1, 2, SILENT]), min_size=n, max_size=n)
    codes = np.array([data.draw(column), data.draw(column)]).T
    job = data.draw(st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=n, max_size=n))
    row = associate(domain(3, 3), people(codes, job=job), permutations=200).rows[0]
    for facet, values in zip(row.by_facet, codes.T, strict=True):
        pairs = [(v, j) for v, j in zip(values, job, strict=True) if v >= 0 and j]
        assert facet.raw == pytest.approx(information(pairs), abs=1e-9)
        assert 0 < facet.p <= 1
        assert np.isfinite(facet.excess)


@settings(max_examples=25)
@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_a_copy_of_gender_tells_all_its_entropy(women: list[bool]) -> None:
    gender = ["f" if w else "m" for w in women]
    row = associate(domain(2), people([[int(w)] for w in women], gender=gender), permutations=200).rows[0]
    assert row.raw == pytest.approx(row.entropy)
    assert row.raw >= row.null - 1e-9


def test_independent_facets_have_no_excess_and_few_are_claimed() -> None:
    found = associate(domain(*[2] * 150), crowd(400, 150, seed=1, job=8), permutations=300)
    row = found.row("job")
    # A chi-square with 7 degrees of freedom a facet: mean 7 / (2 n ln 2) bits, and its spread over 150 of them.
    unit = 1 / (2 * 400 * np.log(2))
    assert row.null == pytest.approx(150 * 7 * unit, rel=0.05)
    assert abs(row.excess) < 4 * unit * np.sqrt(150 * 14)
    assert row.p > 0.01
    assert row.significant_facets <= 2
    quantiles = np.quantile([f.p for f in row.by_facet], [0.1, 0.5, 0.9])
    np.testing.assert_allclose(quantiles, [0.1, 0.5, 0.9], atol=0.12)


def test_total_p_is_about_uniform_where_nothing_is_told() -> None:
    p = [
        associate(domain(2, 2, 2), crowd(40, 3, seed=s, job=3), permutations=200, seed=s).rows[0].p for s in range(200)
    ]
    np.testing.assert_allclose(np.quantile(p, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.1)


def test_one_strong_facet_among_many_stands_though_counting_could_not_show_it() -> None:
    # Counting ends at 1 / 201, which is .6 when corrected for 120 facets.
    noise = crowd(300, 120, seed=2, gender=2)
    codes = noise.codes.copy()
    codes[:, 7] = noise.personas["gender"] == "1"
    row = associate(domain(*[2] * 120), people(codes, **noise.personas), permutations=200).row("gender")
    assert row.by_facet[7].significant
    assert row.by_facet[7].p < 1e-6


def test_what_others_explain_is_not_excess() -> None:
    # The facet copies gender; the job goes with gender, so it tells of the facet, but nothing beyond gender.
    random = np.random.default_rng(4)
    woman = random.random(600) < 0.5
    job = np.where(random.random(600) < 0.8, woman, ~woman)
    found = associate(domain(2), people(woman[:, None], gender=woman.astype(str), job=job.astype(str)))
    assert found.row("job").excess > 0.2
    assert found.row("job", "gender").raw == found.row("job").raw
    assert found.row("job", "gender").excess == pytest.approx(0, abs=1e-9)
    assert found.row("job", "gender").p == 1
    assert found.row("gender", "job").excess > 0.5
    assert found.row("gender", "job").p == pytest.approx(1 / 501)


def test_only_the_cell_of_both_tells_an_exclusive_or() -> None:
    random = np.random.default_rng(5)
    one, two = random.permutation(np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (50, 1))).T
    found = associate(domain(2), people((one ^ two)[:, None], one=one.astype(str), two=two.astype(str)))
    assert [r.raw for r in found.rows] == pytest.approx([0, 0, 0, 0, 1], abs=1e-9)
    assert [(r.variable, r.given) for r in found.rows] == [
        ("one", ""),
        ("two", ""),
        ("one", "two"),
        ("two", "one"),
        ("one × two", ""),
    ]


def test_within_cells_the_null_is_that_of_each_cell() -> None:
    # Two cells of two people, one f and one m each. Only the first cell's answers differ, so a deal within cells leaves
    # f and m either as they are or swapped there: the information is the same both ways.
    given = people([[0], [1], [0], [0]], gender=list("fmfm"), age=list("xxyy"))
    row = associate(domain(2), given, permutations=200).row("gender", "age")
    assert row.raw == pytest.approx(information([(0, "f"), (1, "m"), (0, "f"), (0, "m")]))
    assert row.excess == pytest.approx(0, abs=1e-9)


def test_what_cannot_vary_adds_nothing_and_is_named() -> None:
    codes = [[0, 1], [0, 0], [0, 1], [0, SILENT]]
    found = associate(domain(2, 2), people(codes, gender=list("fmfm"), planet=["earth"] * 4), permutations=200)
    assert found.notes == (
        "Everyone who answered 'f0' gave the same answer: nothing can be told about it.",
        "'planet' has fewer than two categories: it can tell nothing.",
    )
    assert (found.row("planet").raw, found.row("planet").null, found.row("planet").p) == (0, 0, 1)
    assert (found.row("gender").by_facet[0].excess, found.row("gender").by_facet[0].p) == (0, 1)


def test_nobody_known_is_no_crash() -> None:
    row = associate(domain(2), people([[0], [1]], gender=["", ""]), permutations=200).rows[0]
    assert (row.categories, row.people, row.raw, row.share_of_entropy, row.p) == (0, 0, 0, 0, 1)


def test_a_row_does_not_depend_on_the_others() -> None:
    crowded, places = crowd(60, 4, seed=6, age=3, gender=2), domain(2, 2, 2, 2)
    alone = associate(places, crowded, variables=["gender"], permutations=200, seed=3)
    assert len(alone.rows) == 1
    assert associate(places, crowded, permutations=200, seed=3).row("gender") == alone.rows[0]
    assert associate(places, crowded, permutations=200, seed=4).row("gender") != alone.rows[0]


def test_rows_and_facets_lie_flat() -> None:
    row = associate(domain(2), people([[1], [1], [0], [0]], gender=list("ffmm")), permutations=200).rows[0]
    assert row.flat() == {
        "variable": "gender",
        "given": "",
        "categories": 2,
        "raw": row.raw,
        "null": row.null,
        "excess": row.raw - row.null,
        "share_of_entropy": pytest.approx(1 - row.null),
        "p": row.p,
        "significant_facets": 0,
        "facets": 1,
    }
    facet = row.by_facet[0]
    assert facet.flat() == {
        "facet": "f0",
        "raw": facet.raw,
        "null": facet.null,
        "excess": facet.raw - facet.null,
        "p": facet.p,
        "significant": False,
    }


def test_strongest_facets_come_first() -> None:
    codes = [[0, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1], [1, 0, 0], [0, 1, 0]]
    found = associate(domain(2, 2, 2), people(codes, gender=list("ffmmmf")), permutations=200)
    assert [f.facet for f in found.strongest("gender", 2)] == ["f0", "f1"]
    with pytest.raises(InputError, match=r"no row for 'gendre'\. Did you mean 'gender'"):
        found.strongest("gendre")
    with pytest.raises(InputError, match="no row for 'gender' given 'age'"):
        found.row("gender", "age")


def test_p_of_a_facet_is_counted_while_ten_permutations_reach_it() -> None:
    null = np.arange(1.0, 101.0)[:, None]
    assert facet_p(np.array([91.0]), null) == 11 / 101
    assert facet_p(np.array([1000.0]), null) < 1e-6
    assert facet_p(np.array([0.5]), np.full((100, 1), 0.5)) == 1
    assert facet_p(np.array([0.6]), np.full((100, 1), 0.5)) == 1 / 101


@pytest.mark.parametrize("freedom", [1, 6, 40])
def test_p_beyond_counting_follows_the_chi_square(freedom: int) -> None:
    # 200 facets whose null is a scaled chi-square, observed where one in 10,000 would be.
    null = 0.001 * np.random.default_rng(8).chisquare(freedom, (500, 200))
    p = facet_p(np.full(200, 0.001 * chi2.isf(1e-4, freedom)), null)
    assert 0.7e-4 < np.exp(np.log(p).mean()) < 1.4e-4
    assert p.max() < 1e-3


@pytest.mark.parametrize(
    ("variables", "permutations", "sentence"),
    [
        (["gendre"], 200, r"no persona variable 'gendre'\. Did you mean 'gender'"),
        (["gender", "gender"], 200, "named twice"),
        ([], 200, "no persona variable to look at"),
        (None, 199, "199 permutations are too few"),
    ],
)
def test_wrong_input_is_refused(variables: list[str] | None, permutations: int, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        associate(domain(2), people([[0], [1]], gender=["f", "m"]), variables=variables, permutations=permutations)
