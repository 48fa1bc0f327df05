"""A passage of the test part with the surprise of each token, and the most surprising ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import figure, visible
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.numbers import numbers
from seqtune.figures.passage import Passage, Piece
from seqtune.tasks._cut_text import cut_text
from seqtune.tasks.generate.evidence.reading import Ints, Readings
from seqtune.tasks.generate.surprise import passages

LENGTH = 700
"""Characters of the passage."""

MOST = 10
"""Passages that are listed, of the most and of the least surprising."""

FINE, COARSE = 8.0, 16.0
"""Bits of a character, and of a longer token, that stand out most."""


def surprise_block(readings: Readings) -> Block | None:
    """Return the surprise of each token of a typical passage; None where no text can be shown.

    Args:
        readings: What models found likely.
    """
    size = min(len(readings.text), readings.characters)
    if not size:
        return None
    text = readings.text[:size]
    bounds = passages(text)
    rates = {
        name: readings.by_model[name].between(bounds) / np.diff(bounds) for name in readings.names
    }
    first = typical(bounds, rates[readings.model])
    begin = int(bounds[first])
    end = min(size, begin + LENGTH)
    said = [
        f"The less {readings.model} expected a token, the stronger it is marked: one of "
        "probability 1/2 is one bit, each further bit halves that."
    ]
    figures: list[Passage | Grid] = [_passage(readings, text, begin, end)]
    if len(bounds) > 2:
        order = np.argsort(-rates[readings.model], kind="stable")
        figures.append(_grid(readings, text, bounds, rates, order[:MOST], "most"))
        figures.append(_grid(readings, text, bounds, rates, order[::-1][:MOST], "least"))
    return Block(
        key="surprise",
        title="What surprises in text that was held out",
        sentences=tuple(said),
        figures=tuple(figures),
    )


def typical(bounds: Ints, rates: npt.NDArray[np.float64]) -> int:
    """Return the number of a passage that costs about what most do, and has text behind it.

    Args:
        bounds: (passages + 1,) where each begins, and the end of the text.
        rates: (passages,) bits per character of each.
    """
    enough = np.flatnonzero(bounds[-1] - bounds[:-1] >= LENGTH)
    if not len(enough):
        return 0
    return int(enough[np.argmin(np.abs(rates[enough] - np.median(rates)))])


def _passage(readings: Readings, text: str, begin: int, end: int) -> Passage:
    cuts = np.array([begin, *readings.by_model[readings.model].ends(begin, end), end])
    bits = {name: readings.by_model[name].between(cuts) for name in readings.names}
    most = FINE if readings.is_fine else COARSE
    pieces = []
    for at in range(len(cuts) - 1):
        note = ", ".join(f"{name} {bits[name][at]:.1f} bits" for name in readings.names)
        own = float(bits[readings.model][at])
        pieces.append(
            Piece(
                text=visible(text[cuts[at] : cuts[at + 1]]),
                weight=round(min(1.0, max(0.0, own / most)), 3),
                note=note,
            )
        )
    rates = [f"{name} {figure(bits[name].sum() / (end - begin))}" for name in readings.names]
    return Passage(
        title=f"A passage of the test part, from its character {begin + 1:,} on",
        caption=f"Bits per character here: {', '.join(rates)}.",
        pieces=tuple(pieces),
        legend=f"Strongest: {most:g} bits and more.",
    )


def _grid(
    readings: Readings,
    text: str,
    bounds: Ints,
    rates: dict[str, npt.NDArray[np.float64]],
    chosen: Ints,
    which: str,
) -> Grid:
    rows, keys = [], []
    for at in chosen.tolist():
        shown = [float(rates[name][at]) for name in readings.names]
        part = cut_text(text[bounds[at] : bounds[at + 1]].strip(), 300)
        rows.append((f"{bounds[at] + 1:,}", part, *map(figure, shown)))
        keys.append((float(bounds[at]), None, *numbers(shown)))
    return Grid(
        title=f"Passages that {readings.model} expected {'least' if which == 'most' else 'most'}",
        headings=(
            Heading(text="character", is_numeric=True),
            Heading(text="passage"),
            *(Heading(text=f"bits per character, {n}", is_numeric=True) for n in readings.names),
        ),
        rows=tuple(rows),
        keys=tuple(keys),
    )
