"""The command `solve`: what it prints, what it writes, and how it refuses."""

from pathlib import Path

import pytest
from click.testing import Result
from helpers import invoke

from fakeweb_tui.config import load_config, load_site
from fakeweb_tui.markov import AbsorbingChain, TransitionMatrix

pytestmark = pytest.mark.usefixtures("here")


def solve(*arguments: str) -> Result:
    return invoke("solve", *arguments)


def test_a_goal_is_met_by_the_file_that_is_written(tmp_path: Path) -> None:
    path = tmp_path / "new.yml"
    done = solve(
        "--site", "shop", "--goal", "reach(confirmation)=3%", "--lock", "pages/home/product_a", "-o", str(path)
    )
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == "reach(confirmation)  0.120223 → 0.03"
    assert "pages/payment" in lines
    assert "  product_a    0.170000 → 0.170000" in lines
    new = load_config(path)
    assert AbsorbingChain(TransitionMatrix.of(new), 360).reach[-1] == pytest.approx(0.03, abs=1e-6)
    assert new.pages["home"]["product_a"] == 0.17
    assert new.ads == load_site("shop").ads


def test_only_the_rows_that_may_change(tmp_path: Path) -> None:
    done = solve("--goal", "steps=6", "--row", "landing_pages", "--row", "pages/home", "--output", "new.yml")
    assert done.exit_code == 0
    assert [line for line in done.output.splitlines() if line and line[0] != " "][1:] == [
        "pages/home",
        "landing_pages",
    ]
    assert load_config(tmp_path / "new.yml").pages["cart"] == load_site("shop").pages["cart"]


def test_an_impossible_goal_tells_what_could_be(tmp_path: Path) -> None:
    locks = [part for page in load_site("shop").pages for part in ("--lock", f"pages/{page}")]
    done = solve("--goal", "steps=100", *locks, "--output", "new.yml")
    assert done.exit_code == 1
    assert done.stderr.startswith("steps=100 cannot be: steps can be from ")
    assert not (tmp_path / "new.yml").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--goal", "reach(nowhere)=1"], "unknown page 'nowhere'"),
        (["--goal", "reach"], "'reach' is no goal"),
        (["--goal", "steps=5", "--lock", "pages/home/nowhere"], "'pages/home/nowhere' is no probability"),
        (["--goal", "steps=5", "--row", "pages/nowhere"], "'pages/nowhere' is no row"),
        (["--goal", "steps=5", "--site", "nowhere"], "there is no site 'nowhere'"),
        (["--goal", "steps=5", "nowhere.yml"], "cannot be read"),
        ([], "Missing option '--goal'"),
    ],
)
def test_bad_input(arguments: list[str], problem: str) -> None:
    done = solve(*arguments)
    assert done.exit_code == 2
    assert problem in done.stderr
    assert "Traceback" not in done.output


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text("mine", encoding="utf-8")
    refused = solve("--goal", "steps=5", "--output", str(path))
    assert (refused.exit_code, path.read_text(encoding="utf-8")) == (2, "mine")
    assert "--overwrite" in refused.stderr
    assert solve("--goal", "steps=5", "--output", str(path), "--overwrite").exit_code == 0
    assert load_config(path).page_names[0] == "home"
    failed = solve("--goal", "steps=5", "--output", str(tmp_path / "none" / "new.yml"))
    assert (failed.exit_code, "No such file" in failed.stderr) == (1, True)
