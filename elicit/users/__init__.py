"""Who takes part in a dialogue: the rule user, and models or functions as user or agent.

May import ``questioners`` and every room it may import.
"""

from elicit.users.answering import take_in
from elicit.users.buyer import RuleBuyer, Temper
from elicit.users.functions import FunctionParty, foreign_frames, in_one_line, what_was_raised
from elicit.users.parties import ByRule, Case, Failed, Party, Said, Talk, Voice
from elicit.users.rule import RuleUser
from elicit.users.spoken import ModelParty, failed_call, messages_of
from elicit.users.spoken_buyer import SpokenBuyer

__all__ = [
    "ByRule",
    "Case",
    "Failed",
    "FunctionParty",
    "ModelParty",
    "Party",
    "RuleBuyer",
    "RuleUser",
    "Said",
    "SpokenBuyer",
    "Talk",
    "Temper",
    "Voice",
    "failed_call",
    "foreign_frames",
    "in_one_line",
    "messages_of",
    "take_in",
    "what_was_raised",
]
