"""``elicit train``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from elicit.cli.evaluate import command_again, open_run, play_run, show_results
from elicit.cli.output import Flag, Workers, console, open_people, print_json, refuse_lossy
from elicit.models import refuse_repository
from elicit.questioners.causal import FACTS
from elicit.recipes import export_models, exported_models, planned_dialogues, push_models, read_training
from elicit.runs import read_facts

_MODELS: Final = Path("models")


def train(
    recipe: str,
    /,
    *,
    data: Path | None = None,
    invented: Flag = False,
    domain: str | None = None,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = _MODELS,
    resume: str | None = None,
    workers: Workers = 1,
    push_to_hub: str | None = None,
    json: Flag = False,
) -> None:
    """Train language models to ask, measure them on held-out people, and write them with a card.

    Parameters
    ----------
    recipe
        Name of a shipped recipe (tiny, smollm2 …), or a TOML file with a table [language.NAME].
    data
        Your data for a domain that ships: a MovieLens folder for 'movies', the survey's folder for 'young-people'.
    invented
        Use the invented people, for the domain 'movies'.
    domain
        Another domain than the recipe's: a name, or the folder of a built one.
    out
        Folder below which each model gets a folder of its name.
    resume
        Go on with an unfinished training: its folder below runs/, or 'latest'.
    workers
        Processes that measure at the same time, each another condition; in how many a model learns, its recipe says.
    push_to_hub
        Also put the models on the Hugging Face hub, under OWNER/NAME.
    json
        Print one JSON object instead of tables.
    """
    settings, text = read_training(recipe)
    if push_to_hub is not None:
        refuse_repository(push_to_hub)
    for place in exported_models(settings, out).values():
        refuse_lossy(place, () if not (place / FACTS).exists() else [path.name for path in place.iterdir()])
    opened, people = open_people(domain or settings.domain, data, invented)
    dialogues = planned_dialogues(settings, opened, people)
    run = open_run(settings, opened, people, text, recipe, None, resume)
    command = command_again("train", recipe, data, invented, domain, workers)
    command += ["--out", str(out)] if out != _MODELS else []
    results = play_run(settings, opened, people, run, workers, command, dialogues)
    models = export_models(settings, run.path, results, read_facts(run.path), out)
    if json:
        print_json({"models": {name: str(place) for name, place in models.items()}, "run": str(run.path)})
    else:
        show_results(results, run.path, Path(recipe).stem, as_json=False)
        for name, place in models.items():
            console().print(f"Model {name}: {place} (see its README.md)")
    if push_to_hub is not None:
        push_models(models, push_to_hub)
