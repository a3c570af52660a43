"""Buyers with six intents, invented: the cells of the occupation study, and wishes that an occupation pulls at.

Everything is drawn by the rules in ``data/six-intents``; its card says how.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck, resource
from elicit.domains.domain import Domain
from elicit.domains.facets import Facet, Kind, Option, Target
from elicit.domains.occupations import occupations, section_of, sections
from elicit.domains.population import Population

SIX_INTENTS: Final = "six-intents"
_INTERESTS: Final = ("realistic", "investigative", "artistic", "social", "enterprising", "conventional")
_FILMS: Final = "FindMovie"
_BUDGET: Final = "budget"
_NO, _MAYBE, _KEEN = 0, 1, 2
_TIGHT: Final = 0


def build_six_intents(
    strength: float, each: int = 15, seed: int = 1, films: Mapping[str, NDArray[np.float64]] | None = None
) -> tuple[Domain, Population]:
    """Build the domain and its people.

    Args:
        strength: of the occupation's pull, in [0, 1]: 0 = an occupation tells nothing, 1 = it decides.
        each: people of each persona; a persona is an occupation with a gender, an age band and a personality.
        seed: of the people.
        films: occupation to the shares of those who like each kind of film (:func:`film_genres`), float64[kinds]; None
            = every kind is as likely.

    Raises:
        InputError: a strength outside [0, 1].
    """
    if not 0 <= strength <= 1:
        raise InputError(f"a strength of {strength} does not lie between 0 and 1", where="strength")
    rules = _rules()
    domain = _domain(rules)
    personas = _personas(rules["cells"], each)
    named = (personas[name] for name in ("occupation", *rules["cells"]))
    ids = tuple(f"{'-'.join(values)}-{n % each}" for n, values in enumerate(zip(*named, strict=True)))
    luck = Luck.of(seed, ids)
    codes = _codes(domain, rules["intents"], personas["occupation"], strength, luck)
    if films is not None:
        shares = np.stack([films[name] for name in personas["occupation"]])
        ends = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)[:, :-1]
        codes[:, domain.columns[f"{_FILMS}:detail"]] = (luck.uniform("film")[:, None] >= ends).sum(axis=1)
    liked = _liked(domain, rules["intents"], codes)
    table = {name: np.array(values, dtype=np.str_) for name, values in personas.items()}
    return domain, Population(ids, codes, liked, table)


def film_genres() -> tuple[str, ...]:
    """Return the genre of MovieLens for each kind of film that can be liked."""
    films = next(intent for intent in _rules()["intents"] if intent["id"] == _FILMS)
    return tuple(option["genre"] for option in films["options"])


def section_pulls() -> dict[str, NDArray[np.float64]]:
    """Return section to how its occupations pull at each intent on average, float64[intents]."""
    pulls = _pulls(_rules()["intents"])
    return {s.id: np.mean([pulls[o.id] for o in s.occupations], axis=0) for s in sections()}


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(resource("data", SIX_INTENTS, "intents.toml").read_text(encoding="utf-8"))


def _domain(rules: Mapping[str, Any]) -> Domain:
    card = resource("data", SIX_INTENTS, "card.md").read_text(encoding="utf-8")
    return Domain(
        name=SIX_INTENTS,
        title="Six intents (invented people)",
        source="invented by the authors of elicit",
        invented=True,
        facets=tuple(_facets(rules)),
        targets=tuple(_targets(rules["intents"])),
        card=card,
    )


def _facets(rules: Mapping[str, Any]) -> Iterator[Facet]:
    yield _facet(_BUDGET, 0, (), rules[_BUDGET], rules[_BUDGET]["options"])
    for intent in rules["intents"]:
        yield _facet(intent["id"], 0, (), intent, rules["wish"]["options"])
    for intent in rules["intents"]:
        asked = {"label": intent["detail"], "wordings": intent["ask"]}
        yield _facet(_detail(intent), 1, (intent["id"],), asked, intent["options"])


def _facet(
    facet: str, depth: int, parents: tuple[str, ...], words: Mapping[str, Any], options: Sequence[Mapping[str, Any]]
) -> Facet:
    return Facet(
        id=facet,
        label=words["label"],
        kind=Kind.SINGLE,
        depth=depth,
        parents=parents,
        options=tuple(Option(id=o["id"], label=o["label"], phrasings=tuple(o.get("phrasings", ()))) for o in options),
        wordings=tuple(words["wordings"]),
        names=tuple(words.get("names", ())),
    )


def _detail(intent: Mapping[str, Any]) -> str:
    return f"{intent['id']}:detail"


def _targets(intents: Sequence[Mapping[str, Any]]) -> Iterator[Target]:
    for intent in intents:
        for option in intent["options"]:
            for sort in ("plain", "fancy"):
                label, price = option[sort]
                name = f"{intent['id']}:{option['id']}:{sort}"
                yield Target(id=name, label=label, kinds=(intent["id"],), price=price)


def _personas(cells: Mapping[str, Sequence[str]], each: int) -> dict[str, list[str]]:
    """Return variable to a text a person: every occupation with every cell, as many people in each."""
    rows = [row for row in product(occupations(), *cells.values()) for _ in range(each)]
    columns = dict(zip(("occupation", *cells), map(list, zip(*rows, strict=True)), strict=True))
    return columns | {"section": [section_of(occupation).id for occupation in columns["occupation"]]}


def _pulls(intents: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[np.float64]]:
    """Return occupation to how it pulls at each intent, float64[intents]; over occupations of mean 0 and variance 1."""
    table = np.array([known.interests for known in occupations().values()])
    columns = [[_INTERESTS.index(name) for name in intent["interests"]] for intent in intents]
    pull = np.stack([table[:, wanted].mean(axis=1) for wanted in columns], axis=1)
    standard = (pull - pull.mean(axis=0)) / pull.std(axis=0)
    return dict(zip(occupations(), standard, strict=True))


def _codes(
    domain: Domain, intents: Sequence[Mapping[str, Any]], occupation: Sequence[str], strength: float, luck: Luck
) -> NDArray[np.int8]:
    from scipy.special import ndtri

    pulls = _pulls(intents)
    pull = np.stack([pulls[name] for name in occupation])
    own = ndtri(np.maximum(luck.table("wish", len(intents)), 2.0**-54))
    wish = strength * pull + np.sqrt(1 - strength**2) * own
    codes = np.zeros((len(occupation), len(domain.facets)), dtype=np.int8)
    codes[:, 0] = luck.uniform(_BUDGET) * 3
    thirds = np.quantile(wish, [1 / 3, 2 / 3], axis=0)
    for place, intent in enumerate(intents):
        codes[:, domain.columns[intent["id"]]] = np.searchsorted(thirds[:, place], wish[:, place], side="right")
        codes[:, domain.columns[_detail(intent)]] = luck.uniform("detail", place) * len(intent["options"])
    return codes


def _liked(domain: Domain, intents: Sequence[Mapping[str, Any]], codes: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return what fits: of the kind that is liked what the budget allows; of what is only "why not" what is plain."""
    liked = np.zeros((len(codes), len(domain.targets)), dtype=np.bool_)
    for intent in intents:
        wish, detail = codes[:, domain.columns[intent["id"]]], codes[:, domain.columns[_detail(intent)]]
        for place, option in enumerate(intent["options"]):
            plain, fancy = (
                domain.target_columns[f"{intent['id']}:{option['id']}:{sort}"] for sort in ("plain", "fancy")
            )
            liked[:, plain] = (detail == place) & (wish >= _MAYBE)
            liked[:, fancy] = (detail == place) & (wish == _KEEN) & (codes[:, 0] != _TIGHT)
    return liked
