"""What tasks on panels have in common: roles, seasons, parts, and the figures of the plan."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.seasonality import find_periods
from seqtune.data.panel.split import Split
from seqtune.data.panel.time_text import format_times
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener, Note

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

PARTS = {"training": "train", "validation": "validation", "test": "test"}
"""The parts of a split by the names that the plan has for them."""


def times_of(panel: Panel, rows: npt.NDArray[np.int64]) -> list[Any]:
    """Return the times of rows of the first series as tables have them, the rows ahead of it too.

    Args:
        panel: The series.
        rows: (rows,) rows of the panel, and those that would follow.
    """
    times = panel.grid.times(rows + int(panel.starts[0]) - int(panel.offsets[0]))
    return format_times(times, utc=panel.grid.utc) if panel.grid.is_calendar else times.tolist()


def take_periods(asked: Any, panel: Panel, end: npt.NDArray[np.int64]) -> tuple[int, ...]:
    """Return the seasonal periods in steps, shortest first.

    Args:
        asked: The recipe's value: "auto", a number or several; 1 stands for none.
        panel: The series.
        end: (series,) row of each at which the search for seasons ends.
    """
    if asked == "auto":
        return find_periods(panel, rows_end=end)
    wanted = {asked} if isinstance(asked, int) else set(asked)
    return tuple(sorted(wanted - {1}))


def found_frequency(panel: Panel) -> Assumption:
    """Say which frequency the timestamps have, and what was mended for it."""
    repairs = "; ".join(panel.notes) or "regular"
    return Assumption("frequency", panel.grid.frequency, repairs, "--freq F")


def found_seasonality(periods: Iterable[int]) -> Assumption:
    """Say which seasonal periods, in steps, were found in the data.

    Example:
        >>> found_seasonality((24, 168)).taken
        '24, 168'
    """
    found = ", ".join(map(str, periods)) or "none"
    return Assumption("seasonality", found, "from the data", "--set seasonality=N")


def largest(value: Any) -> float:
    """Return the largest number that a searchable value of a recipe can take.

    Args:
        value: A number, a list of choices, or a range.
    """
    if isinstance(value, (list, tuple)):
        return float(max(value))
    return float(getattr(value, "maximum", value))


def named_columns(source: Source, data: Any, roles: Sequence[str]) -> set[str]:
    """Return the columns that the recipe names for a role.

    Args:
        source: The table.
        data: The recipe's section `data`.
        roles: The roles; each is a key of it, and a flag.

    Raises:
        DataError: A column is not there.
    """
    from seqtune.data.reading.roles import names_of

    named = {role: names_of(getattr(data, role)) for role in roles}
    for role, names in named.items():
        for name in names:
            source.require(name, f"--{role}")
    return {name for names in named.values() for name in names}


def refuse_unknown_part(source: Source, part: str, has_values: bool) -> None:
    """Refuse to compare models on a part of which no value is known.

    Raises:
        DataError: Says how the part gets larger.
    """
    if not has_values:
        raise DataError(
            f"{source.path}: all values of the {part} part are missing",
            f"let it take more rows: --set {part}.steps=N",
        )


def tell_equal_series(panel: Panel, listener: Listener) -> None:
    """Say how many series are equal to another one in every target and time.

    Parts are cut at the same times in both, so that neither gives away what is asked of the other;
    but the figures count them twice.
    """
    count: Counter[tuple[int, bytes]] = Counter()
    for begin, end, start in zip(
        panel.offsets[:-1].tolist(), panel.offsets[1:].tolist(), panel.starts.tolist(), strict=True
    ):
        rows = panel.target[begin:end]
        if len(rows) and (rows != rows[0]).any():
            count[start, hashlib.blake2b(rows.tobytes()).digest()] += 1
    equal = sum(often for often in count.values() if often > 1)
    if equal:
        what = f"{equal:,} of {len(panel.series):,} series are equal to another one"
        listener(Note(f"{what}: they count as series of their own, cut at the same times"))


def describe_panel(panel: Panel, split: Split, roles: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a panel that plan and report show.

    Args:
        panel: The series.
        split: Their parts.
        roles: The columns of each role, as the codec has them.
    """
    lengths = np.diff(panel.offsets)
    bounds = {name: split.bounds(part) for name, part in PARTS.items()}
    return {
        "series": len(panel.series),
        "rows": int(panel.offsets[-1]),
        "shortest_series": int(lengths.min()),
        "longest_series": int(lengths.max()),
        "frequency": panel.grid.frequency,
        "filled_values": int(panel.observed.size - panel.observed.sum()),
        **{f"{name}_rows": int((end - begin).sum()) for name, (begin, end) in bounds.items()},
        **{f"{name}_span": _span(panel, *bounds[name]) for name in PARTS},
        "roles": {
            role: tuple(columns if isinstance(columns, (list, tuple)) else [columns])
            for role, columns in roles.items()
            if columns
        },
    }


def _span(panel: Panel, begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> list[str]:
    """Return the first and the last time of a part, over all series."""
    held = end > begin
    first = panel.starts - panel.offsets[:-1]
    steps = (first + begin)[held].min(), (first + end)[held].max() - 1
    return format_times(panel.grid.times(np.array(steps)))
