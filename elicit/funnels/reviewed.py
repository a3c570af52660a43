"""What reviews add to a catalog: columns of what people say, and the order in which is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from elicit.basis import InputError, counted, listed
from elicit.domains import YES_NO, Catalog, Reviews, read_reviews, split_reviews
from elicit.domains.mapping import FacetRule
from elicit.funnels.facets import BROAD, DETAIL, USUAL, CatalogMapping
from elicit.funnels.sayings import Voices
from elicit.funnels.sought import Phrases, Stems
from elicit.funnels.spoken_of import Tally, phrases_apart, tally
from elicit.funnels.talked_about import BROAD_SHARE, DETAIL_SHARE, FEW, talk_shares, value_phrases
from elicit.funnels.words import words
from elicit.language.spelling import stems

_CELLS: Final = (None, *(option.id for option in YES_NO))
"""By code, −1 first."""


def with_reviews(catalog: Catalog, path: Path | None) -> tuple[Catalog, Reviews | None]:
    """Return a catalog without its columns of reviews, and the reviews of these and of a file; None = there are none.

    Raises:
        InputError: the file cannot be used.
    """
    bare, told = split_reviews(catalog)
    if path is None:
        return bare, told
    found = read_reviews(path, bare)
    return bare, found if told is None else found + told


def spoken(catalog: Catalog, voices: Voices) -> tuple[Catalog, dict[str, FacetRule]]:
    """Return a catalog with a column for each phrase that reviewers of some items say, and how is asked for each.

    Args:
        catalog: with the columns that its texts brought.
        voices: what reviewers say.
    """
    found = {_column(told): told for told in phrases_apart(voices, _is_known(catalog)).values()}
    return _with_columns(catalog, voices, found), {column: _rule(told) for column, told in found.items()}


def with_spoken(catalog: Catalog, voices: Voices | None, rules: Sequence[FacetRule], where: str) -> Catalog:
    """Return a catalog with the columns of a mapping that are read from reviews.

    Args:
        catalog: without them.
        voices: what reviewers say; None = nobody says anything.
        rules: of the mapping.
        where: place of the mapping, for messages.

    Raises:
        InputError: there are no reviews, or nobody says what a column is about.
    """
    named = {rule.column: stems(_phrase(rule.column)) for rule in rules if rule.column.startswith(words().reviews.told)}
    named = {column: phrase for column, phrase in named.items() if column not in catalog.table.columns}
    if not named:
        return catalog
    column = next(iter(named))
    if voices is None:
        remedy = "Name the file of the reviews with --reviews, or take the facet out"
        raise InputError(f"'{column}' is read from reviews, and there are none", where=where, remedy=remedy)
    found = tally(voices, filter(None, named.values()))
    for column, phrase in named.items():
        if phrase not in found:
            raise InputError(f"no review says '{_phrase(column)}'", where=where, remedy="Take the facet out")
    return _with_columns(catalog, voices, {column: found[phrase] for column, phrase in named.items()})


def _column(told: Tally) -> str:
    return f"{words().reviews.told} {told.shown}"


def _phrase(column: str) -> str:
    return column.removeprefix(words().reviews.told).strip()


def _with_columns(catalog: Catalog, voices: Voices, found: Mapping[str, Tally]) -> Catalog:
    columns = {
        column: pa.chunked_array([pa.array([_CELLS[code + 1] for code in told.codes(voices.counts)], pa.string())])
        for column, told in found.items()
    }
    return replace(catalog, table=replace(catalog.table, columns={**catalog.table.columns, **columns}))


def _is_known(catalog: Catalog) -> Callable[[Stems, Sequence[int]], bool]:
    """Return what tells whether a catalog says a phrase: in a name of a column, in a value, or in the items' names."""
    table, roles = catalog.table, {catalog.id, catalog.label, catalog.price, *catalog.texts}
    told = {part for name in table.columns if name not in roles for part in _parts(stems(name))}
    told |= {
        part
        for name in table.columns
        if name not in roles
        for value in value_phrases(table, name)
        for part in _parts(value)
    }
    labels = [stems(label) for label in table.text(catalog.label).to_pylist()]

    def is_known(phrase: Stems, having: Sequence[int]) -> bool:
        looked = Phrases([phrase])
        return phrase in told or 2 * sum(looked.is_in(labels[row]) for row in having) > len(having)

    return is_known


def _parts(phrase: Stems) -> Iterable[Stems]:
    places = range(len(phrase) + 1)
    return (phrase[start:stop] for start in places for stop in places if start < stop)


def _rule(told: Tally) -> FacetRule:
    """Return how is asked for what people say."""
    asked = words().questions
    wordings = asked.called if told.is_quality else asked.mentioned
    return FacetRule(
        column=_column(told),
        label=_column(told),
        depth=USUAL,
        options=YES_NO,
        wordings=tuple(wording.format(label=told.shown) for wording in wordings),
        names=(told.shown,),
    )


def in_order_of_talk(
    mapping: CatalogMapping, catalog: Catalog, voices: Voices, asked: Mapping[str, FacetRule]
) -> tuple[CatalogMapping, tuple[str, ...]]:
    """Return a mapping in which facets that many reviewers talk about are broad, and others details; and notes.

    A facet is broad where at least a tenth of the reviewers talk about it, and a detail where less than a hundredth do;
    of one depth the one comes first that more of them talk about. The price stays first. Fewer than thirty reviews
    change nothing.

    Args:
        mapping: what can be asked.
        catalog: with all columns that the mapping names.
        voices: what reviewers say.
        asked: how is asked for columns that are read from reviews.
    """
    rules = [asked.get(rule.column, rule) for rule in mapping.facets]
    if len(voices) < FEW:
        return mapping, (f"{counted(len(voices), 'review')}: too few to tell what is asked first.",)
    shares = dict(zip((rule.column for rule in rules), talk_shares(voices, catalog.table, rules), strict=True))
    # A budget is asked for whether reviewers speak of it or not.
    shares[mapping.price] = 1.0
    deep = [rule.model_copy(update={"depth": _depth(shares[rule.column])}) for rule in rules]
    ordered = sorted(deep, key=lambda rule: (rule.depth, -shares[rule.column]))
    notes = _notes([rule for rule in ordered if rule.column != mapping.price], shares, asked)
    return mapping.model_copy(update={"facets": tuple(ordered)}), notes


def _depth(share: float) -> int:
    return BROAD if share >= BROAD_SHARE else DETAIL if share < DETAIL_SHARE else USUAL


def _notes(rules: Sequence[FacetRule], shares: Mapping[str, float], asked: Mapping[str, FacetRule]) -> tuple[str, ...]:
    """Return what was found in reviews, one sentence each."""
    said = [_phrase(rule.column) for rule in rules if rule.column in asked]
    many = [f"{_phrase(rule.label)} ({shares[rule.column]:.0%})" for rule in rules if rule.depth == BROAD]
    none = [_phrase(rule.label) for rule in rules if rule.depth == DETAIL]
    return (
        f"People say of some items and not of others: {listed(said)}."
        if said
        else "Reviewers say nothing that tells items apart.",
        f"Many reviewers talk about {listed(many)}, so these are broad."
        if many
        else "No facet do many reviewers talk about.",
        *([f"Hardly any reviewer talks about {listed(none)}, so these are details."] if none else []),
    )
