"""The files of a question set, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from elicit.basis import InputError, atomic_folder, did_you_mean
from elicit.funnels.exports.funnel import Funnel, funnel_json, funnel_of
from elicit.funnels.exports.outline import outline
from elicit.funnels.exports.page import page
from elicit.funnels.exports.surveyjs import survey_cases_json, survey_json
from elicit.funnels.exports.xlsform import xlsform
from elicit.funnels.stock import Stock
from elicit.funnels.tree import Tree

_OWN: Final = "json"
_FILES: Final[Mapping[str, Mapping[str, Callable[[Funnel], str | bytes]]]] = {
    _OWN: {"funnel.json": funnel_json},
    "surveyjs": {"survey.json": survey_json, "survey-cases.json": survey_cases_json},
    "xlsform": {"funnel.xlsx": xlsform},
    "html": {"funnel.html": page},
    "md": {"funnel.md": outline},
}
FORMATS: Final = tuple(_FILES)
"""What a question set can be written as."""


def file_names(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the files of some formats."""
    return tuple(file for name in formats for file in _FILES[name])


def export(
    tree: Tree,
    stock: Stock,
    folder: Path,
    formats: Sequence[str] = FORMATS,
    beside: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Path, ...]:
    """Write a question set into a folder, whole or not at all; a folder of an earlier export is replaced.

    ``funnel.json`` is always written: the others are made from it, and an edited ``survey.json`` is read beside it.

    Args:
        tree: what is asked; see ``design_tree``.
        stock: the catalog that it was made for.
        folder: for the files.
        formats: some of ``FORMATS``.
        beside: name to text of further files.

    Returns:
        the files.

    Raises:
        InputError: something is wrong with the tree, an unknown format, or a folder that holds something else.
        UnavailableError: a package that a format needs is missing.
    """
    return write_funnel(funnel_of(tree, stock), folder, formats, beside)


def write_funnel(
    funnel: Funnel, folder: Path, formats: Sequence[str] = FORMATS, beside: Mapping[str, str] = MappingProxyType({})
) -> tuple[Path, ...]:
    """Write a question set that was read back; else as :func:`export`."""
    for name in formats:
        if name not in _FILES:
            raise InputError(f"unknown format '{name}'", where="formats", remedy=did_you_mean(name, FORMATS))
    wanted = [name for name in FORMATS if name in {_OWN, *formats}]
    made: dict[str, str | bytes] = {file: make(funnel) for name in wanted for file, make in _FILES[name].items()}
    written = made | dict(beside)
    with atomic_folder(folder) as new:
        for file, content in written.items():
            (new / file).write_bytes(content.encode() if isinstance(content, str) else content)
    return tuple(folder / file for file in written)
