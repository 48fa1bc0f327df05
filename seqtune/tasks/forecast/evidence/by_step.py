"""The error by step ahead: how fast forecasts become worse, and how long they are worth it."""

from __future__ import annotations

import numpy as np

from seqtune.drawing.wording import figure, headed, several
from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines
from seqtune.figures.numbers import numbers
from seqtune.figures.value import MOST_POINTS
from seqtune.tasks.forecast.evidence.cases import Cases
from seqtune.tasks.forecast.evidence.losses import Losses, absolute_errors
from seqtune.tasks.forecast.evidence.told_apart import Outcomes, outcomes, untested


def steps_block(losses: Losses, unit: str = "") -> Block | None:
    """Return the error by step ahead; None where one step is forecast.

    Args:
        losses: In the metric of the run.
        unit: Name of the target, where all windows are of one: errors are shown in its unit too.
    """
    cases = losses.cases
    if cases.horizon < 2:
        return None
    figures = [_figure(losses, headed(f"{losses.title} by step ahead"), losses.title)]
    if unit and not cases.counts:
        own = absolute_errors(cases, f"mean absolute error, {unit}")
        figures.append(_figure(own, "The same in the unit of the data", own.title))
    return Block(
        key="steps",
        title="Error by step ahead",
        sentences=(*_growth(losses), *_comparison(losses)),
        figures=tuple(figures),
    )


def _figure(losses: Losses, title: str, y_title: str) -> Lines:
    cases = losses.cases
    shown = min(cases.horizon, MOST_POINTS)
    groups = _by_step(cases)
    return Lines(
        title=title,
        x=tuple(float(step) for step in range(1, shown + 1)),
        x_title="step ahead",
        y_title=y_title,
        lines=tuple(
            Line(
                name=name,
                values=numbers(losses.means(name, groups, cases.horizon).values[:shown]),
                role=cases.role(name),
            )
            for name in cases.names[::-1]
        ),
    )


def _by_step(cases: Cases) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.broadcast_to(np.arange(cases.horizon), cases.actual.shape)


def _growth(losses: Losses) -> tuple[str, ...]:
    """Say how the model's error changes from the first step to the last."""
    cases = losses.cases
    values = losses.means(cases.model, _by_step(cases), cases.horizon).values
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        return ()
    first, last = int(known[0]), int(known[-1])
    change = values[last] - values[first]
    way = "grows" if change > 0 else "falls" if change < 0 else "goes"
    return (
        f"The {losses.title} of {cases.model} {way} from {figure(values[first])} at step "
        f"{first + 1} to {figure(values[last])} at step {last + 1}.",
    )


def _comparison(losses: Losses) -> tuple[str, ...]:
    """Say at which steps the model is better than the simple method."""
    cases = losses.cases
    if not cases.baseline:
        return ()
    groups = _by_step(cases)
    method = losses.means(cases.baseline, groups, cases.horizon).values
    found = outcomes(losses.gains(groups, cases.horizon), method)
    return (step_sentence(cases.model, cases.baseline, found), *untested(found))


def step_sentence(model: str, method: str, found: Outcomes) -> str:
    """Say at which steps one of two models is better.

    Args:
        model: The model.
        method: The simple method.
        found: How each step came out.

    Example:
        >>> step_sentence("ensemble", "naive", Outcomes(np.array([1, 1, 0, -1]), True))
        'ensemble is better than naive up to step 2; from step 3 on it is no better.'
    """
    signs, steps = found.signs, len(found.signs)
    for sign, word in ((1, "better"), (-1, "worse")):
        if (signs == sign).all():
            return f"{model} is {word} than {method} at every step ahead."
    if not signs.any():
        apart = "told apart" if found.is_tested else "more than 1 % apart"
        return f"At no step ahead are {model} and {method} {apart}."
    if found.better and (signs[: found.better] == 1).all():
        return (
            f"{model} is better than {method} up to step {found.better}; from step "
            f"{found.better + 1} on it is no better."
        )
    if found.better and (signs[-found.better :] == 1).all():
        return (
            f"{model} is no better than {method} up to step {steps - found.better}; from step "
            f"{steps - found.better + 1} on it is better."
        )
    rest = steps - found.better - found.worse
    said = (
        f"{model} is better than {method} at {found.better} of {several(steps, 'step')} ahead, "
        f"worse at {found.worse}"
    )
    word = "not told apart" if found.is_tested else "about as good"
    return f"{said}, and {word} at the other {rest}." if rest else f"{said}."
