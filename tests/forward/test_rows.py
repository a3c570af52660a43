"""States and rows; the traps of the paper's page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_forward import DOMAIN, crowd, people

from elicit.basis import InputError
from elicit.dialogues import Answer, Exchange, NonAnswer, Question
from elicit.domains import Domain
from elicit.forward import (
    PROGRESSIVE,
    RANDOM,
    SYSTEM_LINE,
    Chain,
    ChainRules,
    PromptRow,
    Schedule,
    Silence,
    Split,
    build_chains,
    dialogue_state,
    messages_rows,
    profile_state,
    prompt_only_rows,
    prompt_rows,
    strip_chains,
    text_rows,
)
from elicit.forward.states import profile_lines

SCHEDULES = st.sampled_from([PROGRESSIVE, RANDOM, Schedule(0.5)])
CROWD = crowd(12, silent=0.2)
NOTHING = "Known so far:\nnothing yet\nNext question:\n"


def rows_of(chain: Chain, schedule: Schedule = PROGRESSIVE, seed: int = 0) -> list[PromptRow]:
    return list(prompt_rows(DOMAIN, [chain], schedule, seed))


def contents(exchange: Exchange) -> set[str]:
    """Return every text by which an exchange could betray itself."""
    facet = DOMAIN.facets[DOMAIN.column(exchange.facet)]
    said = [o for o in facet.options if o.id == exchange.answer.value]
    labels = {o.label for o in said} - {"yes", "no"}
    return {facet.label, exchange.question.text, exchange.answer.text, *labels, *(p for o in said for p in o.phrasings)}


def test_a_chain_by_hand() -> None:
    one = people([[2, 0, 1, 2, 1, 0, 1]])
    chain = build_chains(DOMAIN, one, ChainRules(length=None, order=("pace", "drama", "film:Beta")))[0]
    asked = [e.question.text for e in chain.exchanges]
    assert [(r["step"], r["facet"], r["prompt"], r["completion"]) for r in rows_of(chain)] == [
        (0, "pace", NOTHING, asked[0]),
        (1, "drama", "Known so far:\n- views on pace: loves pace\nNext question:\n", asked[1]),
        (
            2,
            "film:Beta",
            "Known so far:\n- views on pace: loves pace\n- views on drama: loves drama\nNext question:\n",
            asked[2],
        ),
    ]
    (row,) = messages_rows(DOMAIN, [chain], PROGRESSIVE, 0)
    assert row["facets"] == ["pace", "drama", "film:Beta"]
    assert [m["role"] for m in row["messages"]] == ["system", *["assistant", "user"] * 3]
    assert row["messages"][0]["content"] == SYSTEM_LINE
    assert [m["content"] for m in row["messages"][1::2]] == asked
    assert [m["content"] for m in row["messages"][2::2]] == [e.answer.text for e in chain.exchanges]


@settings(deadline=None)
@given(schedule=SCHEDULES, silent=st.sampled_from(Silence), seed=st.integers(0, 2**40))
def test_trap_1_nothing_is_left_at_the_first_step(schedule: Schedule, silent: Silence, seed: int) -> None:
    for chain in build_chains(DOMAIN, CROWD, ChainRules(silent=silent, seed=seed)):
        rows = rows_of(chain, schedule, seed)
        assert [r["step"] for r in rows] == list(range(len(chain.exchanges)))
        assert all(r["prompt"] == NOTHING for r in rows[:1])


@settings(deadline=None)
@given(schedule=SCHEDULES, silent=st.sampled_from(Silence), seed=st.integers(0, 2**40))
def test_trap_2_no_stripped_content_is_in_the_state(schedule: Schedule, silent: Silence, seed: int) -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules(silent=silent, seed=seed))
    for chain in chains:
        lines = profile_lines(DOMAIN, chain.exchanges)
        for row in rows_of(chain, schedule, seed):
            kept = [line in row["prompt"] for line in lines]
            assert sum(kept) == row["step"]
            stripped = [e for e, stays in zip(chain.exchanges, kept, strict=True) if not stays]
            assert row["facet"] == stripped[0].facet
            assert not [text for e in stripped for text in contents(e) if text in row["prompt"]]
            if schedule == PROGRESSIVE:
                assert kept == [i < row["step"] for i in range(len(lines))]


@settings(deadline=None)
@given(schedule=SCHEDULES, rate=st.floats(0, 1), seed=st.integers(0, 2**40))
def test_trap_2_holds_for_dialogue_states(schedule: Schedule, rate: float, seed: int) -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules(seed=seed))
    for chain, kept in zip(chains, strip_chains(DOMAIN, chains, schedule, rate, seed), strict=True):
        assert list(kept) == [e for e in chain.exchanges if e in kept]
        text = "\n".join(m["content"] for m in dialogue_state(kept))
        stripped = [e for e in chain.exchanges if e not in kept]
        assert not [t for e in stripped for t in contents(e) if t in text]


def test_trap_4_a_non_answer_leaves_its_own_mark_and_is_not_asked_again() -> None:
    silent = people([[2] * 4 + [1] * 3], [[False] * 7])
    (chain,) = build_chains(DOMAIN, silent, ChainRules(silent=Silence.ASK))
    facets = [r["facet"] for r in rows_of(chain)]
    assert sorted(facets) == sorted({f.id for f in DOMAIN.facets})
    last = rows_of(chain)[-1]["prompt"]
    assert last.count(": does not know\n") == 6
    assert not [o.label for f in DOMAIN.facets for o in f.options if f": {o.label}\n" in last]
    film = DOMAIN.facets[4]
    question = Question(facets=(film.id,), text="?")
    answers = [Exchange(question=question, answer=Answer(value=v, text="…")) for v in (*NonAnswer, "no", "yes")]
    assert len({profile_state(profile_lines(DOMAIN, [e])) for e in answers}) == 6


def test_trap_5_a_person_is_in_one_split_in_every_format() -> None:
    chains = build_chains(DOMAIN, crowd(200), ChainRules(length=3))
    parts: dict[str, set[str]] = {}
    for row in [*prompt_rows(DOMAIN, chains, RANDOM, 0), *messages_rows(DOMAIN, chains, RANDOM, 0)]:
        parts.setdefault(row["person"], set()).add(row["split"])
    assert len(parts) == 200
    assert all(len(splits) == 1 for splits in parts.values())
    assert {s for splits in parts.values() for s in splits} == {s.value for s in Split}


@settings(deadline=None, max_examples=30)
@given(schedule=SCHEDULES, seed=st.integers(0, 2**40))
def test_every_prefix_of_a_messages_row_is_a_state_of_the_schedule(schedule: Schedule, seed: int) -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules(seed=seed))
    rows = {r["person"]: r for r in messages_rows(DOMAIN, chains, schedule, seed)}
    for chain in chains:
        number = len(chain.exchanges)
        for known in range(number + 1):
            (kept,) = strip_chains(DOMAIN, [chain], schedule, (number - known) / max(number, 1), seed)
            assert sorted(e.facet for e in kept) == sorted(rows[chain.person]["facets"][:known])


def test_random_permutes_the_chain_and_progressive_does_not() -> None:
    chains = build_chains(DOMAIN, crowd(30), ChainRules())
    own = [[e.facet for e in c.exchanges] for c in chains]
    assert [r["facets"] for r in messages_rows(DOMAIN, chains, PROGRESSIVE, 0)] == own
    one, two = ([r["facets"] for r in messages_rows(DOMAIN, chains, RANDOM, seed)] for seed in (1, 2))
    assert own != one != two
    assert [sorted(r) for r in one] == [sorted(r) for r in own]


def test_a_chain_without_exchanges_gives_no_rows() -> None:
    chains = build_chains(DOMAIN, people([[0] * 7], [[False] * 7]), ChainRules())
    assert list(prompt_rows(DOMAIN, chains, RANDOM, 0)) == []
    assert list(messages_rows(DOMAIN, chains, RANDOM, 0)) == []


def test_chains_of_another_domain_are_refused() -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules())
    other = Domain(name="other", title="Other", facets=DOMAIN.facets[:2])
    with pytest.raises(InputError, match=r"no facet .* in domain 'other'"):
        list(prompt_rows(other, chains, RANDOM, 0))


@pytest.mark.parametrize("marked", [False, True])
def test_a_compact_text_by_hand(marked: bool) -> None:
    chain = build_chains(DOMAIN, people([[2, 0, 1, 2, 1, 0, 1]]), ChainRules(order=("pace", "film:Beta")))[0]
    pace, beta = (e.question.text for e in chain.exchanges)
    (row,) = text_rows(DOMAIN, [chain], PROGRESSIVE, 0, marked)
    marks = ("<|ask:pace|>", "<|ask:film:Beta|>") if marked else ("", "")
    assert row["text"] == f"{marks[0]}{pace}\nloves pace\n{marks[1]}{beta}\nno\n"
    assert row["facets"] == ["pace", "film:Beta"]


def test_a_non_answer_has_a_line_of_its_own() -> None:
    chain = build_chains(DOMAIN, people([[-2] * 7]), ChainRules(order=("pace",), silent=Silence.ASK))[0]
    (row,) = text_rows(DOMAIN, [chain], PROGRESSIVE, 0)
    assert row["text"].endswith("\ndoes not know\n")


def test_text_and_messages_ask_in_the_same_order() -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules())
    texts, messages = text_rows(DOMAIN, chains, RANDOM, 4), messages_rows(DOMAIN, chains, RANDOM, 4)
    assert [row["facets"] for row in texts] == [row["facets"] for row in messages]


def test_a_prompt_alone_tells_nothing_of_the_next_question() -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules())
    alone, whole = prompt_only_rows(DOMAIN, chains, RANDOM, 4), prompt_rows(DOMAIN, chains, RANDOM, 4)
    for row, full in zip(alone, whole, strict=True):
        assert row["prompt"] == full["prompt"]
        assert set(row) == {"person", "split", "step", "prompt"}
