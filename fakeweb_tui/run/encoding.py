"""From the parts of a stream to what is written of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np

from fakeweb_tui.formats import Encoder, Piece
from fakeweb_tui.run.blocks import Part, Position


class Encoded(NamedTuple):
    """A part, encoded; there may be no events in it, and then there are no pieces.

    Attributes:
        events: how many.
        pages: how many of each page; pages without any may be missing.
        period, after, clock, whole: as of the part.
        pieces: its bytes; to be taken before the next part is.
    """

    events: int
    pages: Mapping[str, int]
    period: datetime | None
    after: Position
    clock: datetime
    whole: bool
    pieces: Iterable[Piece]


def encoded(parts: Iterable[Part], encoder: Encoder) -> Iterator[Encoded]:
    """Encode parts, each when its pieces are taken."""
    for config, batch, period, after, clock, whole in parts:
        counts = np.bincount(batch.page, minlength=len(batch.pages)).tolist()
        pages = dict(zip(batch.pages, counts, strict=True))
        pieces = encoder.encode(config, batch) if len(batch) else ()
        yield Encoded(len(batch), pages, period, after, clock, whole, pieces)
