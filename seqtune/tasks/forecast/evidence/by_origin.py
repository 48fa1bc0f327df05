"""The error by when the forecast was made: whether some stretch of time went worse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.drawing.wording import figure, headed, several
from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines
from seqtune.figures.numbers import numbers
from seqtune.tasks.forecast.evidence.losses import Losses

FEWEST = 5
"""Fewer forecasts are no course of time."""


def origins_block(losses: Losses, times: Sequence[str], x_title: str) -> Block | None:
    """Return the error of each window of one line by its first step; None where there are few.

    Args:
        losses: In the metric of the run, of windows of one line.
        times: (windows,) time of each window's first step.
        x_title: Name of the time column.
    """
    cases = losses.cases
    order = np.argsort(cases.start, kind="stable")
    error = losses.of_each(cases.model)[order]
    known = np.flatnonzero(np.isfinite(error))
    if len(known) < FEWEST:
        return None
    best, worst = (int(known[pick(error[known])]) for pick in (np.argmin, np.argmax))
    named = [times[int(place)] for place in order]
    return Block(
        key="origins",
        title="Error by when the forecast began",
        sentences=(
            f"The forecast of {cases.model} from {named[worst]} went worst ({losses.title} "
            f"{figure(error[worst])}), that from {named[best]} best ({figure(error[best])}).",
        ),
        figures=(
            Lines(
                title=headed(
                    f"{losses.title} of the {several(cases.horizon, 'step')} from there on"
                ),
                x=tuple(named),
                x_title=x_title,
                y_title=losses.title,
                lines=tuple(
                    Line(
                        name=name,
                        values=numbers(losses.of_each(name)[order]),
                        role=cases.role(name),
                    )
                    for name in cases.names[::-1]
                ),
            ),
        ),
    )
