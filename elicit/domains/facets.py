"""Facets: what can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from elicit.domains.codes import MAX_OPTIONS, Code

NON_ANSWERS: Final = frozenset(code.name.lower() for code in Code)
"""Words that no option may be called."""


class Kind(StrEnum):
    """The kinds of facet."""

    SINGLE = "single"
    """One option out of several."""
    MULTI = "multi"
    """One value of a multiple choice, held or not: a yes/no facet, usually under a parent."""
    NUMBER = "number"
    """A number, binned into options."""
    OPEN = "open"
    """Free content, of which the most frequent values are options."""


class Frozen(BaseModel):
    """A record that cannot change and refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with some fields changed; what was computed from the old ones is computed anew."""
        copied = super().model_copy(update=update, deep=deep)
        for computed in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[computed]
        return copied


class Option(Frozen):
    """One possible answer.

    Attributes:
        id: stable name in files, unique within the facet.
        label: what a person reads in a list of options.
        phrasings: sentences with which a person may say it.
    """

    id: str = Field(min_length=1)
    label: str = Field(min_length=1)
    phrasings: tuple[str, ...] = ()


YES_NO = (Option(id="no", label="no"), Option(id="yes", label="yes"))


class Facet(Frozen):
    """One thing that can be preferred.

    Attributes:
        id: stable name, unique in the domain.
        label: what it is about, a few words in running text.
        kind: see :class:`Kind`.
        depth: 0 for the broadest facets.
        parents: ids of broader facets that this one refines.
        options: the possible answers, at most 120; their places are the codes of the numeric core.
        wordings: questions that ask for it; empty where only the label is known.
        names: what people also call it, "romcoms", "disk space"; they serve to understand free text.
        sensitive: asking for it needs tact (health, money, faith).
        cuts: for numbers, the ascending upper borders of all bins but the last.
    """

    id: str = Field(min_length=1)
    label: str = Field(min_length=1)
    kind: Kind = Kind.SINGLE
    depth: int = Field(default=0, ge=0, le=99)
    parents: tuple[str, ...] = ()
    options: tuple[Option, ...] = YES_NO
    wordings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    sensitive: bool = False
    cuts: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Facet:
        if not 1 <= len(self.options) <= MAX_OPTIONS:
            raise ValueError(f"facet '{self.id}' has {len(self.options)} options; allowed are 1 to {MAX_OPTIONS}")
        ids = [o.id for o in self.options]
        if reserved := next((i for i in ids if i in NON_ANSWERS), None):
            raise ValueError(f"facet '{self.id}' has an option named like the non-answer '{reserved}'")
        if len(set(ids)) < len(ids):
            twice = next(i for i in ids if ids.count(i) > 1)
            raise ValueError(f"facet '{self.id}' has the option '{twice}' twice")
        if self.kind is Kind.NUMBER and len(self.cuts) != len(self.options) - 1:
            raise ValueError(f"facet '{self.id}' has {len(self.options)} options but {len(self.cuts)} cuts")
        if list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError(f"the cuts of facet '{self.id}' do not ascend")
        return self

    @property
    def is_yes_no(self) -> bool:
        """Whether the options are exactly ``no`` and ``yes``, in this order."""
        return tuple(o.id for o in self.options) == ("no", "yes")


class Target(Frozen):
    """Something that is recommended, offered and scored, and never asked for.

    Attributes:
        id: stable name, unique in the domain.
        label: what a person reads.
        kinds: ids of the facets that ask whether somebody wants such a thing; a seller's **intents**.
        price: what it costs; None = not known.
    """

    id: str = Field(min_length=1)
    label: str = Field(min_length=1)
    kinds: tuple[str, ...] = ()
    price: float | None = Field(default=None, ge=0)
