"""Runs that are gone on with, damaged runs, and outsiders who misbehave."""

from __future__ import annotations

import importlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from command_line import RECIPE, Said, contents

from elicit.cli import main

Command = Callable[..., Said]

OUTSIDER = """
import numpy as np

from elicit.basis import InputError


class Answer:
    def __init__(self, answer):
        self.answer = answer

    def choose(self, states, allowed, luck):
        return self.answer(states, allowed)


def first_allowed(fitted, model):
    return Answer(lambda states, allowed: np.argmax(allowed, axis=1))


def raises(fitted, model):
    return Answer(lambda states, allowed: {}["no such key"])


def raises_at_once(fitted, model):
    raise ZeroDivisionError


def ends_the_program(fitted, model):
    return Answer(lambda states, allowed: exit(0))


def repeats(fitted, model):
    return Answer(lambda states, allowed: np.zeros(len(states), dtype=int))


def halves(fitted, model):
    return Answer(lambda states, allowed: np.full(len(states), 0.5))


def too_few(fitted, model):
    return Answer(lambda states, allowed: np.zeros(1, dtype=int))


def beyond(fitted, model):
    return Answer(lambda states, allowed: np.full(len(states), 99))


def says_nothing(fitted, model):
    return Answer(lambda states, allowed: None)


def finds_no_file(fitted, model):
    return Answer(lambda states, allowed: open("nowhere"))


def refuses(fitted, model):
    raise InputError("not these people")


def is_nothing(fitted, model):
    return None


def takes_nothing():
    return None


"""


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory: pytest.TempPathFactory, tea_built_once: Path) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.toml").write_text(RECIPE, encoding="utf-8")
    with pytest.raises(SystemExit, match="0"):
        main(["evaluate", str(folder / "small.toml"), "--domain", str(tea_built_once), "-o", str(folder / "run")])
    return folder / "run"


@pytest.fixture
def finished(finished_once: Path, tea: Path, recipe: Path) -> Path:
    """Return the folder of a finished run, in the current folder."""
    return Path(shutil.copytree(finished_once, "run"))


@pytest.fixture
def outsider(here: Path, tmp_path: Path) -> str:
    """Put a module of questioners into the current folder; modules are imported once, so each has its own name."""
    name = f"outsider_{tmp_path.name.replace('-', '_')}"
    (here / f"{name}.py").write_text(OUTSIDER, encoding="utf-8")
    return name


def with_outsider(recipe: Path, name: str) -> Path:
    text = recipe.read_text(encoding="utf-8").replace('"random"', f'"{name}"')
    recipe.write_text(text, encoding="utf-8")
    return recipe


def test_a_finished_run_is_the_same_when_it_is_resumed(command: Command, finished: Path, recipe: Path) -> None:
    before = contents(finished)
    shutil.rmtree(finished / "figures")
    for name in ("results.json", "report.html", "scores.parquet"):
        (finished / name).unlink()
    said = command("evaluate", recipe, "--domain", "tea", "--resume", finished)
    assert said.code == 0
    assert contents(finished) == before


def test_latest_is_the_run_that_was_started_last(command: Command, finished: Path, recipe: Path) -> None:
    shutil.copytree(finished, Path("runs") / "mine")
    said = command("evaluate", recipe, "--domain", "tea", "--resume", "latest", "--json")
    assert json.loads(said.out)["run"] == "runs/mine"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("seed = 5\n", "run: started with another recipe hash ("),
        ("domain", "run: started with another domain hash ("),
        ("version", "run: started with another elicit (0.0.1, now "),
    ],
)
def test_another_recipe_domain_or_version_is_not_mixed_in(
    command: Command, finished: Path, recipe: Path, change: str, said: str
) -> None:
    domain = "tea"
    if change == "domain":
        Path("people.csv").write_text("a\n" + "x\ny\n" * 30, encoding="utf-8")
        assert command("domains", "build", "people.csv", "-o", "other").code == 0
        domain = "other"
    elif change == "version":
        facts = json.loads((finished / "run.json").read_text(encoding="utf-8"))
        (finished / "run.json").write_text(json.dumps(facts | {"elicit": "0.0.1"}), encoding="utf-8")
    else:
        recipe.write_text(change + recipe.read_text(encoding="utf-8"), encoding="utf-8")
    before = contents(finished)
    result = command("evaluate", recipe, "--domain", domain, "--resume", finished)
    assert result.code == 2
    assert result.problem().startswith(said)
    assert result.problem().endswith("Start a new run")
    assert contents(finished) == before


def test_a_run_that_is_not_finished_has_no_report_yet(command: Command, finished: Path) -> None:
    (finished / "results.json").unlink()
    said = command("report", finished)
    assert (said.code, said.problem()) == (
        2,
        "run: this run is not finished. Go on with it: elicit evaluate … --resume run",
    )


def test_a_finished_run_is_compared_with_another_baseline_and_with_its_own_again(
    command: Command, finished: Path
) -> None:
    before = contents(finished)
    own = json.loads(command("report", finished, "--json").out)["differences"]
    same = json.loads(command("report", finished, "--baseline", "static", "--json").out)["differences"]
    assert own == same
    turned = json.loads(command("report", finished, "--baseline", "random", "--json").out)["differences"]
    assert {(d["questioner"], d["baseline"]) for d in turned} == {("static", "random")}
    for there, back in zip(own, turned, strict=True):
        assert back["measure"] == there["measure"]
        assert [back["difference"], back["low"], back["high"]] == pytest.approx(
            [-there["difference"], -there["high"], -there["low"]], abs=1e-9
        )
    assert contents(finished) != before
    assert command("report", finished).code == 0
    assert contents(finished) == before


def test_a_baseline_that_cannot_be_one_is_one_line(command: Command, finished: Path) -> None:
    before = contents(finished)
    said = command("report", finished, "--baseline", "randon")
    assert (said.code, said.problem()) == (2, "--baseline: 'randon' did not ask in this run. Did you mean 'random'?")
    (finished / "scores.parquet").write_bytes(b"PAR1 nothing")
    said = command("report", finished, "--baseline", "random")
    assert (said.code, said.problem()) == (
        2,
        "run/scores.parquet: damaged or missing. Write it again: elicit evaluate … --resume run",
    )
    scores = pq.read_table(io.BytesIO(before["scores.parquet"]))
    pq.write_table(scores.slice(scores.num_rows // 2 + 1), finished / "scores.parquet")
    said = command("report", finished, "--baseline", "random")
    assert (said.code, said.problem()) == (2, "run: damaged. Write it again: elicit evaluate … --resume run")
    # Rows in another order would pair people with others.
    half = scores.num_rows // 2
    order = [*reversed(range(half)), *range(half, scores.num_rows)]
    pq.write_table(scores.take(order), finished / "scores.parquet")
    said = command("report", finished, "--baseline", "random")
    assert (said.code, said.problem()) == (2, "run: damaged. Write it again: elicit evaluate … --resume run")
    # A person who is missing everywhere would not be missed.
    pq.write_table(scores.filter(pc.field("person") != scores["person"][0]), finished / "scores.parquet")
    said = command("report", finished, "--baseline", "random")
    assert (said.code, said.problem()) == (2, "run: damaged. Write it again: elicit evaluate … --resume run")
    pq.write_table(scores.drop_columns(["profile_bits"]), finished / "scores.parquet")
    said = command("report", finished, "--baseline", "random")
    assert said.problem().startswith("run/scores.parquet: damaged or missing.")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "NaN", '{"title": 3}', "[" * 3000, "ÿ"])
def test_damaged_results_are_one_line_and_are_cured_by_resuming(
    command: Command, finished: Path, recipe: Path, text: str
) -> None:
    whole = (finished / "results.json").read_bytes()
    (finished / "results.json").write_bytes(text.encode("latin-1"))
    said = command("report", finished)
    assert (said.code, said.problem()) == (
        2,
        "run/results.json: damaged. Write it again: elicit evaluate … --resume run",
    )
    assert command("evaluate", recipe, "--domain", "tea", "--resume", finished).code == 0
    assert (finished / "results.json").read_bytes() == whole


@pytest.mark.parametrize("emptied", ["rows", "measures"])
def test_results_without_what_is_shown_are_damaged(command: Command, finished: Path, emptied: str) -> None:
    results = json.loads((finished / "results.json").read_text(encoding="utf-8"))
    (finished / "results.json").write_text(json.dumps(results | {emptied: []}), encoding="utf-8")
    assert command("report", finished).problem().startswith("run/results.json: damaged.")


@pytest.mark.parametrize("text", ["", "[]", "nonsense"])
def test_damaged_provenance_is_one_line(command: Command, finished: Path, recipe: Path, text: str) -> None:
    (finished / "run.json").write_text(text, encoding="utf-8")
    for arguments in (("report", finished), ("evaluate", recipe, "--domain", "tea", "--resume", finished)):
        said = command(*arguments)
        assert (said.code, said.problem()) == (2, "run: run.json cannot be read")


def test_a_file_in_the_way_of_the_figures_is_named(command: Command, finished: Path) -> None:
    shutil.rmtree(finished / "figures")
    (finished / "figures").write_text("mine")
    said = command("report", finished)
    assert (said.code, said.problem()) == (1, "run/figures: File exists. A file is in the way of a folder")


def test_an_outsider_in_the_current_folder_asks(command: Command, tea: Path, recipe: Path, outsider: str) -> None:
    name = f"{outsider}:first_allowed"
    said = command("evaluate", with_outsider(recipe, name), "--domain", tea, "--json")
    rows = json.loads(said.out)["table"]
    assert {row["questioner"] for row in rows} == {name, "static"}
    bits = {row["questions"]: row["profile_bits"] for row in rows if row["questioner"] == name}
    assert bits[2] < bits[0]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("raises", "KeyError: 'no such key'. See "),
        ("raises_at_once", "ZeroDivisionError. See "),
        ("ends_the_program", "SystemExit: 0. See "),
        ("repeats", "ValueError: Answer chose a facet that may not be asked. A questioner chooses"),
        ("halves", "TypeError: chose float64["),
        ("too_few", "TypeError: chose int64[1] for "),
        ("beyond", "ValueError: Answer chose a facet that may not be asked. A questioner chooses"),
        ("says_nothing", "TypeError: chose object[] for "),
        ("finds_no_file", "FileNotFoundError: [Errno 2] No such file or directory: 'nowhere'. See "),
        ("refuses", "InputError: not these people. See "),
        ("is_nothing", "AttributeError: 'NoneType' object has no attribute 'choose'. A questioner chooses"),
        ("takes_nothing", "TypeError: takes_nothing() takes 0 positional arguments but 2 were given."),
    ],
)
def test_an_outsider_who_misbehaves_is_named_in_one_line(
    command: Command, here: Path, tea: Path, recipe: Path, outsider: str, function: str, said: str
) -> None:
    name = f"{outsider}:{function}"
    result = command("evaluate", with_outsider(recipe, name), "--domain", tea)
    assert (result.code, result.out) == (1, "")
    assert result.problem().startswith(f"questioner '{name}': {said}")
    if said.endswith("See "):
        assert f"See {here / outsider}.py, line " in result.problem()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("x = = 1", 2, "cannot be read: SyntaxError: invalid syntax"),
        ("raise RuntimeError('not today')", 2, "cannot be read: RuntimeError: not today ("),
        ("import sys\nsys.exit(7)", 2, "cannot be read: SystemExit: 7 ("),
        ("ask = 5", 2, "cannot be called"),
        ("import no_such_module_anywhere", 2, "cannot import 'no_such_module_anywhere'"),
        ("x = 1", 2, "' has no 'ask'"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named(
    command: Command, here: Path, tea: Path, recipe: Path, outsider: str, text: str, code: int, said: str
) -> None:
    (here / f"{outsider}.py").write_text(text, encoding="utf-8")
    result = command("evaluate", with_outsider(recipe, f"{outsider}:ask"), "--domain", tea)
    assert result.code == code
    assert result.problem().startswith(f"questioner '{outsider}:ask': ")
    assert said in result.problem()


def test_a_mended_outsider_goes_on_where_the_broken_one_stopped(
    command: Command, here: Path, tea: Path, recipe: Path, outsider: str
) -> None:
    name = f"{outsider}:late"
    recipe.write_text(recipe.read_text(encoding="utf-8").replace('"random", "static"', f'"random", "static", "{name}"'))
    said = command("evaluate", recipe, "--domain", tea, "-o", "run")
    assert (said.code, said.problem()) == (2, f"questioner '{name}': module '{outsider}' has no 'late'")
    played = contents(here / "run" / "answers.parquet")
    assert len(played) == 2
    # The module stays imported in this process, so what it lacks is put into it.
    module = importlib.import_module(outsider)
    module.late = module.first_allowed  # type: ignore[attr-defined]
    assert command("evaluate", recipe, "--domain", tea, "--resume", "run").code == 0
    assert len(contents(here / "run" / "answers.parquet")) == 3
    assert played.items() <= contents(here / "run" / "answers.parquet").items()
