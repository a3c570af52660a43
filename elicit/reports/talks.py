"""What a person sees of a simulation: sentences, a table for the terminal, one self-contained page."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from elicit.basis import write_text
from elicit.dialogues import EndReason, Fault
from elicit.measures import FINISHED, TalkResults
from elicit.reports.findings import INVENTED
from elicit.reports.numbers import Scale
from elicit.reports.page import template
from elicit.reports.talk_views import MARKS, Shelf, shown_in_words

_ENDS: Final = {
    EndReason.BUDGET: "As many questions were answered as were allowed.",
    EndReason.NO_QUESTIONS_LEFT: "Everything had been asked.",
    EndReason.NO_GAIN_LEFT: "No question was expected to tell anything.",
    EndReason.BELOW_COST: "The best question was worth less than it costs to ask.",
    EndReason.TWO_UNKNOWN_IN_BRANCH: "Nothing more was known in any branch.",
    EndReason.PERSON_STOPPED: "The person did not want to go on.",
    EndReason.TURN_CAP: "The agent had as many turns as it may have.",
    EndReason.AGENT_DONE: "The agent said that it was done.",
    EndReason.USER_DONE: "The user agreed, and the agent acted.",
    EndReason.USER_LEFT: "The user left.",
    EndReason.USER_EMPTY: "The user said nothing, twice: a failure of the simulation, left out of the figures.",
}
_STATUSES: Final = {
    FINISHED: "Neither side nor a model failed; they count.",
    Fault.AGENT.value: "The agent failed; they count as 0, and in bits as if nobody had asked.",
    Fault.USER.value: "The simulated person failed; they are left out of the figures.",
    Fault.MODEL.value: "A model refused or could not handle a request; they are left out.",
    Fault.TRANSPORT.value: "The way to a model failed; they are left out.",
}


def talk_findings(results: TalkResults) -> list[str]:
    """Return what was found as sentences."""
    failed = results.planned - results.statuses[FINISHED]
    sentences = [
        f"{results.statuses[FINISHED]:,} finished + {failed:,} failed = {results.planned:,} planned dialogues."
    ]
    if own := results.statuses.get("agent", 0):
        sentences.append(
            f"{own:,} failed by the agent's own fault; they count as dialogues in which nothing was learned."
        )
    if left_out := results.planned - results.counted:
        sentences.append(
            f"{left_out:,} failed by the user, a model or the way to it; they are left out of the figures."
        )
    if {"learned", "questions"} <= results.values.keys():
        learned, questions = results.values["learned"][0], results.values["questions"][0]
        sentences.append(f"On average {questions:.1f} questions brought values of {learned:.1f} facets.")
    if "ndcg" in results.values:
        interval = results.values["ndcg"]
        scale = Scale.of([interval])
        fit = f"{scale.number(interval[0])} {scale.ends(interval)}"
        sentences.append(f"The ten that the common reader recommends after the dialogue fit with NDCG@10 {fit}.")
    if calls := sum(used.calls for used in results.usage.values()):
        cached, money = (sum(getattr(u, name) for u in results.usage.values()) for name in ("cached", "money"))
        sentences.append(f"{calls:,} calls of models, {cached / calls:.0%} answered from the cache, cost {money:,.4f}.")
    return sentences


def print_talks(results: TalkResults, console: Console) -> None:
    """Print findings and figures."""
    title = f"{results.title} · {results.domain} · {results.agent} with {results.user}, {results.condition}"
    console.print(Text(title, style="bold"))
    for sentence in [*talk_findings(results), *results.notes]:
        console.print(Text(f"- {sentence}"))
    if not results.values:
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("measure", "mean", "95 % interval"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for measure in results.measures:
        if measure.name in results.values:
            interval = results.values[measure.name]
            scale = Scale.of([interval])
            unit = f", {measure.unit}" if measure.unit else ""
            table.add_row(f"{measure.title}{unit}", scale.number(interval[0]), scale.ends(interval))
    console.print()
    console.print(table)


def write_talks_report(results: TalkResults, folder: Path) -> Path:
    """Write ``report.html`` of a run folder, whole or not at all.

    Returns:
        the path of the page.
    """
    page = folder / "report.html"
    write_text(page, _page(results, folder))
    return page


def _page(results: TalkResults, folder: Path) -> str:
    views = Shelf(folder, f"Write it again: elicit simulate … --resume {folder}").views()
    script = Path(__file__).with_name("filter.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    failed = sum(number for status, number in results.statuses.items() if status != FINISHED)
    return template("talks.html.jinja").render(
        results=results,
        findings=talk_findings(results),
        invented=INVENTED if results.invented else "",
        scales={name: Scale.of([interval]) for name, interval in results.values.items()},
        status_rows=[(status, number, _STATUSES[status]) for status, number in results.statuses.items()],
        usage={side.value: used for side, used in results.usage.items() if used.calls},
        ends=[(end, number, _meaning(end)) for end, number in results.ends.items()],
        talks=views,
        shown=shown_in_words(views, results.statuses[FINISHED], failed),
        statuses=sorted({view.status for view in views}),
        shown_ends=sorted({view.end for view in views}),
        events=[kind.value for kind in MARKS if any(kind.value in view.events for view in views)],
        meanings={kind.value: meaning for kind, meaning in MARKS.items()},
        script=script,
        script_hash=f"sha256-{digest}",
    )


def _meaning(end: str) -> str:
    return _ENDS[EndReason(end)] if end in {e.value for e in EndReason} else "A failure; see the dialogues."
