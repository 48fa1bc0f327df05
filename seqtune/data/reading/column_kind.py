"""What a column holds, guessed from its type or from a sample of its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.columns import MISSING_WORDS, Parsed, parse_booleans
from seqtune.data.reading.timestamps import are_fiscal_years, parse_labels
from seqtune.data.reading.typed import whole_or_none

SAMPLE_SLICES = 20
SAMPLE_ROWS = 500
FITTING_SHARE = 0.9  # of the values: a few faulty cells do not make a number column text


def kind_of_text(
    column: Any, missing: tuple[str, ...], dates: str, as_numbers: Callable[[Any], Parsed]
) -> str:
    """Infer the kind of a column of text.

    Args:
        column: The cells.
        missing: Words that mean "missing", beside the usual ones.
        dates: How dates are written; see `ReadOptions`.
        as_numbers: Reads text as numbers.

    Returns:
        "number", "integer", "time", "text", "boolean" or "empty".
    """
    sample = _sample(column, missing)
    if len(sample) == 0:
        return "empty"
    if "%" in dates and _time_share(sample, dates) >= FITTING_SHARE:
        return "time"
    if parse_booleans(sample, missing).faults == 0:
        return "boolean"
    parsed = as_numbers(sample)
    if 1 - (parsed.faults - parsed.excessive) / len(sample) >= FITTING_SHARE:
        # the sample spares most columns the full look; what a float64 cannot hold, an int64 may
        is_whole = _are_whole(parsed.values) and _are_whole(as_numbers(column).values)
        is_whole = is_whole or (_are_large(parsed.values) and whole_or_none(column) is not None)
        return "integer" if is_whole else "number"
    return "time" if _time_share(sample, dates) >= FITTING_SHARE else "text"


def kind_of_type(column: Any) -> str:
    """Infer the kind of a column that has a type of its own."""
    kind = column.type
    if column.null_count == len(column):
        return "empty"
    if pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    values = column.to_numpy()
    if np.isnan(values).all():
        return "empty"
    return "integer" if _are_whole(values) else "number"


def _are_whole(values: np.ndarray[Any, Any]) -> bool:
    """Say whether all values are whole numbers that a float64 holds exactly, or NaN."""
    for start in range(0, len(values), 1 << 20):
        part = values[start : start + (1 << 20)]
        if not np.all(np.isnan(part) | ((np.floor(part) == part) & (np.abs(part) <= 2**53))):
            return False
    return True


def _are_large(values: np.ndarray[Any, Any]) -> bool:
    return bool((np.abs(values) > 2**53).any())


def _sample(column: Any, missing: tuple[str, ...]) -> Any:
    """Return values that are not missing, from slices spread over the column."""
    words = pa.array([*MISSING_WORDS, *missing])
    rows = len(column)
    if rows <= SAMPLE_SLICES * SAMPLE_ROWS:
        return _present_part(column, words)
    starts = np.linspace(0, rows - SAMPLE_ROWS, SAMPLE_SLICES).astype(np.int64)
    slices = [column.slice(int(start), SAMPLE_ROWS).chunks for start in starts]
    sample = _present_part(pa.chunked_array([chunk for part in slices for chunk in part]), words)
    if len(sample) >= SAMPLE_ROWS:
        return sample
    return _present_part(column, words).slice(0, SAMPLE_SLICES * SAMPLE_ROWS)


def _present_part(column: Any, words: Any) -> Any:
    absent = pc.is_in(pc.utf8_trim_whitespace(column), value_set=words)
    return column.filter(pc.invert(pc.or_(absent, column.is_null())))


def _time_share(sample: Any, dates: str) -> float:
    labels = [text.strip() for text in sample.unique().to_pylist()]
    if are_fiscal_years(labels):
        return 0.0
    return float(np.mean(~np.isnat(parse_labels(labels, dates))))
