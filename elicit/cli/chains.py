"""``elicit chains``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from elicit.basis import InputError, did_you_mean
from elicit.cli.output import console, print_json, warn_invented
from elicit.domains import Source, open_domain
from elicit.forward import ChainRules, Order, Silence, parse_schedule, write_chains

_SILENCE = {"leave-out": Silence.LEAVE_OUT, "ask": Silence.ASK}


def chains(
    domain: str,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    data: Path | None = None,
    invented: bool = False,
    length: int = 15,
    order: str = "generality",
    schedule: str = "progressive",
    silent: str = "leave-out",
    seed: int = 0,
    json: bool = False,
) -> None:
    """Write readable question chains, and training rows made from them, into a folder.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    out
        Folder to write: chains.jsonl, rows as JSON Lines and as Hugging Face data sets, and a card.
    data
        A MovieLens folder, for 'movies'.
    invented
        Use the invented people, for 'movies'.
    length
        Questions a chain.
    order
        generality (broad to specific), frequency, or facet ids with commas between them.
    schedule
        How answers are stripped: progressive, random or mixture:W with the share W of random chains.
    silent
        Facets without an answer: leave-out, or ask (and answer "I don't know").
    seed
        Of wordings, choice of facets and split.
    json
        Print one JSON object.
    """
    opened, people = open_domain(domain, Source(data, invented))
    warn_invented(opened)
    if silent not in _SILENCE:
        raise InputError(f"unknown value '{silent}' for --silent", remedy=did_you_mean(silent, _SILENCE))
    rules = ChainRules(length=length, order=_order(order), silent=_SILENCE[silent], seed=seed)
    facts = write_chains(opened, people, out, rules, parse_schedule(schedule))
    if json:
        print_json({"folder": str(out), **facts})
        return
    console().print(f"Wrote {facts['people']:,} chains and the rows made from them to {out} (see its README.md)")


def _order(text: str) -> Order | tuple[str, ...]:
    try:
        return Order(text)
    except ValueError:
        return tuple(part.strip() for part in text.split(","))
