"""Reports made from what a run folder holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqtune.errors import RunError, SeqtuneError
from seqtune.files import damaged
from seqtune.report.chart import ForecastChart
from seqtune.report.fit import FitReport
from seqtune.report.runs import RunLine, RunsReport
from seqtune.report.scores import Score, ScoresReport
from seqtune.report.wording import command
from seqtune.run.run import Run
from seqtune.run.untrusted import read_part


def fit_report(run: Run) -> FitReport:
    """Return the report of a fit: leaderboard, chart, verdict, the next command."""
    return FitReport(run.summary, chart_of(run), next_commands(run))


def chart_of(run: Run) -> ForecastChart | None:
    """Return the chart that the run kept, or None."""
    path = run.folder / "chart.json"
    if not path.exists():
        return None
    try:
        return ForecastChart.from_dict(read_part(path))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise damaged(path, repr(error)) from error


def next_commands(run: Run) -> list[str]:
    """Return what a user would type next."""
    if run.board.best_searched is None and run.board.best_baseline is None:
        return []
    future = run.record.get("future", [])
    data = ["FUTURE.csv"] if future else []
    predict = ("seqtune", "predict", str(run.folder), *data)
    commands = [command(*predict, "-o", "predictions.csv")]
    winner = run.board.winner
    if winner is not None and winner.kind == "baseline":
        commands.insert(0, command(*predict, "--use", winner.name, "-o", "predictions.csv"))
    return commands


def scores_report(
    run: Run, data: str, evaluation: Mapping[str, Mapping[str, float]]
) -> ScoresReport:
    """Return the report of `evaluate`."""
    board = run.board
    kinds: dict[str, Any] = {row.name: row.kind for row in board.rows}
    scores = [
        Score(name, kinds.get(name, "network"), dict(metrics))
        for name, metrics in evaluation.items()
    ]
    return ScoresReport(
        run=str(run.folder),
        data=data,
        metric=board.metric,
        direction=board.direction,
        scores=scores,
        windows=run.evaluated_windows,
    )


def runs_report(folder: str | Path) -> RunsReport:
    """Return a line for each run in a folder, damaged ones included.

    Raises:
        RunError: There is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise RunError(f"there is no folder {root}", "seqtune fit DATA --task TASK")
    lines = []
    for path in sorted(root.iterdir()):
        if not (path / "run.json").exists():
            continue
        try:
            run = Run(path)
            lines.append(RunLine.of(run.summary, str(run.record.get("began", ""))))
        except SeqtuneError as error:
            lines.append(RunLine(name=str(path), status="damaged", reason=error.message))
    return RunsReport(str(root), lines)
