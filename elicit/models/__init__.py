"""Models: chat models (scripted, behind an address, on this machine), the sentence encoder, replies kept on disk.

May import ``profiles`` and every room it may import. Heavy libraries are loaded where they are needed, and only then.
"""

from elicit.models.chat import ChatModel, ModelError, ModelFault, Reply, Request, refuse_silence
from elicit.models.encoder import Encoder, SentenceEncoder, open_encoder
from elicit.models.hub import put_on_hub, refuse_repository
from elicit.models.metered import Budget, cost
from elicit.models.opening import OpenModels, check_model, open_model, open_models
from elicit.models.settings import ModelSettings, is_model_spec, shown_spec

__all__ = [
    "Budget",
    "ChatModel",
    "Encoder",
    "ModelError",
    "ModelFault",
    "ModelSettings",
    "OpenModels",
    "Reply",
    "Request",
    "SentenceEncoder",
    "check_model",
    "cost",
    "is_model_spec",
    "open_encoder",
    "open_model",
    "open_models",
    "put_on_hub",
    "refuse_repository",
    "refuse_silence",
    "shown_spec",
]
