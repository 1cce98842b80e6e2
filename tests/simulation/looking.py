"""What the tests of the simulation look at."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fakeweb_tui.simulation import AGAIN, FIRST, LANDING, Batch, Parameters

DAY = 8640  # steps of ten seconds


def steps_of(batch: Batch, parameters: Parameters) -> npt.NDArray[np.int64]:
    since = batch.timestamp.astype(np.int64) - parameters.start_us
    return since // parameters.step_us


def tally(one: npt.NDArray[Any], count: int) -> npt.NDArray[np.int64]:
    return np.bincount(one.astype(np.int64), minlength=count)


def assert_visits_follow_from_pages(batch: Batch) -> None:
    """Recompute the visit column; the batch has to hold sessions from their landing on."""
    seen: dict[int, set[int]] = {}
    expected = []
    for session, page in zip(batch.session.tolist(), batch.page.tolist(), strict=True):
        before = seen.get(session)
        expected.append(LANDING if before is None else AGAIN if page in before else FIRST)
        seen.setdefault(session, set()).add(page)
    assert batch.visit.tolist() == expected
