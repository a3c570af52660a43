"""How columns of catalogs are called, in every language of ``data/catalogs/columns.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from pydantic import field_validator

from elicit.basis import resource
from elicit.domains.facets import Frozen


class ColumnNames(Frozen):
    """Names of columns in small letters, the best first, by what the columns hold.

    Attributes:
        ids: of columns with ids.
        names: with the names of the items.
        prices: with prices.
        currencies: with currencies of the prices, or ends of such names.
        texts: with free text, or words of such names.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    prices: tuple[str, ...]
    currencies: tuple[str, ...]
    texts: tuple[str, ...]

    @field_validator("*", mode="before")
    @classmethod
    def _of_all_languages(cls, given: dict[str, str]) -> Any:
        names = (name.strip() for line in given.values() for name in line.split(","))
        return tuple(dict.fromkeys(names))


@cache
def column_names() -> ColumnNames:
    """Return the names that ship."""
    text = resource("data", "catalogs", "columns.toml").read_text(encoding="utf-8")
    return ColumnNames.model_validate(tomllib.loads(text))
