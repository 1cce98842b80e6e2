"""The one boundary where text from a config or an event becomes fit for a terminal."""

import re

# C0, DEL and C1 steer a terminal, line and paragraph separators break a row, bidirectional overrides and
# isolates reorder what follows them, and a lone surrogate cannot be encoded when the screen is written.
_UNFIT_CHARACTERS = r"\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_UNFIT = re.compile(f"[{_UNFIT_CHARACTERS}]")

PLAIN = f"[^{_UNFIT_CHARACTERS}]*"
"""A pattern of text that is fit as it is: `plain` would return it unchanged."""


def plain(text: str) -> str:
    """Return `text` with every character that could steer the terminal replaced by U+FFFD.

    The result has as many characters as `text`. Markup such as `[red]` is left as it is: show the result with
    `rich.text.Text`, as segments, or with `markup=False`.
    """
    return _UNFIT.sub("\ufffd", text)


def cut(text: str, limit: int = 60) -> str:
    """Return `text` in at most `limit` characters: of a longer one the begin and the end, where names differ."""
    if len(text) <= limit:
        return text
    head = limit // 2
    return f"{text[:head]}…{text[len(text) - (limit - head - 1) :]}"
