"""What every part of a run folder must be before it is believed: it may come from a stranger.

Nothing in a run folder is executed, nothing outside it is read or written on its word, and what is
not as seqtune writes it is refused in one line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from seqtune.errors import RunError
from seqtune.files import damaged, read_json
from seqtune.search.recorded import printable, shown

Parsed = TypeVar("Parsed")

DISTRUST = "do not use this run folder"

MAX_PART = 64 * 2**20
MAX_TEXT = 20_000
DEEPEST = 20

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which cannot be written to a file."""


def is_number(value: object) -> bool:
    """Say whether a value from JSON is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_duration(value: object) -> bool:
    """Say whether a value from JSON can be seconds."""
    return is_number(value) and value >= 0  # type: ignore[operator]


def check_inside(folder: Path) -> None:
    """Refuse a run folder of which a part lies elsewhere, or is no ordinary file.

    A folder that was unpacked from somebody's archive may hold links to any file, which would be
    read, or written when a search goes on; and pipes, at which a reader waits for ever.

    Raises:
        RunError: It does.
    """
    root = folder.resolve()
    for place, folders, files in os.walk(root, onerror=_refuse_closed):
        for name in (*folders, *files):
            path = Path(place, name)
            if path.is_symlink() and not _is_below(root, path):
                raise outside(folder, path.relative_to(root))
            if name in files and path.exists() and not path.is_file():
                reason = f"{printable(path.relative_to(root))} is not an ordinary file"
                raise RunError(f"the run folder {folder} is damaged: {reason}", DISTRUST)


def outside(folder: Path, name: object) -> RunError:
    """Return the error that a run folder refers to a file that is not in it."""
    return RunError(
        f"{folder} names a file outside the run folder: {printable(name)}",
        DISTRUST,
    )


def _is_below(root: Path, path: Path) -> bool:
    try:
        return root in path.resolve().parents
    except (OSError, RuntimeError):  # a link to itself
        return False


def _refuse_closed(error: OSError) -> None:
    raise RunError(f"{error.filename} cannot be read: {error.strerror}", "chmod -R u+rX RUN")


def read_part(path: Path) -> Any:
    """Read a JSON file of a run folder, and refuse what no part of a run holds.

    Raises:
        RunError: It is missing, is not JSON, is nested too deeply, or holds a text that is too
            long or a number that is none.
    """
    check_size(path)
    try:
        value = read_json(path)
    except RecursionError as error:
        raise damaged(path, "it is nested too deeply") from error
    check_plain(value, path)
    return value


def check_size(path: Path, most: int = MAX_PART) -> None:
    """Refuse a file that is larger than seqtune writes it; one that is not there is another matter.

    Args:
        path: The file.
        most: Bytes that it may have.

    Raises:
        RunError: It has more.
    """
    size = path.stat().st_size if path.is_file() else 0
    if size > most:
        raise damaged(path, f"it has {size:,} bytes, expected at most {most:,}")


def check_plain(value: object, path: Path) -> None:
    """Refuse values that JSON can hold and a run cannot: deep, endless, or not to be shown.

    Args:
        value: What was read from JSON.
        path: The file that it stands in.

    Raises:
        RunError: There is such a value in it.
    """
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if depth > DEEPEST:
            raise damaged(path, "it is nested too deeply")
        if isinstance(part, dict):
            waiting += [(inner, depth + 1) for pair in part.items() for inner in pair]
        elif isinstance(part, list):
            waiting += [(inner, depth + 1) for inner in part]
        elif not _is_plain(part):
            raise damaged(path, f"found {shown(part)}")


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_TEXT and not SURROGATE.search(value)
    if isinstance(value, (int, float)):
        return -1e300 < value < 1e300
    return value is None


def parsed(
    what: str, value: Mapping[str, Any], build: Callable[[Mapping[str, Any]], Parsed]
) -> Parsed:
    """Return what `build` makes of a value from JSON; the error names `what` it should be.

    Raises:
        RunError: A key is missing or holds something else.
    """
    try:
        return build(value)
    except KeyError as fault:
        raise RunError(f"the {what} lacks the key {fault}") from fault
    except (AttributeError, TypeError, ValueError) as fault:
        raise RunError(f"the {what} cannot be read: {fault}") from fault
