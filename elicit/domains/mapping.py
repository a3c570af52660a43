"""The mapping file: how the columns of a table become facets, targets and personas.

A TOML file; ``docs/tables.md`` shows it at work. All keys but those of a block's column may be left out::

    name = "survey"                 # of the domain; else from the name of the table
    title = "A survey"              # for headings
    source = "who asked whom, when, and the terms of use"
    invented = false                # true if the people are made up
    table = "people.csv"            # the file, where a folder is given
    id = "person_id"                # the column with the people's names; else the row number
    encoding = "utf-8"              # of a CSV or TSV file
    missing = ["", "NA"]            # cells that mean silence

    [personas]                      # variable = column, or a number cut into bands
    gender = "Gender"
    age = { column = "Age", cuts = [17, 24, 34] }

    [scales.agreement]              # options and values that several blocks share
    options = ["no", "partly", "yes"]
    values = { "1" = "no", "2" = "partly", "3" = "yes" }

    [[facets]]                      # one facet of one column …
    column = "Smoking"
    id = "smoking"                  # else the column's name
    label = "smoking"               # what it is about, in running text
    kind = "single"                 # single, number, multi, open
    depth = 1                       # 0 is the broadest
    parents = ["health"]            # ids of broader facets
    sensitive = true
    wordings = ["How do you feel about {label}?"]
    options = ["no", "yes"]         # in order; else the values found, sorted
    values = { "1" = "no", "2" = "yes" }   # cell → option; several cells may mean one option

    [[facets]]                      # … or one facet each of many columns
    columns = ["Music *", "Opera"]  # names, or patterns with *
    without = ["Music id"]
    scale = "agreement"
    ids = { "Music Pop" = "pop" }
    labels = { "Music Pop" = "pop music" }

    [targets]                       # what is recommended and scored, never asked
    columns = ["Film *"]
    at_least = 4                    # or like = "yes"
    within = [1, 5]                 # other numbers are refused

A column that is named in full anywhere is left out by the patterns; a pattern takes what no pattern before it took.
Kinds and their own keys: ``single`` has ``options`` and ``values``, or a ``scale`` instead of both; in the options'
labels and phrasings, as in wordings, ``{label}`` is filled in. ``number`` has ``cuts`` (upper borders, each
belonging to its bin) or ``bins`` (of about equally many people; 3 unless said) and ``options`` to name the bins;
``multi`` splits each cell at ``separator`` and makes one yes/no facet a value that ``at_least`` people hold, the most
frequent first; ``open`` has as options the most frequent values, ``most`` options in all, the last being ``other``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, FiniteFloat, ValidationError, field_validator, model_validator

from elicit.basis import InputError, did_you_mean
from elicit.domains.codes import MAX_OPTIONS
from elicit.domains.facets import Frozen, Kind, Option

MISSING: Final = ("", "NA", "N/A", "NaN", "nan")
_OWN_KEYS: Final = {
    Kind.SINGLE: {"options", "values", "scale"},
    Kind.NUMBER: {"options", "cuts", "bins"},
    Kind.MULTI: {"separator", "at_least"},
    Kind.OPEN: {"most"},
}


def _as_options(given: Any) -> Any:
    """Return options of which some are given by their names alone."""
    if not isinstance(given, (list, tuple)):
        return given
    return [{"id": o, "label": o} if isinstance(o, str) else o for o in given]


Options = Annotated[tuple[Option, ...], BeforeValidator(_as_options)]


class Scale(Frozen):
    """Options in order, and the option that a cell means; see the head of this module."""

    options: Options = ()
    values: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _consistent(self) -> Scale:
        known = [o.id for o in self.options]
        for cell, option in self.values.items():
            if known and option not in known:
                raise ValueError(f"cell '{cell}' means '{option}', which is no option. {did_you_mean(option, known)}")
        return self


class ColumnChoice(Frozen):
    """Some columns of a table.

    Attributes:
        columns: names, or patterns in which ``*`` stands for anything.
        without: likewise, left out of what the patterns find.
        labels: column to label; else the column's name.
    """

    columns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    labels: Mapping[str, str] = {}


class PersonaRule(Frozen):
    """A persona variable: a column, and for numbers the upper borders of the bands."""

    column: str
    cuts: tuple[FiniteFloat, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"column": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _consistent(self) -> PersonaRule:
        refuse_disorder(self.cuts)
        return self


class FacetRule(Scale, ColumnChoice):
    """How one column, or each of many, becomes a facet; see the head of this module."""

    column: str = ""
    id: str = ""
    label: str = ""
    kind: Kind = Kind.SINGLE
    depth: int = Field(default=0, ge=0, le=99)
    parents: tuple[str, ...] = ()
    sensitive: bool = False
    wordings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ids: Mapping[str, str] = {}
    scale: str = ""
    cuts: tuple[FiniteFloat, ...] = ()
    bins: int = Field(default=3, ge=2, le=MAX_OPTIONS)
    separator: str = Field(default=";", min_length=1)
    at_least: int = Field(default=1, ge=1)
    most: int = Field(default=MAX_OPTIONS, ge=2, le=MAX_OPTIONS)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> FacetRule:
        self._refuse_unclear_columns()
        for kind, keys in _OWN_KEYS.items():
            foreign = self.model_fields_set & (keys - _OWN_KEYS[self.kind])
            if foreign:
                raise ValueError(f"'{min(foreign)}' is a key of kind '{kind}', but this is of kind '{self.kind}'")
        refuse_disorder(self.cuts)
        if not all(wording.strip() for wording in self.wordings):
            raise ValueError("one of the 'wordings' is empty")
        if self.cuts and "bins" in self.model_fields_set:
            raise ValueError("'cuts' and 'bins' exclude each other")
        if self.scale and self.model_fields_set & {"options", "values"}:
            raise ValueError("'scale' stands for 'options' and 'values'")
        return self

    def _refuse_unclear_columns(self) -> None:
        if bool(self.column) == bool(self.columns):
            raise ValueError("needs either 'column' (one) or 'columns' (many)")
        if self.names and self.kind is Kind.MULTI:
            raise ValueError("'names' are those of one facet, and a multiple choice becomes many")
        for key in ("id", "label", "names") if self.columns else ("without", "labels", "ids"):
            if key in self.model_fields_set:
                raise ValueError(f"'{key}' goes with '{'column' if self.columns else 'columns'}'")


class TargetRule(ColumnChoice):
    """Which columns are targets, and when a person likes one: a cell ``like``, or a number of ``at_least``.

    Attributes:
        within: least and greatest number that can be meant.
    """

    columns: tuple[str, ...] = Field(min_length=1)
    like: str | None = None
    at_least: FiniteFloat | None = None
    within: tuple[FiniteFloat, FiniteFloat] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> TargetRule:
        if (self.like is None) == (self.at_least is None):
            raise ValueError("needs either 'like' (a cell) or 'at_least' (a number)")
        if self.within is None:
            return self
        if self.at_least is None:
            raise ValueError("'within' goes with 'at_least'")
        if not self.within[0] < self.at_least <= self.within[1]:
            raise ValueError(f"'at_least' ({self.at_least:g}) lies outside 'within', or everybody reaches it")
        return self


class TableMapping(Frozen):
    """The whole mapping file; see the head of this module."""

    name: str = ""
    title: str = ""
    source: str = ""
    invented: bool = False
    table: str = ""
    id: str = ""
    encoding: str = "utf-8"
    missing: tuple[str, ...] = MISSING
    personas: Mapping[str, PersonaRule] = {}
    scales: Mapping[str, Scale] = {}
    facets: tuple[FacetRule, ...] = Field(min_length=1)
    targets: TargetRule | None = None

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            "".encode(name)
        except LookupError:
            raise ValueError(f"no encoding of text is called '{name}'") from None
        return name

    @field_validator("personas")
    @classmethod
    def _no_id(cls, personas: Mapping[str, PersonaRule]) -> Mapping[str, PersonaRule]:
        if "id" in personas:
            raise ValueError("a persona variable cannot be called 'id'")
        return personas

    @model_validator(mode="after")
    def _no_lost_scale(self) -> TableMapping:
        for rule in self.facets:
            if rule.scale and rule.scale not in self.scales:
                raise ValueError(f"no scale is called '{rule.scale}'. {did_you_mean(rule.scale, self.scales)}")
        return self

    def scaled(self, rule: FacetRule) -> FacetRule:
        """Return a rule with the options and values of its scale, if it names one."""
        if not rule.scale:
            return rule
        scale = self.scales[rule.scale]
        return rule.model_copy(update={"options": scale.options, "values": scale.values})


def refuse_disorder(cuts: tuple[float, ...]) -> None:
    """Raise ValueError unless the cuts ascend."""
    for low, high in pairwise(cuts):
        if low >= high:
            raise ValueError(f"the cuts do not ascend ({low:g}, {high:g})")


Kept = TypeVar("Kept", bound=TableMapping)


def read_mapping(path: Path) -> TableMapping:
    """Read a mapping file; see :func:`read_mapping_as`."""
    return read_mapping_as(TableMapping, path)


def read_mapping_as(kind: type[Kept], path: Path) -> Kept:
    """Read a mapping file of some kind.

    Raises:
        InputError: no such file, not TOML, an unknown key, a value that does not fit; names the facet.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("no such file", where=str(path)) from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", where=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", where=str(path)) from None
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise _problem(kind, path, raw, error) from None


def _problem(kind: type[TableMapping], path: Path, raw: Mapping[str, Any], error: ValidationError) -> InputError:
    """Return the first problem, with the facet it is in instead of the facet's place in the file."""
    # A misspelt key also makes the right one missing; the slip is what a person can see.
    problem = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
    place = [str(p) for p in problem["loc"]]
    where, model = str(path), _model_at(kind, place)
    if len(place) > 1 and place[0] == "facets":
        block = raw["facets"][int(place[1])]
        name = isinstance(block, dict) and (block.get("id") or block.get("column") or block.get("columns"))
        where += f", facet '{', '.join(name) if isinstance(name, list) else name or int(place[1]) + 1}'"
        place = place[2:]
    if problem["type"] == "extra_forbidden":
        return InputError(f"unknown key '{place[-1]}'", where=where, remedy=did_you_mean(place[-1], model.model_fields))
    message = str(problem["msg"]).removeprefix("Value error, ")
    key = f"{'.'.join(place)}: " if place else ""
    given = f" (it is {problem['input']!r})" if isinstance(problem["input"], (int, float, str)) else ""
    return InputError(f"{key}{message}{given}", where=where)


def _model_at(kind: type[TableMapping], place: list[str]) -> type[BaseModel]:
    if "options" in place:
        return Option
    blocks: dict[str, type[BaseModel]] = {
        "facets": FacetRule,
        "targets": TargetRule,
        "personas": PersonaRule,
        "scales": Scale,
    }
    return blocks.get(place[0], kind) if len(place) > 1 else kind
