"""Words: how a question is put and an answer given, what is wrong with wordings, and whether a question leaks.

May import ``profiles``, ``dialogues``, ``domains``, ``basis`` and ``statistics``.
"""

from elicit.language.leaks import Leak, leaks
from elicit.language.linter import MIN_WORDINGS, WordingFault, WordingProblem, wording_problems
from elicit.language.phrasebook import Phrasebook
from elicit.language.texts import answer_texts, option_label, question_texts

__all__ = [
    "MIN_WORDINGS",
    "Leak",
    "Phrasebook",
    "WordingFault",
    "WordingProblem",
    "answer_texts",
    "leaks",
    "option_label",
    "question_texts",
    "wording_problems",
]
