"""``elicit ask``: the person at the keyboard is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from elicit.basis import InputError, Luck
from elicit.cli.output import RUNS, Flag, Whole, console, refuse_unwritable, say, warn_invented
from elicit.dialogues import Dialogue, EndReason, NonAnswer, Speaker, Turn, code_of, value_of, write_dialogues
from elicit.domains import MOVIES, Code, Domain, Facet, Population, Source, movielens_100k_folder, open_domain
from elicit.language import Heard, Phrasebook, Understanding, open_understanding, option_label
from elicit.models import open_encoder
from elicit.recipes import prepare_interview
from elicit.runs import ENDINGS, Interview, RunFolder, Step, new_run_path, provenance

_KEYS: Final = {"s": Code.UNKNOWN, "n": Code.NO_PREFERENCE, "r": Code.REFUSED}
_HELP: Final = "in your own words, or\nwith a letter: s don't know, n no preference, r rather not say, b back, q quit."
_RECOMMENDED, _BELIEVED = 5, 3
_DIGITS: Final = 3
"""No facet has more than 120 options."""


def ask(
    domain: str = MOVIES,
    /,
    *,
    data: Path | None = None,
    invented: Flag = False,
    questions: Whole = 15,
    cost: float = 0.05,
    seed: Whole = 0,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
) -> None:
    """Be asked yourself, answer by number or in your own words, and see what each answer told.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies', the survey's folder for 'young-people'.
    invented
        Learn from the invented people, for 'movies'; this is also what happens when nothing has been fetched.
    questions
        How many at most.
    cost
        Stop when the best question is expected to bring fewer bits than this.
    seed
        Of the wordings.
    out
        Folder of the run; else runs/ask-DOMAIN.
    """
    opened, people = people_to_learn_from(domain, data, invented)
    path = out or new_run_path(RUNS, f"ask-{opened.name}")
    _refuse_taken(path)
    warn_invented(opened)
    say(f"Learning from {len(people):,} people …")
    interview = prepare_interview(opened, people, questions=questions, cost=cost)
    book = Phrasebook(opened, Luck.of(seed, ["person"]))
    talk = _Talk(interview, book, open_understanding(opened, open_encoder()), console())
    stopped = False
    try:
        end = talk.run()
    except KeyboardInterrupt:
        end, stopped = EndReason.PERSON_STOPPED, True
        talk.out.print()
    talk.close(end)
    if interview.steps:
        _save(talk, end, path, people, seed, cost)
        talk.out.print(f"\nSaved: {path}", soft_wrap=True)
    if stopped:
        raise KeyboardInterrupt


def people_to_learn_from(domain: str, data: Path | None, invented: bool) -> tuple[Domain, Population]:
    """Return a domain with its people; the invented ones where the movies were asked for and nothing was fetched."""
    unfetched = domain == MOVIES and data is None and movielens_100k_folder() is None
    return open_domain(domain, Source(data, invented or unfetched))


def _refuse_taken(path: Path) -> None:
    """Raise InputError before the first question, and not when all have been answered."""
    refuse_unwritable(path)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError("already there", where=str(path), remedy="Name another folder")


@dataclass(frozen=True)
class _Reply:
    """What a person replied.

    Attributes:
        asked: column of the facet that was asked.
        text: the words, typed or chosen.
        told: column and code of all that it told, what was asked first.
        free: whether the words were typed.
    """

    asked: int
    text: str
    told: tuple[tuple[int, int], ...]
    free: bool = False


class _Talk:
    """Puts the questions of an interview on the screen and reads the answers."""

    def __init__(self, interview: Interview, book: Phrasebook, understanding: Understanding, out: Console) -> None:
        self.interview, self.book, self.understanding, self.out = interview, book, understanding, out
        self.replies: list[_Reply] = []

    def run(self) -> EndReason:
        """Ask until there is a reason to end, and return it. The end of the input (Ctrl-D) stops as ``q`` does."""
        self._hint(f"Answer with a number, {_HELP}")
        while not isinstance(step := self.interview.next(), EndReason):
            self._put(step)
            try:
                if not self._answered(step):
                    return EndReason.PERSON_STOPPED
            except EOFError:
                self.out.print()
                return EndReason.PERSON_STOPPED
        return step

    def close(self, end: EndReason) -> None:
        """Say why it ended and what is believed now."""
        self.out.print(f"\n{ENDINGS[end]}")
        answered = [s for s in self.interview.steps if s.code >= 0]
        if not answered:
            return
        words = "1 answer" if len(answered) == 1 else f"{len(answered)} answers"
        self.out.print(f"{words} told {sum(s.bits for s in answered):.1f} bits about you.")
        believed = self.interview.believed(_BELIEVED)
        if believed:
            self.out.print("\nNot asked, but likelier now:")
            self._list(
                (f"{now:.0%}", f"{label}: {option} (before: {start:.0%})") for label, option, now, start in believed
            )
        if self.interview.domain.targets:
            self.out.print("\nYou might like:")
            self._list((f"{chance:.0%}", label) for label, chance in self.interview.recommended(_RECOMMENDED))

    def _put(self, column: int) -> None:
        question = self.book.question(0, column)
        number = f"{len(self.interview.steps) + 1}/{self.interview.budget}"
        self.out.print()
        self.out.print(Text.assemble((number, "dim"), "  ", (question.text, "bold")))
        self._list((str(place), option) for place, option in enumerate(question.options, start=1))

    def _list(self, rows: Iterable[tuple[str, str]]) -> None:
        """Print short keys with texts that may be long; the lines of a text stand below each other."""
        pairs = tuple(rows)
        width = max(len(key) for key, _ in pairs)
        for key, text in pairs:
            # A grid of its own for each, because the rows of one would be filled up with spaces.
            row = Table.grid(padding=(0, 2, 0, 0))
            row.add_row(f"  {key:>{width}}", Text(text))
            self.out.print(row)

    def _hint(self, text: str) -> None:
        self.out.print(text, style="dim")

    def _answered(self, column: int) -> bool:
        """Read until the input means something; False = stop."""
        while True:
            typed = input("> ").strip()
            if typed.lower() == "q":
                return False
            if typed.lower() == "b":
                self._hint("Taken back." if self._back() else "There is no answer to take back.")
                return True
            if self._take(column, typed):
                return True
            self._hint(f"That was not understood. Answer with a number from 1 to {self._options(column)}, {_HELP}")

    def _options(self, column: int) -> int:
        return len(self.interview.domain.facets[column].options)

    def _take(self, column: int, typed: str) -> bool:
        """Take an answer, a number, a letter or free text, if it is understood."""
        facet = self.interview.domain.facets[column]
        code = _code(typed.lower(), facet)
        if code is not None:
            self._keep(_Reply(column, option_label(facet, value_of(facet, code)), ((column, code),)))
            return True
        told = self._understood(column, typed)
        if told:
            self._keep(_Reply(column, typed, told, free=True))
        return bool(told)

    def _understood(self, column: int, typed: str) -> tuple[tuple[int, int], ...]:
        """Return column and code of all that free text tells, what was asked first; nothing if that is not in it."""
        domain = self.interview.domain
        question = self.book.question(0, column)
        (found,) = asyncio.run(self.understanding.answers([Heard(typed, question.facets, question.options)]))
        asked = domain.facets[column].id
        if found[asked] == NonAnswer.NOT_UNDERSTOOD:
            return ()
        known = {step.facet for step in self.interview.steps}
        told = [(domain.column(f), code_of(domain.facets[domain.column(f)], value)) for f, value in found.items()]
        return tuple(sorted(((c, code) for c, code in told if c not in known), key=lambda pair: pair[0] != column))

    def _keep(self, reply: _Reply) -> None:
        self.replies.append(reply)
        steps = [self.interview.answer(column, code) for column, code in reply.told]
        if reply.free:
            self._hint(f"Understood: {'; '.join(self._in_words(step) for step in steps)}.")
        self._tell(steps)

    def _in_words(self, step: Step) -> str:
        facet = self.interview.domain.facets[step.facet]
        return f"{facet.label}: {option_label(facet, value_of(facet, step.code))}"

    def _back(self) -> bool:
        """Take the last reply back, with all that it told."""
        if not self.replies:
            return False
        for _ in self.replies.pop().told:
            self.interview.back()
        return True

    def _tell(self, steps: Sequence[Step]) -> None:
        if all(step.code < 0 for step in steps):
            self._hint("All right.")
            return
        top = self.interview.recommended(1)
        guess = f" Best guess now: {top[0][0]}, {top[0][1]:.0%}." if top else ""
        self._hint(f"That told {sum(step.bits for step in steps):.2f} bits.{guess}")


def _code(typed: str, facet: Facet) -> int | None:
    if typed in _KEYS:
        return int(_KEYS[typed])
    if typed.isdecimal() and len(typed) <= _DIGITS and 1 <= int(typed) <= len(facet.options):
        return int(typed) - 1
    return None


def _turns(talk: _Talk, reply: _Reply) -> tuple[Turn, Turn]:
    """Return the question with what the person replied, in their words or in those of the list they chose from."""
    facets, question = talk.interview.domain.facets, talk.book.question(0, reply.asked)
    told = {facets[column].id: value_of(facets[column], code) for column, code in reply.told}
    return (
        Turn(speaker=Speaker.AGENT, text=question.text, asks=question.facets, options=question.options),
        Turn(speaker=Speaker.USER, text=reply.text, tells=told),
    )


def _save(talk: _Talk, end: EndReason, path: Path, people: Population, seed: int, cost: float) -> None:
    domain, steps, budget = talk.interview.domain, talk.interview.steps, talk.interview.budget
    facts = {
        **provenance(),
        "kind": "interview",
        "seed": seed,
        "domain": domain.name,
        "domain_hash": domain.hash,
        "people_hash": people.hash,
        "invented": domain.invented,
        "bits": [round(s.bits, 4) for s in steps],
    }
    recipe = f'command = "ask"\ndomain = "{domain.name}"\nquestions = {budget}\ncost = {cost}\nseed = {seed}\n'
    folder = RunFolder.start(path, recipe, facts)
    turns = tuple(turn for reply in talk.replies for turn in _turns(talk, reply))
    dialogue = Dialogue(id="ask-1", person="person", turns=turns, end=end)
    write_dialogues(folder.path / "dialogues.jsonl", [dialogue])
