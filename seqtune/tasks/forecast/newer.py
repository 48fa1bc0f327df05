"""A run that is fitted again: the newest steps are held out, and the earlier run forecasts them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.split import choose_steps
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
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.new_rows import read_new
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.tables import score_examples

Floats = npt.NDArray[np.float64]


def newest_held_out(prepared: Prepared, source: Source, recipe: Recipe, known: float) -> Recipe:
    """Return a recipe that tests on steps that the run has not seen, as far as they suffice.

    The test part is no longer than usual, and no shorter than the horizon.
    """
    panel = read_new(prepared.codec, source, Context(recipe, ""), allow_empty=False)
    unseen = unseen_steps(prepared.panel, panel, known)
    refuse_nothing_newer(source, prepared.panel, panel, unseen)
    horizon = prepared.codec.horizon
    usual = choose_steps(panel.lengths, horizon)
    steps = max(min(usual, int(unseen.max())), min(usual, horizon))
    return recipe.replace({"validation.steps": "auto", "test.steps": steps})


def staged(
    prepared: Prepared, newer: Prepared, source: Source, known: KnownRows, context: Context
) -> Staged:
    """Return the windows of the test part as the earlier run reads them."""
    panel = read_new(prepared.codec, source, context, allow_empty=False)
    same_length(source, panel, newer.panel)
    codec, windows = newer.codec, newer.windows["test"]
    view = Prepared(panel, newer.split, prepared.codec)
    encoded = Examples(view.coded, windows, codec.horizon)
    share = known(np.arange(source.rows))
    first = panel.lengths - unseen_steps(prepared.panel, panel, share)
    is_seen = windows.cut - panel.offsets[windows.series] < first[windows.series]
    return Staged(
        encoded,
        seen_or_unknown(float(is_seen.mean()), panel, share),
        lambda made: score_examples(
            codec, newer.encoded("test"), at_levels(made, prepared.codec.levels, codec.levels)
        ),
    )


def at_levels(made: Floats, levels: tuple[float, ...], wanted: tuple[float, ...]) -> Floats:
    """Return quantiles of other levels, on straight lines between those that there are.

    Args:
        made: (windows, horizon, levels).
        levels: Its levels, ascending.
        wanted: Those that it shall have.

    Example:
        >>> at_levels(np.array([[[0.0, 4.0]]]), (0.1, 0.5), (0.3, 0.5))
        array([[[2., 4.]]])
    """
    if levels == wanted:
        return made
    places = np.interp(wanted, levels, np.arange(len(levels)))
    low = np.floor(places).astype(np.int64)
    high = np.minimum(low + 1, len(levels) - 1)
    part = places - low
    found: Floats = made[..., low] * (1 - part) + made[..., high] * part
    return found


def unlike(prepared: Prepared, newer: Prepared, recipe: Recipe) -> str:
    """Say why the weights of an earlier network mean something else now."""
    one, two = prepared.codec, newer.codec
    columns = ("targets", "past", "future", "static")
    roles = [[codec.roles[name] for name in columns] for codec in (one, two)]
    return changed(
        {
            "the columns": (roles[0], roles[1]),
            "the series": (one.series, two.series),
            "the words of covariates": (one.categories, two.categories),
            "the steps ahead": (one.horizon, two.horizon),
            "the quantiles": (one.levels, two.levels),
            "the cycles of the calendar": (one.cycles, two.cycles),
        }
    )
