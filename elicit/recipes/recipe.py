"""What an evaluation recipe says."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar, get_args

import tomli_w
from pydantic import BaseModel, Field, PositiveInt, ValidationError, field_validator, model_validator

from elicit.basis import InputError, did_you_mean, resource
from elicit.domains import Frozen, first_problem
from elicit.forward import parse_schedule
from elicit.profiles import CONDITIONS, answer_model
from elicit.questioners.pep import PEP, PEP_MODELS
from elicit.recipes.language import CHAINS, Asking, LanguageRecipe, asked_by

OUTSIDER = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_OWN_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
Recipe = TypeVar("Recipe", bound=Frozen)
_QUICK = ("random", "popular", "frequency-skip", "funnel", "static", "entropy", "mixture")
PEP_STATIC = {f"{model}-static": model for model in PEP_MODELS}
"""Fixed orders learned on the loss of a model of PEP, name to model."""
GoalName = Literal["profile", "targets", "all", "ndcg"]
GOALS = get_args(GoalName)
OWN_GOAL = {
    f"{name}-{goal}": (name, goal)
    for name in ("static", "network", "value", "value-rerank", "static-value")
    for goal in GOALS
}
"""Questioners that want something else than the recipe's goal: name to whom they are like, and what they want."""
QUESTIONERS = (
    *_QUICK,
    "mixture-goal",
    "network",
    "value",
    "value-rerank",
    "value-stop",
    "static-value",
    *OWN_GOAL,
    *PEP,
    *PEP_STATIC,
)
Wanted = str | tuple[str, ...]
"""A goal by its name in recipes, or the ids of facets."""


class MixtureRecipe(Frozen):
    """How the population model is fitted: candidates for the number of classes, starts, smoothing."""

    classes: tuple[PositiveInt, ...] = Field(default=(10, 20, 40, 80), min_length=1)
    starts: int = Field(default=3, ge=1)
    smoothing: float = Field(default=1.0, gt=0)


class NetworkRecipe(Frozen):
    """How the masked network is trained.

    Attributes:
        hidden: width of its layers.
        epochs: at most.
        learning_rate: of AdamW.
        consistency: weight of the consistency loss; 0 = none.
        rows: states an epoch, at least one a person.
        schedule: which answers are stripped first; see ``parse_schedule``.
        live_share: share of the states that keep no more answers than a dialogue has; the others keep any number.
    """

    hidden: PositiveInt = 256
    epochs: PositiveInt = 80
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    consistency: float = Field(default=5.0, ge=0)
    rows: PositiveInt = 4096
    schedule: str = "mixture:0.8"
    live_share: float = Field(default=0.5, ge=0, le=1)

    @field_validator("schedule")
    @classmethod
    def _known_schedule(cls, text: str) -> str:
        parse_schedule(text)
        return text


class ValueRecipe(Frozen):
    """How the value head is trained: width, epochs a round at most, states a round, questions tried in each."""

    hidden: PositiveInt = 256
    epochs: PositiveInt = 40
    learning_rate: float = Field(default=2e-3, gt=0, le=1)
    states: int = Field(default=8000, ge=100)
    questions: PositiveInt = 24


class Published(Frozen):
    """Figures that somebody else measured, to be shown beside ours.

    Attributes:
        source: who measured them, on what, and what differs from this recipe.
        ndcg: condition to questioner to number of questions to NDCG@10.
    """

    source: str
    ndcg: Mapping[str, Mapping[str, Mapping[int, float]]]


class Lesson(Frozen):
    """Who learns of whom, and who is tested: what all recipes that learn have in common.

    Attributes:
        title: for headings.
        domain: shipped name, or folder of a built domain.
        seed: of everything that is drawn; who is tested depends on the people alone.
        folds: into how many parts people are split.
        test_folds: which parts are held out in turn; None = all.
        test_people: at most this many people of a fold are tested; None = all.
        test_ids: the held-out people by name, instead of folds.
        validation: share of the other people who choose settings and teach the static order.
        validation_people: the same as a number.
        train_people: at most so many people are learned from; None = all.
        mixture: the population model.
    """

    title: str
    domain: str
    seed: int = Field(default=0, ge=0)
    folds: int = Field(default=5, ge=2)
    test_folds: tuple[int, ...] | None = Field(default=None, min_length=1)
    test_people: int | None = Field(default=None, ge=2)
    test_ids: tuple[str, ...] = ()
    validation: float = Field(default=0.15, gt=0, lt=1)
    validation_people: int | None = Field(default=None, ge=1)
    train_people: int | None = Field(default=None, ge=2)
    mixture: MixtureRecipe = MixtureRecipe()

    @model_validator(mode="after")
    def _whole_folds(self) -> Self:
        for field in ("test_folds", "test_ids"):
            refuse_repeats(field, getattr(self, field) or ())
        if self.test_folds and not 0 <= min(self.test_folds) <= max(self.test_folds) < self.folds:
            raise ValueError(f"test_folds {list(self.test_folds)} must lie between 0 and {self.folds - 1}")
        return self


class Learning(Lesson):
    """What is learned before anybody asks.

    Attributes:
        questions: after how many questions to score; the last is the turn limit.
        reader: what reads all answers: the class mixture, or the masked network.
        goal: what questioners that learn what to ask for want: to know the ``profile``, the ``targets``, ``all`` (both)
            or the facets of these ids; or ``ndcg``, to recommend well.
        stop_at: bits of the goal, or hundredths of NDCG@10; ``value-stop`` stops where it expects less of everything.
        network: the masked network, where something needs it.
        value: the value head, likewise.
        language: language models that learn to ask, by name; ``NAME-mark``, ``NAME-held`` … are questioners.
    """

    questions: tuple[int, ...] = Field(default=(0, 3, 5, 10, 15), min_length=1)
    reader: Literal["mixture", "network"] = "mixture"
    goal: GoalName | tuple[str, ...] = "profile"
    stop_at: float = Field(default=1.0, ge=0)
    network: NetworkRecipe = NetworkRecipe()
    value: ValueRecipe = ValueRecipe()
    language: Mapping[str, LanguageRecipe] = {}
    decides_nothing: ClassVar[frozenset[str]] = frozenset()
    """Fields that no result depends on: a run can be gone on with under others."""

    @field_validator("goal", mode="before")
    @classmethod
    def _one_goal_or_facets(cls, goal: object) -> object:
        if isinstance(goal, str) and goal not in GOALS:
            raise ValueError(f"unknown goal '{goal}', and no list of facet ids. {did_you_mean(goal, GOALS)}")
        if not isinstance(goal, str) and not (isinstance(goal, list | tuple) and all(isinstance(f, str) for f in goal)):
            raise ValueError(f"{goal!r} is neither one of {', '.join(GOALS)} nor a list of facet ids")
        return goal

    @model_validator(mode="after")
    def _can_be_learned(self) -> Self:
        if list(self.questions) != sorted(set(self.questions)) or self.questions[0] < 0 or self.questions[-1] < 1:
            raise ValueError(f"questions {list(self.questions)} must ascend from 0 or more, without repeats")
        if not self.goal:
            raise ValueError("goal names no facet")
        for name, model in self.language.items():
            refuse_odd_name("language", name)
            if taken := next((f"{name}-{way}" for way in Asking if f"{name}-{way}" in QUESTIONERS), None):
                raise ValueError(f"language.{name}: '{taken}' is a questioner already; give the model another name")
            if model.teacher not in (CHAINS, *QUESTIONERS):
                near = did_you_mean(model.teacher, (CHAINS, *QUESTIONERS))
                raise ValueError(f"language.{name}: unknown teacher '{model.teacher}'. {near}")
        return self

    def numbers(self, facets: int) -> tuple[int, ...]:
        """Return after how many questions to score, but no more questions than there are facets."""
        return tuple(sorted({min(count, facets) for count in self.questions}))

    def refuse_unknown(self, name: str) -> None:
        """Raise ValueError if nobody asks by a name, or a language model of the recipe cannot ask so."""
        known = [*QUESTIONERS, *(f"{model}-{way}" for model in self.language for way in Asking)]
        if name not in known and not OUTSIDER.fullmatch(name):
            raise ValueError(f"unknown questioner '{name}'. {did_you_mean(name, known)}")
        meant = asked_by(name, self.language)
        if meant is None or meant[1] not in (Asking.MARK, Asking.RERANK):
            return
        if self.language[meant[0]].trained is not None:
            raise ValueError(f"'{name}': a model that was trained for another domain asks in words: held, free, likely")
        if not self.language[meant[0]].marked:
            raise ValueError(f"'{name}' needs a model with marked = true")

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides a result, first 16 hex digits."""
        decides = self.model_dump(mode="json", exclude=set(self.decides_nothing))
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:16]

    def to_toml(self) -> str:
        """Return the recipe as a TOML file that gives the same recipe."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))


class Evaluation(Learning):
    """An evaluation of questioners on held-out people.

    Attributes:
        conditions: how people answer: ``truthful``, ``noisy``, ``silent``, or ``unanswered-40`` and the like.
        questioners: who asks; ``module:name`` names an outsider's, ``NAME-WAY`` a language model of the recipe.
        baseline: whom the others are compared with.
        training_seeds: how often everything is learned anew, from the same people with other luck.
        luck_seeds: draws of the noise, averaged a person; where answers do not depend on luck, one.
        level: share of the full profile's NDCG that counts as "enough" in questions to a level.
        published: figures to show beside ours; they decide nothing.
    """

    conditions: tuple[str, ...] = Field(default=CONDITIONS, min_length=1)
    questioners: tuple[str, ...] = _QUICK
    baseline: str = "static"
    training_seeds: int = Field(default=1, ge=1)
    luck_seeds: int = Field(default=1, ge=1)
    level: float = Field(default=0.9, gt=0, le=1)
    published: Published | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Evaluation:
        for field in ("questioners", "conditions"):
            refuse_repeats(field, getattr(self, field) or ())
        for name in self.questioners:
            self.refuse_unknown(name)
        for name in self.conditions:
            try:
                answer_model(name)
            except InputError as error:
                raise ValueError(str(error)) from None
        if self.baseline not in self.questioners:
            raise ValueError(f"the baseline '{self.baseline}' is not among the questioners")
        return self

    def quick(self) -> Evaluation:
        """Return the same evaluation in small: one fold of at most 200 people, one training, one draw of the noise."""
        small = {"test_folds": (0,), "test_people": 200, "test_ids": (), "training_seeds": 1, "luck_seeds": 1}
        return self.model_copy(update=small)


def read_recipe(name: str) -> tuple[Evaluation, str]:
    """Return an evaluation recipe and its text, by the name of a shipped one or by file.

    Raises:
        InputError: no such recipe, or something in it that cannot be used.
    """
    return read_as(Evaluation, name)


def read_training(name: str) -> tuple[Evaluation, str]:
    """Return a recipe that trains language models, and evaluates them, likewise.

    Raises:
        InputError: no such recipe, something in it that cannot be used, or no language model in it.
    """
    recipe, text = read_as(Evaluation, name, "train")
    if not recipe.language:
        problem = "this recipe has no language model to train"
        raise InputError(problem, where=name, remedy="Add a table [language.NAME]; see train/tiny.toml")
    if ready := [name for name, model in recipe.language.items() if model.trained is not None]:
        raise InputError(
            f"the language model '{ready[0]}' is trained already", where=name, remedy="Use elicit evaluate"
        )
    asking = {meant[0] for q in recipe.questioners if (meant := asked_by(q, recipe.language))}
    if idle := sorted(recipe.language.keys() - asking):
        raise InputError(f"nobody asks by the language model '{idle[0]}'", where=name, remedy="Add a questioner of it")
    if (recipe.test_folds is None and not recipe.test_ids) or len(recipe.test_folds or (0,)) > 1:
        problem = "several folds are held out in turn, so no model would know nobody of them"
        raise InputError(problem, where=name, remedy="Hold out one: test_folds = [0]")
    return recipe, text


def read_as(kind: type[Recipe], name: str, folder: str = "eval") -> tuple[Recipe, str]:
    """Return a recipe of some kind and its text, by the name of a shipped one or by file.

    Args:
        kind: what it must be.
        name: of a recipe in the folder, or a TOML file.
        folder: of the shipped recipes.

    Raises:
        InputError: no such recipe, or something in it that cannot be used.
    """
    path = Path(name) if name.endswith(".toml") else resource(folder, f"{name}.toml")
    if not path.is_file():
        near = did_you_mean(name, sorted(p.stem for p in resource(folder).glob("*.toml")))
        raise InputError(f"no recipe '{name}'", remedy=f"Name a .toml file or a shipped recipe. {near}")
    try:
        text = path.read_text(encoding="utf-8")
        return kind.model_validate(tomllib.loads(text)), text
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", where=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", where=str(path)) from None
    except ValidationError as error:
        raise InputError(_first_problem(error, kind), where=str(path)) from None


def _first_problem(error: ValidationError, kind: type[Frozen]) -> str:
    """Return the first problem as one line; for an unknown key, with the nearest known one."""
    problem = error.errors()[0]
    if problem["type"] != "extra_forbidden":
        return first_problem(error)
    *tables, key = problem["loc"]
    known: type[BaseModel] = kind
    for table in tables:
        # A number counts tables of one kind, and another name is one of several tables of it.
        known = _table_kind(known, str(table)) if table in known.model_fields else known
    return f"unknown key '{'.'.join(map(str, problem['loc']))}'. {did_you_mean(str(key), known.model_fields)}"


def _table_kind(kind: type[BaseModel], table: str) -> type[BaseModel]:
    """Return what a table of a recipe holds, or each table of a list of them."""
    held: list[Any] = [kind.model_fields[table].annotation]
    while not (isinstance(held[0], type) and issubclass(held[0], BaseModel)):
        held = [*get_args(held[0]), *held[1:]]
    return held[0]


def refuse_odd_name(table: str, name: str) -> None:
    """Raise ValueError where a part of a recipe has a name of its own that cannot stand in names made from it."""
    if not _OWN_NAME.fullmatch(name):
        raise ValueError(f"{table}.{name}: a name is small letters, digits and hyphens")


def refuse_repeats(field: str, values: Iterable[object]) -> None:
    """Raise ValueError if a value stands in a field twice."""
    # The people of a repeated fold would be counted twice.
    for value, times in Counter(values).items():
        if times > 1:
            raise ValueError(f"{field} names {value!r} {times} times")
