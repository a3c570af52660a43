"""The JSON Schemas of the files that elicit reads and writes. Run this file to write them anew."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from elicit.dialogues import Dialogue, Failure
from elicit.domains import Facet, Target
from elicit.domains.mapping import TableMapping
from elicit.forward import Chain
from elicit.funnels import Tree
from elicit.funnels.exports import Funnel
from elicit.measures import KeptSale
from elicit.recipes import Evaluation, Simulation

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"
MODELS: dict[str, type[BaseModel]] = {
    "chain": Chain,
    "dialogue": Dialogue,
    "evaluation": Evaluation,
    "facet": Facet,
    "failure": Failure,
    "funnel": Funnel,
    "mapping": TableMapping,
    "outcome": KeptSale,
    "simulation": Simulation,
    "target": Target,
    "tree": Tree,
}


def schema(name: str) -> str:
    return json.dumps(MODELS[name].model_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in MODELS:
        (FOLDER / f"{name}.json").write_text(schema(name), encoding="utf-8")
