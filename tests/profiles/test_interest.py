"""How well offers fit groups of people, learned with shrinkage."""

from __future__ import annotations

import numpy as np
import pytest

from elicit.basis import InputError
from elicit.domains import Domain, Facet, Population, Target, build_six_intents
from elicit.profiles import film_tastes, fit_rates, group_rates, intents_of, known_wishes

LEVELS = tuple({"id": i, "label": i} for i in ("avoid", "neutral", "love"))
DOMAIN = Domain(
    name="shop",
    title="Shop",
    facets=(Facet(id="size", label="size"), *(Facet(id=k, label=k, options=LEVELS) for k in ("tea", "jazz"))),
    targets=(
        Target(id="green", label="green tea", kinds=("tea",), price=4.0),
        Target(id="black", label="black tea", kinds=("tea",)),
        Target(id="concert", label="a concert with tea", kinds=("jazz", "tea")),
        Target(id="gift", label="a gift"),
    ),
)


def people(codes: list[list[int]], liked: list[list[int]]) -> Population:
    ids = tuple(f"p{n}" for n in range(len(codes)))
    return Population(ids, np.array(codes, dtype=np.int8), np.array(liked, dtype=np.bool_))


def test_intents_are_the_kinds_that_something_is_of() -> None:
    assert intents_of(DOMAIN).tolist() == [1, 2]
    assert DOMAIN.kinds.tolist() == [
        [False, True, False],
        [False, True, False],
        [False, True, True],
        [False, False, False],
    ]


def test_a_kind_that_is_no_facet_is_refused() -> None:
    lost = Target(id="x", label="x", kinds=("jaz",))
    with pytest.raises(ValueError, match=r"kind 'jaz' of target 'x' is unknown. Did you mean 'jazz'"):
        Domain(name="shop", title="Shop", facets=DOMAIN.facets, targets=(lost,))


def test_a_domain_without_kinds_and_prices_keeps_its_hash() -> None:
    plain, with_kind, with_price = (
        Domain(name="shop", title="Shop", facets=DOMAIN.facets, targets=(Target(id="x", label="x", **more),))
        for more in ({}, {"kinds": ("tea",)}, {"price": 0.0})
    )
    assert len({plain.hash, with_kind.hash, with_price.hash}) == 3
    assert plain.hash == "ab46b7fe7ab2085b"  # As it was before targets had kinds and prices.


def test_wishes_of_people_whose_likes_are_known() -> None:
    wishes = known_wishes(
        DOMAIN, people([[0, 2, 0], [0, 0, 0], [1, -2, 1]], [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    )
    np.testing.assert_allclose(wishes.appeal, [[1, 1, 0.5, 0.5], [0, 0, 0, 0.5], [0.5, 0.5, 0.5, 0.5]])
    assert wishes.fits.sum() == 3
    # Who avoids tea and jazz is never talked into them, but for the concert that this person likes all the same.
    assert wishes.barred.tolist() == [[False] * 4, [True, True, False, False], [False] * 4]


def test_fit_rates_look_at_best_sellers() -> None:
    them = people([[0, 2, 0], [0, 0, 0]], [[1, 0, 0, 0], [1, 1, 1, 0]])
    np.testing.assert_allclose(fit_rates(DOMAIN, them.liked, np.array([3.0, 2, 1, 0])), [[1 / 3, 0], [1, 1]])


class TestGroupRates:
    """Empirical Bayes."""

    def test_groups_that_differ_by_chance_alone_are_told_the_same(self) -> None:
        random = np.random.default_rng(1)
        rates = random.random((4000, 3))
        groups = np.array([f"g{n % 20}" for n in range(4000)])
        found = group_rates(rates, groups)
        raw = np.stack([rates[groups == f"g{n}"].mean(axis=0) for n in range(20)])
        shrunk = np.stack([found.groups[f"g{n}"] for n in range(20)])
        assert np.abs(shrunk - found.overall).max() < 0.5 * np.abs(raw - found.overall).max()

    def test_true_differences_are_kept_and_small_groups_shrink_more(self) -> None:
        random = np.random.default_rng(2)
        groups = np.array(["many"] * 2000 + ["others"] * 2000 + ["few"] * 4)
        truth = {"many": 0.8, "others": 0.2, "few": 0.8}
        rates = (random.random((len(groups), 1)) < [[truth[g]] for g in groups]).astype(float)
        rates[-4:] = 1.0
        found = group_rates(rates, groups)
        assert found.groups["many"][0] == pytest.approx(0.8, abs=0.03)
        assert found.overall[0] + 0.05 < found.groups["few"][0] < 1.0

    def test_a_group_of_one_and_people_without_a_group(self) -> None:
        rates = np.array([[0.2], [0.4], [0.3], [1.0], [0.5]])
        found = group_rates(rates, np.array(["a", "a", "a", "alone", ""]))
        assert set(found.groups) == {"a", "alone"}
        assert abs(found.groups["alone"][0] - found.overall[0]) < 1.0 - found.overall[0]
        np.testing.assert_allclose(found.of(np.array(["alone", "never met", ""]))[1:], [found.overall] * 2)

    def test_people_without_a_group_move_nobody(self) -> None:
        random = np.random.default_rng(4)
        rates, groups = random.random((400, 2)), np.array([f"g{n % 5}" for n in range(400)])
        strangers = np.concatenate([rates, rates[:200] + 5]), np.concatenate([groups, np.full(200, "")])
        with_them, without = group_rates(*strangers), group_rates(rates, groups)
        for name, row in without.groups.items():
            np.testing.assert_allclose(with_them.groups[name], row)

    def test_nobody_has_a_group(self) -> None:
        found = group_rates(np.array([[0.2], [0.4]]), np.array(["", ""]))
        assert not found.groups
        np.testing.assert_allclose(found.overall, [0.3])

    def test_everybody_in_one_group(self) -> None:
        found = group_rates(np.array([[0.2], [0.4]]), np.array(["a", "a"]))
        np.testing.assert_allclose(found.groups["a"], found.overall)


class TestFilmTastes:
    """Which films occupations like, learned from people of MovieLens."""

    GENRES = ("Comedy", "Thriller", "Drama", "Sci-Fi")

    def made(self, occupation: list[str], loves: list[int]) -> tuple[Domain, Population]:
        genres = (Facet(id=f"genre:{genre}", label=genre, options=LEVELS) for genre in self.GENRES)
        domain = Domain(name="movies", title="Movies", facets=tuple(genres))
        codes = np.zeros((len(occupation), 4), dtype=np.int8)
        codes[np.arange(len(occupation)), loves] = 2
        ids = tuple(f"p{n}" for n in range(len(occupation)))
        personas = {"occupation": np.array(occupation)}
        return domain, Population(ids, codes, np.zeros((len(ids), 0), dtype=bool), personas)

    def test_occupations_take_the_taste_of_those_who_stand_for_them(self) -> None:
        tastes = film_tastes(*self.made(["programmer"] * 300 + ["writer"] * 300, [3] * 300 + [2] * 300))
        assert tastes["software-engineer"].argmax() == 3
        assert tastes["writer"].argmax() == 2
        np.testing.assert_allclose(tastes["musician"], tastes["writer"])  # Of its section.
        np.testing.assert_allclose(tastes["nurse"], [0, 0, 0.5, 0.5], atol=1e-9)  # Of everybody.
        assert all(shares.sum() == pytest.approx(1) for shares in tastes.values())

    def test_people_without_an_occupation(self) -> None:
        domain, people = self.made(["writer"], [1])
        with pytest.raises(InputError, match="no occupation"):
            film_tastes(domain, Population(people.ids, people.codes, people.liked))

    def test_they_decide_what_invented_buyers_like(self) -> None:
        tastes = film_tastes(*self.made(["programmer"] * 300 + ["writer"] * 300, [3] * 300 + [2] * 300))
        domain, people = build_six_intents(0.0, each=10, films=tastes)
        detail = people.codes[:, domain.column("FindMovie:detail")]
        writers = people.personas["occupation"] == "writer"
        assert (detail[writers] == 2).mean() > 0.8
        assert set(detail[people.personas["occupation"] == "nurse"].tolist()) == {2, 3}
