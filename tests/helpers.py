"""What several tests share: fits with a stated significance, small sites, events of walks, commands, processes."""

import math
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from click.testing import CliRunner, Result

from fakeweb_tui.cli import main
from fakeweb_tui.config import Config, load_config, parse_config
from fakeweb_tui.simulation import CHUNK_SESSIONS, Batch, Parameters, Walk
from fakeweb_tui.tuning.outcomes import Outcome, Responses

SECTIONS = (
    "pages",
    "landing_pages",
    "visits_per_hour",
    "operating_systems",
    "browsers",
    "utm_sources",
    "utm_mediums",
    "campaigns",
    "ads",
)
"""What fake_web_events 0.2.5 looks up in a config, by these names; each has to be there."""
COLUMNS = ("timestamp", "page", "user", "session", "visit")

# One look in a million goes beyond this many standard deviations to either side (or to one side, in a χ²).
# Seeds are fixed, so a look that has passed once passes always.
FAR = 4.9
_FAR_ABOVE = 4.7534


def chi_square_limit(freedom: int) -> float:
    """The value that χ² exceeds about once in a million (E. B. Wilson, M. M. Hilferty, 1931)."""
    part = 2 / (9 * freedom)
    return freedom * (1 - part + _FAR_ABOVE * math.sqrt(part)) ** 3


def assert_fits(observed: npt.ArrayLike, probabilities: npt.ArrayLike) -> None:
    """Fail where counts do not come from these probabilities, or something impossible was counted."""
    counts = np.asarray(observed, np.float64)
    expected = np.asarray(probabilities, np.float64) * counts.sum()
    possible = expected > 0
    assert not counts[~possible].any()
    counts, expected = counts[possible], expected[possible]
    assert len(counts) > 1, "one possible outcome shows nothing"
    assert expected.min() >= 5, "too few for χ²"
    assert ((counts - expected) ** 2 / expected).sum() < chi_square_limit(len(counts) - 1)


def site(
    pages: Mapping[str, Mapping[str, float]],
    landing: Mapping[str, float],
    hours: Mapping[int, float] | None = None,
) -> Config:
    """A config with these pages, the built-in one in everything else; hours that are not named are empty."""

    def row(shares: Mapping[str, float]) -> str:
        return "{" + ", ".join(f"{name}: {share:.17f}" for name, share in shares.items()) + "}"

    default = load_config(Path(__file__).parent.parent / "fakeweb_tui" / "default.yml")
    shares = dict(enumerate(default.visits_per_hour)) if hours is None else hours
    lines = ["pages:"]
    lines += [f"  {name}: {row(targets)}" for name, targets in pages.items()]
    lines += [f"landing_pages: {row(landing)}", "visits_per_hour:"]
    lines += [f"  {hour}: {shares.get(hour, 0.0):.17f}" for hour in range(24)]
    rest = default.document.text
    return parse_config("\n".join(lines) + "\n" + rest[rest.index("operating_systems:") :], "site.yml")


def joined(batches: Iterable[Batch]) -> Batch:
    """Batches that follow each other as one."""
    parts = list(batches)
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return replace(parts[0], stop_step=parts[-1].stop_step, **columns)


def walked(walk: Walk, stop: int, chunk_sessions: int = CHUNK_SESSIONS) -> Batch:
    """The events of a walk from where it stands up to a step."""
    parts = [Batch.empty(walk.position, walk.matrix.pages)]
    while walk.position < stop:
        parts.append(walk.advance(stop, chunk_sessions))
    return joined(parts)


def assert_same_events(one: Batch, other: Batch) -> None:
    """Fail unless every column is the same, to the last bit."""
    for name in COLUMNS:
        left, right = getattr(one, name), getattr(other, name)
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right, err_msg=name)


def by_session(batch: Batch) -> Batch:
    """The events of a batch, those of a session together and in the order of their time."""
    order = np.argsort(batch.session, kind="stable")
    return replace(batch, **{name: getattr(batch, name)[order] for name in COLUMNS})


def invoke(*arguments: str, stdin: bytes | None = None) -> Result:
    """The command line in this process, which takes a tenth of the time; its standard output can only be text."""
    return CliRunner().invoke(main, arguments, input=stdin)


def run_python(
    code: str, *arguments: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Run code in a fresh interpreter, with more variables in its environment; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def outcome_of(config: Config, parameters: Parameters, outcome: Outcome) -> float:
    """An outcome of a config."""
    return Responses.of(config, parameters).of_outcome(outcome).value
