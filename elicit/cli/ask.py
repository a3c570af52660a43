"""``elicit ask``: the person at the keyboard is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from elicit.basis import Luck
from elicit.cli.evaluate import RUNS
from elicit.cli.output import console, say, warn_invented
from elicit.dialogues import Dialogue, EndReason, write_dialogues
from elicit.domains import MOVIES, Code, Domain, Facet, Population, Source, movielens_100k_folder, open_domain
from elicit.language import Phrasebook
from elicit.recipes import prepare_interview
from elicit.runs import Interview, RunFolder, Step, new_run_path, provenance

_KEYS: Final = {"s": Code.UNKNOWN, "n": Code.NO_PREFERENCE, "r": Code.REFUSED}
_HELP: Final = "s skip, don't know · n no preference · r rather not say · b back · q stop"
_RECOMMENDED, _BELIEVED = 5, 3
_ENDINGS: Final = {
    EndReason.BUDGET: "That was the last question.",
    EndReason.NO_QUESTIONS_LEFT: "There is nothing left to ask.",
    EndReason.NO_GAIN_LEFT: "No question would tell more.",
    EndReason.BELOW_COST: "No question left is worth asking.",
    EndReason.TWO_UNKNOWN_IN_BRANCH: "You did not know twice in every branch that is left.",
    EndReason.PERSON_STOPPED: "Stopped.",
}


def ask(
    domain: str = MOVIES,
    /,
    *,
    data: Path | None = None,
    invented: bool = False,
    questions: int = 15,
    cost: float = 0.05,
    seed: int = 0,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
) -> None:
    """Be asked yourself: numbered answers, what each of them told, and what is believed at the end.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    data
        A MovieLens folder, for 'movies'.
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
    unfetched = domain == MOVIES and data is None and movielens_100k_folder() is None
    opened, people = open_domain(domain, Source(data, invented or unfetched))
    warn_invented(opened)
    say(f"Learning from {len(people)} people …")
    interview = prepare_interview(opened, people, questions=questions, cost=cost)
    talk = _Talk(interview, Phrasebook(opened, Luck.of(seed, ["person"])), console())
    end = talk.run()
    talk.close(end)
    if interview.steps:
        folder = _save(talk, end, out or new_run_path(RUNS, f"ask-{opened.name}"), opened, people)
        talk.out.print(f"\nSaved: {folder}", markup=False)


class _Talk:
    """Puts the questions of an interview on the screen and reads the answers."""

    def __init__(self, interview: Interview, book: Phrasebook, out: Console) -> None:
        self.interview, self.book, self.out = interview, book, out

    def run(self) -> EndReason:
        """Ask until there is a reason to end, and return it. Ctrl-D and Ctrl-C stop as ``q`` does."""
        self.out.print(f"[dim]Answer with a number. {_HELP}[/]")
        while not isinstance(step := self.interview.next(), EndReason):
            self._put(step)
            try:
                if not self._answered(step):
                    return EndReason.PERSON_STOPPED
            except (EOFError, KeyboardInterrupt):
                self.out.print()
                return EndReason.PERSON_STOPPED
        return step

    def close(self, end: EndReason) -> None:
        """Say why it ended and what is believed now."""
        self.out.print(f"\n{_ENDINGS[end]}")
        if not self.interview.steps:
            return
        total = sum(s.bits for s in self.interview.steps)
        self.out.print(f"{len(self.interview.steps)} answers told {total:.1f} bits about you.")
        for label, option, now, start in self.interview.believed(_BELIEVED):
            self.out.print(f"  Not asked, likely: {label}: {option} ({now:.0%}, at first {start:.0%})", markup=False)
        if self.interview.domain.targets:
            self.out.print("You might like:")
            for label, chance in self.interview.recommended(_RECOMMENDED):
                self.out.print(f"  {chance:4.0%}  {label}", markup=False)

    def _put(self, column: int) -> None:
        number = len(self.interview.steps) + 1
        question = self.book.question(0, column)
        self.out.print(f"\n[bold]{number}[/][dim]/{self.interview.budget}[/]  ", end="")
        self.out.print(question.text, markup=False, style="bold")
        for place, option in enumerate(question.options, start=1):
            self.out.print(f"   {place}  {option}", markup=False)

    def _answered(self, column: int) -> bool:
        """Read until the input means something; False = stop."""
        facet = self.interview.domain.facets[column]
        while True:
            typed = input("> ").strip().lower()
            if typed == "q":
                return False
            if typed == "b":
                taken = self.interview.back()
                self.out.print("[dim]There is no answer to take back.[/]" if taken is None else "[dim]Taken back.[/]")
                return True
            code = _code(typed, facet)
            if code is not None:
                self._tell(self.interview.answer(column, code))
                return True
            self.out.print(f"[dim]Type a number from 1 to {len(facet.options)}, or: {_HELP}[/]")

    def _tell(self, step: Step) -> None:
        said = f"That told {step.bits:.2f} bits." if step.code >= 0 else "All right."
        top = self.interview.recommended(1)
        guess = f" Best guess now: {top[0][0]} ({top[0][1]:.0%})" if top and step.code >= 0 else ""
        self.out.print(f"  {said}{guess}", markup=False, style="dim")


def _code(typed: str, facet: Facet) -> int | None:
    if typed in _KEYS:
        return int(_KEYS[typed])
    if typed.isdecimal() and 1 <= int(typed) <= len(facet.options):
        return int(typed) - 1
    return None


def _save(talk: _Talk, end: EndReason, path: Path, domain: Domain, people: Population) -> Path:
    steps = talk.interview.steps
    facts = {
        **provenance(),
        "recipe": "ask",
        "domain": domain.name,
        "domain_hash": domain.hash,
        "people_hash": people.hash,
        "invented": domain.invented,
        "bits": [round(s.bits, 4) for s in steps],
    }
    recipe = f'command = "ask"\ndomain = "{domain.name}"\nquestions = {talk.interview.budget}\n'
    folder = RunFolder.start(path, recipe, facts)
    exchanges = tuple(talk.book.exchange(0, s.facet, s.code) for s in steps)
    dialogue = Dialogue(id="ask-1", person="person", exchanges=exchanges, end=end)
    write_dialogues(folder.path / "dialogues.jsonl", [dialogue])
    return folder.path
