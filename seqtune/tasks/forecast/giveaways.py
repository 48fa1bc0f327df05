"""Covariates that say the target itself, at a step of which nobody can know it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split
from seqtune.progress import Listener, Note

Floats = npt.NDArray[np.float64]

SAME = 0.98
"""Squared correlation of the changes of two columns from which one says the other."""

MIN_CHANGES = 20
"""Fewer changes are alike by chance."""

MAX_ROWS = 200_000
"""Rows that are looked at; of those, the training rows."""

MAX_LEAD = 24
"""Steps ahead that a past covariate is compared with the target."""


def tell_giveaways(
    panel: Panel, split: Split, horizon: int, periods: tuple[int, ...], listener: Listener
) -> None:
    """Say which covariates change as the target does: at its step, or before it.

    A target that changes as it did a season before is left out: that is known without a covariate.

    Args:
        panel: The rows.
        split: Their parts; training rows alone are looked at.
        horizon: Steps ahead.
        periods: The seasons, in steps.
        listener: Hears of such columns, and what to do with them.
    """
    for column, target in enumerate(panel.target_names):
        values = panel.target[:, column]
        seen = _Changes(panel, split, values)
        if any(seen.likeness(values, period) >= SAME for period in periods):
            continue
        for name, covariate in _numeric(panel, panel.future_names, panel.future):
            if seen.likeness(covariate, 0) >= SAME:
                listener(
                    Note(
                        f"column {name!r} says {target!r} of the same step: forecasts rest on it. "
                        f"If it is not known ahead, it is a past covariate: --past {name}"
                    )
                )
        for name, covariate in _numeric(panel, panel.past_names, panel.past):
            leads = range(1, min(horizon, MAX_LEAD) + 1)
            lead = next((lead for lead in leads if seen.likeness(covariate, lead) >= SAME), 0)
            if lead:
                steps = "the next step" if lead == 1 else f"{lead} steps later"
                listener(
                    Note(
                        f"column {name!r} says {target!r} of {steps}, which nobody knows yet: "
                        "figures are too good if it is not there in time. Leave it out: name the "
                        "other covariates with --past"
                    )
                )


def _numeric(panel: Panel, names: tuple[str, ...], columns: Floats) -> Iterator[tuple[str, Floats]]:
    for number, name in enumerate(names):
        if name not in panel.categories:
            yield name, columns[:, number]


class _Changes:
    """The changes of a target from step to step among the training rows.

    Args:
        panel: The rows.
        split: Their parts.
        target: (rows,).
    """

    def __init__(self, panel: Panel, split: Split, target: Floats) -> None:
        begin, end = split.begin, split.train_end
        series = np.repeat(np.arange(len(begin)), np.diff(panel.offsets))[:MAX_ROWS]
        row = np.arange(len(series))
        is_inside = (row > begin[series]) & (row < end[series])
        self.series = np.where(is_inside, series, -1)[1:]  # (changes,), -1 for none
        self.changes = np.diff(target[: len(series)])

    def likeness(self, other: Floats, shift: int) -> float:
        """Return the squared correlation with the changes of another column.

        Args:
            other: (rows,).
            shift: Steps before each change of the target at which that of the other one stands.
        """
        changes = np.diff(other[: len(self.changes) + 1])
        count = max(len(changes) - shift, 0)
        ours, theirs = self.changes[shift:], changes[:count]
        known = (self.series[shift:] == self.series[:count]) & (self.series[:count] >= 0)
        known &= np.isfinite(ours) & np.isfinite(theirs)
        ours, theirs = ours[known], theirs[known]
        if len(ours) < MIN_CHANGES:
            return 0.0
        ours, theirs = unit_sized(ours - ours.mean()), unit_sized(theirs - theirs.mean())
        size = float((ours**2).sum() * (theirs**2).sum())
        return float((ours * theirs).sum()) ** 2 / size if size > 0 else 0.0


def unit_sized(values: Floats) -> Floats:
    """Return values divided by the largest of them, so that their squares are numbers."""
    largest = float(np.abs(values).max(initial=0.0))
    return values / largest if largest > 0 else values
