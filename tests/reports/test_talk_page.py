"""The page of a simulation: what is on it, what is not run by it, and how much of a large run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from elicit.dialogues import Dialogue, EndReason, Event, EventKind, Failure, Fault, Message, Speaker, Turn, Usage
from elicit.domains import Facet
from elicit.measures import TALKS, TalkResults
from elicit.reports import talk_findings, write_talks_report

HOSTILE = "</script><script>alert(1)</script> \" ' & <b onclick=x> \u202e {{ 7 * 7 }}"
FACET = Facet(id="tea", label=f"tea {HOSTILE}")


def results(planned: int = 3, **changes: object) -> TalkResults:
    fields: dict[str, object] = {
        "title": f"Talk {HOSTILE}",
        "domain": "Tea",
        "invented": True,
        "agent": "static",
        "user": "rule",
        "condition": "truthful",
        "planned": planned,
        "statuses": {"finished": planned - 1, "agent": 1, "user": 0, "model": 0, "transport": 0},
        "ends": {"budget": planned - 1, "raised": 1},
        "counted": planned,
        "measures": tuple(m for m in TALKS if m.name in {"learned", "questions"}),
        "values": {"learned": (1.0, 0.5, 1.5), "questions": (2.0, 2.0, 2.0)},
        "usage": {Speaker.AGENT: Usage(calls=10, cached=4, prompt_tokens=1234, reply_tokens=50, money=0.125)},
        "facts": {"seed": "1", "hostile": HOSTILE},
    }
    return TalkResults(**(fields | changes))  # type: ignore[arg-type]


def turns(said: str = "Yes.") -> tuple[Turn, ...]:
    request = (Message(role="system", content=f"You are {HOSTILE}"),)
    return (
        Turn(speaker=Speaker.USER, text=f"Hello {HOSTILE}"),
        Turn(speaker=Speaker.AGENT, text="Do you like tea?", asks=("tea",), options=("no", "yes"), request=request),
        Turn(
            speaker=Speaker.USER,
            text=said,
            tells={"tea": "yes"},
            events=(Event(kind=EventKind.CONTRADICTED, detail="tea: said yes"),),
        ),
    )


def folder(path: Path, dialogues: int = 2, failures: int = 1, said: str = "Yes.") -> Path:
    path.mkdir(exist_ok=True)
    finished = [
        Dialogue(id=f"p{n}/0", person=f"p{n}", turns=turns(said), end=EndReason.BUDGET) for n in range(dialogues)
    ]
    failed = [
        Failure(
            id=f"f{n}/0",
            person="p0",
            fault=Fault.AGENT,
            side=Speaker.AGENT,
            kind="raised",
            detail=HOSTILE,
            turns=turns()[:1],
        )
        for n in range(failures)
    ]
    (path / "dialogues.jsonl").write_text("".join(d.model_dump_json() + "\n" for d in finished), encoding="utf-8")
    (path / "failures.jsonl").write_text("".join(f.model_dump_json() + "\n" for f in failed), encoding="utf-8")
    (path / "facets.jsonl").write_text(FACET.model_dump_json() + "\n", encoding="utf-8")
    (path / "profiles.jsonl").write_text(
        "".join(
            f'{{"person": "p{n}", "persona": {{"age": "25-34"}}, "profile": {{"tea": "no"}}}}\n'
            for n in range(dialogues)
        ),
        encoding="utf-8",
    )
    return path


def page(path: Path, of: TalkResults) -> str:
    return write_talks_report(of, path).read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Counts elements and collects what would be loaded or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.suspicious: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.suspicious += [(tag, name) for name, _ in attrs if name.startswith("on") or name in {"src", "srcset"}]


def test_what_comes_from_outside_is_text_and_nothing_else(tmp_path: Path) -> None:
    text = page(folder(tmp_path / "run"), results())
    tags = Tags(text)
    assert tags.seen.count("script") == 1
    assert not tags.suspicious
    assert "{{ 7 * 7 }}" in text
    assert "49" not in re.findall(r"Talk [^<]*", text)[0]
    assert "script-src 'sha256-" in text


def test_a_dialogue_stands_beside_what_was_hidden(tmp_path: Path) -> None:
    text = page(folder(tmp_path / "run"), results())
    assert text.count('<article class="talk') == 3
    assert "(truth: no)" in text
    assert "age 25-34" in text
    assert "contradicted" in text
    assert "what was sent" in text
    assert (
        "failed in the agent&#39;s turn (agent, raised)" in text or "failed in the agent's turn (agent, raised)" in text
    )


def test_findings_add_up_and_name_what_counts() -> None:
    found = talk_findings(
        results(planned=10, counted=8, statuses={"finished": 6, "agent": 2, "user": 1, "model": 0, "transport": 1})
    )
    assert found[0] == "6 finished + 4 failed = 10 planned dialogues."
    assert "2 failed by the agent's own fault; they count as dialogues in which nothing was learned." in found
    assert "2 failed by the user, a model or the way to it; they are left out of the figures." in found
    assert "10 calls of models, 40% answered from the cache, cost 0.1250." in found


def test_a_large_run_is_shown_in_part_failures_first(tmp_path: Path) -> None:
    text = page(
        folder(tmp_path / "run", dialogues=400, failures=90),
        results(planned=490, statuses={"finished": 400, "agent": 90}),
    )
    assert text.count('<article class="talk failed"') == 50
    assert text.count('<article class="talk') == 200
    assert "150 of 400 finished dialogues and 50 of 90 failures" in text


def test_a_very_long_turn_is_cut_on_the_page(tmp_path: Path) -> None:
    text = page(folder(tmp_path / "run", said="x" * 100_000), results())
    assert "(96000 characters more)" in text
    assert len(text) < 100_000


@pytest.mark.parametrize("invented", [True, False])
def test_invented_people_are_called_so(tmp_path: Path, invented: bool) -> None:
    text = page(folder(tmp_path / "run"), results(invented=invented))
    assert ('class="banner"' in text) is invented
