"""How models did on data that none of them saw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.part import ReportPart
from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import better, bullets, figure, literal, metric_name, several
from seqtune.files import figures_to_json
from seqtune.run.leaderboard import Direction
from seqtune.run.leaderboard_row import Kind
from seqtune.tasks._info import metric_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Score:
    """One model's figures.

    Args:
        name: The leaderboard row's name.
        kind: "network", "ensemble" or "baseline".
        metrics: Metric name to figure; the same names in every score.
    """

    name: str
    kind: Kind
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class ScoresReport:
    """The report of `evaluate`.

    Args:
        run: The run folder.
        data: The file that was scored.
        metric: The metric that orders the table.
        direction: "min" where lower is better, "max" where higher is.
        scores: A score per model.
        examples: How many examples were scored.
        unit: What an example is called: "window", "case".
        notes: What the user should know.
        parts: Further reports to show below the table, such as a confusion matrix.
    """

    run: str
    data: str
    metric: str
    direction: Direction
    scores: Sequence[Score]
    examples: int
    unit: str = "window"
    notes: Sequence[str] = ()
    parts: Sequence[ReportPart] = ()

    def frame(self) -> pd.DataFrame:
        """Return a row for each model: name, kind, and every metric."""
        import pandas as pd

        return pd.DataFrame(
            [{"name": each.name, "kind": each.kind, **each.metrics} for each in self.scores]
        )

    def __rich__(self) -> RenderableType:
        """Draw a table of metrics, best model first."""
        scored = several(self.examples, self.unit)
        title = (
            f"{literal(self.run)} on {literal(self.data)}: {scored}, "
            f"by {metric_name(self.metric)} ({better(self.direction)} is better)"
        )
        head = Text(title, style="bold")
        if not self.scores:
            return Group(head, Text("Nothing was scored."), *bullets(self.notes))
        below = [line for part in self.parts for line in (Text(), part)]
        return Group(head, Text(), self._table(), *below, *bullets(self.notes))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `evaluate`."""
        return {
            "run": self.run,
            "data": self.data,
            "metric": self.metric,
            "direction": self.direction,
            f"{self.unit}s": self.examples,
            "scores": [
                {
                    "name": score.name,
                    "kind": score.kind,
                    "metrics": figures_to_json(score.metrics),
                }
                for score in self._ranked()
            ],
            "notes": list(self.notes),
            **{key: value for part in self.parts for key, value in part.to_dict().items()},
        }

    def _ranked(self) -> list[Score]:
        return sorted(self.scores, key=self._order)

    def _order(self, score: Score) -> tuple[bool, float, str]:
        value = score.metrics.get(self.metric, math.nan)
        if not math.isfinite(value):
            return True, 0.0, score.name
        return False, -value if self.direction == "max" else value, score.name

    def _table(self) -> RenderableType:
        ranked = self._ranked()
        known = dict.fromkeys(name for score in ranked for name in score.metrics)
        metrics = [self.metric, *(name for name in known if name != self.metric)]
        columns = [
            Column("name", foldable=True),
            Column("kind"),
            *(
                Column(
                    metric_name(name).replace(" ", "\n"),
                    numeric=True,
                    spare=int(metric_of(name).spare),
                )
                for name in metrics
            ),
        ]
        rows = [
            [score.name, score.kind, *(figure(score.metrics.get(name)) for name in metrics)]
            for score in ranked
        ]
        return table(columns, rows, ["dim" if s.kind == "baseline" else "" for s in ranked])
