"""Events as dicts."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fakeweb_tui.events.text import timestamp_text
from fakeweb_tui.schema import EVENT_FIELDS, SITE
from fakeweb_tui.simulation import Batch
from fakeweb_tui.users import UserPool, as_strings

Event: TypeAlias = dict[str, str | bool]

# Users whose part of an event is kept rendered: a default pool fits, and memory stays bounded.
_CACHED_USERS = 20_000


class DictRenderer:
    """Renders batches as dicts of `EVENT_FIELDS`; keeps what it has rendered of recent users."""

    def __init__(self, pool: UserPool) -> None:
        self._pool = pool
        self._users: dict[int, Event] = {}

    def render(self, batch: Batch) -> list[Event]:
        """Return the events of a batch, in its order; each dict is new."""
        paths = [f"/{page}" for page in batch.pages]
        urls = [SITE + path for path in paths]
        users = self._templates(batch.user)
        events = []
        for number, page, timestamp in zip(
            batch.user.tolist(), batch.page.tolist(), as_strings(timestamp_text(batch.timestamp)), strict=True
        ):
            event = users[number].copy()
            event["event_timestamp"] = timestamp
            event["page_url"] = urls[page]
            event["page_url_path"] = paths[page]
            events.append(event)
        return events

    def _templates(self, numbers: npt.NDArray[np.uint64]) -> dict[int, Event]:
        """Return events that lack only what changes, at least one for each user in `numbers`."""
        wanted = np.unique(numbers)
        known = self._users
        new = [number for number in wanted.tolist() if number not in known]
        if len(known) + len(new) > _CACHED_USERS:
            known.clear()
            new = wanted.tolist()
        if new:
            columns = self._pool.columns(np.array(new, np.uint64))
            start = ("", "pageview", "", "")
            for number, *values in zip(new, *columns.values(), strict=True):
                known[number] = dict(zip(EVENT_FIELDS, (*start, *values), strict=True))
        return known
