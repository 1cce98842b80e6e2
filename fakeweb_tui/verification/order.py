"""The order of events, and events that are there twice."""

from itertools import pairwise

import numpy as np

from fakeweb_tui.reading import Faults, Log


def check_order(log: Log, allowed_us: int, faults: Faults) -> None:
    """Note events whose time is, by more than is allowed, behind that of an event above them in the same file.

    Args:
        allowed_us: microseconds; 0 where events are to be in the order of their time.
    """
    begins = [*(first for first, _ in log.begins), len(log)]
    for begin, end in pairwise(begins):
        time = log.time[begin:end]
        back = np.maximum.accumulate(time) - time
        for event in np.flatnonzero(back > allowed_us):
            source, line = log.place(begin + int(event))
            faults.add(
                "events out of order", source, line, f"its time is {back[event] / 1e6:g} s behind one above it"
            )


def check_duplicates(log: Log, faults: Faults) -> None:
    """Note events that are there already: with the same id, or else of the same user, time and page."""
    if log.event_id is not None:
        order = np.argsort(log.event_id, kind="stable")
        same = np.diff(log.event_id[order]) == 0
        what = "its id"
    else:
        order = np.lexsort((log.page, log.time, log.user))
        same = (np.diff(log.user[order]) == 0) & (np.diff(log.time[order]) == 0) & (np.diff(log.page[order]) == 0)
        # Where times are whole seconds, two sessions of a user may well land in the same one.
        if not (log.time % 1_000_000).any():
            return
        what = "its user, time and page"
    for place in np.flatnonzero(same):
        first, again = sorted((int(order[place]), int(order[place + 1])))
        source, line = log.place(again)
        faults.add("duplicates", source, line, f"{what} are those of line {log.place(first)[1]}")
