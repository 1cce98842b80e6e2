"""The command `init`: a config to begin with."""

from pathlib import Path

import pytest
from helpers import invoke

from fakeweb_tui.config import load_config, load_site, site_names


@pytest.mark.parametrize("site", site_names())
def test_a_site_as_it_comes_along(here: Path, site: str) -> None:
    done = invoke("init", "mine.yml", "--site", site)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "mine.yml is written.\n", "")
    assert load_config(here / "mine.yml") == load_site(site)
    assert (here / "mine.yml").read_text(encoding="utf-8") == invoke("init", "--site", site, "-").stdout


def test_what_it_writes_is_taken_from_then_on(here: Path) -> None:
    assert invoke("init").exit_code == 0
    assert [entry.name for entry in here.iterdir()] == ["config.yml"]
    assert invoke("check").stdout.startswith("config.yml: valid")


def test_a_file_is_replaced_only_where_asked(here: Path) -> None:
    (here / "config.yml").write_text("mine")
    done = invoke("init")
    assert (done.exit_code, done.stderr) == (2, "config.yml exists: give another name, or --overwrite\n")
    assert (here / "config.yml").read_text() == "mine"
    assert invoke("init", "--overwrite").exit_code == 0
    assert load_config(here / "config.yml") == load_site("shop")
