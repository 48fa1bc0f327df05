"""Stretches of series with the true tags and those that were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import percent
from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines, Span
from seqtune.figures.numbers import numbers
from seqtune.figures.value import Role
from seqtune.tasks._cut_text import NAME, cut_text, names_of
from seqtune.tasks.tag.evidence.tagging import Ints, Tagging
from seqtune.tasks.tag.tag_errors import NEVER

Floats = npt.NDArray[np.float64]

STEPS = 300
"""Steps of a stretch at most."""

WINDOWS = 400
"""Stretches that are compared at most, evenly apart."""

EACH = 2
"""Stretches of each kind."""

MOST_CHANNELS, MOST_SPANS = 6, 200


@dataclass(frozen=True)
class Stretch:
    """A stretch of a series.

    Args:
        kind: "best", "typical" or "worst".
        first: Its first position.
        last: The one behind its last.
    """

    kind: str
    first: int
    last: int


def gallery_block(tagging: Tagging, values: Floats, channels: Sequence[str]) -> Block | None:
    """Return some stretches with their tags; None where there are none.

    Args:
        tagging: The tags that were given.
        values: (positions, channels).
        channels: Their names.
    """
    chosen = stretches(tagging)
    if not chosen:
        return None
    names = names_of(tuple(channels))
    rest = len(names) - MOST_CHANNELS
    more = f" The first {MOST_CHANNELS} of {len(names)} channels are drawn." if rest > 0 else ""
    return Block(
        key="stretches",
        title="Series with their tags",
        sentences=(
            f"Stretches of {STEPS} steps at most where {tagging.model} does best, typically and "
            "worst, among those in which the tag changes: what is labelled, and where it errs."
            f"{more}",
        ),
        figures=tuple(_lines(tagging, each, values, names) for each in chosen),
        is_gallery=True,
    )


def stretches(tagging: Tagging) -> list[Stretch]:
    """Return the best, typical and worst stretches, none of which overlap.

    Args:
        tagging: The tags that were given; stretches in which the tag changes come first.
    """
    own = tagging.own
    starts = [
        np.arange(first, last, STEPS)
        for first, last in zip(own.offsets[:-1].tolist(), own.offsets[1:].tolist(), strict=True)
    ]
    every = np.concatenate([*starts, np.empty(0, np.int64)]).astype(np.int64)
    if len(every) > WINDOWS:
        every = every[np.linspace(0, len(every) - 1, WINDOWS).astype(np.int64)]
    ends = np.minimum(every + STEPS, own.offsets[own.sequence[every] + 1])
    known, wrong = (_within(flags, every, ends) for flags in (tagging.scored, own.wrong))
    changed = np.array(
        [len(np.unique(own.targets[a:b])) > 1 for a, b in zip(every, ends, strict=True)], np.bool_
    )
    usable = np.flatnonzero((known > 0) & changed)
    if not len(usable):
        usable = np.flatnonzero(known > 0)
    order = usable[np.argsort((wrong / np.maximum(known, 1))[usable], kind="stable")]
    count_of = min(EACH, max(1, len(order) // 3))
    middle = max(0, (len(order) - count_of) // 2)
    places = {
        "worst": order[::-1][:count_of],
        "typical": order[middle : middle + count_of],
        "best": order[:count_of],
    }
    found: dict[int, Stretch] = {}
    for kind, windows in places.items():
        for at in windows.tolist():
            found.setdefault(at, Stretch(kind, int(every[at]), int(ends[at])))
    return list(found.values())[::-1]


def _within(flags: npt.NDArray[np.bool_], first: Ints, last: Ints) -> Ints:
    sums = np.concatenate([[0], np.cumsum(flags)])
    return np.asarray(sums[last] - sums[first], np.int64)


def _lines(tagging: Tagging, stretch: Stretch, values: Floats, channels: tuple[str, ...]) -> Lines:
    own, here = tagging.own, slice(stretch.first, stretch.last)
    begin = stretch.first - int(own.offsets[own.sequence[stretch.first]])
    series = int(own.sequence[stretch.first])
    where = cut_text(own.names[series], NAME) if own.names else own.where(stretch.first)
    known = max(1, int(tagging.scored[here].sum()))
    shares = [
        f"{name} {percent(tagging.found[name].wrong[here].sum() / known)}" for name in tagging.names
    ]
    names = names_of((*own.tags.names, NEVER))
    truth = np.where(own.targets[here] < 0, -1, np.minimum(own.targets[here], len(own.tags)))
    usual = int(np.bincount(truth[truth >= 0], minlength=1).argmax())
    marked = np.where(truth == usual, -1, truth)
    wrong = np.where(own.wrong[here], own.predicted[here], -1)
    return Lines(
        title=f"{stretch.kind.capitalize()}: {where}",
        caption=f"Steps without a mark are '{names[usual]}'. Wrong: {', '.join(shares)}.",
        x=tuple(float(begin + step) for step in range(stretch.last - stretch.first)),
        x_title="step",
        lines=tuple(
            Line(name=name, values=numbers(values[here, at], 5), role="other")
            for at, name in enumerate(channels[:MOST_CHANNELS])
        ),
        spans=(
            *_spans(marked, [f"{name}, labelled" for name in names], "actual"),
            *_spans(wrong, [f"taken for {name} by {tagging.model}" for name in names], "model"),
        ),
    )


def _spans(codes: Ints, names: Sequence[str], role: Role) -> list[Span]:
    """Return the runs of equal codes, without those below 0."""
    borders = np.flatnonzero(np.diff(codes)) + 1
    firsts = [0, *borders.tolist()]
    lasts = [*(borders - 1).tolist(), len(codes) - 1]
    return [
        Span(name=names[codes[first]], first=first, last=last, role=role)
        for first, last in zip(firsts, lasts, strict=True)
        if codes[first] >= 0
    ][:MOST_SPANS]
