"""Questions to a level, and area under a curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def questions_to_level(curves: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return where curves first reach a level, by linear interpolation between whole numbers of questions.

    Args:
        curves: float64[..., questions + 1], values after 0, 1, … questions; more is better.
        level: value to reach.

    Returns:
        float64[...], infinite where the level is not reached.
    """
    reached = curves >= level
    first = reached.argmax(axis=-1)
    after = np.take_along_axis(curves, first[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(curves, np.maximum(first - 1, 0)[..., None], axis=-1)[..., 0]
    step = np.where(after > before, (level - before) / np.where(after > before, after - before, 1), 1.0)
    found = np.where(first > 0, first - 1 + step, 0.0)
    return np.where(reached.any(axis=-1), found, np.inf)


def area_under(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean height of curves float64[..., questions + 1] by the trapezoid rule, float64[...]."""
    return np.asarray(np.trapezoid(curves, axis=-1) / max(curves.shape[-1] - 1, 1))


def share_of_gain(curves: NDArray[np.float64], baseline: NDArray[np.intp], better: int) -> NDArray[np.float64]:
    """Return what each gains from the first to the last question, as a share of what another one gains.

    Args:
        curves: float64[..., who, questions + 1].
        baseline: int[who], the place of whom each is compared with.
        better: 1 if more is better, −1 if less is.

    Returns:
        float64[..., who], 1 = as much; NaN where the other one gains nothing.
    """
    gain = (curves[..., -1] - curves[..., 0]) * better
    theirs = gain[..., baseline]
    return np.divide(gain, theirs, out=np.full_like(gain, np.nan), where=theirs > 0)
