"""Every mistake in a recipe is answered by one line that names it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from elicit.basis import InputError, resource
from elicit.recipes import Evaluation, read_recipe

GOOD = 'title = "T"\ndomain = "movies"\n'


def recipe_file(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_recipe_of_two_lines_is_enough(tmp_path: Path) -> None:
    recipe, text = read_recipe(recipe_file(tmp_path, GOOD))
    assert text == GOOD
    assert (recipe.title, recipe.baseline, recipe.questions) == ("T", "static", (0, 3, 5, 10, 15))


@pytest.mark.parametrize("name", ["quickstart", "movies-real"])
def test_shipped_recipes_are_read_by_name(name: str) -> None:
    recipe, text = read_recipe(name)
    assert recipe.title in text
    assert recipe.baseline in recipe.questioners


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("qestions = [1]", "unknown key 'qestions'. Did you mean 'questions'?"),
        ("zzzz = 1", "unknown key 'zzzz'. Known: title, domain"),
        ("[mixture]\nclases = [1]", "unknown key 'mixture.clases'. Did you mean 'classes'?"),
        ('questioners = ["statik"]', "unknown questioner 'statik'. Did you mean 'static'?"),
        ('questioners = ["static", ":mine"]', "unknown questioner ':mine'"),
        ('questioners = ["static", "mine:"]', "unknown questioner 'mine:'"),
        ('questioners = ["static", ".mine:ask"]', "unknown questioner '.mine:ask'"),
        ('questioners = ["random"]', "the baseline 'static' is not among the questioners"),
        ('questioners = ["static", "random", "random"]', "questioners names 'random' 2 times"),
        ('conditions = ["noizy"]', "unknown condition 'noizy'. Did you mean 'noisy'?"),
        ("conditions = []", "conditions: Tuple should have at least 1 item"),
        ('conditions = ["noisy", "noisy"]', "conditions names 'noisy' 2 times"),
        ("questions = []", "questions: Tuple should have at least 1 item"),
        ("questions = [0]", "questions [0] must ascend"),
        ("questions = [0, 5, 3]", "questions [0, 5, 3] must ascend from 0 or more, without repeats"),
        ("questions = [3, 3]", "questions [3, 3] must ascend"),
        ("questions = [-1, 3]", "questions [-1, 3] must ascend"),
        ('questions = ["many"]', "questions.0: Input should be a valid integer"),
        ("folds = 1", "folds: Input should be greater than or equal to 2"),
        ("[mixture]\nsmoothing = inf", "mixture.smoothing: Input should be a finite number"),
        ("folds = 1000000000\ntest_folds = [1000000000]", "test_folds [1000000000] must lie between 0 and 999999999"),
        ("folds = 3\ntest_folds = [3]", "test_folds [3] must lie between 0 and 2"),
        ("test_folds = [5]", "test_folds [5] must lie between 0 and 4"),
        ("test_folds = [0, 0]", "test_folds names 0 2 times"),
        ("test_folds = []", "test_folds: Tuple should have at least 1 item"),
        ('test_ids = ["a", "b", "a"]', "test_ids names 'a' 2 times"),
        ("seed = -1", "seed: Input should be greater than or equal to 0"),
        ("validation = 1.0", "validation: Input should be less than 1"),
        ("level = 1.5", "level: Input should be less than or equal to 1"),
        ('goal = "profil"', "goal: unknown goal 'profil', and no list of facet ids. Did you mean 'profile'?"),
        ("goal = 5", "goal: 5 is neither one of profile, targets, all, ndcg nor a list of facet ids"),
        ('goal = ["f1", 5]', "goal: ['f1', 5] is neither one of"),
        ('[published]\nsource = "s"\nndcg = {}\nndgc = {}', "unknown key 'published.ndgc'. Did you mean 'ndcg'?"),
        ("goal = []", "goal names no facet"),
        ("[mixture]\nclasses = []", "mixture.classes: Tuple should have at least 1 item"),
        ('reader = "nonsense"', "reader: Input should be 'mixture' or 'network'"),
        ("training_seeds = 0", "training_seeds: Input should be greater than or equal to 1"),
        ("luck_seeds = 0", "luck_seeds: Input should be greater than or equal to 1"),
        ("train_people = 1", "train_people: Input should be greater than or equal to 2"),
        ("stop_at = -0.1", "stop_at: Input should be greater than or equal to 0"),
        ('stop_at = "soon"', "stop_at: Input should be a valid number"),
        ("validation = 0", "validation: Input should be greater than 0"),
        ('questioners = ["static", "pep-pears"]', "unknown questioner 'pep-pears'. Did you mean 'pep-pairs'?"),
        ("[network]\nhiden = 8", "unknown key 'network.hiden'. Did you mean 'hidden'?"),
        ("[network]\nstates = 8", "unknown key 'network.states'"),
        ("[network]\nhidden = 0", "network.hidden: Input should be greater than 0"),
        ("[network]\nconsistency = -1", "network.consistency: Input should be greater than or equal to 0"),
        ("[network]\nlearning_rate = 0", "network.learning_rate: Input should be greater than 0"),
        ("[value]\nstate = 100", "unknown key 'value.state'. Did you mean 'states'?"),
        ("[value]\nstates = 99", "value.states: Input should be greater than or equal to 100"),
        ("[value]\nquestions = 0", "value.questions: Input should be greater than 0"),
        ("[mixture]\nclasses = [0]", "mixture.classes.0: Input should be greater than 0"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_file(tmp_path: Path, line: str, problem: str) -> None:
    name = recipe_file(tmp_path, GOOD + line)
    with pytest.raises(InputError) as caught:
        read_recipe(name)
    assert caught.value.what.startswith(problem)
    assert caught.value.where == name
    assert "\n" not in str(caught.value)


def test_a_recipe_without_a_title_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="title: Field required"):
        read_recipe(recipe_file(tmp_path, 'domain = "movies"'))


def test_what_is_not_toml_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mine\.toml: not valid TOML: .*line 3"):
        read_recipe(recipe_file(tmp_path, GOOD + "questions = = 0"))
    (tmp_path / "latin.toml").write_bytes('title = "Größe"'.encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.toml: not UTF-8 \(byte 11\)"):
        read_recipe(str(tmp_path / "latin.toml"))


def test_a_recipe_that_is_not_there_is_answered_with_a_near_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no recipe 'quikstart'\. .*Did you mean 'quickstart'\?"):
        read_recipe("quikstart")
    with pytest.raises(InputError, match=r"no recipe '.*gone\.toml'"):
        read_recipe(str(tmp_path / "gone.toml"))
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(InputError, match="no recipe"):
        read_recipe(str(tmp_path / "folder.toml"))


def test_the_hash_follows_every_setting_and_nothing_else(tmp_path: Path) -> None:
    plain = read_recipe(recipe_file(tmp_path, GOOD))[0]
    assert read_recipe(recipe_file(tmp_path, "# a remark\n" + GOOD))[0].hash == plain.hash
    assert read_recipe(recipe_file(tmp_path, GOOD + "seed = 0"))[0].hash == plain.hash
    changed = [
        Evaluation(title="T", domain="movies", **change)
        for change in (
            {"seed": 1},
            {"questions": (0, 3)},
            {"luck_seeds": 2},
            {"training_seeds": 2},
            {"train_people": 100},
            {"reader": "network"},
            {"stop_at": 0.1},
            {"mixture": {"starts": 1}},
            {"network": {"hidden": 8}},
            {"value": {"states": 100}},
        )
    ]
    assert len({plain.hash, *(recipe.hash for recipe in changed)}) == 11


SHIPPED = sorted(
    path.stem for path in resource("eval").glob("*.toml") if "questioners" in tomllib.loads(path.read_text())
)


@pytest.mark.parametrize("name", SHIPPED)
def test_in_small_a_recipe_is_one_fold_of_200_people_and_one_of_everything(tmp_path: Path, name: str) -> None:
    recipe, _ = read_recipe(name)
    quick = recipe.quick()
    assert (quick.test_folds, quick.test_people, quick.test_ids) == ((0,), 200, ())
    assert (quick.training_seeds, quick.luck_seeds) == (1, 1)
    for field in ("questioners", "questions", "conditions", "seed", "reader", "goal", "mixture", "network", "value"):
        assert getattr(quick, field) == getattr(recipe, field)
    assert quick.quick() == quick
    # What is written into the folder of a run is the recipe that was used.
    again, _ = read_recipe(recipe_file(tmp_path, quick.to_toml()))
    assert again == quick
    assert again.hash == quick.hash
