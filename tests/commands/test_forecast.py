"""`forecast`: what it prints, for people and as JSON."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from helpers import invoke

pytestmark = pytest.mark.usefixtures("here")


def forecast(*arguments: str) -> Result:
    return invoke("forecast", *arguments)


def test_the_built_in_site_for_people() -> None:
    result = forecast()
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "built-in site: 10,000 sessions per day, steps of 10 s"
    assert "2.434 events and 4.333 steps (43.3 s)" in lines[2]
    assert "12.02% of them reach confirmation" in lines[2]
    assert "  home          60.00%      76.66%           40.37%              0.9825" in lines
    assert "  1                      44.36%            44.36%" in lines
    assert "    18     718.0  1,746.8              8.64" in lines


def test_figures_have_their_points_in_line() -> None:
    lines = forecast().stdout.splitlines()
    hours = lines[lines.index("  hour  sessions   events  active at a time") + 1 :]
    assert len(hours) == 24
    assert len({tuple(place for place, sign in enumerate(line) if sign == ".") for line in hours}) == 1


def test_json_has_all_digits() -> None:
    result = forecast("--json", "--sessions-per-day", "50000", "--batch-size", "5")
    figures = json.loads(result.stdout)
    assert figures["session"]["events"] == pytest.approx(2.434068936257746, abs=1e-12)
    assert figures["session"]["seconds"] == pytest.approx(5 * figures["session"]["steps"])
    assert [page["page"] for page in figures["pages"]][-1] == figures["session"]["goal"] == "confirmation"
    assert figures["pages"][-1]["reach"] == figures["session"]["conversion"]
    assert sum(page["share"] for page in figures["pages"]) == pytest.approx(1)
    for kind in ("events", "steps"):
        lengths = figures["lengths"][kind]
        assert sum(part["probability"] for part in lengths) == pytest.approx(1)
        mean = sum(part["length"] * part["probability"] for part in lengths)
        assert mean == pytest.approx(figures["session"][kind])
    assert sum(hour["sessions"] for hour in figures["hours"]) == pytest.approx(50_000)
    active = sum(hour["active_sessions"] for hour in figures["hours"]) / 24
    assert active == pytest.approx(50_000 / 86_400 * figures["session"]["seconds"])


def test_a_limit_that_is_felt_is_said(tmp_path: Path) -> None:
    slow = """
pages: {a: {a: 0.999, session_end: 0.001}}
landing_pages: {a: 1}
"""
    text = (Path(__file__).parents[2] / "fakeweb_tui" / "default.yml").read_text(encoding="utf-8")
    (tmp_path / "slow.yml").write_text(slow + text[text.index("visits_per_hour") :], encoding="utf-8")
    result = forecast("slow.yml")
    assert "are ended by the limit of 360 steps" in result.stdout
    assert "50% at most 360 steps (3,600 s)" in result.stdout


def test_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "fakeweb_tui" / "default.yml").read_text(encoding="utf-8")
    (tmp_path / "odd.yml").write_text(text.replace("cart:", '"cart\\e[31m":'), encoding="utf-8")
    result = forecast("odd.yml")
    assert "cart\ufffd[31m" in result.stdout
    assert "\x1b" not in result.stdout
    assert json.loads(forecast("odd.yml", "--json").stdout)["pages"][3]["page"] == "cart\x1b[31m"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("absent.yml",), "absent.yml:1:1: cannot be read"),
        (("--batch-size", "0"), "the batch size is 0.0: it is 0.1 to 3600 simulated seconds"),
        (("--sessions-per-day", "-1"), "there are -1.0 sessions per day"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], message: str) -> None:
    result = forecast(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)
    assert len(result.stderr.splitlines()) == 1
