"""The model against the simple method, a point for each series."""

from __future__ import annotations

import numpy as np

from seqtune.drawing.wording import headed, literal, percent
from seqtune.figures.block import Block
from seqtune.figures.numbers import is_wide, numbers
from seqtune.figures.points import Cloud, Points
from seqtune.figures.value import MOST_POINTS
from seqtune.metrics.sign_test import CHANCE, sign_test
from seqtune.tasks.forecast.evidence.by_series import WIDE
from seqtune.tasks.forecast.evidence.losses import Losses

FEWEST = 3
"""Fewer series are compared as bars alone."""


def skill_block(losses: Losses) -> Block | None:
    """Return the errors of both models by series; None without a simple method or for few series.

    Args:
        losses: In the metric of the run.
    """
    cases = losses.cases
    if not cases.baseline:
        return None
    method, model = losses.of_lines(cases.baseline), losses.of_lines(cases.model)
    known = np.flatnonzero(np.isfinite(method) & np.isfinite(model))[:MOST_POINTS]
    if len(known) < FEWEST:
        return None
    x, y = numbers(method[known]), numbers(model[known])
    places = tuple(place for place in x if place is not None)
    if len(places) < len(x):
        return None
    figure = Points(
        title=headed(f"{losses.title} of each series"),
        caption=f"Below the diagonal {cases.model} is better.",
        clouds=(
            Cloud(
                name="series",
                x=places,
                y=y,
                labels=tuple(literal(cases.lines[line]) for line in known),
                role="model",
            ),
        ),
        x_title=f"{losses.title} of {cases.baseline}",
        y_title=f"{losses.title} of {cases.model}",
        is_x_logarithmic=is_wide((*x, *y), WIDE),
        is_y_logarithmic=is_wide((*x, *y), WIDE),
        is_diagonal=True,
    )
    better = int((model[known] < method[known]).sum())
    worse = int((model[known] > method[known]).sum())
    return Block(
        key="skill",
        title=f"Series by series: {cases.model} against {cases.baseline}",
        sentences=(skill_sentence(cases.model, cases.baseline, better, worse, len(known)),),
        figures=(figure,),
    )


def skill_sentence(model: str, method: str, better: int, worse: int, count: int) -> str:
    """Say for how many series a model is better, and whether chance would do as much.

    Args:
        model: The model.
        method: The simple method.
        better: Series in which the model is better.
        worse: Series in which it is worse.
        count: All series.

    Example:
        >>> skill_sentence("ensemble", "naive", 6, 4, 10)
        'ensemble is better than naive on 6 of 10 series (60.0 %), as chance alone could give.'
    """
    share = percent(better / count)
    said = f"{model} is better than {method} on {better:,} of {count:,} series ({share})"
    if sign_test(min(better, worse), better + worse) > CHANCE:
        return f"{said}, as chance alone could give."
    return f"{said}, {'more' if better > worse else 'fewer'} than chance alone would give."
