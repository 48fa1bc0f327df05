"""The run that a new one was refitted from: its figures on the same rows, and what drifted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seqtune.data.drift.table import DriftTable
from seqtune.files import (
    MALFORMED,
    damaged,
    figures_from_json,
    figures_to_json,
    finite,
    number,
    write_json,
)
from seqtune.run.leaderboard import ERRORS, Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.untrusted import read_part
from seqtune.search.recorded import printable

EARLIER = "refit.json"

MOST = 1_000


@dataclass(frozen=True)
class Earlier:
    """A run, scored on the part that a newer one holds out.

    Args:
        run: Its folder.
        row: The row of its leaderboard that was scored, and whose configurations were refitted.
        kind: "network", "ensemble" or "baseline".
        scores: Every metric on the test part of the newer run; empty where its task cannot say.
        seen: About which share of that part it was fitted on: its figures are too good there. NaN
            where that is not known: its data was too large to be remembered.
        warm: By trial of the newer run, why it did not go on from the earlier weights; "" where it
            did. Empty where nobody asked.
        drift: What has drifted since; None where its task cannot say.
    """

    run: str
    row: str
    kind: str
    scores: Mapping[str, float]
    seen: float = 0.0
    warm: Mapping[str, str] = field(default_factory=dict)
    drift: DriftTable | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "run": self.run,
            "row": self.row,
            "kind": self.kind,
            "scores": figures_to_json(self.scores),
            "seen": finite(self.seen),
            "warm": dict(self.warm),
            "drift": None if self.drift is None else self.drift.to_dict(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Earlier:
        """Read what `to_dict` returned, from a file that may be a stranger's.

        Raises:
            ValueError: It is something else.
            KeyError: Something is missing.
        """
        texts = [values[name] for name in ("run", "row", "kind")]
        warm, seen = values["warm"], number(values["seen"])
        if not all(isinstance(text, str) and len(text) <= MOST for text in texts):
            raise ValueError("its names are none")
        if not isinstance(warm, dict) or not all(isinstance(why, str) for why in warm.values()):
            raise ValueError("its reasons are none")
        if not (math.isnan(seen) or 0 <= seen <= 1):
            raise ValueError("its share is none")
        drift = values["drift"]
        return cls(
            run=str(values["run"]),
            row=str(values["row"]),
            kind=str(values["kind"]),
            scores=figures_from_json(values["scores"]),
            seen=seen,
            warm=warm,
            drift=None if drift is None else DriftTable.from_dict(drift),
        )


def write_earlier(folder: Path, earlier: Earlier) -> None:
    """Write from which run a new one was refitted."""
    write_json(folder / EARLIER, earlier.to_dict())


def read_earlier(folder: Path) -> Earlier | None:
    """Read from which run one was refitted; None where it was not.

    Raises:
        RunError: The file is damaged.
    """
    path = folder / EARLIER
    if not path.exists():
        return None
    values = read_part(path)
    try:
        return Earlier.from_dict(values)
    except MALFORMED as error:
        raise damaged(path, printable(error)) from error


@dataclass(frozen=True)
class Comparison:
    """A run against the one that it was refitted from, on rows that it held out itself.

    Args:
        board: The leaderboard of the newer run.
        earlier: The earlier one.
    """

    board: Leaderboard
    earlier: Earlier

    @property
    def row(self) -> Row | None:
        """The row of the newer run that is compared: its winner."""
        return self.board.winner

    @property
    def new(self) -> float:
        """The figure of the newer run; NaN where there is none."""
        return math.nan if self.row is None else self.board.test_score(self.row)

    @property
    def old(self) -> float:
        """The figure of the earlier run; NaN where there is none."""
        return self.earlier.scores.get(self.board.metric, math.nan)

    @property
    def advantage(self) -> float:
        """By how much the newer run is better, in the metric's own unit; NaN where not known."""
        return self.new - self.old if self.board.direction == "max" else self.old - self.new

    @property
    def is_better(self) -> bool:
        """Whether the newer run is better; equal figures leave the earlier one in charge."""
        if math.isnan(self.old):
            return not math.isnan(self.new)
        return self.advantage > 0

    @property
    def is_within_error(self) -> bool:
        """Whether chance alone explains the difference, where its size is known."""
        return abs(self.advantage) < ERRORS * self.board.standard_error
