"""The int8 codes of the numeric core: >= 0 is an option, below that lies everything else."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

MAX_OPTIONS: Final = 120


class Code(IntEnum):
    """Codes that are not options. Non-answers are never merged."""

    NOT_ASKED = -1
    UNKNOWN = -2
    NO_PREFERENCE = -3
    REFUSED = -4
    NOT_UNDERSTOOD = -5


SILENT: Final = -2
"""In a profile: the person has no value here."""
