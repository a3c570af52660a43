from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from exact_beliefs import random_mixture, random_states
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.beliefs import Inputs, Network, Origin, Perceptron, load_learned, save_learned

COUNTS = np.array([2, 3, 2])
FACTS, WEIGHTS = "learned.json", "weights.safetensors"
HERE = {"domain": "v1", "people": "all"}


def network(seed: int = 0, origin: Origin = HERE) -> Network:
    random = np.random.default_rng(seed)
    inputs = Inputs(COUNTS, ("truthful", "noisy"), {"town": ("nörd", "south")})
    width, hidden, outputs = inputs.width, 4, 3 * 3 + 2 + 2
    shapes = {"straight": (width, outputs), "first": (width, hidden), "first_bias": (hidden,)}
    shapes |= {"second": (hidden, hidden), "second_bias": (hidden,), "last": (hidden, outputs), "bias": (outputs,)}
    perceptron = Perceptron.of({name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()})
    return Network(inputs, random_mixture(seed, COUNTS, 2), (0.0, 0.05), perceptron, origin)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "deep" / "network"
    network().save(folder)
    return folder


def rewrite(folder: Path, **changes: object) -> None:
    """Change facts as if they had been written so."""
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    weights = (folder / WEIGHTS).read_bytes()
    facts = {**{name: fact for name, fact in facts.items() if name != "hash"}, **changes}
    facts["hash"] = hashlib.sha256(json.dumps(facts, sort_keys=True).encode() + weights).hexdigest()
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def test_what_is_read_is_what_was_written(saved: Path) -> None:
    made, again = network(), Network.load(saved, HERE)
    states, people = random_states(0, COUNTS, 30), np.arange(30)[:, None] % 3 - 1
    for condition in ("truthful", "noisy"):
        first, second = made.belief(condition), again.belief(condition)
        np.testing.assert_array_equal(first.marginals(states), second.marginals(states))
        np.testing.assert_array_equal(first.targets(states), second.targets(states))
        np.testing.assert_array_equal(first.information(states), second.information(states))
        assert first.error == second.error
    told = type(first)(made, "noisy", people), type(second)(again, "noisy", people)
    np.testing.assert_array_equal(told[0].marginals(states), told[1].marginals(states))
    assert (again.inputs.personas, again.origin) == (made.inputs.personas, HERE)
    assert sorted(path.name for path in saved.parent.iterdir()) == ["network"]
    assert sorted(path.name for path in saved.iterdir()) == [FACTS, WEIGHTS]


def test_any_arrays_and_facts_there_and_back(tmp_path: Path) -> None:
    arrays: dict[str, NDArray[np.integer]] = {
        "turned": np.arange(6).reshape(2, 3).T,
        "small": np.array([1, -1], dtype=np.int8),
    }
    save_learned(tmp_path / "it", "thing", {}, {"says": "é"}, arrays)
    facts, read = load_learned(tmp_path / "it", "thing", {}, lambda facts, arrays: (facts, arrays))
    assert facts["says"] == "é"
    assert {name: array.tolist() for name, array in read.items()} == {
        "turned": [[0, 3], [1, 4], [2, 5]],
        "small": [1, -1],
    }
    assert read["small"].dtype == np.int8


@pytest.mark.parametrize("left", [0, 1, 100, -1])
def test_truncated_weights(saved: Path, left: int) -> None:
    path = saved / WEIGHTS
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(InputError, match="not as they were written: truncated") as caught:
        Network.load(saved, HERE)
    assert caught.value.where == str(saved)
    assert "anew" in caught.value.remedy


def test_weights_of_another_network(saved: Path, tmp_path: Path) -> None:
    network(seed=1).save(tmp_path / "other")
    (saved / WEIGHTS).write_bytes((tmp_path / "other" / WEIGHTS).read_bytes())
    with pytest.raises(InputError, match="exchanged"):
        Network.load(saved, HERE)


def test_missing_weights(saved: Path) -> None:
    (saved / WEIGHTS).unlink()
    with pytest.raises(InputError, match=f"{WEIGHTS} is missing.*anew") as caught:
        Network.load(saved, HERE)
    assert caught.value.where == str(saved)


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        ({"domain": "v2"}, r"another version of the domain \(v1, now v2\).*anew"),
        ({"people": "few"}, r"other people \(all, now few\).*anew"),
        ({"domain": "v1", "goal": "ndcg"}, r"another goal \(None, now ndcg\).*anew"),
    ],
)
def test_another_origin(saved: Path, now: Origin, problem: str) -> None:
    with pytest.raises(InputError, match=f"comes from {problem}") as caught:
        Network.load(saved, now)
    assert caught.value.where == str(saved)


def test_of_the_origin_only_what_is_asked_for_matters(saved: Path) -> None:
    assert Network.load(saved, {}).origin == Network.load(saved, {"domain": "v1"}).origin == HERE


@pytest.mark.parametrize("change", [{"errors": [0.0, 0.5]}, {"conditions": ["noisy", "truthful"]}, {"hash": ""}])
def test_facts_that_were_changed_by_hand(saved: Path, change: dict[str, object]) -> None:
    facts = json.loads((saved / FACTS).read_text(encoding="utf-8"))
    (saved / FACTS).write_text(json.dumps({**facts, **change}), encoding="utf-8")
    with pytest.raises(InputError, match=r"not as they were written.*changed.*anew") as caught:
        Network.load(saved, HERE)
    assert caught.value.where == str(saved)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers(tmp_path: Path, value: float) -> None:
    made = network()
    made.perceptron.last[0, 0] = value
    made.save(tmp_path / "it")
    with pytest.raises(InputError, match=r"cannot be used \(not every number of 'last' is finite\)"):
        Network.load(tmp_path / "it", HERE)


def test_another_kind(saved: Path) -> None:
    with pytest.raises(InputError, match="holds a network, not a value head") as caught:
        load_learned(saved, "value head", HERE, lambda facts, arrays: None)
    assert caught.value.where == str(saved)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '"network"',
        '{"weights": "x"}',
        '{"kind": "network"}',
        '{"kind": "network", "origin": "v1"}',
        "{",
        "",
        "null",
        "\udce9",
    ],
)
def test_json_that_is_not_ours(saved: Path, text: str) -> None:
    (saved / FACTS).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match="not a file of ours") as caught:
        Network.load(saved, HERE)
    assert caught.value.where == str(saved / FACTS)


def test_no_folder_or_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    for name in ("missing", "file", "empty"):
        with pytest.raises(InputError, match=f"no network here .*{FACTS}") as caught:
            Network.load(tmp_path / name, HERE)
        assert caught.value.where == str(tmp_path / name)


@pytest.mark.parametrize(
    "changes",
    [
        {"option_counts": [2, 3]},
        {"option_counts": "two"},
        {"conditions": ["truthful"]},
        {"conditions": 3},
        {"personas": {}},
        {"errors": None},
    ],
)
def test_facts_that_do_not_fit_the_weights(saved: Path, changes: dict[str, object]) -> None:
    rewrite(saved, **changes)
    with pytest.raises(InputError, match=r"cannot be used .*anew") as caught:
        Network.load(saved, HERE)
    assert caught.value.where == str(saved)


def test_personas_that_are_a_list(saved: Path) -> None:
    rewrite(saved, personas=["town"])
    with pytest.raises(InputError, match="cannot be used"):
        Network.load(saved, HERE)


def test_an_error_for_each_condition(saved: Path) -> None:
    rewrite(saved, errors=[0.0])
    with pytest.raises(InputError, match="cannot be used"):
        Network.load(saved, HERE)


def test_weights_without_a_layer(tmp_path: Path) -> None:
    made = network()
    layers = {name: layer for name, layer in made.perceptron.layers().items() if name != "last"}
    facts = {"errors": made.errors, **made.inputs.to_json()}
    save_learned(tmp_path / "it", "network", HERE, facts, layers)
    with pytest.raises(InputError, match=r"cannot be used \(.*\)\. Delete this folder, and it is learned anew"):
        Network.load(tmp_path / "it", HERE)


def test_nothing_of_somebody_elses_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("papers", "file"):
        with pytest.raises(InputError, match=r"was not written by elicit.*Name another place") as caught:
            network().save(tmp_path / name)
        assert caught.value.where == str(tmp_path / name)
    assert [p.name for p in (tmp_path / "papers").iterdir()] == ["thesis.txt"]
    assert (tmp_path / "file").read_text() == "mine"


def test_what_was_learned_before_is_replaced(saved: Path) -> None:
    network(seed=1, origin={"domain": "v2"}).save(saved)
    assert Network.load(saved, {"domain": "v2"}).origin == {"domain": "v2"}
    assert [p.name for p in saved.parent.iterdir()] == ["network"]


def test_nothing_half_written_remains(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        save_learned(tmp_path / "it", "thing", {}, {"not for JSON": object()}, {"a": np.zeros(2)})
    assert not list(tmp_path.iterdir())
