"""Reads a SurveyJS survey of ours that somebody edited: other words are taken over, another way of asking is not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from pydantic import ValidationError

from elicit.basis import InputError
from elicit.domains import Facet, first_problem
from elicit.funnels.exports.funnel import Funnel
from elicit.funnels.exports.shown import one_line
from elicit.funnels.exports.surveyjs import element, survey, unbraced
from elicit.funnels.nones import NONE_OF_THESE
from elicit.funnels.tree import NO_PREFERENCE, End, Question

_TITLE: Final = -1
_FIXED: Final = {NO_PREFERENCE: ("", 0), NONE_OF_THESE: ("", 1)}
"""Where the labels are noted of answers that belong to no facet."""
_LOOKS: Final = frozenset(
    {
        "completedHtml",
        "completeText",
        "description",
        "headerView",
        "locale",
        "logo",
        "logoPosition",
        "pageNextText",
        "pagePrevText",
        "progressBarLocation",
        "progressBarType",
        "showProgressBar",
        "showQuestionNumbers",
        "width",
        "widthMode",
    }
)
"""What may be changed of the survey as a whole, since it asks the same; it is not taken over."""
_REMEDY: Final = "Change titles and the texts of choices only; for other questions design the question set anew"


def read_surveyjs(text: str, funnel: Funnel, where: str = "survey.json") -> Funnel:
    """Return a question set with the words of a survey that was made from it and then edited.

    A changed title becomes the wording of what is asked, a changed text of a choice the label of the option, the title
    of the survey that of the question set. Where the same is asked at several places, one change is enough, and the
    other places follow. How the survey looks may be changed too, which is not taken over.

    Args:
        text: the survey as JSON.
        funnel: what the survey was made from.
        where: the survey stands, for messages.

    Raises:
        InputError: not JSON; something else was changed than words, it names the element; or the same was changed to
            different words at two places.
    """
    edited = _parsed(text, where)
    _refuse_other_survey(edited, survey(funnel), where)
    words = _Words(where)
    for node, found in _pairs(funnel, edited, where):
        words.read(node, found, element(funnel, node))
    title = edited.get("title", "")
    if not isinstance(title, str):
        raise InputError("the title is in several languages", where=where, remedy="Keep one")
    try:
        return _with_words(funnel, words.changed, unbraced(title))
    except ValidationError as error:
        raise InputError(first_problem(error), where=where) from None


@dataclass
class _Words:
    """Words that were changed.

    Attributes:
        where: the survey stands.
        changed: facet id and place of the option, −1 for the wording, to what it says now.
        places: the same to the element where it was changed first.
    """

    where: str
    changed: dict[tuple[str, int], str] = field(default_factory=dict)
    places: dict[tuple[str, int], str] = field(default_factory=dict)

    def read(self, node: Question | End, found: Mapping[str, Any], made: Mapping[str, Any]) -> None:
        """Note what was changed in an element, and refuse more than words."""
        words = {"title", "choices"} if isinstance(node, Question) else set()
        for key in dict.fromkeys([*made, *found]):
            if key not in words and found.get(key) != made.get(key):
                self._refuse(node.id, f"'{key}' was changed")
        if isinstance(node, Question):
            # SurveyJS leaves out titles and texts that are the name.
            self._note(node.id, (node.facet, _TITLE), found.get("title", node.id), made["title"])
            self._choices(node, found.get("choices"), made["choices"])

    def _choices(self, node: Question, found: object, made: list[dict[str, str]]) -> None:
        choices = [c if isinstance(c, dict) else {"value": c} for c in found] if isinstance(found, list) else []
        if [choice.get("value") for choice in choices] != [own["value"] for own in made]:
            self._refuse(node.id, "there are other choices, or in another order")
        for place, (choice, own) in enumerate(zip(choices, made, strict=True)):
            if extra := next((key for key in choice if key not in own), None):
                self._refuse(node.id, f"'{extra}' was added to the choice '{own['value']}'")
            key = _FIXED.get(own["value"], (node.facet, place))
            self._note(node.id, key, choice.get("text", own["value"]), own["text"])

    def _note(self, name: str, key: tuple[str, int], said: object, made: str) -> None:
        if not isinstance(said, str):
            self._refuse(name, "a title or choice is in several languages, or no text")
        if said == made:
            return
        if not one_line(said):
            self._refuse(name, "a title or choice is empty")
        now = unbraced(said)
        if self.changed.setdefault(key, now) != now:
            before = f"the same is '{self.changed[key]}' at element '{self.places[key]}'"
            self._refuse(name, f"it says '{now}', but {before}")
        self.places.setdefault(key, name)

    def _refuse(self, name: str, problem: str) -> NoReturn:
        raise InputError(f"element '{name}': {problem}", where=self.where, remedy=_REMEDY)


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        edited = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", where=f"{where}:{error.lineno}") from None
    except RecursionError:
        raise InputError("nested too deeply", where=where) from None
    if not isinstance(edited, dict):
        raise InputError("no survey", where=where, remedy="Give the JSON of a SurveyJS survey")
    return edited


def _refuse_other_survey(edited: Mapping[str, Any], made: Mapping[str, Any], where: str) -> None:
    for key in dict.fromkeys([*made, *edited]):
        if key not in {"title", "pages", *_LOOKS} and edited.get(key) != made.get(key):
            raise InputError(f"'{key}' of the survey was changed", where=where, remedy=_REMEDY)


def _pairs(funnel: Funnel, edited: Mapping[str, Any], where: str) -> Iterator[tuple[Question | End, Mapping[str, Any]]]:
    """Yield each node with its element, in the order of the survey.

    Raises:
        InputError: pages or elements that are missing, that are too many, or in another order.
    """
    found = _elements(edited, where)
    names = [node.id for node in funnel.nodes]
    if lost := next((name for name in names if name not in found), None):
        raise InputError(f"element '{lost}' is missing", where=where, remedy=_REMEDY)
    if strange := next((name for name in found if name not in names), None):
        raise InputError(f"element '{strange}' is not in the question set", where=where, remedy=_REMEDY)
    if moved := next((new for new, old in zip(found, names, strict=True) if new != old), None):
        raise InputError(f"element '{moved}' stands at another place", where=where, remedy=_REMEDY)
    yield from ((node, found[node.id]) for node in funnel.nodes)


def _elements(edited: Mapping[str, Any], where: str) -> dict[str, Mapping[str, Any]]:
    """Return name to element, one a page."""
    found: dict[str, Mapping[str, Any]] = {}
    pages = edited.get("pages")
    for number, page in enumerate(pages if isinstance(pages, list) else [], start=1):
        elements = page.get("elements") if isinstance(page, dict) and page.keys() == {"name", "elements"} else None
        named = [e for e in elements if isinstance(e, dict) and "name" in e] if isinstance(elements, list) else []
        if len(named) != 1:
            holds = ", ".join(f"'{e['name']}'" for e in named) or "nothing"
            problem = f"page {number} is not a page of ours with one element (it holds {holds})"
            raise InputError(problem, where=where, remedy=_REMEDY)
        name = str(named[0]["name"])
        if name in found:
            raise InputError(f"element '{name}' occurs twice", where=where, remedy=_REMEDY)
        found[name] = named[0]
    return found


def _with_words(funnel: Funnel, changed: Mapping[tuple[str, int], str], title: str) -> Funnel:
    fields = funnel.model_dump()
    fields["facets"] = [_reworded(facet, changed) for facet in funnel.facets]
    fields["no_preference"] = changed.get(_FIXED[NO_PREFERENCE], funnel.no_preference)
    fields["none_of_these"] = changed.get(_FIXED[NONE_OF_THESE], funnel.none_of_these)
    fields["title"] = funnel.title if title == one_line(funnel.title) else title
    return Funnel.model_validate(fields)


def _reworded(facet: Facet, changed: Mapping[tuple[str, int], str]) -> Facet:
    labels = (changed.get((facet.id, place), option.label) for place, option in enumerate(facet.options))
    options = tuple(o.model_copy(update={"label": label}) for o, label in zip(facet.options, labels, strict=True))
    wording = changed.get((facet.id, _TITLE))
    wordings = facet.wordings if wording is None else (wording, *facet.wordings[1:])
    return facet.model_copy(update={"options": options, "wordings": wordings})
