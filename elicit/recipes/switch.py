"""When the static order hands over to the value head: chosen on validation people."""

from __future__ import annotations

import numpy as np

from elicit.basis import draw_seed, one_thread, stable_hash
from elicit.beliefs import Goal
from elicit.domains import Population
from elicit.profiles import AnswerModel
from elicit.questioners import FacetQuestioner, OrderedQuestioner, SwitchingQuestioner
from elicit.recipes.fitted import Fitted
from elicit.recipes.recipe import Wanted
from elicit.runs import play

_TURNS = (0, 1, 2, 3, 5, 8, 10, 12)
"""After how many questions the head may take over."""
_DRAWS = 4


def choose_switch(fitted: Fitted, model: AnswerModel, then: FacetQuestioner, wanted: Wanted) -> SwitchingQuestioner:
    """Return the questioner that asks in the static order until its turn, and hands over to another one.

    Its turn is where NDCG is best or, where nobody likes a target, where the least of the goal is lacking: on average
    over the recipe's numbers of questions, validation people and draws of luck. An order looks better on the people
    who taught it, so while the turn is chosen each half of the validation people is asked in an order that the other
    half taught. Of equals the later turn is taken; one person alone has no halves, and chooses nothing.
    """
    last = fitted.questions[-1]
    turns = [*(turn for turn in _TURNS if turn < last), last]
    people = fitted.split.validation
    halves = np.arange(len(people)) % 2
    losses = np.zeros(len(turns))
    goal = fitted.goal("ndcg" if people.liked.any() else wanted)
    for half in (0, 1) if len(people) > 1 else ():
        asked = people.take(np.flatnonzero(halves == half))
        order = fitted.taught_order(model, people.take(np.flatnonzero(halves != half)), wanted)
        candidates = [SwitchingQuestioner(OrderedQuestioner(order), then, turn) for turn in turns]
        losses += [_loss(fitted, model, candidate, asked, goal) for candidate in candidates]
    turn = turns[len(turns) - 1 - int(np.argmin(losses[::-1]))]
    return SwitchingQuestioner(OrderedQuestioner(fitted.static_order(model, wanted)), then, turn)


def _loss(fitted: Fitted, model: AnswerModel, questioner: FacetQuestioner, people: Population, goal: Goal) -> float:
    """Return what is lacking of a goal: mean over numbers of questions and draws of luck, sum over people."""
    counts, belief = fitted.domain.option_counts, fitted.belief(model)
    lacking = []
    for draw in range(_DRAWS if model.by_luck else 1):
        luck = people.luck(draw_seed(stable_hash("switch", fitted.seed), draw))
        asked = play(questioner, model, model.truth(people), counts, fitted.rules, luck, fitted.questions[-1])
        states = [asked.states(number, len(counts)) for number in fitted.questions if number]
        with one_thread():
            each = [goal.lacking(belief, known, people.codes, people.liked) for known in states]
        lacking += [people_lack.sum(dtype=np.float64) for people_lack in each]
    return float(np.mean(lacking))
