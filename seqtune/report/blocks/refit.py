"""A refitted run beside the run that it was refitted from, and what has drifted since."""

from __future__ import annotations

from collections.abc import Mapping

from seqtune.data.drift.table import DriftTable
from seqtune.drawing.wording import figure, metric_name, several
from seqtune.figures.block import AnyFigure, Block
from seqtune.figures.grid import Grid, Heading
from seqtune.report.comparison import ComparisonReport
from seqtune.report.drift import cells
from seqtune.run.earlier import Comparison
from seqtune.run.run import Run

MOST_DRIFT = 200


def refit_block(run: Run) -> Block | None:
    """Return both runs on the part that the newer one holds out; None for a run of its own."""
    comparison = run.comparison
    if comparison is None:
        return None
    figures: list[AnyFigure] = [_figures(comparison)]
    if comparison.earlier.drift is not None:
        figures.append(drift_grid(comparison.earlier.drift))
    return Block(
        key="refit",
        title="The new run and the earlier one",
        sentences=ComparisonReport(comparison, str(run.folder)).verdict,
        figures=tuple(figures),
    )


def _figures(comparison: Comparison) -> Grid:
    board, earlier, row = comparison.board, comparison.earlier, comparison.row
    rows: list[tuple[str, str, Mapping[str, float]]] = []
    if row is not None:
        rows.append(("new run", row.name, row.test))
    rows.append((f"earlier run, {earlier.run}", earlier.row, earlier.scores))
    baseline = board.best_baseline
    if baseline is not None and baseline is not row:
        rows.append(("simple method", baseline.name, baseline.test))
    known = dict.fromkeys(name for _, _, each in rows for name in each)
    metrics = [board.metric, *(name for name in known if name != board.metric)]
    is_better = comparison.is_better
    return Grid(
        title="On the newest part of the data, held out from training",
        headings=(
            Heading(text="model"),
            Heading(text="row"),
            *(Heading(text=metric_name(name), is_numeric=True) for name in metrics),
        ),
        rows=tuple(
            (what, name, *(figure(scores.get(metric)) for metric in metrics))
            for what, name, scores in rows
        ),
        marked=(0 if is_better or row is None else 1,),
        faint=(len(rows) - 1,) if len(rows) == 3 else (),
    )


def drift_grid(drift: DriftTable) -> Grid:
    """Return what has drifted, what is flagged first."""
    flagged = drift.flagged
    rest = [each for each in drift.findings if not each.is_flagged]
    shown = [*flagged, *rest][:MOST_DRIFT]
    title = (
        f"Drift: {several(len(flagged), 'figure')} flagged" if flagged else "Nothing has drifted"
    )
    headings = ("of", "measure", "usual", "now", "change", "chance")
    return Grid(
        title=title,
        caption=f"{several(len(drift.findings), 'figure')} compared, "
        f"{several(drift.rows, 'new value')}.",
        headings=tuple(Heading(text=text, is_numeric=text in headings[2:4]) for text in headings),
        rows=tuple(tuple(cells(each)) for each in shown),
        marked=tuple(range(min(len(flagged), len(shown)))),
    )
