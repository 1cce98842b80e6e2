"""Events per second that are read: into a log, into a verdict, into a config."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from fakeweb_tui.config import load_config
from fakeweb_tui.fitting import fit_config
from fakeweb_tui.reading import Faults, read_log, sources_of
from fakeweb_tui.schema import SCHEMAS
from fakeweb_tui.verification import Expectation, verify
from fakeweb_tui.verification.fields import layout_of

from .processes import run
from .timing import EVENTS_PER_SECOND, Row, in_turn

TITLE = "Events that are read, per second of all cores together"
EVENTS = 300_000
REPEATS = 3
_NAMES = ("events.jsonl", "events.jsonl.gz", "events.csv", "events.parquet")


def rows() -> Iterator[Row]:
    """Measure on files of every kind of format."""
    expectation = Expectation(load_config(None), SCHEMAS["web"])
    with TemporaryDirectory() as folder:
        for name in _NAMES:
            path = str(Path(folder) / name)
            run([sys.executable, "-m", "fakeweb_tui", "run", "--seed", "1", "--events", str(EVENTS), "-o", path])
            work: dict[str, Callable[[], object]] = {
                "read": partial(_read, path, expectation),
                "verify": partial(_verify, path, expectation),
                "fit": partial(fit_config, path),
            }
            samples = in_turn(REPEATS, *(partial(_rate, what) for what in work.values()))
            for (what, _), sample in zip(work.items(), samples, strict=True):
                yield Row(f"{name}: {what}", EVENTS_PER_SECOND, sample)


def _read(path: str, expectation: Expectation) -> None:
    read_log(sources_of(path), layout_of(expectation.fields), Faults())


def _verify(path: str, expectation: Expectation) -> None:
    verify(sources_of(path), expectation)


def _rate(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return EVENTS / (process_time() - began)
