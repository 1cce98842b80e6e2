"""Events as rows of the log."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fakeweb_tui.simulation import Batch
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.users import UserPool


class LogRow(NamedTuple):
    """One event as the log shows it, and where its event is: at place `at` of a batch, its user in `pool`."""

    time: str
    page: str
    source: str
    os: str
    device: str
    user: str
    place: str
    batch: Batch
    at: int
    pool: UserPool

    @property
    def event(self) -> Batch:
        """The event alone."""
        return self.batch.slice(self.at, self.at + 1)

    @property
    def dated(self) -> str:
        """Its time, behind its day."""
        return f"{self.batch.timestamp[self.at].item():%d %b} {self.time}"


def log_rows(batch: Batch, pool: UserPool) -> Iterator[LogRow]:
    """Yield the events of a batch as rows, oldest first."""
    columns = pool.columns(batch.user)
    pages = [batch.pages[page] for page in batch.page.tolist()]
    times = np.datetime_as_string(batch.timestamp)
    for at, (time, page, source, os, browser, mail, place, country) in enumerate(
        zip(
            times,
            pages,
            columns["marketing_source"],
            columns["os_name"],
            columns["browser_name"],
            columns["user_custom_id"],
            columns["geo_region_name"],
            columns["geo_country"],
            strict=True,
        )
    ):
        device = f"{os} · {browser}"
        yield LogRow(str(time)[11:], page, plain(source), os, device, mail, f"{place} {country}", batch, at, pool)


def sampled(count: int, most: int) -> list[int]:
    """Return at most `most` places below `count`, evenly spread, the last one included."""
    if count <= most:
        return list(range(count))
    return sorted({round((place + 1) * count / most) - 1 for place in range(most)})
