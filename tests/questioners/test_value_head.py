from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_questions import luck

from elicit.basis import InputError, Luck
from elicit.beliefs import Course, Goal, Inputs, LearningSettings, MixtureBelief, Perceptron, save_learned
from elicit.beliefs import supposed_gain as exact_gain
from elicit.domains import Code, Codes, Population
from elicit.profiles import Mixture, Noisy, Silent, Truthful, sample_people
from elicit.questioners import GainQuestioner, Guide, SwitchingQuestioner, ValueHead, ValueSettings, train_value_head
from elicit.questioners.protocol import Choices

# Two classes. KEY tells them apart but nobody can speak of it, HINT nearly as well; then two that tell little, and
# three coins, of which the last has a third option that nobody takes.
KEY, HINT, FACETS = 0, 1, 7
COUNTS = np.array([2, 2, 2, 2, 2, 2, 3])
YES = np.array([0.98, 0.9, 0.7, 0.7, 0.5, 0.5, 0.5])
WHOLE = Goal(np.ones(FACETS, dtype=bool))
NOTHING = np.full((1, FACETS), Code.NOT_ASKED, dtype=np.int8)
EVERYTHING = np.arange(FACETS)
HERE = {"domain": "v1", "goal": "profile"}


def mixture() -> Mixture:
    yes = np.stack([YES, 1 - YES], axis=1)
    answers = np.stack([1 - yes, yes, np.zeros_like(yes)], axis=1).astype(np.float32)
    return Mixture(np.array([0.5, 0.5], dtype=np.float32), answers, np.array([[0.9, 0.1]], dtype=np.float32))


BELIEF = MixtureBelief(mixture(), COUNTS)


def people(count: int, name: str) -> Population:
    ids = tuple(f"{name}{n}" for n in range(count))
    codes, liked = sample_people(mixture(), Luck.of(0, ids))[:2]
    voiced = np.ones(codes.shape, dtype=bool)
    voiced[:, KEY] = False
    return Population(ids, codes, liked, voiced=voiced)


def train(
    epochs: int = 25,
    turns: int = 4,
    goal: Goal = WHOLE,
    seed: int = 0,
    states: int = 1500,
    questions: int = 4,
    realised: int = 1500,
    guides: tuple[Guide, ...] | None = None,
    progress: Callable[[int, int], None] = lambda done, planned: None,
) -> tuple[ValueHead, Course]:
    learning = LearningSettings(hidden=32, dropout=0.0, learning_rate=1e-2, batch=128, epochs=epochs, patience=epochs)
    settings = ValueSettings(learning, states, questions, turns, realised)
    guides = guides or tuple(Guide(m, BELIEF, BELIEF.information) for m in (Truthful(), Silent()))
    depths = np.zeros(FACETS, dtype=np.int64)
    return train_value_head(people(300, "t"), people(150, "v"), depths, guides, goal, settings, seed, HERE, progress)


@cache
def trained() -> tuple[ValueHead, Course]:
    return train()


def expected(states: Codes, goal: Goal = WHOLE) -> NDArray[np.float32]:
    return exact_gain(BELIEF, states, goal, np.tile(EVERYTHING, (len(states), 1)))


def some_states(count: int, asked: int) -> tuple[Codes, NDArray[np.bool_]]:
    """States with so many answers, and what is not answered in them."""
    random = np.random.default_rng(6)
    known = np.argsort(random.random((count, FACETS)), axis=1) < asked
    states = np.where(known, people(count, "q").codes, np.int8(Code.NOT_ASKED))
    return states, ~known


def test_it_prefers_what_tells_the_most() -> None:
    head, course = trained()
    asker = GainQuestioner(lambda states: head.gain(states, "truthful"))
    allowed = np.ones((1, FACETS), dtype=bool)
    assert asker.choose(NOTHING, allowed, luck(1)).tolist() == [KEY]
    allowed[0, KEY] = False
    assert asker.choose(NOTHING, allowed, luck(1)).tolist() == [HINT]
    assert course.trouble == ""
    assert head.origin == HERE


def test_who_is_silent_is_not_asked_what_nobody_can_say() -> None:
    head, _ = trained()
    silent, open_facets = some_states(100, asked=1)
    gain = head.gain(silent, "silent")
    assert np.abs(gain[open_facets[:, KEY], KEY]).mean() < 0.15
    asker = GainQuestioner(lambda states: head.gain(states, "silent"))
    assert asker.choose(NOTHING, np.ones((1, FACETS), dtype=bool), luck(1)).tolist() == [HINT]


@pytest.mark.parametrize("asked", [0, 1, 2, 3])
def test_it_says_nearly_what_supposing_every_answer_says(asked: int) -> None:
    states, open_facets = some_states(300, asked)
    head, exact = trained()[0].gain(states, "truthful"), expected(states)
    assert head.shape == (300, FACETS)
    assert head.dtype == np.float32
    assert np.abs(head - exact)[open_facets].mean() < 0.1
    chosen = np.where(open_facets, head, -np.inf).argmax(axis=1)
    rows = np.arange(300)
    assert exact[rows, chosen].mean() > 0.93 * np.where(open_facets, exact, 0).max(axis=1).mean()


def test_the_goal_decides_what_is_worth_asking() -> None:
    # Who only wants one coin is told by nothing else; who wants the target is told most by the class.
    coin, _ = train(goal=Goal(np.arange(FACETS) == 5), epochs=10)
    assert coin.gain(NOTHING, "truthful")[0].argmax() == 5
    assert coin.gain(NOTHING, "truthful")[0, KEY] < 0.1
    target, _ = train(goal=Goal(np.zeros(FACETS, dtype=bool), targets=True), epochs=10, realised=8000)
    gain, exact = target.gain(NOTHING, "truthful")[0], expected(NOTHING, Goal(np.zeros(FACETS, dtype=bool), True))[0]
    np.testing.assert_allclose(gain, exact, atol=0.12)
    assert gain.argmax() == KEY


def test_what_really_happened_corrects_what_a_belief_expects() -> None:
    # It takes everybody for alike and a yes for rare: .47 bits a question. Half of all people say yes, worth 3.3 bits.
    answers = np.tile(np.array([0.9, 0.1, 0], dtype=np.float32), (FACETS, 1))[:, :, None]
    alike = MixtureBelief(Mixture(np.ones(1, dtype=np.float32), answers, np.ones((1, 1), dtype=np.float32)), COUNTS)
    np.testing.assert_allclose(exact_gain(alike, NOTHING, WHOLE, EVERYTHING[None]), 0.469, atol=1e-3)

    def hint_first(states: Codes) -> NDArray[np.float32]:
        return np.tile((EVERYTHING == HINT).astype(np.float32), (len(states), 1))

    head, _ = train(guides=(Guide(Truthful(), alike, hint_first),), epochs=5, realised=4000)
    really = -(np.log2(0.1) + np.log2(0.9)) / 2
    np.testing.assert_allclose(head.gain(NOTHING, "truthful")[0], really, atol=0.4)
    # Of those who say yes to the hint nearly all will to the key, of the others hardly anybody.
    hinted = np.repeat(NOTHING, 2, axis=0)
    hinted[:, HINT] = [1, 0]
    yes, no = head.gain(hinted, "truthful")[:, KEY]
    assert yes > no + 0.8


def test_more_turns_than_facets_and_more_questions() -> None:
    head, course = train(turns=50, questions=40, epochs=2, states=400, realised=400)
    assert course.epochs == 2
    assert np.isfinite(head.gain(NOTHING, "truthful")).all()


def test_the_same_seed_gives_the_same_head() -> None:
    done: list[tuple[int, int]] = []
    first, again, other = (
        train(epochs=2, states=300, realised=200, seed=seed, progress=lambda *n: done.append(n))[0]
        for seed in (1, 1, 2)
    )
    assert all(np.array_equal(layer, again.perceptron.layers()[n]) for n, layer in first.perceptron.layers().items())
    assert not np.array_equal(first.perceptron.first, other.perceptron.first)
    assert done == [(n, 4) for n in (1, 2, 3, 4)] * 3


def test_noise_that_is_learned_is_worth_less() -> None:
    noisy = MixtureBelief(mixture(), COUNTS, 0.2)
    model = Noisy(unknown=0.4, wrong=0.2)
    guides = (Guide(Truthful(), BELIEF, BELIEF.information), Guide(model, noisy, noisy.information))
    head, _ = train(guides=guides, epochs=10)
    truthful, heard = (head.gain(NOTHING, condition)[0] for condition in ("truthful", "noisy"))
    assert heard[KEY] < 0.6 * truthful[KEY]


def by_hand() -> ValueHead:
    """Two facets: bits are .5 and .25, and one more of the second if the first was answered with 1."""
    inputs = Inputs(np.array([2, 2]), ("truthful", "noisy"), {})
    straight = np.zeros((8, 2), dtype=np.float32)
    straight[1, 1], straight[7, 0] = 1, -0.125
    shapes = {"first": (8, 1), "first_bias": (1,), "second": (1, 1), "second_bias": (1,), "last": (1, 2)}
    layers = {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()}
    layers |= {"straight": straight, "bias": np.array([0.5, 0.25], dtype=np.float32)}
    return ValueHead(inputs, Perceptron.of(layers), HERE)


def test_a_head_by_hand() -> None:
    states = np.array([[-1, -1], [1, -1], [0, -2]], dtype=np.int8)
    assert by_hand().gain(states, "truthful").tolist() == [[0.5, 0.25], [0.5, 1.25], [0.5, 0.25]]
    assert by_hand().gain(states, "noisy").tolist() == [[0.375, 0.25], [0.375, 1.25], [0.375, 0.25]]
    with pytest.raises(ValueError, match="not in tuple"):
        by_hand().gain(states, "nosy")
    with pytest.raises(ValueError, match="do not fit"):
        replace(by_hand(), inputs=Inputs(np.array([2, 2]), ("truthful",), {}))


def test_a_head_on_disk_and_back(tmp_path: Path) -> None:
    head = trained()[0]
    head.save(tmp_path / "head")
    again = ValueHead.load(tmp_path / "head", HERE)
    states, _ = some_states(50, 2)
    for condition in ("truthful", "silent"):
        np.testing.assert_array_equal(again.gain(states, condition), head.gain(states, condition))
    assert again.origin == HERE


def test_heads_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "head"
    by_hand().save(folder)
    with pytest.raises(InputError, match=r"another version of the domain \(v1, now v2\)"):
        ValueHead.load(folder, {"domain": "v2"})
    facts = json.loads((folder / "learned.json").read_text())
    (folder / "learned.json").write_text(json.dumps({**facts, "option_counts": [2, 2, 2]}))
    with pytest.raises(InputError, match=r"changed.*it is learned anew"):
        ValueHead.load(folder, HERE)
    (folder / "weights.safetensors").write_bytes(b"")
    with pytest.raises(InputError, match="truncated"):
        ValueHead.load(folder, HERE)
    with pytest.raises(InputError, match="no value head here"):
        ValueHead.load(tmp_path / "missing", HERE)
    save_learned(tmp_path / "network", "network", HERE, {}, {})
    with pytest.raises(InputError, match="holds a network, not a value head"):
        ValueHead.load(tmp_path / "network", HERE)


class Recorder:
    """Names a facet for each person, and keeps what it was shown."""

    def __init__(self, facet: int) -> None:
        self.facet, self.rows = facet, list[tuple[list[list[int]], list[list[bool]], list[int]]]()

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        self.rows.append((states.tolist(), allowed.tolist(), luck.people.tolist()))
        return np.where(allowed[:, self.facet], self.facet, -1)


MIXED = np.array([[-1, -1, -1, -1], [0, -1, -2, -1], [1, -1, -1, -1], [-5, 0, 1, -1]], dtype=np.int8)


def test_a_switch_in_a_mixed_batch() -> None:
    first, then = Recorder(0), Recorder(3)
    allowed = MIXED == Code.NOT_ASKED
    allowed[3, 3] = False
    fortune = luck(4)
    chosen = SwitchingQuestioner(first, then, 2).choose(MIXED, allowed, fortune)
    # Non-answers count as questions: rows 1 and 3 were asked two and more.
    assert chosen.tolist() == [0, 3, -1, -1]
    for asker, rows in ((first, [0, 2]), (then, [1, 3])):
        shown = (MIXED[rows].tolist(), allowed[rows].tolist(), fortune.people[rows].tolist())
        assert asker.rows == [shown]


@pytest.mark.parametrize("after", [0, 1, 2, 3, 4])
def test_the_switch_comes_after_exactly_so_many_questions(after: int) -> None:
    states, order = np.full((1, 4), Code.NOT_ASKED, dtype=np.int8), [0, 1, 2]
    asked = []
    for facet in order:
        first, then = Recorder(3), Recorder(3)
        SwitchingQuestioner(first, then, after).choose(states, states == Code.NOT_ASKED, luck(1))
        asked.append("first" if first.rows else "then")
        assert len(first.rows) + len(then.rows) == 1
        states[0, facet] = Code.UNKNOWN
    assert asked == ["first" if turn < after else "then" for turn in range(3)]


def test_nobody_is_asked_nothing_of_an_empty_batch() -> None:
    first, then = Recorder(0), Recorder(1)
    empty = MIXED[:0]
    assert SwitchingQuestioner(first, then, 2).choose(empty, empty == -1, luck(0)).shape == (0,)
