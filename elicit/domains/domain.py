"""A domain: facets and targets with a name, a version and a hash that is part of every result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from elicit.basis import InputError, did_you_mean
from elicit.domains.facets import Facet, Frozen, Target

_LATER: Final[Mapping[str, Mapping[str, Any]]] = {"facets": {"names": []}, "targets": {"kinds": [], "price": None}}
"""Fields that came later, by what lacks them: domains from before keep their hash."""


class Domain(Frozen):
    """What can be asked, and what is recommended.

    Attributes:
        name: short name, also the folder's.
        title: for headings.
        version: of the rules that made it.
        source: where its people come from, with the terms of use; empty if it has no people.
        invented: True if the people were made up. Every output that shows them says so.
        facets: what can be asked; their places are the columns of the numeric core.
        targets: what is scored; their places are the columns of ``liked``.
        card: what a careful reader needs to know, in Markdown.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    version: str = "1"
    source: str = ""
    invented: bool = False
    facets: tuple[Facet, ...]
    targets: tuple[Target, ...] = ()
    card: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Domain:
        if not self.facets:
            raise ValueError("a domain needs at least one facet")
        refuse_twins("facet", (f.id for f in self.facets))
        refuse_twins("target", (t.id for t in self.targets))
        refuse_lost_parents(self.facets)
        refuse_lost_kinds(self.targets, self.facets)
        refuse_cycles({f.id: f.parents for f in self.facets})
        return self

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """Facet id to column."""
        return {f.id: i for i, f in enumerate(self.facets)}

    @cached_property
    def option_counts(self) -> NDArray[np.int64]:
        """Number of options a facet, int[facets]."""
        return np.array([len(f.options) for f in self.facets])

    @cached_property
    def depths(self) -> NDArray[np.int64]:
        """Depth of each facet, int[facets]."""
        return np.array([f.depth for f in self.facets])

    @cached_property
    def sensitive(self) -> NDArray[np.bool_]:
        """Whether asking for each facet needs tact, bool[facets]."""
        return np.array([f.sensitive for f in self.facets])

    @cached_property
    def kinds(self) -> NDArray[np.bool_]:
        """Whether a target is of the kind that a facet asks for, bool[targets, facets]."""
        kinds = np.zeros((len(self.targets), len(self.facets)), dtype=np.bool_)
        for target, held in zip(self.targets, kinds, strict=True):
            held[[self.columns[kind] for kind in target.kinds]] = True
        return kinds

    @cached_property
    def target_columns(self) -> Mapping[str, int]:
        """Target id to column of ``liked``."""
        return {t.id: i for i, t in enumerate(self.targets)}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of everything but the card's prose, first 16 hex digits."""
        meaning = self.model_dump(mode="json", exclude={"card"})
        for part, fields in _LATER.items():
            for record in meaning[part]:
                for field, nothing in fields.items():
                    if record[field] == nothing:
                        del record[field]
        return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:16]

    def column(self, facet: str, where: str = "") -> int:
        """Return the column of a facet.

        Args:
            facet: its id.
            where: it is named, for messages.

        Raises:
            InputError: no such facet; names the nearest one.
        """
        if facet not in self.columns:
            problem = f"no facet '{facet}' in domain '{self.name}'"
            raise InputError(problem, where=where, remedy=did_you_mean(facet, self.columns))
        return self.columns[facet]


def refuse_twins(noun: str, ids: Iterable[str]) -> None:
    """Raise ValueError naming the first id that occurs twice."""
    seen: set[str] = set()
    for i in ids:
        if i in seen:
            raise ValueError(f"{noun} id '{i}' occurs twice")
        seen.add(i)


def refuse_lost_parents(facets: Iterable[Facet]) -> None:
    """Raise ValueError if a parent is not a facet of the domain."""
    facets = tuple(facets)
    known = {f.id for f in facets}
    for facet in facets:
        for parent in facet.parents:
            if parent not in known:
                raise ValueError(f"parent '{parent}' of facet '{facet.id}' is unknown. {did_you_mean(parent, known)}")


def refuse_lost_kinds(targets: Iterable[Target], facets: Iterable[Facet]) -> None:
    """Raise ValueError if a kind of a target is not a facet of the domain."""
    known = {f.id for f in facets}
    for target in targets:
        for kind in target.kinds:
            if kind not in known:
                raise ValueError(f"kind '{kind}' of target '{target.id}' is unknown. {did_you_mean(kind, known)}")


def refuse_cycles(parents: Mapping[str, tuple[str, ...]]) -> None:
    """Raise ValueError showing a cycle of parents, if there is one."""
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        raise ValueError("cycle of parents: " + " → ".join(error.args[1])) from None
