"""Which row of a leaderboard predicts."""

from __future__ import annotations

import shlex
from pathlib import Path

from seqtune.errors import RunError, unknown
from seqtune.files import damaged
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row

NETWORK = "network"
"""Asks for the best network or ensemble, where the winner may be a simple method."""


def choose_row(
    board: Leaderboard, use: str | None, *, name: str, folder: Path, only: str = ""
) -> Row:
    """Return the row that predicts: the one with the star, or the one asked for.

    Args:
        board: Every model that was scored.
        use: Name of a row; "network" for the best network or ensemble; None for the winner on
            validation, whatever it is.
        name: How commands name what predicts: a run folder, or a bundle.
        folder: Where its files are.
        only: The one row that can predict; empty where each can.

    Raises:
        RunError: There is no such row, or nothing was trained.
    """
    if only:
        return _only_row(board, use, name, folder, only)
    if use is None:
        if board.winner is None:
            raise RunError(
                f"{name} has nothing that can predict: its search has not finished",
                f"seqtune resume {name}",
            )
        return board.winner
    row = board.row(use)
    if row is None and use == NETWORK:
        row = board.best_searched
        if row is None:
            raise RunError(f"{name} has no network yet", f"seqtune resume {name} --budget 5m")
    if row is None:
        names = [NETWORK, *(known.name for known in board.ranked())]
        raise RunError(unknown("model", use, names), f"seqtune report {name}")
    return row


def _only_row(board: Leaderboard, use: str | None, name: str, folder: Path, only: str) -> Row:
    """Return the one row that predicts; see `choose_row`."""
    row = board.row(only)
    if row is None:
        raise damaged(folder / "leaderboard.json", f"it lacks {only}")
    if use in (None, row.name) or (use == NETWORK and row.kind != "baseline"):
        return row
    raise RunError(
        f"{name} holds the model {row.name!r} alone, not {use!r}",
        f"seqtune export RUN --use {shlex.quote(str(use))} -o FILE",
    )
