"""A run that is fitted again: the newest rows are held out, and the earlier run scores them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.source import Source
from seqtune.recipe.load import Recipe
from seqtune.tasks._newer_rows import (
    changed,
    refuse_nothing_newer,
    same_length,
    seen_or_unknown,
    unseen_steps,
)
from seqtune.tasks._values import Context, KnownRows, Staged
from seqtune.tasks.anomaly import settle
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.new_rows import on_grid
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.segment import Segment

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OtherPart:
    """The test part of other data, as the codec of a run has it.

    Args:
        prepared: The other data with the codec of the run.
    """

    prepared: Prepared

    @property
    def held(self) -> HeldOut:
        """The rows."""
        return self.prepared.held_out["test"]

    @property
    def segments(self) -> Sequence[Segment]:
        """The rows in segments, copies with planted anomalies among them."""
        return self.held.segments

    def __len__(self) -> int:
        return len(self.held)


def newest_held_out(prepared: Prepared, source: Source, recipe: Recipe, known: float) -> Recipe:
    """Return a recipe that tests on rows that the run has not seen, as far as they suffice."""
    panel, _ = on_grid(prepared.codec, source, Context(recipe, ""))
    unseen = unseen_steps(prepared.panel, panel, known)
    refuse_nothing_newer(source, prepared.panel, panel, unseen)
    usual = settle.settle_steps("auto", panel.lengths)
    steps = min(usual, max(int(unseen.max()), min(usual, settle.MIN_ROWS)))
    return recipe.replace({"validation.steps": "auto", "test.steps": steps})


def staged(
    prepared: Prepared,
    newer: Prepared,
    source: Source,
    known: KnownRows,
    context: Context,
    score: Callable[[Prepared, HeldOut, Floats], dict[str, float]],
) -> Staged:
    """Return the rows of the test part, and the anomalies planted there, as the run reads them.

    Args:
        prepared: What the run was fitted on.
        newer: The newer data, prepared.
        source: The newer data.
        known: Returns about which share of some rows of it the run was fitted on.
        context: Hears of repairs.
        score: The task's own.
    """
    panel, _ = on_grid(prepared.codec, source, context)
    same_length(source, panel, newer.panel)
    view = Prepared(panel, newer.labels, newer.split, prepared.codec)
    begin, end = newer.split.bounds("test")
    share = known(np.arange(source.rows))
    first = panel.offsets[1:] - unseen_steps(prepared.panel, panel, share)
    seen = np.maximum(np.minimum(first, end) - begin, 0).sum() / max(1, int((end - begin).sum()))
    return Staged(
        OtherPart(view),
        seen_or_unknown(float(seen), panel, share),
        lambda made: score(view, view.held_out["test"], made),
    )


def unlike(prepared: Prepared, newer: Prepared, recipe: Recipe) -> str:
    """Say why the weights of an earlier network mean something else now."""
    one, two = prepared.codec, newer.codec
    return changed(
        {
            "the columns": (one.roles["targets"], two.roles["targets"]),
            "the season": (one.season, two.season),
            "the cycles of the calendar": (one.cycles, two.cycles),
        }
    )
