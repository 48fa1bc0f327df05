"""What is watched of series for drift: each column of numbers, each column of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.drift.sample import Ints, Numbers, Sample, Words, series_as_one
from seqtune.data.panel.panel import Panel
from seqtune.tasks._newer_rows import unseen_steps

Floats = npt.NDArray[np.float64]

MOST_ROWS = 200_000
"""So many rows of a panel are compared: the last ones of each series."""


@dataclass(frozen=True)
class SeriesMoments:
    """What is usual of each series, so that rows of all of them count alike.

    Without it, a batch that some series are missing in would look as if it had drifted.

    Args:
        series: Names of the series.
        moments: By column of numbers, its mean and its deviation in each series, (2, series).
    """

    series: tuple[str, ...]
    moments: Mapping[str, Floats]

    @classmethod
    def of(cls, panel: Panel) -> SeriesMoments:
        """Measure the rows that a run was fitted on."""
        return cls(
            panel.series,
            {name: _moments(values, panel.offsets) for name, values in _numbers(panel)},
        )

    def relative(self, name: str, values: Floats, panel: Panel) -> Floats:
        """Return values in deviations of their series; as they are, where the run has but one.

        Args:
            name: Their column.
            values: (rows,) of a panel.
            panel: The panel; a series that the run does not know is taken for a usual one.
        """
        if len(self.series) == 1:
            return values
        place = {each: number for number, each in enumerate(self.series)}
        known = self.moments[name]
        typical = np.nanmean(known, axis=1) if np.isfinite(known).any() else np.array([0.0, 1.0])
        usual = np.stack(
            [known[:, place[each]] if each in place else typical for each in panel.series]
        )
        return series_as_one(values, panel.offsets, usual[:, 0], usual[:, 1])


def traits_of_panel(
    panel: Panel, first: Ints, period: int, moments: SeriesMoments
) -> dict[str, Sample]:
    """Return every column of a panel as it is watched.

    Args:
        panel: The rows.
        first: (series,) absolute row of each series at which what is watched begins.
        period: Steps of a season; 0 for none.
        moments: What is usual of the series of the run.
    """
    rows = np.concatenate(list(_rows(panel, first))).astype(np.int64)
    steps = np.repeat(panel.starts - panel.offsets[:-1], panel.lengths)[rows] + rows
    found: dict[str, Sample] = {
        name: Numbers(moments.relative(name, values, panel)[rows], steps, period)
        for name, values in _numbers(panel)
    }
    for names, table in ((panel.past_names, panel.past), (panel.future_names, panel.future)):
        for name, codes in zip(names, table.T, strict=True):
            if name in panel.categories:
                found[name] = _words(codes[rows], panel.categories[name])
    return found


def traits_unseen(
    history: Panel, panel: Panel, known: float, period: int, moments: SeriesMoments
) -> dict[str, Sample]:
    """Return every column of newer rows, those that a run was fitted on left out where not all are.

    Args:
        history: What the run was fitted on.
        panel: The newer rows, on the run's grid.
        known: About which share of them the run was fitted on.
        period: Steps of a season; 0 for none.
        moments: What is usual of the series of the run.
    """
    unseen = unseen_steps(history, panel, known)
    first = panel.offsets[1:] - (np.maximum(unseen, 0) if (unseen > 0).any() else panel.lengths)
    return traits_of_panel(panel, first, period, moments)


def _numbers(panel: Panel) -> Iterator[tuple[str, Floats]]:
    """Yield every column of numbers, NaN where nothing was observed."""
    for number, name in enumerate(panel.target_names):
        yield name, np.where(panel.observed[:, number], panel.target[:, number], np.nan)
    for names, table in ((panel.past_names, panel.past), (panel.future_names, panel.future)):
        for name, values in zip(names, table.T, strict=True):
            if name not in panel.categories:
                yield name, np.asarray(values, np.float64)


def _moments(values: Floats, offsets: Ints) -> Floats:
    """Return mean and deviation of each series, (2, series), NaN where it has no value."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    number = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    count = np.bincount(number, known, minlength=len(offsets) - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(number, filled, minlength=len(offsets) - 1) / count
        rest = np.where(known, values - mean[number], 0.0)
        deviation = np.sqrt(np.bincount(number, rest**2, minlength=len(offsets) - 1) / count)
    return np.stack([mean, deviation])


def _rows(panel: Panel, first: Ints) -> Iterator[Ints]:
    most = max(1, MOST_ROWS // max(1, len(panel.series)))
    for begin, end in zip(first.tolist(), panel.offsets[1:].tolist(), strict=True):
        yield np.arange(max(begin, end - most), end)


def _words(codes: Floats, labels: tuple[str, ...]) -> Words:
    """Return how often each word stands in rows of time; rows of one word hang on each other."""
    known = np.where(np.isfinite(codes), codes, -1).astype(np.int64)
    counts = Counter(known.tolist())
    named = {labels[code] if code >= 0 else "": count for code, count in counts.items()}
    return Words(named, 1 + int((np.diff(known) != 0).sum()))
