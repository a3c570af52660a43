from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_answers import planted

from elicit.beliefs import Inputs, Perceptron, persona_values
from elicit.domains import Code, Population

LAYOUT = Inputs(np.array([2, 3]), ("truthful", "noisy"), {"age": ("old", "young"), "town": ("north",)})


def by_hand() -> Perceptron:
    """Two inputs, two hidden units, one output."""
    return Perceptron.of(
        {
            "straight": np.array([[10.0], [100.0]]),
            "first": np.array([[1.0, -1.0], [2.0, 1.0]]),
            "first_bias": np.array([0.5, 0.0]),
            "second": np.array([[1.0, -2.0], [0.0, 1.0]]),
            "second_bias": np.array([0.0, 1.0]),
            "last": np.array([[1.0], [1000.0]]),
            "bias": np.array([0.25]),
        }
    )


def random_perceptron(seed: int, inputs: int, hidden: int, outputs: int) -> Perceptron:
    random = np.random.default_rng(seed)
    shapes = {"straight": (inputs, outputs), "first": (inputs, hidden), "first_bias": (hidden,)}
    shapes |= {"second": (hidden, hidden), "second_bias": (hidden,), "last": (hidden, outputs), "bias": (outputs,)}
    return Perceptron.of({name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()})


def people_of(ages: list[str], **others: list[str]) -> Population:
    personas = {name: np.array(values) for name, values in {"age": ages, **others}.items()}
    ids = tuple(f"p{n}" for n in range(len(ages)))
    return Population(ids, np.zeros((len(ages), 2), np.int8), np.zeros((len(ages), 0), np.bool_), personas)


def test_a_perceptron_by_hand() -> None:
    # First input: h1 = relu(1.5, −1) = (1.5, 0), relu(h1 · second + (0, 1)) = relu(1.5, −2) = (1.5, 0), h2 = (3, 0).
    # Second: h1 = (2.5, 1), relu(2.5, −5 + 1 + 1) = (2.5, 0), h2 = (5, 1). Nothing: h1 = (.5, 0), relu(.5, −1 + 1).
    inputs = np.array([[1, 0], [0, 1], [0, 0]], dtype=np.float32)
    expected = [[3 + 10 + 0.25], [5 + 1000 + 100 + 0.25], [1 + 0.25]]
    np.testing.assert_allclose(by_hand()(inputs), expected, rtol=1e-6)
    assert by_hand()(inputs).dtype == np.float32
    assert by_hand().parameters == 2 + 4 + 2 + 4 + 2 + 2 + 1


@given(st.integers(0, 2**31), st.integers(0, 4), st.integers(0, 4))
def test_part_of_the_outputs_and_of_the_people_is_the_same_part_of_all(seed: int, start: int, more: int) -> None:
    perceptron = random_perceptron(seed, 6, 3, 5)
    inputs = (np.random.default_rng(seed).random((4, 6)) < 0.3).astype(np.float32)
    chosen, whole = slice(start, start + more), perceptron(inputs)
    np.testing.assert_allclose(perceptron(inputs, chosen), whole[:, chosen], atol=1e-5)
    # An input that nobody has in a batch is left out; one that only a single person has is not.
    for row in range(4):
        np.testing.assert_allclose(perceptron(inputs[row : row + 1]), whole[row : row + 1], atol=1e-5)


def test_asking_a_perceptron_changes_neither_it_nor_the_inputs() -> None:
    perceptron, inputs = by_hand(), np.array([[1, 0]], dtype=np.float32)
    first = perceptron(inputs)
    np.testing.assert_array_equal(perceptron(inputs), first)
    np.testing.assert_array_equal(inputs, [[1, 0]])
    for name, layer in by_hand().layers().items():
        np.testing.assert_array_equal(getattr(perceptron, name), layer)


@pytest.mark.parametrize("name", ["first", "second", "second_bias", "last", "bias"])
def test_layers_that_do_not_fit_each_other(name: str) -> None:
    wrong = np.zeros((3, 3), dtype=np.float32) if name not in ("second_bias", "bias") else np.zeros(3, np.float32)
    with pytest.raises(ValueError, match=f"'{name}' has shape .* where .* fits"):
        replace(by_hand(), **{name: wrong})


def test_layers_there_and_back_among_others() -> None:
    layers = by_hand().layers()
    again = Perceptron.of({**layers, "stranger": np.zeros(3, dtype=np.float32)})
    assert list(again.layers()) == list(layers)
    assert all(np.array_equal(again.layers()[name], layer) for name, layer in layers.items())
    assert {layer.dtype for layer in again.layers().values()} == {np.dtype(np.float32)}
    del layers["second"]
    with pytest.raises(KeyError, match="second"):
        Perceptron.of(layers)


def test_inputs_by_hand() -> None:
    # Two facets of up to three options, each with a fourth place for non-answers; two conditions; three persona values.
    assert (LAYOUT.options, LAYOUT.width) == (3, 2 * 4 + 2 + 3)
    states = np.array([[1, -1], [-2, 2], [-5, -3]], dtype=np.int8)
    inputs = LAYOUT.of(states, np.array([0, 1, 1]), np.array([[1, 0], [-1, -1], [0, -1]]))
    assert inputs.dtype == np.float32
    assert [np.flatnonzero(row).tolist() for row in inputs] == [[1, 8, 11, 12], [3, 6, 9], [3, 7, 9, 10]]
    assert set(inputs.ravel().tolist()) == {0.0, 1.0}


def test_without_personas_nobody_is_known() -> None:
    states = np.array([[0, -1]], dtype=np.int8)
    told = LAYOUT.of(states, np.array([0]))
    np.testing.assert_array_equal(told, LAYOUT.of(states, np.array([0]), np.array([[-1, -1]])))
    assert np.flatnonzero(told).tolist() == [0, 8]


@given(st.lists(st.integers(-5, 2), min_size=2, max_size=2), st.integers(0, 1))
def test_each_answer_sets_one_input_and_the_condition_another(codes: list[int], condition: int) -> None:
    codes[0] = min(codes[0], 1)
    inputs = LAYOUT.of(np.array([codes], dtype=np.int8), np.array([condition]))[0]
    assert inputs[:8].reshape(2, 4).sum(axis=1).tolist() == [float(code != Code.NOT_ASKED) for code in codes]
    assert inputs[8:10].tolist() == [1 - condition, condition]


def test_persona_codes_of_people() -> None:
    people = people_of(["young", "", "middle", "old"], town=["north", "north", "", "south"])
    assert LAYOUT.personas_of(people).tolist() == [[1, 0], [-1, 0], [-1, -1], [0, -1]]
    assert LAYOUT.personas_of(people_of(["young"])).tolist() == [[1, -1]]
    assert Inputs(LAYOUT.option_counts, ("truthful",), {}).personas_of(people).shape == (4, 0)


def test_persona_values_that_occur() -> None:
    assert persona_values(people_of(["young", "", "old", "young"])) == {"age": ("old", "young")}
    assert persona_values(planted(20, seed=1)) == {"town": ("north", "south")}


def test_a_layout_in_json_there_and_back() -> None:
    again = Inputs.from_json({**LAYOUT.to_json(), "domain": "of no interest here"})
    assert again.option_counts.tolist() == [2, 3]
    assert again.option_counts.dtype == np.int64
    assert (again.conditions, again.personas) == (LAYOUT.conditions, LAYOUT.personas)
    assert (again.width, list(again.personas)) == (LAYOUT.width, ["age", "town"])
