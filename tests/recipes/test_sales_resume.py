"""Sales that were cut short go on where they stopped and end as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from planted import planted_domain, planted_people

from elicit.basis import InputError
from elicit.dialogues import Act, Dialogue, Speaker, read_dialogues
from elicit.domains import Domain, Population
from elicit.language import open_understanding
from elicit.measures import KeptSale, Outcome, SalesResults
from elicit.recipes import Market, Sales, Sold, markets, sales_facts, sell, summarise_sales, write_kept, write_sales
from elicit.recipes.sale_shards import file_stems
from elicit.recipes.stage import SALE_NAMES
from elicit.runs import RunFolder

SELLERS = ("rule-global", "rule-shuffled", "asking-static", "pusher")


class PowerCutError(Exception):
    """The lights went out."""


def shop() -> Domain:
    planted = planted_domain()
    kinds = ("f1", "f4", "f5")
    targets = (target.model_copy(update={"kinds": (kinds[i % 3],)}) for i, target in enumerate(planted.targets))
    return planted.model_copy(update={"targets": tuple(targets)})


def buyers(number: int = 120) -> Population:
    people = planted_people(shop(), number, voiced=False)
    work = np.where(np.arange(number) % 3 == 0, "smith", np.where(np.arange(number) % 3 == 1, "clerk", ""))
    return replace(people, personas={**people.personas, "occupation": work})


def recipe(**changes: Any) -> Sales:
    settings: dict[str, Any] = {
        "title": "Planted",
        "domain": "planted",
        "seed": 3,
        "questions": (0, 3),
        "reader": "network",
        "network": {"hidden": 16, "epochs": 4, "rows": 256},
        "test_folds": (0, 1),
        "mixture": {"classes": (4,), "starts": 1},
        "condition": "noisy",
        "luck_seeds": 2,
        "sellers": SELLERS,
        "baseline": "rule-global",
        "keep_dialogues": 5,
    }
    return Sales(**settings | changes)


def market_of(settings: Sales) -> Market:
    (market,) = markets(settings, lambda: (shop(), buyers()))
    return market


def play(folder: Path, settings: Sales, before: Callable[[str, int, int], None] = lambda *_: None) -> Sold:
    """Sell in a folder and write what follows; ``before`` is called before each seller and split."""
    market = market_of(settings)
    sold = sell(settings, market, open_understanding(market.domain, None), folder, before)
    write_sales(sold, folder / "scores.parquet")
    write_kept(sold, market, folder)
    (folder / "results.json").write_text(json.dumps(summarise_sales(sold).flat()), encoding="utf-8")
    return sold


def cut_before(part: int) -> Callable[[str, int, int], None]:
    def before(doing: str, done: int, total: int) -> None:
        if done == part:
            raise PowerCutError(doing)

    return before


def written(folder: Path) -> dict[str, tuple[int, int]]:
    """Return when each shard was written, and into which file."""
    return {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in sorted((folder / "sold.parquet").glob("*"))}


def contents(folder: Path) -> dict[str, bytes]:
    names = ("scores.parquet", "results.json", "outcomes.jsonl", "profiles.jsonl", "facets.jsonl")
    return {name: (folder / name).read_bytes() for name in names}


def timeless(folder: Path) -> dict[str, list[Dialogue]]:
    """Return the kept dialogues of each file, without the time that they took."""
    files = sorted((folder / "dialogues").glob("*.jsonl"))
    return {p.name: [d.model_copy(update={"timing": 0.0}) for d in read_dialogues(p)] for p in files}


def outcomes(folder: Path) -> list[KeptSale]:
    lines = (folder / "outcomes.jsonl").read_text(encoding="utf-8").splitlines()
    return [KeptSale.model_validate_json(line) for line in lines]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an undisturbed run."""
    folder = tmp_path_factory.mktemp("whole")
    play(folder, recipe())
    return folder


@pytest.mark.parametrize("part", [0, 1, 3, 4, 7, 8])
def test_resumed_sales_play_the_rest_and_end_the_same(tmp_path: Path, whole: Path, part: int) -> None:
    with pytest.raises(PowerCutError):
        play(tmp_path, recipe(), cut_before(part))
    assert not (tmp_path / "scores.parquet").exists()
    assert not (tmp_path / "dialogues").exists()
    before = written(tmp_path)
    assert len(before) == part
    play(tmp_path, recipe())
    assert {name: when for name, when in written(tmp_path).items() if name in before} == before
    assert contents(tmp_path) == contents(whole)
    assert timeless(tmp_path) == timeless(whole)


def test_what_went_wrong_in_learning_is_told_once_and_again_after_a_stop(tmp_path: Path) -> None:
    # One row that is seen once teaches nothing, whatever the network is told of it.
    hopeless = recipe(network={"hidden": 4, "epochs": 1, "rows": 1, "learning_rate": 1})
    undisturbed = play(tmp_path / "whole", hopeless)
    assert all("better than no learning" in trouble for trouble in undisturbed.troubles)
    assert {trouble[:6] for trouble in undisturbed.troubles} == {"fold0:", "fold1:"}
    with pytest.raises(PowerCutError):
        play(tmp_path / "cut", hopeless, cut_before(6))
    assert play(tmp_path / "cut", hopeless).troubles == undisturbed.troubles
    assert len(set(undisturbed.troubles)) == len(undisturbed.troubles)


def test_failures_are_told_again_after_a_stop(tmp_path: Path) -> None:
    script = tmp_path / "seller.toml"
    script.write_text("replies = ['<think>Hm.</think>']\n", encoding="utf-8")
    settings = recipe(sellers=(f"scripted:{script}", "pusher"), baseline="pusher", reader="mixture")
    undisturbed = play(tmp_path / "whole", settings)
    with pytest.raises(PowerCutError):
        play(tmp_path / "cut", settings, cut_before(3))
    resumed = play(tmp_path / "cut", settings)
    assert resumed.failures == undisturbed.failures
    assert len(resumed.failures) == 2
    assert contents(tmp_path / "cut") == contents(tmp_path / "whole")
    # Of dialogues that failed there is nothing to read.
    assert [p.name for p in (tmp_path / "cut" / "dialogues").iterdir()] == ["pusher.jsonl"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "of others", "no table"])
def test_a_damaged_shard_is_named_and_played_again_once_it_is_deleted(tmp_path: Path, whole: Path, damage: str) -> None:
    play(tmp_path, recipe())
    shard = tmp_path / "sold.parquet" / "fold1-asking-static.parquet"
    data = bytearray(shard.read_bytes())
    if damage == "cut":
        shard.write_bytes(data[:-9])
    elif damage == "flipped":
        words = pq.ParquetFile(shard).metadata.row_group(0).column(len(SALE_NAMES) + 3)
        # A column begins with its dictionary, if it has one; its size counts both.
        start = words.dictionary_page_offset or words.data_page_offset
        data[start + words.total_compressed_size - 5] ^= 0xFF
        shard.write_bytes(data)
    elif damage == "of others":
        shard.write_bytes(shard.with_name("fold0-asking-static.parquet").read_bytes())
    else:
        pq.write_table(pq.read_table(shard).drop_columns(["won"]), shard)
    with pytest.raises(InputError, match=r"fold1-asking-static\.parquet: damaged. Delete this file and resume"):
        play(tmp_path, recipe())
    shard.unlink()
    play(tmp_path, recipe())
    assert contents(tmp_path) == contents(whole)


def test_another_recipe_domain_or_people_are_not_mixed_in(tmp_path: Path) -> None:
    def facts(settings: Sales, market: Market) -> dict[str, Any]:
        return sales_facts(settings, [market])

    market = market_of(recipe())
    RunFolder.start(tmp_path / "run", "", facts(recipe(), market))
    RunFolder.resume(tmp_path / "run", facts(recipe(), market))
    # More money decides no result.
    RunFolder.resume(tmp_path / "run", facts(recipe(budget=3), market))
    with pytest.raises(InputError, match="another recipe hash"):
        RunFolder.resume(tmp_path / "run", facts(recipe(keep_dialogues=6), market))
    other = replace(market, domain=planted_domain(version="2"))
    with pytest.raises(InputError, match="another domain hash"):
        RunFolder.resume(tmp_path / "run", facts(recipe(), other))
    with pytest.raises(InputError, match="another people hash"):
        RunFolder.resume(tmp_path / "run", facts(recipe(), replace(market, people=buyers(119))))


def test_the_first_buyers_of_each_split_are_kept_with_every_seller(whole: Path) -> None:
    kept = timeless(whole)
    assert set(kept) == {f"{seller}.jsonl" for seller in SELLERS}
    people = {name: [dialogue.person for dialogue in dialogues] for name, dialogues in kept.items()}
    assert all(len(who) == len(set(who)) == 10 for who in people.values())
    assert len({tuple(who) for who in people.values()}) == 1
    assert {dialogue.id for dialogues in kept.values() for dialogue in dialogues} == {
        f"{person}/0" for person in people["pusher.jsonl"]
    }
    profiles = [json.loads(line) for line in (whole / "profiles.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {profile["person"] for profile in profiles} == set(people["pusher.jsonl"])


def test_what_came_of_a_kept_dialogue_is_what_was_counted(whole: Path) -> None:
    table = pq.read_table(whole / "scores.parquet").to_pylist()
    scores = {(row["seller"], f"{row['person']}/{row['draw']}"): row for row in table}
    column = {
        Outcome.FITS: "sold",
        Outcome.MISFIT: "misfit",
        Outcome.REFUSED: "refused",
        Outcome.WALKED_AWAY: "walked_away",
        Outcome.OUT_OF_TURNS: "out_of_turns",
    }
    found = outcomes(whole)
    assert len(found) == 4 * 10
    for known in found:
        row = scores[known.seller, known.id]
        assert row[column[known.outcome]] == 1
        assert row["claimed"] == known.claimed
        assert known.fitting == int(buyers().liked[buyers().ids.index(known.id.partition("/")[0])].sum())
    assert len({known.outcome for known in found}) > 1


def test_what_was_offered_is_told_with_whether_it_fits(whole: Path) -> None:
    people, domain = buyers(), shop()
    dialogues = {(name, d.id): d for name, ds in timeless(whole).items() for d in ds}
    for known in outcomes(whole):
        dialogue = dialogues[known.file.removeprefix("dialogues/"), known.id]
        moves = [turn.move for turn in dialogue.turns if turn.speaker is Speaker.AGENT and turn.move is not None]
        items = dict.fromkeys(move.item for move in moves if move.act is Act.OFFER)
        assert [offered.item for offered in known.offered] == list(items)
        for offered in known.offered:
            column = domain.target_columns[offered.item]
            assert offered.label == domain.targets[column].label
            assert offered.fits == people.liked[people.ids.index(dialogue.person), column]


def test_nothing_is_kept_where_nothing_is_wanted(tmp_path: Path) -> None:
    sold = play(tmp_path, recipe(sellers=("pusher",), baseline="pusher", reader="mixture", keep_dialogues=0))
    assert set(sold.kept) == {"pusher"}
    assert not (tmp_path / "dialogues").exists()
    assert (tmp_path / "outcomes.jsonl").read_text(encoding="utf-8") == ""


def test_sellers_have_files_of_their_own_whatever_they_are_called() -> None:
    stems = file_stems(("hf:a/b", "hf:a-b", "scripted:/x/y.toml", "hf-a-b-2", "asking-m:f"))
    assert len(set(stems.values())) == len(stems)
    assert all(stem == Path(stem).name and not stem.startswith(".") for stem in stems.values())


def test_results_are_read_as_they_were_written(whole: Path) -> None:
    results = summarise_sales(play(whole, recipe()))
    text = json.dumps(results.flat())
    assert json.dumps(SalesResults.from_flat(json.loads(text)).flat()) == text
    nothing = json.loads(text.replace("NaN", "null"))
    assert "null" in json.dumps(nothing)
    assert json.dumps(SalesResults.from_flat(nothing).flat()) == text


@pytest.mark.parametrize("damage", [{}, {"table": 3}, {"groups": [{}]}, {"wish_v": None}, {"people": "many"}])
def test_what_are_no_results_of_sales(whole: Path, damage: dict[str, Any]) -> None:
    flat = json.loads((whole / "results.json").read_text(encoding="utf-8"))
    with pytest.raises(ValueError, match=r"."):
        SalesResults.from_flat(flat | damage if damage else {})
