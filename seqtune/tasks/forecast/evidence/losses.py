"""What the metric of a run counts for every window and step, so that any group has its figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.tasks.forecast.evidence.cases import Cases
from seqtune.tasks.forecast.evidence.means import Means, grouped_means

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Losses:
    """Losses of each model, and what they are divided by.

    The figure of a group is the sum of its losses by the sum of its weights: a mean of scaled
    errors, or, of sparse counts, losses by scales.

    Args:
        cases: The windows.
        by_model: (windows, horizon) of each model, NaN where nothing was observed or the metric is
            not defined.
        weights: (windows,), what each step counts.
        title: The metric, as people write it.
    """

    cases: Cases
    by_model: Mapping[str, Floats]
    weights: Floats
    title: str

    def means(self, name: str, groups: Ints, number: int, blocks: Ints | None = None) -> Means:
        """Return the figure of each group of a model, each step counting alike.

        Args:
            name: The model.
            groups: (windows, horizon) int64; below 0 for what does not count.
            number: How many groups there are.
            blocks: What draws independently of each other; the blocks of the cases if None.
        """
        draws = self.cases.blocks if blocks is None else blocks
        return grouped_means(self.by_model[name], self.weights, groups, draws, number)

    def gains(self, groups: Ints, number: int, blocks: Ints | None = None) -> Means:
        """Return by how much the figure of the model is below the simple method's, by group."""
        cases = self.cases
        gained = self.by_model[cases.baseline] - self.by_model[cases.model]
        draws = cases.blocks if blocks is None else blocks
        return grouped_means(gained, self.weights, groups, draws, number)

    @cached_property
    def of_windows(self) -> Mapping[str, Floats]:
        """(windows,) mean loss of each model over the steps that count; NaN where none does."""
        means = {}
        for name, losses in self.by_model.items():
            counted = np.isfinite(losses)
            amount = counted.sum(axis=1)
            total = np.where(counted, losses, 0.0).sum(axis=1)
            means[name] = np.divide(
                total, amount, out=np.full(len(total), np.nan), where=amount > 0
            )
        return means

    def of_lines(self, name: str) -> Floats:
        """Return the figure of each series and target, (lines,), each window counting alike."""
        cases = self.cases
        groups, number = cases.line[:, None], len(cases.lines)
        losses = self.of_windows[name][:, None]
        return grouped_means(losses, self.weights, groups, cases.blocks, number).values

    def of_each(self, name: str) -> Floats:
        """Return the figure of each window, (windows,), NaN where it has none."""
        has_weight = self.weights > 0
        losses = self.of_windows[name]
        error: Floats = np.divide(
            losses, self.weights, out=np.full(len(losses), np.nan), where=has_weight
        )
        return error


def scaled_errors(cases: Cases, scale: Floats, title: str = "MASE") -> Losses:
    """Return absolute errors of the medians in units of their scale: what MASE is the mean of.

    Args:
        cases: The windows.
        scale: (windows,), NaN or 0 where MASE is not defined.
        title: The metric, as people write it.
    """
    defined = np.isfinite(scale) & (scale > 0)
    counted = cases.observed & defined[:, None]
    unit = np.where(defined, scale, 1.0)[:, None]
    by_model = {
        name: np.where(counted, np.abs(cases.actual - cases.median(name)) / unit, np.nan)
        for name in cases.names
    }
    return Losses(cases, by_model, np.ones(len(scale)), title)


def absolute_errors(cases: Cases, title: str) -> Losses:
    """Return absolute errors of the medians in the target's unit."""
    return scaled_errors(cases, np.ones(len(cases.line)), title)


def quantile_losses(
    cases: Cases,
    quantiles: Mapping[str, Floats],
    levels: tuple[float, ...],
    scale: Floats,
    title: str = "WSQL",
) -> Losses:
    """Return twice the mean quantile loss with the scales as weights: what WSQL is made of.

    Args:
        cases: The windows.
        quantiles: (windows, horizon, all levels) by model: more levels than are given out.
        levels: All levels.
        scale: (windows,), 0 where a series never changed.
        title: The metric, as people write it.
    """
    level = np.asarray(levels)
    by_model = {}
    for name in cases.names:
        above = cases.actual[..., None] - quantiles[name]
        pinball = 2 * np.maximum(level * above, (level - 1.0) * above).mean(axis=-1)
        by_model[name] = np.where(cases.observed, pinball, np.nan)
    weights = scale if (scale > 0).any() else np.ones(len(scale))
    return Losses(cases, by_model, weights, title)
