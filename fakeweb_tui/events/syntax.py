"""How a line is written: JSON lines and comma-separated values."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Protocol

from fakeweb_tui.schema import Constant, Field


class Syntax(Protocol):
    """How a format writes lines."""

    separator: str

    def begin(self, fields: Sequence[Field]) -> str:
        """Return what stands before the first line."""

    def frame(self) -> tuple[str, str]:
        """Return what a line begins and ends with."""

    def known(self, name: str, value: Constant, *, alone: bool = False) -> str:
        """Return a field whose value is known; `alone` where a line has no other."""

    def own(self, name: str, *, number: bool) -> tuple[str, str]:
        """Return what stands before and behind a value that needs no escaping: a number, or text."""


class JsonLines:
    """One JSON object per line (https://jsonlines.org)."""

    separator = ","

    def begin(self, fields: Sequence[Field]) -> str:  # noqa: ARG002 - there is no header
        """Return nothing: JSON lines have no header."""
        return ""

    def frame(self) -> tuple[str, str]:
        """Return the braces."""
        return "{", "}\n"

    def known(self, name: str, value: Constant, *, alone: bool = False) -> str:  # noqa: ARG002 - no line is empty
        """Return the member."""
        return f"{_json(name)}:{_json(value)}"

    def own(self, name: str, *, number: bool) -> tuple[str, str]:
        """Return the name, and quotes for text."""
        quote = "" if number else '"'
        return f"{_json(name)}:{quote}", quote


class CommaSeparated:
    """Comma-separated values with a header (RFC 4180, lines ended by a line feed)."""

    separator = ","

    def begin(self, fields: Sequence[Field]) -> str:
        """Return the header."""
        return self.separator.join(_csv(field.name) for field in fields) + "\n"

    def frame(self) -> tuple[str, str]:
        """Return the end of the line."""
        return "", "\n"

    def known(self, name: str, value: Constant, *, alone: bool = False) -> str:  # noqa: ARG002 - it is in the header
        """Return the value, quoted where it has to be: readers pass an empty line over."""
        text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        return _csv(text) or '""' * alone

    def own(self, name: str, *, number: bool) -> tuple[str, str]:  # noqa: ARG002 - the header has the name
        """Return nothing: such values need no quotes."""
        return "", ""


# `json.dumps` makes an encoder for each call that is not quite by default.
_encoder = json.JSONEncoder(ensure_ascii=False)


def _json(value: Any) -> str:
    return _encoder.encode(value)


def _csv(text: str) -> str:
    line = io.StringIO()
    # Before Python 3.13 a line feed or carriage return is quoted only if lines end with it, so they end with both.
    csv.writer(line, lineterminator="\r\n").writerow([text, ""])
    return line.getvalue().removesuffix(",\r\n")
