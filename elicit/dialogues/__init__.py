"""What was said: questions, answers, exchanges, dialogues, and dialogues on disk. Types only, no behaviour.

May import ``domains``, ``basis`` and ``statistics``.
"""

from elicit.dialogues.files import read_dialogues, write_dialogues
from elicit.dialogues.types import Answer, Dialogue, EndReason, Exchange, Question
from elicit.dialogues.values import NonAnswer, code_of, value_of

__all__ = [
    "Answer",
    "Dialogue",
    "EndReason",
    "Exchange",
    "NonAnswer",
    "Question",
    "code_of",
    "read_dialogues",
    "value_of",
    "write_dialogues",
]
