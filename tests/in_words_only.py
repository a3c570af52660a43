"""A side of a dialogue that passes on its words and not what it means by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from elicit.users import Case, Failed, Party, Said, Talk, Voice


@dataclass(frozen=True)
class InWordsOnly:
    """A side whose meaning has to be found from its words."""

    party: Party

    @property
    def name(self) -> str:
        return self.party.name

    @property
    def together(self) -> int | None:
        return self.party.together

    @property
    def invents(self) -> bool:
        return False

    def join(self, cases: Sequence[Case]) -> Voice:
        return _Muted(self.party.join(cases))


@dataclass(frozen=True)
class _Muted(Voice):
    voice: Voice

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        return [self._muted(said) for said in await self.voice.speak(talks)]

    def _muted(self, said: Said | Failed) -> Said | Failed:
        if isinstance(said, Failed) or said.end is not None:
            return said
        return replace(said, heard=False, turn=said.turn.model_copy(update={"asks": (), "tells": {}}))
