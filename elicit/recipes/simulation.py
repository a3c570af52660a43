"""What a simulation recipe says: who talks with whom, about what, how often and at what price."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

import tomli_w
from pydantic import Field, ValidationError, model_validator

from elicit.basis import InputError, did_you_mean
from elicit.domains import Frozen, first_problem
from elicit.models import ModelSettings, is_model_spec, shown_spec
from elicit.profiles import CONDITIONS
from elicit.recipes.recipe import OUTSIDER, QUESTIONERS, MixtureRecipe, read_as

PERSON = "person"
RULE = "rule"
WORDS = "words"
Role = Literal["agent", "user", "understanding"]
_FOLDS = 5


class Simulation(Frozen):
    """A simulation of dialogues in words.

    Attributes:
        title: for headings.
        domain: shipped name, or folder of a built domain.
        agent: who asks: a questioner, a model (``http://HOST/v1#NAME``, ``hf:NAME``, ``scripted:FILE``), an outsider's
            ``module:function``, or ``person``.
        user: who answers: ``rule``, a model, ``module:function`` or ``person``.
        seed: of everything that is drawn; who is tested depends on the people alone.
        dialogues: how many. People are taken in turn; when all had one dialogue, each gets another with new luck.
        questions: answered questions at most; the agent has one turn more to close.
        condition: how the rule user answers.
        fallback: who speaks where a model as user says nothing twice: the rule user, or nobody, and the dialogue ends.
        opening: what every user says first; None = one of the usual openings.
        at_once: groups of dialogues that are played at the same time.
        understanding: finds the meaning of what a side says in words only: ``words`` (names, numbers, examples and the
            sentence encoder), or a model that is asked first.
        timeout: seconds for one turn of a function.
        budget: money that may be spent in all, in the currency of the prices; None = without limit.
        cache: whether replies to equal requests are kept on disk and used again.
        models: by role (``agent``, ``user``, ``understanding``), settings of its model other than ``spec``.
        mixture: the population model of the reader and of questioners.
    """

    title: str
    domain: str
    agent: str = "static"
    user: str = RULE
    seed: int = Field(default=0, ge=0)
    dialogues: int = Field(default=100, ge=1)
    questions: int = Field(default=10, ge=1, le=1000)
    condition: str = "truthful"
    fallback: Literal["rule", "none"] = "none"
    opening: str | None = Field(default=None, min_length=1)
    at_once: int = Field(default=8, ge=1, le=1000)
    understanding: str = WORDS
    timeout: float = Field(default=60.0, gt=0)
    budget: float | None = Field(default=None, gt=0)
    cache: bool = False
    models: Mapping[Role, Mapping[str, Any]] = {}
    mixture: MixtureRecipe = MixtureRecipe()

    @model_validator(mode="after")
    def _consistent(self) -> Simulation:
        if not _is_party(self.agent, QUESTIONERS):
            raise ValueError(
                f"unknown agent '{shown_spec(self.agent)}'. {did_you_mean(self.agent, [*QUESTIONERS, PERSON])}"
            )
        if not _is_party(self.user, (RULE,)):
            raise ValueError(f"unknown user '{shown_spec(self.user)}'. {did_you_mean(self.user, [RULE, PERSON])}")
        if self.understanding != WORDS and not is_model_spec(self.understanding):
            shown = shown_spec(self.understanding)
            raise ValueError(f"unknown understanding '{shown}'. Known is '{WORDS}', or name a model")
        if self.condition not in CONDITIONS:
            raise ValueError(f"unknown condition '{self.condition}'. {did_you_mean(self.condition, CONDITIONS)}")
        if self.agent == self.user == PERSON:
            raise ValueError("the person at the keyboard cannot be both sides. Name another agent or user")
        for role, settings in self.models.items():
            if "spec" in settings:
                raise ValueError(f"models.{role}.spec: the model is named by '{role}' itself")
        self.model_settings()
        return self

    @property
    def in_words(self) -> frozenset[str]:
        """The sides that may say in words only what they mean; questioners and the rule user always say it in codes."""
        by_codes = {"agent": self.agent in QUESTIONERS, "user": self.user == RULE}
        return frozenset(side for side, does in by_codes.items() if not does)

    def model_settings(self) -> dict[str, ModelSettings]:
        """Return the settings of each model by its role."""
        specs: dict[Role, str] = {"agent": self.agent, "user": self.user, "understanding": self.understanding}
        usual: dict[Role, dict[str, Any]] = {"understanding": {"temperature": 0.0}}
        return {
            role: ModelSettings(spec=spec, **(usual.get(role, {}) | dict(self.models.get(role, {}))))
            for role, spec in specs.items()
            if is_model_spec(spec)
        }

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides a result, first 16 hex digits."""
        return _hash(self.model_dump(mode="json", exclude={"at_once", "budget", "cache"}))

    @property
    def user_hash(self) -> str:
        """SHA-256 of everything in the recipe that makes the user, first 16 hex digits."""
        fields = ("user", "condition", "fallback", "opening")
        return _hash({f: getattr(self, f) for f in fields} | {"model": dict(self.models.get("user", {}))})

    def to_toml(self) -> str:
        """Return the recipe as a TOML file that gives the same recipe."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))


def read_simulation(name: str, changes: Mapping[str, Any]) -> Simulation:
    """Return a simulation recipe by the name of a shipped one or by file, with some of its fields changed.

    Raises:
        InputError: no such recipe, or something in it or in the changes that cannot be used.
    """
    recipe, _ = read_as(Simulation, name)
    try:
        return Simulation.model_validate(recipe.model_dump(exclude_unset=True) | dict(changes))
    except ValidationError as error:
        raise InputError(first_problem(error)) from None


def _is_party(spec: str, names: tuple[str, ...]) -> bool:
    return spec in names or spec == PERSON or is_model_spec(spec) or bool(OUTSIDER.fullmatch(spec))


def _hash(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
