"""Running: the batch engine, the text loop, run folders, the interview of one person.

May import ``users`` and every room it may import.
"""

from elicit.runs.asking import QuestionerAgent
from elicit.runs.conversation import Conversation, RunStoppedError
from elicit.runs.engine import play, refuse_forbidden
from elicit.runs.folder import RunFolder, latest_run, market_path, new_run_path, provenance, read_facts, read_scores
from elicit.runs.hearing import Hearing
from elicit.runs.interview import ENDINGS, Interview, Step
from elicit.runs.talk_log import TalkLog, locked, read_failures, read_finished

__all__ = [
    "ENDINGS",
    "Conversation",
    "Hearing",
    "Interview",
    "QuestionerAgent",
    "RunFolder",
    "RunStoppedError",
    "Step",
    "TalkLog",
    "latest_run",
    "locked",
    "market_path",
    "new_run_path",
    "play",
    "provenance",
    "read_facts",
    "read_failures",
    "read_finished",
    "read_scores",
    "refuse_forbidden",
]
