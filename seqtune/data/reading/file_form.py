"""Which form a file has: what its first bytes show, or else its name."""

from __future__ import annotations

from pathlib import PurePath

TEXT_ENDING = ".txt"
JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
COMPRESSED_ENDINGS = (".gz", ".bz2", ".xz", ".zst")
DELIMITED_ENDINGS = (".csv", ".tsv", ".tab", ".psv", ".dat")
ARROW_ENDINGS = (".parquet", ".pq", ".feather", ".arrow", ".arrows", ".ipc", ".orc")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
DATABASE_ENDINGS = (".sqlite", ".sqlite3", ".db", ".db3", ".duckdb")
HDF5_ENDINGS = (".h5", ".hdf5", ".hdf")
MUSIC_ENDINGS = (".mid", ".midi", ".abc")
TABLE_ENDINGS = (
    *(*DELIMITED_ENDINGS, *JSON_ENDINGS, *ARROW_ENDINGS),
    *(*WORKBOOK_ENDINGS, *DATABASE_ENDINGS, *HDF5_ENDINGS),
)
MAGIC = (
    (0, b"PAR1", "parquet"),
    (0, b"ARROW1", "feather"),
    (0, b"FEA1", "feather"),
    (0, b"ORC", "orc"),
    (0, b"SQLite format 3\0", "sqlite"),
    (8, b"DUCK", "duckdb"),
    (0, b"\x89HDF\r\n\x1a\n", "hdf5"),
    (0, b"\xd0\xcf\x11\xe0", "workbook"),
    (0, b"MThd", "midi"),
)
"""Where the mark of a form is, the mark, and the form."""
BY_ENDING = {
    ".parquet": "parquet",
    ".feather": "feather",
    ".arrow": "feather",
    ".arrows": "stream",
    ".abc": "abc",
    ".mid": "midi",
    ".midi": "midi",
}
START_BYTES = 16


def form_by_bytes(start: bytes) -> str:
    r"""Return the form that the first bytes show; "" where they show none.

    Example:
        >>> form_by_bytes(b"SQLite format 3\0\x10\0")
        'sqlite'
    """
    return next((form for at, mark, form in MAGIC if start[at:].startswith(mark)), "")


def form_by_name(path: PurePath, compression: str) -> str:
    """Return the form that the name of a file shows.

    Args:
        path: Where it is.
        compression: How it is compressed: `sales.json.gz` then shows JSON.

    Returns:
        "parquet", "feather", "stream", "abc", "midi", "json_lines", "text" or "delimited".
    """
    endings = [ending.lower() for ending in path.suffixes]
    shown = endings[-2:] if compression else endings[-1:]
    by_ending = [BY_ENDING[ending] for ending in shown if ending in BY_ENDING]
    if by_ending:
        return by_ending[-1]
    if not {*JSON_ENDINGS}.isdisjoint(shown):
        return "json_lines"
    return "text" if TEXT_ENDING in shown else "delimited"
