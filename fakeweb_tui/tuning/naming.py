"""How people name a row or a probability of a config: pages/home, pages/home/cart, landing_pages/home, ads."""

from fakeweb_tui.config import Config, RowPath
from fakeweb_tui.config.problems import shown
from fakeweb_tui.terminal_text import cut
from fakeweb_tui.tuning.workbench import Lock


def row_name(path: RowPath) -> str:
    """Return the name of a row."""
    return "/".join(path)


def parse_row(text: str, config: Config) -> RowPath:
    """Return the path of the row that a text names; ValueError where there is none."""
    path = next((path for path in config.paths if row_name(path) == text), None)
    if path is None:
        raise ValueError(
            f"{shown(text)} is no row: write for instance pages/{cut(config.page_names[0])} or landing_pages"
        )
    return path


def parse_probabilities(text: str, config: Config) -> frozenset[Lock]:
    """Return the probability that a text names, or all of a row; ValueError where there are none."""
    for path in config.paths:
        name = row_name(path)
        if text == name:
            return frozenset((path, target) for target in config.row(path))
        # A page's name may hold a slash, so the rest is looked up rather than cut.
        if text.startswith(f"{name}/") and text.removeprefix(f"{name}/") in config.row(path):
            return frozenset({(path, text.removeprefix(f"{name}/"))})
    first = config.page_names[0]
    target = next(iter(config.pages[first]))
    raise ValueError(f"{shown(text)} is no probability: write for instance pages/{cut(first)}/{cut(target)}")
