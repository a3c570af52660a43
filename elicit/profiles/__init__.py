"""Who is asked: population models, persona effects, association, and how people answer.

May import ``dialogues``, ``domains``, ``basis`` and ``statistics``.
"""

from elicit.profiles.answers import (
    CONDITIONS,
    AnswerModel,
    Noisy,
    Silent,
    Truthful,
    all_answers,
    another_option,
    answer_model,
    learned_condition,
)
from elicit.profiles.association import Association, FacetAssociation, VariableAssociation, associate
from elicit.profiles.effects import PersonaEffects, fit_effects
from elicit.profiles.interest import GroupRates, best_sellers, film_tastes, fit_rates, group_rates, intents_of, rates_on
from elicit.profiles.mixture import (
    Mixture,
    MixtureSettings,
    choose_classes,
    fit_mixture,
    fit_starts,
    held_out_bits,
    one_hot,
    pool,
    sample_people,
)
from elicit.profiles.wishes import Wishes, known_wishes

__all__ = [
    "CONDITIONS",
    "AnswerModel",
    "Association",
    "FacetAssociation",
    "GroupRates",
    "Mixture",
    "MixtureSettings",
    "Noisy",
    "PersonaEffects",
    "Silent",
    "Truthful",
    "VariableAssociation",
    "Wishes",
    "all_answers",
    "another_option",
    "answer_model",
    "associate",
    "best_sellers",
    "choose_classes",
    "film_tastes",
    "fit_effects",
    "fit_mixture",
    "fit_rates",
    "fit_starts",
    "group_rates",
    "held_out_bits",
    "intents_of",
    "known_wishes",
    "learned_condition",
    "one_hot",
    "pool",
    "rates_on",
    "sample_people",
]
