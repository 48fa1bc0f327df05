"""Which rows a run was fitted on, in a few hundred numbers: enough to see if others repeat them.

Of the hashes of all rows the smallest are kept. Of other rows those count whose hash is as small:
the share of them that is known estimates the share of all rows that are.

Source:
    Broder 1997, "On the resemblance and containment of documents", Compression and Complexity of
    Sequences, section 4: sketches of the smallest hashes, and containment by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

KEPT = 512
MAX_FITTED, MAX_ROWS = 100_000, 1_000_000
"""Of larger tables no sketch is made, or none compared: a million rows of three columns take 3.3 s,
which a fit has not to give away."""

BITS = 53
"""So many bits of a hash are kept, which JSON holds exactly."""


def sketch_of(source: Source, columns: Sequence[str]) -> dict[str, Any] | None:
    """Return what is kept of the rows of a table, as plain JSON values.

    None of a very large one, and of files, of which a table has no more than the names.

    Args:
        source: The table.
        columns: Those that are used; others do not count.
    """
    if source.rows > MAX_FITTED or source.rows_are_files:
        return None
    names = sorted({name for name in columns if name in source.names})
    hashes = np.unique(_hashes(source, names))[:KEPT]
    return {"columns": names, "hashes": hashes.tolist()}


def can_tell(source: Source, sketch: Any) -> bool:
    """Say whether a sketch tells which rows of a table a run was fitted on.

    Args:
        source: The table.
        sketch: What `sketch_of` returned; None of a table that was too large.
    """
    return (
        not source.rows_are_files
        and _is_sound(sketch)
        and source.rows <= MAX_ROWS
        and bool(sketch["columns"])
        and {*sketch["columns"]} <= {*source.names}
    )


def share_known(source: Source, sketch: Any, rows: npt.NDArray[np.int64] | None = None) -> float:
    """Return about which share of the rows of a table a run was fitted on, 0 if nothing is known.

    Args:
        source: The table.
        sketch: What `sketch_of` returned, from a file that may be a stranger's.
        rows: The rows that are asked about; all if None.
    """
    if not can_tell(source, sketch):
        return 0.0
    known = np.array(sketch["hashes"], np.int64)
    hashes = _hashes(source, sketch["columns"])
    if rows is not None:
        hashes = hashes[rows]
    if len(known) == KEPT:
        hashes = hashes[hashes <= known.max()]
    return float(np.isin(hashes, known).mean()) if len(hashes) else 0.0


def _is_sound(sketch: Any) -> bool:
    if not isinstance(sketch, dict) or set(sketch) != {"columns", "hashes"}:
        return False
    columns, hashes = sketch["columns"], sketch["hashes"]
    return (
        isinstance(columns, list)
        and isinstance(hashes, list)
        and 0 < len(hashes) <= KEPT
        and all(isinstance(name, str) for name in columns)
        and all(type(number) is int and 0 <= number < 2**BITS for number in hashes)
    )


def _hashes(source: Source, names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return a hash of each row, (rows,), by the texts of its cells."""
    total = np.zeros(source.rows, np.uint64)
    for place, name in enumerate(names, start=1):
        codes, labels = source.codes(name)
        of_label = pd.util.hash_array(np.array([*labels, ""], dtype=object), categorize=False)
        mixed = of_label[codes] * np.uint64(2 * place + 1)
        total = (total ^ (mixed + np.uint64(place))) * np.uint64(0x9E3779B97F4A7C15)
    return (total >> np.uint64(64 - BITS)).astype(np.int64)
