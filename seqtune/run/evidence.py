"""What a run keeps for its page: how the models did on the test part, in blocks of its task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from seqtune.files import damaged, write_text
from seqtune.run.untrusted import check_size
from seqtune.tasks._values import Tested

if TYPE_CHECKING:
    from seqtune.figures.block import Block
    from seqtune.run.leaderboard import Leaderboard
    from seqtune.run.selection import Selection

EVIDENCE = "evidence.json"

MOST_BYTES = 4 * 2**20
"""So much a run keeps of it: a page of 5 MB is still sent by mail."""


def tested_of(
    board: Leaderboard,
    selection: Selection,
    by_baseline: Mapping[str, npt.NDArray[np.float64] | None],
) -> Tested | None:
    """Return what the best of the search and the best simple method predicted for the test part.

    Args:
        board: The leaderboard.
        selection: What came of the search.
        by_baseline: Predictions of simple methods, by name; None for what was not kept.

    Returns:
        Both; None where nothing was searched.
    """
    predictions = selection.test_predictions()
    if predictions is None:
        return None
    best, winner = board.best_baseline, board.winner
    shown = {selection.searched_name: predictions}
    baseline = None if best is None else by_baseline.get(best.name)
    if best is not None and baseline is not None:
        shown[best.name] = baseline
    return Tested(
        selection.searched_name,
        best.name if best is not None and best.name in shown else "",
        shown,
        winner.name if winner is not None else "",
    )


def save_evidence(folder: Path, blocks: Sequence[Block]) -> None:
    """Keep blocks in a run folder, as many of the first as have room; none removes what was kept.

    Args:
        folder: The run folder.
        blocks: What the task shows, the most important first.
    """
    from seqtune.figures.block import BLOCKS

    kept, size = [], 2
    for block in blocks:
        size += len(block.model_dump_json().encode()) + 1
        if size <= MOST_BYTES:
            kept.append(block)
    if kept:
        write_text(folder / EVIDENCE, BLOCKS.dump_json(tuple(kept)).decode())
    else:
        (folder / EVIDENCE).unlink(missing_ok=True)


def read_evidence(folder: Path) -> tuple[Block, ...]:
    """Read what `save_evidence` kept; nothing where it kept nothing.

    Raises:
        RunError: The file, which may come from a stranger, is damaged.
    """
    from pydantic import ValidationError

    from seqtune.figures.block import BLOCKS

    path = folder / EVIDENCE
    if not path.exists():
        return ()
    check_size(path, MOST_BYTES)
    try:
        return BLOCKS.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise damaged(path, f"{where}: {first['msg']}") from error
