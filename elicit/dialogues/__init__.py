"""What was said: questions, answers, exchanges, dialogues, and dialogues on disk. Types only, no behaviour.

May import ``domains``, ``basis`` and ``statistics``.
"""

from elicit.dialogues.files import read_dialogues, write_dialogues
from elicit.dialogues.moves import Act, Move, Thought
from elicit.dialogues.transcript import Transcript, Words
from elicit.dialogues.types import (
    NO_USAGE,
    Answer,
    Dialogue,
    EndReason,
    Event,
    EventKind,
    Exchange,
    Failure,
    Fault,
    Message,
    Question,
    Speaker,
    Turn,
    Usage,
)
from elicit.dialogues.values import NonAnswer, code_of, value_of

__all__ = [
    "NO_USAGE",
    "Act",
    "Answer",
    "Dialogue",
    "EndReason",
    "Event",
    "EventKind",
    "Exchange",
    "Failure",
    "Fault",
    "Message",
    "Move",
    "NonAnswer",
    "Question",
    "Speaker",
    "Thought",
    "Transcript",
    "Turn",
    "Usage",
    "Words",
    "code_of",
    "read_dialogues",
    "value_of",
    "write_dialogues",
]
