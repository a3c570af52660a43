"""A made-up kitchen shop that sells no aprons, from its file on."""

from __future__ import annotations

from pathlib import Path

from elicit.funnels import OpenedCatalog, open_catalog

ROWS = (
    ("Alba", "pot", "steel", 20),
    ("Bora", "pot", "iron", 60),
    ("Cira", "pan", "steel", 25),
    ("Dena", "pan", "iron", 70),
    ("Elma", "knife", "steel", 15),
    ("Fina", "knife", "", 90),
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
