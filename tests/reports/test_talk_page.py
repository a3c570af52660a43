"""The page of a simulation: what is on it, what is not run by it, and how much of a large run."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from elicit.basis import InputError
from elicit.dialogues import Dialogue, EndReason, Event, EventKind, Failure, Fault, Message, Speaker, Turn, Usage
from elicit.domains import Facet, Option
from elicit.measures import TALKS, TalkResults
from elicit.reports import print_talks, talk_findings, write_talks_report

HOSTILE = "</script><script>alert(1)</script> \" ' & <b onclick=x> \u202e {{ 7 * 7 }} 🍵 مرحبا"
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
    assert '<span class="wrong"><bdi>yes</bdi></span> (truth: <bdi>no</bdi>)' in text
    assert "age 25-34" in text
    assert "contradicted" in text
    assert "what was sent" in text
    assert "failed in the agent&#39;s turn (agent, raised)" in text


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


def chat(path: Path, *turns: Turn, end: EndReason = EndReason.BUDGET) -> Path:
    """Return a run folder with this dialogue alone, of a person who likes no tea but drinks two cups."""
    folder(path, dialogues=1, failures=0)
    cups = Facet(id="cups", label="cups a day", options=(Option(id="1", label="one"), Option(id="2", label="two")))
    milk = Facet(id="milk", label="milk in it")
    facets = (Facet(id="tea", label="tea"), cups, milk)
    (path / "facets.jsonl").write_text("".join(f.model_dump_json() + "\n" for f in facets))
    profile = '{"person": "p0", "profile": {"tea": "no", "cups": "2", "milk": "yes"}}'
    (path / "profiles.jsonl").write_text(profile + "\n")
    dialogue = Dialogue(id="p0/0", person="p0", turns=turns, end=end)
    (path / "dialogues.jsonl").write_text(dialogue.model_dump_json() + "\n")
    return path


def agent(text: str, *asks: str, request: tuple[Message, ...] | None = None) -> Turn:
    return Turn(speaker=Speaker.AGENT, text=text, asks=asks, request=request)


def user(text: str, **tells: str) -> Turn:
    return Turn(speaker=Speaker.USER, text=text, tells=tells)


def test_what_was_asked_stands_first_with_the_truth_where_no_value_was_given(tmp_path: Path) -> None:
    talk = (user("Hi."), agent("Cups?", "cups"), user("Dunno.", cups="unknown"), agent("Tea?", "tea"), user("Blue."))
    text = page(chat(tmp_path / "run", *talk), results())
    assert '<bdi>cups a day</bdi>: <span class="open"><bdi>does not know</bdi></span> (truth: <bdi>two</bdi>)' in text
    assert '<bdi>tea</bdi>: <span class="open"><bdi>no answer</bdi></span> (truth: <bdi>no</bdi>)' in text
    assert "<summary>1 more that nobody spoke of</summary><ul><li>milk in it: yes</li></ul>" in text
    assert "<b>no answer: does not know</b>" in text


def test_a_request_is_shown_without_what_the_one_before_held(tmp_path: Path) -> None:
    told = [Message(role="system", content="Ask."), Message(role="user", content="Hi.")]
    more = [*told, Message(role="assistant", content="Tea?"), Message(role="user", content="Yes.")]
    talk = (
        user("Hi."),
        agent("Tea?", "tea", request=tuple(told)),
        user("No.", tea="no"),
        agent("Cups?", "cups", request=tuple(more)),
    )
    text = page(chat(tmp_path / "run", *talk), results())
    assert text.count("<b>system</b>") == 1
    assert "The first 2 messages are those of the request before, then:</p>" in text
    assert "<b>assistant</b> <bdi>Tea?</bdi></pre>" in text


def test_a_user_that_said_nothing_is_shown_as_failed_as_it_is_counted(tmp_path: Path) -> None:
    path = chat(tmp_path / "run", user(""), agent("Tea?", "tea"), user(""), end=EndReason.USER_EMPTY)
    text = page(path, results(planned=1, statuses={"finished": 0, "user": 1}, ends={"user_empty": 1}, values={}))
    assert '<article class="talk failed" data-status="user" data-end="user_empty"' in text
    assert text.count("<small>(nothing)</small>") == 2
    assert "All 1 dialogues." in text
    assert "No dialogue counts, so there are no figures." in text


def test_faults_are_counted_and_sides_without_a_model_have_no_usage(tmp_path: Path) -> None:
    statuses = {"finished": 1, "agent": 0, "user": 0, "model": 0, "transport": 1_000}
    usage = {Speaker.AGENT: Usage(), Speaker.USER: Usage(calls=4, cached=1, prompt_tokens=9_000)}
    text = page(folder(tmp_path / "run", dialogues=1), results(planned=1_001, statuses=statuses, usage=usage))
    assert '<th scope="row">transport</th><td>1,000</td><td class="meaning">The way to a model failed' in text
    assert '<th scope="row">user</th><td>4</td><td>25%</td><td>9,000</td>' in text
    assert '<th scope="row">agent</th><td>0</td><td class="meaning">' in text
    assert '<th scope="row">agent</th><td>0</td><td>' not in text


@pytest.mark.parametrize("file", ["dialogues.jsonl", "failures.jsonl", "facets.jsonl", "profiles.jsonl"])
@pytest.mark.parametrize("line", ["{", "[]", '{"id": 3}', "\xff"])
def test_a_damaged_line_is_named(tmp_path: Path, file: str, line: str) -> None:
    path = folder(tmp_path / "run") / file
    path.write_bytes(path.read_bytes() + line.encode("latin-1") + b"\n")
    number = path.read_bytes().count(b"\n")
    with pytest.raises(InputError, match=re.escape(f"{path}:{number}: damaged")):
        write_talks_report(results(), path.parent)


def test_a_facet_or_value_that_the_run_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no facet 'coffee'"):
        write_talks_report(results(), chat(tmp_path / "a", user("Coffee!", coffee="yes")))
    with pytest.raises(InputError, match="'maybe' is no answer"):
        write_talks_report(results(), chat(tmp_path / "b", user("Perhaps.", tea="maybe")))


def test_only_what_is_shown_is_read(tmp_path: Path) -> None:
    path = folder(tmp_path / "run", dialogues=201, failures=0)
    with (path / "dialogues.jsonl").open("a", encoding="utf-8") as file:
        file.write("never looked at\n" * 10_000)
    assert write_talks_report(results(planned=10_201, statuses={"finished": 10_201}), path).exists()


def test_the_terminal_shows_text_as_it_is_within_its_width() -> None:
    out = io.StringIO()
    named = results(agent="http://host/v1#[bold]model[/bold]", title="Talk")
    print_talks(named, Console(file=out, width=80, markup=False))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "http://host/v1#[bold]model[/bold]" in out.getvalue()
    assert "- 2 finished + 1 failed = 3 planned dialogues." in lines
    assert any(
        line.startswith("Facets learned, facets") and line.split()[-3:] == ["1.000", "[.50,", "1.50]"] for line in lines
    )


def test_the_filters_are_not_seen_where_their_script_does_not_run(tmp_path: Path) -> None:
    text = page(folder(tmp_path / "run"), results())
    assert re.search(r'<form class="filters" id="filters" hidden>', text)
    assert "[hidden] { display: none !important; }" in text


@pytest.mark.parametrize("invented", [True, False])
def test_invented_people_are_called_so(tmp_path: Path, invented: bool) -> None:
    text = page(folder(tmp_path / "run"), results(invented=invented))
    assert ('class="banner"' in text) is invented
