"""How strange a network finds rows: long series are cut into streams that run beside each other.

A recurrence runs once over a stream and judges each of its rows, so that no row needs a window of
its own. A stream begins with rows that were scored in the stream before it, to warm up. Where
streams begin depends on the beginning of the series alone, so that what follows a row does not
change its score.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import RunError
from seqtune.tasks._values import Network
from seqtune.tasks.anomaly.codec import Codec, Coded
from seqtune.tasks.anomaly.inputs import gather
from seqtune.tasks.anomaly.points import channels_of, offsets_of
from seqtune.tasks.anomaly.segment import Segment, join

Floats32 = npt.NDArray[np.float32]

OUTPUTS = "outputs"
"""The fact that says how many numbers a network says of each row."""

MOST_OUTPUTS = 1_000_000

STREAMS = 32
"""Streams that run beside each other."""

MIN_STEPS = 512
"""Rows that are scored of a stream, at least; more where warming up takes longer."""

BEND = 10.0
"""Errors beyond so many units count with their logarithm: one enormous value must not outshine,
once smoothed, what comes after it."""

FEWEST = 4
"""A network is not asked what it expects before it has seen so many rows of a series."""

STALE = 4
"""Nor where it has seen no value for more rows than so many: it is told the last one again."""

MIN_UNIT = 0.02
"""Errors are counted in units of at least this share of the channel's own unit."""

TAIL, TO_DEVIATION = 0.95, 1 / 1.96
"""Errors are counted in units of where their tail begins, so that channels whose errors have a
heavy one do not speak for all; of a normal distribution that gives the standard deviation. The
separation on the planted sample rose from 0.19 to 0.21 against units by the median."""


@dataclass(frozen=True)
class Judged:
    """What a network says of rows.

    Args:
        errors: (rows, points, watched) float32 absolute errors in units of the channel.
        counted: (rows, points, watched) bool, where there is an error.
        expected: (rows, channels) float32, what was expected, scaled.
        states: (rows, units) float32, the state of the network at each row.
        fresh: (rows,) bool, where it had seen a value not long before.
    """

    errors: Floats32
    counted: npt.NDArray[np.bool_]
    expected: Floats32
    states: Floats32
    fresh: npt.NDArray[np.bool_]

    def part(self, begin: int, end: int) -> Judged:
        """Return some rows alone."""
        rows = slice(begin, end)
        return Judged(
            self.errors[rows],
            self.counted[rows],
            self.expected[rows],
            self.states[rows],
            self.fresh[rows],
        )


class Judge:
    """A network with its configuration, ready to judge rows.

    Args:
        network: The network.
        codec: What is known of the data.
        values: The configuration.
        noncausal: Whether a row is judged with what came after it, too.
    """

    def __init__(
        self, network: Network, codec: Codec, values: Mapping[str, Any], *, noncausal: bool = False
    ) -> None:
        self.network, self.codec, self.values = network, codec, values
        self.noncausal = noncausal
        self.offsets = offsets_of(codec, values)
        self.ahead = int(max(self.offsets.max(), 0))
        self.back = int(max(-self.offsets.min(), 0))
        self.warm_up = int(values["lookback"]) + max(self.ahead, self.back)
        self.steps = max(MIN_STEPS, 2 * self.warm_up)
        self.after = self.back if noncausal else 0
        self.watched = channels_of(codec, values)
        self.told = len(self.offsets) * self.watched
        self.units = outputs_of(network) - self.told

    def judge(self, segments: Sequence[Segment], before: int) -> list[Judged]:
        """Judge the rows of segments.

        Args:
            segments: What is judged.
            before: So many rows before the first scored one of each are judged too.
        """
        coded = join(list(segments), self.codec.watch)
        skipped = [max(0, each.first - before) for each in segments]
        begin = coded.offsets[:-1] + np.array(skipped, np.int64)
        shape = (int((coded.offsets[1:] - begin).sum()), len(self.offsets), self.watched)
        errors, counted = np.zeros(shape, np.float32), np.zeros(shape, np.bool_)
        expected = np.zeros((shape[0], self.codec.channels), np.float32)
        states = np.zeros((shape[0], self.units), np.float32)
        whole = Judged(errors, counted, expected, states, np.zeros(shape[0], np.bool_))
        place = np.concatenate([[0], np.cumsum(coded.offsets[1:] - begin)])
        for series, start, rows, stream in self._streams(coded, begin):
            target = slice(place[series] + start, place[series] + start + rows)
            errors[target], counted[target] = stream.errors[:rows], stream.counted[:rows]
            expected[target], states[target] = stream.expected[:rows], stream.states[:rows]
            whole.fresh[target] = stream.fresh[:rows]
        return [whole.part(int(one), int(two)) for one, two in itertools.pairwise(place)]

    def _streams(
        self, coded: Coded, begin: npt.NDArray[np.int64]
    ) -> Iterator[tuple[int, int, int, Judged]]:
        """Yield the streams: series, first row from `begin` on, rows that count, judgement."""
        lengths = coded.offsets[1:] - begin
        tasks = [
            (series, start)
            for series, length in enumerate(lengths.tolist())
            for start in range(0, length, self.steps)
        ]
        size = min(STREAMS, 1 << max(0, len(tasks) - 1).bit_length())
        for first in range(0, len(tasks), size):
            chosen = tasks[first : first + size]
            filled = chosen + chosen[-1:] * (size - len(chosen))  # of one shape: compiled once
            series = np.array([task[0] for task in filled])
            start = begin[series] + [task[1] for task in filled]
            streams = self._run(coded, series, start)
            for (number, offset), stream in zip(chosen, streams, strict=False):
                yield number, offset, min(self.steps, int(lengths[number]) - offset), stream

    def _run(
        self, coded: Coded, series: npt.NDArray[np.int64], start: npt.NDArray[np.int64]
    ) -> list[Judged]:
        """Judge `steps` rows from `start` on in each stream."""
        bounds = np.stack([coded.offsets[series], coded.offsets[series + 1]], axis=1)
        long = self.network.fitting("steps", self.warm_up + self.steps + self.after)
        rows = start[:, None] - self.warm_up + np.arange(long)
        inputs, truth, weight = gather(coded, self.codec, self.values, rows, bounds)
        output = self.network(inputs)
        told = output[..., : self.told]
        told = told.reshape(*told.shape[:2], len(self.offsets), self.watched)
        states = output[:, self.warm_up : self.warm_up + self.steps, self.told :]
        fresh = _is_fresh(np.asarray(weight[..., : self.codec.channels].any(axis=-1)))
        shape = (len(start), self.steps, len(self.offsets), self.watched)
        errors, counted = np.empty(shape, np.float32), np.empty(shape, np.bool_)
        is_fresh = np.empty((*shape[:3], 1), np.bool_)
        expected = np.zeros((len(start), self.steps, self.codec.channels), np.float32)
        for point, offset in enumerate(self.offsets.tolist()):
            # the step that tells, and the row that it tells of
            teller = self.warm_up - max(offset, 0) + (max(-offset, 0) if self.noncausal else 0)
            row = teller + offset
            of_row = slice(row, row + self.steps)
            says = told[:, teller : teller + self.steps, point]
            errors[:, :, point] = np.abs(truth[:, of_row] - says)
            # what was told before the series began, or before a few of its rows, does not count
            is_told = rows[:, teller : teller + self.steps] >= bounds[:, :1] + FEWEST
            counted[:, :, point] = (weight[:, of_row] > 0) & is_told[..., None]
            is_fresh[:, :, point] = fresh[:, teller : teller + self.steps, None]
            if offset >= 0 or self.noncausal:
                expected += says[..., : self.codec.channels]
        # nor what was told in a long gap, where something else was told of the row
        others = (counted & is_fresh).any(axis=2, keepdims=True)
        counted &= is_fresh | ~others
        expected /= max(
            1, int((self.offsets >= 0).sum()) if not self.noncausal else len(self.offsets)
        )
        fresh = fresh[:, self.warm_up : self.warm_up + self.steps]
        return [
            Judged(*stream) for stream in zip(errors, counted, expected, states, fresh, strict=True)
        ]


def outputs_of(network: Network) -> int:
    """Return how many numbers a network says of each row: what is expected, and its state.

    Raises:
        RunError: Its facts, which may come from a stranger's file, do not say it.
    """
    found = network.facts.get(OUTPUTS)
    if type(found) is not int or not 0 < found <= MOST_OUTPUTS:
        raise RunError("a network does not say how much it tells of a row", "seqtune export RUN")
    return found


def _is_fresh(seen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return where a value was seen not long before, and a few since the last long gap.

    Args:
        seen: (streams, rows).

    Example:
        >>> _is_fresh(np.array([[1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]], bool)).astype(int)
        array([[1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1]])
    """
    rows = np.arange(seen.shape[1])
    last = np.maximum.accumulate(np.where(seen, rows, 0), axis=1)
    is_stale = rows - last > STALE
    stale = np.maximum.accumulate(np.where(is_stale, rows, -FEWEST - 1), axis=1)
    return np.asarray(rows - stale > FEWEST)


def error_units(judged: Sequence[Judged]) -> Floats32:
    """Return the usual error of each point and channel, (points, watched), from rows held out.

    It is measured by a quantile, which a few anomalies among the rows do not move.
    """
    errors = np.concatenate([each.errors for each in judged])
    counted = np.concatenate([each.counted for each in judged])
    units = np.full(errors.shape[1:], 1.0, np.float32)
    for place in np.ndindex(*units.shape):
        seen = errors[(slice(None), *place)][counted[(slice(None), *place)]]
        if len(seen):
            units[place] = max(TO_DEVIATION * float(np.quantile(seen, TAIL)), MIN_UNIT)
    return units


def joined_errors(
    judged: Judged, units: Floats32, offsets: str, channels: str, watched: int | None = None
) -> Floats32:
    """Return one error per row, (rows,) float32, NaN where nothing was observed.

    Args:
        judged: The errors of each point and channel.
        units: What they are counted in.
        offsets: "mean", "nearest" or "farthest": from where rows are judged.
        channels: "mean" (of squares, so that one of many channels is heard) or "max".
        watched: So many of what is watched count, the first ones; all if None.
    """
    error = judged.errors / units
    error = BEND * np.log1p(error / BEND)
    error, all_counted = error[..., :watched], judged.counted[..., :watched]
    told = all_counted.sum(axis=1)
    counted = told > 0
    mean = np.where(all_counted, error, 0.0).sum(axis=1) / np.maximum(told, 1)
    if offsets == "mean":
        error = mean
    else:  # a point that told nothing of a row leaves it to the others
        point = 0 if offsets == "nearest" else -1
        error = np.where(all_counted[:, point], error[:, point], mean)
    amount = counted.sum(axis=1)
    if channels == "max":
        one = np.where(counted, error, 0.0).max(axis=1)
    else:
        square = np.where(counted, error * error, 0.0).sum(axis=1) / np.maximum(amount, 1)
        one = np.sqrt(square)
    found: Floats32 = np.where(amount > 0, one, np.nan).astype(np.float32)
    return found
