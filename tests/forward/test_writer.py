"""Chains in the words of a chat model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tiny_forward import DOMAIN, crowd, people

from elicit.basis import InputError, UnavailableError
from elicit.forward import PROGRESSIVE, RANDOM, Chain, ChainRules, Silence, Writer, build_chains, write_chains
from elicit.forward.writer import Reworded, reworded
from elicit.language import Desk, open_understanding
from elicit.models import ModelError, ModelFault, ModelSettings, Reply, Request

CHAINS = build_chains(DOMAIN, crowd(40), ChainRules(length=5))
ABOUT = {f"It asks about: {facet.label}\n": facet.wordings[0].replace("?", ", then?") for facet in DOMAIN.facets}
"""What every brief begins with, to a question that can be used."""


def fits(request: Request) -> str:
    """Reply with a question that can be used, whatever was asked."""
    brief = request.messages[1].content
    return next(text for about, text in ABOUT.items() if brief.startswith(about))


@dataclass
class Model:
    """Replies by a function, and keeps what it was sent."""

    reply: Callable[[Request], str | ModelFault] = fits
    sent: list[Request] = field(default_factory=list)
    name: str = "model"
    together: int = 1

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        self.sent += requests
        said = [self.reply(request) for request in requests]
        return [ModelError(s, "it broke") if isinstance(s, ModelFault) else Reply(s) for s in said]


def worded(model: Model, chains: Sequence[Chain] = CHAINS, follows: bool = True) -> Reworded:
    desk = Desk(DOMAIN, model, ModelSettings(spec="hf:any"), open_understanding(DOMAIN, None), 5)
    return asyncio.run(reworded(chains, desk, follows, lambda doing, done, total: None))


def script(folder: Path, text: str) -> Writer:
    (folder / "script.toml").write_text(text, encoding="utf-8")
    return Writer(ModelSettings(spec=f"scripted:{folder / 'script.toml'}"))


def counted(found: Reworded) -> dict[str, object]:
    """Return the counts that are not 0."""
    return {name: number for name, number in found.counts.items() if number}


def test_questions_have_new_words_and_nothing_else_is_new() -> None:
    found = worded(Model())
    exchanges = sum(len(chain.exchanges) for chain in CHAINS)
    different = found.counts["different questions"]
    assert counted(found) == {
        "different questions": different,
        "accepted": different,
        "exchanges in new words": exchanges,
    }
    for before, after in zip(CHAINS, found.chains, strict=True):
        assert (after.person, after.split, after.persona) == (before.person, before.split, before.persona)
        for old, new in zip(before.exchanges, after.exchanges, strict=True):
            assert new.answer == old.answer
            assert new.question.facets == old.question.facets
            assert new.question.options == old.question.options
            assert new.question.text.endswith(", then?")
            assert new.facet in new.question.text or new.facet.removeprefix("film:") in new.question.text


def test_equal_questions_are_asked_once_and_those_that_follow_are_told_of_the_exchange_before() -> None:
    model = Model()
    found = worded(model)
    briefs = [request.messages[1].content for request in model.sent]
    assert len(set(briefs)) == len(briefs) == found.counts["different questions"]
    assert len(briefs) < sum(len(chain.exchanges) for chain in CHAINS)
    (chain,) = build_chains(DOMAIN, people([[2, 0, 1, 2, 1, 0, 1]]), ChainRules(order=("pace", "drama", "film:Beta")))
    model = Model()
    worded(model, [chain])
    texts = [e.question.text for e in chain.exchanges]
    assert [request.messages[1].content for request in model.sent] == [
        f"It asks about: views on pace\nPossible answers: avoids pace; takes pace; loves pace\n"
        f"The usual words: {texts[0]}",
        f"It asks about: views on drama\nPossible answers: avoids drama; takes drama; loves drama\n"
        f"The usual words: {texts[1]}\nThe person has just told you: views on pace: loves pace",
        f"It asks about: Beta (1999)\nPossible answers: no; yes\n"
        f"The usual words: {texts[2]}\nThe person has just told you: views on drama: loves drama",
    ]


def test_who_words_a_question_is_not_told_its_answer() -> None:
    sent = []
    for value in range(3):
        model = Model()
        worded(model, build_chains(DOMAIN, people([[value, 0, 0, 0, 0, 0, 0]]), ChainRules(order=("pace",))))
        sent.append(model.sent)
    assert sent[0] == sent[1] == sent[2]


def test_a_non_answer_before_is_told_as_such() -> None:
    silent = people([[-2, 0, 0, 0, 0, 0, 0]])
    model = Model()
    worded(model, build_chains(DOMAIN, silent, ChainRules(order=("pace", "drama"), silent=Silence.ASK)))
    assert model.sent[1].messages[1].content.endswith("The person has just told you: views on pace: does not know")


def test_a_question_stands_alone_where_rows_may_ask_it_before_what_came_first() -> None:
    model = Model()
    found = worded(model, follows=False)
    assert not any("just told" in request.messages[1].content for request in model.sent)
    assert len(model.sent) == len({e.question.text for chain in CHAINS for e in chain.exchanges})
    texts: dict[str, set[str]] = {}
    for old, new in zip(CHAINS, found.chains, strict=True):
        for before, after in zip(old.exchanges, new.exchanges, strict=True):
            texts.setdefault(before.question.text, set()).add(after.question.text)
    assert {len(new) for new in texts.values()} == {1}


def test_a_reject_is_tried_once_more_with_the_reason() -> None:
    model = Model(lambda request: "How is it?" if len(request.messages) == 2 else fits(request))
    found = worded(model, build_chains(DOMAIN, people([[0] * 7]), ChainRules(order=("pace",))))
    assert counted(found) == {"different questions": 1, "accepted": 1, "wrong facet": 1, "exchanges in new words": 1}
    first, again = model.sent
    assert again.messages[:2] == first.messages
    assert [(m.role, m.content) for m in again.messages[2:]] == [
        ("assistant", "How is it?"),
        (
            "user",
            "Not like this: it must ask about views on pace, by that name, and nothing else. Write the question anew.",
        ),
    ]
    assert again.seed != first.seed


def test_where_there_is_nothing_to_mend_the_same_is_asked_with_other_luck() -> None:
    model = Model(lambda request: "")
    worded(model, build_chains(DOMAIN, people([[0] * 7]), ChainRules(order=("pace",))))
    first, again = model.sent
    assert again.messages == first.messages
    assert again.seed != first.seed


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("", "empty"),
        ("<think>Let me see. What do they want?", "empty"),
        ("How about it? Or not?", "several questions"),
        ("How about the weather?", "wrong facet"),
        (ModelFault.SLOW, None),
    ],
)
def test_what_fails_twice_stays_in_the_words_of_the_domain(reply: str | ModelFault, name: str | None) -> None:
    def mostly(request: Request) -> str | ModelFault:
        return fits(request) if "views on pace" in request.messages[1].content.splitlines()[0] else reply

    found = worded(Model(mostly))
    kept = found.counts["kept after two rejects"]
    assert found.counts[name or "no reply"] == 2 * int(str(kept)) > 0
    for before, after in zip(CHAINS, found.chains, strict=True):
        for old, new in zip(before.exchanges, after.exchanges, strict=True):
            assert (new == old) is (old.facet != "pace")


def test_a_leak_is_refused_to_everybody_alike() -> None:
    model = Model(lambda request: "On pace, one loves pace?")
    three = people([[value, 0, 0, 0, 0, 0, 0] for value in range(3)])
    found = worded(model, build_chains(DOMAIN, three, ChainRules(order=("pace",))))
    assert found.counts["leak"] == 2 * int(str(found.counts["different questions"]))
    assert found.counts["accepted"] == 0


@pytest.mark.parametrize("fault", [ModelFault.UNREACHABLE, ModelFault.REFUSED, ModelFault.NO_MODEL])
def test_a_model_that_nobody_can_use_ends_it_at_the_first_sign(fault: ModelFault) -> None:
    model = Model(lambda request: fault if "Alpha" in request.messages[1].content else fits(request))
    with pytest.raises(UnavailableError, match=r"it broke \(writer\); nothing was written"):
        worded(model)
    assert len(model.sent) <= 64


def test_a_model_that_never_replies_ends_it_and_is_not_asked_a_thousand_times() -> None:
    model = Model(lambda request: ModelFault.BROKEN)
    with pytest.raises(UnavailableError, match=r"it broke \(writer\)"):
        worded(model)
    assert len(model.sent) <= 64


def test_chains_without_exchanges_ask_nothing() -> None:
    model = Model()
    found = worded(model, build_chains(DOMAIN, people([[0] * 7], [[False] * 7]), ChainRules()))
    assert (model.sent, counted(found)) == ([], {})


class TestWriting:
    """The folder."""

    SCRIPT = 'replies = ["Nothing."]\n' + "".join(
        f"[[when]]\nmatches = {json.dumps('It asks about: ' + facet.label.partition(' (')[0])}\n"
        f"reply = {json.dumps(facet.wordings[0].replace('?', ', then?'))}\n"
        for facet in DOMAIN.facets[:4]
    )

    def write(self, folder: Path, **options: Any) -> dict[str, Any]:
        return write_chains(DOMAIN, crowd(40), folder / "out", ChainRules(length=5), **options)

    def test_counts_stand_in_the_facts_and_in_the_card(self, tmp_path: Path) -> None:
        facts = self.write(tmp_path, writer=script(tmp_path, self.SCRIPT))
        counts = facts["writer"]
        assert counts["model"] == f"scripted:{tmp_path / 'script.toml'}"
        assert counts["understood by"] == "words"
        # Films have no reply in the script: nothing is asked, twice.
        assert counts["empty"] == 2 * counts["kept after two rejects"] > 0
        assert counts["accepted"] + counts["kept after two rejects"] == counts["different questions"]
        assert json.loads((tmp_path / "out" / "elicit.json").read_text(encoding="utf-8")) == facts
        card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
        assert f"kept after two rejects {counts['kept after two rejects']}" in card
        assert "a chat model worded them anew" in card

    def test_rows_of_every_format_hold_the_new_words(self, tmp_path: Path) -> None:
        self.write(tmp_path, writer=script(tmp_path, self.SCRIPT))
        for name in ("chains", "messages/train", "text/train", "prompt-completion/train"):
            text = (tmp_path / "out" / f"{name}.jsonl").read_text(encoding="utf-8")
            assert "What of pace, then?" in text
            assert '"What of pace?"' not in text

    def test_only_progressive_rows_build_on_what_was_just_said(self, tmp_path: Path) -> None:
        told = 'replies = ["How about it?"]\n[[when]]\nmatches = "just told"\nreply = "Nothing."\n'
        after = self.write(tmp_path, schedule=PROGRESSIVE, writer=script(tmp_path, told))["writer"]
        alone = self.write(tmp_path, schedule=RANDOM, writer=script(tmp_path, told))["writer"]
        assert after["empty"] > 0
        assert (alone["empty"], alone["wrong facet"]) == (0, 2 * alone["different questions"])

    def test_progress_is_told(self, tmp_path: Path) -> None:
        told: list[tuple[str, int, int]] = []
        settings = script(tmp_path, self.SCRIPT).settings
        writer = Writer(settings, tell=lambda doing, done, total: told.append((doing, done, total)))
        number = self.write(tmp_path, writer=writer)["writer"]["different questions"]
        assert [done for _, done, _ in told] == [*range(64, number, 64), number]
        assert {total for _, _, total in told} == {number}

    def test_a_foreign_folder_is_refused_before_the_model_is_asked(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "thesis.txt").write_text("do not lose", encoding="utf-8")
        told: list[int] = []
        writer = Writer(script(tmp_path, self.SCRIPT).settings, tell=lambda doing, done, total: told.append(done))
        with pytest.raises(InputError, match="not written by elicit"):
            self.write(tmp_path, writer=writer)
        assert told == []

    def test_without_a_writer_nothing_is_said_of_one(self, tmp_path: Path) -> None:
        assert "writer" not in self.write(tmp_path)
        assert "chat model" not in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
