"""Causal language models that ask: what they read and write, how they choose, and themselves on disk.

torch is imported where a model is used, not before.
"""

from elicit.questioners.causal.asker import FACTS, Asker, refuse_stranger
from elicit.questioners.causal.chat import ChatQuestioner, load_questioner
from elicit.questioners.causal.questioner import CausalQuestioner, RerankedQuestioner, Way, refuse_short
from elicit.questioners.causal.script import Script, State, Tokens, chat_frame

__all__ = [
    "FACTS",
    "Asker",
    "CausalQuestioner",
    "ChatQuestioner",
    "RerankedQuestioner",
    "Script",
    "State",
    "Tokens",
    "Way",
    "chat_frame",
    "load_questioner",
    "refuse_short",
    "refuse_stranger",
]
