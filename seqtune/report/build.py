"""Reports made from what a run folder holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from seqtune.drawing.chart import ForecastChart
from seqtune.drawing.wording import command
from seqtune.errors import RunError, SeqtuneError
from seqtune.files import damaged
from seqtune.metrics.classify import confusion
from seqtune.report.anomaly_chart import AnomalyChart
from seqtune.report.confusion import ConfusionReport
from seqtune.report.explanation import ExplanationReport
from seqtune.report.fit import FitReport
from seqtune.report.folds import FoldsReport
from seqtune.report.gaps import GapsReport
from seqtune.report.mistakes import MistakesReport, count_mistakes, worst_mistakes
from seqtune.report.runs import RunLine, RunsReport
from seqtune.report.sample import SampleReport
from seqtune.report.scores import Score, ScoresReport
from seqtune.report.surprise import SurpriseReport
from seqtune.run.run import Run
from seqtune.run.untrusted import read_part
from seqtune.tasks._info import info_of
from seqtune.tasks._values import Evaluation

Illustration = ForecastChart | ConfusionReport | AnomalyChart | SampleReport | GapsReport


def fit_report(run: Run) -> FitReport:
    """Return the report of a fit: leaderboard, illustration, verdict, the next command."""
    return FitReport(run.summary, illustration_of(run), next_commands(run), explanation_of(run))


def explanation_of(run: Run) -> ExplanationReport | None:
    """Return what the run's network looks at, or None where that was not measured."""
    path = run.folder / "explanation.json"
    if not path.exists():
        return None
    values = read_part(path)
    try:
        return ExplanationReport.from_dict(values)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise damaged(path, error if isinstance(error, ValueError) else repr(error)) from error


def illustration_of(run: Run) -> Illustration | None:
    """Return what the run kept to be shown of its test part, or None."""
    path = run.folder / "chart.json"
    if not path.exists():
        return None
    values = read_part(path)
    try:
        kind = values.pop("kind", "forecast")
        if kind == "confusion":
            return confusion_of(values)
        if kind == "text":
            return SampleReport.from_dict(values)
        if kind == "gaps":
            return GapsReport.from_dict(values)
        if kind == "anomaly":
            return AnomalyChart.from_dict(values)
        return ForecastChart.from_dict(values)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise damaged(path, repr(error)) from error


def confusion_of(values: Mapping[str, Any]) -> ConfusionReport:
    """Read the confusion that a run kept, which may come from a stranger.

    Raises:
        ValueError: It is not one.
    """
    labels, counts = values["labels"], np.array(values["counts"])
    if not all(isinstance(label, str) for label in labels) or counts.dtype.kind != "i":
        raise ValueError("it holds no counts of labels")
    if (counts < 0).any():
        raise ValueError("it counts less than nothing")
    return ConfusionReport(labels, counts, str(values["title"]))


def next_commands(run: Run) -> list[str]:
    """Return what a user would type next."""
    if run.board.best_searched is None and run.board.best_baseline is None:
        return []
    info = info_of(run.record["task"])
    if info.verb == "generate":
        return commands_to_write(run)
    data = ["NEW.csv"] if info.needs_data else ["FUTURE.csv"] if run.record.get("future") else []
    predict = ("seqtune", "predict", str(run.folder), *data)
    commands = [command(*predict, "-o", "predictions.csv")]
    winner = run.board.winner
    if winner is not None and winner.kind == "baseline" and run.board.best_searched is not None:
        commands.append(command(*predict, "--use", "network", "-o", "predictions.csv"))
    return commands


def commands_to_write(run: Run) -> list[str]:
    """Return what a user would type next to have text written, or a gap filled."""
    write = ("seqtune", "generate", str(run.folder))
    if run.recipe.get("objective") == "fill":
        return [command(*write, "--fill", "Once upon a ___")]
    return [
        command(*write, "--prompt", "Once"),
        command(*write, "--next", "Once upon a"),
    ]


def parts_of(found: Evaluation | None, metric: str) -> list[Any]:
    """Return what is shown below the scores: folds, surprising passages, or confusion."""
    if found is not None and found.folds:
        return [FoldsReport(metric, found.folds, found.unit)]
    if found is not None and found.passages:
        name, scores = next(iter(found.scores.items()))
        return [SurpriseReport(found.passages, name, scores["bits_per_character"])]
    said = None if found is None else found.classified
    if said is None:
        return []
    counts = confusion(said.probabilities, said.targets, is_multi=said.is_multi)
    title = f"Answers of {said.name}"
    worst = worst_mistakes(
        said.probabilities, said.targets, said.labels, said.where, said.text,
        is_multi=said.is_multi,
    )  # fmt: skip
    total = count_mistakes(said.probabilities, said.targets, is_multi=said.is_multi)
    return [ConfusionReport(said.labels, counts, title), MistakesReport(worst, total)]


def scores_report(
    run: Run, data: str, evaluation: Mapping[str, Mapping[str, float]]
) -> ScoresReport:
    """Return the report of `evaluate`."""
    board, found = run.board, run.evaluation
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
        examples=found.examples if found else 0,
        unit=found.unit if found else "window",
        parts=parts_of(found, board.metric),
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
