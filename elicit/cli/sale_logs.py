"""``elicit sale-logs``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from elicit.cli.output import Flag, console, plain_table, print_json
from elicit.language import Decision
from elicit.measures import (
    NOT_COMPARABLE,
    JudgedSale,
    SaleAgreement,
    judge_sale,
    read_sale_logs,
    sale_agreement,
)
from elicit.reports import Scale


def sale_logs(file: Path, /, *, json: Flag = False) -> None:
    """Judge logged sales dialogues by what the buyer says, beside the outcome that the log claims.

    Parameters
    ----------
    file
        Dialogues of SalesSim (example-dialogues.json), or the folder of PersuasionForGood.
    json
        Print one JSON object instead of tables.
    """
    judged = [judge_sale(sale) for sale in read_sale_logs(file)]
    agreement = sale_agreement(judged)
    if json:
        agreed = [asdict(each) for each in agreement]
        print_json({"dialogues": [asdict(s) for s in judged], "agreement": agreed, "not_comparable": NOT_COMPARABLE})
        return
    out = console()
    out.print(f"{len(judged)} dialogues: what the log claims, and what the buyer's last words decide", style="bold")
    out.print(_outcomes(judged))
    out.print("Of the turns that buyers speak, by what the log claims", style="bold")
    out.print(_resistance(judged))
    known = [sale.affordable for sale in judged if sale.affordable is not None]
    turns = sum(sale.turns for sale in judged)
    if known:
        out.print(f"Purchases whose price is known to be within the buyer's limit: {sum(known)} of {len(known)}.")
    out.print(
        f"Of the sellers' {turns:,} turns {sum(sale.pressing for sale in judged)} recommend right after a refusal; "
        f"they hold {sum(sale.pressure for sale in judged)} pressing phrases."
    )
    out.print("What the log says (theirs) beside what our rules read from the words (ours)", style="bold")
    out.print(_agreement(agreement))
    out.print(NOT_COMPARABLE)
    out.print("Read by short lists of phrases: what they do not hold is not seen.", style="dim")


def _outcomes(judged: list[JudgedSale]) -> Table:
    rows = []
    for claimed in dict.fromkeys(sale.claimed for sale in judged):
        own = [sale.decided for sale in judged if sale.claimed == claimed]
        rows.append([claimed, *(str(own.count(kind)) for kind in Decision), str(len(own))])
    return plain_table(["claimed", *Decision, "in all"], rows)


def _resistance(judged: list[JudgedSale]) -> Table:
    rows = []
    for claimed in dict.fromkeys(sale.claimed for sale in judged):
        own = [sale for sale in judged if sale.claimed == claimed]
        said = [kind for sale in own for kind in sale.said]
        shares = [
            f"{said.count(kind) / max(len(said), 1):.1%}"
            for kind in (Decision.REFUSES, Decision.DEFERS, Decision.LEAVES)
        ]
        rows.append([claimed, f"{len(said):,}", f"{len(said) / len(own):.1f}", *shares])
    return plain_table(["claimed", "turns", "turns a dialogue", "refuse", "defer", "leave"], rows)


def _agreement(agreement: list[SaleAgreement]) -> Table:
    rows = []
    for each in agreement:
        interval = (each.value, each.low, each.high)
        scale = Scale.of([interval])
        shown = f"{scale.number(each.value)} {scale.ends(interval)}"
        rows.append([each.theirs, each.ours, f"{each.dialogues:,}", each.measure, shown])
    return plain_table(["theirs", "ours", "dialogues", "measure", "agreement [95 %]"], rows)
