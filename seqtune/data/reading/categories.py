"""Columns of text as categories: a number for each label, in order of first appearance."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from seqtune.data.reading.typed import whole_numbers

DISTINCT_ROWS = 10_000


def codes_of(column: Any, absent: Collection[str]) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Return the category of each row.

    Whole numbers that are written as reals, such as 1.0000000e+00, are labels without a point.

    Args:
        column: A pyarrow chunked array of strings.
        absent: Texts that are no label.

    Returns:
        (rows,) int32 codes in order of first appearance, -1 where there is no label; and the label
        of each code.
    """
    encoded = column.dictionary_encode()  # one dictionary for all chunks
    words = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    names = [word.strip() for word in words]
    whole = whole_numbers([name for name in names if name not in absent])
    labels: dict[str, int] = {}
    code_of_word = np.full(len(words) + 1, -1, dtype=np.int32)
    for position, name in enumerate(names):
        if name not in absent:
            label = whole.get(name, name)
            code_of_word[position] = labels.setdefault(label, len(labels))
    codes = np.empty(len(column), dtype=np.int32)
    start = 0
    for chunk in encoded.chunks:
        indices = pc.fill_null(chunk.indices, len(words)).to_numpy(zero_copy_only=False)
        codes[start : start + len(chunk)] = code_of_word[indices]
        start += len(chunk)
    return codes, list(labels)


def distinct_texts(column: Any, most: int) -> list[str]:
    """Return different texts of a column, blank ones left out, at most so many.

    Args:
        column: A pyarrow chunked array of strings.
        most: How many are enough; what comes after them is not looked at.
    """
    found: dict[str, None] = {}
    for chunk in column.chunks:
        for start in range(0, len(chunk), DISTINCT_ROWS):
            for text in chunk.slice(start, DISTINCT_ROWS).unique().to_pylist():
                if text and text.strip():
                    found[text.strip()] = None
            if len(found) >= most:
                return list(found)[:most]
    return list(found)
