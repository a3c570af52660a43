"""The interview of one person: what answers tell, the way back, and why it ends."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.beliefs import MixtureBelief
from elicit.dialogues import EndReason
from elicit.domains import Code, Domain, Facet, Option, Target
from elicit.profiles import Mixture
from elicit.questioners import GainQuestioner, Rules, StoppingQuestioner
from elicit.runs import Interview, Step

RANKS = tuple(Option(id=i, label=i.title()) for i in ("low", "middle", "high"))
DOMAIN = Domain(
    name="tiny",
    title="Tiny",
    facets=(
        Facet(id="half", label="one half"),
        Facet(id="other", label="the other half", depth=1, parents=("half",)),
        Facet(id="rank", label="the rank", options=RANKS, depth=1, parents=("half",)),
    ),
    targets=tuple(Target(id=i, label=f"target {i}") for i in "abcd"),
)
CERTAIN = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)]
"""Four equally many classes; the first two facets halve them, the third has 1, 2 and 1 of them."""


def certain(domain: Domain = DOMAIN, error: float = 0.0) -> MixtureBelief:
    codes = np.array(CERTAIN)[:, : len(domain.facets)]
    most = int(domain.option_counts.max())
    answers = (codes.T[:, None, :] == np.arange(most)[None, :, None]).astype(np.float32)
    mixture = Mixture(np.full(4, 0.25, dtype=np.float32), answers, np.eye(4, dtype=np.float32))
    return MixtureBelief(mixture, domain.option_counts, error)


def drawn(seed: int, error: float) -> MixtureBelief:
    random = np.random.default_rng(seed)
    answers = np.zeros((3, 3, 4), dtype=np.float32)
    for facet, count in enumerate(DOMAIN.option_counts.tolist()):
        answers[facet, :count] = random.dirichlet(np.ones(count), size=4).T
    shares = random.dirichlet(np.ones(4)).astype(np.float32)
    mixture = Mixture(shares, answers, random.random((4, 4)).astype(np.float32))
    return MixtureBelief(mixture, DOMAIN.option_counts, error)


def interview(
    belief: MixtureBelief | None = None,
    *,
    domain: Domain = DOMAIN,
    cost: float = 0.0,
    budget: int = 9,
    most_unknown: int | None = None,
) -> Interview:
    belief = belief or certain(domain)
    asking = StoppingQuestioner(GainQuestioner(belief.information), cost)
    return Interview(domain, belief, asking, Rules.of(domain, most_unknown), budget)


def test_an_answer_tells_as_many_bits_as_it_leaves_less_to_know() -> None:
    talk = interview()
    assert talk.answer(0, 1) == Step(0, 1, pytest.approx(1.0))
    assert talk.answer(1, 0) == Step(1, 0, pytest.approx(1.0))
    # Now the class is known, and the rank with it.
    assert talk.answer(2, 1).bits == pytest.approx(0.0)


def test_a_rare_answer_tells_more() -> None:
    assert interview().answer(2, 0).bits == pytest.approx(2.0)
    assert interview().answer(2, 1).bits == pytest.approx(1.0)


@pytest.mark.parametrize("code", [Code.UNKNOWN, Code.NO_PREFERENCE, Code.REFUSED, Code.NOT_UNDERSTOOD])
def test_what_is_no_answer_tells_nothing_and_is_not_asked_again(code: Code) -> None:
    talk = interview()
    asked = talk.next()
    assert talk.answer(int(asked), code).bits == 0
    assert talk.states()[0, int(asked)] == code
    assert talk.next() != asked


@given(seed=st.integers(0, 99), error=st.sampled_from([0.0, 0.1]), facet=st.integers(0, 2), before=st.integers(0, 1))
def test_answers_tell_on_average_what_the_question_was_expected_to_tell(
    seed: int, error: float, facet: int, before: int
) -> None:
    belief = drawn(seed, error)
    talk = interview(belief)
    talk.answer((facet + 1) % 3, before)
    expected = float(belief.information(talk.states())[0, facet])
    chances = belief.heard_of(belief.posterior(talk.states()))[0, :, facet]
    told = 0.0
    for code in range(int(DOMAIN.option_counts[facet])):
        told += float(chances[code]) * talk.answer(facet, code).bits
        talk.back()
    assert told == pytest.approx(expected, abs=1e-4)


@given(
    seed=st.integers(0, 99),
    answers=st.lists(st.sampled_from([0, 1, -2, -3, -4]), min_size=3, max_size=3),
    kept=st.integers(0, 3),
)
def test_the_way_back_restores_everything_exactly(seed: int, answers: list[int], kept: int) -> None:
    talk = interview(drawn(seed, 0.1))
    seen = []
    for code in answers:
        seen.append((talk.next(), talk.states().tobytes(), talk.recommended(4), talk.believed(3), list(talk.steps)))
        step = talk.next()
        if isinstance(step, EndReason):
            break
        talk.answer(step, code)
    while len(talk.steps) > kept:
        last = talk.steps[-1]
        assert talk.back() == last
        now = (talk.next(), talk.states().tobytes(), talk.recommended(4), talk.believed(3), list(talk.steps))
        assert now == seen[len(talk.steps)]


def test_before_the_first_answer_there_is_no_way_back() -> None:
    talk = interview()
    assert talk.back() is None
    assert talk.steps == []


def test_the_question_that_tells_most_comes_first() -> None:
    # The rank has 1/4, 1/2 and 1/4: 1.5 bits against 1.
    assert interview().next() == 2


def test_what_few_can_answer_is_worth_less() -> None:
    belief = certain()
    answerable = np.array([1.0, 0.8, 0.1])
    asking = StoppingQuestioner(GainQuestioner(belief.information, answerable), 0.0)
    assert Interview(DOMAIN, belief, asking, Rules.of(DOMAIN), 9).next() == 0


def test_the_budget_ends_it() -> None:
    talk = interview(budget=1)
    talk.answer(2, 1)
    assert talk.next() is EndReason.BUDGET
    talk.back()
    assert talk.next() == 2


def test_when_everything_was_asked_nothing_is_left() -> None:
    talk = interview(most_unknown=2)
    for facet, code in ((0, 0), (1, -3), (2, -4)):
        talk.answer(facet, code)
    assert talk.next() is EndReason.NO_QUESTIONS_LEFT


def test_when_the_class_is_known_no_question_tells_more() -> None:
    talk = interview(cost=0.5)
    talk.answer(2, 0)
    assert talk.next() is EndReason.NO_GAIN_LEFT


def test_a_question_must_be_worth_its_cost() -> None:
    assert interview(cost=1.49).next() == 2
    assert interview(cost=1.51).next() is EndReason.BELOW_COST


def test_two_unknown_answers_close_the_only_branch() -> None:
    talk = interview(most_unknown=2)
    talk.answer(0, Code.UNKNOWN)
    assert talk.next() == 2
    talk.answer(2, Code.UNKNOWN)
    assert talk.next() is EndReason.TWO_UNKNOWN_IN_BRANCH
    # Not wanting to say is not the same as not knowing.
    talk.back()
    talk.answer(2, Code.REFUSED)
    assert talk.next() == 1


def test_targets_are_recommended_by_chance_and_then_by_place() -> None:
    talk = interview()
    assert talk.recommended(2) == [("target a", 0.25), ("target b", 0.25)]
    talk.answer(2, 1)
    assert [label for label, _ in talk.recommended(3)] == ["target b", "target c", "target a"]
    assert [chance for _, chance in talk.recommended(3)] == pytest.approx([0.5, 0.5, 0.0])


def test_a_wrong_answer_is_thought_possible() -> None:
    talk = interview(certain(error=0.1))
    talk.answer(0, 1)
    assert [chance for _, chance in talk.recommended(4)] == pytest.approx([0.45, 0.45, 0.05, 0.05])


def test_what_was_learned_without_asking_is_told_with_what_was_thought_before() -> None:
    talk = interview()
    assert talk.believed(3) == []
    talk.answer(2, 0)
    assert talk.believed(3) == [("one half", "no", 1.0, 0.5), ("the other half", "no", 1.0, 0.5)]
    assert talk.believed(1) == [("one half", "no", 1.0, 0.5)]
    talk.answer(0, Code.REFUSED)
    assert talk.believed(3) == [("the other half", "no", 1.0, 0.5)]


def test_what_moved_furthest_is_told_first() -> None:
    talk = interview()
    talk.answer(0, 1)
    # The rank is middle or high now; high moved by 1/4, middle not at all. The other half did not move.
    assert talk.believed(3) == [("the rank", "High", 0.5, 0.25)]


def test_without_targets_nothing_is_recommended() -> None:
    plain = DOMAIN.model_copy(update={"targets": ()})
    mixture = certain().mixture
    nothing = MixtureBelief(
        Mixture(mixture.shares, mixture.answers, np.zeros((0, 4), dtype=np.float32)), plain.option_counts
    )
    assert interview(nothing, domain=plain).recommended(5) == []


def test_bits_are_those_of_the_belief_in_double_precision() -> None:
    talk = interview(certain(error=0.1))
    # Of four classes two have 0.45 each afterwards and two 0.05 each.
    assert talk.answer(0, 1).bits == pytest.approx(2 - 2 * (-0.45 * log2(0.45) - 0.05 * log2(0.05)), abs=1e-5)


def test_the_reason_for_a_target_is_the_answer_without_which_it_would_be_least_likely() -> None:
    talk = interview(certain(error=0.1))
    assert talk.reasons(2) == [None, None]
    half, rank = talk.answer(0, 1), talk.answer(2, 2)
    # The fourth class alone has the high rank and the upper half: without the rank it would be one of two.
    assert talk.recommended(1)[0][0] == "target d"
    assert talk.reasons(1) == [rank]
    # The third was more likely by the half alone; the rank speaks against it.
    assert talk.recommended(2)[1][0] == "target c"
    assert talk.reasons(2)[1] == half


def test_what_was_not_answered_is_no_reason() -> None:
    talk = interview()
    talk.answer(0, Code.REFUSED)
    rare = talk.answer(2, 0)
    assert talk.reasons(2) == [rare, None]
