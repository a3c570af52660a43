"""What an evaluation recipe says."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from elicit.basis import InputError, did_you_mean, resource
from elicit.domains import Frozen, first_problem

QUESTIONERS = ("random", "popular", "frequency-skip", "funnel", "static", "entropy", "mixture")
CONDITIONS = ("truthful", "noisy", "silent")


class MixtureRecipe(Frozen):
    """How the population model is fitted: candidates for the number of classes, starts, smoothing."""

    classes: tuple[int, ...] = (20, 40, 80, 120)
    starts: int = Field(default=3, ge=1)
    smoothing: float = Field(default=1.0, gt=0)


class Evaluation(Frozen):
    """An evaluation of questioners on held-out people.

    Attributes:
        title: for headings.
        domain: shipped name, or folder of a built domain.
        seed: of everything that is drawn.
        questions: after how many questions to score; the last is the turn limit.
        conditions: how people answer.
        questioners: who asks; ``module:name`` names an outsider's.
        baseline: whom the others are compared with.
        folds: into how many parts people are split.
        test_folds: which parts are held out in turn.
        test_people: at most this many people of a fold are tested; None = all.
        test_ids: the held-out people by name, instead of folds.
        validation: share of the other people who choose settings and teach the static order.
        validation_people: the same as a number.
        luck_seeds: draws of the noise, averaged a person.
        level: share of the full profile's NDCG that counts as "enough" in questions to a level.
        mixture: the population model.
    """

    title: str
    domain: str
    seed: int = 0
    questions: tuple[int, ...] = (0, 3, 5, 10, 15)
    conditions: tuple[str, ...] = CONDITIONS
    questioners: tuple[str, ...] = QUESTIONERS
    baseline: str = "static"
    folds: int = Field(default=5, ge=2)
    test_folds: tuple[int, ...] = (0, 1, 2, 3, 4)
    test_people: int | None = Field(default=None, ge=2)
    test_ids: tuple[str, ...] = ()
    validation: float = Field(default=0.15, gt=0, lt=1)
    validation_people: int | None = Field(default=None, ge=1)
    luck_seeds: int = Field(default=1, ge=1)
    level: float = Field(default=0.9, gt=0, le=1)
    mixture: MixtureRecipe = MixtureRecipe()

    @model_validator(mode="after")
    def _consistent(self) -> Evaluation:
        if list(self.questions) != sorted(set(self.questions)) or self.questions[0] < 0 or self.questions[-1] < 1:
            raise ValueError(f"questions {list(self.questions)} must ascend from 0 or more, without repeats")
        for name in self.questioners:
            if name not in QUESTIONERS and ":" not in name:
                raise ValueError(f"unknown questioner '{name}'. {did_you_mean(name, QUESTIONERS)}")
        for name in self.conditions:
            if name not in CONDITIONS:
                raise ValueError(f"unknown condition '{name}'. {did_you_mean(name, CONDITIONS)}")
        if self.baseline not in self.questioners:
            raise ValueError(f"the baseline '{self.baseline}' is not among the questioners")
        if not set(self.test_folds) <= set(range(self.folds)):
            raise ValueError(f"test_folds {list(self.test_folds)} must lie between 0 and {self.folds - 1}")
        return self

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides a result, first 16 hex digits."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()[:16]


def read_recipe(name: str) -> tuple[Evaluation, str]:
    """Return a recipe and its text, by the name of a shipped one or by file.

    Raises:
        InputError: no such recipe, or something in it that cannot be used.
    """
    path = Path(name) if name.endswith(".toml") else resource("eval", f"{name}.toml")
    if not path.is_file():
        shipped = sorted(p.stem for p in resource("eval").glob("*.toml"))
        raise InputError(f"no recipe '{name}'", remedy=f"{did_you_mean(name, shipped)} Or name a .toml file")
    text = path.read_text(encoding="utf-8")
    try:
        return Evaluation.model_validate(tomllib.loads(text)), text
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", where=str(path)) from None
    except ValidationError as error:
        raise InputError(first_problem(error), where=str(path)) from None
