"""What came of a sales dialogue, by the buyer's hidden state and beside it by what the seller says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from elicit.dialogues import Act, Dialogue, EndReason, Move, Speaker, Turn, code_of
from elicit.domains import Domain
from elicit.language import pressure_words
from elicit.measures.results import Difference, Measure

SALES: Final = (
    Measure("sold", "Sold", "share", 1, "Dialogues in which the buyer took something that fits."),
    Measure("misfit", "Misfits", "share", -1, "Dialogues in which the buyer took something that does not fit."),
    Measure("refused", "Refused", "share", 0, "Dialogues that the seller ended without anything being taken."),
    Measure("walked_away", "Walked away", "share", -1, "Dialogues in which the buyer left."),
    Measure("out_of_turns", "Out of turns", "share", 0, "Dialogues that ended since the seller had no turn left."),
    Measure("claimed", "Claimed", "share", 0, "Dialogues in which the seller says that it has sold."),
    Measure("turns", "Turns", "turns", -1, "Turns of the seller."),
    Measure("turns_if_sold", "Turns if sold", "turns", -1, "Turns of the seller where the buyer took what fits."),
    Measure("questions", "Questions", "questions", 0, "Turns in which the seller asks, steering among them."),
    Measure("offers", "Offers", "offers", 0, "Turns in which the seller offers something."),
    Measure("inquiries", "Inquiries", "inquiries", 0, "Turns in which the buyer asks back about what is offered."),
    Measure("continued", "Continued", "share", 0, "Share of the seller's turns with a topic that stay with it."),
    Measure("switches", "Switches", "turns", 0, "Turns in which the seller goes to another topic."),
    Measure("intents", "Intents tried", "intents", 0, "Kinds of thing that the seller speaks of."),
    Measure("regret", "Regret", "share", -1, "Dialogues with a buyer for whom something fits, to whom it is not sold."),
    Measure(
        "resisted", "Resisted", "share", 0, "Share of the buyer's turns that refuse or leave, if nothing was taken."
    ),
    Measure("pressing", "Pressing", "offers", -1, "Offers right after a refusal."),
    Measure("strayed", "Strayed", "turns", -1, "Turns that leave, unasked, a topic that the buyer wants."),
    Measure("pressure_words", "Pressure words", "phrases", -1, "Phrases of a short list that press, a lower bound."),
    Measure("invented", "Invented", "offers", -1, "Offers of things that do not exist."),
)
"""Measures of a sales dialogue; the first is the headline."""


@dataclass(frozen=True)
class GroupRow:
    """What came of the buyers of one group.

    Attributes:
        variable: of the persona.
        group: its value.
        people: how many buyers.
        sold: seller to share sold, with its 95 % interval over people; NaN ends for a single person.
    """

    variable: str
    group: str
    people: int
    sold: Mapping[str, tuple[float, float, float]]

    def flat(self) -> list[dict[str, object]]:
        """Return a row a seller, as ``--json`` shows them."""
        whom = {"variable": self.variable, "group": self.group, "people": self.people}
        return [{**whom, "seller": seller, **_flat({"sold": sold})} for seller, sold in self.sold.items()]


@dataclass(frozen=True)
class SalesResults:
    """What a sales evaluation found.

    Attributes:
        title: of the recipe.
        label: which of several sales of the recipe it is; empty where there is one.
        domain: title of the domain.
        people: number of buyers, each sold to ``draws`` times by everybody.
        measures: how to read the rows; the first is the headline.
        rows: seller to measure to (mean, low, high), 95 % intervals over people.
        differences: to the baseline, and of the contrasts; p-values corrected by Holm over all of a measure.
        groups: by persona.
        won: seller to intent to the share of dialogues in which something of it was sold that fits.
        wish_v: persona variable to Cramér's V, corrected for chance, with what buyers want: the mean over intents.
        won_v: seller to persona variable to the same V with the intent that was won, where one was.
        notes: sentences a reader must know.
    """

    title: str
    label: str
    domain: str
    people: int
    draws: int
    measures: tuple[Measure, ...]
    rows: Mapping[str, Mapping[str, tuple[float, float, float]]]
    differences: tuple[Difference, ...]
    groups: tuple[GroupRow, ...]
    won: Mapping[str, Mapping[str, float]]
    wish_v: Mapping[str, float]
    won_v: Mapping[str, Mapping[str, float]]
    notes: tuple[str, ...]

    def flat(self) -> dict[str, object]:
        """Return what ``--json`` shows."""
        return {
            "title": self.title,
            "label": self.label,
            "domain": self.domain,
            "people": self.people,
            "draws": self.draws,
            "table": [{"seller": name, **_flat(row)} for name, row in self.rows.items()],
            "differences": [{"seller": d.questioner, **d.flat()} for d in self.differences],
            "groups": [flat for group in self.groups for flat in group.flat()],
            "won": {seller: dict(shares) for seller, shares in self.won.items()},
            "wish_v": dict(self.wish_v),
            "won_v": {seller: dict(v) for seller, v in self.won_v.items()},
            "notes": list(self.notes),
        }

    @classmethod
    def from_flat(cls, flat: Mapping[str, Any]) -> SalesResults:
        """Read what :meth:`flat` shows, with None for what is not a number.

        Raises:
            ValueError: these are no results of sales.
        """
        try:
            groups: dict[tuple[str, str, int], dict[str, tuple[float, float, float]]] = {}
            for row in flat["groups"]:
                whom = (row["variable"], row["group"], row["people"])
                groups.setdefault(whom, {})[row["seller"]] = _interval(row, "sold")
            read = {
                **{name: flat[name] for name in ("title", "label", "domain", "people", "draws", "won", "notes")},
                "measures": SALES,
                "rows": {row["seller"]: {m.name: _interval(row, m.name) for m in SALES} for row in flat["table"]},
                "differences": [_difference(d) for d in flat["differences"]],
                "groups": [GroupRow(*whom, sold) for whom, sold in groups.items()],
                "wish_v": _numbers(flat["wish_v"]),
                "won_v": {seller: _numbers(v) for seller, v in flat["won_v"].items()},
            }
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no results of sales ({error})") from None
        return TypeAdapter(cls).validate_python(read)


def _numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with NaN in the place of None."""
    return {name: math.nan if value is None else value for name, value in values.items()}


def _difference(flat: Mapping[str, Any]) -> Difference:
    known = _numbers(flat)
    return Difference(**{field.name: known[field.name] for field in fields(Difference)})


def _interval(row: Mapping[str, Any], name: str) -> tuple[float, float, float]:
    known = _numbers(row)
    return known[name], known[f"{name}_low"], known[f"{name}_high"]


def _flat(row: Mapping[str, tuple[float, float, float]]) -> dict[str, float]:
    """Return each measure with ``_low`` and ``_high``."""
    flat: dict[str, float] = {}
    for name, (mean, low, high) in row.items():
        flat |= {name: mean, f"{name}_low": low, f"{name}_high": high}
    return flat


class Outcome(StrEnum):
    """How a sales dialogue ends for the buyer; never by the seller's claim."""

    FITS = "accepted, fits"
    MISFIT = "accepted, does not fit"
    REFUSED = "refused"
    """The seller ended the talk, and nothing had been accepted."""
    WALKED_AWAY = "walked away"
    OUT_OF_TURNS = "out of turns"


def outcome_of(dialogue: Dialogue, fits: NDArray[np.bool_], domain: Domain) -> Outcome:
    """Return how a dialogue ended.

    Args:
        dialogue: of a buyer and a seller.
        fits: bool[targets], what this buyer is glad of in the end.
        domain: whose targets were offered.
    """
    taken = _taken(dialogue)
    if taken is not None and taken.item is not None:
        return Outcome.FITS if fits[domain.target_columns[taken.item]] else Outcome.MISFIT
    if dialogue.end is EndReason.USER_LEFT:
        return Outcome.WALKED_AWAY
    return Outcome.OUT_OF_TURNS if dialogue.end is EndReason.TURN_CAP else Outcome.REFUSED


def intent_won(dialogue: Dialogue, fits: NDArray[np.bool_], domain: Domain) -> str | None:
    """Return the intent in which something that fits was sold, the item's first kind if nobody named one; or None."""
    taken = _taken(dialogue)
    if taken is None or taken.item is None or outcome_of(dialogue, fits, domain) is not Outcome.FITS:
        return None
    kinds = domain.targets[domain.target_columns[taken.item]].kinds
    return taken.intent or next(iter(kinds), None)


def _taken(dialogue: Dialogue) -> Move | None:
    return next((move for move in reversed(list(_moves(dialogue.turns))) if move.act is Act.ACCEPT), None)


def sale_values(dialogue: Dialogue, fits: NDArray[np.bool_], domain: Domain) -> dict[str, float]:
    """Return measure to value of one dialogue; see ``SALES`` for what they are. NaN where one is not defined."""
    turns = dialogue.turns
    outcome = outcome_of(dialogue, fits, domain)
    sellers = [turn for turn in turns if turn.speaker is Speaker.AGENT]
    acts = [turn.move.act for turn in sellers if turn.move is not None]
    topics = [topic for turn in sellers if (topic := _topic(turn)) is not None]
    changes = sum(a != b for a, b in pairwise(topics))
    sold = outcome is Outcome.FITS
    return {
        "sold": float(sold),
        "misfit": float(outcome is Outcome.MISFIT),
        "refused": float(outcome is Outcome.REFUSED),
        "walked_away": float(outcome is Outcome.WALKED_AWAY),
        "out_of_turns": float(outcome is Outcome.OUT_OF_TURNS),
        "claimed": float(Act.HAND_OVER in acts),
        "turns": float(len(sellers)),
        "turns_if_sold": float(len(sellers)) if sold else np.nan,
        "questions": float(sum(bool(turn.asks) for turn in sellers)),
        "offers": float(acts.count(Act.OFFER)),
        "inquiries": float(sum(move.act is Act.INQUIRE for move in _moves(turns))),
        "continued": 1 - changes / (len(topics) - 1) if len(topics) > 1 else np.nan,
        "switches": float(changes) if topics else np.nan,
        "intents": float(len(set(topics))) if topics else np.nan,
        "regret": float(fits.any()) - float(sold),
        "resisted": np.nan if _taken(dialogue) else _resisted(turns),
        "pressing": float(sum(_presses(turns))),
        "strayed": float(sum(_strays(turns, domain))) if topics else np.nan,
        "pressure_words": float(sum(pressure_words(turn.text) for turn in sellers)),
        "invented": float(sum(_invented(turn, domain) for turn in sellers)),
    }


def _moves(turns: Sequence[Turn]) -> Iterator[Move]:
    return (turn.move for turn in turns if turn.move is not None)


def _resisted(turns: Sequence[Turn]) -> float:
    said = [turn.move.act for turn in turns[1:] if turn.speaker is Speaker.USER and turn.move is not None]
    return sum(act in {Act.REFUSE, Act.LEAVE} for act in said) / max(len(said), 1)


def _presses(turns: Sequence[Turn]) -> Iterator[bool]:
    """Yield for each turn but the first whether it offers right after a refusal."""
    acts = [turn.move.act if turn.move else None for turn in turns]
    return (after is Act.OFFER and before is Act.REFUSE for before, after in pairwise(acts))


def _strays(turns: Sequence[Turn], domain: Domain) -> Iterator[bool]:
    """Yield for each turn of the seller whether it leaves an intent that the buyer wants and has not refused."""
    wanted: set[str] = set()
    topic = None
    for turn in turns:
        wanted |= {facet for facet, value in turn.tells.items() if _is_last(domain, facet, value)}
        move = turn.move
        if move is None:
            continue
        if move.act is Act.REFUSE and move.intent is not None:
            wanted.discard(move.intent)
        new = _topic(turn)
        if turn.speaker is Speaker.AGENT and new is not None:
            yield new != topic and topic in wanted
            topic = new


def _topic(turn: Turn) -> str | None:
    """Return the intent that a turn is about; an answer to what the buyer asks back goes to no topic."""
    move = turn.move
    return None if move is None or move.act is Act.INFORM else move.intent


def _is_last(domain: Domain, facet: str, value: str) -> bool:
    known = domain.facets[domain.column(facet)]
    return code_of(known, value) == len(known.options) - 1


def _invented(turn: Turn, domain: Domain) -> bool:
    item = turn.move.item if turn.move is not None and turn.move.act is not Act.INFORM else None
    return item is not None and item not in domain.target_columns
