"""Learning curves: how the score of each trial went from epoch to epoch."""

from __future__ import annotations

from seqtune.drawing.wording import better, count, headed, metric_name
from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines
from seqtune.figures.numbers import is_wide
from seqtune.report.blocks.settings import scored
from seqtune.report.blocks.verdict import baseline_level
from seqtune.run.run import Run

MOST_CURVES = 60

WIDE = 4
"""Where the largest score is more times the least one, the axis is logarithmic."""


def curves_block(run: Run) -> Block | None:
    """Return the learning curves; None where no trial has more than one epoch."""
    trials = [trial for trial in scored(run.trials) if len(trial.get("scores", ())) > 1]
    if not trials:
        return None
    board = run.board
    sign = -1 if board.direction == "max" else 1
    trials.sort(key=lambda trial: sign * float(trial["score"]))
    shown = trials[:MOST_CURVES]
    longest = min(20_000, max(len(trial["scores"]) for trial in shown))
    lines = [
        Line(
            name=trial["trial"],
            values=tuple(float(score) for score in trial["scores"][:longest]),
            role="model" if place == 0 else "other",
        )
        for place, trial in enumerate(shown)
    ]
    level, name = baseline_level(board)
    values = [value for line in lines for value in line.values]
    cut = (
        f" The best {count(MOST_CURVES)} of {count(len(trials))}."
        if len(trials) > MOST_CURVES
        else ""
    )
    metric = metric_name(board.metric)
    return Block(
        key="curves",
        title="Learning curves",
        figures=(
            Lines(
                title=headed(f"{metric} on the validation part, by epoch"),
                caption=f"A line per trial, {lines[0].name} the best of them; "
                f"{better(board.direction)} is better.{cut}",
                x=tuple(float(epoch) for epoch in range(1, longest + 1)),
                x_title="epoch",
                y_title=metric,
                lines=tuple(lines),
                level=level,
                level_name=name,
                level_role="baseline",
                is_logarithmic=board.direction == "min" and is_wide([*values, level], WIDE),
            ),
        ),
    )
