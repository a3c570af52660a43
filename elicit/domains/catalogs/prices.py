"""Reads prices, and makes a column of prices one of plain numbers in one currency."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from elicit.basis import counted, listed
from elicit.domains.catalogs.amounts import amount, decimal_comma, plain

_CODES: Final = (
    "USD|EUR|GBP|CHF|CAD|AUD|NZD|JPY|CNY|RMB|INR|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY|RUB|UAH|ILS|AED|SAR|ZAR|BRL|MXN"
    "|ARS|CLP|COP|PEN|KRW|TWD|HKD|SGD|MYR|THB|IDR|PHP|VND|EGP|NGN|KES|PKR"
)
_WORDS: Final = rf"(?:{_CODES}|euros?|dollars?|zł|kč|kr|fr|rs)"
_SIGNS: Final = r"(?:(?:US|CA|C|AU|A|NZ|HK|S|R|MX)?\$|[€£¥₹₩₽₺₫₴₪฿])"
_CURRENCY: Final = rf"(?:{_SIGNS}|(?<![a-z]){_WORDS}(?![a-z])\.?)"
_NUMBER: Final = r"(?:\d+(?:[.,'’ \u00a0\u2009\u202f]\d+)*|\.\d+)"
_PRICE: Final = re.compile(
    rf"""(?:(?:from|ab|only|now|price:?|starting\ (?:at|from)|starts\ at|as\ low\ as|approx\.?|about|ca\.|~)\s*)?
    (?P<before>{_CURRENCY})?\s*(?P<number>{_NUMBER})(?:[.,](?:-{{1,2}}|–|—))?\s*(?P<after>{_CURRENCY})?
    (?:\s*(?:-|–|—|\bto\b|\bbis\b)\s*{_CURRENCY}?\s*{_NUMBER}\s*(?P<last>{_CURRENCY})?)?
    \s*(?:\*|\+|each|(?:/|per)\s*(?:each|ea\.?|pc\.?|pcs|piece|item|unit)|\(?(?:incl|excl|inkl|zzgl|plus)\b.*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_FLOAT: Final = re.compile(r"\d+(?:\.\d+)?[eE][+-]?\d{1,2}")
_SAME: Final = {
    **{"$": "USD", "US$": "USD", "DOLLAR": "USD", "DOLLARS": "USD", "€": "EUR", "EURO": "EUR", "EUROS": "EUR"},
    **{"£": "GBP", "¥": "JPY", "₹": "INR", "RS": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "ZŁ": "PLN", "KČ": "CZK"},
    **{"C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "R$": "BRL", "RMB": "CNY", "FR": "CHF"},
}
"""Signs and words of the same currency as a code."""
_CALLED: Final = re.compile(
    rf"(?:[\W_]+(?:in[\W_]+)?|(?-i:(?<=[a-z])(?=[A-Z])))({_SIGNS}|{_WORDS})[\W_]*$", re.IGNORECASE
)
MONEY: Final = rf"(?i)^[^\d]*{_SIGNS}|{_SIGNS}[^\d]*$|^{_WORDS}[^a-z]|[^a-z]{_WORDS}$"
"""Pattern of cells, for Arrow, that begin or end with a currency."""


@dataclass(frozen=True)
class Price:
    """What a text says of a price.

    Attributes:
        amount: the number; of a range the lower end.
        currency: as written; empty = none.
    """

    amount: Decimal
    currency: str = ""


@dataclass(frozen=True)
class Prices:
    """A column of prices in one currency.

    Attributes:
        cells: Arrow column of plain numbers as text, null where there is no price.
        currency: as most cells write it; empty = none does.
        foreign: each other currency, as most cells write it, with its number of cells; the most frequent first.
        unread: number of cells that say something that is no price.
    """

    cells: Any
    currency: str
    foreign: Mapping[str, int]
    unread: int

    def notes(self, name: str) -> tuple[str, ...]:
        """Say what became silent."""
        said = []
        if self.foreign:
            prices = counted(sum(self.foreign.values()), "price")
            each = listed([f"{count:,} in {currency}" for currency, count in self.foreign.items()])
            said.append(f"{prices} in '{name}' of another currency than {self.currency} left out: {each}.")
        if self.unread:
            said.append(f"{counted(self.unread, 'cell')} of '{name}' that can be read as no price left out.")
        return tuple(said)


def parse_price(text: str, comma: bool | None = None) -> Price | None:
    """Read a price such as ``$1,199.99``, ``1.199,00 €``, ``EUR 12`` or ``from 10``; None if it is none.

    Args:
        text: what is written; of a range the lower end is taken.
        comma: how the column writes decimals; see :func:`decimal_comma`.
    """
    text = text.strip()
    if _FLOAT.fullmatch(text):
        return Price(Decimal(text))
    found = _PRICE.fullmatch(text)
    if found is None:
        return None
    currency = (found["before"] or found["after"] or found["last"] or "").rstrip(".")
    if comma is None and currency:
        # Nobody writes money with three decimals.
        comma = bool(re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", found["number"]))
    number = amount(found["number"], comma)
    return None if number is None else Price(number, currency)


def currency_called(name: str) -> tuple[str, str]:
    """Return the name of a column without the currency at its end ("price_usd", "Price in €"), and that currency.

    Where there is none, the whole name and nothing.
    """
    found = _CALLED.search(name)
    if found is None:
        return name, ""
    code = found[1].upper()
    return name[: found.start()], code if code in _CODES.split("|") else found[1]


def read_prices(column: Any, currencies: Any = None, called: str = "") -> Prices:
    """Read a column of prices.

    Args:
        column: Arrow column of text.
        currencies: Arrow column of text that names the currencies of prices that do not; None = there is none.
        called: currency of prices that are still without one.
    """
    comma = decimal_comma(column)
    words = column.combine_chunks().dictionary_encode()
    parsed = [parse_price(word, comma) for word in words.dictionary.to_pylist()]
    amounts = pa.array([None if p is None else plain(p.amount) for p in parsed], pa.string())
    cells = pc.take(amounts, words.indices)
    place = words.indices.fill_null(-1).to_numpy()
    written = np.array([*("" if p is None else p.currency for p in parsed), ""], dtype=object)[place]
    if currencies is not None:
        named = np.array(currencies.fill_null("").to_pylist(), dtype=object)
        written = np.where(written == "", named, written)
    written = np.where(written == "", called, written)
    priced = cells.is_valid().to_numpy(zero_copy_only=False)
    codes, counts = _currencies(written[priced])
    currency, *others = counts or [""]
    foreign = priced & np.array([codes.get(w, currency) != currency for w in written.tolist()], dtype=np.bool_)
    kept = pc.if_else(pa.array(foreign), pa.scalar(None, pa.string()), cells)
    unread = int(((place >= 0) & ~priced).sum())
    return Prices(pa.chunked_array([kept]), currency, {other: counts[other] for other in others}, unread)


def _currencies(written: NDArray[np.object_]) -> tuple[dict[str, str], dict[str, int]]:
    """Return each spelling with the usual one of its currency, and the number of prices of each, most frequent first.

    Of equally frequent ones that which comes first in the column is the first.
    """
    spellings = Counter(w for w in written.tolist() if w)
    usual: dict[str, str] = {}
    for spelling, _ in spellings.most_common():
        usual.setdefault(_code(spelling), spelling)
    times = Counter[str]()
    for spelling, count in spellings.items():
        times[usual[_code(spelling)]] += count
    return {spelling: usual[_code(spelling)] for spelling in spellings}, dict(times.most_common())


def _code(spelling: str) -> str:
    return _SAME.get(spelling.upper(), spelling.upper())
