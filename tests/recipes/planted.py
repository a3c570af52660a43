"""A small invented population of four planted classes, and evaluations of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from elicit.domains import YES_NO, Domain, Facet, Option, Population, Target
from elicit.measures import Results
from elicit.questioners.pep import PEP
from elicit.recipes import Evaluated, Evaluation, evaluate, run_facts, scores_table, summarise
from elicit.recipes.recipe import OWN_GOAL, PEP_STATIC, QUESTIONERS, MixtureRecipe, NetworkRecipe, ValueRecipe
from elicit.runs import RunFolder

OURS = tuple(name for name in QUESTIONERS if name not in (*PEP, *PEP_STATIC, *OWN_GOAL, "value-stop"))
"""Every questioner of ours that asks as long as it may, and for the recipe's goal."""
DEPTHS = (0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2)
_TELLING = {1: (0, 1, 2, 0), 4: (0, 2, 2, 1), 5: (1, 0, 2, 2), 8: (0, 1, 0, 1), 10: (0, 0, 1, 1)}
"""Columns that the class nearly decides, to the favourite code of each class; all others are nearly noise."""
_CLASSES = 4
_THREE = tuple(Option(id=i, label=f"{i} of it") for i in ("little", "some", "much"))


def planted_domain(facets: int = len(DEPTHS), targets: int = 12, **changes: Any) -> Domain:
    """Return twelve facets of three depths, single items last, of which the first few can be taken."""
    asked = tuple(
        Facet(id=f"f{i}", label=f"thing {i}", depth=depth, options=YES_NO if depth == 2 else _THREE)
        for i, depth in enumerate(DEPTHS[:facets])
    )
    scored = tuple(Target(id=f"t{i}", label=f"target {i}") for i in range(targets))
    return Domain(**{"name": "planted", "title": "Planted people", "facets": asked, "targets": scored} | changes)


def planted_people(domain: Domain, number: int = 150, seed: int = 1, voiced: bool = True) -> Population:
    """Draw people of four classes; a fifth of the cells are not voiced."""
    random = np.random.Generator(np.random.Philox(seed))
    member = random.integers(_CLASSES, size=number)
    codes = np.empty((number, len(domain.facets)), dtype=np.int8)
    for column, options in enumerate(domain.option_counts.tolist()):
        favourite = np.array(_TELLING.get(column, (0, 0, 0, 0)))[member]
        strays = random.random(number) >= (0.92 if column in _TELLING else 0.1)
        codes[:, column] = np.where(strays, random.integers(options, size=number), favourite)
    fits = (np.arange(len(domain.targets)) % _CLASSES) == member[:, None]
    return Population(
        ids=tuple(f"p{i}" for i in range(number)),
        codes=codes,
        liked=random.random(fits.shape) < np.where(fits, 0.8, 0.1),
        personas={"age": np.where(member % 2 == 0, "young", "old")},
        voiced=random.random(codes.shape) < 0.8 if voiced else None,
    )


def planted_recipe(**changes: Any) -> Evaluation:
    """Return a recipe that is quick on planted people."""
    settings: dict[str, Any] = {
        "title": "Planted",
        "domain": "planted",
        "seed": 3,
        "questions": (0, 2, 5),
        "test_folds": (0, 1),
        "mixture": MixtureRecipe(classes=(1, 4), starts=2),
        "network": NetworkRecipe(hidden=16, epochs=4, rows=256),
        "value": ValueRecipe(hidden=16, epochs=3, states=150, questions=3),
    }
    return Evaluation(**settings | changes)


@dataclass(frozen=True)
class Run:
    """An evaluation from its recipe to its results."""

    recipe: Evaluation
    domain: Domain
    people: Population
    folder: RunFolder
    evaluated: Evaluated
    results: Results


def run(recipe: Evaluation, domain: Domain, people: Population, path: Path) -> Run:
    """Run an evaluation in a new folder."""
    facts = run_facts(recipe, domain, people)
    folder = RunFolder.start(path, "", facts)
    evaluated = evaluate(recipe, domain, people, folder, lambda *_: None)
    folder.write_scores(scores_table(evaluated))
    return Run(recipe, domain, people, folder, evaluated, summarise(evaluated, facts))


def contents(path: Path, names: Iterable[str] = ("answers.parquet", "scores.parquet")) -> dict[str, bytes]:
    """Return what decides whether two runs are the same, file name to bytes."""
    files = (file for name in names for file in (path / name, *sorted((path / name).glob("*"))) if file.is_file())
    return {str(file.relative_to(path)): file.read_bytes() for file in files}
