"""The sites that come along: valid, as their comments say, known to every command, and in the wheel."""

import re
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from helpers import SECTIONS, invoke

from fakeweb_tui.config import (
    BROWSERS,
    DEFAULT_SITE,
    OPERATING_SYSTEMS,
    Config,
    load_config,
    load_site,
    parse_config,
    site_names,
)
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.simulation import EPOCH, Parameters

ROOT = Path(__file__).parent.parent
SITES = ("bank", "news", "saas", "streaming")
GOALS = {
    "bank": "transfer_sent",
    "news": "subscribed",
    "saas": "dashboard",
    "streaming": "credits",
    DEFAULT_SITE: "confirmation",
}
pytestmark = pytest.mark.usefixtures("here")


def forecast_of(config: Config) -> Forecast:
    return Forecast(config, Parameters(seed=0, start=EPOCH))


def promised(name: str) -> dict[str, tuple[float, float]]:
    """The ranges in the comment at the head of a site's file, in units of one."""
    line = re.compile(r"#   (\w+): ([\d.]+) to ([\d.]+)( %)? ", re.ASCII)
    found = [line.match(text) for text in load_site(name).document.text.splitlines()]
    return {m[1]: (float(m[2]) / (100 if m[4] else 1), float(m[3]) / (100 if m[4] else 1)) for m in found if m}


def part_of_the_day(config: Config, first: int, last: int) -> float:
    return sum(config.visits_per_hour[first : last + 1])


def test_the_default_comes_first() -> None:
    assert site_names() == (DEFAULT_SITE, *SITES)
    assert load_site(DEFAULT_SITE) == load_config()
    assert load_site(DEFAULT_SITE).document.name == "built-in site"
    assert load_site("bank").document.name == "bank site"


def test_an_unknown_site_is_told_what_there_is() -> None:
    for name in ("banks", "", "../default", "bank.yml"):
        with pytest.raises(ValueError, match="the sites are shop, bank, news, saas, streaming") as caught:
            load_site(name)
        assert repr(name) in str(caught.value)


@pytest.mark.parametrize("name", SITES)
def test_a_site_has_a_funnel(name: str) -> None:
    config = load_site(name)
    assert 8 <= len(config.pages) <= 14
    assert config.goal == GOALS[name]
    # Nobody lands on the goal, and every page is seen by somebody.
    assert config.goal not in config.landing_pages
    assert forecast_of(config).reach.min() > 1e-3
    # A session hardly ever meets the limit on its steps, which fake_web_events does not have.
    assert forecast_of(config).chain.cut_short < 1e-3


@pytest.mark.parametrize("name", SITES)
def test_a_site_loads_in_fake_web_events(name: str) -> None:
    values = yaml.safe_load(load_site(name).document.text)
    assert values.keys() == set(SECTIONS)
    assert list(values["visits_per_hour"]) == list(range(24))
    assert values["operating_systems"].keys() <= set(OPERATING_SYSTEMS)
    assert values["browsers"].keys() <= set(BROWSERS)
    assert values["landing_pages"].keys() <= values["pages"].keys()
    for row in (*values["pages"].values(), *(values[section] for section in SECTIONS[1:])):
        assert sum(row.values()) == pytest.approx(1, abs=1e-9)
    # It has no row for a page beyond these, and ends a session where this is drawn.
    assert {page for row in values["pages"].values() for page in row} == {*values["pages"], "session_end"}


@pytest.mark.parametrize("name", SITES)
def test_a_site_is_as_its_comment_says(name: str) -> None:
    config = load_site(name)
    forecast, ranges = forecast_of(config), promised(name)
    first, end = ranges.pop("peak")
    assert (int(np.argmax(config.visits_per_hour)), first + 1) == (first, end)
    found = {
        "bounce": forecast.chain.events_distribution()[0],
        "pages": forecast.chain.events,
        "minutes": forecast.chain.steps * 10 / 60,
        "conversion": forecast.conversion,
    }
    assert found.keys() == ranges.keys()
    for figure, (low, high) in ranges.items():
        assert low <= found[figure] <= high, figure
    goal = next(line for line in config.document.text.splitlines() if line.startswith("#   conversion"))
    assert f"/{config.goal}, the goal" in goal


def test_the_days_are_those_of_such_sites() -> None:
    news = load_site("news").visits_per_hour
    assert news[20] == max(news[15:])
    assert news[7] > news[20] > max(news[13:19])
    # Most of the visits to a bank and to a service for teams fall into the working day …
    assert part_of_the_day(load_site("bank"), 8, 16) > 0.7
    saas = load_site("saas").visits_per_hour
    assert part_of_the_day(load_site("saas"), 8, 17) > 0.7
    assert saas[12] < min(saas[11], saas[13])
    assert saas[14] == max(saas[12:])
    # … and those to a streaming service into the evening.
    assert part_of_the_day(load_site("streaming"), 19, 23) > 0.45


def test_sites_differ_in_who_comes() -> None:
    sites = [load_site(name) for name in site_names()]
    for section in ("operating_systems", "browsers", "sources", "mediums", "campaigns", "ads"):
        assert len({frozenset(config.row((section,)).items()) for config in sites}) == len(sites)


# --site


@pytest.mark.parametrize("name", [DEFAULT_SITE, *SITES])
def test_commands_take_a_site(name: str) -> None:
    Path("config.yml").write_text("not: a config")
    checked = invoke("check", "--site", name)
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert f"pages, goal {GOALS[name]}" in checked.stdout
    predicted = invoke("forecast", "--site", name)
    assert (predicted.exit_code, predicted.stderr) == (0, "")
    assert f"reach {GOALS[name]}." in predicted.stdout
    made = invoke("run", "--site", name, "--events", "200", "--users", "5", "-o", "events.csv", "--quiet")
    assert (made.exit_code, made.stderr) == (0, "")
    seen = {line.split(",")[3].strip('"/') for line in Path("events.csv").read_text().splitlines()[1:]}
    assert seen <= load_site(name).pages.keys()


@pytest.mark.parametrize("command", ["explore", "check", "forecast", "run"])
def test_a_site_that_cannot_be_taken(command: str) -> None:
    unknown = invoke(command, "--site", "x")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert unknown.stderr == "there is no site 'x': the sites are shop, bank, news, saas, streaming\n"
    both = invoke(command, "my.yml", "--site", "bank")
    assert (both.exit_code, both.stdout) == (2, "")
    assert "there are two configs, 'my.yml' and --site 'bank': give one of them" in both.stderr
    shown = " ".join(invoke(command, "--help").stdout.split())
    assert "shop, bank, news, saas or streaming" in shown


def test_the_wheel_has_the_sites(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist() if name.startswith("fakeweb_tui/sites/")}
    assert packed.keys() == {f"fakeweb_tui/sites/{name}.yml" for name in SITES}
    for name in SITES:
        assert parse_config(packed[f"fakeweb_tui/sites/{name}.yml"], "f") == load_site(name)
