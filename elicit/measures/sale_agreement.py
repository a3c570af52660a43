"""How far what we read from logged sales dialogues agrees with what their logs say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from elicit.language import Decision
from elicit.measures.sale_logs import JudgedSale
from elicit.statistics import cohen_kappa, kendall_tau_b

NOT_COMPARABLE: Final = (
    "Nothing in these logs scores how pressing, persuasive or true to life a dialogue is, or marks what breaks a "
    "buyer's limits: our counts of pressing and of purchases within the limit are held against nothing."
)
_SEED: Final = 1
_TAKES: Final = frozenset({Decision.TAKES})
_OR_LATER: Final = _TAKES | {Decision.DEFERS}
_SALE: Final = "outcome: a sale"
_MARK: Final = "mark [ACCEPT]"


@dataclass(frozen=True)
class SaleAgreement:
    """How far one of our rules agrees with one thing that a log says.

    Attributes:
        theirs: what the log says.
        ours: what our rule reads from the words, the last ones for what is decided.
        measure: Cohen's kappa of two yes or no, Kendall's tau-b of two counts.
        dialogues: of which the log says it.
        value: of the measure; NaN where it is not defined.
        low: lower end of its 95 % interval over dialogues; NaN where there is none.
        high: upper end, likewise.
    """

    theirs: str
    ours: str
    measure: Literal["kappa", "tau-b"]
    dialogues: int
    value: float
    low: float
    high: float


def sale_agreement(judged: Sequence[JudgedSale]) -> list[SaleAgreement]:
    """Return the agreement with all that the logs say of what we judge too; what they do not say is left out."""
    return [
        *_decisions(judged, _SALE, lambda sale: sale.sold),
        *_decisions(judged, _MARK, lambda sale: sale.marked),
        *_turns([sale for sale in judged if sale.counted is not None]),
    ]


def _decisions(
    judged: Sequence[JudgedSale], theirs: str, label: Callable[[JudgedSale], bool | None]
) -> Iterator[SaleAgreement]:
    """Yield the agreement with a yes or no, once where putting off is no purchase, and once where it is one."""
    pairs = [(said, sale.decided) for sale in judged if (said := label(sale)) is not None]
    if not pairs:
        return
    for ours, kinds in (("takes", _TAKES), ("takes or defers", _OR_LATER)):
        found = cohen_kappa([said for said, _ in pairs], [kind in kinds for _, kind in pairs], seed=_SEED)
        yield SaleAgreement(theirs, ours, "kappa", len(pairs), *found)


def _turns(counted: Sequence[JudgedSale]) -> Iterator[SaleAgreement]:
    if counted:
        theirs = [sale.counted for sale in counted if sale.counted is not None]
        found = kendall_tau_b(theirs, [sale.turns for sale in counted], seed=_SEED)
        yield SaleAgreement("turns", "turns of the seller", "tau-b", len(counted), *found)
