"""What can be added, renamed and removed at a place of the config, in words and as changes of the bench."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from fakeweb_tui.config import BROWSERS, OPERATING_SYSTEMS, SESSION_END, Row, RowPath
from fakeweb_tui.tuning import Workbench

NEW_SHARE = 0.1
"""What a new name gets of its row, until that is tuned."""

_KNOWN: dict[RowPath, tuple[str, ...]] = {("operating_systems",): OPERATING_SYSTEMS, ("browsers",): BROWSERS}

Change = Callable[[Workbench], Workbench]


class Question(NamedTuple):
    """A name to ask for: words for the dialog, names to choose from, and what an answer changes."""

    title: str
    hint: str
    text: str
    label: str
    known: list[str]
    change: Callable[[str], Change]


class Choice(NamedTuple):
    """Something that can be done, in words."""

    text: str
    change: Change


def adding(bench: Workbench, path: RowPath, moment: datetime | None) -> Question:
    """Ask for a name to add to the row at `path`: where rows name pages, a new name is a new page.

    Raises:
        ValueError: the row has all names that there are.
    """
    row = bench.config.row(path)
    paged = path[0] in ("pages", "landing_pages")
    if paged:
        known = [page for page in bench.config.pages if page not in row]
        if path[0] == "pages" and SESSION_END not in row:
            known.append(SESSION_END)
        hint = "A page of the site, or the name of a new page"
        title = f"Add to {path[1]}" if path[0] == "pages" else "Add a landing page"
    else:
        known = _not_yet(path, row)
        hint = "One of these" if known else "A new name"
        title = f"Add to {path[0].replace('_', ' ')}"

    def change(name: str) -> Change:
        if paged and name not in bench.config.pages and name != SESSION_END:
            return lambda bench: bench.add_page(name, path, NEW_SHARE, moment=moment)
        return lambda bench: bench.add_name(path, name, NEW_SHARE, moment=moment)

    return Question(title, hint, "", "Add", known, change)


def renaming(bench: Workbench, path: RowPath, name: str, moment: datetime | None) -> Question:
    """Ask for another name for what a slider is about: a page in every row, or a name of a category.

    Raises:
        ValueError: the row has all names that there are.
    """
    if path[0] in ("pages", "landing_pages"):
        page = path[1] if name == SESSION_END else name

        def change_page(new: str) -> Change:
            return lambda bench: bench.rename_page(page, new, moment=moment)

        return Question(f"Rename page {page}", "Its name, in every row", page, "Rename", [], change_page)
    known = _not_yet(path, bench.config.row(path))

    def change(new: str) -> Change:
        return lambda bench: bench.rename_name(path, name, new, moment=moment)

    return Question(f"Rename {name}", "One of these" if known else "Its name", name, "Rename", known, change)


def _not_yet(path: RowPath, row: Row) -> list[str]:
    """The names that a row can have and does not; none where they are the user's own."""
    known = _KNOWN.get(path, ())
    if known and row.keys() >= set(known):
        what = path[0].replace("_", " ")
        raise ValueError(f"all {what} that there are stand here already: {', '.join(known)}")
    return [name for name in known if name not in row]


def removing(path: RowPath, name: str, moment: datetime | None) -> list[Choice]:
    """Return what can be removed where a slider is, the least first."""

    def remove_page(page: str) -> Choice:
        return Choice(f"Page {page} from the whole site", lambda bench: bench.remove_page(page, moment=moment))

    title = f"Only the move {path[1]} → {name}" if path[0] == "pages" else f"Only {name} as a landing page"
    here = Choice(title, lambda bench: bench.remove_name(path, name, moment=moment))
    if path[0] == "pages":
        pages = dict.fromkeys(page for page in (name, path[1]) if page != SESSION_END)
        return [here, *map(remove_page, pages)]
    if path[0] == "landing_pages":
        return [here, remove_page(name)]
    return [here]
