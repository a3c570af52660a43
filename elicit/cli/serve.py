"""``elicit serve``: a page that asks, in the browser of who is asked."""

from __future__ import annotations

import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Final

from elicit.basis import InputError, Luck, one_thread
from elicit.cli.ask import people_to_learn_from
from elicit.cli.catalogs import is_catalog
from elicit.cli.output import Flag, Whole, console, say, warn_invented
from elicit.domains import MOVIES
from elicit.funnels import CatalogQuestioner, open_catalog
from elicit.language import Phrasebook
from elicit.models.libraries import need
from elicit.recipes import prepare_interview
from elicit.web import Asking, ItemAsking, PersonAsking, address_of, is_open_to_others, listening, serve_on

_COST: Final = 0.05
"""Bits that a question must be expected to bring, as where ``elicit ask`` is told nothing."""
_SEED: Final = 0


def serve(
    domain: str = MOVIES,
    /,
    *,
    data: Path | None = None,
    invented: Flag = False,
    mapping: Path | None = None,
    reviews: Path | None = None,
    questions: Whole = 15,
    port: Whole = 7860,
    host: str = "127.0.0.1",
    open: Flag = False,
) -> None:
    """Show a page that asks, and what the answers tell: what is believed, or which items are left.

    Parameters
    ----------
    domain
        A name, the folder of a built domain, or a catalog file.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies', the survey's folder for 'young-people'.
    invented
        Learn from the invented people, for 'movies'; this is also what happens when nothing has been fetched.
    mapping
        What can be asked about a catalog: the mapping.toml of elicit funnel, edited.
    reviews
        What buyers wrote about the items of a catalog, one review a row.
    questions
        How many at most.
    port
        Of the page; 0 = any that is free.
    host
        Address to listen on; only this machine can reach 127.0.0.1.
    open
        Open the page in a browser.
    """
    need("starlette", "uvicorn")
    with listening(host, port) as opened, one_thread():
        if is_catalog(domain):
            asking = _items(domain, data, invented, mapping, reviews, questions)
        else:
            asking = _person(domain, data, invented, mapping, reviews, questions)
        # What is wrong shows here and not in the browser, and the first question is worked out before it is asked for.
        asking.view(())
        if is_open_to_others(opened):
            say(f"Warning: with --host {host}, everybody who can reach this machine can use the page.")
        console().print(f"{asking.domain.title}: {address_of(opened)} (Ctrl-C stops)", soft_wrap=True)
        if open:
            webbrowser.open(address_of(opened))
        # There is no other way to end a page, so nothing is broken off by Ctrl-C.
        with suppress(KeyboardInterrupt):
            serve_on(opened, asking)
        say("Stopped.")


def _person(
    domain: str, data: Path | None, invented: bool, mapping: Path | None, reviews: Path | None, questions: int
) -> Asking:
    if reviews is not None:
        raise InputError("--reviews is for catalogs", remedy="Leave it out")
    if mapping is not None:
        raise InputError("--mapping is for catalogs", remedy="A table of people gets one by elicit domains build")
    opened, people = people_to_learn_from(domain, data, invented)
    warn_invented(opened)
    say(f"Learning from {len(people):,} people …")
    interview = prepare_interview(opened, people, questions=questions, cost=_COST)
    return PersonAsking(interview, Phrasebook(opened, Luck.of(_SEED, ["person"])))


def _items(
    catalog: str, data: Path | None, invented: bool, mapping: Path | None, reviews: Path | None, questions: int
) -> Asking:
    if data is not None or invented:
        raise InputError("--data and --invented are for domains with people", remedy="Leave them out")
    opened = open_catalog(Path(catalog), mapping, reviews=reviews)
    for skipped in opened.catalog.skipped[:1]:
        say(f"Rows left out: {len(opened.catalog.skipped)}, first {skipped.where}: {skipped.why}")
    for problem in opened.problems[:1]:
        say(f"Faults of questions: {len(opened.problems)}, first {problem}")
    return ItemAsking(CatalogQuestioner(opened.stock, questions=questions), opened.mapping.currency)
