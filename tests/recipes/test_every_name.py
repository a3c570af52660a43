"""Every questioner that a recipe may name, the rival's with them, plays; also where a fold learns from odd people."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from planted import planted_domain, planted_people, planted_recipe, run

from elicit.recipes import split_people
from elicit.recipes.recipe import QUESTIONERS

pytestmark = pytest.mark.filterwarnings("error")

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN, 60)
RECIPE = planted_recipe(questioners=QUESTIONERS, conditions=("noisy", "silent"), test_folds=(0,), questions=(0, 2, 5))


def test_every_name_plays_once(tmp_path: Path) -> None:
    done = run(RECIPE, DOMAIN, PEOPLE, tmp_path / "run")
    assert {name for _, name in done.evaluated.observed} == set(QUESTIONERS)
    for (_, name), transcript in done.evaluated.transcripts.items():
        if name != "value-stop":
            assert (np.diff(np.sort(transcript.asked, axis=1), axis=1) > 0).all()
            assert (transcript.asked >= 0).all()
    for row in done.results.rows:
        assert np.isfinite([value for value, _, _ in row.values.values()]).all()
    # Adaptive rivals listen, and the fixed order does not.
    listens = {r.questioner: r.values["adaptivity"][0] for r in done.results.summaries if r.condition == "silent"}
    assert listens["pep-released-fixed"] == 0
    assert listens["pep-pairs"] > 0


@pytest.mark.parametrize("code", [1, -2])
def test_a_facet_that_the_learners_of_a_fold_all_answer_alike_or_not_at_all(tmp_path: Path, code: int) -> None:
    (split,) = split_people(RECIPE, PEOPLE)
    learners = [PEOPLE.ids.index(person) for person in split.train.ids]
    codes = PEOPLE.codes.copy()
    for column in (1, 4, 8):
        codes[learners, column] = code
    people = dataclasses.replace(PEOPLE, codes=codes)
    (odd,) = split_people(RECIPE, people)
    assert all(set(odd.train.codes[:, column].tolist()) == {code} for column in (1, 4, 8))
    assert all(len(set(odd.test.codes[:, column].tolist())) > 1 for column in (1, 4, 8))
    done = run(RECIPE, DOMAIN, people, tmp_path / "run")
    assert {name for _, name in done.evaluated.observed} == set(QUESTIONERS)
    for row in done.results.rows:
        assert np.isfinite([value for value, _, _ in row.values.values()]).all()
    # Where three of the five telling facets say nothing, there may be nothing to learn; but nothing breaks.
    assert all("better than no learning" in trouble for trouble in done.evaluated.troubles)
