from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted_people import planted

from elicit.basis import InputError, Luck
from elicit.domains import Population
from elicit.profiles import PersonaEffects, fit_effects, held_out_bits, sample_people

JOBS = np.array(["baker", "nurse", "pilot"])
MIXTURE = planted()


def people(count: int, name: str, tied: float = 0.8) -> Population:
    """People whose job names their class with probability ``tied``; their age says nothing."""
    ids = tuple(f"{name}{i}" for i in range(count))
    luck = Luck.of(0, ids)
    member = np.searchsorted(np.cumsum(MIXTURE.shares[:2]), luck.uniform("member"))
    codes, liked = sample_people(MIXTURE, luck, np.eye(3)[member])
    any_job = (luck.uniform("any job") * 3).astype(int)
    job = JOBS[np.where(luck.uniform("tied") < tied, member, any_job)]
    age = (luck.uniform("age") * 12).astype(int).astype(str)
    return Population(ids, codes, liked, {"occupation": job, "age": age})


def bits(effects: PersonaEffects, found: Population) -> float:
    """Bits a person, with the classes expected from each person's own persona."""
    shares = effects.shares(MIXTURE, found.personas)
    return float(np.mean([held_out_bits(replace(MIXTURE, shares=s), found.take([i])) for i, s in enumerate(shares)]))


def test_a_job_that_names_the_class_is_learned() -> None:
    effects = fit_effects(MIXTURE, people(600, "a"), people(200, "b"))
    assert list(effects.values) == ["age", "occupation"]
    jobs = {"occupation": JOBS, "age": np.array(["", "", ""])}
    shares = effects.shares(MIXTURE, jobs)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert shares.argmax(axis=1).tolist() == [0, 1, 2]
    # By Bayes: P(class | job) is share · (.8 [own job] + .2 / 3), normalised. Shrinkage pulls it towards the shares.
    exact = MIXTURE.shares * (0.8 * np.eye(3) + 0.2 / 3)
    exact /= exact.sum(axis=1, keepdims=True)
    assert np.abs(shares - exact).max() < 0.12
    assert (np.diag(shares) < np.diag(exact)).all()
    fresh = people(300, "c")
    assert bits(effects, fresh) < held_out_bits(MIXTURE, fresh) - 0.5


def test_an_unknown_persona_has_the_shares_of_everybody() -> None:
    train = people(200, "a")
    for variable in train.personas.values():
        variable[:20] = ""
    effects = fit_effects(MIXTURE, train, people(100, "b"))
    strangers = {"occupation": np.array(["", "astronaut"]), "age": np.array(["", "999"])}
    np.testing.assert_allclose(effects.shares(MIXTURE, strangers), [MIXTURE.shares] * 2, atol=1e-6)
    assert all("" not in known for known in effects.values.values())


def test_personas_that_say_nothing_are_shrunk_away() -> None:
    tied = fit_effects(MIXTURE, people(600, "a"), people(200, "b"))
    noise = fit_effects(MIXTURE, people(600, "a", tied=0), people(200, "b", tied=0))
    assert noise.penalty == 100 > tied.penalty
    fresh = people(300, "c", tied=0)
    assert bits(noise, fresh) < held_out_bits(MIXTURE, fresh) + 0.01


def test_a_rare_value_moves_less_than_a_common_one() -> None:
    train = people(600, "a")
    rare = np.where(
        (train.personas["occupation"] == "pilot") & (np.arange(600) < 40), "ace", train.personas["occupation"]
    )
    effects = fit_effects(MIXTURE, replace(train, personas={"occupation": rare}), people(200, "b"))
    known = effects.values["occupation"]
    size = {value: np.abs(effects.effects["occupation"][known.index(value)]).max() for value in known}
    assert 2 <= (rare == "ace").sum() <= 15
    assert size["ace"] < size["pilot"]


def test_only_the_variables_asked_for_are_used() -> None:
    effects = fit_effects(MIXTURE, people(100, "a"), people(50, "b"), ["occupation", "shoe size"])
    assert list(effects.effects) == ["occupation"]
    assert effects.effects["occupation"].shape == (3, 3)


def test_people_without_personas_are_refused() -> None:
    bare = replace(people(20, "a"), personas={})
    with pytest.raises(InputError, match="no persona variable 'age, gender, occupation'"):
        fit_effects(MIXTURE, bare, bare)
    with pytest.raises(InputError, match="Did you mean 'occupation'"):
        fit_effects(MIXTURE, people(20, "a"), people(20, "b"), ["ocupation"])
