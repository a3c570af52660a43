"""A person at the keyboard: what is shown, what is understood, and what is kept."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import MAPPING, Said, contents, write_people

from elicit.dialogues import Dialogue, EndReason, Speaker, read_dialogues
from elicit.domains import load_domain

Command = Callable[..., Said]
Ask = Callable[..., Said]


@pytest.fixture
def ask(command: Command, tea: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return what is asked by typing these lines and then Ctrl-D."""

    def answering(typed: str, *arguments: object) -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{word}\n" for word in typed.split()).replace("_", " ")))
        return command("ask", tea, "--cost", 0, *arguments)

    return answering


def questions(said: Said) -> list[str]:
    """Return the questions in the order in which they were put, without their numbers."""
    return re.findall(r"^\d+/\d+  (.*)$", said.out, re.MULTILINE)


def dialogue(folder: str) -> Dialogue:
    (only,) = read_dialogues(Path(folder) / "dialogues.jsonl")
    return only


def values(dialogue: Dialogue) -> list[str]:
    """Return what each reply told of the facet that was asked."""
    pairs = zip(dialogue.turns[::2], dialogue.turns[1::2], strict=True)
    return [reply.tells[question.asks[0]] for question, reply in pairs]


def test_every_answer_is_kept_with_the_words_that_were_shown(ask: Ask, tea: Path) -> None:
    said = ask("1 s n r", "--out", "talk")
    assert said.code == 0
    assert "\n\nThere is nothing left to ask.\n1 answer told " in said.out
    assert said.out.endswith("\nSaved: talk\n")
    kept = dialogue("talk")
    assert [t.text for t in kept.turns if t.speaker is Speaker.AGENT] == questions(said)
    assert values(kept)[1:] == ["unknown", "no_preference", "refused"]
    facet = load_domain(tea)[0].facets[load_domain(tea)[0].column(kept.turns[0].asks[0])]
    assert values(kept)[0] == facet.options[0].id
    assert kept.end is EndReason.NO_QUESTIONS_LEFT


@pytest.mark.parametrize(
    ("typed", "value", "words"),
    [
        ("yes", "like", "like"),
        ("can't_stand_it", "dislike", "dislike"),
        ("it's_ok", "so-so", "so-so"),
        ("I'd_rather_not_say", "refused", "did not want to say"),
        ("no_idea", "unknown", "does not know"),
        ("whatever", "no_preference", "no preference"),
    ],
)
def test_own_words_are_understood_and_kept(ask: Ask, typed: str, value: str, words: str) -> None:
    said = ask(f"{typed} q", "--out", "talk")
    kept = dialogue("talk")
    assert values(kept) == [value]
    assert kept.turns[1].text == typed.replace("_", " ")
    assert re.search(rf"> Understood: (green|black): {words}\.\n", said.out)


def test_what_is_told_beside_is_noted_and_not_asked_and_taken_back_with_it(ask: Ask) -> None:
    beside = ask("Black_is_not_for_me,_but_I_love_green q", "--out", "talk")
    assert beside.code == 0
    kept = dialogue("talk")
    assert len(kept.turns) == 2
    assert set(kept.turns[1].tells) == {"green", "black"}
    taken_back = ask("Black_is_not_for_me,_but_I_love_green b q")
    assert "Taken back." in taken_back.out
    first, _, again = questions(taken_back)
    assert first == again


def test_options_are_numbered_and_what_an_answer_told_is_said(ask: Ask) -> None:
    said = ask("3", "--questions", 1, "--out", "talk")
    assert "  1  dislike\n  2  so-so\n  3  like\n> That told 0." in said.out
    assert re.search(r"> That told 0\.\d\d bits\. Best guess now: (oolong|sencha), \d+%\.\n", said.out)
    assert "\nThat was the last question.\n1 answer told 0." in said.out
    assert dialogue("talk").end is EndReason.BUDGET


def test_who_likes_one_is_told_of_what_goes_with_it(ask: Ask) -> None:
    said = ask("3", "--questions", 1)
    likes = re.findall(r"(\d+)%  (oolong|sencha)", said.out)
    expected = "sencha" if "green" in questions(said)[0] else "oolong"
    assert likes[0][1] == expected
    assert int(likes[0][0]) > 70 > 30 > int(likes[1][0])
    assert re.search(r"Not asked, but likelier now:\n +\d+%  (black|green): dislike \(before: \d+%\)\n", said.out)


def test_the_way_back_leads_to_the_same_question_and_the_same_end(ask: Ask) -> None:
    straight = ask("1 2 1", "--out", "straight")
    winding = ask("b 3 2 b b 1 s b 2 1", "--out", "winding")
    assert "There is no answer to take back." in winding.out
    assert winding.out.count("Taken back.") == 3
    asked = questions(winding)
    assert asked[0] == asked[1] == asked[5]
    assert asked[2] == asked[4]
    assert dialogue("winding") == dialogue("straight")
    facts = [json.loads((Path(name) / "run.json").read_text()) for name in ("straight", "winding")]
    assert facts[0]["bits"] == facts[1]["bits"]
    ending = "told "
    assert straight.out.split(ending)[-1].replace("straight", "") == winding.out.split(ending)[-1].replace(
        "winding", ""
    )


@pytest.mark.parametrize("typed", ["0", "4", "-1", "x", "1.0", "²", "9" * 5000, "1;2", "bb"])
def test_what_is_not_understood_is_asked_again(ask: Ask, typed: str) -> None:
    said = ask(f"{typed} 1 q", "--out", "talk")
    assert "> That was not understood. Answer with a number from 1 to 3, in your own words, or\n" in said.out
    assert len(values(dialogue("talk"))) == 1


def test_letters_may_be_large_and_spaces_do_no_harm(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("  S \n\n\t2\nQ\n"))
    assert command("ask", "tea", "--out", "talk").code == 0
    assert len(values(dialogue("talk"))) == 2
    assert values(dialogue("talk"))[0] == "unknown"


@pytest.mark.parametrize("typed", ["1 q", "1"], ids=["q", "Ctrl-D"])
def test_who_stops_keeps_what_was_said(ask: Ask, typed: str) -> None:
    said = ask(typed, "--out", "talk")
    assert said.code == 0
    assert "\nStopped.\n1 answer told " in said.out
    assert dialogue("talk").end is EndReason.PERSON_STOPPED
    assert len(values(dialogue("talk"))) == 1


def test_who_says_nothing_leaves_nothing(ask: Ask, here: Path) -> None:
    before = contents(here)
    said = ask("")
    assert said.code == 0
    assert said.out.endswith("> \n\nStopped.\n")
    assert contents(here) == before


def test_only_non_answers_tell_nothing_and_are_kept(ask: Ask) -> None:
    said = ask("n r q", "--out", "talk")
    assert said.out.count("> All right.\n") == 2
    assert said.out.endswith("\nStopped.\n\nSaved: talk\n")
    assert "bits" not in said.out
    assert values(dialogue("talk")) == ["no_preference", "refused"]


def test_a_question_that_is_not_worth_its_cost_is_not_asked(command: Command, tea: Path, here: Path) -> None:
    said = command("ask", tea, "--cost", 9)
    assert said.code == 0
    assert said.out.endswith("\n\nNo question left is worth asking.\n")
    assert not (here / "runs").exists()


def test_two_answers_nobody_knew_close_a_branch(command: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_people(here / "people.csv")
    branch = MAPPING.replace("depth = 1\n\n[targets]", 'depth = 1\nparents = ["green"]\n\n[targets]')
    (here / "people.toml").write_text(branch.replace('["green", "black"]', '["green"]'), encoding="utf-8")
    assert command("domains", "build", "people.csv", "--mapping", "people.toml", "-o", "one").code == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("s\ns\n"))
    said = command("ask", "one", "--cost", 0, "--out", "talk")
    assert "\nYou did not know twice in every branch that is left.\n" in said.out
    assert dialogue("talk").end is EndReason.TWO_UNKNOWN_IN_BRANCH


def test_a_run_of_an_interview_says_where_it_comes_from(ask: Ask, tea: Path, here: Path) -> None:
    assert ask("1 q", "--seed", 7).code == 0
    run = here / "runs" / "ask-tea"
    assert {p.name for p in run.iterdir()} == {"recipe.toml", "run.json", "dialogues.jsonl"}
    facts = json.loads((run / "run.json").read_text(encoding="utf-8"))
    domain, people = load_domain(tea)
    expected = {"kind": "interview", "domain": "tea", "seed": 7, "domain_hash": domain.hash, "people_hash": people.hash}
    assert expected.items() <= facts.items()
    assert len(facts["bits"]) == 1
    assert (run / "recipe.toml").read_text() == (
        'command = "ask"\ndomain = "tea"\nquestions = 15\ncost = 0.0\nseed = 7\n'
    )
    assert ask("1 q").out.endswith("\nSaved: runs/ask-tea-2\n")


def test_an_interview_is_no_run_to_report(ask: Ask, command: Command) -> None:
    assert ask("1 q", "--out", "talk").code == 0
    said = command("report", "talk")
    assert (said.code, said.problem()) == (2, "talk: an interview has no page. Read talk/dialogues.jsonl")


def test_another_seed_puts_other_words_into_the_same_questions(ask: Ask) -> None:
    heard = {tuple(questions(ask("1 q", "--seed", seed, "--questions", 1))) for seed in range(8)}
    assert {re.sub(r".*(green|black).*", r"\1", first) for (first,) in heard} <= {"green", "black"}
    assert len(heard) == 3


def test_without_anything_fetched_the_invented_people_teach(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\n"))
    said = command("ask", "--questions", 1)
    assert said.err.startswith("Note: these people are invented.")
    assert said.out.endswith("\nSaved: runs/ask-movies-invented\n")
    assert max(map(len, said.out.splitlines())) <= 100
