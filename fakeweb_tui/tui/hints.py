"""Hints in the border of a dialog that has no buttons."""

from textual.content import Content


def hints(keys: str, way_out: str, action: str) -> Content:
    """Return what to press, and last the way out, which can be clicked as well.

    Args:
        keys: the other hints, with what parts them from the way out; empty for none.
        way_out: its hint.
        action: what it does, as in a binding of the app.
    """
    return Content.assemble(keys, Content.from_markup(f"[@click={action}]$text[/]", text=way_out))
