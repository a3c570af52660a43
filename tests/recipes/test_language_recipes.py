"""Recipes that teach language models to ask, from the file to the scores and the model on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from planted import planted_domain, planted_people, planted_recipe, run
from scipy.stats import kendalltau

import elicit
from elicit.basis import InputError
from elicit.domains import Domain, Population
from elicit.profiles import answer_model, learned_condition
from elicit.questioners.causal import State
from elicit.recipes import Evaluation, read_recipe, read_training
from elicit.recipes.export import export_models
from elicit.recipes.language import Asking, LanguageRecipe, PreferenceRecipe, asked_by
from elicit.runs import read_facts
from elicit.training import own_model, own_tokenizer

SMALL = {"width": 64, "layers": 1, "context": 512, "rows": 60, "batch": 10}
DOMAIN = planted_domain()


def recipe(**changes: Any) -> Evaluation:
    settings = {
        "questioners": ("static", "apt-mark", "apt-held", "apt-hybrid", "paper-free"),
        "conditions": ("truthful", "unanswered-40"),
        "test_folds": (0,),
        "test_people": 12,
        "questions": (0, 2, 7),
        "luck_seeds": 2,
        "language": {
            "apt": LanguageRecipe(teacher="static", preference=PreferenceRecipe(pairs=20, batch=10), **SMALL),
            "paper": LanguageRecipe(teacher="chains", state=State.PROFILE, marked=False, **SMALL),
        },
    }
    return planted_recipe(**settings | changes)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return run(recipe(), DOMAIN, planted_people(DOMAIN), tmp_path_factory.mktemp("language") / "run")


class TestNames:
    """Who is meant by a questioner's name."""

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("apt-mark", ("apt", Asking.MARK)),
            ("apt-two-free", ("apt-two", Asking.FREE)),
            ("apt", None),
            ("apt-loud", None),
            ("value-ndcg", None),
        ],
    )
    def test_a_model_and_a_way(self, name: str, meant: object) -> None:
        models = {"apt": LanguageRecipe(), "apt-two": LanguageRecipe()}
        assert asked_by(name, models) == meant


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[language.apt]\nbogus = 1", "unknown key 'language.apt.bogus'"),
        ("[language.Apt]", "small letters"),
        ("[language.value]", "'value-rerank' is a questioner already"),
        ('[language.apt]\nteacher = "statc"', "unknown teacher 'statc'. Did you mean 'static'"),
        ('[language.apt]\nschedule = "upwards"', "no schedule 'upwards'"),
        ('[language.apt]\norder = "value"', "generality"),
        ("[language.apt]\nlora = 8", "lora needs a base"),
        ('[language.apt]\nbase = "x"\nlora = 8', "marked must be false"),
        ("[language.apt]\nrows = 0", "rows"),
        ('[language.apt]\ntrained = "x"\nrows = 10\nbase = "y"', "leave out base and rows"),
        ('[language.apt]\nlisted = 9\nteacher = "chains"', "listed needs"),
        ("[language.apt]\nwidth = 100", "multiple of 64"),
        ('[language.apt]\nstate = "chat"', "state = 'chat' needs a base"),
        ("[language.apt]\nsoftness = 0.1\nmarked = false", "softness needs marks"),
        ('[language.apt]\nsoftness = 0.1\nteacher = "chains"', "softness needs marks"),
        ('questioners = ["static", "apt-free"]', "unknown questioner 'apt-free'"),
        ('questioners = ["static", "apt-loud"]\n[language.apt]', "unknown questioner 'apt-loud'"),
        ('questioners = ["static", "apt-mark"]\n[language.apt]\nmarked = false', "needs a model with marked = true"),
        ('questioners = ["static", "far-mark"]\n[language.far]\ntrained = "x"', "asks in words: held, free, likely"),
        ('conditions = ["unanswered-200"]', "unknown condition"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(f'title = "Bad"\ndomain = "movies"\n{text}\n', encoding="utf-8")
    with pytest.raises(InputError, match=problem.replace("'", ".").replace(".", r".")):
        read_recipe(str(path))


def test_a_recipe_without_a_language_model_trains_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    path.write_text('title = "None"\ndomain = "movies"\n', encoding="utf-8")
    with pytest.raises(InputError, match="no language model to train"):
        read_training(str(path))


def test_the_recipe_comes_back_from_its_text() -> None:
    import tomllib

    assert Evaluation.model_validate(tomllib.loads(recipe().to_toml())) == recipe()


class TestConditions:
    """How many answers are missing."""

    def test_so_many_of_a_hundred_are_unknown_and_none_is_wrong(self) -> None:
        from elicit.basis import Luck

        model = answer_model("unanswered-40")
        truth = np.zeros((4000, 1), dtype=np.int8)
        said = model.answer(
            truth, np.zeros(4000, dtype=np.intp), np.array([3]), Luck.of(0, [str(n) for n in range(4000)])
        )
        assert set(said.tolist()) == {0, -2}
        assert 0.37 < (said == -2).mean() < 0.43
        assert model.error == 0

    def test_networks_take_them_for_noise(self) -> None:
        assert learned_condition(answer_model("unanswered-40")) == "noisy"
        assert learned_condition(answer_model("truthful")) == "truthful"


class TestEvaluated:
    """An evaluation with language models."""

    def test_everybody_has_scores_in_every_condition(self, done: Any) -> None:
        assert {(row.condition, row.questioner) for row in done.results.rows} == {
            (condition, name) for condition in done.recipe.conditions for name in done.recipe.questioners
        }

    def test_a_hybrid_asks_what_its_teacher_asks(self, done: Any) -> None:
        for condition in done.recipe.conditions:
            assert (
                done.evaluated.transcripts[condition, "apt-hybrid"].asked.tolist()
                == done.evaluated.transcripts[condition, "static"].asked.tolist()
            )

    def test_words_are_kept_with_the_dialogues(self, done: Any) -> None:
        part = done.folder.read_shard("fold0-truthful-apt-held-0")
        assert all(text for person in part.words for text in person)
        assert done.folder.read_shard("fold0-truthful-static-0").words == ()

    def test_how_they_speak_and_listen_is_measured(self, done: Any) -> None:
        found = {row.questioner: row.values for row in done.results.summaries if row.condition == "truthful"}
        for name in ("heeds_6", "heeds_random_6", "unreadable", "again"):
            assert found["static"][name][0] == 0
        assert found["apt-held"]["flagged"][0] == found["apt-held"]["flagged"][0]
        assert np.isnan(found["apt-mark"]["flagged"][0])
        assert all(0 <= found[name]["rouge_l"][0] <= 1 for name in done.recipe.questioners)
        assert [found["static"][f"different_{turn}"][0] for turn in (2, 7)] == [1, 1]
        assert found["apt-held"]["wordings"][0] >= 7
        assert np.isnan(found["static"]["wordings"][0])

    def test_what_is_gained_is_told_as_a_share_of_the_baseline(self, done: Any) -> None:
        ndcg = {(r.condition, r.questioner, r.questions): r.values["ndcg"][0] for r in done.results.rows}
        for row in done.results.summaries:
            gained, theirs = (
                ndcg[row.condition, name, 7] - ndcg[row.condition, name, 0] for name in (row.questioner, "static")
            )
            mean, low, high = row.values["gain_ndcg"]
            assert mean == pytest.approx(gained / theirs)
            assert low <= mean <= high
            assert row.values["gain_target_bits"][0] == 1 or row.questioner not in ("static", "apt-hybrid")

    def test_the_page_shows_a_dialogue_in_the_words_of_a_model(self, done: Any) -> None:
        examples = {str(example["title"]).split(",")[0]: example["exchanges"] for example in done.results.examples}
        condition = done.recipe.conditions[-1]
        words = done.evaluated.transcripts[condition, "apt-held"].words[0]
        assert [text for text, _, _ in examples["apt-held"]] == list(words)

    def test_from_open_to_closed_is_counted_by_the_number_of_answers(self, done: Any) -> None:
        found = {row.questioner: row.values["closing"][0] for row in done.results.summaries}
        asked = done.evaluated.transcripts[done.recipe.conditions[-1], "static"].asked[0]
        sizes = DOMAIN.option_counts[asked]
        expected = kendalltau(np.arange(len(sizes)), -sizes).statistic if len(set(sizes.tolist())) > 1 else np.nan
        assert found["static"] == pytest.approx(expected, nan_ok=True)

    def test_who_asks_as_the_chains_do_has_the_paper_s_words(self, tmp_path: Path) -> None:
        """The funnel, broad to specific, asks for what comes next in a chain, if it is the chain of everything."""
        everything = recipe(
            questioners=("static", "funnel", "random", "apt-mark"),
            conditions=("truthful",),
            questions=(0, len(DOMAIN.facets)),
            language={"apt": LanguageRecipe(teacher="static", **SMALL | {"context": 1024})},
        )
        found = run(everything, DOMAIN, planted_people(DOMAIN), tmp_path / "run").results.summaries
        likeness = {row.questioner: row.values["rouge_l"][0] for row in found}
        assert likeness["funnel"] > likeness["random"] + 0.05

    def test_without_language_models_that_is_not_measured(self) -> None:
        assert "heeds_6" not in Evaluation(title="x", domain="movies").model_dump()

    def test_gone_on_with_nothing_is_trained_again(self, done: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        from elicit.recipes import evaluate, taught

        for name in ("fine_tune", "prefer"):
            monkeypatch.setattr(taught, name, lambda *_: pytest.fail("trained again"))
        again = evaluate(done.recipe, done.domain, done.people, done.folder)
        for key, transcript in done.evaluated.transcripts.items():
            assert again.transcripts[key].asked.tolist() == transcript.asked.tolist()
            assert again.transcripts[key].words == transcript.words

    def test_no_checkpoint_is_left(self, done: Any) -> None:
        assert not list(done.folder.path.rglob("*checkpoint*"))

    def test_models_are_taken_out_with_a_card(self, done: Any, tmp_path: Path) -> None:
        facts = read_facts(done.folder.path)
        places = export_models(done.recipe, done.folder.path, done.results, facts, tmp_path)
        assert sorted(places) == ["apt", "paper"]
        card = (places["apt"] / "README.md").read_text(encoding="utf-8")
        for part in (done.recipe.hash, done.people.hash, "apt-held", "static", "unanswered-40"):
            assert part in card
        assert "paper-free" not in card
        question = elicit.load_questioner(places["paper"]).next([])
        assert question is not None
        assert question.facets[0] in done.domain.columns


def test_a_model_asks_in_a_domain_that_it_was_not_trained_for(tmp_path: Path) -> None:
    """What it may ask there stands in a list; it is held to that domain's wordings."""
    apt = LanguageRecipe(teacher="value", marked=False, listed=9, **SMALL | {"context": 1024})
    taught = recipe(questioners=("static", "apt-held"), conditions=("truthful",), language={"apt": apt})
    trained = run(taught, DOMAIN, planted_people(DOMAIN), tmp_path / "trained")
    (folder,) = trained.folder.path.glob("learned/*/language-apt")
    other = Domain(
        name="other",
        title="Other",
        targets=DOMAIN.targets,
        facets=tuple(
            facet.model_copy(update={"label": f"stuff {n}", "wordings": (f"Is stuff {n} for you?",)})
            for n, facet in enumerate(DOMAIN.facets)
        ),
    )
    with pytest.raises(InputError, match="trained in this domain"):
        run(
            recipe(questioners=("static", "far-held"), language={"far": LanguageRecipe(trained=str(folder))}),
            DOMAIN,
            planted_people(DOMAIN),
            tmp_path / "home",
        )
    abroad = recipe(
        domain="other",
        questioners=("static", "far-held", "far-free", "far-hybrid"),
        conditions=("truthful",),
        language={"far": LanguageRecipe(trained=str(folder), teacher="static")},
    )
    done = run(abroad, other, planted_people(other), tmp_path / "abroad")
    held = done.folder.read_shard("fold0-truthful-far-held-0")
    for asked, words in zip(held.asked.tolist(), held.words, strict=True):
        assert [f"Is stuff {column} for you?" for column in asked] == list(words)
        assert len(set(asked)) == len(asked)
    hybrid = done.evaluated.transcripts["truthful", "far-hybrid"]
    assert hybrid.asked.tolist() == done.evaluated.transcripts["truthful", "static"].asked.tolist()
    again = run(abroad, other, planted_people(other), tmp_path / "again")
    for key, transcript in done.evaluated.transcripts.items():
        assert again.evaluated.transcripts[key].words == transcript.words


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"trained": "nowhere"}, "nowhere: no language model that asks here"),
        ({"teacher": "value-ndcg"}, "teacher of language.apt"),
    ],
)
def test_what_this_domain_cannot_have_is_refused_before_anything_is_learned(
    tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    bare = DOMAIN.model_copy(update={"targets": ()})
    people = planted_people(DOMAIN)
    people = Population(people.ids, people.codes, people.liked[:, :0])
    asking = recipe(questioners=("static", "apt-held"), language={"apt": LanguageRecipe(**changes)})
    with pytest.raises(InputError, match=problem):
        run(asking, bare, people, tmp_path / "run")
    assert not list((tmp_path / "run").glob("learned/*"))


def test_a_base_without_a_chat_template_is_refused_before_anything_is_learned(tmp_path: Path) -> None:
    tokenizer = own_tokenizer(DOMAIN)
    tokenizer.save_pretrained(tmp_path / "base")
    own_model(tokenizer, width=64, layers=1, context=512, seed=1).save_pretrained(tmp_path / "base")
    chatting = LanguageRecipe(base=str(tmp_path / "base"), state=State.CHAT)
    with pytest.raises(InputError, match="no chat template"):
        run(
            recipe(questioners=("static", "apt-held"), language={"apt": chatting}),
            DOMAIN,
            planted_people(DOMAIN),
            tmp_path / "run",
        )
    assert not list((tmp_path / "run").glob("learned/*"))


def test_what_is_trained_already_cannot_be_trained(tmp_path: Path) -> None:
    path = tmp_path / "ready.toml"
    path.write_text(
        'title = "R"\ndomain = "movies"\nquestioners = ["static", "far-held"]\n[language.far]\ntrained = "x"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"'far' is trained already.*elicit evaluate"):
        read_training(str(path))


def test_a_teacher_that_keeps_to_an_order_cannot_ask_from_lists(tmp_path: Path) -> None:
    fixed = LanguageRecipe(teacher="static", listed=9, **SMALL | {"context": 1024})
    with pytest.raises(InputError, match="does not weigh questions"):
        run(
            recipe(questioners=("static", "apt-held"), conditions=("truthful",), language={"apt": fixed}),
            DOMAIN,
            planted_people(DOMAIN),
            tmp_path / "run",
        )


def test_a_domain_with_other_facets_does_not_take_the_model(done: Any) -> None:
    from elicit.questioners.causal import Asker

    folder = next((done.folder.path / "learned").glob("*/language-apt"))
    with pytest.raises(InputError, match="another domain"):
        Asker.load(folder, {"domain": planted_domain(facets=5).hash})


def test_a_context_too_short_for_the_dialogues_is_refused_before_anything_is_learned(tmp_path: Path) -> None:
    apt = LanguageRecipe(teacher="static", width=64, layers=1, context=300)
    short = recipe(language={"apt": apt}, questioners=("static", "apt-free"))
    with pytest.raises(InputError, match=r"context: 7 questions may take \d+ tokens, more than the 300"):
        run(short, DOMAIN, planted_people(DOMAIN), tmp_path / "run")
