"""Forecasts one by one: what went before, what came, and what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import figure, literal
from seqtune.figures.block import Block
from seqtune.figures.lines import Band, Line, Lines
from seqtune.figures.numbers import numbers
from seqtune.tasks.forecast.evidence.choice import Choice
from seqtune.tasks.forecast.evidence.losses import Losses

MOST_STEPS = 1_000
"""Steps ahead that are drawn at most."""


@dataclass(frozen=True)
class Stretch:
    """What is drawn of one window besides the forecasts.

    Args:
        times: (history + steps,) labels.
        history: (history,) values before the window, NaN where none was observed.
        target: Name of the target.
    """

    times: Sequence[str]
    history: npt.NDArray[np.float64]
    target: str


def gallery_block(
    losses: Losses, choices: Sequence[Choice], stretches: Sequence[Stretch], x_title: str
) -> Block | None:
    """Return forecasts of chosen windows; None where there are none.

    Args:
        losses: Of the windows, in the metric of the run.
        choices: Which are shown.
        stretches: What surrounds each of them.
        x_title: Name of the time column.
    """
    if not choices:
        return None
    figures = tuple(
        _figure(losses, choice, stretch, x_title)
        for choice, stretch in zip(choices, stretches, strict=True)
    )
    sentences = tuple(filter(None, (_what(losses, choices), _cut(losses))))
    return Block(
        key="forecasts",
        title="Forecasts beside what came",
        sentences=sentences,
        figures=figures,
        is_gallery=True,
    )


def _what(losses: Losses, choices: Sequence[Choice]) -> str:
    """Say what is shown, and of how many."""
    cases = losses.cases
    model, lines = cases.model, len(cases.lines)
    if lines == 1:
        windows = len(cases.line)
        if windows == 1:
            return "The test part holds one stretch to forecast; this is it."
        return (
            f"The latest of {windows:,} stretches of the test part, and those that {model} "
            "forecast best, typically (half of the errors are smaller) and worst, by "
            f"{losses.title}."
        )
    if not choices[0].name:
        return "The latest stretch of the test part of every series."
    return (
        f"{len(choices)} of {lines:,} series, each with the latest stretch of its test part: where "
        f"the {losses.title} of {model} is smallest, a quarter, half and three quarters of the way "
        "through, and largest."
    )


def _cut(losses: Losses) -> str:
    horizon = losses.cases.horizon
    if horizon <= MOST_STEPS:
        return ""
    return f"The first {MOST_STEPS:,} of {horizon:,} steps are drawn."


def _figure(losses: Losses, choice: Choice, stretch: Stretch, x_title: str) -> Lines:
    """Draw one window."""
    cases, window = losses.cases, choice.window
    steps, before = min(cases.horizon, MOST_STEPS), len(stretch.history)
    came = np.where(cases.observed[window], cases.actual[window], np.nan)[:steps]
    bands = []
    if len(cases.levels) > 1:
        said = cases.quantiles[cases.model][window, :steps]
        name = f"{cases.model}, q{cases.levels[0]:g} to q{cases.levels[-1]:g}"
        lower, upper = numbers(said[:, 0]), numbers(said[:, -1])
        bands.append(Band(name=name, lower=lower, upper=upper, start=before))
    forecasts = [
        Line(
            name=name,
            values=numbers(cases.median(name)[window, :steps]),
            start=before,
            role=cases.role(name),
        )
        for name in cases.names[::-1]
    ]
    actual = numbers(np.concatenate([stretch.history, came]))
    return Lines(
        title=_title(cases.lines[int(cases.line[window])], choice, stretch),
        caption=_caption(losses, window),
        x=tuple(stretch.times[: before + steps]),
        x_title=x_title,
        y_title=literal(stretch.target),
        lines=(Line(name="actual", values=actual, role="actual"), *forecasts),
        bands=tuple(bands),
    )


def _title(line: str, choice: Choice, stretch: Stretch) -> str:
    first = stretch.times[len(stretch.history)]
    name = literal(line)
    if not choice.name:
        return f"{name} from {first}"
    return f"{choice.name[:1].upper()}{choice.name[1:]}: {name} from {first}"


def _caption(losses: Losses, window: int) -> str:
    """Give the figures of the window for each model."""
    figures = [
        f"{figure(float(losses.of_each(name)[window]))} of {name}"
        for name in losses.cases.names
        if np.isfinite(losses.of_each(name)[window])
    ]
    return f"{losses.title} {', '.join(figures)}." if figures else ""
