"""The grid of steps that the times of a file lie on."""

import numpy as np
import numpy.typing as npt

_ENOUGH = 200
"""So many events at random moments leave no such hole: with a chance below 1e-16."""
_LOOKED_AT = 100_000
_HOLE = 0.2
"""The part of a step in which there are no events, around its ends. Ours leave 0.265 of it free; a grid of half
the length would leave 0.13."""


def grid_origin(time: npt.NDArray[np.int64], step_us: int) -> int | None:
    """Return a moment at which a step begins, in microseconds; None if the times, shape (n,), are on no grid of
    steps of this length."""
    if len(time) < _ENOUGH:
        return None
    phase = np.sort(time[:: max(1, len(time) // _LOOKED_AT)] % step_us)
    holes = np.diff(phase, append=phase[0] + step_us)
    widest = int(np.argmax(holes))
    if holes[widest] < _HOLE * step_us:
        return None
    origin = int(phase[widest] + holes[widest] // 2)
    # Whatever was not looked at must leave the hole free as well.
    distance = np.abs((time - origin + step_us // 2) % step_us - step_us // 2)
    return origin if int(distance.min()) > _HOLE / 4 * step_us else None
