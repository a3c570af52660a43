from __future__ import annotations

import numpy as np
import pytest
from tiny_pep import crowd, of
from tiny_questions import luck

from elicit.basis import InputError
from elicit.domains import Codes
from elicit.profiles import Noisy, Truthful
from elicit.questioners import STOP, GainQuestioner, Rules
from elicit.questioners.pep import MODELS, PEP, PepFit, ReleasedBelief, pep_belief, pep_questioner
from elicit.runs import play

COUNTS = np.array([2, 3, 1, 2, 3])
FACETS = len(COUNTS)
TRAIN, VALIDATION = of(crowd(0, COUNTS, 60, silent=0.1), "t"), of(crowd(1, COUNTS, 20, silent=0.1), "v")
FIT = PepFit(TRAIN, VALIDATION, COUNTS, seed=0)
COHERENT = [name for name in PEP if not name.startswith("pep-released")]


def some_states(seed: int, people: int = 9) -> Codes:
    random = np.random.default_rng(seed)
    other = random.choice([-1, -1, -2, -3], size=(people, FACETS))
    told = random.integers(COUNTS, size=(people, FACETS))
    return np.where(random.random((people, FACETS)) < 0.3, told, other).astype(np.int8)


def test_the_names_are_complete() -> None:
    rules = {"pairs": ("", "-others"), "latent": ("", "-others", "-type"), "linear": ("", "-others", "-type")}
    coherent = {f"pep-{model}{rule}" for model, suffixes in rules.items() for rule in suffixes}
    released = {f"pep-released-{model}{rule}" for model in MODELS for rule in ("", "-uncertainty", "-greedy-ev")}
    assert set(PEP) == coherent | released | {"pep-released-fixed"}
    assert len(set(PEP)) == len(PEP) == 8 + 18 + 1
    assert set(MODELS) == {"prior", "naive-bayes", "item-cf", "hybrid", "logistic-cf", "bayesian-cf"}


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match=r"unknown questioner 'pep-latnet'. Did you mean 'pep-latent'"):
        pep_questioner("pep-latnet", TRAIN, VALIDATION, COUNTS, 0.0, None, 0)
    with pytest.raises(InputError, match="Did you mean 'pep-pairs'"):
        pep_belief("pep-pair", TRAIN, VALIDATION, COUNTS, 0.0, 0)


@pytest.mark.parametrize("name", PEP)
def test_all_facets_are_asked_once_and_then_nothing(name: str) -> None:
    codes = crowd(2, COUNTS, 25, silent=0.3)
    for model in (Truthful(), Noisy(unknown=0.4)):
        questioner = FIT.questioner(name, model.error)
        asked = play(questioner, model, codes, COUNTS, Rules(np.arange(FACETS)), luck(25), questions=8).asked
        assert (np.sort(asked[:, :FACETS], axis=1) == np.arange(FACETS)).all()
        assert (asked[:, FACETS:] == STOP).all()


@pytest.mark.parametrize("name", PEP)
def test_only_what_is_allowed_is_asked_and_a_crowd_changes_nothing(name: str) -> None:
    states = some_states(3)
    allowed = (states == -1) & (np.random.default_rng(4).random(states.shape) < 0.7)
    allowed[0] = False
    questioner = FIT.questioner(name, 0.05)
    choice = questioner.choose(states, allowed, luck(9))
    np.testing.assert_array_equal(choice == STOP, ~allowed.any(axis=1))
    asking = choice != STOP
    assert allowed[asking, choice[asking]].all()
    alone = [
        questioner.choose(states[i : i + 1], allowed[i : i + 1], luck(9).rows(slice(i, i + 1)))[0] for i in range(9)
    ]
    assert choice.tolist() == alone


@pytest.mark.parametrize("name", PEP)
@pytest.mark.parametrize("error", [0.0, 0.1])
def test_every_belief_predicts_distributions(name: str, error: float) -> None:
    belief, states = FIT.belief(name, error), some_states(5)
    marginals = belief.marginals(states)
    assert marginals.dtype == np.float32
    assert marginals.shape == (9, FACETS, 3)
    np.testing.assert_allclose(marginals.sum(axis=2), 1, atol=1e-5)
    assert (marginals[:, np.arange(3) >= COUNTS[:, None]] == 0).all()
    assert (marginals >= 0).all()
    np.testing.assert_array_equal(belief.option_counts, COUNTS)
    rows, facets = np.nonzero(states >= 0)
    own = marginals[rows, facets, states[rows, facets]]
    assert (own == 1).all() if error == 0 or isinstance(belief, ReleasedBelief) else (own < 1).any()


@pytest.mark.parametrize("name", PEP)
def test_one_person_and_nobody_held_out(name: str) -> None:
    one, nobody = of(crowd(6, COUNTS, 1)), of(crowd(6, COUNTS, 0))
    questioner = pep_questioner(name, one, nobody, COUNTS, 0.05, None, 0)
    codes = crowd(7, COUNTS, 4)
    asked = play(questioner, Truthful(), codes, COUNTS, Rules(np.arange(FACETS)), luck(4), questions=FACETS).asked
    assert (np.sort(asked, axis=1) == np.arange(FACETS)).all()
    assert np.isfinite(pep_belief(name, one, nobody, COUNTS, 0.05, 0).marginals(codes)).all()


@pytest.mark.parametrize("name", PEP)
def test_facets_with_one_option_only(name: str) -> None:
    ones = np.ones(3, dtype=np.int64)
    people = of(np.zeros((6, 3), dtype=np.int8))
    fit = PepFit(people, people, ones, 0)
    states = np.array([[-1, -1, -1], [0, -1, -2]], dtype=np.int8)
    assert fit.questioner(name, 0.1).choose(states, states == -1, luck(2)).tolist() == [0, 1]
    np.testing.assert_allclose(fit.belief(name, 0.1).marginals(states), 1)


@pytest.mark.parametrize("name", COHERENT)
def test_who_cannot_answer_is_less_worth_asking(name: str) -> None:
    states = np.full((1, FACETS), -1, dtype=np.int8)
    plain = FIT.questioner(name)
    first = int(plain.choose(states, states == -1, luck(1))[0])
    rarely = np.ones(FACETS)
    rarely[first] = 0.01
    careful = FIT.questioner(name, answerable=rarely)
    assert careful.choose(states, states == -1, luck(1))[0] != first
    assert isinstance(careful, GainQuestioner)
    assert isinstance(plain, GainQuestioner)
    np.testing.assert_allclose(careful.expected(states), plain.expected(states) * rarely, rtol=1e-5)
