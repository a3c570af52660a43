"""The measures by name, and how to read them."""

from __future__ import annotations

from typing import Final

from elicit.measures.results import Measure

_LISTENING: Final = "Listening"
_WORDS: Final = "Words"

CURVES: Final = (
    Measure(
        "ndcg",
        "NDCG@10",
        "",
        1,
        "How well the ten recommended targets fit what the person really likes: 1 = the best order possible.",
    ),
    Measure(
        "profile_bits",
        "Profile bits left",
        "bits",
        -1,
        "What is still hidden: bits needed to write down the true profile on all facets not yet answered.",
    ),
    Measure(
        "target_bits",
        "Target bits left",
        "bits",
        -1,
        "Bits needed to write down which targets the person likes and which not.",
    ),
    Measure(
        "accuracy",
        "Accuracy",
        "share",
        1,
        "Share of unanswered facets guessed right; the deepest level (single items) is left out, because saying 'no' "
        "to every item is right most of the time.",
    ),
)
"""Measures after each number of questions; the first is the headline."""

WHOLE: Final = (
    Measure("area", "Area under NDCG", "", 1, "Mean NDCG over all numbers of questions: rewards learning early."),
    Measure(
        "to_level",
        "Questions to level",
        "questions",
        -1,
        "Where the mean NDCG curve first reaches the stated share of what the full profile gives, by linear "
        "interpolation; – = not within the questions asked.",
    ),
    Measure(
        "funnel",
        "Funnel-ness",
        "tau-b",
        0,
        "Kendall's tau-b of turn and depth: larger = from broad to specific, 0 = no order; ties keep it below 1.",
    ),
    Measure(
        "closing",
        "Open to closed",
        "tau-b",
        0,
        "Kendall's tau-b of turn and number of possible answers, turned round: larger = from many answers to few.",
    ),
    Measure(
        "ties", "Ties in depth", "share", 0, "Share of pairs of questions at equal depth, which tau-b cannot order."
    ),
    Measure(
        "adaptivity",
        "Listens",
        "share",
        0,
        "How often the next question changes when only the last answer is changed; 0 = a fixed list in disguise.",
        _LISTENING,
    ),
    Measure(
        "swap_ndcg",
        "Swap test, NDCG",
        "",
        1,
        "NDCG that is lost when everybody is asked what was asked of another person: what listening is worth.",
        _LISTENING,
    ),
    Measure(
        "swap_bits",
        "Swap test, bits",
        "bits",
        1,
        "Profile bits that are left in addition when everybody is asked what was asked of another person.",
        _LISTENING,
    ),
    Measure(
        "heeds_6",
        "Listens after 6",
        "share",
        0,
        "The same after 6 answers only: of a questioner that keeps to an order at first, the part that may listen.",
        _LISTENING,
    ),
    Measure("heeds_9", "Listens after 9", "share", 0, "The same after 9 answers.", _LISTENING),
    Measure(
        "heeds_random_6",
        "Listens off the path",
        "share",
        0,
        "The same after 6 answers to random questions: dialogues to which it would not have come by itself.",
        _LISTENING,
    ),
    Measure(
        "unreadable", "Unreadable", "share", -1, "Share of questions that ask for nothing that the domain has.", _WORDS
    ),
    Measure("again", "Asked again", "share", -1, "Share of questions for a facet that was asked for before.", _WORDS),
    Measure(
        "flagged",
        "Flagged",
        "share",
        -1,
        "Share of questions with a finding of the linter; – = it does not word them.",
        _WORDS,
    ),
    Measure(
        "leaking",
        "Leaking",
        "share",
        -1,
        "Share of answered questions that name the option that is then answered, and no other.",
        _WORDS,
    ),
    Measure(
        "rouge_l",
        "ROUGE-L (paper metric)",
        "F1",
        0,
        "Words in common with the next question of the person's own chain, broad to specific, in the states of that "
        "chain: rewards the paper's order and wording, not good questions.",
        _WORDS,
    ),
    Measure("asked", "Questions asked", "questions", 0, "How many questions were asked before the questioner stopped."),
    Measure(
        "redundancy", "Redundant", "share", -1, "Share of questions whose answer was already 95 % sure before asking."
    ),
    Measure("unanswered", "Unanswered", "share", -1, "Share of questions that got no answer."),
    Measure(
        "calibration",
        "Calibration error",
        "share",
        -1,
        "Reliability of the guesses at the end: mean gap between how sure they are and how often they are right.",
    ),
)
"""Measures of whole dialogues."""
