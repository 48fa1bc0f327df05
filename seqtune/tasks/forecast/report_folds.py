"""How models did from each of several rolled origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import figure, metric_name
from seqtune.files import figures_to_json


@dataclass(frozen=True)
class FoldScores:
    """How a run did from one of several rolled origins.

    Args:
        origin: The first step that is predicted, as text; the first and the last where the series
            differ.
        examples: How many examples were scored.
        scores: Every metric by name of the model.
    """

    origin: str
    examples: int
    scores: dict[str, dict[str, float]]


@dataclass(frozen=True)
class FoldsReport:
    """A line per fold, a column per model.

    Args:
        metric: The metric that is shown; JSON has all.
        folds: The folds, the earliest first.
        unit: What an example is called.
    """

    kind: ClassVar[str] = "folds"

    metric: str
    folds: Sequence[FoldScores]
    unit: str = "window"

    def __rich__(self) -> RenderableType:
        """Draw the table, the origins from first to last."""
        names = list(self.folds[0].scores)
        columns = [
            Column("fold", numeric=True),
            Column("forecast from"),
            Column(f"{self.unit}s", numeric=True),
            *(Column(name.replace("_", "\n"), numeric=True) for name in names),
        ]
        rows = [
            [
                str(number),
                fold.origin,
                f"{fold.examples:,}",
                *(figure(fold.scores[name].get(self.metric)) for name in names),
            ]
            for number, fold in enumerate(self.folds, 1)
        ]
        title = Text(f"{metric_name(self.metric)} from each origin", style="bold")
        return Group(title, Text(), table(columns, rows))

    def to_dict(self) -> dict[str, Any]:
        """Return every metric of every fold."""
        return {
            "folds": [
                {
                    "origin": fold.origin,
                    f"{self.unit}s": fold.examples,
                    "scores": {name: figures_to_json(each) for name, each in fold.scores.items()},
                }
                for fold in self.folds
            ]
        }
