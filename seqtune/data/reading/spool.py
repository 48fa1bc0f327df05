"""Data that comes through a pipe: kept in a temporary file, so that it can be read more than once.

The file is removed when the process ends.
"""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from seqtune.errors import DataError

DASH = "-"
STDIN = Path("/dev/stdin")
"""What messages call the standard input: a path that commands take as well as `-`."""
BLOCK_BYTES = 1 << 20
SPARED_BYTES = 1 << 30
"""So much of the disk is left free."""

_spooled: dict[Path, tuple[Any, Path]] = {}


def is_stream(path: Path) -> bool:
    """Say whether a path is the standard input or a pipe, which can be read only once."""
    return path == STDIN or path.is_fifo()


def spooled(path: Path) -> Path:
    """Return the file in which the bytes of a stream are kept; it is read when first asked for.

    Args:
        path: `STDIN`, or a pipe.

    Raises:
        DataError: There is no standard input, or it does not fit on the disk.
    """
    source = sys.stdin if path == STDIN else path
    held, kept = _spooled.get(path, (None, Path()))
    if held is not None and held == source:
        return kept
    if path != STDIN:
        with path.open("rb") as stream:
            kept = _keep(stream, path)
    elif source is None:
        raise DataError("there is no standard input", "name a file")
    else:
        kept = _keep(sys.stdin.buffer, path)
    _spooled[path] = (source, kept)
    return kept


def _keep(stream: IO[bytes], path: Path) -> Path:
    with tempfile.NamedTemporaryFile(prefix="seqtune-", delete=False) as file:
        kept = Path(file.name)
        atexit.register(kept.unlink, missing_ok=True)
        while block := stream.read(BLOCK_BYTES):
            if shutil.disk_usage(kept.parent).free < SPARED_BYTES:
                raise DataError(
                    f"{path} does not fit in {kept.parent}: under {SPARED_BYTES / 1e9:.0f} GB"
                    " of disk are left",
                    "save the data to a file on a larger disk, and name that",
                )
            file.write(block)
    return kept
