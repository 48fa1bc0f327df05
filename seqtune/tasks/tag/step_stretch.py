"""Which stretch of the test part is drawn, and which channel of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqtune.tasks.tag.answers import TaggedSequences
from seqtune.tasks.tag.report_steps import StepsReport
from seqtune.tasks.tag.tag_errors import LONGEST_TOKEN, NEVER

Floats = npt.NDArray[np.float64]

STEPS = 300
"""Steps that are drawn at most."""

WINDOWS = 200
"""Stretches that are compared at most."""


def tagged_stretch(
    found: TaggedSequences, values: Floats, channels: Sequence[str], title: str
) -> StepsReport:
    """Choose a stretch with many changes of the tag that is about as right as all steps are.

    Args:
        found: Series with their tags.
        values: (positions, channels).
        channels: Names of the channels.
        title: Where it is from.
    """
    start, end, number = _chosen(found)
    channel = _telling(values[start:end], found.targets[start:end]) if values.shape[1] else 0
    scored = found.targets >= 0
    truth, given = found.targets[start:end], found.predicted[start:end]
    codes = np.unique(np.concatenate([truth[truth >= 0], given]))
    line = values[start:end, channel].tolist() if values.shape[1] else [None] * (end - start)
    series = f" of {found.names[number][:LONGEST_TOKEN]}" if found.names and end > start else ""
    name = channels[channel] if len(channels) else ""
    return StepsReport(
        f"{title}: {name}{series}" if name else title,
        found.where(start) if end > start else "",
        found.where(end - 1) if end > start else "",
        [value if value is not None and math.isfinite(value) else None for value in line],
        [
            found.tags.names[code][:LONGEST_TOKEN] if code < len(found.tags) else NEVER
            for code in codes.tolist()
        ],
        np.where(truth >= 0, np.searchsorted(codes, truth), -1).tolist(),
        np.searchsorted(codes, given).tolist(),
        float(1 - found.wrong[scored].mean()) if scored.any() else None,
    )


def _chosen(found: TaggedSequences) -> tuple[int, int, int]:
    """Return where the stretch begins and ends, and the number of its series."""
    starts = [
        np.arange(first, max(first + 1, last - STEPS // 2), STEPS // 2)
        for first, last in zip(found.offsets[:-1].tolist(), found.offsets[1:].tolist(), strict=True)
        if last > first
    ]
    if not starts:
        return 0, 0, 0
    every = np.concatenate(starts)
    places = np.linspace(0, len(every) - 1, min(WINDOWS, len(every))).astype(np.int64)
    every = every[np.unique(places)]
    numbers = found.sequence[every]
    ends = np.minimum(every + STEPS, found.offsets[numbers + 1])
    sums = np.concatenate([[0], np.cumsum(found.wrong)])
    changes = np.concatenate([[0, 0], np.cumsum(np.diff(found.targets) != 0)])
    share = found.wrong.mean()
    wrong = (sums[ends] - sums[every]) / (ends - every)
    changed = changes[ends] - changes[every + 1]
    best = int(np.argmax(changed / (1 + 20 * np.abs(wrong - share))))
    return int(every[best]), int(ends[best]), int(numbers[best])


def _telling(values: Floats, targets: npt.NDArray[np.int64]) -> int:
    """Return the channel whose mean differs most between tags, for its spread."""
    known = np.isfinite(values)
    size = np.where(known, np.abs(values), 0.0).max(axis=0, initial=0.0)
    scaled = np.where(known, values, 0.0) / np.where(size > 0, size, 1.0)
    mean = scaled.sum(axis=0) / np.maximum(1, known.sum(axis=0))
    scaled = np.where(known, scaled - mean, 0.0)
    told = np.zeros(values.shape[1])
    for tag in np.unique(targets[targets >= 0]):
        chosen = scaled[targets == tag]
        told += len(chosen) * chosen.mean(axis=0) ** 2
    return int(np.argmax(told / np.maximum((scaled**2).sum(axis=0), 1e-300)))
