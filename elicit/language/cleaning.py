"""Takes the reply of a model apart: what it says to the other side, and what it should have kept to itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from elicit.dialogues import Event, EventKind, Speaker

END_MARK: Final = "[END]"
"""With this a model or a function says that it is done."""
_LONGEST: Final = 2000
"""Characters. Nobody says more in one turn of an interview."""
_SHOWN: Final = 60
_THOUGHT: Final = re.compile(r"<(think|thinking|reasoning|scratchpad)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_SPECIAL: Final = re.compile(r"<\|[^<>|]{1,40}\|>|</?s>|\[/?INST\]")
_END: Final = re.compile(re.escape(END_MARK), re.IGNORECASE)
_LABELS: Final = {
    Speaker.USER: ("user", "customer", "shopper", "buyer", "human", "person"),
    Speaker.AGENT: ("assistant", "agent", "seller", "salesperson", "interviewer", "ai", "bot", "system"),
}
_ASIDE: Final = re.compile(
    r"\(?\[?(as (the|an?|this) (simulated )?(user|customer|shopper|assistant|agent|ai|language model|person)\b"
    r"|(internal )?(reasoning|thoughts?|analysis|note to self|notes?)\s*:"
    r"|(the user|the assistant|the agent|my profile|my role|my instructions)\b"
    r"|i (must|should|need to) (now )?(stay|answer|reply|respond|continue|follow) (in|as|to|with|the)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Cleaned:
    """What is left of a reply.

    Attributes:
        text: for the other side; empty if nothing is left.
        done: whether it held the end mark.
        events: what was cut off.
    """

    text: str
    done: bool
    events: tuple[Event, ...]


def clean_reply(text: str, speaker: Speaker) -> Cleaned:
    """Return a reply without reasoning, special tokens, the label of its role, and all that follows in another role."""
    events: list[Event] = []
    kept = _SPECIAL.sub(" ", _THOUGHT.sub(" ", text))
    if kept != text:
        events.append(Event(kind=EventKind.STRIPPED, detail="reasoning or special tokens"))
    done = bool(_END.search(kept))
    kept = _without_label(_END.sub(" ", kept).strip(), speaker)
    kept = _before_swap(kept, speaker, events)
    kept = _before_aside(kept, events)
    if len(kept) > _LONGEST:
        events.append(Event(kind=EventKind.SHORTENED, detail=f"{len(kept)} characters"))
        kept = kept[:_LONGEST].rsplit(" ", 1)[0] + " …"
    return Cleaned(kept.strip(), done, tuple(events))


def _without_label(text: str, speaker: Speaker) -> str:
    return re.sub(rf"\A\W*({'|'.join(_LABELS[speaker])})\W{{0,2}}:\s*", "", text, flags=re.IGNORECASE)


def _before_swap(text: str, speaker: Speaker, events: list[Event]) -> str:
    """Cut where the text goes on under the name of the other side, or as the next turn of its own."""
    other = Speaker.AGENT if speaker is Speaker.USER else Speaker.USER
    names: Sequence[str] = (*_LABELS[other], *_LABELS[speaker])
    swap = re.search(rf"^\W{{0,3}}({'|'.join(names)})\W{{0,2}}:", text, flags=re.IGNORECASE | re.MULTILINE)
    if swap is None:
        return text
    events.append(Event(kind=EventKind.ROLE_SWAP, detail=text[swap.start() :][:_SHOWN].strip()))
    return text[: swap.start()].strip()


def _before_aside(text: str, events: list[Event]) -> str:
    """Cut at the first paragraph or line in which the speaker talks about its role instead of playing it."""
    for line in re.finditer(r"^.*$", text, flags=re.MULTILINE):
        if _ASIDE.match(line.group().strip()):
            events.append(Event(kind=EventKind.ROLE_SWAP, detail=line.group().strip()[:_SHOWN]))
            return text[: line.start()].strip()
    return text
