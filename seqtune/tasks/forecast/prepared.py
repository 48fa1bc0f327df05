"""Data ready for training a forecaster: the panel, its splits, its windows and the codec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split, read_split, save_split
from seqtune.data.panel.store import load_panel, save_panel
from seqtune.data.panel.window import (
    WindowRange,
    Windows,
    evaluation_windows,
    rolled_windows,
    training_windows,
)
from seqtune.files import read_value, write_json
from seqtune.tasks._panel_traits import SeriesMoments
from seqtune.tasks._panels import describe_panel
from seqtune.tasks._values import Fold, Part, Until
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.codec_check import check_codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.examples import Examples

ENOUGH_WINDOWS = 96
"""Where series are few, so many windows tell models apart; statistical methods, which are fitted
anew for every window, then still have their say within their share of the budget."""

MAX_WINDOWS: dict[Part, int] = {"validation": 600, "test": 5_000}
"""Where series are many, each gives a window, up to so many; validation looks after every epoch."""

MAX_NUMBERS = 25_000_000
"""Numbers that a model answers for a part at most, which stand in memory together: 200 MB for each
model that is looked at. Long horizons with many quantiles have fewer windows."""


@dataclass(frozen=True)
class Prepared:
    """The data of one run.

    Args:
        panel: Every row, validation and test included.
        split: Where the parts of each series begin.
        codec: What was fitted on the training rows.
    """

    panel: Panel
    split: Split
    codec: Codec

    @property
    def metric(self) -> str:
        """The metric that selects."""
        return "weighted_scaled_quantile_loss" if self.codec.counts else "mase"

    @property
    def folds(self) -> tuple[Fold, ...]:
        """None: the newest rows are held out."""
        return ()

    @cached_property
    def series_moments(self) -> SeriesMoments:
        """What is usual of each series, against which new rows are held."""
        return SeriesMoments.of(self.panel)

    @cached_property
    def coded(self) -> CodedPanel:
        """The panel with the scales of its series, measured on training rows."""
        return self.codec.encode(self.panel, self.split.train_end)

    @cached_property
    def windows(self) -> Mapping[Part, Windows]:
        """The windows that validation and test are scored on."""
        return {
            "validation": self._evaluation("validation"),
            "test": self._evaluation("test"),
        }

    @cached_property
    def _examples(self) -> Mapping[Part, Examples]:
        return {
            part: Examples(self.coded, windows, self.codec.horizon, winsorized=part == "validation")
            for part, windows in self.windows.items()
        }

    def encoded(self, part: Part) -> Examples:
        """Return the windows of a held-out part with what came of them."""
        return self._examples[part]

    @property
    def horizons_held_out(self) -> int:
        """How many horizons, none over another, the validation part has, in all series together."""
        begin, end = self.split.bounds("validation")
        per_series = (end - begin) // self.codec.horizon
        return int(per_series.sum()) * len(self.panel.target_names)

    def training(self, lookback: int, until: Until = "train") -> WindowRange:
        """Return every window that may be learnt from.

        Args:
            lookback: Steps of history that a window should have.
            until: The last part whose rows may be seen; past "train" only for the refit.
        """
        _, end = self.split.bounds(until)
        targets = len(self.panel.target_names)
        return training_windows(self.split.begin, end, self.codec.horizon, lookback, targets)

    def save(self, folder: Path) -> None:
        """Write panel and splits to `folder` and the codec beside it, as flat arrays and JSON."""
        save_panel(self.panel, folder / "data")
        save_split(self.split, folder / "data")
        # json indents in Python, and writes the rest in C: seconds for 100,000 series
        write_json(folder / "codec.json", self.codec.to_dict(), indent=None)

    @classmethod
    def load(cls, folder: Path) -> Prepared:
        """Open what `save` wrote; the arrays stay on disk and are read as they are needed.

        Raises:
            RunError: A file is missing or damaged, or they do not belong together.
        """
        panel = load_panel(folder / "data")
        split = read_split(folder / "data", panel.offsets)

        def codec_of(values: Any) -> Codec:
            codec = Codec.from_dict(values)
            check_codec(codec, panel)
            return codec

        codec = read_value(folder / "codec.json", codec_of)
        return cls(panel, split, codec)

    def describe(self) -> dict[str, Any]:
        """Return what the data turned out to be, in a few figures."""
        return {
            **describe_panel(self.panel, self.split, self.codec.roles),
            "periods": list(self.codec.periods),
            "horizon": self.codec.horizon,
            "training_windows": self.training(self.codec.horizon).total,
            "validation_windows": len(self.windows["validation"]),
            "test_windows": len(self.windows["test"]),
        }

    def _evaluation(self, part: Part) -> Windows:
        start, end = self.split.bounds(part)
        if part == "validation" and self.codec.origins:
            return self._rolled(start, end)
        every = evaluation_windows(start, end, self.codec.horizon, len(self.panel.target_names))
        one_each = int((every.count > 0).sum()) * every.targets
        wanted = min(max(ENOUGH_WINDOWS, one_each), self._most(part))
        return every.spread(wanted, self.codec.periods)

    def _most(self, part: Part) -> int:
        """Return how many windows a part has at most."""
        answers = self.codec.horizon * len(self.codec.levels)
        return max(1, min(MAX_WINDOWS[part], MAX_NUMBERS // answers))

    def _rolled(self, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> Windows:
        """Return windows from a few origins, evenly spread over the validation part."""
        origins, horizon = self.codec.origins, self.codec.horizon
        stride = int((end - start).max() - horizon) // max(1, origins - 1)
        parts = []
        for back in stride * np.arange(origins)[::-1]:
            part = rolled_windows(start, end, horizon, back, len(self.panel.target_names))
            count = min(len(part), self._most("validation"))
            parts.append(part[np.linspace(0, len(part) - 1, count).round().astype(np.int64)])
        return Windows.join(parts)
