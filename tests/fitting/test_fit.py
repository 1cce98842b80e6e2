"""`fit_config`: what a config made gives it back, and logs that are not ours give valid configs."""

import gzip
import json
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from benchmarks.rival import rival_python
from helpers import invoke, site, walked
from logs import FIELD_OF, START

from fakeweb_tui.config import Config, load_config, parse_config, save_config
from fakeweb_tui.fitting import Columns, Fit, fit_config
from fakeweb_tui.reading import ReadingError
from fakeweb_tui.simulation import Parameters, Walk
from fakeweb_tui.users import UserPool


def written(
    config: Config, path: Path, *, days: float, seed: int = 1, sessions: bool = False, **more: Any
) -> Path:
    """Write the events of so many days as Parquet, in no order."""
    parameters = Parameters(seed=seed, start=START, **more)
    batch = walked(Walk(parameters, config), int(days * 86_400 / parameters.batch_size))
    pool = UserPool(seed, config)
    users = pool.draw(batch.user)
    columns: dict[str, Any] = {
        "event_timestamp": batch.timestamp,
        "page_url_path": pa.array([f"/{page}" for page in batch.pages]).take(pa.array(batch.page)),
        "user_number": batch.user,
    }
    if sessions:
        columns["session_id"] = batch.session
    for field in FIELD_OF.values():
        choice = pool.choices[field]
        columns[field] = pa.array(choice.objects[users.codes[choice.by]])
    table = pa.table(columns).take(np.random.default_rng(seed).permutation(len(batch)))
    pyarrow.parquet.write_table(table, path)
    return path


def outside(found: Fit, config: Config) -> tuple[list[tuple[Any, ...]], int]:
    """The probabilities that are not in their intervals, and how many there are."""
    wrong, count = [], 0
    for path, row in found.rows.items():
        true = config.row(path)
        assert {name for name, value in true.items() if value} <= row.keys(), path
        for name, estimate in row.items():
            value = true.get(name, 0.0)
            count += 1
            if not estimate.low <= value <= estimate.high:
                wrong.append((path, name, value, estimate))
    return wrong, count


@pytest.mark.parametrize("sessions", [False, True])
def test_a_config_comes_back_within_its_intervals(tmp_path: Path, config: Config, sessions: bool) -> None:
    wrong, count = [], 0
    for seed in range(4):
        path = written(config, tmp_path / "events", days=8, seed=seed, sessions=sessions, user_pool_size=10_000)
        found = fit_config(str(path))
        assert found.config.page_names == config.page_names
        assert not found.faults
        missed, number = outside(found, config)
        wrong += missed
        count += number
    # The intervals hold 95 of 100; those of one row hang together.
    assert len(wrong) < 0.09 * count, wrong
    for path, name, value, estimate in wrong:
        width = estimate.high - estimate.low
        assert estimate.low - width < value < estimate.high + width, (path, name)


def test_what_a_simulation_needs_is_learned_too(tmp_path: Path, config: Config) -> None:
    path = written(
        config, tmp_path / "events", days=6, user_pool_size=2_000, sessions_per_day=5_000, batch_size=20
    )
    found = fit_config(str(path), batch_size=20)
    assert found.config.simulation["batch_size"] == 20
    assert found.config.simulation["user_pool_size"] == found.users == 2_000
    assert found.config.simulation["sessions_per_day"] == pytest.approx(5_000, rel=0.03)
    assert found.rows["pages", "home"]["home"].low < 0.45 < found.rows["pages", "home"]["home"].high


def test_another_site_comes_back(tmp_path: Path) -> None:
    slow = site(
        {
            "read": {"read": 0.95, "next": 0.04, "session_end": 0.01},
            "next": {"read": 0.5, "end": 0.3, "session_end": 0.2},
            "end": {"end": 0.9, "read": 0.02, "session_end": 0.08},
        },
        {"read": 0.7, "next": 0.3},
    )
    path = written(slow, tmp_path / "events", days=10, user_pool_size=100_000)
    found = fit_config(str(path))
    assert found.config.page_names == slow.page_names
    wrong, count = outside(found, slow)
    assert len(wrong) < 0.1 * count, wrong


# Logs that are not ours


def visits(count: int, seed: int = 1, zone: str = "+00:00") -> list[dict[str, Any]]:
    """A log of a small site in the manner of others, at ten o'clock UTC of several days."""
    generator = np.random.default_rng(seed)
    events = []
    for number in range(count):
        moment = datetime(2026, 7, 1, 10, tzinfo=UTC) + timedelta(
            days=number % 9, seconds=int(generator.integers(3000))
        )
        path = ["/", "/list?page=2", "/item/7"][: 1 + int(generator.integers(3))]
        for step, page in enumerate(path):
            stamp = (moment + timedelta(seconds=40 * step)).isoformat().replace("+00:00", zone)
            events.append({"when": stamp, "where": f"https://shop.example{page}", "who": f"u{number % 97}"})
    return events


NAMED = Columns(time="when", page="where", user="who")


def as_json_lines(events: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(event) + "\n" for event in events).encode()


def as_csv(events: list[dict[str, Any]]) -> bytes:
    names = list(events[0])
    rows = [",".join(names), *(",".join(str(event[name]) for name in names) for event in events)]
    return ("\n".join(rows) + "\n").encode()


@pytest.mark.parametrize("render", [as_json_lines, as_csv])
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_log_with_its_columns_named(
    tmp_path: Path, render: Callable[[list[dict[str, Any]]], bytes], compress: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "log").write_bytes(compress(render(visits(600))))
    found = fit_config(str(tmp_path / "log"), NAMED, zone="Europe/Berlin")
    first = min(datetime.fromisoformat(event["when"]) for event in visits(600))
    assert found.first == first.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
    assert found.config.page_names == ("index", "list", "item/7")
    assert found.config.landing_pages == {"index": 1}
    assert found.config.pages["index"]["list"] / (1 - found.config.pages["index"]["index"]) == pytest.approx(
        2 / 3, abs=0.1
    )
    # A move every 40 s is one every four steps: sessions stay with probability 3/4.
    assert found.config.pages["list"]["list"] == pytest.approx(0.75, abs=0.02)
    # Ten in UTC is noon in Berlin; hours that were not seen are the built-in ones, in proportion.
    assert max(range(24), key=found.config.visits_per_hour.__getitem__) == 12
    assert found.config.browsers == load_config(Path(__file__).parents[2] / "fakeweb_tui" / "default.yml").browsers
    said = "\n".join(found.remarks)
    for words in (
        "Europe/Berlin",
        "30 minutes of silence",
        "dwell does not show",
        "browsers",
        "no session moves on",
    ):
        assert words in said


def test_order_does_not_matter(tmp_path: Path) -> None:
    events = visits(300)
    texts = []
    for name, log in (("a", events), ("b", events[::-1])):
        (tmp_path / name).write_bytes(as_json_lines(log))
        texts.append(fit_config(str(tmp_path / name), NAMED).config)
    assert texts[0] == texts[1]


def test_silence_ends_a_session(tmp_path: Path) -> None:
    begin = datetime(2026, 7, 1)
    seen = [(0, "/z", "eve"), (100, "/a", "ada"), (140, "/b", "ada"), (300, "/a", "ada"), (310, "/b", "ada")]
    # At either end of the log, sessions may be under way, and are not judged.
    events = [
        {"when": str(begin + timedelta(minutes=minute)), "where": page, "who": user}
        for minute, page, user in [*seen, (1000, "/z", "eve")]
    ]
    (tmp_path / "log").write_bytes(as_json_lines(events))
    moves = {
        silence: fit_config(str(tmp_path / "log"), NAMED, silence=silence * 60, batch_size=60).rows["pages", "a"]
        for silence in (60, 15, 5)
    }
    assert {silence: row["b"].hits if "b" in row else 0 for silence, row in moves.items()} == {60: 2, 15: 1, 5: 0}


def test_reloads_are_one_visit(tmp_path: Path) -> None:
    events = []
    for number in range(200):
        begin = datetime(2026, 7, 1) + timedelta(hours=number)
        for second, page in ((0, "/a"), (30, "/a"), (60, "/b")):
            events.append({"when": str(begin + timedelta(seconds=second)), "where": page, "who": f"u{number}"})
    (tmp_path / "log").write_bytes(as_json_lines(events))
    found = fit_config(str(tmp_path / "log"), NAMED)
    assert "200 events of a page that was open already" in "\n".join(found.remarks)
    # From the first event on, the page was open for six steps.
    assert found.config.pages["a"]["a"] == pytest.approx(5 / 6, abs=0.01)


def test_many_pages_become_few(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    events = [
        {"when": 1_782_900_000 + 40 * number, "where": f"/p{int(page)}", "who": f"u{number // 5}"}
        for number, page in enumerate(generator.geometric(0.05, 5000))
    ]
    (tmp_path / "log").write_bytes(as_json_lines(events))
    found = fit_config(str(tmp_path / "log"), NAMED, most_pages=10, goal="p3")
    assert len(found.config.page_names) == 11
    assert "other" in found.config.page_names
    assert found.config.goal == "p3"
    assert any("the 10 most frequent of" in remark for remark in found.remarks)
    with pytest.raises(ValueError, match="the goal 'p99' is no page that is kept"):
        fit_config(str(tmp_path / "log"), NAMED, most_pages=10, goal="p99")


def test_odd_names_of_pages(tmp_path: Path) -> None:
    pages = ["session_end", "a: b", "#x", "☃ \u001b[31m", "'", "{}", "~", "a\nb", "/", "null", "1.5"]
    events = [
        {"when": 1_782_900_000 + 60 * number, "where": page, "who": f"u{number // len(pages)}"}
        for number, page in enumerate(pages * 30)
    ]
    (tmp_path / "log").write_bytes(as_json_lines(events))
    found = fit_config(str(tmp_path / "log"), NAMED)
    assert set(found.config.page_names) == {*pages} - {"session_end", "/"} | {"session_end page", "index"}
    assert parse_config(found.config.document.text, "again") == found.config


def test_sessions_that_the_log_numbers_from_one(tmp_path: Path) -> None:
    events = [
        {
            "when": 1_782_900_000 + 600 * number,
            "where": "/ab"[: 1 + number % 2] or "/",
            "who": f"u{number % 3}",
            "visit": 1 + number // 60,
        }
        for number in range(600)
    ]
    (tmp_path / "log").write_bytes(as_json_lines(events))
    found = fit_config(str(tmp_path / "log"), Columns("when", "where", "who", "visit"), batch_size=60)
    assert any("a column names the sessions" in remark for remark in found.remarks)
    # 30 sessions, of which those at either end of the log may not be whole.
    assert 20 <= found.sessions <= 30


def test_categories_are_counted_once_per_user(tmp_path: Path) -> None:
    users: list[Mapping[str, Any]] = [
        {"ua": "chrome", "from": "newsletter"},
        {"ua": "Internet Explorer", "from": "ads"},
        {"ua": "Lynx", "from": "ads"},
        {"ua": None, "from": "ads"},
    ]
    events = [
        {"when": 1_782_900_000 + 7 * number + 90_000 * day, "where": "/a", "who": f"u{number}", **users[number]}
        for day in range(9)
        for number in range(4)
        for _ in range(1 + 5 * (number == 0))
    ]
    (tmp_path / "log").write_bytes(as_json_lines(events))
    columns = Columns("when", "where", "who", categories={"browsers": "ua", "sources": "from"})
    found = fit_config(str(tmp_path / "log"), columns)
    assert found.config.browsers == {"Chrome": 0.5, "InternetExplorer": 0.5}
    assert found.config.sources == {"ads": 0.75, "newsletter": 0.25}
    said = "\n".join(found.remarks)
    assert "browsers: 1 of 4 users have none" in said
    assert "browsers: 1 of 4 users have one that cannot be kept" in said
    assert "operating_systems, mediums, campaigns, ads: the log has none" in said


def test_a_log_of_one_event(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(as_json_lines(visits(1)[:1]))
    found = fit_config(str(tmp_path / "log"), NAMED)
    assert found.config.page_names == ("index",)
    assert found.config.pages["index"]["session_end"] > 0


def test_progress_counts_rows_and_may_give_up(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(as_json_lines(visits(100)))
    told: list[int] = []
    found = fit_config(str(tmp_path / "log"), NAMED, progress=told.append)
    assert told[-1] == found.events

    def stop(_: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fit_config(str(tmp_path / "log"), NAMED, progress=stop)


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        (Columns(), {}, "no column is known to hold the time (such as event_timestamp, timestamp"),
        (Columns("when", "where"), {}, "no column is known to hold the user (such as user_domain_id"),
        (Columns("when", "where", "whom"), {}, "there is no column 'whom'; there are 'when', 'where', 'who'"),
        (NAMED, {"zone": "Mars/Olympus"}, "'Mars/Olympus' is no time zone"),
        (NAMED, {"silence": 5}, "the silence is 5 s: it is from a step, 10 s, to a day, 86400 s"),
        (NAMED, {"most_pages": 0}, "0 pages are to be kept: it is 1 to 999"),
        (NAMED, {"batch_size": 0}, "the batch size is 0"),
        (Columns("who", "where", "when"), {}, "holds no events that can be used: 'u0' is no time"),
    ],
)
def test_bad_input(tmp_path: Path, columns: Columns, options: dict[str, Any], message: str) -> None:
    (tmp_path / "log").write_bytes(as_json_lines(visits(20)))
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        fit_config(str(tmp_path / "log"), columns, **options)
    assert message in str(caught.value)
    assert isinstance(caught.value, ReadingError) == str(caught.value).startswith(str(tmp_path))


def test_the_command(tmp_path: Path) -> None:
    log, output = tmp_path / "log", tmp_path / "new.yml"
    log.write_bytes(as_json_lines(visits(200)) + b"broken\n")
    arguments = ["fit", str(log), "-o", str(output), "--timestamp", "when", "--page", "where", "--user", "who"]
    result = invoke(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 rows could not be used" in result.stdout
    assert f"{log}:{as_json_lines(visits(200)).count(10) + 1}: not JSON" in result.stdout
    assert "95 % from" in result.stdout
    assert result.stdout.endswith(f"{output} is written.\n")
    text = output.read_text(encoding="utf-8")
    assert text.startswith("# learned by fakeweb-tui fit from ")
    assert load_config(output).page_names == ("index", "list", "item/7")
    again = invoke(*arguments)
    assert (again.exit_code, again.stdout) == (2, "")
    assert again.stderr == f"{output} exists: give another name, or --overwrite\n"
    assert output.read_text(encoding="utf-8") == text
    assert invoke(*arguments, "--overwrite").exit_code == 0


RUN_IT = """
import json
import random
from datetime import datetime
from fake_web_events import Simulation
import fake_web_events.simulation as simulation
random.seed(3)
# The package hands floats to randrange, which Python 3.12 takes no longer.
whole = simulation.randrange
simulation.randrange = lambda low, high: whole(int(low), int(high))
site = Simulation(user_pool_size=10, sessions_per_day=10_000, init_time=datetime(2026, 3, 2, 10))
events = site.run(duration_seconds=1000)
print(json.dumps([next(events) for _ in range(100)]))
"""


def test_fake_web_events_runs_what_was_learned(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(as_json_lines(visits(200)))
    found = fit_config(str(tmp_path / "log"), NAMED)
    save_config(found.config, tmp_path / "config.yml")
    # It looks for config.yml beside the script.
    (tmp_path / "script.py").write_text(RUN_IT, encoding="utf-8")
    done = subprocess.run([rival_python(), tmp_path / "script.py"], capture_output=True, check=True, timeout=120)
    events = json.loads(done.stdout)
    assert {event["page_url_path"] for event in events} == {"/index", "/list", "/item/7"}
