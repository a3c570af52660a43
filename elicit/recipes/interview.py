"""Prepares an interview of a person: learns from everybody else, asks by expected gain."""

from __future__ import annotations

from elicit.basis import InputError
from elicit.domains import Domain, Population
from elicit.forward import said_codes
from elicit.profiles import Noisy
from elicit.questioners import GainQuestioner, Rules, StoppingQuestioner
from elicit.recipes.fitted import Fitted
from elicit.recipes.recipe import Evaluation
from elicit.recipes.split import learners
from elicit.runs import Interview

_MOST_UNKNOWN = 2


def prepare_interview(
    domain: Domain, population: Population, *, questions: int, cost: float, seed: int = 0
) -> Interview:
    """Learn from a population and return an interview that has not begun.

    Args:
        domain: what is asked.
        population: the people to learn from.
        questions: turn limit.
        cost: bits that a question must be expected to bring.
        seed: of the fit.

    Raises:
        InputError: too few people to learn from, no question, or a cost that is not a number of bits.
    """
    if questions < 1:
        raise InputError(f"{questions} questions are too few", where="questions", remedy="Ask 1 or more")
    if not cost >= 0:  # Also where it is NaN.
        raise InputError(f"{cost} is no cost in bits", where="cost", remedy="Give 0 or more")
    recipe = Evaluation(title="interview", domain=domain.name, seed=seed, questions=(0, questions))
    fitted = Fitted(recipe, domain, learners(recipe, population), seed)
    answerable = (said_codes(population) >= 0).mean(axis=0)
    # People at a keyboard slip like the simulated ones of the noisy condition.
    belief = fitted.mixture_belief(Noisy())
    return Interview(
        domain=domain,
        belief=belief,
        questioner=StoppingQuestioner(GainQuestioner(belief.information, answerable), cost),
        rules=Rules.of(domain, _MOST_UNKNOWN),
        budget=questions,
    )
