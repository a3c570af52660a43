"""``elicit chains``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from elicit.basis import InputError, did_you_mean
from elicit.cli.named_models import chat_settings, writer_encoder
from elicit.cli.output import Flag, Whole, console, open_people, print_json, progress, refuse_lossy, say
from elicit.domains import Domain, Population
from elicit.forward import ChainRules, Order, Silence, Weighing, Writer, parse_schedule, write_chains
from elicit.models import put_on_hub, refuse_repository

_SILENCE: Final = {"leave-out": Silence.LEAVE_OUT, "ask": Silence.ASK}
_FILES: Final = (
    *("chains.jsonl", "messages", "text", "prompt-completion", "prompt-only", "preference"),
    *("datasets", "README.md", "elicit.json"),
)


def chains(
    domain: str,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    data: Path | None = None,
    invented: Flag = False,
    length: Whole = 15,
    order: str = "generality",
    schedule: str = "progressive",
    silent: str = "leave-out",
    marked: Flag = False,
    preference: Flag = False,
    writer: str | None = None,
    seed: Whole = 0,
    push_to_hub: str | None = None,
    json: Flag = False,
) -> None:
    """Write readable question chains, and training rows made from them, into a folder.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    out
        Folder to write: chains.jsonl, rows as JSON Lines and as Hugging Face data sets, and a card.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies', the survey's folder for 'young-people'.
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
    marked
        Put a mark that names the facet before each question of the rows in the format 'text'.
    preference
        Also write pairs of questions (format 'preference'): the one that is expected to tell most of the profile, by
        a model of the people in train that has to be learned first, and another one.
    writer
        A chat model that words the questions anew: http://HOST/v1#NAME, hf:NAME or scripted:FILE. Each is checked, and
        the domain's words stay where two tries fail. It sees the question and the exchange before it, no more, so that
        chains share most of their questions; each is asked once.
    seed
        Of wordings and of the choice of facets; who trains and who tests does not depend on it.
    push_to_hub
        Also put the folder on the Hugging Face hub, as a private data set OWNER/NAME. Mind the terms of your data.
    json
        Print one JSON object.
    """
    if push_to_hub is not None:
        refuse_repository(push_to_hub)
    if silent not in _SILENCE:
        raise InputError(f"unknown value '{silent}' for --silent", remedy=did_you_mean(silent, _SILENCE))
    stripping = parse_schedule(schedule)
    refuse_lossy(out, _FILES)
    model = chat_settings(writer, "--writer") if writer is not None else None
    opened, people = open_people(domain, data, invented)
    rules = ChainRules(length=length, order=_order(order, opened), silent=_SILENCE[silent], seed=seed)
    weighing = _weighing(opened, people, seed) if preference else None
    if model is None:
        facts = write_chains(opened, people, out, rules, stripping, marked, weighing)
    else:
        encoder = writer_encoder()
        with progress() as tell:
            by_model = Writer(model, encoder, tell)
            facts = write_chains(opened, people, out, rules, stripping, marked, weighing, by_model)
    if json:
        print_json({"folder": str(out), **facts})
    else:
        _show(out, facts)
    if push_to_hub is not None:
        put_on_hub(out, push_to_hub, "dataset")


def _show(out: Path, facts: Mapping[str, Any]) -> None:
    console().print(f"Wrote {facts['people']:,} chains and the rows made from them to {out} (see its README.md)")
    worded = facts.get("writer")
    if isinstance(worded, dict):
        console().print("Questions: " + ", ".join(f"{name} {value}" for name, value in worded.items()))


def _weighing(domain: Domain, people: Population, seed: int) -> Weighing:
    from elicit.recipes.weighing import profile_weighing  # takes a while to import, and is rarely needed

    say(f"Learning which question is worth more, from {len(people):,} people")
    return profile_weighing(domain, people, seed)


def _order(text: str, domain: Domain) -> Order | tuple[str, ...]:
    if text in set(Order):
        return Order(text)
    if text in domain.columns:
        return (text,)
    facets = tuple(part.strip() for part in text.split(","))
    if len(facets) == 1:
        raise InputError(f"no order '{text}'", remedy=did_you_mean(text, [*Order, *domain.columns]))
    return facets
