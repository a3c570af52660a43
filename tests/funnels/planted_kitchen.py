"""A made-up kitchen shop that sells no aprons, from its file on."""

from __future__ import annotations

from pathlib import Path

from elicit.funnels import OpenedCatalog, open_catalog

ROWS = (
    ("Pot One", "pot", "steel", 20),
    ("Pot Two", "pot", "iron", 60),
    ("Pan One", "pan", "steel", 25),
    ("Pan Two", "pan", "iron", 70),
    ("Knife One", "knife", "steel", 15),
    ("Knife Two", "knife", "", 90),
)


def kitchen_file(folder: Path) -> Path:
    """Write the catalog and return its file."""
    path = folder / "kitchen.csv"
    lines = [",".join(map(str, row)) for row in [("name", "type", "material", "price"), *ROWS]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def kitchen(folder: Path) -> OpenedCatalog:
    """Return the catalog; type and material are choices, and of one knife the material is not said."""
    return open_catalog(kitchen_file(folder))
