"""How well free text is understood: every count worked by hand on a few labelled examples."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from elicit.basis import InputError
from elicit.domains import Domain, Facet, Option
from elicit.language import Heard
from elicit.measures import Example, Judged, Score, Understood, understand

SIZES = tuple(Option(id=i, label=f"{i} cups") for i in ("few", "some", "many"))
DOMAIN = Domain(
    name="tea", title="Tea", facets=(Facet(id="milk", label="milk"), Facet(id="cups", label="cups", options=SIZES))
)


class Notes:
    """Understands what is noted for a text, and remembers what it was told beside the text."""

    def __init__(self, **told: Mapping[str, str]) -> None:
        self.told, self.heard = told, list[Heard]()

    async def questions(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [tuple(self.told.get(text, {})) for text in texts]

    async def answers(self, heard: Sequence[Heard]) -> list[Mapping[str, str]]:
        self.heard += heard
        return [self.told.get(one.text, dict.fromkeys(one.asked, "not_understood")) for one in heard]


def answer(text: str, asked: str | None = "milk", tags: Sequence[str] = (), **means: str) -> Example:
    return Example(id=text, domain="tea", kind="answer", asked=asked, text=text, means=means, tags=tuple(tags))


def question(text: str, *asks: str, tags: Sequence[str] = ()) -> Example:
    return Example(id=text, domain="tea", kind="question", text=text, asks=asks, tags=tuple(tags))


def judged(example: Example, **got: str) -> Judged:
    return Judged(example, frozenset(got.items()))


def understood(*examples: Example, **told: Mapping[str, str]) -> Understood:
    return Understood(tuple(asyncio.run(understand(examples, DOMAIN, Notes(**told)))))


YES, FEW, DUNNO = {"milk": "yes"}, {"cups": "few"}, {"milk": "unknown"}


@pytest.mark.parametrize(
    ("means", "got", "mistake"),
    [
        (YES, YES, ""),
        ({"milk": "not_understood"}, {}, ""),
        ({}, {}, ""),
        (YES, {}, "abstained"),
        (DUNNO, {}, "abstained"),
        ({}, YES, "false alarm"),
        ({"milk": "not_understood"}, YES, "false alarm"),
        (YES | FEW, YES, "not all of it"),
        (YES, YES | FEW, "more than was said"),
        (YES, {"milk": "no"}, "wrong option"),
        (YES, {"milk": "no"} | FEW, "wrong option"),
        (YES, FEW, "wrong option"),
        (YES, DUNNO, "non-answer confused"),
        (DUNNO, YES, "non-answer confused"),
        (DUNNO, {"milk": "refused"}, "non-answer confused"),
    ],
)
def test_mistakes_of_answers_have_names(means: Mapping[str, str], got: Mapping[str, str], mistake: str) -> None:
    found = judged(answer("text", **means), **got)
    assert (found.mistake, found.is_right) == (mistake, not mistake)


@pytest.mark.parametrize(
    ("asks", "got", "mistake"),
    [
        (("milk",), ("milk",), ""),
        ((), (), ""),
        (("milk",), (), "abstained"),
        ((), ("milk",), "false alarm"),
        (("milk", "cups"), ("cups",), "not all of it"),
        (("milk",), ("cups", "milk"), "more than was said"),
        (("milk",), ("cups",), "wrong facet"),
    ],
)
def test_mistakes_of_questions_have_names(asks: Sequence[str], got: Sequence[str], mistake: str) -> None:
    found = judged(question("text", *asks), **dict.fromkeys(got, ""))
    assert (found.mistake, found.is_right) == (mistake, not mistake)


FIVE = (
    answer("a", milk="yes", tags=["plain"]),  # right
    answer("b", milk="yes", tags=["plain", "slang"]),  # the wrong option
    answer("c", milk="unknown", tags=["slang"]),  # nothing found
    answer("d", milk="not_understood"),  # nothing to find, and nothing found
    answer("e", milk="not_understood", tags=["off-topic"]),  # nothing to find, but something found
)
THREE = (question("f", "milk", tags=["plain"]), question("g", "milk", "cups"), question("h"))
NOTES = {"a": YES, "b": {"milk": "no"}, "e": FEW, "f": YES, "g": YES}


def test_scores_are_counted_by_kind() -> None:
    found = understood(*FIVE, *THREE, **NOTES)
    answers, questions, both = (found.score(kind) for kind in ("answer", "question", None))
    # a, b, c mean something; of a, b something was understood; of a, b, e something came back; a is right.
    assert answers == Score(examples=5, meant=3, covered=2, returned=3, right=1)
    # f, g ask for something; both were noticed; of g one facet is missing.
    assert questions == Score(examples=3, meant=2, covered=2, returned=2, right=1)
    assert both == Score(examples=8, meant=5, covered=4, returned=5, right=2)
    assert both.coverage[0] == pytest.approx(4 / 5)
    assert both.precision[0] == pytest.approx(2 / 5)


def test_mistakes_are_counted_by_kind_and_by_tag() -> None:
    found = understood(*FIVE, *THREE, **NOTES)
    assert found.mistakes() == {"wrong option": 1, "abstained": 1, "false alarm": 1, "not all of it": 1}
    # Examples, abstentions, other mistakes; the commonest tag first.
    assert list(found.mistakes_by_tag().items()) == [
        ("plain", (3, 0, 1)),
        ("slang", (2, 1, 1)),
        ("off-topic", (1, 0, 1)),
    ]


def test_intervals_are_those_of_wilson() -> None:
    # 2 of 3 with z = 1.959964: centre (2/3 + z²/6) / (1 + z²/3), half width z √(2/27 + z²/36) / (1 + z²/3).
    share, low, high = understood(*FIVE, **NOTES).score("answer").coverage
    assert (share, low, high) == pytest.approx((0.666667, 0.207660, 0.938509), abs=1e-6)


def test_a_share_of_nothing_is_not_known() -> None:
    score = understood(question("h")).score()
    assert score.examples == 1
    assert all(math.isnan(value) for value in (*score.coverage, *score.precision))
    assert Understood(()).score().examples == 0
    assert Understood(()).mistakes_by_tag() == {}


def test_one_sees_the_question_and_its_options() -> None:
    notes = Notes()
    replies = [answer("a", asked="cups", cups="few"), answer("b", asked=None).model_copy(update={"question": "Tea?"})]
    asyncio.run(understand(replies, DOMAIN, notes))
    assert notes.heard == [Heard("a", ("cups",), ("few cups", "some cups", "many cups")), Heard("b", question="Tea?")]


def test_judgements_stay_with_their_examples_where_kinds_are_mixed() -> None:
    mixed = [question("f", "milk"), answer("a", milk="yes"), question("g", "cups"), answer("b", milk="no")]
    found = understood(*mixed, a=YES, b={"milk": "no"}, f=YES, g=FEW)
    assert {j.example.id: j.is_right for j in found.judged} == {"a": True, "b": True, "f": True, "g": True}


@given(st.lists(st.tuples(st.sampled_from([{}, YES, DUNNO, FEW]), st.sampled_from([{}, YES, DUNNO, YES | FEW]))))
def test_the_counts_add_up(pairs: list[tuple[dict[str, str], dict[str, str]]]) -> None:
    found = Understood(tuple(judged(answer(str(n), **means), **got) for n, (means, got) in enumerate(pairs)))
    score, mistakes = found.score(), found.mistakes()
    assert score.meant - score.covered == mistakes["abstained"]
    assert score.returned - score.covered == mistakes["false alarm"]
    assert score.returned - score.right == mistakes.total() - mistakes["abstained"]
    assert found.score("question").examples == 0


@pytest.mark.parametrize(
    ("example", "problem"),
    [
        (answer("a", asked="mikl"), "no facet 'mikl' in domain 'tea'. Did you mean 'milk'?"),
        (answer("a", cubs="few"), "no facet 'cubs' in domain 'tea'. Did you mean 'cups'?"),
        (answer("a", cups="fwe"), "facet 'cups': 'fwe' is no answer. Did you mean 'few'?"),
        (answer("a", cups="yes"), "facet 'cups': 'yes' is no answer. Known: few, some, many, unknown"),
        (question("a", "milk", "sugar"), "no facet 'sugar' in domain 'tea'. Known: milk, cups"),
    ],
)
def test_labels_that_the_domain_does_not_have_are_named(example: Example, problem: str) -> None:
    with pytest.raises(InputError, match=problem.replace("?", r"\?")):
        example.check(DOMAIN)


def test_options_and_the_four_non_answers_are_labels() -> None:
    for value in ("few", "some", "many", "unknown", "no_preference", "refused", "not_understood"):
        answer("a", asked="cups", cups=value).check(DOMAIN)
    answer("a", asked=None).check(DOMAIN)
    question("a").check(DOMAIN)


@pytest.mark.parametrize("changes", [{"kind": "reply"}, {"text": ""}, {"id": None}, {"mood": "fine"}, {"means": ["a"]}])
def test_other_fields_are_refused(changes: Mapping[str, object]) -> None:
    with pytest.raises(ValidationError):
        Example.model_validate(answer("a").model_dump() | changes)
