"""A made-up catalog of kettles, and people who want one."""

import json
from pathlib import Path

from elicit.domains import Catalog, read_catalog

ROWS = [
    ("K1", "Aldo - Kettle One", 29.9, "Aldo", 1.7, "Steel body", "yes"),
    ("K2", "Aldo - Kettle Two", 39.9, "Aldo", 1.0, "Glass body", "no"),
    ("K3", "Bero - Kettle Three", 49.9, "Bero", 1.5, "Steel body", "yes"),
    ("K4", "Bero - Kettle Four", 89.9, "Bero", 0.5, "Glass body", "no"),
    ("K5", "Cima - Kettle Five", 120.0, "Cima", 1.7, "Steel body", "yes"),
    ("K6", "Cima - Kettle Six", 150.0, "Cima", 1.0, "Steel body", ""),
]


def kettles(folder: Path) -> Catalog:
    """Return the catalog, read from a file in a folder."""
    path = folder / "kettles.jsonl"
    keys = ("sku", "name", "price", "maker", "liters", "features", "cordless")
    told = [
        (*row[:5], [row[5], f"Holds {row[4]} liters and comes with a base for every kitchen"], row[6]) for row in ROWS
    ]
    lines = [json.dumps(dict(zip(keys, row, strict=True))) for row in told]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_catalog(path)


def shoppers_file(folder: Path, *answers: dict[str, object]) -> Path:
    """Write shoppers, one a line."""
    path = folder / "shoppers.jsonl"
    path.write_text("".join(json.dumps(a) + "\n" for a in answers), encoding="utf-8")
    return path
