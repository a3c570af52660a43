"""Turns what an evaluation observed into results: means, intervals, paired differences, examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elicit.basis import one_thread
from elicit.dialogues import NonAnswer
from elicit.domains import Domain, Population
from elicit.language import Phrasebook, answer_texts
from elicit.measures import (
    CURVES,
    TROUBLE,
    WHOLE,
    Difference,
    Measure,
    Results,
    Row,
    area_under,
    different,
    questions_to_level,
    share_of_gain,
)
from elicit.questioners import UNREADABLE
from elicit.recipes.differences import COMPARED, differences
from elicit.recipes.evaluate import Evaluated, evaluate, run_facts
from elicit.recipes.observing import Key
from elicit.recipes.published import beside
from elicit.recipes.recipe import Evaluation
from elicit.statistics import Interval, crossed_bootstrap

_READERS = {
    "mixture": "The reader is the class mixture by which static, frequency-skip, entropy and mixture also choose.",
    "network": "The reader is the masked network, trained with everybody's answers in every condition; static, "
    "frequency-skip, entropy, the value head and the judge of its shortlist choose by it too, mixture and PEP by "
    "models of their own.",
}
_ONE_TRAINING = (
    "Intervals and p-values are over people, with what was learned held fixed: they do not say what learning from "
    "other people would have changed."
)
_TRAININGS = (
    "Intervals are over people and trainings, both drawn anew; p-values are over people, of the mean over trainings."
)
_POOLED = ("ties", "calibration")
"""Measures of all people of a split together; resampling people says nothing about them."""


def compare(recipe: Evaluation, domain: Domain, population: Population) -> Results:
    """Evaluate a recipe and return the results without writing anything; see ``evaluate`` and ``summarise``."""
    return summarise(evaluate(recipe, domain, population), run_facts(recipe, domain, population))


def summarise(evaluated: Evaluated, facts: dict[str, Any]) -> Results:
    """Return the results of an evaluation; all intervals are 95 % bootstrap intervals over people.

    Measures that nobody has (NDCG where nobody likes a target) are left out.
    """
    with one_thread():
        curves = _curves(evaluated)
        measures = tuple(m for m in CURVES if m.name in curves)
        rows = _rows(evaluated, curves, measures)
        return Results(
            title=evaluated.recipe.title,
            domain=evaluated.domain.title,
            invented=evaluated.domain.invented,
            people=len(evaluated.ids),
            measures=measures,
            rows=rows,
            differences=_differences(evaluated, curves),
            summaries=_summaries(evaluated, curves),
            summary_measures=_whole_measures(evaluated, curves),
            facts=_facts(evaluated, facts),
            notes=_notes(evaluated, curves),
            examples=_examples(evaluated),
            published=beside(evaluated.recipe.published, rows) if evaluated.recipe.published else None,
        )


def _curves(evaluated: Evaluated) -> dict[str, NDArray[np.float64]]:
    """Return each measure that anybody has, float64[people, trainings, keys, questions + 1]."""
    every = list(evaluated.observed.values())
    found = {name: np.stack([seen.curves[name] for seen in every], axis=2) for name in every[0].curves}
    return {name: curves for name, curves in found.items() if not np.isnan(curves).all()}


def _rows(evaluated: Evaluated, curves: dict[str, NDArray[np.float64]], measures: Sequence[Measure]) -> tuple[Row, ...]:
    counts = list(evaluated.questions)
    found = {m.name: crossed_bootstrap(curves[m.name][..., counts], seed=evaluated.recipe.seed) for m in measures}
    return tuple(
        Row(name, condition, count, {m: _triple(interval, (k, c)) for m, interval in found.items()})
        for k, (condition, name) in enumerate(evaluated.observed)
        for c, count in enumerate(counts)
    )


def _triple(interval: Sequence[NDArray[np.float64]], place: tuple[int, ...]) -> tuple[float, float, float]:
    mean, low, high = (float(part[place]) for part in interval)
    return mean, low, high


def _differences(evaluated: Evaluated, curves: dict[str, NDArray[np.float64]]) -> tuple[Difference, ...]:
    counts = _turns(evaluated)
    scores = {measure: table[..., counts] for measure, table in curves.items() if measure in COMPARED}
    return differences(scores, list(evaluated.observed), counts, evaluated.recipe.baseline, evaluated.recipe.seed)


def _level(evaluated: Evaluated) -> float:
    return float(evaluated.recipe.level * np.nanmean(evaluated.full["ndcg"]))


def _summaries(evaluated: Evaluated, curves: dict[str, NDArray[np.float64]]) -> tuple[Row, ...]:
    whole = {name: _whole_table(evaluated, name) for name in _whole_names(evaluated)}
    found = {name: crossed_bootstrap(table, seed=evaluated.recipe.seed) for name, table in whole.items()}
    found |= {name: _without_ends(found[name].mean) for name in _POOLED}
    if "ndcg" in curves:
        level = _level(evaluated)
        found["area"] = crossed_bootstrap(area_under(curves["ndcg"]), seed=evaluated.recipe.seed)
        found["to_level"] = crossed_bootstrap(
            curves["ndcg"], lambda means: questions_to_level(means, level), seed=evaluated.recipe.seed
        )
    for depth in _depths(evaluated):
        shares = np.array([_unanswered_share(evaluated, key, depth) for key in evaluated.observed])
        found[f"unanswered_depth_{depth}"] = _without_ends(shares)
    if evaluated.recipe.language:
        keys = list(evaluated.observed)
        baseline = np.array([keys.index((condition, evaluated.recipe.baseline)) for condition, _ in keys])
        for m in _gaining(curves):
            share = partial(share_of_gain, baseline=baseline, better=m.better)
            found[f"gain_{m.name}"] = crossed_bootstrap(curves[m.name], share, seed=evaluated.recipe.seed)
        variety = [different(evaluated.transcripts[key]) for key in evaluated.observed]
        for turn in _turns(evaluated):
            found[f"different_{turn}"] = _without_ends(np.array([facets[turn - 1] for facets, _ in variety], float))
        found["wordings"] = _without_ends(np.array([words or np.nan for _, words in variety]))
    return tuple(
        Row(name, condition, evaluated.questions[-1], {m: _triple(part, (k,)) for m, part in found.items()})
        for k, (condition, name) in enumerate(evaluated.observed)
    )


def _without_ends(values: NDArray[np.float64]) -> Interval:
    return Interval(values, *np.full((2, len(values)), np.nan))


def _whole_names(evaluated: Evaluated) -> list[str]:
    names = next(iter(evaluated.observed.values())).whole
    # Where nobody stops early, how many questions were asked is no news.
    stops = any((seen.whole["asked"] < evaluated.questions[-1]).any() for seen in evaluated.observed.values())
    return [m.name for m in WHOLE if m.name in names and (stops or m.name != "asked")]


def _whole_table(evaluated: Evaluated, name: str) -> NDArray[np.float64]:
    """Return float64[people, trainings, keys]."""
    return np.stack([seen.whole[name] for seen in evaluated.observed.values()], axis=2)


def _whole_measures(evaluated: Evaluated, curves: dict[str, NDArray[np.float64]]) -> tuple[Measure, ...]:
    scored = {*_whole_names(evaluated), *(("area", "to_level") if "ndcg" in curves else ())}
    by_depth = (
        Measure(
            f"unanswered_depth_{depth}",
            f"Unanswered, depth {depth}",
            "share",
            -1,
            f"Share of the questions at depth {depth} that got no answer; – = none was asked.",
        )
        for depth in _depths(evaluated)
    )
    variety = (
        *(
            Measure(
                f"different_{turn}",
                f"Different questions, turn {turn}",
                "facets",
                0,
                "How many different facets the people are asked for in this turn; 1 = a fixed list. "
                "Of the first draw of the first training.",
                "Listening",
            )
            for turn in _turns(evaluated)
        ),
        Measure(
            "wordings", "Different wordings", "texts", 0, "In all turns; – = it does not word its questions.", "Words"
        ),
    )
    whole = (_with_level(evaluated, m) for m in WHOLE if m.name in scored)
    gains = (
        Measure(
            f"gain_{m.name}",
            f"Share of {evaluated.recipe.baseline}'s gain, {m.title}",
            "share",
            1,
            f"What all questions bring, {m.title}, divided by what those of {evaluated.recipe.baseline} bring; "
            "– = those bring nothing.",
        )
        for m in _gaining(curves)
    )
    return (*whole, *by_depth, *((*gains, *variety) if evaluated.recipe.language else ()))


def _with_level(evaluated: Evaluated, measure: Measure) -> Measure:
    """Return a measure, the level written into the heading where it has one."""
    if measure.name != "to_level":
        return measure
    return replace(measure, title=f"Questions to NDCG {_level(evaluated):.3f}".replace("0.", "."))


def _gaining(curves: dict[str, NDArray[np.float64]]) -> list[Measure]:
    """Return the measures of targets that there are."""
    return [m for m in CURVES if m.name in curves and m.name in ("ndcg", "target_bits")]


def _turns(evaluated: Evaluated) -> list[int]:
    return [count for count in evaluated.questions if count > 0]


def _depths(evaluated: Evaluated) -> list[int]:
    return sorted(set(evaluated.domain.depths.tolist()))


def _unanswered_share(evaluated: Evaluated, key: Key, depth: int) -> float:
    missed, asked = evaluated.observed[key].unanswered[depth]
    return float(missed / asked) if asked else float("nan")


def _facts(evaluated: Evaluated, facts: dict[str, Any]) -> dict[str, str]:
    recipe, split = evaluated.recipe, evaluated.first
    shown = {
        "Recipe hash": str(facts.get("recipe_hash", recipe.hash)),
        "Domain": f"{evaluated.domain.name}, version {evaluated.domain.version}, hash {evaluated.domain.hash}",
        "People": f"{len(evaluated.ids)} held out; in the first split {len(split.train)} others learn and "
        f"{len(split.validation)} choose",
        "Source of the people": evaluated.domain.source or "not named",
        "Facets and targets": f"{len(evaluated.domain.facets)} and {len(evaluated.domain.targets)}",
        "Classes of the mixture": ", ".join(map(str, evaluated.classes))
        + f" ({recipe.mixture.starts} starts averaged)",
        "Trainings and draws of the noise": f"{recipe.training_seeds} and {recipe.luck_seeds}",
        "Seed": str(recipe.seed),
    }
    origin = {key: str(facts[key]) for key in ("elicit", "python", "numpy", "processor", "commit") if key in facts}
    if facts.get("dirty"):
        origin["commit"] += ", and changes since"
    return shown | origin


def _notes(evaluated: Evaluated, curves: dict[str, NDArray[np.float64]]) -> tuple[str, ...]:
    notes = [f"The condition '{name}' was left out: {why}." for name, why in evaluated.skipped.items()]
    notes += [f"The questioner '{name}' was left out: {why}." for name, why in evaluated.absent.items()]
    notes += [f"{TROUBLE}: {trouble}." for trouble in evaluated.troubles]
    if "ndcg" in curves:
        full = float(np.nanmean(evaluated.full["ndcg"]))
        notes.append(
            f"With the whole profile known, the same reader reaches NDCG@10 {full:.3f}; the level for 'questions to "
            f"level' is {evaluated.recipe.level:.0%} of that, {_level(evaluated):.3f}."
        )
    if "ndcg" in evaluated.full:
        lost = int(np.isnan(evaluated.full["ndcg"]).all(axis=1).sum())
        if lost:
            notes.append(f"{lost} of {len(evaluated.ids)} people like none of the targets and have no NDCG.")
    notes.append(
        "Every questioner met the same people, the same answers and the same noise, and one common reader scored them "
        "all. A question that gets no answer counts as asked. P-values are from permutations, corrected by Holm over "
        "all comparisons of a measure."
    )
    notes.append(_READERS[evaluated.recipe.reader])
    notes.append(_ONE_TRAINING if evaluated.recipe.training_seeds == 1 else _TRAININGS)
    return tuple(notes)


def _examples(evaluated: Evaluated) -> tuple[dict[str, object], ...]:
    """Return the first held-out person's dialogues with up to four questioners, in words."""
    conditions = [condition for condition, _ in evaluated.transcripts]
    condition = "silent" if "silent" in conditions else conditions[-1]
    spoken = {name: evaluated.transcripts[condition, name].words for name in evaluated.recipe.questioners}
    worded = [name for name, words in spoken.items() if any(map(any, words))]
    names = dict.fromkeys(("mixture", evaluated.recipe.baseline, "funnel", *worded[:1]))
    return tuple(_example(evaluated, key) for n in names if (key := (condition, n)) in evaluated.transcripts)


def _example(evaluated: Evaluated, key: Key) -> dict[str, object]:
    domain, person = evaluated.domain, evaluated.first.test.take([0])
    book = Phrasebook(domain, person.luck(evaluated.recipe.seed))
    transcript = evaluated.transcripts[key]
    own = transcript.words[0] if transcript.words else [""] * transcript.asked.shape[1]
    exchanges = []
    for facet, code, words in zip(transcript.asked[0].tolist(), transcript.answers[0].tolist(), own, strict=True):
        if facet >= 0:
            exchange = book.exchange(0, facet, code)
            note = f"depth {domain.facets[facet].depth}"
            exchanges.append((words or exchange.question.text, exchange.answer.text, note))
        elif facet == UNREADABLE:
            answer = answer_texts(domain.facets[0], NonAnswer.NOT_UNDERSTOOD.value)[0]
            exchanges.append((words, answer, "asks for nothing"))
    condition, name = key
    return {
        "title": f"{name}, {condition}, person {person.ids[0]}",
        "profile": _profile_lines(domain, person.codes[0].tolist(), asked=set(transcript.asked[0].tolist())),
        "exchanges": exchanges,
    }


def _profile_lines(domain: Domain, codes: list[int], asked: set[int]) -> list[str]:
    """Return the parts of a profile that a reader wants beside a dialogue: broad facets and everything asked."""
    lines = []
    for column, (facet, code) in enumerate(zip(domain.facets, codes, strict=True)):
        if code >= 0 and (facet.depth <= 1 or column in asked):
            lines.append(f"{facet.label}: {facet.options[code].label}")
    return lines
