"""Words: how a question is put and an answer given, what is wrong with wordings, and whether a question leaks.

May import ``models``, ``profiles``, ``dialogues``, ``domains``, ``basis`` and ``statistics``.
"""

from elicit.language.asked_model import MOST_TOKENS, ModelUnderstanding, answer_task, question_task
from elicit.language.cleaning import END_MARK, clean_reply
from elicit.language.deciding import Decision, decision
from elicit.language.desk import MOST_LISTED, Desk, Task, Tell, open_desk
from elicit.language.faults import MOST_WORDS, Finding, QuestionFault
from elicit.language.leaks import Leak, leaks
from elicit.language.meaning import SURE, WordUnderstanding, open_understanding
from elicit.language.phrasebook import Phrasebook
from elicit.language.prompts import prompts_hash, rendered
from elicit.language.questions import question_faults, questions_in
from elicit.language.reading import read_profile
from elicit.language.sales import (
    buyer_texts,
    inquiry_texts,
    kind_texts,
    not_in_shop_texts,
    pressure_words,
    price_texts,
    seller_texts,
)
from elicit.language.texts import (
    answer_texts,
    non_answer_texts,
    opening_texts,
    option_label,
    question_texts,
)
from elicit.language.understanding import Heard, Understanding
from elicit.language.wordings import MIN_WORDINGS, WordingFault, WordingProblem, wording_problems

__all__ = [
    "END_MARK",
    "MIN_WORDINGS",
    "MOST_LISTED",
    "MOST_TOKENS",
    "MOST_WORDS",
    "SURE",
    "Decision",
    "Desk",
    "Finding",
    "Heard",
    "Leak",
    "ModelUnderstanding",
    "Phrasebook",
    "QuestionFault",
    "Task",
    "Tell",
    "Understanding",
    "WordUnderstanding",
    "WordingFault",
    "WordingProblem",
    "answer_task",
    "answer_texts",
    "buyer_texts",
    "clean_reply",
    "decision",
    "inquiry_texts",
    "kind_texts",
    "leaks",
    "non_answer_texts",
    "not_in_shop_texts",
    "open_desk",
    "open_understanding",
    "opening_texts",
    "option_label",
    "pressure_words",
    "price_texts",
    "prompts_hash",
    "question_faults",
    "question_task",
    "question_texts",
    "questions_in",
    "read_profile",
    "rendered",
    "seller_texts",
    "wording_problems",
]
