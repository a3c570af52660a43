"""``elicit funnel``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import cramped

MAKERS, COLORS = ("Aldo", "Bero", "Cima"), ("red", "blue")


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [f"Kettle {n},{MAKERS[n % 3]},{COLORS[n % 2]},${20 + 10 * n},{n * n}" for n in range(8)]
    path = tmp_path / "kettles.csv"
    path.write_text("name,maker,color,price,sold\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_it_writes_a_question_set(command: Callable[..., Any], catalog: Path) -> None:
    said = command("funnel", str(catalog))
    assert said.code == 0, said.err
    assert "kettles: 8 items" in said.out
    assert "What can be asked: price, maker, color." in " ".join(said.out.split())
    assert "best fixed order" in said.out
    assert "First question: Which maker would you like?" in said.out
    names = {path.name for path in Path("kettles-funnel").iterdir()}
    assert names == {"funnel.json", "funnel.html", "funnel.md", "survey.json", "survey-cases.json", "mapping.toml"}


def test_only_what_is_wanted_is_written(command: Callable[..., Any], catalog: Path) -> None:
    command("funnel", str(catalog), "--format", "md", "-o", "there")
    assert {path.name for path in Path("there").iterdir()} == {"funnel.json", "funnel.md", "mapping.toml"}


def test_json_says_what_was_tried(command: Callable[..., Any], catalog: Path) -> None:
    shown = json.loads(command("funnel", str(catalog), "--json", "--questions", "4").out)
    assert shown["items"] == 8
    assert shown["questions"] == 4
    assert 1 <= shown["tried"]["this funnel"]["left"] < 2
    assert list(shown["tried"]) == ["this funnel", "best fixed order", "frequency and skip", "random"]
    assert 2 <= shown["tried"]["this funnel"]["asked"] <= shown["tried"]["this funnel"]["worst"] <= 3
    assert shown["bits"] == pytest.approx(3)


def test_an_edited_mapping_decides_what_is_asked_and_is_kept(command: Callable[..., Any], catalog: Path) -> None:
    command("funnel", str(catalog), "-o", "there")
    mapping = Path("there/mapping.toml")
    text = mapping.read_text(encoding="utf-8")
    assert 'label = "maker"' in text
    edited = text.replace("Which maker would you like?", "Whose kettle shall it be?") + "\n# mine\n"
    mapping.write_text(edited, encoding="utf-8")
    said = command("funnel", str(catalog), "--mapping", str(mapping), "-o", "there")
    assert said.code == 0, said.err
    assert "Whose kettle shall it be?" in Path("there/funnel.md").read_text(encoding="utf-8")
    assert mapping.read_text(encoding="utf-8") == edited


def test_the_same_mapping_gives_the_same_questions(command: Callable[..., Any], catalog: Path) -> None:
    command("funnel", str(catalog), "-o", "there")
    command("funnel", str(catalog), "-o", "again", "--mapping", "there/mapping.toml")
    for name in ("funnel.json", "survey.json", "mapping.toml"):
        assert Path("there", name).read_bytes() == Path("again", name).read_bytes()


def test_what_is_sold_often_is_weighed_and_not_asked(command: Callable[..., Any], catalog: Path) -> None:
    shown = json.loads(command("funnel", str(catalog), "--prior", "sold", "--json").out)
    assert shown["facets"] == ["price", "maker", "color"]
    funnel = json.loads(Path("kettles-funnel/funnel.json").read_text(encoding="utf-8"))
    ends = [node["items"] for node in funnel["tree"]["nodes"] if node["kind"] == "end" and len(node["items"]) > 1]
    assert all([int(item) for item in items] == sorted(map(int, items), reverse=True) for items in ends)


def test_what_asking_from_broad_to_specific_costs_is_shown(command: Callable[..., Any], catalog: Path) -> None:
    said = command("funnel", str(catalog))
    assert "--funnel-weight" in said.out
    curve = json.loads(command("funnel", str(catalog), "--json").out)["curve"]
    assert [point["funnel_weight"] for point in curve] == [0, 0.25, 0.5, 0.75, 1]
    assert curve[-1]["tau"] > max(0.5, curve[0]["tau"] or -1)
    assert curve[0]["needed"] <= curve[-1]["needed"]


def test_where_all_is_as_broad_there_is_nothing_to_choose(command: Callable[..., Any], catalog: Path) -> None:
    flat = catalog.with_name("flat.csv")
    flat.write_text("name,color\na,red\nb,red\nc,blue\nd,blue\n", encoding="utf-8")
    said = command("funnel", str(flat))
    assert said.code == 0, said.err
    assert "--funnel-weight" not in said.out
    assert json.loads(command("funnel", str(flat), "--json").out)["curve"] == []


@pytest.mark.parametrize("weight", ["0.5", "1"])
def test_broad_questions_can_come_first(command: Callable[..., Any], catalog: Path, weight: str) -> None:
    said = command("funnel", str(catalog), "--funnel-weight", weight)
    assert said.code == 0, said.err
    assert "First question: What is your budget?" in said.out
    assert "Why: an answer keeps between 2 and 8 of the 8 items." in " ".join(said.out.split())


def test_rows_that_were_left_out_are_named(command: Callable[..., Any], catalog: Path) -> None:
    with catalog.open("a", encoding="utf-8") as stream:
        stream.write("only one cell\n")
    said = command("funnel", str(catalog))
    assert said.code == 0
    assert "kettles.csv:10" in said.err


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--questions", "0"), "question"),
        (("--funnel-weight", "2"), "funnel_weight"),
        (("--format", "pdf"), "pdf"),
        (("--prior", "maker"), "column 'maker'"),
        (("--prior", "nothing"), "no column 'nothing'"),
        (("--mapping", "missing.toml"), "missing.toml"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    command: Callable[..., Any], catalog: Path, options: tuple[str, ...], problem: str
) -> None:
    said = command("funnel", str(catalog), *options)
    assert said.code == 2
    assert problem in said.err
    assert not Path("kettles-funnel").exists()


def test_an_unknown_key_of_a_mapping_is_named(command: Callable[..., Any], catalog: Path) -> None:
    command("funnel", str(catalog), "-o", "there")
    mapping = Path("there/mapping.toml")
    mapping.write_text(mapping.read_text("utf-8").replace("depth = 1", "dept = 1", 1), "utf-8")
    said = command("funnel", str(catalog), "--mapping", str(mapping))
    assert said.code == 2
    assert "unknown key 'dept'" in said.err


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("targets", '[targets]\ncolumns = ["color"]\nlike = "red"\n'),
        ("personas", '[personas]\nage = "age"\n'),
        ("table", 'table = "people.csv"\n'),
        ("encoding", 'encoding = "latin-1"\n'),
    ],
)
def test_a_key_for_people_in_a_mapping_is_named(
    command: Callable[..., Any], catalog: Path, key: str, line: str
) -> None:
    command("funnel", str(catalog), "-o", "there")
    text = Path("there/mapping.toml").read_text("utf-8")
    Path("edited.toml").write_text(text + line if line.startswith("[") else line + text, "utf-8")
    said = command("funnel", str(catalog), "--mapping", "edited.toml")
    assert said.code == 2
    assert said.problem() == f"edited.toml: '{key}' is a key for tables of people; a catalog has none. Take it out"
    assert not Path("kettles-funnel").exists()


@pytest.mark.parametrize("room", [1_000, 5_000])
def test_a_full_disk_is_one_line_and_leaves_nothing(catalog: Path, tmp_path: Path, room: int) -> None:
    said = cramped(room, "funnel", catalog, "--format", "xlsform")
    assert (said.code, said.out) == (1, "")
    assert said.problem().endswith("File too large. Raise the limit on the size of a file")
    assert list(tmp_path.rglob("*funnel*")) == []


def test_a_column_called_price_can_be_another_one_than_the_prices(command: Callable[..., Any], catalog: Path) -> None:
    rows = "".join(f"Kettle {n},{('low', 'high')[n % 2]},${n + 20}\n" for n in range(8))
    catalog.write_text("name,price,cost\n" + rows, encoding="utf-8")
    said = command("funnel", str(catalog), "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["facets"] == ["cost", "price"]


@pytest.mark.parametrize(
    ("lists", "why"),
    [
        ([[f"http://x/{n}.png", f"http://x/{n}b.png"] for n in range(8)], "it says something else of each"),
        ([[f"tag {tag}" for tag in range(1001)]] * 8, "it says too many things"),
    ],
    ids=["pictures", "tags"],
)
def test_lists_that_cannot_be_asked_for_are_passed_over(
    command: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lists: list[list[str]], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    items = [{"name": f"Kettle {n}", "maker": MAKERS[n % 3], "more": more} for n, more in enumerate(lists)]
    Path("kettles.json").write_text(json.dumps(items), encoding="utf-8")
    said = command("funnel", "kettles.json", "--json")
    assert said.code == 0, said.err
    shown = json.loads(said.out)
    assert shown["facets"] == ["maker"]
    assert f"Column 'more' was passed over: {why}." in shown["notes"]


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("file", "file: a file, not a folder. Name another place"),
        ("file/below", "file: a file, so there can be nothing below it. Name another place"),
        (".", ".: holds 'file', which would be lost. Name another place"),
    ],
)
def test_a_place_that_cannot_be_a_folder_is_refused(
    command: Callable[..., Any], catalog: Path, place: str, problem: str
) -> None:
    Path("file").write_text("mine", encoding="utf-8")
    said = command("funnel", str(catalog), "-o", place)
    assert (said.code, said.out) == (2, "")
    assert said.problem().endswith(problem)
    assert {path.name for path in Path().iterdir()} - {"here"} == {"file", "kettles.csv"}
    assert Path("file").read_text(encoding="utf-8") == "mine"


def test_the_folder_that_one_works_in_cannot_be_replaced(
    command: Callable[..., Any], catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (catalog.parent / "empty").mkdir()
    monkeypatch.chdir(catalog.parent / "empty")
    said = command("funnel", str(catalog), "-o", ".", "--format", "json")
    assert said.code == 1
    assert said.problem().endswith("Name another place")
    assert [path.name for path in catalog.parent.rglob("*") if path.name not in {"here", "kettles.csv"}] == ["empty"]


def test_a_folder_with_something_else_is_left_alone(command: Callable[..., Any], catalog: Path) -> None:
    Path("there").mkdir()
    Path("there/mine.txt").write_text("mine", encoding="utf-8")
    said = command("funnel", str(catalog), "-o", "there")
    assert said.code == 2
    assert Path("there/mine.txt").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "empty"), ("name,color\na,red\n", "nothing tells"), ("name,color\na,red\nb,red\n", "nothing tells")],
)
def test_catalogs_in_which_nothing_can_be_asked(
    command: Callable[..., Any], catalog: Path, text: str, problem: str
) -> None:
    catalog.write_text(text, encoding="utf-8")
    said = command("funnel", str(catalog))
    assert said.code == 2
    assert problem in said.err


@pytest.fixture
def lamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a catalog of lamps, whose texts a scripted model reads in ``script.toml``."""
    monkeypatch.chdir(tmp_path)
    rows = [(f"L{n},Lamp {n}", f"€{20 + n}.50", f"stands on {foot}") for n, foot in enumerate(("oak", "brass") * 4)]
    text = "".join(f'{name},{price},"{told}, which everybody will like"\n' for name, price, told in rows)
    (tmp_path / "lamps.csv").write_text("sku,name,price,description\n" + text, encoding="utf-8")
    said = '{"foot": "FOOT", "finish": "matte"}'
    blocks = [f"[[when]]\nmatches = 'on {foot}'\nreply = '{said.replace('FOOT', foot)}'" for foot in ("oak", "brass")]
    (tmp_path / "script.toml").write_text("replies = ['no idea']\n" + "\n".join(blocks) + "\n", encoding="utf-8")
    return tmp_path / "lamps.csv"


def test_a_model_reads_the_texts_and_what_it_says_beside_them_is_told(command: Callable[..., Any], lamps: Path) -> None:
    assert "foot" not in json.loads(command("funnel", str(lamps), "--json", "-o", "rules").out)["facets"]
    said = command("funnel", str(lamps), "--reader", "scripted:script.toml")
    assert said.code == 0, said.err
    assert "scripted:script.toml told 8 pairs that can be taken, of 8 of 8 items.\n" in said.err
    assert "Left out: value that is not in the item's text (8).\n" in said.err
    assert "What can be asked: price, foot." in " ".join(said.out.split())
    assert "lamps.jsonl" in said.err


def test_what_a_model_has_read_can_be_opened_again(command: Callable[..., Any], lamps: Path) -> None:
    options = ("--reader", "scripted:script.toml", "--json")
    first = json.loads(command("funnel", str(lamps), *options).out)
    assert any("told 8 pairs that can be taken, of 8 of 8 items" in note for note in first["notes"])
    kept = Path("lamps-funnel")
    again = command("funnel", str(kept / "lamps.jsonl"), "--mapping", str(kept / "mapping.toml"), "-o", "again")
    assert again.code == 0, again.err
    one, two = (json.loads(Path(folder, "funnel.json").read_text("utf-8")) for folder in ("lamps-funnel", "again"))
    assert one["tree"] == two["tree"]
    assert not Path("again", "lamps.jsonl").exists()


@pytest.mark.parametrize(
    ("options", "code", "problem"),
    [
        (("--reader", "gpt-5"), 2, "'gpt-5' names no model"),
        (("--reader", "scripted:missing.toml"), 2, "missing.toml: no such file"),
        (("--encoder", "minilm"), 2, "Fetch it: elicit models pull minilm"),
        (("--encoder", "mini"), 2, "no sentence encoder is called 'mini'. Did you mean 'minilm'?"),
        (("--encoder", "smollm2"), 2, "no sentence encoder is called 'smollm2'"),
    ],
)
def test_models_that_are_not_there(
    command: Callable[..., Any], lamps: Path, options: tuple[str, ...], code: int, problem: str
) -> None:
    said = command("funnel", str(lamps), *options)
    assert said.code == code
    assert problem in said.err
    assert not Path("lamps-funnel").exists()


SCRIPT = """
replies = ["Nothing comes to mind."]
[[when]]
matches = "It asks about: maker"
reply = "Whose maker mark would you be glad of?"
"""


def test_a_model_words_what_is_asked_and_what_came_of_it_is_told(command: Callable[..., Any], catalog: Path) -> None:
    Path("script.toml").write_text(SCRIPT, encoding="utf-8")
    said = command("funnel", str(catalog), "--writer", "scripted:script.toml", "-o", "there")
    assert said.code == 0, said.err
    assert "First question: Whose maker mark would you be glad of?" in said.out
    assert "accepted 1," in " ".join(said.out.split())
    for name in ("mapping.toml", "funnel.md", "survey.json", "funnel.html", "funnel.json"):
        assert "Whose maker mark would you be glad of?" in Path("there", name).read_text(encoding="utf-8")
    command("funnel", str(catalog), "--mapping", "there/mapping.toml", "-o", "again")
    for name in ("survey.json", "funnel.json"):
        assert Path("there", name).read_bytes() == Path("again", name).read_bytes()


def test_json_counts_what_the_model_wrote(command: Callable[..., Any], catalog: Path) -> None:
    Path("script.toml").write_text(SCRIPT, encoding="utf-8")
    counts = json.loads(command("funnel", str(catalog), "--writer", "scripted:script.toml", "--json").out)["writer"]
    assert counts["accepted"] == 1
    assert counts["empty"] == 2 * counts["kept after two rejects"] == 2 * (counts["questions"] - 1)


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_reader_that_cannot_be_reached_ends_it_in_one_line(command: Callable[..., Any], lamps: Path) -> None:
    said = command("funnel", str(lamps), "--reader", "http://127.0.0.1:9/v1#m")
    assert said.code == 1
    assert said.err == (
        "elicit: cannot reach http://127.0.0.1:9/v1 (connection refused) (reader); nothing was written\n"
    )
    assert not Path("lamps-funnel").exists()


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(
    ("writer", "code", "problem"),
    [
        ("http://127.0.0.1:9/v1#m", 1, "cannot reach http://127.0.0.1:9/v1 (connection refused) (writer); nothing was"),
        ("scripted:nothing.toml", 2, "nothing.toml: no such file"),
        ("gpt-5", 2, "--writer: "),
    ],
)
def test_a_model_that_cannot_be_used_leaves_nothing(
    command: Callable[..., Any], catalog: Path, writer: str, code: int, problem: str
) -> None:
    said = command("funnel", str(catalog), "--writer", writer)
    assert (said.code, said.out) == (code, "")
    assert said.problem().startswith(problem)
    assert not Path("kettles-funnel").exists()


def test_faults_of_questions_are_told_and_refuse_nothing(command: Callable[..., Any], catalog: Path) -> None:
    first = command("funnel", str(catalog), "-o", "there")
    assert "Question" not in first.err
    mapping = Path("there/mapping.toml")
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace("Which maker would you like?", "Surely you want Aldo?"), encoding="utf-8")
    said = command("funnel", str(catalog), "--mapping", str(mapping), "-o", "there")
    assert said.code == 0
    lines = [line for line in said.err.splitlines() if line.startswith("Question")]
    assert lines == ["Question 'maker': leading (Surely)", "Question 'maker': leak (Aldo)"]
    shown = json.loads(command("funnel", str(catalog), "--mapping", str(mapping), "-o", "there", "--json").out)
    assert [(p["facet"], p["question"], p["fault"]) for p in shown["problems"]] == [
        ("maker", "Surely you want Aldo?", "leading"),
        ("maker", "Surely you want Aldo?", "leak"),
    ]


def test_a_choice_can_be_answered_with_none_of_these_unless_the_mapping_says_no(
    command: Callable[..., Any], catalog: Path
) -> None:
    assert "Aldo / Bero / Cima / None of these" in command("funnel", str(catalog), "-o", "there").out
    mapping = Path("there/mapping.toml")
    text = mapping.read_text(encoding="utf-8")
    assert 'none_of_these = [\n    "maker",\n    "color",\n]' in text
    mapping.write_text(text.replace('    "maker",\n', "", 1), encoding="utf-8")
    said = command("funnel", str(catalog), "-o", "again", "--mapping", str(mapping))
    assert "Aldo / Bero / Cima\n" in said.out
    assert "None of these" in Path("again/funnel.md").read_text(encoding="utf-8")
    mapping.write_text(text.replace('"maker"', '"marker"', 1), encoding="utf-8")
    said = command("funnel", str(catalog), "-o", "again", "--mapping", str(mapping))
    assert said.code == 2
    assert "none_of_these: no facet 'marker' in domain 'kettles'. Did you mean 'maker'?" in said.err
