"""A side played by somebody's own function."""

from __future__ import annotations

import asyncio
import inspect
import threading
import traceback
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elicit.basis import did_you_mean, whole_letters
from elicit.dialogues import EndReason, Fault, Question, Speaker, Turn
from elicit.language import clean_reply
from elicit.users.parties import Case, Failed, Said, Talk, Voice

Reply = str | Question
Function = Callable[[list[dict[str, str]]], Reply | Awaitable[Reply]]


@dataclass(frozen=True)
class FunctionParty:
    """A function that gets the chat so far and returns its next turn.

    It is called with ``[{"role": "user" | "assistant", "content": text}, …]``, in which ``assistant`` is itself, and
    returns a text, or a :class:`Question` whose facets and options then need not be found from its words. ``[END]`` in
    a text says that it is done. It may be ``async``.

    Attributes:
        side: which.
        function: the function.
        name: how it was named.
        timeout: seconds for one turn.
        facets: ids that a question may ask for.
    """

    side: Speaker
    function: Function
    name: str
    timeout: float
    facets: Collection[str]

    @property
    def together(self) -> int:
        """Each dialogue by itself."""
        return 1

    @property
    def invents(self) -> bool:
        """A function says what it likes."""
        return self.side is Speaker.USER

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a group of dialogues."""
        return _FunctionVoice(self)


@dataclass(frozen=True)
class _FunctionVoice(Voice):
    party: FunctionParty

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Call the function for each dialogue."""
        return await asyncio.gather(*(self._speak(talk) for talk in talks))

    async def _speak(self, talk: Talk) -> Said | Failed:
        side = self.party.side
        messages = [
            {"role": "assistant" if turn.speaker is side else "user", "content": turn.text} for turn in talk.turns
        ]
        try:
            async with asyncio.timeout(self.party.timeout):
                returned = await _called(self.party.function, messages)
        except TimeoutError:
            return self._failed("slow", f"{self.party.name} took longer than {self.party.timeout:g} s")
        except _OutsideError as outside:
            return self._failed("raised", in_one_line(outside.error))
        return self._said(returned)

    def _said(self, returned: object) -> Said | Failed:
        side = self.party.side
        if isinstance(returned, Question):
            unknown = next((facet for facet in returned.facets if facet not in self.party.facets), None)
            if unknown is not None:
                near = did_you_mean(unknown, self.party.facets)
                return self._failed(
                    "unknown_facet", f"{self.party.name} asks for '{unknown}', which is no facet. {near}"
                )
            turn = Turn(speaker=side, text=whole_letters(returned.text), asks=returned.facets, options=returned.options)
            return Said(turn, heard=True)
        if not isinstance(returned, str):
            return self._failed("no_text", f"{self.party.name} returned {type(returned).__name__} instead of a text")
        cleaned = clean_reply(whole_letters(returned), side)
        if not cleaned.text and not cleaned.done:
            return self._failed("empty", f"{self.party.name} returned an empty text")
        done = EndReason.AGENT_DONE if side is Speaker.AGENT else EndReason.USER_LEFT
        turn = Turn(speaker=side, text=cleaned.text or "Goodbye.", events=cleaned.events)
        return Said(turn, done if cleaned.done else None)

    def _failed(self, kind: str, detail: str) -> Failed:
        return Failed(Fault.AGENT if self.party.side is Speaker.AGENT else Fault.USER, kind, detail)


class _OutsideError(Exception):
    """Something that an outsider's function has raised."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


async def _called(function: Function, messages: list[dict[str, str]]) -> object:
    if inspect.iscoroutinefunction(function):
        return await _contained(function(messages))
    returned = await _in_thread(lambda: function(messages))
    return await _contained(returned) if inspect.isawaitable(returned) else returned


async def _contained(work: Awaitable[object]) -> object:
    """Wait for an outsider's coroutine; whatever it raises, an exit or an interrupt too, fails its dialogue alone."""
    try:
        return await work
    except BaseException as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise  # It was we who gave up waiting.
        raise _OutsideError(error) from None


def _in_thread(work: Callable[[], Any]) -> asyncio.Future[Any]:
    """Run in a thread that nobody waits for at the end: a function that hangs must not keep the program alive."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: _OutsideError | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        # Whatever it raises is handed to the dialogue that waits for it.
        except BaseException as error:  # noqa: BLE001
            problem = _OutsideError(error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=run, daemon=True).start()
    return future


def in_one_line(error: BaseException) -> str:
    """Return what was raised and where: the deepest place that is neither ours nor the import machinery's."""
    frames = foreign_frames(error)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{what_was_raised(error)}{place}"


def foreign_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the places that an error came through and that are neither ours nor the import machinery's."""
    ours = str(Path(__file__).parents[1])
    return [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(("<frozen", ours))]


def what_was_raised(error: BaseException) -> str:
    """Return the kind of an error and its text, in one line."""
    try:
        text = " ".join(whole_letters(str(error)).split())[:200]
    # Even the text of an outsider's error is an outsider's function.
    except Exception:  # noqa: BLE001
        text = "without a text"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
