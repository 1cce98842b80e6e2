"""What was assumed and done to learn a config, in sentences."""

from collections.abc import Sequence

from fakeweb_tui.config.problems import shown
from fakeweb_tui.fitting.observation import Observation
from fakeweb_tui.fitting.rows import PageRows
from fakeweb_tui.reading import Faults, Log
from fakeweb_tui.terminal_text import plain

_SHOWN = 5
_MANY = 0.05
"""Where more of the moves than this part are those of users who came back, it is said."""


def about_time(log: Log, zone: str | None) -> str:
    """Say which clock the hours are of."""
    if zone is not None:
        return f"hours are those of clocks in {zone}; times without a zone were taken to be in UTC"
    return (
        "times have a zone: hours are UTC's"
        if log.zoned
        else "times have no zone: hours are those that are written"
    )


def about_sessions(log: Log, observation: Observation, silence: float) -> list[str]:
    """Say how sessions were told apart."""
    remarks = []
    if log.session is not None:
        remarks.append("a column names the sessions")
    else:
        back = float(observation.returns.moves.sum())
        part = back / max(float(observation.moves.sum()), 1.0)
        remarks.append(f"sessions end with {silence / 60:g} minutes of silence")
        if round(back):
            remarks.append(
                f"{back:,.0f} moves ({part:.1%}) are taken off as those of users who began another session "
                "sooner, to judge by those who did so just behind the silence"
            )
        if part > _MANY:
            remarks.append(
                "these are many: name the column of the sessions, if there is one, or try a shorter silence"
            )
    if observation.reloads:
        remarks.append(f"{observation.reloads:,} events of a page that was open already belong to that visit")
    return remarks


def about_dwell(pages: PageRows, batch_size: float) -> list[str]:
    """Say how dwell was learned, and where it could not be."""
    assumption = (
        "dwell does not show in events that only mark moves: it is learned from the time between them, taking it "
        f"that sessions stay with the same probability in every step of {batch_size:g} s"
    )
    remarks = [assumption]
    if pages.unseen:
        remarks.append(
            f"no session moves on from {_listed(pages.unseen)}: sessions are taken to dwell as on other pages"
        )
    if pages.hurried:
        remarks.append(f"sessions leave {_listed(pages.hurried)} within a step: a shorter step can show how fast")
    return remarks


def about_unused(faults: Faults) -> list[str]:
    """Return lines that say how many rows were not used, and why, with the first places."""
    if not faults:
        return ["Every row could be used."]
    lines = [f"{faults.lost:,} rows could not be used"]
    for kind, noted in faults.kinds.items():
        lines.append(f"  {plain(kind)}: {noted.count:,}{'' if noted.lost else ' (used all the same)'}")
        lines += [f"    {plain(str(fault))}" for fault in noted.first[:3]]
    return lines


def _listed(pages: Sequence[str]) -> str:
    return ", ".join(map(shown, pages[:_SHOWN])) + (", …" if len(pages) > _SHOWN else "")
