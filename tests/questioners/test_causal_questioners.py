"""Language models that ask: what they read, how they choose, and what becomes of what cannot be used."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_asker import COUNTS, DOMAIN, FACETS, TEMPLATE, asker, script, talks

import elicit
from elicit.basis import InputError, Luck
from elicit.dialogues import Transcript
from elicit.domains import Domain, Facet
from elicit.language import question_texts
from elicit.profiles import Truthful
from elicit.questioners import STOP, UNREADABLE, OrderedQuestioner, Rules
from elicit.questioners.causal import Asker, CausalQuestioner, RerankedQuestioner, State, Tokens, Way, refuse_short
from elicit.questioners.causal.likelihood import likely_questions
from elicit.questioners.causal.memory import Memory
from elicit.questioners.causal.trie import Walk, bits, wording_tree
from elicit.runs import play

RULES = Rules.of(DOMAIN)
PEOPLE = np.random.default_rng(0).integers(0, 2, size=(12, FACETS)).astype(np.int8)


def luck(rows: int) -> Luck:
    return Luck.of(0, [f"p{n}" for n in range(rows)])


def played(questioner: Any, questions: int = FACETS) -> Transcript:
    return play(questioner, Truthful(), PEOPLE, COUNTS, RULES, luck(len(PEOPLE)), questions)


def allowed(rows: int, *closed: int) -> np.ndarray:
    free = np.ones((rows, FACETS), dtype=bool)
    free[:, list(closed)] = False
    return free


def read_alone(model: Any, text: Tokens) -> Any:
    import torch

    with torch.inference_mode():
        return model(torch.tensor([text])).logits[0, -1]


def test_what_was_read_is_gone_on_with_and_gives_the_same_logits() -> None:
    import torch

    texts = script()
    model, memory = asker().model, Memory(asker().model)
    rounds = [
        texts.prompts(talks([], [])),
        texts.prompts(talks([(0, 1)], [(4, 0)], [(0, 2)])),
        texts.prompts(talks([(0, 1), (5, 1)], [(0, 1), (1, -2)], [(4, 0), (2, 2)], [(0, 2), (6, 0)])),
        texts.prompts(talks([(3, 1), (2, 1)], [(0, 2), (6, 0)])),
        texts.prompts(talks([(3, 1), (2, 0)], [(0, 2), (6, 1)], [(0, 1), (1, 0)])),
        texts.prompts(talks([(3, 1)])) + texts.prompts(talks([(0, 2), (6, 1), (1, 1)], [(0, 1), (1, 0), (4, 0)])),
        texts.prompts(talks([(3, 1), (1, 0)], [(0, 2), (6, 1)], [(0, 1), (1, 0)])),
    ]
    for prompts in rounds:
        distinct = list(dict.fromkeys(prompts))
        found = memory.logits(distinct)
        for row, text in enumerate(distinct):
            assert torch.allclose(found[row], read_alone(model, text), atol=1e-4)


def test_a_text_without_anything_new_keeps_its_logits() -> None:
    import torch

    memory = Memory(asker().model)
    one, other = script().prompts(talks([(0, 1)], [(4, 0)]))
    before = memory.logits([one, other]).clone()
    after = memory.logits([one, (*other, *script().question(2))])
    assert torch.equal(after[0], before[0])
    assert not torch.equal(after[1], before[1])


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("way", [Way.MARK, Way.HELD, Way.LIKELY])
def test_nothing_is_asked_twice_and_everything_is_asked(way: Way, state: State) -> None:
    transcript = played(CausalQuestioner(asker(state), way))
    assert all(sorted(row) == list(range(FACETS)) for row in transcript.asked.tolist())


def test_held_questions_are_wordings_of_what_is_asked_for() -> None:
    transcript = played(CausalQuestioner(asker(marked=False), Way.HELD))
    for asked, words in zip(transcript.asked.tolist(), transcript.words, strict=True):
        for column, text in zip(asked, words, strict=True):
            assert text in question_texts(DOMAIN.facets[column])


@pytest.mark.parametrize("marked", [False, True])
def test_the_likely_facet_is_that_whose_wordings_have_the_largest_sum(marked: bool) -> None:
    """Against every wording, followed token by token with all probabilities."""
    texts, prompt, may = script(marked=marked), script(marked=marked).prompts(talks([(2, 1)]))[0], allowed(1, 2, 5)
    asks = asker(marked=marked)
    tree = wording_tree(texts)
    sums = dict.fromkeys(np.flatnonzero(may[0]).tolist(), 0.0)
    for column in sums:
        for wording in question_texts(DOMAIN.facets[column]):
            walk, share = Walk(tree, bits(may[0]), None), 1.0
            for token in texts.question(column, wording):
                choices = walk.choices
                chances = read_alone(asks.model, prompt + walk.written)[choices].softmax(0).tolist()
                share *= chances[choices.index(token)]
                walk.take(token)
            sums[column] += share
    (found,) = likely_questions(Memory(asks.model), tree, [prompt], may, None)
    assert sum(sums.values()) == pytest.approx(1, abs=1e-4)
    assert found.shares == pytest.approx(sums, abs=5e-3)
    assert found.best[0] == max(sums, key=sums.__getitem__)
    chosen = CausalQuestioner(asks, Way.LIKELY).ask(talks([(2, 1)]), may, luck(1))
    assert chosen.facets.tolist() == [found.best[0]]
    assert chosen.words[0] in question_texts(DOMAIN.facets[found.best[0] or 0])


def test_a_model_may_end_the_dialogue_where_that_is_the_likeliest() -> None:
    asks = asker(marked=False, stops=True)
    tree, (prompt,) = wording_tree(asks.script), asks.script.prompts(talks([(2, 1)]))
    (found,) = likely_questions(Memory(asks.model), tree, [prompt], allowed(1, 2), asks.script.stop)
    assert 0 < found.shares[None] < 1
    assert found.wordings[None][1] == ()


@pytest.mark.parametrize("way", [Way.HELD, Way.LIKELY])
def test_in_a_chat_the_end_of_a_question_is_not_the_end_of_the_dialogue(way: Way) -> None:
    """Where the template ends a message by the token that ends a text, as most do."""
    import torch

    asks = asker(State.CHAT, marked=False, stops=True)
    texts = script(State.CHAT, marked=False, template=TEMPLATE.replace(" [end]", "<|stop|>"))
    assert texts.line_end[0] == texts.stop
    with torch.no_grad():  # It would not end the dialogue by itself.
        asks.model.get_input_embeddings().weight[texts.stop] = 0
    asking = CausalQuestioner(Asker(asks.model, texts, True, {}), way)
    facets, words = asking.ask(talks([(0, 1)]), allowed(1, 0), luck(1))
    assert facets[0] > 0
    assert words[0] in question_texts(DOMAIN.facets[int(facets[0])])


@pytest.mark.parametrize(("questions", "fits"), [(3, True), (7, False)])
def test_a_profile_too_long_for_the_model_is_refused(questions: int, fits: bool) -> None:
    texts = script(State.PROFILE)
    context = texts.longest_profile(3) + 48
    if fits:
        refuse_short(texts, context, questions)
    else:
        with pytest.raises(InputError, match="more than the"):
            refuse_short(texts, context, questions)


def test_nobody_is_asked_where_nothing_may_be() -> None:
    everything = tuple(range(FACETS))
    for way in Way:
        facets, words = CausalQuestioner(asker(), way).ask(talks([(0, 1)]), allowed(1, *everything), luck(1))
        assert facets.tolist() == [STOP]
        assert words == ("",)


def test_equal_dialogues_are_answered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    questioner = CausalQuestioner(asker(), Way.MARK)
    counted: list[int] = []
    logits = Memory.logits
    monkeypatch.setattr(Memory, "logits", lambda self, texts: counted.append(len(texts)) or logits(self, texts))
    questioner.ask(talks([(0, 1)], [(0, 1)], [(0, 2)], [(0, 1)]), allowed(4, 0), luck(4))
    assert counted == [2]


def test_a_choice_does_not_depend_on_the_batch() -> None:
    whole = played(CausalQuestioner(asker(), Way.HELD))
    for person in range(0, len(PEOPLE), 5):
        alone = play(
            CausalQuestioner(asker(), Way.HELD), Truthful(), PEOPLE[person : person + 1], COUNTS, RULES,
            luck(len(PEOPLE)).rows(np.array([person])), FACETS,
        )  # fmt: skip
        assert alone.asked[0].tolist() == whole.asked[person].tolist()


@pytest.mark.parametrize("way", [Way.MARK, Way.HELD])
def test_many_dialogues_are_read_in_parts(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = played(CausalQuestioner(asker(), way))
    monkeypatch.setattr("elicit.questioners.causal.memory._ON_PROCESSORS", 7)
    questioner = CausalQuestioner(asker(), way)
    parts = played(questioner)
    assert parts.asked.tolist() == whole.asked.tolist()
    assert parts.words == whole.words
    assert len(questioner._memories._kept) > 1


def test_a_picker_chooses_and_the_model_words_the_question() -> None:
    order = np.array([3, 1, 6])
    transcript = played(CausalQuestioner(asker(marked=False), Way.HELD, OrderedQuestioner(order)), questions=4)
    assert transcript.asked.tolist() == [[3, 1, 6, STOP]] * len(PEOPLE)
    assert all(text in question_texts(DOMAIN.facets[3]) for text, *_ in transcript.words)


def test_a_picker_also_says_when_to_stop() -> None:
    eager = CausalQuestioner(asker(stops=True), Way.HELD, OrderedQuestioner(np.arange(FACETS)))
    assert (played(eager).asked == np.arange(FACETS)).all()


def test_a_question_without_words_puts_no_other_question_into_the_dialogue() -> None:
    texts = script()
    assert texts.question(UNREADABLE, "") == texts.line_end


def test_a_judge_chooses_among_what_the_model_proposes() -> None:
    first = CausalQuestioner(asker(), Way.MARK).ask(talks([(0, 1)]), allowed(1, 0), luck(1)).facets
    alone = RerankedQuestioner(asker(), lambda states, proposed: -proposed.astype(float), 1)
    among_all = RerankedQuestioner(asker(), lambda states, proposed: -proposed.astype(float), FACETS)
    assert alone.ask(talks([(0, 1)]), allowed(1, 0), luck(1)).facets == first
    assert among_all.ask(talks([(0, 1)]), allowed(1, 0), luck(1)).facets == [1]


class TestWritingFreely:
    """A model that writes what it is told to."""

    def ask(self, *replies: str, stops: bool = False, marked: bool = False) -> tuple[int, str]:
        """Return what becomes of a model's replies: the most probable one, then the ones drawn."""
        texts = script(marked=marked)
        questioner = CausalQuestioner(Asker(asker().model, texts, stops, {}), Way.FREE)
        said = iter(replies)
        write = lambda memory, prompts, luck: [self.tokens(texts, next(said))]  # noqa: E731
        object.__setattr__(questioner, "_write", write)
        (facet,), (words,) = questioner.ask(talks([(0, 1)]), allowed(1, 0), luck(1))
        return int(facet), words

    @staticmethod
    def tokens(texts: Any, reply: str) -> Tokens:
        return (texts.stop,) if not reply else (*texts.question(-1, reply)[:-1], *texts.line_end)

    def test_a_wording_is_read(self) -> None:
        assert self.ask("Do you know goulash?") == (5, "Do you know goulash?")

    def test_other_words_are_understood(self) -> None:
        assert self.ask("And do you like cheese?")[0] == 1

    def test_what_was_asked_before_may_be_asked_again(self) -> None:
        assert self.ask("Do you eat bread?")[0] == 0

    def test_what_cannot_be_read_is_drawn_once_more(self) -> None:
        assert self.ask("Is it raining?", "Do you know ramen?") == (4, "Do you know ramen?")

    def test_then_it_is_lost(self) -> None:
        assert self.ask("Is it raining?", "Is it, though?") == (UNREADABLE, "Is it, though?")

    def test_two_questions_at_once_are_lost(self) -> None:
        assert self.ask(*["Do you eat bread, and do you know ramen?"] * 2)[0] == UNREADABLE

    def test_a_model_that_returns_nothing_has_asked_nothing(self) -> None:
        assert self.ask("", "") == (UNREADABLE, "")

    def test_nothing_ends_the_dialogue_where_that_was_taught(self) -> None:
        assert self.ask("", stops=True) == (STOP, "")

    def test_its_own_reasoning_is_no_question(self) -> None:
        thought = "<think>Do they eat soup?</think> Do you know strudel?"
        assert self.ask(thought) == (6, "Do you know strudel?")


def test_a_free_question_that_is_asked_again_loses_the_turn_and_not_the_answer() -> None:
    class Insistent:
        """Asks for one thing, whatever was answered, and then for nothing."""

        def ask(self, so_far: Transcript, may: np.ndarray, who: Luck) -> Any:
            turn = so_far.asked.shape[1]
            return np.full(len(so_far), 2 if turn < 2 else UNREADABLE), (f"turn {turn}",) * len(so_far)

    transcript = played(Insistent(), questions=3)
    assert transcript.asked.tolist() == [[2, 2, UNREADABLE]] * len(PEOPLE)
    assert (transcript.answers[:, 0] == transcript.answers[:, 1]).all()
    assert (transcript.answers[:, 2] == -1).all()
    assert transcript.words == (("turn 0", "turn 1", "turn 2"),) * len(PEOPLE)
    assert ((transcript.states(3, FACETS) >= 0).sum(axis=1) == 1).all()


def test_an_untrained_model_that_writes_freely_is_counted_and_not_refused() -> None:
    transcript = played(CausalQuestioner(asker(marked=False), Way.FREE), questions=3)
    assert (transcript.asked != STOP).all()


def test_a_dialogue_longer_than_the_context_is_refused() -> None:
    long = asker()
    long.model.config.max_position_embeddings = 60
    with pytest.raises(InputError, match="leaves no room for a question in the 60"):
        played(CausalQuestioner(long, Way.MARK))


def test_marks_are_needed_to_ask_by_them() -> None:
    with pytest.raises(InputError, match="names no facet by a token"):
        CausalQuestioner(asker(marked=False), Way.MARK)


def test_a_facet_that_the_tokenizer_has_no_mark_for_is_named() -> None:
    stranger = Domain(name="more", title="More", facets=(*DOMAIN.facets, Facet(id="taste salad", label="salad")))
    texts = script()
    with pytest.raises(InputError, match="facet 'taste salad'"):
        _ = type(texts)(stranger, texts.tokenizer, texts.state, True, texts.order).marks


def test_the_profile_is_told_broad_to_specific_whatever_was_asked_first() -> None:
    texts = script(State.PROFILE)
    one, other = texts.prompts(talks([(5, 1), (0, -3)], [(0, -3), (5, 1)]))
    assert one == other
    said = texts.tokenizer.decode(one, skip_special_tokens=True)
    assert said == "Known so far:\n- taste for bread: no preference\n- goulash: yes\nNext question:\n"


def test_the_dialogue_is_told_in_the_words_that_were_used() -> None:
    texts = script(marked=False)
    (one,) = texts.prompts(talks([(5, 1), (UNREADABLE, -1)], words=[["Goulash?", "Hm?"]]))
    said = texts.tokenizer.decode(one, skip_special_tokens=True)
    assert said == "Goulash?\nyes\nHm?\ndid not understand the question\n"


def test_the_tree_holds_every_wording_and_knows_whose_it_is() -> None:
    texts = script(marked=False)
    for column, facet in enumerate(DOMAIN.facets):
        for text in question_texts(facet):
            node = wording_tree(texts)
            for token in texts.question(column, text):
                node = node.children[token]
            assert node.facets == 1 << column
            assert not node.children


class TestFromAList:
    """A model that reads what may be asked asks nothing else."""

    @pytest.mark.parametrize("way", [Way.HELD, Way.LIKELY])
    def test_only_what_stands_there_is_asked_and_then_no_more(self, way: Way) -> None:
        whole = asker(marked=False)
        listed = replace(whole, script=replace(whole.script, listed=3, order=(6, 4, 2, 0, 1, 3, 5)))
        questioner = CausalQuestioner(listed, way)
        allowed = np.ones((1, FACETS), dtype=bool)
        said: list[tuple[int, int]] = []
        for _ in range(4):
            asked = questioner.ask(talks(said), allowed, Luck.of(1, ["ann"])).facets
            if asked[0] < 0:
                break
            said.append((int(asked[0]), 0))
            allowed[0, asked[0]] = False
        assert sorted(column for column, _ in said) == [2, 4, 6]
        assert asked[0] == STOP

    def test_who_only_words_a_question_is_not_held_to_it(self) -> None:
        whole = asker(marked=False)
        listed = replace(whole, script=replace(whole.script, listed=3, order=(6, 4, 2, 0, 1, 3, 5)))
        picker = OrderedQuestioner(np.arange(FACETS))
        asked = CausalQuestioner(listed, Way.HELD, picker).ask(
            talks([]), np.ones((1, FACETS), dtype=bool), Luck.of(1, ["ann"])
        )
        assert asked.facets.tolist() == [0]


class TestOnDisk:
    """A model in a folder."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        path = tmp_path / "model"
        path.mkdir()
        asker().save(path)
        return path

    def test_it_asks_the_same(self, folder: Path) -> None:
        again = played(CausalQuestioner(Asker.load(folder, {"domain": DOMAIN.hash}), Way.HELD))
        assert again.asked.tolist() == played(CausalQuestioner(asker(), Way.HELD)).asked.tolist()

    def test_one_of_another_origin_is_refused(self, folder: Path) -> None:
        with pytest.raises(InputError, match="comes from another domain"):
            Asker.load(folder, {"domain": "another"})

    @pytest.mark.parametrize("name", ["model.safetensors", "facets.jsonl", "config.json", "tokenizer.json"])
    def test_one_that_was_changed_is_refused(self, folder: Path, name: str) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes() + b"\n")
        with pytest.raises(InputError, match="not as it was written"):
            Asker.load(folder)

    def test_what_elicit_says_of_it_cannot_be_changed(self, folder: Path) -> None:
        path = folder / "elicit.json"
        path.write_text(path.read_text(encoding="utf-8").replace('"stops": false', '"stops": true'), encoding="utf-8")
        with pytest.raises(InputError, match="not as it was written"):
            Asker.load(folder)

    def test_it_is_loaded_as_precise_as_it_was_saved(self, tmp_path: Path) -> None:
        import torch

        half = asker()
        half.model.to(torch.bfloat16)
        half.save(tmp_path)
        assert Asker.load(tmp_path).model.dtype == torch.bfloat16

    def test_one_without_its_tokenizer_is_refused(self, folder: Path) -> None:
        (folder / "tokenizer.json").unlink()
        with pytest.raises(InputError, match=r"cannot be loaded|tokenizer"):
            Asker.load(folder)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "network"}'])
    def test_what_is_not_ours_is_refused(self, folder: Path, text: str) -> None:
        (folder / "elicit.json").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="not a language model that asks"):
            Asker.load(folder)

    def test_one_of_another_version_says_what_is_missing(self, folder: Path) -> None:
        facts = json.loads((folder / "elicit.json").read_text(encoding="utf-8"))
        del facts["listed"]
        (folder / "elicit.json").write_text(json.dumps(facts), encoding="utf-8")
        with pytest.raises(InputError, match=r"says nothing of 'listed'.*another version.*Train it anew"):
            Asker.load(folder)

    def test_nothing_there_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"there is no elicit\.json"):
            Asker.load(tmp_path)

    def test_facts_say_where_it_comes_from(self, folder: Path) -> None:
        facts = json.loads((folder / "elicit.json").read_text(encoding="utf-8"))
        assert facts["origin"] == {"domain": DOMAIN.hash}

    def test_a_chat_back_end_gets_the_next_question(self, folder: Path) -> None:
        questioner = elicit.load_questioner(folder)
        chat: list[dict[str, str]] = [{"role": "system", "content": "Be kind."}]
        asked = []
        while (question := questioner.next(chat)) is not None:
            asked.append(question.facets[0])
            chat += [{"role": "assistant", "content": question.text}, {"role": "user", "content": question.options[0]}]
        assert sorted(asked) == sorted(DOMAIN.columns)

    def test_what_is_told_without_being_asked_is_not_asked_again(self, folder: Path) -> None:
        questioner = elicit.load_questioner(folder)
        chat = [{"role": "user", "content": "I love goulash."}]
        asked = []
        while (question := questioner.next(chat)) is not None:
            asked.append(question.facets[0])
            chat += [{"role": "assistant", "content": question.text}, {"role": "user", "content": question.options[0]}]
        assert "dish goulash" not in asked

    def test_many_threads_get_what_each_would_get_alone(self, folder: Path) -> None:
        chats = [
            [{"role": "assistant", "content": text}, {"role": "user", "content": said}]
            for facet in DOMAIN.facets[:4]
            for text in facet.wordings
            for said in ("little of it", "much of it")
        ]
        alone = [elicit.load_questioner(folder).next(chat) for chat in chats]
        questioner = elicit.load_questioner(folder)
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(questioner.next, chats)) == alone

    def test_a_message_without_content_is_refused(self, folder: Path) -> None:
        with pytest.raises(InputError, match="message 1"):
            elicit.load_questioner(folder).next([{"role": "user"}])
        with pytest.raises(InputError, match="message 1"):
            elicit.load_questioner(folder).next([{"role": "user", "content": None}])  # type: ignore[dict-item]
