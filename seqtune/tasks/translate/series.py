"""Sources that are a series: the rows of a case in a long table, or a file for each row."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.recordings import read_recordings
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks.translate.roles import Roles

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

MAX_STEPS = 3_000
"""Steps of a series at most: half a minute of sound."""


def read_files(source: Source, roles: Roles) -> tuple[Ragged, tuple[str, ...]]:
    """Read the file that each row names.

    Returns:
        The series, one for each row, and what was decided.

    Raises:
        DataError: A file is missing or broken; names row and path.
    """
    cases, notes = read_recordings(source, roles.source)
    return Ragged.from_list(cases, cases[0].shape[1]), notes


def read_cases(source: Source, roles: Roles) -> tuple[Ragged, Rows, list[str], tuple[str, ...]]:
    """Read a row per step: the rows of each case in the order of its steps.

    Returns:
        The series, the first row of each case, its name, and what was decided.

    Raises:
        DataError: A row has no case, or a value is no number.
    """
    assert roles.series is not None
    codes, names = source.codes(roles.series)
    if (codes < 0).any():
        raise DataError(
            f"{source.where(int(np.argmax(codes < 0)))}: column {roles.series!r} is empty, "
            "expected the case",
            "fill it in, or leave the row out",
        )
    steps = _steps(source, roles.time)
    order = np.lexsort((steps, codes))
    values = np.column_stack([source.numbers(name) for name in roles.channels])[order]
    notes = []
    if gaps := int(np.isnan(values).sum()):
        notes.append(f"{gaps:,} missing values are taken as the mean of their channel")
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    cases = [values[begin:end] for begin, end in pairwise(bounds.tolist())]
    first = np.full(len(names), source.rows, np.int64)
    np.minimum.at(first, codes, np.arange(source.rows))
    return Ragged.from_list(cases, len(roles.channels)), first, names, tuple(notes)


def answers_of_cases(source: Source, roles: Roles, texts: list[str], cases: int) -> list[str]:
    """Return the answer of each case; it may stand in some of its rows, but only one.

    Args:
        source: The table.
        roles: Which column is what.
        texts: The answer in each row; "" for none.
        cases: How many there are.

    Raises:
        DataError: A case has two answers.
    """
    assert roles.series is not None
    codes, names = source.codes(roles.series)
    found: dict[int, tuple[str, int]] = {}
    for row, (case, text) in enumerate(zip(codes.tolist(), texts, strict=True)):
        if not text:
            continue
        known, before = found.setdefault(case, (text, row))
        if known != text:
            raise DataError(
                f"{source.where(row)}: case {names[case]!r} has the answer {text[:60]!r}, and "
                f"{known[:60]!r} in {source.where(before)}; expected one answer per case",
                "correct the answer, or name another column: --target COLUMN or --series COLUMN",
            )
    return [found.get(case, ("", -1))[0] for case in range(cases)]


def _steps(source: Source, time: str | None) -> npt.NDArray[Any]:
    if time is None:
        return np.arange(source.rows)
    return source.times(time) if source.kind(time) == "time" else source.exact_numbers(time)
