"""Shoppers who said what they want in answers to questions of their own: read, understood, and what would fit them."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, read_text
from elicit.dialogues import code_of
from elicit.domains import SILENT, Codes, Kind
from elicit.funnels.stock import Stock
from elicit.language import Heard, WordUnderstanding
from elicit.language.quantities import quantities
from elicit.language.spelling import plain
from elicit.profiles import Wishes

_BREAKER: Final = re.compile(r"deal.?breaker", re.IGNORECASE)
_SUM: Final = re.compile(r"[$€£]\s?(\d[\d,]*(?:\.\d+)?)")
_OPEN_ENDED: Final = re.compile(_SUM.pattern + r"\s*\+")
_MARK: Final = "\ufeff"
"""Spreadsheets and editors put it before UTF-8."""
_OR: Final = re.compile(r"\s+or\s+|\s*/\s*|\s*,\s*(?:or\s+)?")


@dataclass(frozen=True)
class Shopper:
    """Somebody who wants one thing of a catalog.

    Attributes:
        id: unique.
        answers: question to answer, in their own words.
    """

    id: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Want:
    """What one answer says that somebody wants.

    Attributes:
        column: of the facet.
        code: what the shopper would answer if asked for it.
        fits: bool[items], which items meet it; those of which the catalog does not say do.
        breaks: whether an item that does not is out of the question.
    """

    column: int
    code: int
    fits: NDArray[np.bool_]
    breaks: bool


@dataclass(frozen=True)
class Wanted:
    """What shoppers want, as far as it is understood and the catalog can tell.

    Attributes:
        codes: int8[shoppers, facets]; −2 where nothing was said.
        wishes: which items fit, what share of the wants each meets, and what breaks the deal.
        understood: float[shoppers], share of the answers in which a want was found.
    """

    codes: Codes
    wishes: Wishes
    understood: NDArray[np.float64]


def read_shoppers(path: Path) -> list[Shopper]:
    """Read shoppers: a JSON object a line, question to answer; what is no text is left out.

    Raises:
        InputError: no such file, no shopper, or a line that is no such object (``file:line``).
    """
    lines = enumerate(read_text(path).removeprefix(_MARK).split("\n"), start=1)
    found = [Shopper(f"{path.stem}:{n}", _answers(line, f"{path}:{n}")) for n, line in lines if line.strip()]
    if not found:
        raise InputError("there is no shopper", where=str(path))
    return found


def _answers(line: str, where: str) -> dict[str, str]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON ({error.msg})", where=where) from None
    if not isinstance(record, dict):
        raise InputError("not an object of questions and answers", where=where)
    answers = {question: answer for question, answer in record.items() if isinstance(answer, str) and answer.strip()}
    if not answers:
        raise InputError("no question is answered in words", where=where, remedy="Leave the line out")
    return answers


def wanted_by(stock: Stock, shoppers: Sequence[Shopper], understanding: WordUnderstanding) -> Wanted:
    """Return what shoppers want.

    An item fits that meets every want. One that costs more than the highest sum that was named is out of the question,
    and so is one that misses a want that was called a deal-breaker.
    """
    said = [[list(_wants(stock, understanding, *pair)) for pair in shopper.answers.items()] for shopper in shoppers]
    each = [_first_of_each([want for wants in answers for want in wants]) for answers in said]
    codes = np.full((len(shoppers), len(stock.domain.facets)), SILENT, dtype=np.int8)
    for row, wants in enumerate(each):
        for want in wants:
            codes[row, want.column] = want.code
    nothing = np.ones((1, len(stock)), dtype=np.bool_)
    met = [np.stack([want.fits for want in wants]) if wants else nothing for wants in each]
    breaking = [[~want.fits for want in wants if want.breaks] or [~nothing[0]] for wants in each]
    return Wanted(
        codes,
        Wishes(
            fits=np.stack([fits.all(axis=0) for fits in met]),
            appeal=np.stack([fits.mean(axis=0) for fits in met]).astype(np.float32),
            barred=np.stack([np.any(misses, axis=0) for misses in breaking]),
        ),
        np.array([np.mean([bool(wants) for wants in answers]) if answers else 0.0 for answers in said]),
    )


def _first_of_each(wants: Sequence[Want]) -> list[Want]:
    """Return one want a facet: what breaks the deal, of several what leaves least; else what was said first."""
    ranked = sorted(wants, key=lambda want: (not want.breaks, want.breaks and int(want.fits.sum())))
    return list({want.column: want for want in reversed(ranked)}.values())


def _wants(stock: Stock, understanding: WordUnderstanding, question: str, answer: str) -> Iterator[Want]:
    breaks = bool(_BREAKER.search(question))
    asked = understanding.asked_for(question) or (understanding.asked_for(answer) if breaks else ())
    sums = _SUM.findall(answer)
    if sums and stock.ceilings and (breaks or stock.ceilings & set(asked)):
        yield _within(stock, max(float(money.replace(",", "")) for money in sums), answer)
    for facet in asked:
        if facet not in stock.ceilings and (codes := _accepted(stock, understanding, facet, answer)):
            column = stock.domain.column(facet)
            fits = np.isin(stock.codes[:, column], codes) | (stock.codes[:, column] < 0)
            yield Want(column, codes[0], fits, breaks)


def _within(stock: Stock, most: float, answer: str) -> Want:
    """Return the want to pay no more than a sum; "$4000+" is the last bin and no limit."""
    column = stock.domain.column(min(stock.ceilings))
    open_ended = _OPEN_ENDED.search(answer) is not None
    prices = np.array([math.nan if t.price is None else t.price for t in stock.domain.targets])
    code = bisect_left(stock.domain.facets[column].cuts, most)
    return Want(column, code, np.isnan(prices) | (prices <= most) | open_ended, breaks=not open_ended)


def _accepted(stock: Stock, understanding: WordUnderstanding, facet: str, answer: str) -> list[int]:
    """Return the codes that an answer accepts, what it names first before the others; none if it is not understood."""
    column = stock.domain.column(facet)
    known = stock.domain.facets[column]
    if known.kind is Kind.NUMBER:
        return _bins(known.cuts, answer)
    parts = dict.fromkeys((answer, *_OR.split(answer)))
    values = [understanding.told(Heard(part, (facet,)))[facet] for part in parts]
    codes = [code_of(known, value) for value in dict.fromkeys(values)]
    # Who does not want a feature does not mind it either.
    least = 1 if known.is_yes_no else 0
    return [code for code in codes if code >= least]


def _bins(cuts: Sequence[float], answer: str) -> list[int]:
    """Return the bins of the first number or range in an answer, that of its middle first."""
    found = quantities(plain(answer))
    if not found:
        return []
    low, high = found[0].low, found[0].high
    first = 0 if math.isinf(low) else bisect_left(cuts, math.nextafter(low, math.inf) if found[0].beyond else low)
    last = len(cuts) if math.isinf(high) else bisect_left(cuts, high)
    middle = found[0].bin(cuts)
    return [middle, *(code for code in range(first, last + 1) if code != middle)]
