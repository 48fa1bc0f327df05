"""The error by hour and weekday, or by month: when forecasts go wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import figure, headed
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.matrix import Matrix
from seqtune.figures.numbers import numbers
from seqtune.tasks.forecast.evidence.cycles import Cycle
from seqtune.tasks.forecast.evidence.losses import Losses
from seqtune.tasks.forecast.evidence.means import Means, grouped_means
from seqtune.tasks.forecast.evidence.told_apart import outcomes

ERRORS_OF_MANY = 3.0
"""The most extreme of many places is only named where it is so many standard errors away."""

FEWEST_ROWS = 5
"""Weekdays that make a matrix beside the hours; fewer are left to bars."""

Ints = npt.NDArray[np.int64]


def calendar_block(losses: Losses, cycles: Sequence[Cycle]) -> Block | None:
    """Return the error by the places of the calendar; None where there is no calendar.

    Args:
        losses: In the metric of the run.
        cycles: From `cycles_of`; hours before weekdays.
    """
    if not cycles or not any(np.isfinite(each).any() for each in losses.by_model.values()):
        return None
    figures: list[Bars | Matrix] = []
    if len(cycles) > 1 and len(cycles[1].categories) >= FEWEST_ROWS:
        figures += _matrices(losses, cycles[1], cycles[0])
    figures += [_bars(losses, cycle) for cycle in cycles]
    said = [each for cycle in cycles for each in _sentences(losses, cycle)]
    sentences = tuple(dict.fromkeys(said))
    return Block(
        key="calendar",
        title="Error by " + " and ".join(cycle.name for cycle in cycles),
        sentences=(*sentences, *_confounded(losses, cycles[0])),
        figures=tuple(figures),
    )


def _bars(losses: Losses, cycle: Cycle) -> Bars:
    number = len(cycle.categories)
    groups = []
    for name in losses.cases.names:
        means = losses.means(name, cycle.places, number, cycle.turns)
        errors = numbers(means.errors) if np.isfinite(means.errors).any() else ()
        role = losses.cases.role(name)
        groups.append(Group(name=name, values=numbers(means.values), errors=errors, role=role))
    return Bars(
        title=headed(f"{losses.title} by {cycle.name}"),
        categories=cycle.categories,
        groups=tuple(groups),
        x_title=cycle.name,
        y_title=losses.title,
    )


def _matrices(losses: Losses, rows: Cycle, columns: Cycle) -> list[Matrix]:
    """Draw the model's error by both cycles, and how it differs from the simple method's."""
    cases, shape = losses.cases, (len(rows.categories), len(columns.categories))
    cells = rows.places * shape[1] + columns.places
    number = shape[0] * shape[1]
    own = losses.means(cases.model, cells, number).values.reshape(shape)
    found = [_matrix(losses, rows, columns, own, headed(f"{losses.title} of {cases.model}"))]
    if cases.baseline:
        more = -losses.gains(cells, number).values.reshape(shape)
        title = f"How much higher than the {losses.title} of {cases.baseline}"
        found.append(_matrix(losses, rows, columns, more, title, is_difference=True))
    return found


def _matrix(
    losses: Losses,
    rows: Cycle,
    columns: Cycle,
    values: npt.NDArray[np.float64],
    title: str,
    *,
    is_difference: bool = False,
) -> Matrix:
    caption = f"Below 0, {losses.cases.model} is better." if is_difference else ""
    return Matrix(
        title=title,
        caption=caption,
        rows=rows.categories,
        columns=columns.categories,
        values=tuple(numbers(row, 4) for row in values),
        row_title=rows.name,
        column_title=columns.name,
        unit=losses.title,
        scale="diverging" if is_difference else "sequential",
    )


def _sentences(losses: Losses, cycle: Cycle) -> list[str]:
    """Name the place where the error is largest, if that is no chance; compare both models."""
    cases, number = losses.cases, len(cycle.categories)
    means = losses.means(cases.model, cycle.places, number)
    above = above_steps(losses, cycle)
    said = []
    usable = np.isfinite(above.values) & np.isfinite(above.errors)
    if usable.any():
        worst = int(np.argmax(np.where(usable, above.values, -np.inf)))
        if above.values[worst] > ERRORS_OF_MANY * above.errors[worst]:
            usual = means.values[worst] - above.values[worst]
            said.append(
                f"{cases.model} errs most at {cycle.name} {cycle.categories[worst]}: "
                f"{losses.title} {figure(means.values[worst])}, against {figure(usual)} as many "
                f"steps ahead at any {cycle.name}."
            )
        else:
            said.append(f"No {cycle.name} stands out by more than chance would give.")
    if cases.baseline:
        method = losses.means(cases.baseline, cycle.places, number).values
        found = outcomes(losses.gains(cycle.places, number, cycle.turns), method)
        if found.is_tested:
            rest = number - found.better - found.worse
            said.append(
                f"Against {cases.baseline} it is better at {found.better} of {number} "
                f"{cycle.name}s, worse at {found.worse}, and not told apart at {rest}."
            )
    return said or [
        f"The test part is too short to say whether one {cycle.name} is harder than another."
    ]


def above_steps(losses: Losses, cycle: Cycle) -> Means:
    """Return by how much errors at each place are above those of as many steps ahead elsewhere.

    Where all forecasts begin at midnight, hours are steps ahead: no hour then stands out.

    Args:
        losses: Those of the model count.
        cycle: The places.
    """
    cases, weights = losses.cases, losses.weights
    steps = np.broadcast_to(np.arange(cases.horizon), cases.actual.shape)
    usual = losses.means(cases.model, steps, cases.horizon).values
    surplus = losses.by_model[cases.model] - usual * weights[:, None]
    return grouped_means(surplus, weights, cycle.places, cycle.turns, len(cycle.categories))


def _confounded(losses: Losses, cycle: Cycle) -> tuple[str, ...]:
    """Say that places cannot be told from steps ahead, where all forecasts begin at one place."""
    starts = np.unique(cycle.places[:, 0])
    if len(starts) > 1 or losses.cases.horizon < 2:
        return ()
    return (
        f"All forecasts begin at the same {cycle.name}, {cycle.categories[int(starts[0])]}: what "
        f"is due to the {cycle.name} cannot be told from what is due to the step ahead.",
    )
