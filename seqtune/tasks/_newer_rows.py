"""What tasks have in common when a run is fitted again on newer data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.time_text import format_times
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, listed
from seqtune.recipe.load import Recipe
from seqtune.recipe.reading import KEPT, MIXED
from seqtune.tasks._values import HELD_OUT_PARTS

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

DRAWN = "its cases were drawn at random: it has learnt from what is held out now"
"""Why the weights of an earlier run are of no use."""

LEAST_SHARE = 0.05
"""Share of the cases that the test part has at least, however few of them are new."""


def last_cases(recipe: Recipe, known: float, kept: Mapping[str, str] | None = None) -> Recipe:
    """Return a recipe that holds out the last cases: as far as it goes, none that a run has seen.

    Args:
        recipe: The recipe of the run, every value filled in.
        known: About which share of the data the run was fitted on.
        kept: The key, and its value, that keeps cases in their order.

    Example:
        >>> last_cases(recipe, 0.9).get("test.share")  # usually it is 0.15
        0.1
    """
    # a run that was refitted itself may have held out less than usual: validation tells
    share = max(float(recipe.get(f"{part}.share")) for part in HELD_OUT_PARTS)
    if known > 0:
        share = min(share, max(LEAST_SHARE, 1 - known))
    return recipe.replace({**(kept or {"data.cases": KEPT}), "test.share": share})


def cases_held_out(prepared: Any, source: Source, recipe: Recipe, known: float) -> Recipe:
    """Return a recipe that tests on the last cases: the `newest_held_out` of a task of cases.

    Args:
        prepared: What the earlier run was fitted on.
        source: The newer data.
        recipe: The earlier run's, every value filled in.
        known: About which share of the data the run was fitted on.
    """
    return last_cases(recipe, known)


def drawn_at_random(recipe: Recipe) -> str:
    """Return why no network goes on from the weights of a run whose cases were drawn; else "".

    Such a run has learnt from some of the last cases, which are held out now.

    Args:
        recipe: Of the run, every value filled in.
    """
    return DRAWN if recipe.get("data.cases") == MIXED else ""


def unseen_steps(history: Panel, panel: Panel, known: float) -> Rows:
    """Return how many steps of each series come after those that a run was fitted on, (series,).

    Args:
        history: What the run was fitted on.
        panel: The newer data, on the run's grid.
        known: About which share of its rows the run was fitted on; NaN where that is not known.
            Rows without a time that it has never seen, as far as one knows, all come after its own.
    """
    if panel.grid.snap == "rows" and not known > 0:
        return panel.lengths
    ends = dict(zip(history.series, (history.starts + history.lengths).tolist(), strict=True))
    seen = [ends.get(name, start) for name, start in zip(panel.series, panel.starts, strict=True)]
    unseen: Rows = panel.starts + panel.lengths - np.maximum(np.array(seen, np.int64), panel.starts)
    return unseen


def seen_or_unknown(seen: float, panel: Panel, known: float) -> float:
    """Return which share of some steps a run was fitted on; NaN where nothing tells.

    Args:
        seen: The share, by `unseen_steps`.
        panel: The newer data: where rows have a time, it tells which of them came later.
        known: About which share of its rows the run was fitted on; NaN where that is not known.
    """
    return math.nan if panel.grid.snap == "rows" and math.isnan(known) else seen


def refuse_nothing_newer(source: Source, history: Panel, panel: Panel, unseen: Rows) -> None:
    """Refuse data that ends where that of a run ends, or before.

    Raises:
        DataError: No series has a row that is newer.
    """
    if (unseen > 0).any():
        return
    last, before = (
        format_times(
            each.grid.times(np.array([int((each.starts + each.lengths).max()) - 1])),
            utc=each.grid.utc,
        )[0]
        for each in (panel, history)
    )
    raise DataError(
        f"{source.path} ends at {last}; the run was fitted on data until {before}: nothing is "
        "newer",
        "give the rows until today: those of the run, and those that came since",
    )


def same_length(source: Source, panel: Panel, newer: Panel) -> None:
    """Refuse newer data that the grid of an earlier run cuts in another way.

    Raises:
        DataError: The series are not the same.
    """
    if panel.series != newer.series or not np.array_equal(panel.offsets, newer.offsets):
        raise DataError(
            f"{source.path} has {newer.rows:,} steps in {len(newer.series):,} series; on the grid "
            f"of the earlier run it has {panel.rows:,} in {len(panel.series):,}",
            "fit a new run on data of another frequency",
        )


def places_in(lines: Rows, wanted: Rows) -> Rows:
    """Return where cases stand among others, by the rows of the table at which they begin.

    Args:
        lines: (cases,) where each of them begins.
        wanted: (chosen,) where those begin that are looked for; each is among them.

    Example:
        >>> places_in(np.array([0, 4, 9]), np.array([9, 0]))
        array([2, 0])
    """
    place = {line: number for number, line in enumerate(lines.tolist())}
    return np.array([place[line] for line in wanted.tolist()], np.int64)


def in_columns_of(chances: Floats, names: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Return probabilities in the columns of other classes; 0 for one that is not known.

    Args:
        chances: (cases, classes).
        names: The classes that it has.
        wanted: The classes that it shall have.

    Example:
        >>> in_columns_of(np.array([[0.2, 0.8]]), ["a", "b"], ["b", "c"])
        array([[0.8, 0. ]])
    """
    place = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(chances), len(wanted)))
    for number, name in enumerate(wanted):
        if name in place:
            found[:, number] = chances[:, place[name]]
    return found


def refuse_other_labels(
    source: Source, name: str, known: Sequence[str], found: Sequence[str]
) -> None:
    """Refuse newer data none of whose labels a run knows.

    Args:
        source: The newer data.
        name: How commands name the run.
        known: Labels of the run.
        found: Labels of the data.

    Raises:
        DataError: It is another problem.
    """
    if not {*known} & {*found}:
        raise DataError(
            f"{source.path} has none of the labels of {name}: it has "
            f"{listed(map(repr, found[:5]))}, the run knows {listed(map(repr, known[:5]))}",
            "fit a new run for another problem: seqtune fit DATA --task TASK",
        )


def changed(parts: Mapping[str, tuple[object, object]]) -> str:
    """Return which parts of two runs differ, in words; "" where none does.

    Example:
        >>> changed({"the columns": (1, 1), "the vocabulary": (["a"], ["a", "b"])})
        'the vocabulary has changed'
    """
    other = [name for name, (one, two) in parts.items() if one != two]
    if not other:
        return ""
    return f"{' and '.join(other)} {'has' if len(other) == 1 else 'have'} changed"
