"""Reads Products in the words of schema.org, from JSON-LD or from the scripts of a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from elicit.basis import InputError
from elicit.domains.catalogs.catalog import Rows
from elicit.domains.catalogs.files import text_encoding
from elicit.domains.catalogs.json_text import decode, without_comments
from elicit.domains.catalogs.prices import parse_price
from elicit.domains.catalogs.records import Records

FORMAT: Final = "schema.org Products (JSON-LD)"

_PRODUCTS: Final = {"Product", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle", "Car"}
_ABOVE: Final = ("@graph", "itemListElement", "item", "mainEntity", "hasVariant", "itemOffered")
"""Keys under which Products lie in other things."""
_LEFT_OUT: Final = {"offers", "additionalProperty", "aggregateRating", "review", "reviews", "isVariantOf", *_ABOVE}
_UNITS: Final = {
    **{"KGM": "kg", "GRM": "g", "LBR": "lb", "ONZ": "oz", "MMT": "mm", "CMT": "cm", "MTR": "m", "INH": "inch"},
    **{"FOT": "ft", "LTR": "l", "MLT": "ml", "WTT": "W", "KWT": "kW", "VLT": "V", "HTZ": "Hz", "P1": "%", "HUR": "h"},
    **{"MIN": "min", "MON": "months", "ANN": "years", "E34": "GB", "4L": "MB", "E35": "TB"},
}
"""Codes of units that schema.org takes from UN/CEFACT."""
_SCRIPT: Final = "application/ld+json"


def read_page(path: Path) -> Rows:
    """Read the Products in the scripts of a page; a script that is no JSON is skipped.

    Raises:
        InputError: not UTF-8, no Product.
    """
    scripts = _Scripts()
    scripts.feed(path.read_text(encoding=text_encoding(path)))
    scripts.close()
    records = Records(str(path), lined=True)
    for line, text in scripts.found:
        try:
            document = decode(without_comments(text).strip())
        except json.JSONDecodeError as error:
            records.skip(line + error.lineno - 1, f"a script that is no JSON: {error.msg}")
        else:
            take_products(records, document, line)
    rows = records.rows(f"{FORMAT} in a page")
    if not len(rows) and not rows.skipped:
        raise InputError("the page holds no Product", where=str(path), remedy=f"Products lie in {_SCRIPT} scripts")
    return rows


def is_linked(record: Any) -> bool:
    """Whether a record of JSON is said in the words of schema.org."""
    return isinstance(record, dict) and not record.keys().isdisjoint({"@type", "@graph", "@context"})


def take_products(records: Records, document: Any, number: int = 0) -> None:
    """Take in every Product of a document.

    Args:
        records: where they go.
        document: decoded JSON.
        number: of each in ``records``; unless said, they are counted.
    """
    known = {node["@id"]: node for node in _nodes(document) if isinstance(node.get("@id"), str) and len(node) > 1}
    found = (node for node in _nodes(document) if _types(node) & _PRODUCTS)
    for count, node in enumerate(found, start=1):
        offers = list(_offers(_resolved(node.get("offers"), known)))
        if len({offer["price"] for offer in offers}) > 1:
            records.note("Of several offers of an item the lowest price was taken.")
        records.take(number or count, _product(node, offers, known))


class _Scripts(HTMLParser):
    """Collects the scripts of linked data in a page, each with the line it begins at."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("type") or ""
        self._inside = tag == "script" and kind.partition(";")[0].strip().casefold() == _SCRIPT

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            line = self.getpos()[0] + data.count("\n", 0, len(data) - len(data.lstrip()))
            self.found.append((line, data))
        self._inside = False

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


def _nodes(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the things of a document, from the outside to the inside."""
    waiting = [document]
    while waiting:
        thing = waiting.pop(0)
        if isinstance(thing, list):
            waiting = thing + waiting
        elif isinstance(thing, dict):
            yield thing
            waiting = [thing[key] for key in _ABOVE if key in thing] + waiting


def _types(node: Mapping[str, Any]) -> set[str]:
    given = node.get("@type")
    types = given if isinstance(given, list) else [given]
    return {_word(name).removeprefix("schema:") for name in types if isinstance(name, str)}


def _word(text: str) -> str:
    """Return a word of schema.org without its address."""
    return re.sub(r"^https?://schema\.org/", "", text)


def _resolved(value: Any, known: Mapping[str, Any]) -> Any:
    """Return a thing where only its address is given."""
    if isinstance(value, list):
        return [_resolved(part, known) for part in value]
    if isinstance(value, dict) and set(value) == {"@id"}:
        return known.get(value["@id"], value)
    return value


def _product(node: Mapping[str, Any], offers: Sequence[dict[str, str]], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Product as a record of one level."""
    item = {
        key: _plain(_resolved(value, known))
        for key, value in node.items()
        if not key.startswith("@") and key not in _LEFT_OUT
    }
    for name, value in _properties(node.get("additionalProperty")):
        item.setdefault(name, value)
    rating = node.get("aggregateRating")
    if isinstance(rating, dict) and "ratingValue" in rating:
        item["rating"] = rating["ratingValue"]
    if offers:
        cheapest: Mapping[str, str] = min(offers, key=_cost)
        item |= cheapest
    return item


def _plain(value: Any) -> Any:
    """Return the name, the address or the amount of a thing, and everything else as it is."""
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str):
        return _word(value)
    if not isinstance(value, dict):
        return value
    if "value" in value:
        return _measured(value)
    simple = next((value[key] for key in ("@value", "name", "url", "@id") if isinstance(value.get(key), str)), None)
    return value if simple is None else simple


def _measured(thing: Mapping[str, Any]) -> Any:
    value, code = thing["value"], thing.get("unitCode")
    unit = thing.get("unitText") or (_UNITS.get(code, code) if isinstance(code, str) else "")
    return f"{value} {unit}" if unit and isinstance(value, str) else _plain(value)


def _properties(given: Any) -> Iterator[tuple[str, Any]]:
    """Yield names and values; a name that comes again has a list of values."""
    found: dict[str, list[Any]] = {}
    for thing in given if isinstance(given, list) else [given]:
        if isinstance(thing, dict) and isinstance(thing.get("name"), str) and "value" in thing:
            found.setdefault(thing["name"], []).append(_measured(thing))
    yield from ((name, values[0] if len(values) == 1 else values) for name, values in found.items())


def _offers(given: Any) -> Iterator[dict[str, str]]:
    """Yield price, currency and availability of each offer that has a price."""
    for offer in given if isinstance(given, list) else [given]:
        if not isinstance(offer, dict):
            continue
        specified = offer.get("priceSpecification")
        specified = specified[0] if isinstance(specified, list) and specified else specified
        told = {**(specified if isinstance(specified, dict) else {}), **offer}
        price = told.get("price", told.get("lowPrice"))
        if isinstance(price, str):
            parts = {"price": price, "currency": told.get("priceCurrency"), "availability": told.get("availability")}
            yield {key: _word(part) for key, part in parts.items() if isinstance(part, str)}
        yield from _offers(offer.get("offers"))


def _cost(offer: Mapping[str, str]) -> Decimal:
    price = parse_price(offer["price"])
    return Decimal("Infinity") if price is None else price.amount
