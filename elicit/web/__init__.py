"""The page that asks: what it shows at each moment, and the small server behind it.

May import ``recipes`` and every room it may import.
"""

from elicit.web.items import ItemAsking
from elicit.web.people import PersonAsking
from elicit.web.server import address_of, application, is_open_to_others, listening, serve_on
from elicit.web.views import Answered, Answers, Asking, Choice, Panel, Row, View, read_answers

__all__ = [
    "Answered",
    "Answers",
    "Asking",
    "Choice",
    "ItemAsking",
    "Panel",
    "PersonAsking",
    "Row",
    "View",
    "address_of",
    "application",
    "is_open_to_others",
    "listening",
    "read_answers",
    "serve_on",
]
