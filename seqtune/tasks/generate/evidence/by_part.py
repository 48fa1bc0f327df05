"""Bits per character of each document, or each stretch of the text, and by place in documents."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from seqtune.drawing.wording import count, figure, percent, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines
from seqtune.figures.numbers import numbers
from seqtune.figures.points import Cloud, Points
from seqtune.metrics.sign_test import CHANCE, sign_test
from seqtune.tasks._ratios import Ratio, apart, ratio
from seqtune.tasks.generate.evidence.reading import Readings

MOST_POINTS = 2_000
"""Documents that are drawn, evenly apart."""

FIRST = 50
"""Characters of the first group of places in a document; each further one is twice as wide."""


def parts_block(readings: Readings) -> Block | None:
    """Return how many bits each part of the text costs; None of no text.

    Args:
        readings: What models found likely.
    """
    if not readings.characters:
        return None
    figures: list[Points | Lines | Bars] = []
    if not readings.has_documents:
        figures.append(_course(readings))
    else:
        if readings.baseline:
            figures.append(_cloud(readings))
        figures.append(_places(readings))
    return Block(
        key="bits",
        title="How well the test part is predicted",
        sentences=_sentences(readings),
        figures=tuple(figures),
    )


def total(readings: Readings, name: str) -> Ratio:
    """Return the bits per character of the whole text, which varies with its parts."""
    return ratio(readings.by_model[name].between(readings.bounds), np.diff(readings.bounds))


def _course(readings: Readings) -> Lines:
    bounds = readings.bounds
    return Lines(
        title=f"Bits per {readings.unit} along the test part",
        x=tuple(float(place) for place in bounds[:-1]),
        x_title=f"{readings.unit} of the test part",
        y_title=readings.bits,
        lines=tuple(
            Line(name=name, values=numbers(readings.rates(name), 5), role=readings.role(name))
            for name in readings.names[::-1]
        ),
    )


def _cloud(readings: Readings) -> Points:
    own, method = (readings.rates(name) for name in readings.names)
    every = np.unique(np.linspace(0, len(own) - 1, min(len(own), MOST_POINTS)).astype(int))
    return Points(
        title=f"Bits per {readings.unit} of each document",
        caption=f"Below the diagonal {readings.model} is better.",
        clouds=(
            Cloud(
                name="documents",
                x=tuple(round(float(each), 4) for each in method[every]),
                y=numbers(own[every], 5),
                labels=tuple(f"document {at + 1:,}" for at in every.tolist()),
                role="model",
            ),
        ),
        x_title=f"{readings.bits}, {readings.baseline}",
        y_title=f"{readings.bits}, {readings.model}",
        is_diagonal=True,
    )


def _places(readings: Readings) -> Bars:
    """Draw the bits per character by how far into a document it is."""
    starts, ends = readings.bounds[:-1], readings.bounds[1:]
    longest = int((ends - starts).max())
    edges = [0, FIRST]
    while edges[-1] < longest:
        edges.append(2 * edges[-1])
    corners = np.minimum(starts[:, None] + np.array(edges), ends[:, None])
    sizes = np.diff(corners, axis=1)  # (documents, groups)
    groups = []
    for name in readings.names:
        flat = readings.by_model[name].between(corners.ravel())
        bits = np.append(flat, 0.0).reshape(corners.shape)[:, :-1]
        found = [ratio(bits[:, at], sizes[:, at]) for at in range(sizes.shape[1])]
        groups.append(
            Group(
                name=name,
                values=numbers([each.value for each in found], 5),
                errors=numbers([each.error for each in found], 3),
                role=readings.role(name),
            )
        )
    return Bars(
        title=f"Bits per {readings.unit} by the place in the document",
        caption="What a model remembers of the document shows where bars become shorter.",
        categories=tuple(f"{a + 1:,} to {b:,}" for a, b in pairwise(edges)),
        groups=tuple(groups),
        x_title=f"{readings.unit} of the document",
        y_title=readings.bits,
    )


def _sentences(readings: Readings) -> tuple[str, ...]:
    own = total(readings, readings.model)
    parts = len(readings.bounds) - 1
    said = [f"{readings.model} needs {figure(own.value)} {readings.bits} of the test part"]
    plural = "documents" if readings.has_documents else "stretches"
    if not readings.baseline:
        said[0] += "."
    else:
        method = total(readings, readings.baseline)
        gain = method.value - own.value
        word = "fewer" if gain > 0 else "more"
        change = f"{percent(abs(gain) / method.value)} {word}" if method.value else word
        verdict = change if apart(own, method) else "not told apart"
        said[0] += f", {readings.baseline} {figure(method.value)}: {verdict}."
    if readings.baseline and parts > 1:
        rates = [readings.rates(name) for name in readings.names]
        better, worse = int((rates[0] < rates[1]).sum()), int((rates[0] > rates[1]).sum())
        text = (
            f"It needs fewer in {count(better)} of {several(parts, readings.example, plural)} and "
            f"more in {count(worse)}"
        )
        close = sign_test(min(better, worse), better + worse) > CHANCE
        said.append(f"{text}, as chance alone could give." if close else f"{text}.")
    if parts > 1:
        rates_own = readings.rates(readings.model)
        low, high = float(rates_own.min()), float(rates_own.max())
        said.append(
            f"Its easiest {readings.example} takes {figure(low)} {readings.bits}, its hardest "
            f"{figure(high)}."
        )
    return tuple(said)
