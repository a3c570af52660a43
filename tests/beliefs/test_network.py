from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from planted_answers import (
    CLASS_A,
    CLASS_B,
    CLASS_C,
    COUNTS,
    DEPTHS,
    HOME,
    PARITY,
    VOICED,
    A,
    B,
    everybody,
    knowing,
    planted,
    small,
    two_classes,
)

from elicit.basis import InputError, Luck, UnavailableError
from elicit.beliefs import (
    Belief,
    Course,
    Crossed,
    Goal,
    MixtureBelief,
    Network,
    NetworkBelief,
    consistency_gap,
    facet_bits,
    supposed_gain,
    target_bits,
    train_network,
)
from elicit.domains import SILENT, Code, Codes, Population
from elicit.profiles import Mixture, Noisy, Silent, Truthful, all_answers

MODELS = (Truthful(), Noisy(), Silent())
TRAIN, VALIDATION, OTHERS = planted(600, 1), planted(200, 2), planted(600, 3)
MIXTURE = MixtureBelief(two_classes(), COUNTS)
ONE = np.arange(len(COUNTS))
WHOLE = Goal(np.ones(len(COUNTS), dtype=bool))


@cache
def trained() -> tuple[Network, Course]:
    settings = small(20, personas=True)
    crossed = everybody(two_classes(), len(TRAIN))
    return train_network(TRAIN, VALIDATION, COUNTS, DEPTHS, MODELS, crossed, settings, 0, {"domain": "a domain"})


def belief(condition: str = "truthful") -> NetworkBelief:
    return trained()[0].belief(condition)


def bits(reader: Belief, states: Codes, *facets: int) -> float:
    """Mean bits of the truth about some facets, whether answered or not."""
    counted = np.isin(ONE, facets) & (OTHERS.codes >= 0)
    return float(facet_bits(reader.marginals(states), OTHERS.codes, counted).mean())


def some_answers(share: float = 0.4) -> Codes:
    known = np.random.default_rng(8).random(OTHERS.codes.shape) < share
    return np.where(known, OTHERS.codes, np.int8(Code.NOT_ASKED))


def quick(seed: int = 0) -> Network:
    """Two epochs for people who tell the truth."""
    crossed = everybody(two_classes(), len(TRAIN))
    return train_network(TRAIN, VALIDATION, COUNTS, DEPTHS, [Truthful()], crossed, small(2, rows=256), seed)[0]


def test_it_learns_what_answers_tell_together_and_classes_cannot() -> None:
    states = knowing(OTHERS, A, B)
    assert bits(MIXTURE, states, PARITY) == pytest.approx(1, abs=1e-5)
    assert bits(belief(), states, PARITY) < 0.5
    # One of the two alone tells nothing.
    assert bits(belief(), knowing(OTHERS, A), PARITY) == pytest.approx(1, abs=0.05)
    liked = [target_bits(b.targets(states), OTHERS.liked).mean() for b in (belief(), MIXTURE)]
    assert liked[0] < liked[1] - 0.4


@pytest.mark.parametrize("known", [(), (CLASS_A,), (CLASS_A, CLASS_B), (HOME, VOICED)])
def test_where_classes_say_all_it_is_no_worse(known: tuple[int, ...]) -> None:
    states, others = knowing(OTHERS, *known), [f for f in ONE.tolist() if f not in known]
    assert bits(belief(), states, *others) == pytest.approx(bits(MIXTURE, states, *others), abs=0.1)


def test_it_keeps_what_the_mixture_knows() -> None:
    assert bits(MIXTURE, knowing(OTHERS, CLASS_A, CLASS_B), CLASS_C) < 0.9
    assert bits(belief(), knowing(OTHERS, CLASS_A, CLASS_B), CLASS_C) < 0.9


def test_of_people_it_never_met_it_knows_more_than_the_mixture() -> None:
    states = some_answers()
    assert bits(belief(), states, *ONE.tolist()) < bits(MIXTURE, states, *ONE.tolist()) - 0.1


def test_a_persona_helps_where_it_decides_something() -> None:
    nothing = knowing(OTHERS)
    assert bits(belief(), nothing, HOME) == pytest.approx(1, abs=0.03)
    assert bits(belief().condition_on(OTHERS), nothing, HOME) < 0.75
    assert bits(belief().condition_on(OTHERS), nothing, PARITY) == pytest.approx(1, abs=0.05)
    strangers = replace(OTHERS, personas={"town": np.full(len(OTHERS), "east")})
    np.testing.assert_array_equal(belief().condition_on(strangers).marginals(nothing), belief().marginals(nothing))
    assert quick().inputs.personas == {}


def test_silence_tells_who_could_not_speak() -> None:
    nothing = np.full((1, len(COUNTS)), Code.NOT_ASKED, dtype=np.int8)
    silent = nothing.copy()
    silent[0, VOICED] = SILENT
    quiet = belief("silent")
    for facet in (CLASS_A, CLASS_B, CLASS_C):
        assert quiet.marginals(silent)[0, facet, 0] > quiet.marginals(nothing)[0, facet, 0] + 0.05
    assert quiet.targets(silent)[0, 0] < quiet.targets(nothing)[0, 0] - 0.05
    np.testing.assert_array_equal(MIXTURE.marginals(silent), MIXTURE.marginals(nothing))
    # Where everybody speaks, the same state is read in another way.
    assert np.abs(quiet.marginals(silent) - belief("truthful").marginals(silent)).max() > 1e-3


def test_it_takes_wrong_answers_into_account_where_there_are_some() -> None:
    said = all_answers(Noisy(), OTHERS.codes, COUNTS, Luck.of(4, OTHERS.ids))
    states = np.where(np.isin(ONE, [A, B, PARITY, CLASS_A, CLASS_C]), said, np.int8(-1))
    noisy, credulous = belief("noisy"), belief("truthful")
    assert (noisy.error, credulous.error) == (0.05, 0.0)
    assert bits(noisy, states, *ONE.tolist()) < bits(credulous, states, *ONE.tolist()) - 0.5
    mean = noisy.marginals(states)[:, A][np.arange(len(states)), np.maximum(said[:, A], 0)][said[:, A] >= 0].mean()
    assert 0.85 < mean < 0.99


def test_without_errors_the_truth_is_what_was_said() -> None:
    states = some_answers()
    rows, facets = np.nonzero(states >= 0)
    for condition in ("truthful", "silent"):
        said = belief(condition).marginals(states)[rows, facets]
        np.testing.assert_array_equal(said, np.eye(3, dtype=np.float32)[states[rows, facets]])


def test_what_a_facet_has_not_is_not_believed() -> None:
    for condition in ("truthful", "noisy"):
        marginals = belief(condition).marginals(some_answers())
        assert marginals.dtype == np.float32
        np.testing.assert_allclose(marginals.sum(axis=2), 1, atol=1e-5)
        assert not marginals[:, np.arange(3) >= COUNTS[:, None]].any()
    targets = belief().targets(some_answers())
    assert targets.shape == OTHERS.liked.shape
    assert targets.dtype == np.float32
    assert ((targets > 0) & (targets < 1)).all()


@pytest.mark.parametrize("condition", ["truthful", "noisy"])
def test_many_people_are_read_as_one_by_one(condition: str) -> None:
    crowd = OTHERS.take(np.arange(4200) % len(OTHERS))
    states = np.tile(some_answers(), (7, 1))
    whole, told = belief(condition).condition_on(crowd), (OTHERS.take([n]) for n in (0, 599))
    for row, person in zip((0, 4199), told, strict=True):
        one = belief(condition).condition_on(person)
        np.testing.assert_allclose(whole.marginals(states)[row], one.marginals(states[row : row + 1])[0], atol=1e-5)
        np.testing.assert_allclose(whole.targets(states)[row], one.targets(states[row : row + 1])[0], atol=1e-5)


def test_a_question_is_worth_what_supposing_its_answers_says() -> None:
    states = some_answers()[:20]
    worth = belief().information(states)
    np.testing.assert_allclose(worth, supposed_gain(belief(), states, WHOLE, np.tile(ONE, (20, 1))), atol=1e-6)
    assert (worth >= 0).all()
    assert not worth[states >= 0].any()
    # Who knows A hears with B the parity as well: two bits, and of other coins one.
    knows = knowing(OTHERS, A)[:50]
    assert belief().information(knows)[:, B].mean() > 1.3
    assert belief().information(knows)[:, VOICED].mean() == pytest.approx(1, abs=0.1)
    assert MIXTURE.information(knows)[:, B].max() < 1e-3


def test_the_consistency_loss_narrows_the_gap() -> None:
    # What knows only how often people say what, and is told more and more by the network, contradicts itself.
    states = knowing(OTHERS, A)[:200]
    gaps = []
    for weight in (0.0, 20.0):
        settings = small(8, consistency=weight, rows=512, supposed=32)
        crossed = everybody(two_classes(), len(TRAIN))
        network, _ = train_network(TRAIN, VALIDATION, COUNTS, DEPTHS, [Truthful()], crossed, settings, 0)
        gaps.append(consistency_gap(network.belief("truthful"), states).gap)
    assert gaps[1] < 0.8 * gaps[0]


def test_the_best_epoch_of_an_early_stop() -> None:
    few, settings = TRAIN.take(range(40)), small(60, rows=128, consistency=0.0)
    settings = replace(settings, learning=replace(settings.learning, patience=3, learning_rate=0.03))
    crossed, done = everybody(two_classes(), len(few)), list[int]()
    arguments = (few, VALIDATION, COUNTS, DEPTHS, [Truthful()], crossed)
    _, course = train_network(*arguments, settings, 0, {}, lambda epoch, planned: done.append(epoch))
    assert course.epochs == course.best + 3 < 60
    assert min(course.validation) > course.validation[course.best - 1] - 1e-3
    assert done == list(range(1, course.epochs + 1))
    assert course.trouble == ""


def test_the_same_seed_gives_the_same_network() -> None:
    first, again, other = (quick(seed).perceptron.layers() for seed in (1, 1, 2))
    assert all(np.array_equal(layer, again[name]) for name, layer in first.items())
    assert not np.array_equal(first["last"], other["last"])
    assert not np.array_equal(first["first"], other["first"])


def test_people_are_read_with_a_mixture_that_does_not_know_them() -> None:
    # Everybody is eight coins, and the mixture has each training person for a class of its own.
    def coins(people: int, seed: int) -> Population:
        codes = np.random.default_rng(seed).integers(2, size=(people, 8)).astype(np.int8)
        return Population(tuple(f"{seed}-{n}" for n in range(people)), codes, np.zeros((people, 0), dtype=bool))

    def memory(people: Population) -> Mixture:
        yes = np.where(people.codes.T == 1, 0.98, 0.02)
        answers = np.stack([1 - yes, yes], axis=1).astype(np.float32)
        shares = np.full(len(people), 1 / len(people), dtype=np.float32)
        return Mixture(shares, answers, np.zeros((0, len(people)), dtype=np.float32))

    train, validation, others = coins(120, 1), coins(100, 2), coins(300, 3)
    part, counts = np.arange(120) % 2, np.full(8, 2)
    parts = [memory(train.take(np.flatnonzero(part != p))) for p in (0, 1)]
    states = np.where(np.random.default_rng(9).random(others.codes.shape) < 0.4, others.codes, -1).astype(np.int8)
    left = []
    for whose in (part, np.full(120, -1)):
        crossed, settings = Crossed(memory(train), parts, whose), small(8, rows=512, consistency=0.0)
        network, _ = train_network(train, validation, counts, counts, [Truthful()], crossed, settings, 0)
        marginals = network.belief("truthful").marginals(states)
        left.append(facet_bits(marginals, others.codes, states < 0).mean())
        assert network.mixture is crossed.mixture
    coins_left = (states < 0).sum(axis=1).mean()
    assert left[0] < coins_left + 0.15
    assert left[1] > left[0] + 0.15


def test_what_has_no_truth_is_not_learned() -> None:
    silent = Population(TRAIN.ids, np.full_like(TRAIN.codes, SILENT), np.zeros((len(TRAIN), 0), dtype=bool))
    mixture = replace(two_classes(), likes=np.zeros((0, 2), dtype=np.float32))
    settings = small(1, rows=256, consistency=0.0)
    crossed = everybody(mixture, len(silent))
    network, course = train_network(silent, silent.take(range(50)), COUNTS, DEPTHS, [Noisy()], crossed, settings, 0)
    assert course.validation == (0.0,)
    assert network.belief("noisy").targets(some_answers()).shape == (len(OTHERS), 0)


def test_the_bits_of_validation_by_hand() -> None:
    # One class, nothing answered, nothing learned yet: a coin for each facet and each target.
    two = two_classes()
    answers = np.repeat(two.answers.mean(axis=2, keepdims=True), 2, axis=2)
    alike = Mixture(two.shares, answers, np.full((2, 2), 0.5, dtype=np.float32))
    settings = small(1, rows=64)
    learning, stripping = replace(settings.learning, learning_rate=1e-9), replace(settings.stripping, live=0)
    settings = replace(settings, learning=learning, stripping=replace(stripping, live_share=1.0))
    crossed = everybody(alike, len(TRAIN))
    _, course = train_network(TRAIN, VALIDATION, COUNTS, DEPTHS, [Truthful()], crossed, settings, 0)
    assert course.validation[0] == pytest.approx(len(COUNTS) + 2, abs=1e-3)


def test_it_knows_its_domain_and_conditions() -> None:
    network, course = trained()
    assert network.origin == {"domain": "a domain"}
    assert (network.inputs.conditions, network.errors) == (("truthful", "noisy", "silent"), (0.0, 0.05, 0.0))
    assert course.trouble == ""
    with pytest.raises(InputError, match=r"not trained for the condition 'nosy'.*truthful, noisy, silent.*'noisy'"):
        network.belief("nosy")
    with pytest.raises(ValueError, match="do not fit"):
        replace(network, mixture=replace(network.mixture, likes=network.mixture.likes[:1]))


def test_training_that_diverges_at_once_says_so() -> None:
    settings = small(2)
    settings = replace(settings, learning=replace(settings.learning, learning_rate=1e25))
    with pytest.raises(UnavailableError, match=r"training the network: the loss was .* in epoch 1, step 2"):
        train_network(TRAIN, VALIDATION, COUNTS, DEPTHS, MODELS, everybody(two_classes(), len(TRAIN)), settings, 0)
