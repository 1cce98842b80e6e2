"""Which format a name says."""

from pathlib import PurePosixPath

from fakeweb_tui.formats import Format

_NAMES = {
    "jsonl": "jsonl",
    "json": "jsonl",
    "ndjson": "jsonl",
    "csv": "csv",
    "parquet": "parquet",
    "arrow": "arrow",
    "feather": "arrow",
    "arrows": "arrows",
}
_COMPRESSIONS = {"gz": "gz", "gzip": "gz", "zst": "zst", "zstd": "zst"}


class UnknownFormatError(ValueError):
    """A name says no format that there is."""


def format_of(place: str, asked: str | None = None) -> Format:
    """Return the format asked for, `csv` or `csv.gz`, or else the one that the name of an output says.

    `-`, standard output, is JSON lines; Arrow is a stream there, since nobody can seek in it. UnknownFormatError
    where the name says no format, ValueError where it says one that cannot be.
    """
    suffixes = [] if place == "-" else [suffix[1:].lower() for suffix in PurePosixPath(place).suffixes]
    compression = _COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    said = suffixes[:-1] if compression else suffixes
    if asked:
        name, _, wanted = asked.partition(".")
        compression = wanted or compression
    else:
        name = _NAMES.get(said[-1], said[-1]) if said else "jsonl"
    if name in ("jsonl", "csv"):
        from fakeweb_tui.formats.lines import Lines

        return Lines(name, compression)
    if name not in _NAMES.values():
        known = ", ".join(dict.fromkeys(_NAMES.values()))
        raise UnknownFormatError(f"{place}: {name!r} is no format: there are {known}")
    if compression:
        raise ValueError(f"{place}: {name} is not compressed as a whole: leave .{suffixes[-1]} out")
    if name == "parquet":
        from fakeweb_tui.formats.parquet import Parquet

        return Parquet()
    from fakeweb_tui.formats.arrow import Arrow

    return Arrow(stream=name == "arrows" or place == "-")
