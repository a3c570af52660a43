from __future__ import annotations

from dataclasses import replace
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_results import full, made

from elicit.measures.results import Results, Row
from elicit.reports import findings
from elicit.reports.findings import INVENTED

LINES = {"base": {0: 0.4, 5: 0.5, 15: 0.56}, "sharp": {0: 0.4, 5: 0.52, 15: 0.58}, "slow": {0: 0.4, 5: 0.42, 15: 0.5}}
AHEAD = ("sharp", "truthful", 15, 0.02, 0.01, 0.03, 0.002)
TIED = ("sharp", "truthful", 15, 0.02, -0.01, 0.05, 0.2)
BEHIND = ("slow", "truthful", 15, -0.06, -0.08, -0.04, 0.002)


def test_a_leader_beyond_noise_is_named_with_its_interval() -> None:
    assert findings(made({"truthful": LINES}, [AHEAD, BEHIND])) == [
        "After 15 questions (truthful), sharp (+.020 [+.010, +.030]) is ahead of base in NDCG@10 beyond noise.",
        "Of the others, slow is behind base beyond noise (-.060).",
        "The worst mean in truthful after 15 questions (slow, .500) is reached by the best (sharp) after 5 questions, "
        "not yet after 0.",
    ]


def test_nobody_leads_inside_the_noise() -> None:
    sentences = findings(made({"truthful": LINES}, [TIED, BEHIND]))
    assert sentences[0] == "After 15 questions (truthful), no questioner is ahead of base in NDCG@10 beyond noise."
    assert sentences[1] == (
        "Of the others, sharp cannot be told apart from base (+.020); slow is behind it beyond noise (-.060)."
    )


def test_an_interval_off_zero_does_not_lead_without_the_corrected_p_value() -> None:
    alone = ("sharp", "truthful", 15, 0.02, 0.01, 0.03, 0.08)
    assert "no questioner is ahead" in findings(made({"truthful": LINES}, [alone]))[0]


def test_where_less_is_better_the_smaller_is_ahead() -> None:
    sentences = findings(made({"truthful": LINES}, [AHEAD, BEHIND], better=-1))
    assert sentences[0].startswith("After 15 questions (truthful), slow (-.060 [-.080, -.040]) is ahead of base")
    assert "sharp is behind base beyond noise (+.020)" in sentences[1]
    assert "(sharp, .580) is reached by the best (slow) before any question" in sentences[2]


def test_where_neither_direction_is_better_nobody_wins() -> None:
    text = " ".join(findings(made({"truthful": LINES}, [AHEAD, BEHIND], better=0)))
    assert "sharp (+.020 [+.010, +.030]) is above base" in text
    assert "slow is below base" in text
    assert not any(word in text for word in ("ahead", "behind", "best", "worst"))


def test_two_leaders_are_not_ranked_against_each_other() -> None:
    lines = LINES | {"keen": {0: 0.4, 5: 0.52, 15: 0.59}}
    also = ("keen", "truthful", 15, 0.03, 0.02, 0.04, 0.002)
    first = findings(made({"truthful": lines}, [AHEAD, also]))[0]
    assert first.startswith("After 15 questions (truthful), keen (+.030 [+.020, +.040]) and sharp (+.020")
    assert first.endswith("; they were not tested against each other.")


def test_a_leader_that_was_behind_earlier_admits_it() -> None:
    setback = ("sharp", "truthful", 5, -0.02, -0.03, -0.01, 0.002)
    early, lead = findings(made({"truthful": LINES}, [AHEAD, setback]))[:2]
    assert early == "After 5 questions (truthful), nobody is ahead of base beyond noise and sharp is behind it."
    assert lead.endswith("beyond noise; yet sharp was behind it beyond noise after 5.")


def test_an_earlier_loss_inside_the_noise_is_no_setback() -> None:
    slip = ("sharp", "truthful", 5, -0.02, -0.05, 0.01, 0.4)
    assert "yet" not in findings(made({"truthful": LINES}, [AHEAD, slip]))[1]


def test_other_conditions_with_the_same_standing_share_a_sentence() -> None:
    worse = {q: {n: mean - 0.03 for n, mean in line.items()} for q, line in LINES.items()}
    curves = {"truthful": LINES, "noisy": worse, "silent": worse}
    sentences = findings(made(curves, [(q, c, *rest) for c in curves for q, _, *rest in (TIED, BEHIND)]))
    assert sentences[2] == (
        "In noisy and silent after 15 questions, nobody is ahead of base beyond noise, slow is behind it "
        "and sharp cannot be told apart from it."
    )
    assert sentences[3] == (
        "Compared with truthful, NDCG@10 is worse by .030 in noisy after 15 questions (the intervals overlap for 3 of "
        "3) and worse by .030 in silent after 15 questions (the intervals overlap for 3 of 3); this was not tested."
    )


def test_mixed_changes_are_called_different_not_worse() -> None:
    other = {"base": {15: 0.50}, "sharp": {15: 0.60}, "slow": {15: 0.50}}
    text = findings(made({"truthful": LINES, "noisy": other}, [AHEAD], half=0.01))[-2]
    assert (
        "NDCG@10 is different by -.060 to +.020 in noisy after 15 questions (the intervals overlap for 2 of 3)" in text
    )


def test_an_untested_condition_is_called_so() -> None:
    assert "In noisy, nothing was tested." in findings(made({"truthful": LINES, "noisy": LINES}, [AHEAD]))


def test_best_and_worst_that_may_be_equal_are_called_so() -> None:
    two = {"base": LINES["base"], "sharp": LINES["sharp"]}
    assert findings(made({"truthful": two}, [TIED]))[-1].endswith("; the two cannot be told apart in the end.")
    assert findings(made({"truthful": two}))[-1].endswith("; their intervals overlap and the pair was not tested.")


def test_invented_people_come_first() -> None:
    assert findings(made({"truthful": LINES}, [AHEAD], invented=True))[0] == INVENTED
    assert INVENTED not in findings(made({"truthful": LINES}, [AHEAD]))


def test_results_without_comparison_claim_nothing() -> None:
    assert findings(made({})) == ["Nothing was measured."]
    assert findings(made({"truthful": {"alone": {0: 0.4, 5: 0.5}}})) == [
        "Only alone asked questions, so there is nothing to compare."
    ]
    assert findings(made({"truthful": LINES}))[0].endswith("so nobody is called ahead.")
    same = {"a": {0: 0.4}, "b": {0: 0.4}}
    assert findings(made({"truthful": same}))[-1] == "In truthful all end at the same mean, .400."


def test_names_stay_as_they_are() -> None:
    odd = {"base": {5: 0.5}, "{x} [red]%s": {5: 0.6}}
    sentences = findings(made({"truthful": odd}, [("{x} [red]%s", "truthful", 5, 0.1, -0.1, 0.3, 1.0)]))
    assert sentences[1] == "Of the others, {x} [red]%s cannot be told apart from base (+.100)."


def test_usual_results_take_three_to_seven_sentences() -> None:
    assert 3 <= len(findings(full())) <= 7


def test_questions_to_the_level_come_first_the_fastest_ahead() -> None:
    results = made({"truthful": LINES}, [AHEAD])
    needs = {"base": (4.25, 3.0, 6.0), "sharp": (1.5, 1.0, inf), "slow": (inf, 12.0, inf)}
    summaries = tuple(Row(q, "truthful", 15, {"to_level": need}) for q, need in needs.items())
    assert findings(replace(results, summaries=summaries))[0] == (
        "Questions to the level (truthful, 95 % intervals): sharp 1.5 [1.0, –] and base 4.2 [3.0, 6.0]; "
        "slow did not get there."
    )


@st.composite
def compared(draw: st.DrawFn) -> Results:
    """Draw results of three questioners against the baseline in one or two conditions."""
    names, numbers = ("base", "one", "two", "three"), (0, 5, 10)
    means = st.floats(0.1, 0.9)
    conditions = draw(st.sampled_from([("truthful",), ("truthful", "noisy")]))
    curves = {c: {q: {n: draw(means) for n in numbers} for q in names} for c in conditions}
    differences = []
    for condition in conditions:
        for questioner in names[1:]:
            for n in numbers[1:]:
                middle, half = draw(st.floats(-0.2, 0.2)), draw(st.floats(0.001, 0.2))
                p = draw(st.sampled_from([0.001, 0.049, 0.05, 0.5]))
                differences.append((questioner, condition, n, middle, middle - half, middle + half, p))
    return made(curves, differences, better=draw(st.sampled_from([-1, 1])))


@settings(deadline=None)
@given(compared())
def test_only_who_is_beyond_noise_is_called_ahead_or_behind(results: Results) -> None:
    last = {d.questioner: d for d in results.differences if (d.condition, d.questions) == ("truthful", 10)}
    sentences = findings(results)
    lead, rest = (
        next(s for s in sentences if s.startswith("After 10 questions")).partition(" ahead of")[0],
        next((s for s in sentences if s.startswith("Of the others")), ""),
    )
    tied, _, behind = rest.partition(" cannot be told apart") if "cannot" in rest else ("", "", rest)
    for questioner, d in last.items():
        gain = d.difference * results.headline.better
        assert (f"{questioner} (" in lead) == (d.beyond_noise and gain > 0)
        assert (questioner in tied) == (not d.beyond_noise)
        assert (questioner in behind) == (d.beyond_noise and gain < 0)


@settings(deadline=None)
@given(compared())
def test_the_named_number_of_questions_is_the_first_that_suffices(results: Results) -> None:
    better = results.headline.better
    ends = {q: results.value(q, "truthful", 10, "ndcg")[0] * better for q in results.questioners}
    best, worst = max(ends, key=ends.__getitem__), min(ends, key=ends.__getitem__)
    first = next(n for n in (0, 5, 10) if results.value(best, "truthful", n, "ndcg")[0] * better >= ends[worst])
    words = {0: "before any question", 5: "after 5 questions", 10: "after 10 questions"}[first]
    assert len(set(ends.values())) == 1 or f"the best ({best}) {words}" in findings(results)[-1]


def test_a_shared_best_is_called_shared() -> None:
    lines = LINES | {"keen": LINES["sharp"]}
    assert (
        "(slow, .500) is reached by one of the best (sharp) after 5 questions"
        in findings(made({"truthful": lines}))[-1]
    )
