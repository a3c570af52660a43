"""Names of columns, in a form in which they can be compared."""

from __future__ import annotations

import re


def column_words(name: str) -> str:
    """Return a name in lower case, its words divided by one space."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", apart).strip().casefold()
