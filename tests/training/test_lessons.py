"""Lessons: who leads, what is taught, and what stands in the rows."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from tiny_asker import COUNTS, DOMAIN, FACETS, TEMPLATE, asker, script, talks

from elicit.basis import InputError
from elicit.domains import Codes, Population
from elicit.forward import PROGRESSIVE, RANDOM, ChainRules, Order, facet_order
from elicit.language import question_texts
from elicit.profiles import Noisy, Truthful
from elicit.questioners import STOP, GainQuestioner, OrderedQuestioner
from elicit.questioners.causal import State
from elicit.training import (
    NO_LOSS,
    Leading,
    Lessons,
    Teacher,
    chain_lessons,
    led_lessons,
    refuse_idle,
    refuse_long,
    token_rows,
)

ORDER = np.array([4, 2, 0, 1, 3, 5, 6])


def crowd(number: int = 30, silent: float = 0.0) -> Population:
    random = np.random.default_rng(3)
    codes = random.integers(0, COUNTS, size=(number, FACETS)).astype(np.int8)
    codes[random.random(codes.shape) < silent] = -2
    return Population(tuple(f"p{n}" for n in range(number)), codes, np.zeros((number, 0), dtype=bool))


def led(number: int = 200, model: Any = None, **changes: Any) -> Lessons:
    leading = Leading(**{"turns": 5, "started": 0.5, "starts": 3, "unanswered": 0.4} | changes)
    teachers = [Teacher(OrderedQuestioner(ORDER), model or Truthful())]
    return led_lessons(crowd(), teachers, COUNTS, leading, number, seed=1)


def _no_score(states: Codes) -> Any:
    raise InputError("no score")


def chains(people: Population | None = None, **changes: Any) -> Lessons:
    settings: dict[str, Any] = {"schedule": PROGRESSIVE, "number": 60, "turns": 5} | changes
    return chain_lessons(DOMAIN, people or crowd(), ChainRules(length=5, seed=2), **settings)


class TestLed:
    """Dialogues led by a teacher."""

    def test_what_is_taught_is_what_the_teacher_would_ask_after_what_was_answered(self) -> None:
        lessons = led()
        for asked, wanted in zip(lessons.talks.asked.tolist(), lessons.wanted.tolist(), strict=True):
            assert wanted == [next(c for c in ORDER.tolist() if c not in asked[:turn]) for turn in range(5)]

    def test_about_half_start_with_random_questions(self) -> None:
        lessons = led(2000)
        strays = lessons.talks.asked != lessons.wanted
        # One random question in seven is by chance the teacher's.
        assert 0.4 < strays.any(axis=1).mean() < 0.55
        assert strays[:, :3].any(axis=0).all()
        assert not strays[:, 3:].any()
        assert set(lessons.talks.asked[:, 0].tolist()) == set(range(FACETS))

    def test_several_threads_lead_the_same_dialogues(self) -> None:
        leading = Leading(5, softness=0.5)
        scores = np.random.default_rng(5).normal(size=(FACETS, FACETS)).astype(np.float32)
        weighing = GainQuestioner(lambda states: np.maximum(states, 0).astype(np.float32) @ scores)
        teachers = [Teacher(weighing, Noisy()), Teacher(OrderedQuestioner(ORDER), Truthful())]
        one, three = (
            led_lessons(crowd(), teachers, COUNTS, leading, 2500, seed=1, threads=threads) for threads in (1, 3)
        )
        assert one.shares is not None
        assert three.shares is not None
        np.testing.assert_array_equal(one.talks.asked, three.talks.asked)
        np.testing.assert_array_equal(one.talks.answers, three.talks.answers)
        np.testing.assert_array_equal(one.wanted, three.wanted)
        np.testing.assert_array_equal(one.shares, three.shares)
        assert (one.talks.asked >= 0).all()

    def test_what_a_teacher_raises_in_a_thread_is_raised(self) -> None:
        teacher = Teacher(GainQuestioner(_no_score), Truthful())
        with pytest.raises(InputError, match="no score"):
            led_lessons(crowd(), [teacher], COUNTS, Leading(3), 20, seed=1, threads=2)

    def test_a_teacher_who_weighs_questions_can_teach_how_likely_each_is(self) -> None:
        worth = np.linspace(0, 3, FACETS, dtype=np.float32)
        weighing = GainQuestioner(lambda states: np.broadcast_to(worth, states.shape))
        lessons = led_lessons(crowd(), [Teacher(weighing, Truthful())], COUNTS, Leading(3, softness=0.5), 20, seed=1)
        assert lessons.shares is not None
        np.testing.assert_allclose(lessons.shares.sum(axis=2), 1, rtol=1e-5)
        np.testing.assert_array_equal(lessons.shares.argmax(axis=2), lessons.wanted)
        first = lessons.shares[0, 0]
        np.testing.assert_allclose(first[1:] / first[:-1], np.exp(0.5 / 0.5), rtol=1e-4)
        asked = lessons.talks.asked[:, :2]
        assert not np.take_along_axis(lessons.shares[:, 2], asked.astype(np.intp), axis=1).any()

    def test_softness_leaves_who_weighs_nothing_with_one_choice(self) -> None:
        lessons = led(softness=0.5)
        assert lessons.shares is not None
        assert set(np.unique(lessons.shares)) == {0, 1}
        np.testing.assert_array_equal(lessons.shares.argmax(axis=2), lessons.wanted)

    def test_nothing_is_asked_twice(self) -> None:
        assert all(len(set(row)) == len(row) for row in led().talks.asked.tolist())

    def test_answers_are_those_of_the_person(self) -> None:
        lessons, people = led(), crowd()
        for name, asked, answers in zip(
            lessons.people, lessons.talks.asked.tolist(), lessons.talks.answers.tolist(), strict=True
        ):
            truth: Codes = people.codes[people.ids.index(name)]
            assert answers == truth[asked].tolist()

    def test_everybody_takes_part_about_as_often(self) -> None:
        counts = np.unique(led(95).people, return_counts=True)[1]
        assert counts.min() == 3
        assert counts.max() == 4

    def test_under_noise_people_differ_in_how_much_they_do_not_know(self) -> None:
        missed = (led(3000, Noisy(), started=0.0).talks.answers < 0).mean(axis=1)
        assert 0.17 < missed.mean() < 0.23
        assert (missed == 0).mean() > 0.3
        assert (missed >= 0.6).mean() > 0.05

    def test_a_teacher_that_stops_teaches_to_stop(self) -> None:
        short = led_lessons(
            crowd(), [Teacher(OrderedQuestioner(ORDER[:2]), Truthful())], COUNTS, Leading(5, 0.0), 30, seed=1
        )
        assert short.ended.all()
        (row, *_) = token_rows(script(), short)
        assert row["labels"][-1] == script().stop

    def test_one_who_was_only_cut_off_does_not(self) -> None:
        assert not led().ended.any()

    def test_two_teachers_share_the_people(self) -> None:
        pair = [Teacher(OrderedQuestioner(np.roll(ORDER, n)), Truthful()) for n in (0, 1)]
        lessons = led_lessons(crowd(), pair, COUNTS, Leading(3, 0.0), 60, seed=1)
        assert sorted(np.unique(lessons.talks.asked[:, 0], return_counts=True)[1].tolist()) == [30, 30]
        one = [asked for name, asked in zip(lessons.people, lessons.talks.asked[:, 0], strict=True) if name == "p3"]
        assert len(set(one)) == 2


class TestListed:
    """Dialogues in which only some facets may be asked, which a list says."""

    def test_only_what_is_offered_is_asked_and_taught(self) -> None:
        lessons = led(400, turns=3, listed=5)
        assert lessons.offered is not None
        assert {len(columns) for columns in lessons.offered} == {4, 5}
        assert len(set(lessons.offered)) > 300
        for columns, asked, wanted in zip(
            lessons.offered, lessons.talks.asked.tolist(), lessons.wanted.tolist(), strict=True
        ):
            assert {*asked, *wanted} <= set(columns)
            assert wanted == [next(c for c in ORDER.tolist() if c in columns and c not in asked[:n]) for n in range(3)]
        assert not lessons.ended.any()

    def test_a_short_list_of_all_facets_is_everything(self) -> None:
        lessons = led(10, turns=7, started=0.0, listed=3)
        assert lessons.offered is not None
        assert all(sorted(columns) == list(range(FACETS)) for columns in lessons.offered)
        assert all(row == ORDER.tolist() for row in lessons.talks.asked.tolist())

    @pytest.mark.parametrize("state", [State.DIALOGUE, State.PROFILE])
    def test_a_row_begins_with_the_list(self, state: State) -> None:
        texts, lessons = script(state, marked=False, listed=5), led(5, started=0.0, turns=3, listed=5)
        assert lessons.offered is not None
        rows = iter(token_rows(texts, lessons))
        for columns in lessons.offered:
            for _ in range(1 if state is State.DIALOGUE else 3):
                text = texts.tokenizer.decode(next(rows)["input_ids"], skip_special_tokens=True)
                lines = "".join(f"- {DOMAIN.facets[column].label}\n" for column in columns)
                assert text.startswith(f"What may be asked:\n{lines}Dialogue:\n")
        assert next(rows, None) is None

    def test_whoever_asks_reads_a_list_of_what_is_broadest(self) -> None:
        texts = script(listed=5)
        (prompt,) = texts.prompts(talks([(0, 1)]))
        assert texts.shortlist == (0, 1, 2, 3, 4)
        assert prompt[: len(texts.start)] == texts.start == texts.beginning(range(5))
        text = texts.tokenizer.decode(prompt, skip_special_tokens=True)
        assert [text.count(f"- {facet.label}\n") for facet in DOMAIN.facets] == [1] * 5 + [0] * (FACETS - 5)


class TestChains:
    """The chains of profiles, the paper's way."""

    def test_they_go_from_broad_to_specific(self) -> None:
        order = facet_order(DOMAIN, crowd(), Order.GENERALITY).tolist()
        for row in chains().talks.asked.tolist():
            places = [order.index(column) for column in row]
            assert places == sorted(places)

    def test_stripped_at_random_they_come_in_any_order(self) -> None:
        ordered, shuffled = chains(), chains(schedule=RANDOM)
        same = [sorted(a) == sorted(b) for a, b in zip(ordered.talks.asked, shuffled.talks.asked, strict=True)]
        assert all(same)
        assert len(set(shuffled.talks.asked[:, 0].tolist())) > 3
        assert len(set(ordered.talks.asked[:, 0].tolist())) <= 4

    @pytest.mark.parametrize("schedule", [PROGRESSIVE, RANDOM])
    def test_the_broadest_question_left_is_taught(self, schedule: Any) -> None:
        people = crowd(silent=0.3)
        order = facet_order(DOMAIN, people, Order.GENERALITY).tolist()
        lessons = chains(people, schedule=schedule)
        for asked, wanted in zip(lessons.talks.asked.tolist(), lessons.wanted.tolist(), strict=True):
            for turn in range(5):
                left = [column for column in asked[turn:] if column != STOP]
                assert wanted[turn] == (min(left, key=order.index) if left else STOP)
        assert (lessons.wanted == lessons.talks.asked).all() == (schedule is PROGRESSIVE)

    def test_what_a_person_cannot_say_is_not_asked(self) -> None:
        lessons = chains(crowd(silent=0.5))
        assert (lessons.talks.answers[lessons.talks.asked >= 0] >= 0).all()
        assert (lessons.talks.asked == STOP).any()
        assert not lessons.ended.any()

    def test_people_without_an_answer_have_none(self) -> None:
        people = crowd()
        people.codes[:10] = -2
        assert not {f"p{n}" for n in range(10)} & set(chains(people).people)

    def test_where_nobody_has_an_answer_there_is_nothing_to_learn(self) -> None:
        people = crowd()
        people.codes[:] = -2
        with pytest.raises(InputError, match="nobody has an answer"):
            chains(people)

    def test_a_person_has_several_chains_of_other_facets(self) -> None:
        lessons = chains(number=120)
        mine = [tuple(a) for name, a in zip(lessons.people, lessons.talks.asked.tolist(), strict=True) if name == "p1"]
        assert len(mine) == 4
        assert len(set(mine)) > 1


class TestRows:
    """Tokens, and where the loss is."""

    def test_the_loss_is_on_what_the_teacher_would_ask_and_nowhere_else(self) -> None:
        """The words only where they were said; the mark everywhere."""
        texts, lessons = script(), led(40)
        for number, row in enumerate(token_rows(texts, lessons)):
            counted = [token for token in row["labels"] if token != NO_LOSS]
            said = texts.tokenizer.decode(counted, skip_special_tokens=True)
            asked, wanted = lessons.talks.asked[number], lessons.wanted[number]
            assert [mark for mark in counted if mark in texts.marks] == [texts.marks[column] for column in wanted]
            lines = said.strip().split("\n")
            followed = asked[asked == wanted].tolist()
            assert all(line in question_texts(DOMAIN.facets[c]) for line, c in zip(lines, followed, strict=True))
            for token, label in zip(row["input_ids"], row["labels"], strict=True):
                assert label in (token, NO_LOSS) or (token in texts.marks and label in texts.marks)

    def test_without_marks_only_what_was_followed_is_taught(self) -> None:
        texts, lessons = script(marked=False), led(40)
        for number, row in enumerate(token_rows(texts, lessons)):
            followed = (lessons.talks.asked[number] == lessons.wanted[number]).sum()
            counted = [token for token in row["labels"] if token != NO_LOSS]
            assert texts.tokenizer.decode(counted).count("\n") == followed
            assert all(label in (token, NO_LOSS) for token, label in zip(row["input_ids"], row["labels"], strict=True))

    def test_who_would_rather_ask_no_more_teaches_that_in_the_place_of_a_random_question(self) -> None:
        teacher = [Teacher(OrderedQuestioner(ORDER[:1]), Truthful())]
        lessons = led_lessons(crowd(), teacher, COUNTS, Leading(5, started=1.0, starts=3), 60, seed=1)
        (number, turn), *_ = np.argwhere((lessons.wanted == STOP) & (lessons.talks.asked != STOP))
        marked, unmarked = script(), script(State.PROFILE, marked=False)
        row = list(token_rows(marked, lessons))[number]
        places = [n for n, token in enumerate(row["input_ids"]) if token in marked.marks]
        assert row["labels"][places[turn]] == marked.stop
        alone = [each["input_ids"][-1] for each in token_rows(unmarked, lessons)]
        assert alone.count(unmarked.stop) == (lessons.wanted == STOP)[lessons.talks.asked != STOP].sum() + 60

    def test_shares_stand_where_a_mark_is_taught(self) -> None:
        texts, lessons = script(), led(10, softness=1.0)
        assert lessons.shares is not None
        for number, row in enumerate(token_rows(texts, lessons)):
            np.testing.assert_array_equal(row["shares"].reshape(5, FACETS), lessons.shares[number])
        assert not any("shares" in row for row in token_rows(script(marked=False), lessons))

    def test_a_row_is_what_the_questioner_reads(self) -> None:
        """What stands in a row before a question is the prompt after which the question is asked."""
        texts, lessons = script(), led(10)
        for number, row in enumerate(token_rows(texts, lessons)):
            asked = lessons.talks.asked[number]
            text = tuple(row["input_ids"])
            words = texts.tokenizer.decode(text, skip_special_tokens=True).split("\n")[::2]
            for turn in range(len(asked)):
                talk = lessons.talks.part(np.array([number]), turn)
                (prompt,) = texts.prompts(type(talk)(talk.asked, talk.answers, (tuple(words[:turn]),)))
                assert text[: len(prompt)] == prompt
                assert text[len(prompt)] == texts.marks[asked[turn]]

    def test_a_shared_row_gives_the_logits_of_separate_ones(self) -> None:
        import torch

        model, texts = asker().model, asker().script
        (row,) = token_rows(texts, led(1, started=0.0))
        tokens = row["input_ids"]
        begins = [n for n, t in enumerate(tokens) if t in texts.marks]
        with torch.inference_mode():
            shared = model(torch.tensor([tokens])).logits[0]
            for begin in begins:
                alone = model(torch.tensor([tokens[:begin]])).logits[0, -1]
                assert torch.allclose(shared[begin - 1], alone, atol=1e-4)

    def test_a_profile_has_a_row_for_each_question_and_shows_nothing_of_what_is_to_come(self) -> None:
        texts, lessons = script(State.PROFILE, marked=False), chains(number=20)
        rows = iter(token_rows(texts, lessons))
        for number in range(20):
            asked = lessons.talks.asked[number].tolist()
            for turn, column in enumerate(asked):
                row = next(rows)
                begin = sum(label == NO_LOSS for label in row["labels"])
                prompt = texts.tokenizer.decode(row["input_ids"][:begin], skip_special_tokens=True)
                question = texts.tokenizer.decode(row["input_ids"][begin:], skip_special_tokens=True)
                assert question.strip() in question_texts(DOMAIN.facets[column])
                for later in asked[turn:]:
                    assert f"- {DOMAIN.facets[later].label}:" not in prompt
                assert prompt.count("\n- ") == turn
        assert next(rows, None) is None

    def test_a_chat_is_what_the_template_makes_of_its_messages(self) -> None:
        texts, lessons = script(State.CHAT, marked=False), led(20, started=0.0)
        for number, row in enumerate(token_rows(texts, lessons)):
            turns = [
                {"role": role, "content": text}
                for role, text in re.findall(
                    r"\[(\w+)\] (.*?) \[end\]", texts.tokenizer.decode(row["input_ids"], skip_special_tokens=True)
                )
            ]
            asked = lessons.talks.asked[number].tolist()
            assert [turn["role"] for turn in turns] == ["system", *["assistant", "user"] * len(asked)]
            assert all(
                t["content"] in question_texts(DOMAIN.facets[c]) for t, c in zip(turns[1::2], asked, strict=True)
            )
            rendered = texts.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
            assert texts.tokenizer.decode(row["input_ids"]) == rendered
            taught = texts.tokenizer.decode([label for label in row["labels"] if label != NO_LOSS])
            assert taught == "".join(f"{turn['content']} [end]\n" for turn in turns[1::2])

    @pytest.mark.parametrize(
        ("template", "problem"),
        [
            (None, "has no chat template"),
            ("{{ raise_exception('no system, please') }}", "it fails .no system, please"),
            ("{{ messages | length }}: {{ messages[-1]['content'] }}", "message after message"),
            (f"{{% if messages | length > 4 %}}Long. {{% endif %}}{TEMPLATE}", "leave them as they are"),
        ],
    )
    def test_a_template_that_cannot_be_used_is_refused(self, template: str | None, problem: str) -> None:
        with pytest.raises(InputError, match=problem):
            list(token_rows(script(State.CHAT, template=template), led(1)))

    def test_a_lesson_that_teaches_nothing_has_no_row(self) -> None:
        lessons = led(5)
        lessons.wanted[:] = (lessons.talks.asked + 1) % FACETS
        assert list(token_rows(script(marked=False), lessons)) == []

    def test_a_row_longer_than_the_context_is_refused(self) -> None:
        rows = list(token_rows(script(), led(5)))
        with pytest.raises(InputError, match=r"a row has \d+ tokens, more than the 20"):
            refuse_long((len(row["input_ids"]) for row in rows), 20)

    def test_rows_without_a_loss_are_refused(self) -> None:
        with pytest.raises(InputError, match="nothing to learn"):
            refuse_idle([{"input_ids": [1, 2], "labels": [NO_LOSS, NO_LOSS]}])
