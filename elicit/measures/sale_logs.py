"""Sales dialogues that others logged, judged by what the buyer says and not by what their outcome claims."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from elicit.basis import InputError, read_text
from elicit.domains.tables import read_table
from elicit.language import Decision, decision, pressure_words

_MARK: Final = re.compile(r"\**\[[A-Z_]+\]\**")
"""What a simulated buyer was told to write when it ends the talk; whoever reads the words must not see it."""
_ACCEPTS: Final = "[ACCEPT]"
_SALES: Final = frozenset({"accepted", "donated"})
"""Outcomes that claim a sale."""
_PRICE: Final = re.compile(r"\$\s?(\d[\d,]*(?:\.\d+)?)")
_BUYER, _SELLER = "Shopper", "Salesperson"
_SPOKEN, _PEOPLE = "full_dialog.csv", "full_info.csv"
_ASKED: Final = 1
"""Role of the one who is asked for a donation."""
_RECOMMENDS: Final = "Recommend"


@dataclass(frozen=True)
class LoggedSale:
    """A dialogue as somebody else logged it.

    Attributes:
        claimed: the outcome that the log names.
        marked: whether a turn of the buyer holds the mark that accepts; None = buyers of this log set no marks.
        counted: turns that the log counts; None = it counts none.
        buyer: turns of the buyer, without marks.
        seller: turns of the seller, beside what it was doing if the log says so.
        limit: what the buyer may spend at most; None = not said as a number.
    """

    claimed: str
    marked: bool | None
    counted: int | None
    buyer: tuple[str, ...]
    seller: tuple[tuple[str, str], ...]
    limit: float | None


@dataclass(frozen=True)
class JudgedSale:
    """What words say of a logged dialogue.

    Attributes:
        claimed: the outcome that the log names.
        sold: whether that outcome is a sale.
        marked: whether the buyer set the mark that accepts; None = nobody does in this log.
        counted: turns that the log counts; None = it counts none.
        decided: what the buyer's last words decide.
        said: what each turn of the buyer decides.
        pressing: recommendations right after a refusal.
        pressure: pressing phrases of the seller.
        turns: of the seller.
        affordable: whether the last prices that were named before a purchase are within the buyer's limit; None where
            there was no purchase, no limit, no price, or prices on both sides of it.
    """

    claimed: str
    sold: bool
    marked: bool | None
    counted: int | None
    decided: Decision
    said: tuple[Decision, ...]
    pressing: int
    pressure: int
    turns: int
    affordable: bool | None


def read_sale_logs(path: Path) -> list[LoggedSale]:
    """Read logged dialogues: a file of SalesSim (``example-dialogues.json``), or the folder of PersuasionForGood.

    In PersuasionForGood the one who is asked for a donation is the buyer; what is claimed is whether money was given.

    Raises:
        InputError: neither of them; names the dialogue, or the file and the column.
    """
    return _persuasion(path) if path.is_dir() else _sales_sim(path)


def _persuasion(folder: Path) -> list[LoggedSale]:
    spoken = read_table(folder / _SPOKEN)
    people = read_table(folder / _PEOPLE)
    rows = (people.text("B2").to_pylist(), people.numbers("B4").tolist(), people.numbers("B6").tolist())
    given = {name: money for name, role, money in zip(*rows, strict=True) if role == _ASKED}
    turns: dict[str, tuple[list[str], list[str]]] = {}
    said = (spoken.text("B2").to_pylist(), spoken.numbers("B4").tolist(), spoken.text("Unit").to_pylist())
    for name, role, text in zip(*said, strict=True):
        turns.setdefault(name, ([], []))[role == _ASKED].append(text or "")
    return [
        LoggedSale(
            claimed="donated" if given.get(name, 0) > 0 else "did not donate",
            marked=None,
            counted=None,
            buyer=tuple(buyer),
            seller=tuple((text, "") for text in seller),
            limit=None,
        )
        for name, (seller, buyer) in turns.items()
    ]


def _sales_sim(path: Path) -> list[LoggedSale]:
    try:
        records = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON ({error.msg})", where=f"{path}:{error.lineno}") from None
    if not isinstance(records, list):
        raise InputError("not a list of dialogues", where=str(path))
    return [_logged(record, f"{path}, dialogue {number}") for number, record in enumerate(records, start=1)]


def _logged(record: Any, where: str) -> LoggedSale:
    try:
        turns = ast.literal_eval(record["conversation"])
        wishes = ast.literal_eval(record["shopper_preferences"])
        said = [turn["text"] for turn in turns if turn["speaker"] == _BUYER]
        counted = record.get("total_turns")
        return LoggedSale(
            claimed=str(record["outcome"]),
            marked=any(_ACCEPTS in text for text in said),
            counted=None if counted is None else int(counted),
            buyer=tuple(_MARK.sub("", text).strip() for text in said),
            seller=tuple((turn["text"], str(turn.get("action"))) for turn in turns if turn["speaker"] == _SELLER),
            limit=_limit(wishes),
        )
    except (KeyError, TypeError, ValueError, SyntaxError) as error:
        raise InputError(f"not a logged dialogue ({type(error).__name__}: {error})", where=where) from None


def _limit(wishes: Mapping[str, str]) -> float | None:
    """Return the highest price in what a buyer says of its budget."""
    said = " ".join(str(value) for question, value in wishes.items() if re.search("budget|deal", question, re.I))
    prices = _prices(said)
    return max(prices) if prices else None


def _prices(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in _PRICE.findall(text)]


def judge_sale(sale: LoggedSale) -> JudgedSale:
    """Judge a dialogue by its words."""
    decided = [decision(text) for text in sale.buyer]
    actions = [action for _, action in sale.seller]
    # The seller speaks first, so its turn n + 1 answers the buyer's turn n.
    pressed = sum(
        said is Decision.REFUSES and action == _RECOMMENDS for said, action in zip(decided, actions[1:], strict=False)
    )
    last = decided[-1] if decided else Decision.OPEN
    return JudgedSale(
        claimed=sale.claimed,
        sold=sale.claimed in _SALES,
        marked=sale.marked,
        counted=sale.counted,
        decided=last,
        said=tuple(decided),
        pressing=pressed,
        pressure=sum(pressure_words(text) for text, _ in sale.seller),
        turns=len(sale.seller),
        affordable=_affordable(sale) if last is Decision.TAKES else None,
    )


def _affordable(sale: LoggedSale) -> bool | None:
    named = next((prices for text, _ in reversed(sale.seller) if (prices := _prices(text))), [])
    if sale.limit is None or not named:
        return None
    within = {price <= sale.limit for price in named}
    return within.pop() if len(within) == 1 else None
