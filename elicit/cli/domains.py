"""``elicit domains``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from elicit.basis import InputError, home, resource
from elicit.cli.output import console, print_json, say, warn_invented
from elicit.domains import (
    MOVIES,
    Domain,
    Population,
    Source,
    build_from_table,
    built_domains,
    load_domain,
    movielens_100k_folder,
    open_domain,
    save_domain,
)
from elicit.language import wording_problems

_RARE = 0.01


def list_domains(*, json: bool = False) -> None:
    """List the domains there are: shipped and built.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    people = (
        "MovieLens 100K, fetched" if movielens_100k_folder() else "not fetched yet (elicit data fetch movielens-100k)"
    )
    rows = [{"name": MOVIES, "people": people, "where": "shipped"}]
    for folder in built_domains():
        domain, population = load_domain(folder)
        rows.append({"name": domain.name, "people": f"{len(population)}", "where": str(folder)})
    if json:
        print_json({"domains": rows})
        return
    table = Table("domain", "people", "where", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row.values())
    console().print(table)


def show(
    domain: str = MOVIES,
    /,
    *,
    facet: str | None = None,
    data: Path | None = None,
    invented: bool = False,
    json: bool = False,
) -> None:
    """Show what a domain asks, or one facet with all its wordings.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    facet
        Show this facet with its questions and answers.
    data
        A MovieLens folder, for 'movies'.
    invented
        Use the invented people, for 'movies'.
    json
        Print one JSON object.
    """
    opened, people = open_domain(domain, Source(data, invented))
    warn_invented(opened)
    if json:
        print_json(opened.model_dump(mode="json") | {"people": len(people), "hash": opened.hash})
    elif facet is not None:
        _show_facet(opened, people, opened.column(facet))
    else:
        _show_domain(opened, people)


def check(domain: str = MOVIES, /, *, data: Path | None = None, invented: bool = False, json: bool = False) -> None:
    """Check wordings, options and people; exit code 1 if something should be mended.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    data
        A MovieLens folder, for 'movies'.
    invented
        Use the invented people, for 'movies'.
    json
        Print one JSON object.
    """
    opened, people = open_domain(domain, Source(data, invented))
    warn_invented(opened)
    worded = [f"facet '{p.facet}': {p.fault}: {p.detail}" for p in wording_problems(opened.facets)]
    problems = worded + _people_problems(opened, people)
    if json:
        print_json({"domain": opened.name, "problems": problems})
    else:
        for problem in problems:
            console().print(problem, markup=False)
        console().print(f"{opened.name}: {len(opened.facets)} facets, {len(people)} people, {len(problems)} problems")
    if problems:
        raise SystemExit(1)


def build(
    name: str,
    /,
    *,
    data: Path | None = None,
    invented: bool = False,
    mapping: Path | None = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
) -> None:
    """Build a domain from MovieLens, or from any table of people.

    Parameters
    ----------
    name
        'movies', or a table: .csv, .tsv, .parquet, a Hugging Face dataset folder, or hf:NAME.
    data
        A MovieLens folder, for 'movies'.
    invented
        Use the invented people, for 'movies'.
    mapping
        TOML file that says what the columns of the table mean; without it they are guessed.
    out
        Folder to write; else one in elicit's own folder, from where the domain's name finds it.
    """
    if name == MOVIES:
        if mapping is not None:
            raise InputError("--mapping is for tables; 'movies' has rules of its own", remedy=f"See {resource('data')}")
        domain, people = open_domain(MOVIES, Source(data, invented))
    else:
        built = build_from_table(name, mapping)
        domain, people = built.domain, built.population
        for note in built.notes:
            say(f"Note: {note}")
    warn_invented(domain)
    folder = out or home() / "domains" / domain.name
    save_domain(folder, domain, people)
    where = str(folder) if out else f"{domain.name} (in {folder})"
    console().print(f"Built {where}: {len(domain.facets)} facets, {len(people)} people, {len(domain.targets)} targets")


def _show_domain(domain: Domain, people: Population) -> None:
    out = console()
    out.print(f"[bold]{domain.title}[/]  {domain.name}, version {domain.version}, hash {domain.hash}")
    out.print(f"{len(domain.facets)} facets, {len(domain.targets)} targets, {len(people)} people. {domain.source}\n")
    table = Table("depth", "facet", "question", "answers", box=None, pad_edge=False)
    for facet in domain.facets:
        question = facet.wordings[0] if facet.wordings else facet.label
        table.add_row(str(facet.depth), facet.id, question, " / ".join(o.label for o in facet.options))
    out.print(table)
    out.print(f"\n{domain.card}", markup=False)


def _show_facet(domain: Domain, people: Population, column: int) -> None:
    facet, out = domain.facets[column], console()
    codes = people.codes[:, column]
    out.print(f"[bold]{facet.id}[/]: {facet.label} ({facet.kind}, depth {facet.depth})")
    for wording in facet.wordings:
        out.print(f"  ? {wording}", markup=False)
    for code, option in enumerate(facet.options):
        share = f"{(codes == code).mean():.0%}" if len(codes) else "–"
        out.print(f"  {share:>4} {option.label}: {' | '.join(option.phrasings)}", markup=False)
    if (codes < 0).any():
        out.print(f"  {(codes < 0).mean():.0%} say nothing")


def _people_problems(domain: Domain, people: Population) -> list[str]:
    problems = []
    for column, facet in enumerate(domain.facets):
        said = people.codes[people.codes[:, column] >= 0, column]
        if not len(said):
            problems.append(f"facet '{facet.id}': nobody answers it")
        elif (said == said[0]).all():
            problems.append(f"facet '{facet.id}': everybody says '{facet.options[int(said[0])].label}'")
        elif len(said) < _RARE * len(people):
            problems.append(f"facet '{facet.id}': only {len(said)} of {len(people)} people answer it")
    return problems
