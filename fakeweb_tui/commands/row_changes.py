"""The rows in which two configs differ, as text."""

from typing import TYPE_CHECKING

from fakeweb_tui.terminal_text import cut

if TYPE_CHECKING:
    from fakeweb_tui.config import Config


def changed_rows(before: "Config", after: "Config") -> list[str]:
    """Return the lines of each row that is not the same in both: its name, and each probability before and after.

    What is in one of them only counts as 0 in the other; what is the same in six digits counts as the same.
    """
    from fakeweb_tui.tuning.naming import row_name

    lines = []
    for path in dict.fromkeys((*before.paths, *after.paths)):
        old, new = (config.row(path) if path in config.paths else {} for config in (before, after))
        values = {name: (old.get(name, 0.0), new.get(name, 0.0)) for name in dict.fromkeys((*new, *old))}
        shown = {name: (f"{was:.6f}", f"{value:.6f}") for name, (was, value) in values.items()}
        if old.keys() == new.keys() and all(was == value for was, value in shown.values()):
            continue
        lines += ["", row_name(tuple(map(cut, path)))]
        width = max(len(cut(name)) for name in values)
        for name, (was, value) in shown.items():
            difference = f"  {values[name][1] - values[name][0]:+.6f}" if was != value else ""
            lines.append(f"  {cut(name):<{width}}  {was} → {value}{difference}")
    return lines
