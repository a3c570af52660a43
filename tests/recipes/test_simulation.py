"""Simulations: the same people with the same luck as in the numeric engine, scored alike, gone on with after a stop."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from in_words_only import InWordsOnly
from planted import planted_domain, planted_people

from elicit.basis import InputError, draw_seed
from elicit.dialogues import Dialogue, EndReason, Failure, Fault, Speaker, Usage, code_of
from elicit.domains import Codes, Domain, Population
from elicit.language import open_understanding
from elicit.measures import TalkResults, told
from elicit.profiles import answer_model
from elicit.recipes import (
    Prepared,
    Simulation,
    bounds,
    build_questioner,
    prepare,
    score_talks,
    simulate,
    simulation_facts,
)
from elicit.recipes.parties import agent_prompt, build_agent, build_user, user_prompt
from elicit.runs import Conversation, Hearing, TalkLog, play, read_finished
from elicit.users import Case


def recipe(**changes: Any) -> Simulation:
    settings: dict[str, Any] = {
        "title": "Planted",
        "domain": "planted",
        "seed": 3,
        "dialogues": 40,
        "questions": 5,
        "mixture": {"classes": (1, 4), "starts": 2},
    }
    return Simulation.model_validate(settings | changes)


@pytest.fixture(scope="module")
def domain() -> Domain:
    return planted_domain()


@pytest.fixture(scope="module")
def people(domain: Domain) -> Population:
    return planted_people(domain, 150)


def ready(domain: Domain, people: Population, **changes: Any) -> Prepared:
    return prepare(recipe(**changes), domain, people)


def played(prepared: Prepared, folder: Path) -> list[Dialogue]:
    folder.mkdir(exist_ok=True)
    simulate(prepared, folder, open_understanding(prepared.domain, None))
    return sorted(read_finished(folder), key=lambda d: d.id)


def known(domain: Domain, dialogue: Dialogue) -> Codes:
    state = np.full(len(domain.facets), -1, dtype=np.int8)
    for facet, value in told(dialogue.turns).items():
        state[domain.column(facet)] = code_of(domain.facets[domain.column(facet)], value)
    return state


def numeric(prepared: Prepared, draw: int) -> Codes:
    """Return what the numeric engine learns from the same people with the same luck."""
    model, fitted = answer_model(prepared.recipe.condition), prepared.fitted
    people = prepared.people
    transcript = play(
        build_questioner(prepared.recipe.agent, fitted, model),
        model,
        model.truth(people),
        prepared.domain.option_counts,
        fitted.rules,
        people.luck(draw_seed(prepared.recipe.seed, draw)),
        prepared.recipe.questions,
    )
    return transcript.states(prepared.recipe.questions, len(prepared.domain.facets))


@pytest.mark.parametrize("condition", ["truthful", "noisy", "silent"])
@pytest.mark.parametrize("agent", ["static", "mixture", "random"])
def test_words_and_codes_learn_the_same(
    domain: Domain, people: Population, tmp_path: Path, agent: str, condition: str
) -> None:
    prepared = ready(domain, people, agent=agent, condition=condition, dialogues=60)
    dialogues = {d.id: d for d in played(prepared, tmp_path / "run")}
    assert len(dialogues) == 60
    numerics = [numeric(prepared, draw) for draw in (0, 1, 2)]
    for case in prepared.cases():
        assert known(domain, dialogues[case.id]).tolist() == numerics[case.draw][case.row].tolist()


@pytest.mark.parametrize("condition", ["truthful", "noisy"])
def test_the_same_is_learned_when_only_words_are_passed_on(domain: Domain, people: Population, condition: str) -> None:
    prepared = ready(domain, people, agent="static", condition=condition)
    user, agent = InWordsOnly(build_user(prepared, {})), InWordsOnly(build_agent(prepared, {}))
    hearing = Hearing(domain, prepared.people.codes, open_understanding(domain, None), False)
    kept: dict[str, Dialogue | Failure] = {}
    loop = Conversation(user, agent, hearing, prepared.recipe.questions + 1, 1)
    asyncio.run(loop.play(prepared.cases(), lambda record: kept.update({record.id: record})))
    numerics = [numeric(prepared, draw) for draw in (0, 1)]
    for case in prepared.cases():
        dialogue = kept[case.id]
        assert isinstance(dialogue, Dialogue)
        assert known(domain, dialogue).tolist() == numerics[case.draw][case.row].tolist()


def test_two_runs_are_the_same_but_for_the_seconds(domain: Domain, people: Population, tmp_path: Path) -> None:
    def texts(name: str, at_once: int) -> list[str]:
        prepared = ready(domain, people, agent="mixture", condition="noisy", at_once=at_once)
        return [d.model_copy(update={"timing": 0.0}).model_dump_json() for d in played(prepared, tmp_path / name)]

    assert texts("a", 1) == texts("b", 7)


def test_questions_end_when_there_are_none_left(domain: Domain, people: Population, tmp_path: Path) -> None:  # case 14
    few = planted_domain(facets=5)
    prepared = ready(few, planted_people(few, 150), agent="popular", questions=9, dialogues=3)
    for dialogue in played(prepared, tmp_path / "run"):
        asked = [t.asks for t in dialogue.turns if t.asks]
        assert sorted(asked) == sorted((f.id,) for f in few.facets)
        assert dialogue.end is EndReason.NO_QUESTIONS_LEFT


def test_what_is_there_is_not_played_again(domain: Domain, people: Population, tmp_path: Path) -> None:
    prepared = ready(domain, people)
    whole = played(prepared, tmp_path / "whole")
    part = tmp_path / "part"
    part.mkdir()
    marked = whole[7].model_copy(update={"timing": 1234.5})
    with TalkLog(part) as log:
        log.keep(marked)
    again = played(prepared, part)
    assert [d.id for d in again] == [d.id for d in whole]
    assert again[7] == marked


def test_scores_are_those_of_the_numeric_engine(domain: Domain, people: Population, tmp_path: Path) -> None:
    prepared = ready(domain, people, dialogues=1000)
    number = len(prepared.people)
    prepared = ready(domain, people, dialogues=number)
    played(prepared, tmp_path / "run")
    results = score_talks(prepared, tmp_path / "run", {"seed": 3})
    scores = prepared.reader.score(numeric(prepared, 0), prepared.people)
    for name in ("ndcg", "profile_bits", "accuracy", "target_bits"):
        assert results.values[name][0] == pytest.approx(np.nanmean(scores[name]))
    assert results.statuses == {"finished": number, "agent": 0, "user": 0, "model": 0, "transport": 0}
    assert results.values["learned"] == (5, 5, 5)
    assert TalkResults.from_json(results.to_json()) == results


def test_an_agents_failure_counts_as_nothing_learned_and_others_leave_the_figures(
    domain: Domain, people: Population, tmp_path: Path
) -> None:  # acceptance case 18
    prepared = ready(domain, people, dialogues=10)
    dialogues = played(ready(domain, people, dialogues=6), tmp_path / "run")
    with TalkLog(tmp_path / "run") as log:
        missing = [case for case in prepared.cases() if case.id not in log.done]
        for case, fault in zip(missing, Fault, strict=True):
            log.keep(Failure(id=case.id, person=case.person, fault=fault, side=Speaker.AGENT, kind="k", detail="d"))
    results = score_talks(prepared, tmp_path / "run", {})
    assert results.statuses == {"finished": 6, "agent": 1, "user": 1, "model": 1, "transport": 1}
    assert sum(results.statuses.values()) == results.planned == 10
    assert results.counted == 7
    assert results.values["learned"][0] == pytest.approx(6 * 5 / 7)
    table = pq.read_table(tmp_path / "run" / "scores.parquet").to_pylist()
    failed = [row for row in table if row["status"] == "agent"]
    assert [(row["ndcg"], row["learned"], row["counted"]) for row in failed] == [(0, 0, True)]
    assert sum(row["counted"] for row in table) == 7
    assert len(dialogues) == 6


def test_a_user_that_was_empty_twice_is_no_failure_of_the_agent(
    domain: Domain, people: Population, tmp_path: Path
) -> None:  # acceptance case 3
    prepared = ready(domain, people, dialogues=2)
    first, second = played(prepared, tmp_path / "run")
    with TalkLog(tmp_path / "other") if (tmp_path / "other").mkdir() is None else TalkLog(tmp_path) as log:
        log.keep(first.model_copy(update={"end": EndReason.USER_EMPTY}))
        log.keep(second.model_copy(update={"usage": {Speaker.USER: Usage(calls=3, money=0.5)}}))
    results = score_talks(prepared, tmp_path / "other", {})
    assert (results.statuses["finished"], results.statuses["user"], results.statuses["agent"]) == (1, 1, 0)
    assert results.counted == 1
    assert results.ends == {"user_empty": 1, "budget": 1}
    assert results.usage == {Speaker.USER: Usage(calls=3, money=0.5)}


def test_a_model_that_asks_is_not_told_about_the_person(domain: Domain, people: Population) -> None:
    prepared = ready(domain, people)
    prompt = agent_prompt(prepared)
    assert "thing 1" in prompt
    assert "5 questions" in prompt
    assert not any(option.label in prompt for facet in domain.facets[:3] for option in facet.options)


def test_a_model_that_answers_is_told_its_profile_and_persona(domain: Domain, people: Population) -> None:
    prepared = ready(domain, people)
    prompt = user_prompt(prepared)
    for row in (0, 5):
        case = Case("x/0", "x", row, 0)
        for facet, code in zip(domain.facets, prepared.people.codes[row].tolist(), strict=True):
            assert f"- {facet.label}: {facet.options[code].label}" in prompt(case)
        assert f"age {prepared.people.personas['age'][row]}" in prompt(case)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"agent": "statik"}, "unknown agent 'statik'. Did you mean 'static'?"),
        ({"agent": "htps://me:secret@host/v1#m"}, "unknown agent 'htps://…@host/v1#m'"),
        ({"agent": "scripted:x.toml", "models": {"agent": {"spec": "hf:x"}}}, "the model is named by 'agent' itself"),
        ({"understanding": "word"}, "unknown understanding 'word'. Known is 'words', or name a model"),
        ({"user": "ruler"}, "unknown user 'ruler'. Did you mean 'rule'?"),
        ({"agent": "person", "user": "person"}, "the person at the keyboard cannot be both sides"),
        ({"condition": "noise"}, "unknown condition 'noise'. Did you mean 'noisy'?"),
        ({"questions": 0}, "greater than or equal to 1"),
        ({"agent": "http://"}, "http"),
        ({"agent": "scripted:x.toml", "models": {"agent": {"temprature": 1}}}, "temprature"),
    ],
)
def test_what_cannot_be_used_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises((ValueError, InputError), match=problem.replace("?", r"\?").replace("(", r"\(")):
        recipe(**changes)


def test_a_recipe_is_the_same_after_a_visit_to_a_file(tmp_path: Path) -> None:
    import tomllib

    original = recipe(agent="scripted:a.toml", models={"agent": {"max_tokens": 50}}, opening='He said: "hi"\n')
    again = Simulation.model_validate(tomllib.loads(original.to_toml()))
    assert again == original
    assert again.hash == original.hash


def test_the_hash_is_of_what_decides_the_result(domain: Domain, people: Population) -> None:
    assert recipe(at_once=3).hash == recipe(at_once=9).hash
    assert recipe(agent="random").hash != recipe().hash
    assert recipe(agent="random").user_hash == recipe().user_hash
    assert recipe(condition="noisy").user_hash != recipe().user_hash
    facts = simulation_facts(recipe(), domain, people, has_encoder=True)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["kind"] == "simulation"


@pytest.mark.parametrize(
    ("changes", "has_encoder", "understood_by"),
    [
        ({}, True, "codes"),
        ({"user": "scripted:a.toml"}, True, "words and encoder"),
        ({"agent": "mine:ask"}, False, "words"),
        ({"agent": "mine:ask", "understanding": "hf:smollm2"}, False, "hf:smollm2, else words"),
    ],
)
def test_a_run_says_what_understands_its_words(
    domain: Domain, people: Population, changes: dict[str, Any], has_encoder: bool, understood_by: str
) -> None:
    facts = simulation_facts(recipe(**changes), domain, people, has_encoder)
    assert facts["understanding"] == understood_by


def test_a_model_can_understand_what_an_agent_says(domain: Domain, people: Population, tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text('replies = ["Zork?", "Blim, or blam?"]')
    asks = json.dumps({"asks": [domain.facets[1].id]})
    (tmp_path / "meaning.toml").write_text(f"replies = ['nothing']\n[[when]]\nmatches = 'Zork'\nreply = '{asks}'\n")
    spoken = {"agent": f"scripted:{tmp_path / 'agent.toml'}", "dialogues": 3, "questions": 2}
    without = played(ready(domain, people, **spoken), tmp_path / "without")
    understood = ready(domain, people, **spoken, understanding=f"scripted:{tmp_path / 'meaning.toml'}")
    with_model = played(understood, tmp_path / "with")
    assert {d.turns[1].asks for d in without} == {()}
    assert {d.turns[1].asks for d in with_model} == {(domain.facets[1].id,)}
    assert {d.turns[3].asks for d in with_model} == {()}
    assert all(set(d.turns[2].tells) == {domain.facets[1].id} for d in with_model)


def test_what_a_model_understands_is_counted_before_it_is_sent(domain: Domain, people: Population) -> None:
    heard = {"understanding": "scripted:a.toml", "dialogues": 10, "questions": 4}
    assert bounds(ready(domain, people, **heard)).calls == 0
    assert bounds(ready(domain, people, **heard, agent="mine:ask")).calls == 10 * 5
    both = bounds(ready(domain, people, **heard, agent="mine:ask", user="mine:answer"))
    assert both.calls == 2 * 10 * 5
    assert both.prompt_tokens > both.calls * sum(len(f.label) for f in domain.facets) // 4
    assert recipe(**heard).model_settings()["understanding"].temperature == 0


def test_results_say_between_what_the_reader_lies(domain: Domain, people: Population, tmp_path: Path) -> None:
    prepared = ready(domain, people, dialogues=100)
    played(prepared, tmp_path)
    who, anchors = score_talks(prepared, tmp_path, {}).notes
    assert who.startswith(f"{len(prepared.people)} people took part, again and again")
    whole = prepared.reader.score(prepared.people.codes, prepared.people)["ndcg"]
    assert f"{np.nanmean(whole):.3f}".removeprefix("0") in anchors
