"""The leaderboard of a run, and the summary of the run around it, as plain values.

Every choice here (the order, the winner, the best network, the best baseline) looks at the
validation figures alone. The test figures are only ever reported.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seqtune.errors import RunError
from seqtune.files import damaged, finite, number
from seqtune.run.leaderboard_row import Kind, Row
from seqtune.run.untrusted import parsed, read_part
from seqtune.search.recorded import shown
from seqtune.tasks._info import metric_of

if TYPE_CHECKING:
    from typing_extensions import Self

Direction = Literal["min", "max"]

MAX_NAME = 200
"""Characters of the name of a row at most."""

SEARCHED = "searched"
"""Stands for the best of what a search made, in the place of a name."""

ERRORS = 2.0
"""Figures closer than so many standard errors are not told apart."""


@dataclass(frozen=True)
class Leaderboard:
    """Networks, ensembles and baselines, scored on the same rows with the same code.

    Args:
        metric: The metric that selects; a key of every row's figures.
        direction: "min" where lower is better, "max" where higher is.
        rows: In any order; see `ranked`.
        margin: Scores so close to the best one are not told apart.
        standard_error: Standard error of a test figure of the metric; 0 where it is not known.
        chosen: What an earlier search has chosen, which is the winner here too: `SEARCHED`, for a
            network or an ensemble of networks, or the name of another row; empty where validation
            chooses.
        joined: Name of the row that joins networks and simple methods; empty for none. It is no
            part of what was searched.
        joined_leads: Whether it comes first, whatever the figures say.
        surest: Name of the row that is known by more than the validation part, and comes first;
            empty for none.
        cases: How many cases of the validation part tell rows apart; 0 where that is not known.
        folds: Over how many folds these were predicted; 0 where they are one part held out.
        carried: Which share of what it says most strongly of the test part each of its members
            says, by the name of its row; empty where that is not known.
    """

    metric: str
    direction: Direction
    rows: tuple[Row, ...] = ()
    margin: float = 0.0
    standard_error: float = 0.0
    chosen: str = ""
    joined: str = ""
    joined_leads: bool = False
    surest: str = ""
    cases: int = 0
    folds: int = 0
    carried: Mapping[str, float] = field(default_factory=dict)

    def ranked(self) -> tuple[Row, ...]:
        """Return the rows, best first by validation, rows without a score last.

        Few cases give many models the same accuracy. Of equals an ensemble comes first, for the
        average of several hangs less on chance; then what is better by the metric that breaks ties;
        then the name.
        So it does before networks that are better by no more than the margin.
        """
        rows = sorted(self.rows, key=self._order)
        first = self.joined if self.joined_leads else self.surest
        leading = [row for row in rows if first and row.name == first]
        return (*leading, *self._by_margin([row for row in rows if row not in leading]))

    def _by_margin(self, rows: list[Row]) -> list[Row]:
        """Put an ensemble before networks that are better by no more than the margin."""
        better = next((n for n, row in enumerate(rows) if row.kind != "network"), 0)
        if better and rows[better].kind == "ensemble":
            lead = self.validation_score(rows[0]) - self.validation_score(rows[better])
            if abs(lead) <= self.margin:
                rows.insert(0, rows.pop(better))
        return rows

    def is_alike(self, row: Row) -> bool:
        """Say whether chance alone may be what puts a row behind the first one."""
        first = self.ranked()[0]
        if row is first or not math.isfinite(row.difference_error):
            return False
        gap = abs(self.validation_score(row) - self.validation_score(first))
        return gap <= ERRORS * row.difference_error

    def row(self, name: str) -> Row | None:
        """Return the row of that name, or None."""
        return next((row for row in self.rows if row.name == name), None)

    @property
    def winner(self) -> Row | None:
        """The best row of all; a baseline, where no network comes before it.

        Where an earlier search has chosen, it is what that one chose, if it is there.
        """
        return self.chosen_row or self._best("network", "ensemble", "baseline")

    @property
    def chosen_row(self) -> Row | None:
        """What an earlier search has chosen, if it is there."""
        return self.best_searched if self.chosen == SEARCHED else self.row(self.chosen)

    @property
    def leads_by_margin(self) -> bool:
        """Whether the winner is an ensemble, and a network better, but not by the margin."""
        first, network = self.winner, self.best_network
        if self.chosen or not first or not network or first.kind != "ensemble":
            return False
        if first.name in (self.joined, self.surest):
            return False
        return self._order(network) < self._order(first)

    @property
    def best_network(self) -> Row | None:
        """The best single network."""
        return self._best("network")

    @property
    def best_searched(self) -> Row | None:
        """The best of what the search made: a network or an ensemble of networks."""
        searched = ("network", "ensemble")
        rows = (row for row in self.ranked() if row.name != self.joined)
        return next((row for row in rows if row.kind in searched), None)

    @property
    def leading(self) -> Row | None:
        """The row that joins networks and simple methods, where it is the winner."""
        winner = self.winner
        return winner if winner is not None and winner.name == self.joined else None

    @property
    def best_baseline(self) -> Row | None:
        """The best of the simple methods."""
        return self._best("baseline")

    @property
    def skill(self) -> float | None:
        """The share of the best baseline's test error that the winner removes (min metrics).

        `1 - winner / best_baseline`: 0 is no better, 1 is perfect. None for max metrics, and
        where either figure is missing or the baseline makes no error at all.
        """
        if self.direction == "max" or not self.winner or not self.best_baseline:
            return None
        return relative_gain(self.test_score(self.winner), self.test_score(self.best_baseline))

    @property
    def gain(self) -> float | None:
        """By how much the winner's test figure exceeds the best baseline's (max metrics)."""
        if self.direction == "min" or not self.winner or not self.best_baseline:
            return None
        return finite(self.test_score(self.winner) - self.test_score(self.best_baseline))

    def validation_score(self, row: Row) -> float:
        """Return the row's validation figure of the selecting metric; NaN without one."""
        return row.validation.get(self.metric, math.nan)

    def test_score(self, row: Row) -> float:
        """Return the row's test figure of the selecting metric; NaN without one."""
        return row.test.get(self.metric, math.nan)

    def to_dict(self) -> dict[str, Any]:
        """Return the leaderboard's part of the JSON of `fit` and `report`."""
        return {
            "metric": self.metric,
            "direction": self.direction,
            "margin": self.margin,
            "standard_error": self.standard_error,
            **({"chosen": self.chosen} if self.chosen else {}),
            **({"joined": self.joined, "joined_leads": self.joined_leads} if self.joined else {}),
            **({"surest": self.surest} if self.surest else {}),
            **({"cases": self.cases, "folds": self.folds} if self.cases else {}),
            **({"carried": dict(self.carried)} if self.carried else {}),
            "winner": _name(self.winner),
            "best_network": _name(self.best_network),
            "best_baseline": _name(self.best_baseline),
            "skill": self.skill,
            "gain": self.gain,
            "leaderboard": [self._row_to_dict(row) for row in self.ranked()],
        }

    def _row_to_dict(self, row: Row) -> dict[str, Any]:
        told = {"told_apart": not self.is_alike(row)} if row.difference_error >= 0 else {}
        return {**row.to_dict(), **told}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; the choices are made anew from the rows.

        Raises:
            RunError: A key is missing or holds something else.
        """
        return parsed("leaderboard", value, cls._from_json)

    @classmethod
    def _from_json(cls, value: Mapping[str, Any]) -> Self:
        if value["direction"] not in ("min", "max"):
            raise ValueError(f"direction {value['direction']!r}")
        rows = tuple(Row.from_dict(row) for row in value["leaderboard"])
        margin = number(value["margin"])
        standard_error = number(value.get("standard_error", 0.0))
        chosen = value.get("chosen", "")
        if not isinstance(chosen, str) or len(chosen) > MAX_NAME:
            raise ValueError("chosen is no name")
        joined, leads = value.get("joined", ""), value.get("joined_leads", False)
        if joined not in ("", *(row.name for row in rows)) or not isinstance(leads, bool):
            raise ValueError("joined is no row")
        surest = value.get("surest", "")
        if surest not in ("", *(row.name for row in rows)):
            raise ValueError("surest is no row")
        carried = {name: number(share) for name, share in value.get("carried", {}).items()}
        if not carried.keys() <= {row.name for row in rows}:
            raise ValueError("carried names no row")
        return cls(
            metric=str(value["metric"]),
            direction=value["direction"],
            rows=rows,
            margin=margin,
            standard_error=standard_error,
            chosen=chosen,
            joined=joined,
            joined_leads=leads,
            surest=surest,
            cases=int(value.get("cases", 0)),
            folds=int(value.get("folds", 0)),
            carried=carried,
        )

    def _order(self, row: Row) -> tuple[bool, float, bool, float, str]:
        score = self.validation_score(row)
        if not math.isfinite(score):
            return True, 0.0, False, 0.0, row.name
        tie_break = row.validation.get(metric_of(self.metric).tie_break, 0.0)
        tie_break = tie_break if math.isfinite(tie_break) else math.inf
        signed = -score if self.direction == "max" else score
        return False, signed, row.kind != "ensemble", tie_break, row.name

    def _best(self, *kinds: Kind) -> Row | None:
        return next((row for row in self.ranked() if row.kind in kinds), None)


def read_leaderboard(folder: Path) -> Leaderboard:
    """Read the leaderboard of a run folder.

    Raises:
        RunError: The file is missing or damaged.
    """
    path = folder / "leaderboard.json"
    values = read_part(path)
    try:
        board = Leaderboard.from_dict(values)
    except RunError as error:
        raise damaged(path, error.message) from error
    names = [row.name for row in board.rows]
    for name in names:
        if not name.isprintable() or not 0 < len(name) <= MAX_NAME:
            raise damaged(path, f"found the row {shown(name)}")
    if len(set(names)) != len(names):
        raise damaged(path, "two rows have the same name")
    return board


def relative_gain(score: float, reference: float) -> float | None:
    """Return `1 - score / reference`, or None where that is not a number.

    Example:
        >>> relative_gain(0.75, 1.0)
        0.25
    """
    if score == reference and math.isfinite(score):
        return 0.0
    return finite(1.0 - score / reference) if reference else None


def _name(row: Row | None) -> str | None:
    return None if row is None else row.name
