"""Logs of events as tests need them: those of a walk, without the way through a file."""

from datetime import datetime
from typing import Any

import numpy as np
from helpers import walked

from fakeweb_tui.config import Config
from fakeweb_tui.reading import Log
from fakeweb_tui.simulation import HOUR_US, WHOLE, Batch, Parameters, Shard, Walk
from fakeweb_tui.users import UserPool

START = datetime(2026, 3, 2)
FIELD_OF = {
    "operating_systems": "os_name",
    "browsers": "browser_name",
    "sources": "marketing_source",
    "mediums": "marketing_medium",
    "campaigns": "marketing_campaign",
    "ads": "marketing_content",
}


def log_of(batch: Batch, pool: UserPool, *, sessions: bool = False, source: str = "events") -> Log:
    """The events of a batch, with a column for sessions or without."""
    time = batch.timestamp.astype(np.int64)
    numbers, user = np.unique(batch.user, return_inverse=True)
    session = np.unique(batch.session, return_inverse=True)[1].astype(np.int32)
    users = pool.draw(numbers)
    categories = {}
    for section, field in FIELD_OF.items():
        choice = pool.choices[field]
        names, codes = np.unique(choice.objects[users.codes[choice.by]].astype(str), return_inverse=True)
        categories[section] = (tuple(names.tolist()), codes.astype(np.int32))
    return Log(
        time,
        (time // HOUR_US % 24).astype(np.uint8),
        batch.page.astype(np.int32),
        batch.pages,
        user.astype(np.int32),
        len(numbers),
        session if sessions else None,
        None,
        categories,
        False,
        ((0, source, 1),),
    )


def log_of_run(
    config: Config, seed: int, days: float, *, sessions: bool = False, shard: Shard = WHOLE, **parameters: Any
) -> Log:
    """The events of so many days from a midnight on."""
    chosen = Parameters(seed=seed, start=START, **parameters)
    steps = int(days * 86_400 / chosen.batch_size)
    batch = walked(Walk(chosen, config, 0, shard), steps)
    return log_of(batch, UserPool(seed, config), sessions=sessions)
