"""The command line: names, help and how errors leave it. Commands are imported only when they are called."""

from __future__ import annotations

import sys

from cyclopts import App, CycloptsError

import elicit
from elicit.basis.errors import InputError, UnavailableError

_FAILED, _MISUSED = 1, 2

app = App(
    name="elicit",
    help="Learn to ask the right next question.",
    version=elicit.__version__,
    version_flags=["--version"],
    default_parameter=None,
)
data = App(name="data", help="Fetch real people.")
domains = App(name="domains", help="List, show, check and build domains: what can be asked, and of whom.")
profiles = App(name="profiles", help="Look at the people of a domain.")

app.command("elicit.cli.evaluate:quickstart", help="Compare ways of asking on real people, in under a minute.")
app.command("elicit.cli.ask:ask", help="Be asked yourself.")
app.command("elicit.cli.evaluate:evaluate", help="Run an evaluation recipe on held-out people.")
app.command("elicit.cli.evaluate:report", help="Show a finished run again, or write its page anew.")
app.command("elicit.cli.chains:chains", help="Write question chains and training rows from profiles.")
app.command(domains)
app.command(data)
app.command(profiles)
data.command("elicit.cli.data:fetch", help="Take a data set out of a pinned package, check it and keep it.")
domains.command("elicit.cli.domains:list_domains", name="list", help="List the domains there are.")
domains.command("elicit.cli.domains:show", help="Show facets, questions and answers of a domain.")
domains.command("elicit.cli.domains:check", help="Check wordings, options and people of a domain.")
domains.command("elicit.cli.domains:build", help="Build a domain from MovieLens or from any table of people.")
profiles.command("elicit.cli.profiles:association", help="What age, gender and occupation really tell.")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 something failed on the way, 2 something was asked wrongly."""
    try:
        app(arguments, exit_on_error=False, result_action="return_none")
    except CycloptsError:
        sys.exit(_MISUSED)
    except InputError as error:
        _say(str(error), _MISUSED)
    except UnavailableError as error:
        _say(str(error), _FAILED)
    except KeyboardInterrupt:
        _say("stopped by Ctrl-C; whatever was finished is kept", _FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(_FAILED)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _say(f"{place}{error.strerror or error}", _FAILED)


def _say(message: str, code: int) -> None:
    print(f"elicit: {message}", file=sys.stderr)
    sys.exit(code)
