"""Lessons: who leads, what is taught, and what stands in the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tiny_asker import COUNTS, DOMAIN, FACETS, asker, script

from elicit.basis import InputError
from elicit.domains import Codes, Population
from elicit.forward import PROGRESSIVE, RANDOM, ChainRules, Order, facet_order
from elicit.language import question_texts
from elicit.profiles import Noisy, Truthful
from elicit.questioners import STOP, OrderedQuestioner
from elicit.questioners.causal import State
from elicit.training import NO_LOSS, Leading, Lessons, Teacher, chain_lessons, led_lessons, refuse_long, token_rows

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


def chains(people: Population | None = None, **changes: Any) -> Lessons:
    settings: dict[str, Any] = {"schedule": PROGRESSIVE, "number": 60, "turns": 5} | changes
    return chain_lessons(DOMAIN, people or crowd(), ChainRules(length=5, seed=2), **settings)


class TestLed:
    """Dialogues led by a teacher."""

    def test_what_is_taught_is_what_the_teacher_asks_after_what_was_answered(self) -> None:
        lessons = led()
        for asked, taught in zip(lessons.talks.asked.tolist(), lessons.taught.tolist(), strict=True):
            for turn, column in enumerate(asked):
                if taught[turn]:
                    assert column == next(c for c in ORDER.tolist() if c not in asked[:turn])

    def test_about_half_start_with_questions_that_are_not_taught(self) -> None:
        lessons = led(2000)
        starts = (~lessons.taught).sum(axis=1)
        assert 0.45 < (starts > 0).mean() < 0.55
        assert set(starts.tolist()) == {0, 1, 2, 3}
        assert all(not row[:n].any() and row[n:].all() for row, n in zip(lessons.taught, starts, strict=True))
        first = lessons.talks.asked[starts > 0, 0]
        assert set(first.tolist()) == set(range(FACETS))

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

    def test_the_loss_is_on_the_questions_that_are_taught_and_nowhere_else(self) -> None:
        texts, lessons = script(), led(40)
        for number, row in enumerate(token_rows(texts, lessons)):
            counted = [token for token in row["labels"] if token != NO_LOSS]
            said = texts.tokenizer.decode(counted, skip_special_tokens=True)
            asked = lessons.talks.asked[number][lessons.taught[number]].tolist()
            assert [mark for mark in counted if mark in texts.marks] == [texts.marks[column] for column in asked]
            lines = said.strip().split("\n")
            assert all(line in question_texts(DOMAIN.facets[c]) for line, c in zip(lines, asked, strict=True))
            assert all(label in (token, NO_LOSS) for token, label in zip(*row.values(), strict=True))

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

    def test_a_lesson_that_teaches_nothing_has_no_row(self) -> None:
        lessons = led(5)
        lessons.taught[:] = False
        assert list(token_rows(script(), lessons)) == []

    def test_a_row_longer_than_the_context_is_refused(self) -> None:
        rows = list(token_rows(script(), led(5)))
        with pytest.raises(InputError, match=r"a row has \d+ tokens, more than the 20"):
            refuse_long(rows, 20)

    def test_rows_without_a_loss_are_refused(self) -> None:
        with pytest.raises(InputError, match="nothing to learn"):
            refuse_long([{"input_ids": [1, 2], "labels": [NO_LOSS, NO_LOSS]}], 20)
