"""``elicit domains``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from elicit.basis import InputError, home
from elicit.cli.catalogs import check_catalog, is_catalog
from elicit.cli.output import Flag, console, open_people, print_json, refuse_lossy, say, warn_invented
from elicit.domains import (
    MOVIES,
    Domain,
    Facet,
    Population,
    Source,
    TableBuild,
    build_from_table,
    build_shipped,
    built_domains,
    load_domain,
    movielens_100k_folder,
    refuse_source,
    save_domain,
    shipped_domains,
)
from elicit.language import question_texts, wording_problems

_RARE: Final = 0.01
_SHOWN: Final = 10
"""Problems of one kind shown to a reader; the JSON object holds all."""
_WIDEST: Final = 30
"""Letters of a facet's id before its label goes to a line of its own."""
_FILES: Final = (
    *("domain.toml", "facets.jsonl", "targets.jsonl", "card.md"),
    *("people.parquet", "profiles.parquet", "voiced.parquet", "liked.parquet"),
)


def list_domains(*, json: Flag = False) -> None:
    """List the domains there are: shipped and built.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    fetched = "MovieLens 100K" if movielens_100k_folder() else "not fetched (elicit data fetch movielens-100k)"
    built = {folder.name: folder for folder in built_domains()}
    rows = [{"name": MOVIES, "people": fetched, "where": "shipped"}]
    # A domain that ships for a table has its people where it was built, under the same name.
    rows += [
        {"name": name, "people": f"not built (elicit domains build {name} --data FOLDER)", "where": "shipped"}
        for name in shipped_domains()
        if name not in {MOVIES, *built}
    ]
    rows += [{"name": folder.name, "people": _people(folder), "where": str(folder)} for folder in built.values()]
    if json:
        print_json({"domains": rows})
        return
    table = [("domain", "people", "where"), *(tuple(row.values()) for row in rows)]
    first, second = (max(len(row[place]) for row in table) for place in (0, 1))
    for name, people, where in table:
        console().print(f"{name:{first}}  {people:{second}}  {where}", soft_wrap=True)


def _people(folder: Path) -> str:
    try:
        return str(len(load_domain(folder)[1]))
    except InputError as error:
        return f"damaged ({error.what})"


def show(
    domain: str = MOVIES,
    /,
    *,
    facet: str | None = None,
    data: Path | None = None,
    invented: Flag = False,
    json: Flag = False,
) -> None:
    """Show what a domain asks, or one facet with all its wordings.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    facet
        Show this facet with its questions and answers.
    data
        A MovieLens folder for 'movies'; the survey's folder, or its table, for 'young-people'.
    invented
        Use the invented people, for 'movies'.
    json
        Print one JSON object.
    """
    opened, people = open_people(domain, data, invented)
    if json:
        print_json(opened.model_dump(mode="json") | {"people": len(people), "hash": opened.hash})
    elif facet is not None:
        _show_facet(opened, people, opened.column(facet))
    else:
        _show_domain(opened, people)


def check(domain: str = MOVIES, /, *, data: Path | None = None, invented: Flag = False, json: Flag = False) -> None:
    """Check wordings, options and people; exit code 1 if something should be mended.

    Of the file of a product catalog: print what is understood, and which rows were skipped.

    Parameters
    ----------
    domain
        A name, the folder of a built domain, or a catalog: .csv, .tsv, .parquet, .json, .jsonl, .jsonld or .html.
    data
        A MovieLens folder for 'movies'; the survey's folder, or its table, for 'young-people'.
    invented
        Use the invented people, for 'movies'.
    json
        Print one JSON object.
    """
    if is_catalog(domain):
        refuse_source(domain, Source(data, invented))
        check_catalog(domain, json)
        return
    opened, people = open_people(domain, data, invented)
    problems = [(str(p.fault), p.facet, p.detail) for p in wording_problems(opened.facets)]
    problems += _people_problems(opened, people)
    if json:
        lines = [f"facet '{facet}': {kind}: {detail}" for kind, facet, detail in problems]
        print_json({"domain": opened.name, "problems": lines})
    else:
        _show_problems(problems)
        console().print(f"{opened.name}: {len(opened.facets)} facets, {len(people)} people, {len(problems)} problems")
    if problems:
        raise SystemExit(1)


def build(
    name: str,
    /,
    *,
    data: Path | None = None,
    invented: Flag = False,
    mapping: Path | None = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
) -> None:
    """Build a domain that ships from your copy of its data, or a domain of any table of people.

    Parameters
    ----------
    name
        'movies', 'young-people', or a table: .csv, .tsv, .parquet, a Hugging Face dataset folder, or hf:NAME.
    data
        A MovieLens folder for 'movies'; the survey's folder, or its table, for 'young-people'.
    invented
        Use the invented people, for 'movies'.
    mapping
        TOML file that says what the columns of the table mean; without it they are guessed.
    out
        Folder to write; else one in elicit's own folder, from where the domain's name finds it.
    """
    built = _built(name, Source(data, invented), mapping)
    domain, people = built.domain, built.population
    for note in built.notes:
        say(f"Note: {note}")
    warn_invented(domain)
    folder = out or home() / "domains" / domain.name
    refuse_lossy(folder, _FILES)
    save_domain(folder, domain, people)
    where = str(folder) if out else f"{domain.name} (in {folder})"
    console().print(f"Built {where}: {len(domain.facets)} facets, {len(people)} people, {len(domain.targets)} targets")


def _built(name: str, source: Source, mapping: Path | None) -> TableBuild:
    shipped = shipped_domains()
    if name not in shipped:
        refuse_source(name, source)
        return build_from_table(name, mapping)
    if mapping is not None:
        raise InputError(f"--mapping is for tables; '{name}' has rules of its own", remedy=f"See {shipped[name]}")
    return build_shipped(name, source)


def _show_domain(domain: Domain, people: Population) -> None:
    out = console()
    out.print(Text.assemble((domain.title, "bold"), f"  {domain.name}, version {domain.version}, hash {domain.hash}"))
    out.print(f"{len(domain.facets)} facets, {len(domain.targets)} targets, {len(people)} people")
    if domain.source:
        out.print(f"Source: {domain.source}")
    for depth, facets in groupby(sorted(domain.facets, key=lambda f: f.depth), key=lambda f: f.depth):
        level = tuple(facets)
        out.print(f"\nDepth {depth}, {len(level)} {'facet' if len(level) == 1 else 'facets'}", style="bold")
        _show_level(out, level)
    out.print("\n--facet FACET shows how one of them is asked and answered.\n", style="dim")
    out.print(Markdown(domain.card) if out.is_terminal else domain.card)


def _show_level(out: Console, facets: Sequence[Facet]) -> None:
    """Print a line a facet: its id, never cut, and its label, or the answers where the label says nothing more."""
    width = min(_WIDEST, max(len(f.id) for f in facets))
    for facet in facets:
        told = facet.label if facet.label != facet.id else " / ".join(o.label for o in facet.options)
        gap = " " * (width - len(facet.id)) if len(facet.id) <= width else "\n" + " " * (2 + width)
        out.print(f"  {facet.id}{gap}  {told}", no_wrap=out.is_terminal, overflow="ellipsis")


def _show_facet(domain: Domain, people: Population, column: int) -> None:
    facet, out = domain.facets[column], console()
    codes = people.codes[:, column]
    out.print(Text.assemble((facet.id, "bold"), f": {facet.label} ({facet.kind}, depth {facet.depth})"))
    for wording in question_texts(facet):
        out.print(Padding(wording, (0, 0, 0, 2), expand=False))
    for code, option in enumerate(facet.options):
        share = f"{(codes == code).mean():.0%}" if len(codes) else "–"
        out.print(Text.assemble(f"\n{share:>4}  ", (option.label, "bold")))
        for phrasing in option.phrasings:
            out.print(Padding(phrasing, (0, 0, 0, 6), expand=False))
    if (codes < 0).any():
        out.print(f"\n{(codes < 0).mean():>4.0%}  say nothing")


def _show_problems(problems: Sequence[tuple[str, str, str]]) -> None:
    """Print the problems by kind, of each kind the first few."""
    for kind in dict.fromkeys(kind for kind, _, _ in problems):
        found = [(facet, detail) for k, facet, detail in problems if k == kind]
        console().print(f"{kind}, {len(found)}:", style="bold")
        for facet, detail in found[:_SHOWN]:
            console().print(Padding(f"{facet}: {detail}", (0, 0, 0, 2), expand=False))
        if len(found) > _SHOWN:
            console().print(f"  … and {len(found) - _SHOWN} more (--json shows all)")


def _people_problems(domain: Domain, people: Population) -> Iterator[tuple[str, str, str]]:
    """Yield kind, facet and detail."""
    for column, facet in enumerate(domain.facets):
        said = people.codes[people.codes[:, column] >= 0, column]
        if not len(said):
            yield "no answers", facet.id, "nobody answers it"
        elif (said == said[0]).all():
            yield "one answer", facet.id, f"everybody says '{facet.options[int(said[0])].label}'"
        elif len(said) < _RARE * len(people):
            yield "few answers", facet.id, f"only {len(said)} of {len(people)} people answer it"
