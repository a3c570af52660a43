"""A simulation that is ready to be played: who is simulated, and the reader that others taught."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from elicit.basis import InputError
from elicit.dialogues import Dialogue, Failure, Turn, code_of
from elicit.domains import Domain, Population
from elicit.measures import Reader, told
from elicit.profiles import answer_model
from elicit.recipes.fitted import Fitted
from elicit.recipes.fitting import goal_of
from elicit.recipes.recipe import OWN_GOAL, Evaluation
from elicit.recipes.simulation import Simulation
from elicit.recipes.split import split_people
from elicit.users import Case


@dataclass(frozen=True)
class Prepared:
    """A simulation that is ready to be played.

    Attributes:
        recipe: the settings.
        fitted: what was learned from other people than those who are simulated.
    """

    recipe: Simulation
    fitted: Fitted

    @property
    def domain(self) -> Domain:
        """What can be asked."""
        return self.fitted.domain

    @property
    def people(self) -> Population:
        """The held-out people who are simulated."""
        return self.fitted.split.test

    def cases(self) -> Iterator[Case]:
        """Yield the planned dialogues: everybody once, then everybody again with new luck."""
        for number in range(self.recipe.dialogues):
            draw, row = divmod(number, len(self.people))
            person = self.people.ids[row]
            yield Case(f"{person}/{draw}", person, row, draw)

    def problem_of(self, record: Dialogue | Failure) -> str | None:
        """Return what is wrong with a record that a run of this simulation cannot have, None if nothing is."""
        draw = record.id.removeprefix(f"{record.person}/")
        row = self.rows.get(record.person)
        is_place = row is not None and draw.isascii() and draw.isdigit()
        if row is None or not is_place or int(draw) * len(self.people) + row >= self.recipe.dialogues:
            return f"dialogue '{record.id}' of '{record.person}' is not planned in this run"
        try:
            self.codes_of(record.turns)
        except InputError as error:
            return str(error)
        return None

    def codes_of(self, turns: Sequence[Turn]) -> dict[int, int]:
        """Return column to code of what the user has told.

        Raises:
            InputError: a facet or a value that the domain does not have.
        """
        columns = ((self.domain.column(facet), value) for facet, value in told(turns).items())
        return {column: code_of(self.domain.facets[column], value) for column, value in columns}

    @cached_property
    def rows(self) -> dict[str, int]:
        """Person to row."""
        return {person: row for row, person in enumerate(self.people.ids)}

    @cached_property
    def reader(self) -> Reader:
        """Scores what was told, the same for every agent."""
        return Reader(self.fitted.belief(answer_model(self.recipe.condition)), self.domain.depths)


def prepare(recipe: Simulation, domain: Domain, population: Population) -> Prepared:
    """Say who is simulated, and let the reader learn from other people.

    Raises:
        InputError: too few people, a condition that these data do not allow, or an agent whose goal the domain has not.
    """
    if recipe.agent in OWN_GOAL:
        goal_of(OWN_GOAL[recipe.agent][1], domain, f"agent '{recipe.agent}'")
    settings = _as_evaluation(recipe)
    split = next(split_people(settings, population))
    answer_model(recipe.condition).truth(split.test)
    return Prepared(recipe, Fitted(settings, domain, split, settings.seed))


def _as_evaluation(recipe: Simulation) -> Evaluation:
    """Return the settings with which the reader is fitted and questioners are built."""
    return Evaluation(
        title=recipe.title,
        domain=recipe.domain,
        seed=recipe.seed,
        questions=(0, recipe.questions),
        conditions=(recipe.condition,),
        test_folds=(0,),
        mixture=recipe.mixture,
    )
