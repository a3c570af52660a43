"""The folder of chains and rows."""

from __future__ import annotations

import json
from pathlib import Path

import datasets
import numpy as np
import pytest
from tiny_forward import DOMAIN, crowd, people

from elicit.basis import InputError
from elicit.domains import Population
from elicit.forward import (
    PROGRESSIVE,
    RANDOM,
    ChainRules,
    Order,
    Schedule,
    Weighing,
    build_chains,
    messages_rows,
    pair_rows,
    prompt_only_rows,
    prompt_rows,
    text_rows,
    write_chains,
)

RULES = ChainRules(length=5, seed=3)
CROWD = crowd(40, silent=0.1)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_back(folder: Path, name: str) -> list[dict[str, object]]:
    return [row for split in ("train", "validation", "test") for row in lines(folder / name / f"{split}.jsonl")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_chains(DOMAIN, CROWD, tmp_path / "out", RULES, RANDOM)
    return tmp_path / "out"


def test_chains_are_readable(folder: Path) -> None:
    chains = build_chains(DOMAIN, CROWD, RULES)
    records = lines(folder / "chains.jsonl")
    assert [r["person"] for r in records] == list(CROWD.ids)
    exchange = chains[0].exchanges[0]
    assert records[0]["persona"] == {"age": "18-24"}
    assert records[0]["split"] == chains[0].split.value
    assert records[0]["exchanges"][0] == {  # type: ignore[index]
        "facet": exchange.facet,
        "depth": 0,
        "question": exchange.question.text,
        "options": list(exchange.question.options),
        "answer": exchange.answer.text,
        "value": exchange.answer.value,
    }


def test_rows_are_written_by_split_and_lose_nothing(folder: Path) -> None:
    chains = build_chains(DOMAIN, CROWD, RULES)
    for name, rows in (
        ("prompt-completion", [*prompt_rows(DOMAIN, chains, RANDOM, 3)]),
        ("messages", [*messages_rows(DOMAIN, chains, RANDOM, 3)]),
        ("text", [*text_rows(DOMAIN, chains, RANDOM, 3)]),
        ("prompt-only", [*prompt_only_rows(DOMAIN, chains, RANDOM, 3)]),
    ):
        for split in ("train", "validation", "test"):
            assert lines(folder / name / f"{split}.jsonl") == [r for r in rows if r["split"] == split]
        assert len(read_back(folder, name)) == len(rows)


def test_hugging_face_data_sets_hold_the_same_rows(folder: Path) -> None:
    for name in ("messages", "text", "prompt-completion", "prompt-only"):
        saved = datasets.load_from_disk(str(folder / "datasets" / name))
        assert list(saved) == ["train", "validation", "test"]
        assert [row for part in saved.values() for row in part] == read_back(folder, name)


def test_the_card_leads_load_dataset_to_the_rows(folder: Path, tmp_path: Path) -> None:
    found = datasets.load_dataset(str(folder), "prompt-completion", cache_dir=str(tmp_path / "cache"))
    assert [row for part in found.values() for row in part] == read_back(folder, "prompt-completion")


def test_facts_and_card_say_what_decided_the_rows(tmp_path: Path) -> None:
    facts = write_chains(DOMAIN, CROWD, tmp_path / "out", RULES, Schedule(0.25))
    assert json.loads((tmp_path / "out" / "elicit.json").read_text(encoding="utf-8")) == facts
    assert (facts["domain_hash"], facts["people_hash"]) == (DOMAIN.hash, CROWD.hash)
    assert (facts["order"], facts["schedule"], facts["seed"]) == ("generality", "mixture:0.25", 3)
    assert (facts["length"], facts["silent"], facts["people"]) == (5, "leave out", 40)
    chains = build_chains(DOMAIN, CROWD, RULES)
    number = sum(len(c.exchanges) for c in chains)
    assert facts["rows"] == {"messages": 40, "text": 40, "prompt-completion": number, "prompt-only": number}
    # Trap 3: every question for a film names it, and no other question names an option.
    films = sum(e.facet.startswith("film:") for c in chains for e in c.exchanges)
    assert facts["leaks"] == {"by naming": films, "by value": 0}
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    for text in (DOMAIN.source, DOMAIN.hash, "| schedule | mixture:0.25 |", "| order | generality |", "| seed | 3 |"):
        assert text in card
    assert "invented" not in card.replace("| invented | no |", "")


def test_invented_people_are_called_invented(tmp_path: Path) -> None:
    write_chains(DOMAIN.model_copy(update={"invented": True}), CROWD, tmp_path / "out", RULES)
    assert "**The people are invented.**" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_a_constant_order_is_shown_as_one_sequence(tmp_path: Path) -> None:
    everybody = crowd(10)
    given = ChainRules(length=3, order=("pace", "drama", "film:Beta"))
    assert write_chains(DOMAIN, everybody, tmp_path / "given", given)["distinct_sequences"] == 1
    assert write_chains(DOMAIN, everybody, tmp_path / "drawn", ChainRules(length=3))["distinct_sequences"] > 1  # type: ignore[operator]
    facts = json.loads((tmp_path / "given" / "elicit.json").read_text(encoding="utf-8"))
    assert facts["order"] == ["pace", "drama", "film:Beta"]


def test_the_same_arguments_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_chains(DOMAIN, CROWD, tmp_path / "again", RULES, RANDOM)
    files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(tmp_path / "again") for p in (tmp_path / "again").rglob("*") if p.is_file())
    assert [f for f in files if (folder / f).read_bytes() != (tmp_path / "again" / f).read_bytes()] == []


def test_a_split_without_people_has_no_file(tmp_path: Path) -> None:
    one = people([[0, 1, 2, 0, 1, 0, 1]])
    write_chains(DOMAIN, one, tmp_path / "out", ChainRules(order=Order.FREQUENCY))
    (part,) = (tmp_path / "out" / "messages").iterdir()
    assert list(datasets.load_from_disk(str(tmp_path / "out" / "datasets" / "messages"))) == [part.stem]


def test_our_folder_is_replaced_and_a_foreign_one_is_not(folder: Path, tmp_path: Path) -> None:
    write_chains(DOMAIN, CROWD, folder, ChainRules(length=2), PROGRESSIVE)
    assert max(len(r["exchanges"]) for r in lines(folder / "chains.jsonl")) == 2  # type: ignore[arg-type]
    foreign = tmp_path / "mine"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("do not lose", encoding="utf-8")
    with pytest.raises(InputError, match="not written by elicit"):
        write_chains(DOMAIN, CROWD, foreign, RULES)
    assert [p.name for p in foreign.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("population", [people([]), people([[0] * 7], [[False] * 7])], ids=["nobody", "silent"])
def test_nothing_is_written_where_nobody_says_anything(population: Population, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nobody has an answer"):
        write_chains(DOMAIN, population, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_pairs_are_written_where_questions_are_weighed(folder: Path, tmp_path: Path) -> None:
    assert not (folder / "preference").exists()
    assert "preference/" not in (folder / "README.md").read_text(encoding="utf-8")
    weighing = Weighing(lambda states: np.tile(np.arange(7.0), (len(states), 1)), "by place")
    facts = write_chains(DOMAIN, CROWD, tmp_path / "new", RULES, RANDOM, weighing=weighing)
    rows = [*pair_rows(DOMAIN, build_chains(DOMAIN, CROWD, RULES), RANDOM, 3, weighing.worth)]
    assert sorted(read_back(tmp_path / "new", "preference"), key=str) == sorted(rows, key=str)
    assert facts["rows"]["preference"] == len(rows)  # type: ignore[index]
    saved = datasets.load_from_disk(str(tmp_path / "new" / "datasets" / "preference"))
    assert saved["train"].column_names == ["person", "split", "step", "prompt", "chosen", "rejected"]
    card = (tmp_path / "new" / "README.md").read_text(encoding="utf-8")
    for text in ("- config_name: preference", "| preference | by place |", "- `preference/`:"):
        assert text in card


def test_questions_that_are_all_worth_the_same_make_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="domain 'tiny': no question is worth more than another"):
        write_chains(DOMAIN, CROWD, tmp_path / "out", weighing=Weighing(np.zeros_like, ""))
    assert list(tmp_path.iterdir()) == []


def test_progress_bars_stay_as_they_were(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = datasets.are_progress_bars_disabled()
    write_chains(DOMAIN, CROWD, tmp_path / "out", RULES)
    assert datasets.are_progress_bars_disabled() is before
    assert capfd.readouterr() == ("", "")
