"""`kill -9` of the app in a real terminal, as soon as it shows an edit: the next start gives all edits back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakeweb_tui.config import load_site
from fakeweb_tui.recovery import recoverable
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning import Workbench
from fakeweb_tui.tuning.goal_seek import seek
from fakeweb_tui.tuning.outcomes import Goal, Outcome

from .driving import START
from .test_terminal import OPTIONS, Terminal, shown, terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RIGHT, DOWN, UP, F2, DELETE, ENTER = "\x1b[C", "\x1b[B", "\x1b[A", "\x1bOQ", "\x1b[3~", "\r"
BOLD = "\x1b\\[1;[0-9;]*m"
"""What the label of a control in focus begins with."""

HOME, LANDING, HOURS, ADS = ("pages", "home"), ("landing_pages",), ("visits_per_hour",), ("ads",)


@dataclass
class Kind:
    """A kind of edit: what to press, waiting for a pattern after each, and what it makes of the bench.

    The last pattern is one that only the edit brings onto the screen.
    """

    presses: list[tuple[str, str]]
    change: Callable[[Workbench], Workbench]


def answer(key: str, title: str, text: str) -> list[tuple[str, str]]:
    """Open the question for a name, and type one in the place of what it holds."""
    return [(key, f"(?s){title}.*Cancel"), (text, text)]


def marked(name: str, sign: str) -> str:
    """What the slider in focus looks like with a sign before its value, none of the others."""
    return f"{BOLD}{name}[^⊘·]*{sign}"


def later(bench: Workbench) -> Workbench:
    """An hour's share is nudged up by a thousandth."""
    return bench.set_probability(HOURS, "0", bench.config.visits_per_hour[0] + 0.001)


def sought(bench: Workbench) -> Workbench:
    """A conversion of 3 %, with what was locked before the crash."""
    found = seek(bench.config, bench.parameters, [Goal(Outcome("conversion"), 0.03)], bench.locks)
    return bench.accept(found.config, "goal", made_from=bench.config)


# The status line says how many rows differ: of kinds that follow each other never as many.
RUNS = [
    [Kind([("l", marked("home", "⊘"))], lambda b: b.toggle_lock(HOME, "home"))],
    [
        Kind(
            [(f"{DOWN}l", marked("product_a", "⊘")), (UP, f"{BOLD}home"), ("l", marked("home", "·"))],
            lambda b: b.toggle_lock(HOME, "product_a").toggle_lock(HOME, "home"),
        )
    ],
    [Kind([(RIGHT, "1 row edited")], lambda b: b.set_probability(HOME, "home", 0.46))],
    [
        Kind(
            [("]", "where sessions start"), (RIGHT, "2 rows edited"), ("l", marked("home", "⊘"))],
            lambda b: b.set_probability(LANDING, "home", 0.61).toggle_lock(LANDING, "home"),
        ),
        Kind([("]", "Draw with"), (UP, "3 rows edited")], later),
    ],
    # Another step begins a new run.
    [
        Kind(
            [("[", "seconds"), (DOWN, f"{BOLD}user pool"), (DOWN, f"{BOLD}batch size"), (RIGHT, "4 rows edited")],
            lambda b: b.set_parameters(batch_size=11.0),
        )
    ],
    [
        Kind(
            [("[", "seconds"), (f"{DOWN}{DOWN}{RIGHT}", "12.1"), ("j", "(?s)Journal.*12.1.*Close")],
            lambda b: b.set_parameters(batch_size=12.1),
        )
    ],
    [
        Kind(
            [
                ("[", "seconds"),
                ("[", r"ads \(content\)"),
                *answer("a", "Add to ads", "new"),
                (ENTER, "5 rows edited"),
            ],
            lambda b: b.add_name(ADS, "new", 0.1),
        ),
        Kind(
            [*answer(F2, "Rename new", "ad_x"), (ENTER, f"{BOLD}ad_x")],
            lambda b: b.rename_name(ADS, "new", "ad_x"),
        ),
        Kind([(DELETE, "4 rows edited")], lambda b: b.remove_name(ADS, "ad_x")),
    ],
    [
        Kind(
            [*answer("a", "Add to home", "offers"), (ENTER, "5 rows edited")], lambda b: b.add_page("offers", HOME)
        ),
        Kind([("l", marked("offers", "⊘"))], lambda b: b.toggle_lock(HOME, "offers")),
        Kind(
            [*answer(F2, "Rename page offers", "deals"), (ENTER, f"{BOLD}deals")],
            lambda b: b.rename_page("offers", "deals"),
        ),
        Kind(
            [(DELETE, "(?s)Only the move home.*Cancel"), (f"{DOWN}{ENTER}", "4 rows edited")],
            lambda b: b.remove_page("deals"),
        ),
        Kind([("u", "5 rows edited")], lambda b: b.undo()),
    ],
    [
        Kind(
            [
                ("o", "(?s)Goal.*Cancel"),
                (f"3%{ENTER}", "(?s)conversion: .*Accept"),
                (ENTER, "([6-9]|1.) rows edited"),
            ],
            sought,
        )
    ],
    [Kind([("j", "(?s)Journal.*Close"), ("X", "Nothing differs")], lambda b: b.revert_all())],
]


def press(term: Terminal, kind: Kind) -> None:
    for keys, pattern in kind.presses:
        term.send(keys)
        term.screen.expect(pattern)


def test_no_kind_of_edit_is_lost(tmp_path: Path) -> None:
    bench = Workbench.of(load_site("shop"), Parameters(seed=7, start=START))
    crashed = False
    for kinds in RUNS:
        with terminal(tmp_path, *OPTIONS, size=(120, 40), XDG_STATE_HOME=str(tmp_path / "state")) as term:
            if crashed:
                term.expect("Not saved when the app ended")
                term.send(ENTER)
                term.screen.expect("rows? edited" if bench.done else "⊘")
            else:
                shown(term)
            for kind in kinds:
                press(term, kind)
                bench = kind.change(bench)
            term.process.kill()
            term.process.wait()
        (left,) = recoverable(tmp_path / "state" / "fakeweb_tui" / "journals")
        assert left.scenario
        again = Workbench.of_scenario(left.scenario, left.aside.locks)
        for path in bench.config.paths:
            assert again.config.row(path) == bench.config.row(path)
        assert (again.config, again.parameters, again.locks) == (bench.config, bench.parameters, bench.locks)
        crashed = True
