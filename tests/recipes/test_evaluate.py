"""An evaluation from end to end on planted people: what is played, scored and written."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from planted import OURS, Run, contents, planted_domain, planted_people, planted_recipe, run

from elicit.basis import InputError, UnavailableError
from elicit.dialogues import Transcript
from elicit.domains import Population
from elicit.profiles import Noisy
from elicit.questioners import Rules
from elicit.recipes import Fitted, build_questioner, planned_dialogues, split_people, summarise
from elicit.recipes.recipe import QUESTIONERS
from elicit.runs import play

pytestmark = pytest.mark.filterwarnings("error")

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN)
CONDITIONS = ("truthful", "noisy", "silent")
OUTSIDER = '''
"""Questioners of somebody else."""

import numpy as np

from elicit.questioners import OrderedQuestioner, funnel_order

seeds = []


def twin(fitted, model):
    return OrderedQuestioner(funnel_order(fitted.domain, fitted.split.train))


class Shy:
    """Asks two questions, one person in two a third."""

    def choose(self, states, allowed, luck):
        turns = (states != -1).sum(axis=1)
        seeds.append(luck.seed)
        return np.where(turns < 2 + (states[:, 0] == 0), turns, -1)


class Rude:
    """Asks the first facet again and again."""

    def choose(self, states, allowed, luck):
        return np.zeros(len(states), dtype=int)


def shy(fitted, model):
    return Shy()


def rude(fitted, model):
    return Rude()
'''


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run every questioner of ours in every condition with two draws of the noise, everybody held out once."""
    recipe = planted_recipe(questioners=OURS, test_folds=(0, 1, 2, 3, 4), luck_seeds=2, questions=(0, 2, 4, 6))
    return run(recipe, DOMAIN, PEOPLE, tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture
def outsider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put a module of questioners into the current folder and return its name."""
    name = f"outsider_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(OUTSIDER, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def shards(done: Run) -> dict[str, Transcript]:
    found = {}
    for path in sorted((done.folder.path / "answers.parquet").glob("*.parquet")):
        transcript = done.folder.read_shard(path.stem)
        assert transcript is not None
        found[path.stem] = transcript
    return found


def scores(done: Run, **where: object) -> pa.Table:
    table = pq.read_table(done.folder.path / "scores.parquet")
    for column, value in where.items():
        table = table.filter(pc.equal(table.column(column), value))
    return table


def person_means(done: Run, condition: str, questioner: str, measure: str, count: int) -> np.ndarray:
    """Return a measure after a number of questions, mean over trainings, float64[people]."""
    return done.evaluated.observed[condition, questioner].curves[measure][:, :, count].mean(axis=1)


def test_everything_planned_was_played_and_measured(whole: Run) -> None:
    played = shards(whole)
    planned = planned_dialogues(whole.recipe, DOMAIN, PEOPLE)
    assert sum(map(len, played.values())) == planned == 150 * len(OURS) * (1 + 2 + 1)
    # Two draws where answers depend on luck, one where people always say the same.
    assert {tuple(name.rsplit("-", 1)) for name in played if "fold0" in name and "mixture-goal" in name} == {
        ("fold0-truthful-mixture-goal", "0"),
        ("fold0-noisy-mixture-goal", "0"),
        ("fold0-noisy-mixture-goal", "1"),
        ("fold0-silent-mixture-goal", "0"),
    }
    rows = {(r.condition, r.questioner, r.questions): r for r in whole.results.rows}
    assert set(rows) == {(c, q, n) for c in CONDITIONS for q in OURS for n in (0, 2, 4, 6)}
    assert len(rows) == len(whole.results.rows)
    names = [m.name for m in whole.results.measures]
    assert names == ["ndcg", "profile_bits", "target_bits", "accuracy"]
    assert all(list(row.values) == names for row in whole.results.rows)
    summary_names = {m.name for m in whole.results.summary_measures}
    assert {"area", "to_level", "funnel", "adaptivity", "swap_ndcg", "swap_bits", "redundancy"} <= summary_names
    assert {"unanswered_depth_0", "unanswered_depth_2"} <= summary_names
    # Nobody stopped, so how many questions were asked is no news.
    assert "asked" not in summary_names
    assert all(set(row.values) == summary_names for row in whole.results.summaries)
    assert {(r.condition, r.questioner) for r in whole.results.summaries} == {(c, q) for c, q, _ in rows}


def test_everybody_is_held_out_once_and_has_a_score_for_everything(whole: Run) -> None:
    assert sorted(whole.evaluated.ids) == sorted(PEOPLE.ids)
    assert whole.results.people == 150
    assert scores(whole).num_rows == 150 * 3 * len(OURS) * 4
    one = scores(whole, person="p7", condition="noisy", questioner="mixture", training=0)
    assert one.column("questions").to_pylist() == [0, 2, 4, 6]


def test_rows_are_the_means_of_the_scores(whole: Run) -> None:
    for questioner, condition, count in (("mixture", "noisy", 4), ("random", "silent", 6)):
        found = scores(whole, questioner=questioner, condition=condition, questions=count)
        for name in ("ndcg", "profile_bits", "target_bits"):
            mean, low, high = whole.results.value(questioner, condition, count, name) or ()
            values = found.column(name).to_numpy()
            assert mean == pytest.approx(np.nanmean(values))
            assert low < mean < high


def test_before_the_first_question_all_are_the_same(whole: Run) -> None:
    for condition in CONDITIONS:
        rows = [r.values for r in whole.results.rows if (r.condition, r.questions) == (condition, 0)]
        assert all(values == rows[0] for values in rows)


def test_all_questioners_met_the_same_noise_and_each_draw_is_another(whole: Run) -> None:
    known: list[np.ndarray] = []
    for draw in ("0", "1"):
        tables = [
            t.states(6, 12)
            for name, t in shards(whole).items()
            if name.startswith("fold2-noisy-") and name.endswith(f"-{draw}")
        ]
        assert len(tables) == len(OURS)
        heard = np.max(np.where(np.array(tables) == -1, -99, tables), axis=0)
        for table in tables:
            asked = table != -1
            np.testing.assert_array_equal(table[asked], heard[asked])
        known.append(heard)
    both = (known[0] != -99) & (known[1] != -99)
    assert (known[0] != known[1])[both].mean() > 0.2


def test_nothing_is_asked_twice_and_truthful_people_say_their_profile(whole: Run) -> None:
    row = {person: i for i, person in enumerate(PEOPLE.ids)}
    splits = {split.name: split.test.ids for split in split_people(whole.recipe, PEOPLE)}
    for name, transcript in shards(whole).items():
        fold, condition = name.split("-")[:2]
        asked = np.sort(transcript.asked, axis=1)
        assert (np.diff(asked, axis=1) > 0).all()
        if condition != "noisy":
            rows = [row[person] for person in splits[fold]]
            truth = PEOPLE.codes if condition == "truthful" else PEOPLE.spoken_codes()
            said = np.take_along_axis(truth[rows], transcript.asked.astype(np.intp), axis=1)
            np.testing.assert_array_equal(transcript.answers, said)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize(
    ("questioner", "measure", "counts"),
    [
        ("static", "profile_bits", (2, 6)),
        ("mixture-goal", "profile_bits", (2, 4, 6)),
        # It asks for the class and nothing else: once the class is known, the rest of the profile stays hidden.
        ("mixture", "profile_bits", (2,)),
        ("mixture", "ndcg", (2, 4, 6)),
    ],
)
def test_learned_questioners_beat_random_on_planted_classes(
    whole: Run, questioner: str, measure: str, counts: tuple[int, ...], condition: str
) -> None:
    better = {"profile_bits": -1, "ndcg": 1}[measure]
    for count in counts:
        gaps = better * person_means(whole, condition, questioner, measure, count)
        gaps -= better * person_means(whole, condition, "random", measure, count)
        gaps = gaps[~np.isnan(gaps)]
        assert gaps.mean() > 2 * gaps.std() / np.sqrt(len(gaps))


def test_answers_help_and_noise_and_silence_cost(whole: Run) -> None:
    for questioner in OURS:
        bits = {c: [whole.results.value(questioner, c, n, "profile_bits")[0] for n in (0, 2, 4, 6)] for c in CONDITIONS}
        for curve in bits.values():
            assert sorted(curve, reverse=True) == curve
        assert bits["truthful"][-1] < min(bits["noisy"][-1], bits["silent"][-1])


def test_whole_dialogues_are_described(whole: Run) -> None:
    summary = {(r.condition, r.questioner): r.values for r in whole.results.summaries}
    for condition in CONDITIONS:
        for fixed in ("random", "popular", "funnel", "static"):
            assert summary[condition, fixed]["adaptivity"] == (0.0, 0.0, 0.0)
        assert summary[condition, "mixture"]["adaptivity"][1] > 0.2
        assert summary[condition, "funnel"]["funnel"][0] > 0.5
    # Six questions of the funnel: three broad, three narrower.
    assert summary["truthful", "funnel"]["ties"][0] == pytest.approx(6 / 15)
    assert np.isnan(summary["truthful", "funnel"]["unanswered_depth_2"][0])
    assert summary["truthful", "funnel"]["unanswered"][0] == 0
    assert summary["noisy", "random"]["unanswered"][0] == pytest.approx(0.2, abs=0.05)
    assert summary["silent", "random"]["unanswered"][0] == pytest.approx(0.2, abs=0.05)


def test_only_who_listens_loses_when_questions_are_swapped(whole: Run) -> None:
    summary = {(r.condition, r.questioner): r.values for r in whole.results.summaries}
    for condition in CONDITIONS:
        for fixed in ("popular", "funnel", "static"):
            assert summary[condition, fixed]["swap_ndcg"] == (0.0, 0.0, 0.0)
            assert summary[condition, fixed]["swap_bits"] == (0.0, 0.0, 0.0)
        mean, low, high = summary[condition, "entropy"]["swap_bits"]
        assert 0 < low < mean < high
        # Orders that differ by chance fit another person as well as one's own.
        mean, low, high = summary[condition, "random"]["swap_bits"]
        assert low < 0 < high


def test_what_was_pooled_over_people_has_no_interval_over_people(whole: Run) -> None:
    for row in whole.results.summaries:
        for name in ("ties", "calibration", "unanswered_depth_0"):
            assert np.isfinite(row.values[name][0])
            assert np.isnan(row.values[name][1:]).all()


def test_two_runs_are_the_same_to_the_byte(tmp_path: Path) -> None:
    recipe = planted_recipe(conditions=("noisy",))
    one, two = (run(recipe, DOMAIN, PEOPLE, tmp_path / name) for name in ("one", "two"))
    assert contents(one.folder.path) == contents(two.folder.path)
    assert summarise(one.evaluated, {}).to_json() == summarise(two.evaluated, {}).to_json()
    other = run(planted_recipe(conditions=("noisy",), seed=4), DOMAIN, PEOPLE, tmp_path / "three")
    assert contents(other.folder.path) != contents(one.folder.path)


def test_what_a_held_out_person_is_like_reaches_nobody_elses_score(tmp_path: Path) -> None:
    recipe = planted_recipe(test_folds=(1,), conditions=("noisy", "silent"))
    (split,) = split_people(recipe, PEOPLE)
    strange = PEOPLE.ids.index(split.test.ids[0])
    codes, liked = PEOPLE.codes.copy(), PEOPLE.liked.copy()
    codes[strange] = 1 - np.minimum(codes[strange], 1)
    liked[strange] = ~liked[strange]
    assert PEOPLE.voiced is not None
    changed = Population(PEOPLE.ids, codes, liked, PEOPLE.personas, PEOPLE.voiced)
    before, after = (
        run(recipe, DOMAIN, people, tmp_path / name) for name, people in (("before", PEOPLE), ("after", changed))
    )
    assert contents(before.folder.path) != contents(after.folder.path)
    strange_id = PEOPLE.ids[strange]
    kept = [scores(done).filter(pc.not_equal(scores(done).column("person"), strange_id)) for done in (before, after)]
    for one, two in zip(kept[0].columns, kept[1].columns, strict=True):
        if pa.types.is_floating(one.type):
            # The last bits of float32 products may depend on the batch.
            np.testing.assert_allclose(one.to_numpy(), two.to_numpy(), rtol=1e-5)
        else:
            assert one.equals(two)


def test_learning_sees_only_those_who_are_not_tested() -> None:
    recipe = planted_recipe()
    split = next(iter(split_people(recipe, PEOPLE)))
    fitted = Fitted(recipe, DOMAIN, split, 3)
    assert fitted.classes == 4
    assert not set(split.test.ids) & {*split.train.ids, *split.validation.ids}
    alone = Fitted(recipe, DOMAIN, dataclasses.replace(split, test=split.test.take([])), 3)
    np.testing.assert_array_equal(fitted.mixture.answers, alone.mixture.answers)
    np.testing.assert_array_equal(fitted.mixture.likes, alone.mixture.likes)
    rules, luck = Rules.of(DOMAIN), split.train.luck(5)
    for name in QUESTIONERS:
        one, two = (
            play(
                build_questioner(name, learned, Noisy()),
                Noisy(),
                split.train.codes,
                DOMAIN.option_counts,
                rules,
                luck,
                5,
            )
            for learned in (fitted, alone)
        )
        np.testing.assert_array_equal(one.asked, two.asked)


def test_data_without_recorded_silence_have_no_silent_condition_and_say_so(tmp_path: Path) -> None:
    people = planted_people(DOMAIN, voiced=False)
    recipe = planted_recipe(questioners=("static", "random"))
    done = run(recipe, DOMAIN, people, tmp_path / "run")
    assert done.results.conditions == ("truthful", "noisy")
    assert sum(map(len, shards(done).values())) == planned_dialogues(recipe, DOMAIN, people)
    assert sum("'silent' was left out: these data cannot tell" in note for note in done.results.notes) == 1
    with pytest.raises(InputError, match="none of the recipe's conditions is possible: these data cannot tell"):
        planned_dialogues(planted_recipe(conditions=("silent",)), DOMAIN, people)


def test_an_outsider_who_asks_the_same_is_not_beyond_noise(tmp_path: Path, outsider: str) -> None:
    recipe = planted_recipe(questioners=("funnel", "mixture", f"{outsider}:twin"), baseline="funnel")
    results = run(recipe, DOMAIN, PEOPLE, tmp_path / "run").results
    assert {d.questioner for d in results.differences} == {"mixture", f"{outsider}:twin"}
    twins = [d for d in results.differences if d.questioner != "mixture"]
    assert len(twins) == 2 * 2 * 3
    for difference in twins:
        assert (difference.difference, difference.low, difference.high, difference.p) == (0, 0, 0, 1)
        assert not difference.beyond_noise
    assert any(d.beyond_noise for d in results.differences)


def test_who_stops_early_keeps_what_was_learned(tmp_path: Path, outsider: str) -> None:
    recipe = planted_recipe(questioners=(f"{outsider}:shy",), baseline=f"{outsider}:shy", questions=(0, 2, 3, 9))
    done = run(recipe, DOMAIN, PEOPLE, tmp_path / "run")
    assert done.results.differences == ()
    lengths = {length for t in shards(done).values() for length in (t.asked >= 0).sum(axis=1).tolist()}
    assert lengths == {2, 3}
    three, nine = (done.results.value(f"{outsider}:shy", "noisy", n, "ndcg") for n in (3, 9))
    assert three == nine


def test_the_noise_that_teaches_is_not_the_noise_that_tests(tmp_path: Path, outsider: str) -> None:
    recipe = planted_recipe(questioners=(f"{outsider}:shy",), baseline=f"{outsider}:shy", luck_seeds=3)
    run(recipe, DOMAIN, PEOPLE, tmp_path / "run")
    seeds = set(importlib.import_module(outsider).seeds)
    assert len(seeds) == 3
    assert recipe.seed not in seeds


def test_an_outsider_who_repeats_a_question_or_is_not_there_is_refused(tmp_path: Path, outsider: str) -> None:
    for name, kind, words in (
        (f"{outsider}:rude", UnavailableError, "ValueError: Rude chose a facet that may not be asked"),
        (f"{outsider}:gone", InputError, f"module '{outsider}' has no 'gone'"),
        (f"no_{outsider}:twin", InputError, f"cannot import 'no_{outsider}'"),
    ):
        recipe = planted_recipe(questioners=("static", name))
        with pytest.raises(kind, match=words):
            run(recipe, DOMAIN, PEOPLE, tmp_path / name)
