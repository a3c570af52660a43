"""Domains and people that are poor in something: everything works, or one line says why not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from planted import OURS, Run, planted_domain, planted_people, planted_recipe, run

from elicit.domains import Domain, Facet, Option, Population
from elicit.measures import Measure

pytestmark = pytest.mark.filterwarnings("error")

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN)
_NDCG_SUMMARIES = {"area", "to_level"}


def awkward(path: Path, domain: Domain = DOMAIN, people: Population = PEOPLE, **changes: object) -> Run:
    """Run every questioner of ours in every condition, and check that what was found is sound."""
    done = run(planted_recipe(**{"questioners": (*OURS, "value-stop")} | changes), domain, people, path / "run")
    results = done.results
    asked = {min(count, len(domain.facets)) for count in done.recipe.questions}
    assert {row.questions for row in results.rows} == asked
    assert len(results.rows) == 3 * len(done.recipe.questioners) * len(asked)
    for measure in results.measures:
        assert any(np.isfinite(row.values[measure.name][0]) for row in results.rows)
    for difference in results.differences:
        assert 0 < difference.p <= 1
        assert not (difference.difference == 0 and difference.beyond_noise)
    assert all(note.endswith(".") and "nan" not in note for note in results.notes)
    assert [example["title"] for example in results.examples]
    return done


def names(measures: tuple[Measure, ...]) -> list[str]:
    return [measure.name for measure in measures]


def with_column(column: int, code: int) -> Population:
    codes = PEOPLE.codes.copy()
    codes[:, column] = code
    return dataclasses.replace(PEOPLE, codes=codes)


def test_a_domain_without_targets_is_about_the_profile(tmp_path: Path) -> None:
    domain = planted_domain(targets=0)
    done = awkward(tmp_path, domain, planted_people(domain))
    assert names(done.results.measures) == ["profile_bits", "accuracy"]
    assert done.results.headline.name == "profile_bits"
    assert not _NDCG_SUMMARIES & set(names(done.results.summary_measures))
    assert {d.measure for d in done.results.differences} == {"profile_bits"}
    assert not any("NDCG" in note for note in done.results.notes)


def test_where_nobody_likes_anything_there_is_no_ndcg_and_a_note(tmp_path: Path) -> None:
    people = dataclasses.replace(PEOPLE, liked=np.zeros_like(PEOPLE.liked))
    done = awkward(tmp_path, people=people)
    assert names(done.results.measures) == ["profile_bits", "target_bits", "accuracy"]
    assert not _NDCG_SUMMARIES & set(names(done.results.summary_measures))
    number = done.results.people
    assert f"{number} of {number} people like none of the targets and have no NDCG." in done.results.notes


def test_who_likes_no_target_has_no_ndcg_and_counts_elsewhere(tmp_path: Path) -> None:
    liked = PEOPLE.liked.copy()
    liked[::2] = False
    done = awkward(tmp_path, people=dataclasses.replace(PEOPLE, liked=liked))
    held_out = [PEOPLE.ids.index(person) for person in done.evaluated.ids]
    without = ~liked[held_out].any(axis=1)
    assert 10 < without.sum() < len(held_out) - 10
    observed = done.evaluated.observed["truthful", "static"]
    assert (np.isnan(observed.curves["ndcg"][:, 0, 0]) == without).all()
    assert not np.isnan(observed.curves["profile_bits"]).any()
    assert f"{without.sum()} of {len(held_out)} people like none of the targets and have no NDCG." in done.results.notes


def test_where_everybody_likes_everything_nothing_is_left_to_gain(tmp_path: Path) -> None:
    done = awkward(tmp_path, people=dataclasses.replace(PEOPLE, liked=np.ones_like(PEOPLE.liked)))
    assert done.results.value("random", "truthful", 0, "ndcg") == pytest.approx((1.0, 1.0, 1.0))
    assert {d.difference for d in done.results.differences if d.measure == "ndcg"} == {0.0}
    assert all(row.values["to_level"][0] == 0 for row in done.results.summaries)


@pytest.mark.parametrize("column", [4, 8])
@pytest.mark.parametrize("code", [-2, 1])
def test_a_facet_nobody_answers_or_all_answer_alike(tmp_path: Path, column: int, code: int) -> None:
    done = awkward(tmp_path, people=with_column(column, code), questions=(0, 4))
    asked = [t.asked == column for (_, name), t in done.evaluated.transcripts.items() if name == "mixture"]
    assert not np.concatenate(asked).any()


def test_people_who_are_silent_about_everything(tmp_path: Path) -> None:
    people = dataclasses.replace(PEOPLE, codes=np.full_like(PEOPLE.codes, -2))
    done = awkward(tmp_path, people=people)
    assert done.results.value("mixture", "noisy", 5, "profile_bits") == (0.0, 0.0, 0.0)
    for row in done.results.summaries:
        # Where nobody ever learned anything, one question is one too many.
        assert row.values["asked"][0] == (0 if row.questioner == "value-stop" else 5)
        assert row.values["unanswered"][0] == 1 or row.questioner == "value-stop"
    assert "accuracy" not in names(done.results.measures)


def test_voices_that_never_speak(tmp_path: Path) -> None:
    people = dataclasses.replace(PEOPLE, voiced=np.zeros(PEOPLE.codes.shape, dtype=bool))
    done = awkward(tmp_path, people=people)
    start, end = (done.results.value("mixture", "silent", n, "profile_bits") for n in (0, 5))
    assert start == end


def test_a_domain_of_one_facet(tmp_path: Path) -> None:
    domain = planted_domain(facets=1)
    done = awkward(tmp_path, domain, planted_people(domain), questions=(0, 1))
    assert {d.difference for d in done.results.differences} == {0.0}
    assert done.results.value("static", "truthful", 1, "profile_bits") == (0.0, 0.0, 0.0)


def test_a_facet_with_one_option_says_nothing(tmp_path: Path) -> None:
    facets = (*DOMAIN.facets[:3], Facet(id="only", label="the only way", options=(Option(id="so", label="so"),)))
    domain = planted_domain().model_copy(update={"facets": facets})
    codes = np.concatenate([PEOPLE.codes[:, :3], np.zeros((len(PEOPLE), 1), dtype=np.int8)], axis=1)
    people = dataclasses.replace(PEOPLE, codes=codes, voiced=np.ones(codes.shape, dtype=bool))
    done = awkward(tmp_path, domain, people, questions=(0, 3))
    firsts = np.concatenate([t.asked for (_, q), t in done.evaluated.transcripts.items() if q in ("static", "entropy")])
    assert not (firsts == 3).any()


def test_one_level_that_is_not_the_broadest_counts_for_accuracy(tmp_path: Path) -> None:
    facets = tuple(facet.model_copy(update={"depth": 2}) for facet in DOMAIN.facets)
    domain = planted_domain().model_copy(update={"facets": facets})
    done = awkward(tmp_path, domain)
    assert "accuracy" in names(done.results.measures)
    assert all(np.isnan(row.values["funnel"][0]) for row in done.results.summaries)


def test_more_questions_than_facets(tmp_path: Path) -> None:
    domain = planted_domain(facets=5)
    done = awkward(tmp_path, domain, planted_people(domain), questions=(0, 5, 6, 20))
    for (_, name), transcript in done.evaluated.transcripts.items():
        assert ((transcript.asked >= 0).sum(axis=1) == 5).all() or name == "value-stop"
    for name in OURS:
        assert done.results.value(name, "truthful", 5, "profile_bits") == (0.0, 0.0, 0.0)
        # Nobody was asked a sixth question, so nothing is said of it.
        assert done.results.value(name, "truthful", 6, "profile_bits") is None
        assert done.results.value(name, "truthful", 20, "profile_bits") is None


def test_as_few_people_as_are_allowed(tmp_path: Path) -> None:
    awkward(tmp_path, people=PEOPLE.take(range(20)))


def test_one_held_out_person_has_means_and_no_intervals(tmp_path: Path) -> None:
    done = awkward(tmp_path, test_ids=("p3",))
    assert done.results.people == 1
    for row in done.results.rows:
        assert all(np.isnan(low) and np.isnan(high) for _, low, high in row.values.values())
    assert not any(d.beyond_noise for d in done.results.differences)
