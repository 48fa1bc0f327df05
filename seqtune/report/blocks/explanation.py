"""What the network looks at, where that was measured: drawn by the task that measured it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from seqtune.figures.block import AnyFigure, Block
from seqtune.report.build import kept_part
from seqtune.run.run import Run


@runtime_checkable
class Drawn(Protocol):
    """A part of a report that a page can draw, too."""

    def figures(self) -> Sequence[AnyFigure]:
        """Return what a page shows of it."""


def explanation_block(run: Run) -> Block | None:
    """Return what the network looks at; None where nobody measured it."""
    part = kept_part(run, "explanation.json")
    if not isinstance(part, Drawn):
        return None
    return Block(key="inputs", title="What the network looks at", figures=tuple(part.figures()))
