"""Reports made from what a run folder holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

from seqtune.drawing.part import ReportPart
from seqtune.drawing.wording import command
from seqtune.errors import RunError, SeqtuneError
from seqtune.files import MALFORMED, damaged
from seqtune.report.bundle import BundleReport
from seqtune.report.comparison import ComparisonReport
from seqtune.report.drift import DriftReport
from seqtune.report.fit import FitReport
from seqtune.report.runs import RunLine, RunsReport
from seqtune.report.scores import Score, ScoresReport
from seqtune.run.bundle import Bundle
from seqtune.run.fitted import Fitted
from seqtune.run.folder import RECORD, died_early
from seqtune.run.run import Run
from seqtune.run.untrusted import read_part
from seqtune.tasks._info import Usage, info_of, task_module

DIED = "a fit died here before its data was prepared: {}"


def fit_report(run: Run) -> FitReport:
    """Return the report of a fit: leaderboard, illustration, verdict, the next command."""
    usage = usage_of(run)
    has_model = run.board.best_searched or run.board.best_baseline
    return FitReport(
        run.summary,
        kept_part(run, "chart.json"),
        [command(*words) for words in usage.commands] if has_model else [],
        kept_part(run, "explanation.json"),
        usage.verb,
        None if run.comparison is None else ComparisonReport(run.comparison, str(run.folder)),
    )


def bundle_report(bundle: Bundle) -> BundleReport:
    """Return the report of a bundle: its row, the leaderboard, the next command."""
    usage = usage_of(bundle)
    return BundleReport(
        str(bundle.path),
        bundle.record["task"],
        bundle.only,
        bundle.board,
        str(bundle.record["data"].get("path") or ""),
        str(bundle.record.get("exported", "")),
        [command(*words) for words in usage.commands[:1]],
    )


def kept_part(run: Run, name: str) -> ReportPart | None:
    """Read what a run kept to be shown, by the task that wrote it; None where there is nothing.

    Args:
        run: The run.
        name: A file of the run folder, which may come from a stranger.

    Raises:
        RunError: The file is damaged.
    """
    path = run.folder / name
    if not path.exists():
        return None
    values = read_part(path)
    if values == {}:
        return None
    kinds = getattr(_report_module(run.record["task"]), "KINDS", {})
    try:
        part: ReportPart = kinds[values.pop("kind")].from_dict(values)
    except MALFORMED as error:
        raise damaged(path, error if isinstance(error, ValueError) else repr(error)) from error
    return part


def usage_of(run: Fitted) -> Usage:
    """Return how a run is used, as its task says, or else with the task's verb."""
    say = getattr(_report_module(run.record["task"]), "usage", None)
    if say is not None:
        usage: Usage = say(str(run.path), run.recipe)
        return usage
    info = info_of(run.record["task"])
    data = ["NEW.csv"] if info.needs_data else ["FUTURE.csv"] if run.record.get("future") else []
    words = ("seqtune", info.verb, str(run.path), *data)
    commands = [(*words, "-o", "predictions.csv")]
    winner = run.board.winner
    is_other = winner is not None and (winner.kind == "baseline" or winner is run.board.leading)
    if is_other and run.board.best_searched is not None:
        commands.append((*words, "--use", "network", "-o", "predictions.csv"))
    return Usage(info.verb, tuple(commands))


def _report_module(task: str) -> ModuleType | None:
    """Import what draws a task's parts; None for a task that draws nothing of its own."""
    try:
        return task_module(task, "report")
    except ModuleNotFoundError:
        return None


def scores_report(
    run: Fitted, data: str, evaluation: Mapping[str, Mapping[str, float]]
) -> ScoresReport:
    """Return the report of `evaluate`."""
    board, found = run.board, run.evaluation
    kinds: dict[str, Any] = {row.name: row.kind for row in board.rows}
    scores = [
        Score(name, kinds.get(name, "network"), dict(metrics))
        for name, metrics in evaluation.items()
    ]
    parts = list(found.parts) if found else []
    if found and found.drift is not None:
        parts.append(DriftReport(found.drift))
    return ScoresReport(
        run=str(run.path),
        data=data,
        metric=board.metric,
        direction=board.direction,
        scores=scores,
        examples=found.examples if found else 0,
        unit=found.unit if found else "window",
        parts=parts,
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
        try:
            if (dead := died_early(path)) is not None:
                lines.append(RunLine(name=str(path), status="died", reason=DIED.format(dead.hint)))
            if not (path / RECORD).exists():
                continue
            run = Run(path)
            began = str(run.record.get("began", ""))
            origin = run.record["data"].get("path")
            data = PurePath(origin).name if isinstance(origin, str) else ""
            lines.append(RunLine.of(run.summary, began, data))
        except SeqtuneError as error:
            lines.append(RunLine(name=str(path), status="damaged", reason=error.message))
        except OSError as error:
            reason = f"it cannot be read: {error.strerror or error}"
            lines.append(RunLine(name=str(path), status="closed", reason=reason))
    return RunsReport(str(root), lines)
