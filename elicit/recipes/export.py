"""Takes the language models out of a finished run, each with a card, for use elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elicit.basis import atomic_folder, write_text
from elicit.measures import Results
from elicit.models import put_on_hub
from elicit.questioners.causal import Asker
from elicit.recipes.recipe import Evaluation
from elicit.recipes.taught import folder_of, losses_of
from elicit.reports import model_card


def exported_models(recipe: Evaluation, folder: Path) -> dict[str, Path]:
    """Return where the language models of a recipe are put below a folder, name to path."""
    return {name: folder / name for name in recipe.language}


def export_models(
    recipe: Evaluation, run: Path, results: Results, facts: Mapping[str, Any], folder: Path
) -> dict[str, Path]:
    """Copy the language models of the first split and training of a run, and write a card to each.

    Args:
        recipe: of the run.
        run: its folder.
        results: of the run; the card shows what belongs to the model, and the baseline.
        facts: provenance of the run.
        folder: below which the models are put.

    Returns:
        Name to path.

    Raises:
        InputError: another thing lies there.
    """
    models = exported_models(recipe, folder)
    for name, place in models.items():
        (source,) = sorted((run / "learned").glob(f"*/{folder_of(name)}"))[:1]
        with atomic_folder(place) as new:
            shutil.copytree(source, new, dirs_exist_ok=True)
            taught = {**recipe.language[name].model_dump(), **losses_of(Asker.load(new).origin)}
            write_text(new / "README.md", model_card(name, taught, results, facts))
    return models


def push_models(models: Mapping[str, Path], repository: str) -> None:
    """Put models on the Hugging Face hub, several of them as REPOSITORY-NAME.

    Raises:
        UnavailableError: no network, no token, or no right to write there.
    """
    for name, place in models.items():
        put_on_hub(place, repository if len(models) == 1 else f"{repository}-{name}", "model")
