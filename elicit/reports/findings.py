"""Sentences about a result that stay true whatever the numbers are: nobody leads inside the noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from elicit.basis import listed
from elicit.measures.results import Difference, Results
from elicit.reports.numbers import Interval, scale_of

INVENTED = (
    "The people of this evaluation were invented: it shows that the parts work together, "
    "and no conclusion about people follows from it."
)

_SPEED = "to_level"

Means = dict[str, Interval]
"""Questioner to (mean, low, high) of the headline at one place."""


def findings(results: Results) -> list[str]:
    """Write what the headline measure shows, in one to seven sentences.

    Whoever is called ahead or behind differs from the baseline beyond noise: the 95 % interval excludes zero and the
    Holm-corrected p-value is below .05. What was not tested is called so.
    """
    if not results.rows:
        return ["Nothing was measured."]
    writer = _Writer(results)
    speed = writer.speed()
    told = [speed, writer.early(), *writer.standings(), writer.cost(), "" if speed else writer.need()]
    sentences = [INVENTED if results.invented else "", *told]
    return [sentence for sentence in sentences if sentence]


@dataclass(frozen=True)
class Standing:
    """Where the questioners of one condition are against the baseline, the best first in each group."""

    questions: int
    ahead: tuple[Difference, ...]
    tied: tuple[Difference, ...]
    behind: tuple[Difference, ...]


def standing(results: Results, condition: str, questions: int | None = None) -> Standing | None:
    """Group the headline's differences after a number of questions (None: the last compared); None without any."""
    usable = [
        d
        for d in results.differences
        if (d.condition, d.measure, d.baseline) == (condition, results.headline.name, results.baseline)
        and d.questioner != d.baseline
        and math.isfinite(d.difference)
    ]
    if not usable:
        return None
    asked = max(d.questions for d in usable) if questions is None else questions
    better = results.headline.better or 1
    ranked = sorted((d for d in usable if d.questions == asked), key=lambda d: -d.difference * better)
    if not ranked:
        return None
    ahead, tied, behind = (tuple(d for d in ranked if side(d, better) == s) for s in (1, 0, -1))
    return Standing(asked, ahead, tied, behind)


def side(difference: Difference, better: int) -> int:
    """Return +1 where the questioner is ahead beyond noise, −1 where it is behind, 0 inside the noise.

    Where neither direction is better, +1 means a larger value.
    """
    if not difference.beyond_noise:
        return 0
    return (1 if difference.low > 0 else -1) * (better or 1)


class _Writer:
    """Writes the sentences about one result."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.measure = results.headline
        self.scale = scale_of(results, self.measure.name)
        self.first = results.conditions[0]
        self.ahead, self.behind = ("ahead of", "behind") if self.measure.better else ("above", "below")

    def speed(self) -> str:
        """Say how many questions each needs to the level, in the first condition, the fastest first."""
        found = {
            row.questioner: row.values[_SPEED]
            for row in self.results.summaries
            if row.condition == self.first and _SPEED in row.values
        }
        reached = sorted((q for q, value in found.items() if math.isfinite(value[0])), key=lambda q: found[q][0])
        if not reached or len(found) < 2:
            return ""
        needs = listed([f"{q} {_number(found[q][0])} [{', '.join(map(_number, found[q][1:]))}]" for q in reached])
        missed = [q for q in found if q not in reached]
        never = f"; {listed(missed)} did not get there" if missed else ""
        title = next((m.title for m in self.results.summary_measures if m.name == _SPEED), "Questions to the level")
        return f"{title} ({self.first}, 95 % intervals): {needs}{never}."

    def early(self) -> str:
        """Say who was ahead and behind after the first number of questions compared, where it is not the last."""
        numbers = sorted({d.questions for d in self.results.differences if d.condition == self.first})
        stand = standing(self.results, self.first, numbers[0]) if len(numbers) > 1 else None
        if stand is None:
            return ""
        when, told = self._told(stand)
        return f"{when.strip().capitalize()} ({self.first}), {told}."

    def standings(self) -> list[str]:
        """Say who is ahead of the baseline, who is tied or behind, and how it is in the other conditions."""
        if len(self.results.questioners) == 1:
            return [f"Only {self.results.questioners[0]} asked questions, so there is nothing to compare."]
        stand = standing(self.results, self.first)
        if stand is None:
            return [f"Nothing was tested on {self.measure.title} in {self.first}, so nobody is called ahead."]
        return [self._lead(stand), self._rest(stand), self._elsewhere()]

    def _lead(self, stand: Standing) -> str:
        start = f"After {_questions(stand.questions)} ({self.first}), "
        claim = f"{self.ahead} {self.results.baseline} in {self.measure.title} beyond noise"
        if not stand.ahead:
            return f"{start}no questioner is {claim}."
        write = self._with_interval if len(stand.ahead) <= 2 else self._with_difference
        untested = "; they were not tested against each other" if len(stand.ahead) > 1 else ""
        return f"{start}{_they(list(map(write, stand.ahead)))} {claim}{untested}{self._setbacks(stand)}."

    def _with_interval(self, d: Difference) -> str:
        return f"{d.questioner} ({self.scale.signed(d.difference)} {self.scale.signed_ends(d.low, d.high)})"

    def _with_difference(self, d: Difference) -> str:
        return f"{d.questioner} ({self.scale.signed(d.difference)})"

    def _setbacks(self, stand: Standing) -> str:
        """Admit where somebody who ends ahead was behind after fewer questions."""
        setbacks = []
        for end in stand.ahead:
            places = [n for n in self.results.numbers(self.first) if n < stand.questions and self._is_behind(end, n)]
            if places:
                after = listed([str(n) for n in places])
                setbacks.append(f"{end.questioner} was {self.behind} it beyond noise after {after}")
        return f"; yet {listed(setbacks)}" if setbacks else ""

    def _is_behind(self, end: Difference, questions: int) -> bool:
        earlier = self.results.difference(end.questioner, end.condition, questions, end.measure)
        return earlier is not None and side(earlier, self.measure.better) < 0

    def _rest(self, stand: Standing) -> str:
        clauses = []
        if stand.tied:
            names = listed(_each(stand.tied))
            clauses.append(f"{names} cannot be told apart from {self.results.baseline} ({self._range(stand.tied)})")
        if stand.behind:
            against = "it" if stand.tied else self.results.baseline
            names = _they(_each(stand.behind))
            clauses.append(f"{names} {self.behind} {against} beyond noise ({self._range(stand.behind)})")
        return f"Of the others, {'; '.join(clauses)}." if clauses else ""

    def _range(self, differences: Sequence[Difference]) -> str:
        return _span(self.scale.signed, [d.difference for d in differences])

    def _elsewhere(self) -> str:
        """Say how it is in the other conditions, those with the same standing together."""
        alike: dict[tuple[str, str], list[str]] = {}
        for condition in self.results.conditions[1:]:
            alike.setdefault(self._told(standing(self.results, condition)), []).append(condition)
        return _sentence([f"in {listed(where)}{when}, {told}" for (when, told), where in alike.items()])

    def _told(self, stand: Standing | None) -> tuple[str, str]:
        """Return when the standing was taken and what it says."""
        if stand is None:
            return "", "nothing was tested"
        when = f" after {_questions(stand.questions)}"
        if not stand.ahead and not stand.behind:
            return when, f"nobody can be told apart from {self.results.baseline}"
        who = _they(self._in_order(stand.ahead)) if stand.ahead else "nobody is"
        clauses = [f"{who} {self.ahead} {self.results.baseline} beyond noise"]
        if stand.behind:
            clauses.append(f"{_they(self._in_order(stand.behind))} {self.behind} it")
        if stand.tied:
            named = listed(self._in_order(stand.tied)) if len(stand.tied) < 3 else "the others"
            clauses.append(f"{named} cannot be told apart from it")
        return when, listed(clauses)

    def _in_order(self, differences: Sequence[Difference]) -> list[str]:
        names = {d.questioner for d in differences}
        return [q for q in self.results.questioners if q in names]

    def cost(self) -> str:
        """Say how the headline changes from the first condition to each other, over all questioners."""
        changes = [change for condition in self.results.conditions[1:] if (change := self._change(condition))]
        if not changes:
            return ""
        return f"Compared with {self.first}, {self.measure.title} is {listed(changes)}; this was not tested."

    def _change(self, condition: str) -> str:
        common = set(self.results.numbers(self.first)) & set(self.results.numbers(condition))
        last = max(common, default=0)
        before, after = self._means(self.first, last), self._means(condition, last)
        both = [q for q in before if q in after]
        if not both:
            return ""
        change = self._size([after[q][0] - before[q][0] for q in both])
        overlapping = sum(_overlap(before[q], after[q]) for q in both)
        overlap = f"the intervals overlap for {overlapping} of {len(both)}"
        return f"{change} in {condition} after {_questions(last)} ({overlap})"

    def _size(self, changes: Sequence[float]) -> str:
        gains = [change * self.measure.better for change in changes]
        if max(gains) < 0 or min(gains) > 0:
            sizes = _span(self.scale.number, [abs(change) for change in changes])
            return f"{'worse' if max(gains) < 0 else 'better'} by {sizes}"
        return f"different by {_span(self.scale.signed, changes)}"

    def need(self) -> str:
        """Say when the best mean gets where the worst ends, in the first condition."""
        numbers, better = self.results.numbers(self.first), self.measure.better
        means = self._means(self.first, numbers[-1])
        if not better or len(means) < 2:
            return ""
        worst, best = (choose(means, key=lambda q: means[q][0] * better) for choose in (min, max))
        goal = means[worst][0]
        if means[best][0] == goal:
            return f"In {self.first} all end at the same mean, {self.scale.number(goal)}."
        shared = "one of " if sum(m[0] == means[best][0] for m in means.values()) > 1 else ""
        reached = [n for n in numbers if (m := self._means(self.first, n).get(best)) and m[0] * better >= goal * better]
        return (
            f"The worst mean in {self.first} after {_questions(numbers[-1])} ({worst}, {self.scale.number(goal)}) "
            f"is reached by {shared}the best ({best}) {_by(reached[0], numbers)}{self._doubt(means, best, worst)}."
        )

    def _doubt(self, means: Means, best: str, worst: str) -> str:
        """Say so where the best and the worst may be equal."""
        against = {best, worst} - {self.results.baseline}
        if len(against) == 1:
            end = self.results.numbers(self.first)[-1]
            test = self.results.difference(against.pop(), self.first, end, self.measure.name)
            if test:
                return "" if test.beyond_noise else "; the two cannot be told apart in the end"
        return "; their intervals overlap and the pair was not tested" if _overlap(means[best], means[worst]) else ""

    def _means(self, condition: str, questions: int) -> Means:
        found = {q: self.results.value(q, condition, questions, self.measure.name) for q in self.results.questioners}
        return {q: value for q, value in found.items() if value and math.isfinite(value[0])}


def _by(questions: int, numbers: Sequence[int]) -> str:
    earlier = [n for n in numbers if n < questions]
    not_yet = f", not yet after {earlier[-1]}" if earlier else ""
    return f"after {_questions(questions)}{not_yet}" if questions else "before any question"


def _overlap(one: Interval, other: Interval) -> bool:
    return one[1] <= other[2] and other[1] <= one[2]


def _span(write: Callable[[float], str], values: Sequence[float]) -> str:
    low, high = write(min(values)), write(max(values))
    return low if low == high else f"{low} to {high}"


def _each(differences: Sequence[Difference]) -> list[str]:
    return [d.questioner for d in differences]


def _number(value: float) -> str:
    return f"{value:.1f}" if math.isfinite(value) else "–"


def _they(names: Sequence[str]) -> str:
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'}"


def _sentence(clauses: Sequence[str]) -> str:
    text = "; ".join(filter(None, clauses))
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _questions(number: int) -> str:
    return "1 question" if number == 1 else f"{number} questions"
