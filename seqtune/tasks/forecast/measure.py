"""What is measured of each series: its level, its spread, where it begins, what it never was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


def first_negative(panel: Panel) -> npt.NDArray[np.int64]:
    """Return the first row below zero from the beginning of each series on, (series, targets)."""
    return _first(panel, panel.target < 0)


def first_not_positive(panel: Panel) -> npt.NDArray[np.int64]:
    """Return the first row that is not above zero, of each series and target."""
    return _first(panel, panel.target <= 0)


def _first(panel: Panel, found: Booleans) -> npt.NDArray[np.int64]:
    """Return the first marked row of each series on, (series, targets).

    Args:
        panel: The rows.
        found: (rows, targets), what is marked.
    """
    first = np.empty((len(panel.series), len(panel.target_names)), np.int64)
    for column in range(first.shape[1]):
        marked = np.flatnonzero(found[:, column])
        place = np.searchsorted(marked, panel.offsets[:-1])
        first[:, column] = np.append(marked, panel.rows)[place]
    return first


def first_rows(panel: Panel) -> npt.NDArray[np.int64]:
    """Return the absolute row of the first observed value of each series and target.

    Rows before it are before the series: what the column will be is not known there.
    """
    begin = np.repeat(panel.offsets[:-1, None], len(panel.target_names), axis=1)
    lengths = np.diff(panel.offsets)
    filled = np.flatnonzero(lengths)
    if len(panel.target_names) > 1 and len(filled):
        rows = np.arange(panel.rows)[:, None]
        seen = np.where(panel.observed, rows, panel.rows)
        begin[filled] = np.minimum.reduceat(seen, panel.offsets[filled], axis=0)
    return begin


def training_span(panel: Panel, split: Split) -> int:
    """Return how many steps lie between the first training row of all series and the last."""
    held = split.train_end > split.begin
    before = panel.starts - panel.offsets[:-1]  # a row's step is its number and this
    first, end = (before + split.begin)[held], (before + split.train_end)[held]
    return int(end.max() - first.min()) if held.any() else 0


def training_rows(split: Split, maximum: int = 2_000_000) -> npt.NDArray[np.int64]:
    """Return training rows, (rows,) int64, evenly thinned to about `maximum`."""
    stride = max(1, int((split.train_end - split.begin).sum()) // maximum)
    lengths = -(-(split.train_end - split.begin) // stride)
    ends = np.cumsum(lengths)
    within = np.arange(int(ends[-1])) - np.repeat(ends - lengths, lengths)
    rows: npt.NDArray[np.int64] = np.repeat(split.begin, lengths) + within * stride
    return rows


def moments(panel: Panel, split: Split) -> tuple[Floats, Floats, Booleans]:
    """Return mean and deviation of the observed training values, and whether they are all equal.

    Each is (series, targets); the deviation of equal values is 1.
    """
    counted = _inside(split, len(panel.target))[:, None] & panel.observed
    lengths = np.diff(np.append(split.begin, len(panel.target)))
    filled = np.flatnonzero(lengths)  # reduceat knows no empty ranges
    first = split.begin[filled]
    count = np.ones((len(lengths), panel.target.shape[1]))
    count[filled] = np.maximum(np.add.reduceat(counted, first, axis=0, dtype=np.int64), 1)
    center, squares = np.zeros((2, *count.shape))
    values = np.where(counted, panel.target, 0.0)
    size = np.zeros(count.shape)  # what is squared is counted in it, so as not to vanish
    size[filled] = np.maximum.reduceat(np.abs(values), first, axis=0)
    size = np.where(size > 0, size, 1.0)
    center[filled] = np.add.reduceat(values, first, axis=0)
    center /= count
    values = np.where(counted, panel.target - np.repeat(center, lengths, axis=0), 0.0)
    values /= np.repeat(size, lengths, axis=0)
    squares[filled] = np.add.reduceat(values**2, first, axis=0)
    spread = size * np.sqrt(squares / count)
    # whether values are equal, they say themselves: their mean is not always that value
    constant = np.ones(count.shape, np.bool_)
    low = np.minimum.reduceat(np.where(counted, panel.target, np.inf), first, axis=0)
    high = np.maximum.reduceat(np.where(counted, panel.target, -np.inf), first, axis=0)
    constant[filled] = low >= high
    return center, np.where((spread > 0) & ~constant, spread, 1.0), constant


def usual_share(error_scale: Floats, center: Floats, spread: Floats, constant: Booleans) -> Floats:
    """Return the usual seasonal naive error as a share of a series' size, (targets,).

    The median over the series that change; where a target has none, over all targets; NaN where
    there is none at all.

    Args:
        error_scale: (series, targets), the errors.
        center: (series, targets), means.
        spread: (series, targets), deviations.
        constant: (series, targets), which never change.

    Example:
        >>> one, never = np.ones((2, 1)), np.array([[False], [True]])
        >>> usual_share(one, np.array([[3.0], [7.0]]), 4 * one, never)
        array([0.2])
    """
    size = np.hypot(center, spread)
    told = ~constant & (size > 0)
    shares = np.where(told, error_scale / np.where(told, size, 1.0), np.nan)
    usual = np.full(shares.shape[1], np.nan)
    if told.any():
        usual[:] = np.nanmedian(shares)
        own = told.any(axis=0)
        usual[own] = np.nanmedian(shares[:, own], axis=0)
    return usual


def borrowed_errors(share: Floats, center: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """Return what series that never changed are likely to change by, (series, targets).

    A single row, or ten equal ones, do not say. The others do, by the share of their size that is
    usual among them. After n rows without a change one is expected once in about n rows; so spread
    over all rows, the squared change is the n-th part of it.

    Args:
        share: (targets,), from `usual_share`.
        center: (series, targets), means.
        lengths: (series,), rows.

    Example:
        >>> borrowed_errors(np.array([0.2]), np.array([[50.0]]), np.array([4]))
        array([[5.]])
    """
    errors: Floats = share * np.abs(center) / np.sqrt(np.maximum(lengths, 1))[:, None]
    return errors


def _inside(split: Split, rows: int) -> npt.NDArray[np.bool_]:
    """Mark the training rows, (rows,) bool."""
    edge = np.zeros(rows + 1, np.int8)
    np.add.at(edge, split.begin, 1)
    np.add.at(edge, split.train_end, -1)
    return np.cumsum(edge[:-1], dtype=np.int8).astype(bool)
