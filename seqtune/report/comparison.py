"""A refitted run beside the run that it was refitted from, on rows that neither has learnt from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import better, figure, literal, metric_name, percent
from seqtune.files import figures_to_json, finite
from seqtune.report.drift import DriftReport
from seqtune.run.earlier import Comparison
from seqtune.run.verdict import TIE
from seqtune.tasks._info import metric_of

SHOWN = 4
"""So many metrics stand in the table."""

LITTLE = 0.005
"""A smaller share of rows that the earlier run has seen is not worth a sentence."""


@dataclass(frozen=True)
class ComparisonReport:
    """What a refit came to, as a report of its own or a part of the new run's.

    Args:
        comparison: Both runs.
        run: The new run folder.
        is_kept: Whether the earlier run was kept, and the new one removed.
    """

    kind: ClassVar[str] = "refit"
    comparison: Comparison
    run: str
    is_kept: bool = False

    def __rich__(self) -> RenderableType:
        """Draw the figures, what to make of them, and what has drifted."""
        board = self.comparison.board
        title = (
            f"{literal(self.run)} on the newest part of its data, held out from training, by "
            f"{metric_name(board.metric)} ({better(board.direction)} is better)"
        )
        parts: list[RenderableType] = [Text(title, style="bold"), Text(), self._table(), Text()]
        parts += [Text(sentence) for sentence in self.verdict]
        parts += [Text(f"- {literal(line)}", style="dim") for line in self._warm()]
        if self.comparison.earlier.drift is not None:
            parts += [Text(), DriftReport(self.comparison.earlier.drift)]
        return Group(*parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `refit`, but for the new run's own figures."""
        comparison, earlier = self.comparison, self.comparison.earlier
        board, baseline = comparison.board, comparison.board.best_baseline
        row = comparison.row
        return {
            "run": earlier.run,
            "new": None if self.is_kept else self.run,
            "in_charge": earlier.run if self.is_kept else self.run,
            "metric": board.metric,
            "direction": board.direction,
            "standard_error": board.standard_error,
            "new_score": None if row is None else _score(row.name, row.test),
            "earlier_score": {**_score(earlier.row, earlier.scores), "seen": finite(earlier.seen)},
            "best_baseline": None if baseline is None else _score(baseline.name, baseline.test),
            "advantage": finite(comparison.advantage),
            "is_better": comparison.is_better,
            "verdict": " ".join(self.verdict),
            "warm": dict(earlier.warm),
            **({} if earlier.drift is None else DriftReport(earlier.drift).to_dict()),
        }

    @property
    def verdict(self) -> tuple[str, ...]:
        """Which of both is better, and which is in charge, a sentence each."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        comparison, earlier = self.comparison, self.comparison.earlier
        yield self._outcome()
        if math.isnan(earlier.seen):
            yield (
                "How much of that part the earlier run was fitted on is not known: its data was "
                "too large to be remembered."
            )
        if earlier.seen > LITTLE:
            yield (
                f"The earlier run was fitted on about {percent(earlier.seen)} of that part: its "
                "figure is too good."
            )
        baseline = comparison.board.best_baseline
        if baseline is not None and comparison.row is not baseline:
            yield self._against(baseline.name, comparison.board.test_score(baseline))
        if self.is_kept:
            yield (
                f"{literal(earlier.run)} stays in charge (--if-better); {literal(self.run)} was "
                "removed."
            )

    def _outcome(self) -> str:
        comparison = self.comparison
        name, new, old = metric_name(comparison.board.metric), comparison.new, comparison.old
        if math.isnan(new) or math.isnan(old):
            return f"There is no {name} of both runs on the part that was held out."
        figures = f"{name} {figure(new)} against {figure(old)}"
        if comparison.advantage == 0:
            return f"The new run is as good as the earlier one: {figures}."
        if reason := self._reason_to_doubt():
            ahead = "new" if comparison.is_better else "earlier"
            return (
                f"The new run and the earlier one are not told apart: {figures}, "
                f"{self._distance()}, {reason}. The {ahead} one is ahead."
            )
        verb = "is better than" if comparison.is_better else "is not better than"
        return f"The new run {verb} the earlier one: {figures}, {self._distance()}."

    def _reason_to_doubt(self) -> str:
        """Say why chance may explain the difference; "" where it hardly does."""
        comparison = self.comparison
        if comparison.is_within_error:
            error = figure(comparison.board.standard_error)
            return f"closer than two standard errors ({error} each)"
        is_tie = abs(comparison.advantage) <= TIE * abs(comparison.old)
        return "within 1 %" if is_tie else ""

    def _distance(self) -> str:
        comparison = self.comparison
        difference = comparison.new - comparison.old
        way = "higher" if difference > 0 else "lower"
        points = f"{figure(abs(difference))} {metric_of(comparison.board.metric).unit}"
        if comparison.old:
            points += f" ({percent(abs(difference / comparison.old))})"
        return f"{points} {way}"

    def _against(self, name: str, score: float) -> str:
        comparison = self.comparison
        if math.isnan(score) or math.isnan(comparison.new):
            return f"The best simple method, {literal(name)}, has no figure to compare with."
        is_max = comparison.board.direction == "max"
        lead = comparison.new - score if is_max else score - comparison.new
        verb = "beats" if lead > 0 else "does not beat"
        return (
            f"The new run {verb} the best simple method, {literal(name)}: {figure(comparison.new)} "
            f"against {figure(score)}."
        )

    def _warm(self) -> list[str]:
        warm = self.comparison.earlier.warm
        went_on = [trial for trial, why in warm.items() if not why]
        lines = [f"began anew: {trial}: {why}" for trial, why in warm.items() if why]
        return ([f"went on from earlier weights: {', '.join(went_on)}"] if went_on else []) + lines

    def _table(self) -> RenderableType:
        comparison, earlier = self.comparison, self.comparison.earlier
        board, row = comparison.board, comparison.row
        rows: list[tuple[str, str, Mapping[str, float]]] = []
        if row is not None:
            rows.append(("new run", row.name, row.test))
        rows.append(("earlier run", earlier.row, earlier.scores))
        baseline = board.best_baseline
        if baseline is not None and baseline is not row:
            rows.append(("simple method", baseline.name, baseline.test))
        known = dict.fromkeys(name for _, _, each in rows for name in each)
        metrics = [board.metric, *(name for name in known if name != board.metric)][:SHOWN]
        columns = [
            Column("model"),
            Column("row", foldable=True),
            *(Column(metric_name(name).replace(" ", "\n"), numeric=True) for name in metrics),
        ]
        cells = [
            [what, name, *(figure(scores.get(metric)) for metric in metrics)]
            for what, name, scores in rows
        ]
        styles = ["bold" if comparison.is_better else "", "" if comparison.is_better else "bold"]
        return table(columns, cells, [*styles, "dim"][: len(cells)])


def _score(name: str, scores: Mapping[str, float]) -> dict[str, Any]:
    return {"row": name, "metrics": figures_to_json(scores)}
