"""What a run is asked to write: where, in which format, and as which files."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fakeweb_tui.formats import Format
from fakeweb_tui.schema import SCHEMAS, Field
from fakeweb_tui.sinks import is_stream, is_url

# Readers of such folders pass over names that begin so.
_JOURNAL = "_journal"
# About how many bytes the events of a session take, with the built-in site.
_SESSION_BYTES = {
    ".jsonl": 2500,
    ".jsonl.gz": 280,
    ".jsonl.zst": 180,
    ".csv": 1200,
    ".csv.gz": 200,
    ".csv.zst": 150,
    ".parquet": 90,
    ".arrow": 450,
    ".arrows": 450,
}
# A file that ends at a size is of so many blocks or more; smaller blocks than these would be slow.
_BLOCKS, _FEWEST_SESSIONS = 8, 1 << 9
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Rotation:
    """When one file ends and the next begins; ValueError where a folder would hold events of another.

    Attributes:
        period: files begin at multiples of it, counted from 1970; None for no such limit.
        size: a file ends with the block that makes it so many bytes long or longer; None for no such limit.
        hive: whether files go into folders by date, and by hour where a file spans no more than one.
    """

    period: timedelta | None = None
    size: int | None = None
    hive: bool = False

    def __post_init__(self) -> None:
        if self.period is not None and self.period <= timedelta(0):
            raise ValueError(f"files of {self.period}: a file spans more than no time")
        if self.hive and self.period is not None and _DAY % self.period:
            raise ValueError(f"files of {self.period} do not fit into days: with folders by date, divide a day")

    @property
    def cut(self) -> timedelta | None:
        """The period at whose ends events are divided."""
        return _HOUR if self.hive and self.period is None else self.period

    def is_over(self, period: datetime, clock: datetime) -> bool:
        """Whether a period is over at this moment of simulated time."""
        return self.cut is not None and clock - period >= self.cut

    def folder(self, period: datetime | None) -> str:
        """Return the folder of a period's files, below that of all, with a slash behind it."""
        if not self.hive or period is None or self.cut is None:
            return ""
        hourly = not _HOUR % self.cut
        return f"date={period.date()}/" + (f"hour={period:%H}/" if hourly else "")


@dataclass(frozen=True)
class Output:
    """Where events go, and how.

    Attributes:
        place: a path, `-` for standard output, or the URL of an object; with a rotation the folder of the files.
        format: see `formats.naming.format_of`.
        fields: of an event, in order.
        rotation: None for one file.
        overwrite: whether a file that exists may be replaced.
    """

    place: str
    format: Format
    fields: tuple[Field, ...] = SCHEMAS["web"]
    rotation: Rotation | None = None
    overwrite: bool = False

    @property
    def period(self) -> timedelta | None:
        """The period at whose ends events are divided, if there is one."""
        return self.rotation.cut if self.rotation else None

    @property
    def block_sessions(self) -> int:
        """How many sessions are expected to start in a block; fewer where files, which end with one, are small."""
        most = self.format.block_sessions
        if self.rotation is None or self.rotation.size is None:
            return most
        session = _SESSION_BYTES[self.format.suffix]
        return min(most, max(_FEWEST_SESSIONS, self.rotation.size // (_BLOCKS * session)))

    @property
    def at_once(self) -> bool:
        """Whether what is written is the same however the events are divided into parts."""
        return self.format.at_once and (self.rotation is None or self.rotation.size is None)

    @property
    def grows(self) -> bool:
        """Whether more can be written behind what is whole; not into one object, which is never opened again."""
        return self.rotation is not None or not is_url(self.place)

    @property
    def journal(self) -> str | None:
        """Where the journal of a run is; None where a run into this cannot be resumed."""
        if is_stream(self.place):
            return None
        within, beside = journals(self.place)
        return within if self.rotation else beside

    def names(self) -> "Names":
        """Return the names of its files."""
        return Names(self)


class Names:
    """The names of an output's files, one after the other."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self.state = ("", -1)
        """The folder and the number of the last file."""

    def next(self, period: datetime | None) -> str:
        """Return the name of a new file for events of a period."""
        rotation = self._output.rotation
        if rotation is None:
            return self._output.place
        folder, number = rotation.folder(period), 0
        if folder == self.state[0]:
            number = self.state[1] + 1
        self.state = (folder, number)
        return f"{self._output.place.rstrip('/')}/{folder}part-{number:04}{self._output.format.suffix}"


def journals(place: str) -> tuple[str, str]:
    """Return where the journal of an output of this name may be: in a folder, or beside a file or an object."""
    place = place.rstrip("/")
    return f"{place}/{_JOURNAL}", f"{place}.journal"
