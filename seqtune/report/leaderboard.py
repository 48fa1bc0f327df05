"""The leaderboard as a table: everything that was scored, best first, the winner marked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import (
    better,
    duration,
    figure,
    literal,
    metric_name,
    rounded_count,
    several,
)
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.tasks._info import metric_of


@dataclass(frozen=True)
class LeaderboardReport:
    """A leaderboard that can be drawn.

    Args:
        board: What to draw.
        second: Another metric to show on the test part; the first other one where empty.
    """

    board: Leaderboard
    second: str = ""

    def __rich__(self) -> RenderableType:
        """Draw the table, and below it what an ensemble consists of."""
        title = Text(
            f"Leaderboard, by {metric_name(self.board.metric)} on the validation part "
            f"({better(self.board.direction)} is better)",
            style="bold",
        )
        if not self.board.rows:
            return Group(title, Text("Nothing was scored."))
        remarks = [Text(line, style="dim") for line in (*self.remarks, *self.details)]
        return Group(title, Text(), self._table(), Text(), *remarks)

    def to_dict(self) -> dict[str, Any]:
        """Return the leaderboard's part of the JSON of `fit` and `report`."""
        return self.board.to_dict()

    @property
    def remarks(self) -> list[str]:
        """What stands below the table: what the star means, and what is chance."""
        lines = ["* the winner, chosen on validation; test figures took no part in it"]
        if self.board.leading and self.board.joined_leads:
            lines = ["* the winner whatever the figures, which cannot choose among its members"]
        if self.board.surest and self.board.winner is self.board.row(self.board.surest):
            lines = [
                "* the winner: forecasts from earlier origins, and not validation alone, chose it"
            ]
        if self.board.chosen_row:
            lines = ["* what the run has chosen that this one was refitted from"]
        if self.board.leads_by_margin:
            lines.append(f"a network is ahead, but {self._doubt()}: that may be chance")
        return lines + self._chance()

    def _chance(self) -> list[str]:
        """Say how sure the validation figures are, where that is known."""
        board, lines = self.board, []
        if any(map(board.is_alike, board.rows)):
            cases = several(board.cases, "case")
            lines.append(f"~ not told apart from row 1 by the {cases} of validation")
        first = next(iter(board.ranked()), None)
        if first is not None and math.isfinite(first.error):
            over = f", over {board.folds} folds" if board.folds else ""
            lines.append(
                f"validation {metric_name(board.metric)} of row 1: "
                f"{figure(board.validation_score(first))} ± {figure(first.error)} "
                f"(one standard error{over})"
            )
        return lines

    def _doubt(self) -> str:
        """Say why the lead of a network does not count."""
        network = self.board.best_network
        if network and self.board.margin >= abs(self.board.validation_score(network)):
            return "few cases were held out to choose by"
        return f"by less than {figure(self.board.margin)}"

    @property
    def details(self) -> list[str]:
        """What the rows consist of that stand for others, and the best network."""
        lines = []
        for row in (self.board.leading, self.board.best_searched, self.board.best_network):
            if row and row.detail:
                lines.append(f"{literal(row.name)}: {literal(row.detail)}")
        return list(dict.fromkeys(lines))

    def mark(self, row: Row) -> str:
        """Return what stands before the rank of a row; "" for nothing."""
        if row is self.board.winner:
            return "* "
        return "~ " if self.board.is_alike(row) else ""

    def _table(self) -> RenderableType:
        second = self.second or self._first_other_metric()
        columns = [
            Column("#", numeric=True),
            Column("name", foldable=True),
            Column("kind", spare=2),
            Column(f"{_heading(self.board.metric)}\nvalid.", numeric=True),
            Column(f"{_heading(self.board.metric)}\ntest", numeric=True),
            *([Column(f"{_heading(second)}\ntest", numeric=True, spare=1)] if second else []),
            Column("time\nto fit", numeric=True, spare=3),
            Column("para-\nmeters", numeric=True, spare=4),
        ]
        rows = self.board.ranked()
        cells = [self._cells(rank, row, second) for rank, row in enumerate(rows, start=1)]
        return table(columns, cells, [self._style(row) for row in rows])

    def _cells(self, rank: int, row: Row, second: str) -> list[str]:
        return [
            f"{self.mark(row)}{rank}",
            row.name,
            row.kind,
            figure(self.board.validation_score(row)),
            figure(self.board.test_score(row)),
            *([figure(row.test.get(second))] if second else []),
            duration(row.fit_seconds),
            rounded_count(row.parameters),
        ]

    def _style(self, row: Row) -> str:
        if row is self.board.winner:
            return "bold green"
        return "dim" if row.kind == "baseline" else ""

    def _first_other_metric(self) -> str:
        names = [name for row in self.board.rows for name in row.test if name != self.board.metric]
        return next((name for name in names if metric_of(name).shown), next(iter(names), ""))


def _heading(metric: str) -> str:
    return literal(metric_name(metric)).replace(" ", "\n")
