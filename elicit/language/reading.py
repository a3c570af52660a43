"""A text about a person, read into a profile without a chat model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from elicit.domains import Domain
from elicit.language.meaning import WordUnderstanding

if TYPE_CHECKING:
    from elicit.models import Encoder


def read_profile(text: str, domain: Domain, encoder: Encoder | None = None) -> Mapping[str, str]:
    """Return facet id → option id for all that a text clearly says, "a laptop under 900 euros, mostly for games".

    What it leaves open is not in it. A chat model reads more; this reads the same every time.
    """
    return WordUnderstanding(domain, encoder).profile(text)
