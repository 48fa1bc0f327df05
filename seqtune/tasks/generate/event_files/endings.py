"""Which files hold music or events, by their endings; loads nothing heavy."""

from __future__ import annotations

from pathlib import Path

OF_NOTES = (".mid", ".midi", ".abc", ".json")
OF_ROWS = (".csv", ".tsv", ".json")


def is_event_file(path: Path) -> bool:
    """Say whether a file has one of the forms of music or events.

    Example:
        >>> is_event_file(Path("tune.MID")), is_event_file(Path("tale.txt"))
        (True, False)
    """
    return path.suffix.lower() in {*OF_NOTES, *OF_ROWS}
