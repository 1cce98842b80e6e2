"""The sections of the editor pane, and the strip of their names."""

from typing import NamedTuple

from fakeweb_tui.config import Config, RowPath


class Section(NamedTuple):
    """One section: `key` as in `Config`, a title for the strip, and what it is about."""

    key: str
    title: str
    about: str

    def paths(self, config: Config) -> tuple[RowPath, ...]:
        """The rows of the config that the section edits."""
        return tuple(path for path in config.paths if path[0] == self.key)


SECTIONS = (
    Section("pages", "Transitions", "where sessions go from each page"),
    Section("landing_pages", "Landing", "where sessions start"),
    Section("visits_per_hour", "Hours", "share of the day's sessions that start in an hour"),
    Section("operating_systems", "Systems", "operating systems of the users"),
    Section("browsers", "Browsers", "browsers of the users"),
    Section("sources", "Sources", "sources of the users"),
    Section("mediums", "Mediums", "mediums of the users"),
    Section("campaigns", "Campaigns", "campaigns of the users"),
    Section("ads", "Ads", "ads (content) of the users"),
    Section("simulation", "Numbers", "the simulation's numbers"),
)


def strip(titles: tuple[str, ...], chosen: int, cells: int) -> range:
    """Return which titles to show in a line of `cells` cells, the chosen one among them.

    Titles stand a cell apart. Where not all fit they come in groups, so that the line changes only where it has
    to; a cell and a gap at its ends stay free for arrows.
    """

    def width(shown: range) -> int:
        arrows = 2 * (shown.start > 0) + 2 * (shown.stop < len(titles))
        return sum(len(titles[at]) for at in shown) + len(shown) - 1 + arrows

    shown = range(1)
    while True:
        wider = range(shown.start, shown.stop + 1)
        if shown.stop < len(titles) and width(wider) <= cells:
            shown = wider
        elif chosen in shown:
            return shown
        else:
            shown = range(shown.stop, shown.stop + 1)
