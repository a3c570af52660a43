"""A question set as one page that works from disk, without a network."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from elicit.funnels.exports.funnel import Funnel
from elicit.funnels.exports.shown import choices_of, ending_of, one_line, price_text, sentence, wording_of
from elicit.funnels.tree import End, Question

_HERE: Final = Path(__file__).parent


def page(funnel: Funnel) -> str:
    """Return a question set as an HTML page without a single external resource.

    All that comes from outside stands in the page as JSON and is shown as text only; a policy in the page forbids every
    script but its own.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    digest = hashlib.sha256(script.encode()).digest()
    return environment.get_template("page.html.jinja").render(
        title=one_line(funnel.title) or funnel.tree.domain,
        data=_embedded(page_data(funnel)),
        script=script,
        script_hash=f"sha256-{base64.b64encode(digest).decode()}",
    )


def page_style() -> str:
    """Return the looks of the page, which other pages of ours share."""
    return (_HERE / "page.css").read_text(encoding="utf-8")


def page_data(funnel: Funnel) -> dict[str, Any]:
    """Return what the page shows, as data for JSON."""
    nodes = {node.id: _question(funnel, node) for node in funnel.questions}
    ends = {node.id: _end(funnel, node) for node in funnel.ends}
    return {"first": funnel.tree.first, "nodes": nodes | ends}


def _question(funnel: Funnel, node: Question) -> dict[str, Any]:
    facet = funnel.facet_by_id[node.facet]
    labels = choices_of(funnel, facet)
    *branches, skip = ({"text": labels[branch.option], "to": branch.to} for branch in node.branches)
    return {
        "facet": facet.id,
        "label": one_line(facet.label),
        "title": wording_of(facet),
        "why": sentence(one_line(node.why)),
        "left": node.items_left,
        "most": funnel.longest[node.id],
        "choices": branches,
        "skip": skip,
    }


def _end(funnel: Funnel, node: End) -> dict[str, Any]:
    ending = ending_of(funnel, node)
    return {
        "title": ending.heading,
        "why": ending.text,
        "left": node.items_left,
        "dropped": list(node.dropped),
        "items": [{"text": one_line(item.label), "price": price_text(item.price)} for item in ending.items],
        "more": ending.more,
    }


def _embedded(data: object) -> str:
    """Return data as JSON that no text in it can end: HTML sees no ``<``, ``>`` or ``&``."""
    text = json.dumps(data, ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
