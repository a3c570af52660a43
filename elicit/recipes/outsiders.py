"""Somebody else's questioner, which a recipe names as ``module:name``. It may do anything; what fails says its name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck, UnavailableError
from elicit.domains import Codes
from elicit.profiles import AnswerModel
from elicit.questioners import STOP, FacetQuestioner
from elicit.questioners.protocol import Choices
from elicit.recipes.fitted import Fitted
from elicit.runs import refuse_forbidden
from elicit.users import foreign_frames, in_one_line, what_was_raised


@dataclass(frozen=True)
class Outsider:
    """Somebody else's questioner.

    Attributes:
        name: as the recipe names it.
        questioner: what its function returned.
    """

    name: str
    questioner: FacetQuestioner

    @classmethod
    def invite(cls, name: str, fitted: Fitted, model: AnswerModel) -> Outsider:
        """Import ``module:name`` and let it make a questioner of what was fitted and how people answer.

        Raises:
            InputError: it cannot be imported.
            UnavailableError: it fails.
        """
        maker = imported(name)
        with _named(name):
            return cls(name, maker(fitted, model))

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return what the questioner chooses.

        Raises:
            UnavailableError: it fails, or chooses what cannot be asked.
        """
        with _named(self.name):
            chosen = np.asarray(self.questioner.choose(states, allowed, luck))
            if chosen.shape != (len(states),) or chosen.dtype.kind not in "iu":
                raise TypeError(f"chose {chosen.dtype}{list(chosen.shape)} for {len(states)} people")
            asking = chosen != STOP
            refuse_forbidden(self.questioner, allowed[asking], chosen[asking])
            return chosen.astype(np.intp)


def imported(name: str, what: str = "questioner") -> Callable[..., Any]:
    """Import ``module:name``; the current folder is importable.

    Args:
        name: of the module and of something that can be called.
        what: for messages.

    Raises:
        InputError: no such module or name.
    """
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(f"cannot import '{error.name}'", where=f"{what} '{name}'") from None
    # An outsider's module may do anything while it is read.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        raise InputError(f"module '{module}' cannot be read: {in_one_line(error)}", where=f"{what} '{name}'") from None
    if not hasattr(found, attribute):
        raise InputError(f"module '{module}' has no '{attribute}'", where=f"{what} '{name}'")
    maker: Callable[..., Any] = getattr(found, attribute)
    if not callable(maker):
        raise InputError(f"'{attribute}' of module '{module}' cannot be called", where=f"{what} '{name}'")
    return maker


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say in one line which outsider failed, and where.

    Raises:
        UnavailableError: that line; the error itself is its cause.
    """
    try:
        yield
    # Foreign code may raise anything, and may even try to end the program.
    except (Exception, SystemExit) as error:
        raise UnavailableError(f"questioner '{name}': {what_was_raised(error)}. {_remedy(error)}") from error


def _remedy(error: BaseException) -> str:
    """Return where to look: the first line outside of elicit, else at what was returned."""
    if frames := foreign_frames(error):
        return f"See {frames[0].filename}, line {frames[0].lineno}"
    return "A questioner chooses one column a person, or -1 to stop, as int[people]"
