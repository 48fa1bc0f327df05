"""The error by series: the easiest, the hardest, and how errors spread over all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import figure, headed, literal, percent
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines
from seqtune.figures.numbers import is_wide, numbers
from seqtune.tasks.forecast.evidence.losses import Losses

SHOWN = 20
"""Series at either end that are listed; up to twice as many are all listed."""

WIDE = 30.0
"""Errors that are so many times as large as others stand on a logarithmic axis."""

Floats = npt.NDArray[np.float64]


def series_block(losses: Losses) -> Block | None:
    """Return the error by series; None where fewer than two have one.

    Args:
        losses: In the metric of the run.
    """
    cases = losses.cases
    by_model = {name: losses.of_lines(name) for name in cases.names}
    own = by_model[cases.model]
    order = np.flatnonzero(np.isfinite(own))
    order = order[np.argsort(own[order], kind="stable")]
    if len(order) < 2:
        return None
    if len(order) <= 2 * SHOWN:
        figures: tuple[Bars | Lines, ...] = (
            _bars(losses, by_model, order[::-1].tolist(), headed(f"{losses.title} by series")),
        )
    else:
        figures = (
            _distribution(losses, by_model),
            _bars(losses, by_model, order[::-1][:SHOWN].tolist(), f"The {SHOWN} hardest series"),
            _bars(losses, by_model, order[:SHOWN].tolist(), f"The {SHOWN} easiest series"),
        )
    return Block(
        key="series",
        title="Error by series",
        sentences=_sentences(losses, own, order),
        figures=figures,
    )


def _bars(losses: Losses, by_model: dict[str, Floats], lines: Sequence[int], title: str) -> Bars:
    cases = losses.cases
    return Bars(
        title=title,
        categories=tuple(literal(cases.lines[line]) for line in lines),
        groups=tuple(
            Group(name=name, values=numbers(by_model[name][list(lines)]), role=cases.role(name))
            for name in cases.names
        ),
        y_title=losses.title,
        is_lying=True,
    )


def _distribution(losses: Losses, by_model: dict[str, Floats]) -> Lines:
    """Draw which error each share of the series stays below."""
    shares = np.arange(101)
    lines = []
    for name in losses.cases.names[::-1]:
        known = by_model[name][np.isfinite(by_model[name])]
        values = numbers(np.quantile(known, shares / 100)) if len(known) else ()
        lines.append(Line(name=name, values=values, role=losses.cases.role(name)))
    return Lines(
        title=headed(f"{losses.title} that a share of the series stays below"),
        x=tuple(float(share) for share in shares),
        x_title="share of the series, %",
        y_title=losses.title,
        lines=tuple(lines),
        is_logarithmic=is_wide([value for line in lines for value in line.values], WIDE),
    )


def _sentences(losses: Losses, own: Floats, order: npt.NDArray[np.int64]) -> tuple[str, ...]:
    cases, count = losses.cases, len(order)
    best, worst = int(order[0]), int(order[-1])
    ends = (
        f"{literal(cases.lines[worst])} is the hardest for {cases.model} ({losses.title} "
        f"{figure(own[worst])}), {literal(cases.lines[best])} the easiest ({figure(own[best])})."
    )
    said = [ends]
    if count > 2 * SHOWN:
        middle = float(np.median(own[order]))
        half = f"Half of the {count:,} series have a {losses.title} below {figure(middle)}."
        said.insert(0, half)
        tenth = own[order[-(count // 10) :]]
        total = float(own[order].sum())
        if total > 0:
            share = percent(float(tenth.sum()) / total)
            said.append(f"The hardest tenth of the series makes up {share} of all error.")
        said.append(f"{count - 2 * SHOWN:,} series between the two ends are not listed.")
    missing = len(cases.lines) - count
    if missing:
        said.append(
            f"{missing:,} series are left out: nothing was observed of them in the test part, or "
            f"they never change in training, so that {losses.title} is not defined."
        )
    if cases.left_out:
        said.append(f"{cases.left_out:,} further series are not forecast in the test part.")
    return tuple(said)
