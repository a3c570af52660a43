"""What an evaluation says of itself: differences, level, facts, notes and examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from planted import Run, planted_domain, planted_people, planted_recipe, run

from elicit.measures import questions_to_level
from elicit.recipes import summarise

DOMAIN = planted_domain(invented=True)
PEOPLE = planted_people(DOMAIN)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    recipe = planted_recipe(questioners=("random", "funnel", "static", "mixture"), questions=(0, 1, 4))
    return run(recipe, DOMAIN, PEOPLE, tmp_path_factory.mktemp("summary") / "run")


def test_the_baseline_is_not_compared_with_itself_and_nothing_before_a_question(done: Run) -> None:
    found = {(d.questioner, d.condition, d.questions, d.measure) for d in done.results.differences}
    assert found == {
        (questioner, condition, count, measure)
        for questioner in ("random", "funnel", "mixture")
        for condition in ("truthful", "noisy", "silent")
        for count in (1, 4)
        for measure in ("ndcg", "profile_bits")
    }
    assert len(found) == len(done.results.differences)
    assert {d.baseline for d in done.results.differences} == {"static"}


def test_a_difference_is_that_of_the_same_people(done: Run) -> None:
    for difference in done.results.differences:
        pair = [
            done.evaluated.observed[difference.condition, name].curves[difference.measure]
            for name in (difference.questioner, "static")
        ]
        gaps = (pair[0] - pair[1])[:, 0, difference.questions]
        assert difference.difference == pytest.approx(np.nanmean(gaps))
        assert difference.low <= difference.difference <= difference.high
        # The interval of pairs is that of their gaps: about four standard errors wide.
        error = np.nanstd(gaps) / np.sqrt((~np.isnan(gaps)).sum())
        assert difference.high - difference.low == pytest.approx(3.92 * error, rel=0.15)


def test_p_values_are_corrected_over_all_differences_of_a_measure(done: Run) -> None:
    for measure in ("ndcg", "profile_bits"):
        ps = sorted(d.p for d in done.results.differences if d.measure == measure)
        # No permutation test of 9,999 draws gives less than 1 in 10,000; 18 were made.
        assert ps[0] >= 18 / 10_000
    assert any(d.beyond_noise for d in done.results.differences)


def test_the_correction_can_be_survived_however_many_tests_there_are(tmp_path: Path) -> None:
    recipe = planted_recipe(
        questioners=("random", "popular", "frequency-skip", "funnel", "entropy", "mixture", "mixture-goal", "static"),
        baseline="random",
        questions=tuple(range(1, 13)),
    )
    results = run(recipe, DOMAIN, PEOPLE, tmp_path / "run").results
    family = [d.p for d in results.differences if d.measure == "profile_bits"]
    assert len(family) == 7 * 3 * 12
    assert min(family) < 0.05 / 2


def test_the_level_is_a_share_of_what_the_whole_profile_gives(done: Run) -> None:
    level = 0.9 * np.nanmean(done.evaluated.full["ndcg"])
    assert f"{level:.3f}" in " ".join(done.results.notes)
    for row in done.results.summaries:
        curves = done.evaluated.observed[row.condition, row.questioner].curves["ndcg"][:, 0]
        mean, low, high = row.values["to_level"]
        assert mean == pytest.approx(questions_to_level(np.nanmean(curves, axis=0), level))
        assert low <= mean <= high
        assert row.values["area"][0] == pytest.approx(np.nanmean(curves @ np.array([1, 2, 2, 2, 1]) / 8))


def test_a_level_out_of_reach_is_infinitely_far(tmp_path: Path) -> None:
    recipe = planted_recipe(questioners=("funnel",), baseline="funnel", level=1.0, questions=(0, 1))
    rows = run(recipe, DOMAIN, PEOPLE, tmp_path / "run").results.summaries
    assert all(row.values["to_level"][0] == np.inf for row in rows)


def test_invented_people_are_called_invented(done: Run, tmp_path: Path) -> None:
    assert done.results.invented
    real = run(planted_recipe(), planted_domain(), PEOPLE, tmp_path / "run").results
    assert not real.invented


def test_facts_say_where_the_numbers_come_from(done: Run) -> None:
    facts = summarise(done.evaluated, {"elicit": "0.1.0", "commit": "abc", "dirty": False, "cores": 2}).facts
    assert facts["elicit"] == "0.1.0"
    assert facts["commit"] == "abc"
    assert facts["Recipe hash"] == done.recipe.hash
    assert facts["People"].startswith(f"{done.results.people} held out")
    assert facts["Facets and targets"] == "12 and 12"
    assert facts["Classes of the mixture"] == "4, 4 (2 starts averaged)"
    dirty = summarise(done.evaluated, {"commit": "abc", "dirty": True}).facts
    assert dirty["commit"] == "abc, and changes since"


def test_notes_name_the_rules_of_the_comparison(done: Run) -> None:
    notes = " ".join(done.results.notes)
    for words in ("counts as asked", "corrected by Holm", "what was learned held fixed", "one common reader"):
        assert words in notes


def test_examples_show_one_person_with_different_questioners(done: Run) -> None:
    person = done.evaluated.ids[0]
    titles = [example["title"] for example in done.results.examples]
    assert titles == [f"{name}, silent, person {person}" for name in ("mixture", "static", "funnel")]
    for example in done.results.examples:
        assert len(example["exchanges"]) == 4
        assert all(question and answer and note for question, answer, note in example["exchanges"])
        assert example["profile"]


def test_a_baseline_is_shown_once(tmp_path: Path) -> None:
    recipe = planted_recipe(questioners=("mixture", "random"), baseline="mixture")
    results = run(recipe, DOMAIN, PEOPLE, tmp_path / "run").results
    assert len(results.examples) == 1
