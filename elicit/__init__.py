"""elicit learns to ask the right next question.

Rooms, from the ground up: ``statistics``, ``basis``, ``domains``, ``dialogues``, ``profiles``, ``language``,
``forward``, ``beliefs``, ``questioners``, ``training``, ``users``, ``runs``, ``measures``, ``reports``, ``recipes``,
``cli``. Each imports only from those before it; what a room offers stands in its ``__init__``. Nothing heavy is
imported here: ``elicit.load_questioner`` is looked up when it is used.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Look up what is offered here from below, when it is first asked for (PEP 562)."""
    if name == "load_questioner":
        return getattr(import_module("elicit.questioners.causal"), name)
    raise AttributeError(f"module 'elicit' has no attribute '{name}'")
