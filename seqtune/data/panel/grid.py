"""The regular time axis that all series share, and how it is found in the times of a table.

A `Grid` turns instants into step numbers and back; `infer_grid` takes it from the times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.frequency import SECOND, Frequency, parse_frequency
from seqtune.data.panel.frequency_inference import infer_frequency, near
from seqtune.data.panel.given_frequency import given_frequency
from seqtune.data.panel.time_sample import TimeSample
from seqtune.errors import DataError

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """A regular time axis.

    Args:
        frequency: pandas alias, "h", "W-MON", "MS"; "step" for integers or no time column.
        origin: ISO timestamp, or integer, of step 0. Gives the day and the time of day too:
            "MS" from 2020-01-15 is the 15th of every month.
        interval: Distance between steps where they are integers.
        snap: How times beside the steps are taken: "exact" (they are strays), "nearest" (they
            jitter around the steps), "floor" (all times within a step are aggregated), "rows"
            (there is no time column: rows are counted).
        utc: Whether the times of the data carried an offset or a zone, and stand in UTC here.

    Example:
        >>> Grid("h", "2024-01-01T00:00:00").times(np.array([25]))
        array(['2024-01-02T01:00:00.000000000'], dtype='datetime64[ns]')
    """

    frequency: str
    origin: str | int
    interval: int = 1
    snap: str = "exact"
    utc: bool = False

    @property
    def is_calendar(self) -> bool:
        """Whether the steps are instants, not integers."""
        return self.frequency != "step"

    @property
    def seconds(self) -> float | None:
        """Mean seconds of a step, None for integer steps."""
        return self._frequency.nanoseconds / SECOND if self.is_calendar else None

    def index(self, times: npt.NDArray[Any]) -> Ints:
        """Return the step of each time.

        Args:
            times: (n,), datetime64, or integers where the frequency is "step".

        Returns:
            (n,), int64; negative before the origin.
        """
        values = as_integers(times)
        shift = self._frequency.size // 2 if self.snap == "nearest" else 0
        return self._frequency.index(values + shift if shift else values, self._start)

    def times(self, steps: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the time of each step.

        Args:
            steps: (n,), integers.

        Returns:
            (n,), datetime64[ns], or int64 where the frequency is "step".
        """
        values = self._frequency.times(np.asarray(steps, dtype=np.int64), self._start)
        return values.view("datetime64[ns]") if self.is_calendar else values

    def on_step(self, times: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Say which times lie on a step, or near one where the grid allows jitter: (n,), bool."""
        values = as_integers(times)
        if self.snap != "nearest":
            return self._frequency.on_step(values, self._start)
        return near(values, self._frequency.size, self._start)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Grid:
        """Read what `to_dict` wrote."""
        return cls(**values)

    @property
    def _frequency(self) -> Frequency:
        if self.is_calendar:
            return parse_frequency(self.frequency)
        return Frequency("step", "fixed", self.interval)

    @property
    def _start(self) -> int:
        if isinstance(self.origin, int):
            return self.origin
        return int(np.datetime64(self.origin, "ns").astype(np.int64))


def infer_grid(
    times: npt.NDArray[Any], codes: npt.NDArray[Any] | None = None, frequency: str = "auto"
) -> tuple[Grid, tuple[str, ...]]:
    """Infer the grid of the times of a table.

    Gaps, repeated times, unsorted rows and series that start at different times do no harm.

    Args:
        times: (rows,), datetime64 or integers, none missing.
        codes: (rows,), integers, the series of each row; None for a single series.
        frequency: "auto", or the frequency to use; times finer than it will be aggregated.

    Returns:
        The grid, step 0 being the earliest time, and notes on what is unusual about the times.

    Raises:
        DataError: The given frequency does not exist or does not suit the times.
    """
    is_calendar = np.asarray(times).dtype.kind == "M"
    values = as_integers(times)
    if len(values) == 0:
        raise DataError("there are no rows to take a time axis from")
    sample = TimeSample.take(values, codes)
    if frequency == "auto":
        found = infer_frequency(sample, is_calendar)
    else:
        found = given_frequency(frequency, sample, is_calendar)
    first = found.first_step(int(values.min()))
    if not is_calendar:
        return Grid("step", first, found.frequency.size, found.snap), found.notes
    unit = "s" if first % SECOND == 0 else "ns"
    origin = str(np.datetime64(first, "ns").astype(f"datetime64[{unit}]"))
    return Grid(found.frequency.alias, origin, 1, found.snap), found.notes


def as_integers(times: npt.NDArray[Any]) -> Ints:
    """Return times as int64: nanoseconds since 1970, or the integers that they are."""
    array = np.asarray(times)
    if array.dtype.kind == "M":
        return array.astype("datetime64[ns]", copy=False).view(np.int64)
    return array.astype(np.int64, copy=False)
