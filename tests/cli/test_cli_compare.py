"""``elicit compare``: same people, same luck, and a warning where they are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from command_line import Said

Command = Callable[..., Said]
TALK = 'title = "Tea talk"\ndomain = "tea"\nquestions = 2\ndialogues = 12\nmixture = { classes = [2], starts = 1 }\n'


@pytest.fixture
def runs(command: Command, tea: Path) -> None:
    Path("talk.toml").write_text(TALK)
    for agent in ("static", "random"):
        assert command("simulate", "talk.toml", "--agent", agent, "--out", agent).code == 0


@pytest.mark.usefixtures("runs")
def test_agents_are_compared_on_the_same_dialogues(command: Command) -> None:
    said = command("compare", "static", "random")
    assert said.code == 0
    assert "12 dialogues with 12 people, the same in every run." in said.out
    assert "random against static" in said.out
    assert "Warning" not in said.err
    assert max(len(line) for line in said.out.splitlines()) <= 80
    shown = json.loads(command("compare", "static", "random", "--json").out)
    assert shown["runs"] == ["static", "random"]
    assert shown["warnings"] == []
    assert {d["baseline"] for d in shown["differences"]} == {"static"}
    rows = [line for line in said.out.splitlines() if line.rstrip(" *betrwos").endswith("]")]
    assert ["*" in row for row in rows] == [d["beyond_noise"] for d in shown["differences"]]
    assert not all(d["beyond_noise"] for d in shown["differences"])


@pytest.mark.usefixtures("runs")
def test_what_should_agree_and_does_not_is_told(command: Command) -> None:
    command("simulate", "talk.toml", "--seed", 5, "--questions", 1, "--out", "other")
    said = command("compare", "static", "other")
    assert said.code == 0
    assert "Warning: the seed of other differs from that of static; differences are not only the agent's\n" in said.err
    assert "Warning: the number of questions of other differs" in said.err
    assert "other against static" in said.out


@pytest.mark.usefixtures("runs")
def test_another_understanding_is_told_where_there_was_something_to_understand(command: Command) -> None:
    Path("say.toml").write_text('replies = ["Do you like tea with milk?"]')
    for run in ("spoken", "otherwise"):
        command("simulate", "talk.toml", "--agent", "scripted:say.toml", "--out", run)
    facts = json.loads(Path("otherwise/run.json").read_text())
    assert facts["understanding"] == "words"
    Path("otherwise/run.json").write_text(json.dumps(facts | {"understanding": "words and encoder"}))
    assert "what understands their words" in command("compare", "spoken", "otherwise").err
    assert "Warning" not in command("compare", "static", "otherwise").err


@pytest.mark.usefixtures("runs")
def test_what_cannot_be_compared_is_refused(command: Command, recipe: Path) -> None:
    assert command("evaluate", recipe, "--out", "evaluated").code == 0
    for arguments, problem in (
        (("static",), "1 runs cannot be compared"),
        (("static", "./static"), "static: the same run twice"),
        (("static", "evaluated"), "evaluated: not a simulation"),
        (("static", "gone"), "gone: not a run folder"),
    ):
        said = command("compare", *arguments)
        assert said.code == 2
        assert problem in said.problem()
    facts = Path("random/run.json").read_text()
    Path("random/run.json").write_text(facts.replace('"seed"', '"sead"'))
    assert "random/run.json: does not say 'seed'" in command("compare", "static", "random").problem()
    Path("random/run.json").write_text(facts)
    scores = Path("random/scores.parquet")
    pq.write_table(pq.read_table(scores).drop_columns(["draw"]), scores)
    assert f"{scores}: damaged or missing" in command("compare", "static", "random").problem()
    Path("random/results.json").unlink()
    assert "random: this run is not finished" in command("compare", "static", "random").problem()


@pytest.mark.usefixtures("runs")
def test_what_is_left_out_is_counted_by_reason(command: Command) -> None:
    scores = Path("random/scores.parquet")
    table = pq.read_table(scores).slice(0, 10)
    failed = table.set_column(table.column_names.index("status"), "status", pa.array(["user"] + ["finished"] * 9))
    pq.write_table(failed.set_column(5, "counted", pc.equal(failed["status"], "finished")), scores)
    said = command("compare", "static", "random")
    assert "9 dialogues with 9 people, the same in every run." in said.out
    assert "Left out of static: 3 without a counterpart that counts.\n" in said.out
    assert "Left out of random: 1 failed by the user.\n" in said.out
    assert json.loads(command("compare", "static", "random", "--json").out)["left_out"] == {
        "static": {"unpaired": 3},
        "random": {"user": 1},
    }


@pytest.mark.usefixtures("runs")
def test_people_in_common_are_asked_for(command: Command) -> None:
    scores = Path("random/scores.parquet")
    table = pq.read_table(scores)
    strangers = pa.array([f"stranger-{n}" for n in range(len(table))])
    pq.write_table(table.set_column(table.column_names.index("person"), "person", strangers), scores)
    said = command("compare", "static", "random")
    assert said.code == 2
    assert "static, random: no dialogue with the same person and draw counts in all" in said.problem()


@pytest.mark.usefixtures("runs")
def test_long_names_and_better_values_fit_the_terminal(command: Command) -> None:
    agent = "http://127.0.0.1:8000/v1#HuggingFaceTB/SmolLM2-[bold]-Instruct-of-last-week"
    results = Path("random/results.json")
    results.write_text(results.read_text().replace('"agent": "random"', f'"agent": "{agent}"'))
    scores = Path("random/scores.parquet")
    table = pq.read_table(scores)
    for name, value in (("learned", 40.0), ("profile_bits", 400.0), ("questions", 9.0)):
        column = pa.array([value + 0.1 * n for n in range(len(table))])
        table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, scores)
    lines = command("compare", "static", "random").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[lines.index("against static") - 1] == agent
    assert agent in command("compare", "random", "static").out.splitlines()
    marks = {line[:15].strip(): line.rpartition("]")[2].strip() for line in lines if "[" in line}
    assert marks["Facets learned"] == "* better"
    assert marks["Profile bits le"] == "* worse"
    assert marks["Questions"] == "*"
