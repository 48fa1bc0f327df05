"""What the run cost: seconds, hours of cores, parameters, and what they bought."""

from __future__ import annotations

import math
from collections.abc import Iterator

from seqtune.drawing.wording import better, count, duration, figure, headed, metric_name
from seqtune.figures.block import AnyFigure, Block
from seqtune.figures.facts import Facts
from seqtune.figures.numbers import is_wide
from seqtune.figures.points import Cloud, Points
from seqtune.run.fitted import Fitted
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.summary import Summary

WIDE = 20
"""Where the largest figure is more times the least one, the axis is logarithmic."""

FASTEST = 1e-3
"""Seconds below which times are not told apart on the chart."""


def cost_block(run: Fitted, summary: Summary | None) -> Block:
    """Return what the run cost.

    Args:
        run: A run, or a bundle.
        summary: What a run came to; None for a bundle, which does not say.
    """
    pairs = list(_pairs(summary)) if summary is not None else []
    for title, row in (("winner", run.board.winner), ("best network", run.board.best_network)):
        if row is not None and row.parameters is not None:
            pairs.append((f"parameters of the {title}", count(row.parameters)))
    figures: list[AnyFigure] = []
    if pairs:
        figures.append(Facts(title="", pairs=tuple(pairs)))
    if (chart := worth(run.board)) is not None:
        figures.append(chart)
    return Block(key="cost", title="What it cost", figures=tuple(figures))


def _pairs(summary: Summary) -> Iterator[tuple[str, str]]:
    seconds = summary.seconds
    for title, key in (("in all", "total"), ("search", "search"), ("training steps", "training")):
        if key in seconds:
            yield f"{title}, wall time" if key != "training" else title, duration(seconds[key])
    if summary.budget_seconds:
        yield "budget", duration(summary.budget_seconds)
    busy = math.fsum(float(worker.get("busy", 0.0)) for worker in summary.workers)
    if busy:
        yield "workers", count(len(summary.workers))
        yield "hours of workers", figure(busy / 3600)
    for status, number in summary.trials.items():
        if number:
            yield f"trials {status}", count(number)


def worth(board: Leaderboard) -> Points | None:
    """Return the figure on the test part by the time to fit; None where there is one model."""
    rows = [
        row
        for row in board.ranked()
        if math.isfinite(board.test_score(row)) and math.isfinite(row.fit_seconds)
    ]
    if len(rows) < 2:
        return None
    name = metric_name(board.metric)

    def cloud(title: str, role: str, is_baseline: bool) -> Cloud:
        chosen = [row for row in rows if (row.kind == "baseline") is is_baseline]
        return Cloud.model_validate(
            {
                "name": title,
                "x": [max(FASTEST, row.fit_seconds) for row in chosen],
                "y": [board.test_score(row) for row in chosen],
                "labels": [row.name for row in chosen],
                "role": role,
            }
        )

    clouds = (
        cloud("networks and ensembles", "model", False),
        cloud("simple methods", "baseline", True),
    )
    values = [board.test_score(row) for row in rows]
    return Points(
        title=headed(f"{name} on the test part, by the time to fit"),
        caption=f"{better(board.direction).capitalize()} is better.",
        clouds=tuple(each for each in clouds if each.x),
        x_title="seconds to fit",
        y_title=name,
        is_x_logarithmic=True,
        is_y_logarithmic=is_wide(values, WIDE),
    )
