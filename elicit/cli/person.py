"""The person at the keyboard as one side of a dialogue."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass

from elicit.cli.output import console
from elicit.dialogues import EndReason, Speaker, Turn
from elicit.users import Case, Failed, Said, Talk, Voice

_PROMPT = "> "
_NEW = {
    Speaker.USER: "A new dialogue: answer in your own words. An empty line or Ctrl-D leaves.",
    Speaker.AGENT: "A new dialogue: ask in your own words. An empty line or Ctrl-D ends it.",
}


@dataclass(frozen=True)
class PersonParty:
    """A person who reads and types.

    Attributes:
        side: which the person plays.
        subject: what the dialogues are about.
    """

    side: Speaker
    subject: str

    @property
    def name(self) -> str:
        """How it is named."""
        return "person"

    @property
    def together(self) -> int:
        """One dialogue after the other."""
        return 1

    @property
    def invents(self) -> bool:
        """A person has no hidden profile that we know."""
        return False

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a dialogue."""
        console().print(f"\n{self.subject}. {_NEW[self.side]}")
        return _PersonVoice(self)


@dataclass(frozen=True)
class _PersonVoice(Voice):
    party: PersonParty

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Show what the other side said, and read what the person says."""
        # Nothing else goes on while a person thinks, so the loop may wait.
        return [self._said(talk) for talk in talks]

    def _said(self, talk: Talk) -> Said:
        if talk.turns:
            last = talk.turns[-1]
            console().print(f"\n{last.text}")
            for place, option in enumerate(last.options, start=1):
                console().print(f"  {place}  {option}")
        try:
            text = _typed()
        except EOFError:
            text = ""
        if text:
            return Said(Turn(speaker=self.party.side, text=text))
        end = EndReason.PERSON_STOPPED if self.party.side is Speaker.USER else EndReason.AGENT_DONE
        return Said(Turn(speaker=self.party.side, text="Goodbye."), end, heard=True)


def _typed() -> str:
    """Read a line; Ctrl-C ends it at once, where the text loop would only take note of it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(_PROMPT).strip()
    finally:
        signal.signal(signal.SIGINT, before)
