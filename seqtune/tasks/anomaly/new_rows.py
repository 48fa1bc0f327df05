"""New rows to be scored: on the run's grid, with what came before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import Panel
from seqtune.data.reading.row_times import count_rows, read_times
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks._columns import require_fitted
from seqtune.tasks._values import Context
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.continuation import continued
from seqtune.tasks.anomaly.panels import Rows, take_labels
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.roles import Roles, check_labels, label_columns
from seqtune.tasks.anomaly.segment import Segment

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class AskedRows:
    """Rows that are scored by models that have learnt from all rows of the run.

    Args:
        segments: One per series, with what came before it.
        noncausal: Whether a row is judged with what came after it, too.
    """

    segments: Sequence[Segment]
    noncausal: bool

    def __len__(self) -> int:
        return sum(map(len, self.segments))


@dataclass(frozen=True, kw_only=True)
class NewRows(AskedRows):
    """New rows on the run's grid.

    Args:
        rows: The rows, scaled.
        place: (rows of the input,) the row of the panel that each stands at; -1 for none.
        source: The input.
        bridge: Rows without a value that a score reaches over.
    """

    rows: Rows
    place: Ints
    source: Source
    bridge: int

    @property
    def has_labels(self) -> bool:
        """Whether anomalies are known, and normal rows too."""
        labels = self.rows.labels
        return bool((labels == 1).any() and (labels == 0).any())

    @property
    def panel(self) -> Panel:
        """The new rows without labels."""
        return self.rows.panel


def rows_to_score(prepared: Prepared, source: Source | None, context: Context) -> NewRows:
    """Return new rows; those that follow the run's own are judged with these before them.

    Raises:
        DataError: There is no data, a column is missing, or the times are off the run's grid.
    """
    if source is None:
        raise DataError(
            "found no data to score, expected a file", f"seqtune predict {context.name} DATA"
        )
    return read_new(prepared, source, context)


def labelled_rows(prepared: Prepared, source: Source, context: Context) -> NewRows:
    """Return new rows with their labels, if there are any.

    A run that was fitted without a label column takes one by its name.

    Raises:
        DataError: As `read_new`, or two columns could be the label.
    """
    label = _label_of(prepared, source, context)
    new = read_new(prepared, source, context, label)
    if not new.has_labels and label is not None:
        context.note("no row is labelled 1, or none 0, so events are counted but not scored")
    return new


def _label_of(prepared: Prepared, source: Source, context: Context) -> str | None:
    """Return the column of known anomalies: the fitted one, else one by its name, and tell it."""
    fitted = prepared.codec.roles
    if fitted["label"] in source.names:
        return str(fitted["label"])
    used = (fitted["time"], fitted["series"], *fitted["targets"])
    suited, others = label_columns(source, [name for name in source.names if name not in used])
    if len(suited) > 1:
        raise DataError(
            f"{source.path}: {len(suited)} columns could be the label: {', '.join(suited)}",
            f"keep one of them, such as {suited[0]!r}, and remove or rename the others",
        )
    context.note(
        *(
            f"column {name!r} is named like a label but does not hold 0 and 1 alone"
            for name in others
        )
    )
    if suited:
        context.note(
            f"label: {suited[0]}, by its name; the run was fitted without one. Not meant: rename it"
        )
        return suited[0]
    context.note(
        "no label column was found, so events are counted but not scored; add a column of 0 and 1 "
        "named 'label' or 'anomaly'"
    )
    return None


def read_new(
    prepared: Prepared, source: Source, context: Context, label: str | None = None
) -> NewRows:
    """Put new rows on the run's grid, each series with what came before it.

    Args:
        prepared: The data of the run.
        source: The rows.
        context: Hears of repairs.
        label: The column of known anomalies; None where nobody asks for it.

    Raises:
        DataError: A column of the fitted data is missing, or the times are off the grid.
    """
    codec = prepared.codec
    panel, labels = on_grid(codec, source, context, label)
    unknown = [name for name in panel.series if name not in codec.series]
    if unknown and codec.roles["series"]:
        shown = ", ".join(repr(name) for name in unknown[:3])
        context.note(
            f"{len(unknown)} series are new to the run ({shown}"
            f"{', …' if len(unknown) > 3 else ''}): their scale is measured on their own rows"
        )
    rows = Rows(panel, codec.scales_of(panel), labels, codec.flat_line_of(panel))
    segments = [continued(prepared, rows, series) for series in range(len(panel.series))]
    noncausal = bool(context.recipe.get("score.noncausal"))
    places = _places(source, codec.roles["time"], codec.roles["series"], panel)
    return NewRows(
        rows=rows,
        segments=segments,
        place=places,
        source=source,
        bridge=codec.bridge,
        noncausal=noncausal,
    )


def on_grid(
    codec: Codec, source: Source, context: Context, label: str | None = None
) -> tuple[Panel, npt.NDArray[np.int8]]:
    """Return the watched columns of new rows on the run's grid, and (rows,) their labels.

    Args:
        codec: What is known of the fitted data.
        source: The rows.
        context: Hears of repairs.
        label: The column of known anomalies; None where nobody asks for it.

    Raises:
        DataError: A column of the fitted data is missing, or the times are off the grid.
    """
    fitted = codec.roles
    roles = Roles(tuple(fitted["targets"]), fitted["time"], fitted["series"], label)
    require_fitted(source, (roles.time, roles.series, *roles.targets))
    if label is not None:
        check_labels(source, label, allow_all=True)
    whole = build_panel(
        source,
        roles.of_panel(),
        duplicates=context.recipe.get("data.duplicates"),
        grid=codec.axis(),
    )
    panel, labels = take_labels(whole)
    context.note(*source.notes, *panel.notes)
    return panel, labels


def _places(source: Source, time: str | None, series_column: str | None, panel: Panel) -> Ints:
    """Return the row of the panel that each row of the input stands at, -1 for none."""
    if series_column is None:
        series = np.zeros(source.rows, np.int64)
    else:
        codes, names = source.codes(series_column)
        number = {name: index for index, name in enumerate(panel.series)}
        known = np.array([number.get(name, -1) for name in names], np.int64)
        series = known[codes]
    if time is None:
        counted = None if series_column is None else source.codes(series_column)[0]
        steps = count_rows(counted, source.rows)
    else:
        steps = panel.grid.index(read_times(source, time)[0])
    at = np.maximum(series, 0)
    within = steps - panel.starts[at]
    inside = (series >= 0) & (within >= 0) & (within < panel.lengths[at])
    return np.where(inside, panel.offsets[at] + within, -1)
