"""A mean with the interval around it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Interval(NamedTuple):
    """Means with their intervals, three float64 arrays of one shape.

    Attributes:
        mean: of the people who have a value; NaN where nobody has.
        low: lower end; NaN where fewer than two people have a value.
        high: upper end; NaN where ``low`` is.
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
