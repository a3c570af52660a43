"""elicit learns to ask the right next question.

Rooms, from the ground up: ``statistics``, ``basis``, ``domains``, ``dialogues``, ``profiles``, ``language``,
``forward``, ``beliefs``, ``questioners``, ``runs``, ``measures``, ``reports``, ``recipes``, ``cli``. Each imports only
from those before it; what a room offers stands in its ``__init__``. Nothing heavy is imported here.
"""

__version__ = "0.1.0"
