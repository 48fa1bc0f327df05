"""Whether intervals hold what they promise: nominal against observed coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import percent
from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines
from seqtune.figures.numbers import numbers
from seqtune.figures.value import MOST_POINTS
from seqtune.tasks._compared import ERRORS
from seqtune.tasks.forecast.evidence.cases import Cases
from seqtune.tasks.forecast.evidence.means import Means, grouped_means
from seqtune.tasks.forecast.evidence.told_apart import UNTESTED

Floats = npt.NDArray[np.float64]

ROUNDING = 1e-9


@dataclass(frozen=True)
class Interval:
    """What the interval from the lowest to the highest level holds.

    Args:
        nominal: The share that it promises.
        observed: The share that it holds.
        error: Standard error of that; NaN where it is not known.
    """

    nominal: float
    observed: float
    error: float

    @property
    def verdict(self) -> str:
        """What to make of it, as far as chance lets one say; empty where nothing is known."""
        if not np.isfinite(self.error):
            return ""
        distance = self.observed - self.nominal
        if abs(distance) <= max(ERRORS * self.error, ROUNDING):
            return "as wide as it should be, as far as these data tell"
        return "too wide" if distance > 0 else "too narrow"


def intervals_block(cases: Cases) -> Block | None:
    """Return how often what came was below each quantile; None where only the median is given.

    Args:
        cases: The windows.
    """
    if len(cases.levels) < 2 or not cases.observed.any():
        return None
    figures = [_reliability(cases)]
    if cases.horizon > 1:
        figures.append(_by_step(cases))
    return Block(
        key="intervals",
        title="What intervals hold",
        sentences=_sentences(cases),
        figures=tuple(figures),
    )


def _reliability(cases: Cases) -> Lines:
    """Draw observed against nominal shares of what lies at or below each quantile."""
    lines = []
    for name in cases.names[::-1]:
        below = [
            _shares(cases, cases.actual <= cases.quantiles[name][..., place]).values[0]
            for place in range(len(cases.levels))
        ]
        lines.append(Line(name=name, values=numbers(np.array(below)), role=cases.role(name)))
    return Lines(
        title="Share of what came that is at or below each quantile",
        caption="On the diagonal, quantiles keep their word.",
        x=tuple(float(level) for level in cases.levels),
        x_title="quantile",
        y_title="share observed at or below it",
        lines=tuple(lines),
        is_diagonal=True,
    )


def _by_step(cases: Cases) -> Lines:
    shown = min(cases.horizon, MOST_POINTS)
    steps = np.broadcast_to(np.arange(cases.horizon), cases.actual.shape)
    lines = tuple(
        Line(
            name=name,
            values=numbers(_shares(cases, _inside(cases, name), steps).values[:shown]),
            role=cases.role(name),
        )
        for name in cases.names[::-1]
    )
    return Lines(
        title=f"Share within {_span(cases)} by step ahead",
        x=tuple(float(step) for step in range(1, shown + 1)),
        x_title="step ahead",
        y_title="share observed within",
        lines=lines,
        level=_nominal(cases),
        level_name="promised",
    )


def _sentences(cases: Cases) -> tuple[str, ...]:
    own = interval_of(cases, cases.model)
    promised = f"{100 * own.nominal:.4g} %"
    said = (
        f"The {promised} interval of {cases.model} ({_span(cases)}) holds "
        f"{percent(own.observed)} of what came"
    )
    if cases.baseline:
        other = interval_of(cases, cases.baseline)
        said += f", that of {cases.baseline} {percent(other.observed)}"
    sentences = [f"{said}."]
    if cases.counts:
        sentences.append(
            "Values are whole numbers, and many are equal to a quantile: more of them lie at or "
            "below it, and within the interval, than its level says."
        )
    elif own.verdict:
        sentences.append(f"The interval of {cases.model} is {own.verdict}.")
    else:
        sentences.append(UNTESTED)
    return tuple(sentences)


def interval_of(cases: Cases, name: str) -> Interval:
    """Return what the widest interval of a model holds.

    Args:
        cases: The windows, of two levels at least.
        name: The model.
    """
    means = _shares(cases, _inside(cases, name))
    return Interval(_nominal(cases), float(means.values[0]), float(means.errors[0]))


def _inside(cases: Cases, name: str) -> npt.NDArray[np.bool_]:
    said = cases.quantiles[name]
    return np.asarray((said[..., 0] <= cases.actual) & (cases.actual <= said[..., -1]))


def _shares(
    cases: Cases,
    held: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int64] | None = None,
) -> Means:
    """Return the share of observed steps at which something holds, over all or by group."""
    number = 1 if groups is None else cases.horizon
    places = np.zeros(held.shape, np.int64) if groups is None else groups
    values = np.where(cases.observed, held.astype(np.float64), np.nan)
    return grouped_means(values, np.ones(len(held)), places, cases.blocks, number)


def _nominal(cases: Cases) -> float:
    return float(round(cases.levels[-1] - cases.levels[0], 10))


def _span(cases: Cases) -> str:
    return f"q{cases.levels[0]:g} to q{cases.levels[-1]:g}"
