"""The rows in which two configs differ, as text."""

from typing import TYPE_CHECKING

from fakeweb_tui.terminal_text import cut

if TYPE_CHECKING:
    from fakeweb_tui.config import Config


def changed_rows(before: "Config", after: "Config") -> list[str]:
    """Return the lines of each row that is not the same in both: its name, and each probability before and after.

    What is in one of them only counts as 0 in the other.
    """
    from fakeweb_tui.tuning.naming import row_name

    lines = []
    for path in dict.fromkeys((*before.paths, *after.paths)):
        old, new = (config.row(path) if path in config.paths else {} for config in (before, after))
        if old == new:
            continue
        lines += ["", row_name(tuple(map(cut, path)))]
        names = dict.fromkeys((*new, *old))
        width = max(len(cut(name)) for name in names)
        for name in names:
            was, value = old.get(name, 0.0), new.get(name, 0.0)
            mark = f"{value:.6f}  {value - was:+.6f}" if value != was else f"{value:.6f}"
            lines.append(f"  {cut(name):<{width}}  {was:.6f} → {mark}")
    return lines
