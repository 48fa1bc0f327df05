"""Data ready for training a detector: the panel, its labels, its parts and the codec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split, read_split, save_split
from seqtune.data.panel.store import load_panel, save_panel
from seqtune.files import damaged, read_value, write_json
from seqtune.tasks._panel_traits import SeriesMoments
from seqtune.tasks._panels import describe_panel
from seqtune.tasks._values import Fold, Part, Until
from seqtune.tasks.anomaly.codec import Codec, Coded
from seqtune.tasks.anomaly.codec_check import check_codec
from seqtune.tasks.anomaly.held_out import HeldOut, hold_out
from seqtune.tasks.anomaly.panels import Rows

PLANTING_SEED: Mapping[Part, int] = {"validation": 11, "test": 12}
"""Draws the planted anomalies: the same for every run on the same data."""


@dataclass(frozen=True)
class Prepared:
    """The data of one run.

    Args:
        panel: Every row, validation and test included.
        labels: (rows,) int8, 0, 1, or -1 where there is no label.
        split: Where the parts of each series begin.
        codec: What was fitted on the training rows.
    """

    panel: Panel
    labels: npt.NDArray[np.int8]
    split: Split
    codec: Codec

    @property
    def metric(self) -> str:
        """The metric that selects: by labels, where the validation part has some of either."""
        return "vus_pr" if self.held_out["validation"].has_labels else "separation"

    @property
    def folds(self) -> tuple[Fold, ...]:
        """None: the newest rows are held out."""
        return ()

    @cached_property
    def series_moments(self) -> SeriesMoments:
        """What is usual of each series, against which new rows are held."""
        return SeriesMoments.of(self.panel)

    @cached_property
    def coded(self) -> Coded:
        """The panel as networks watch it."""
        return self.codec.encode(self.panel)

    @cached_property
    def rows(self) -> Rows:
        """The panel, from which segments are cut."""
        codec, panel = self.codec, self.panel
        return Rows(panel, codec.scales_of(panel), self.labels, codec.flat_line_of(panel))

    @cached_property
    def held_out(self) -> Mapping[Part, HeldOut]:
        """What detectors are compared on, by part."""
        parts: tuple[Part, ...] = ("validation", "test")
        return {
            part: hold_out(
                self.rows,
                *self.split.bounds(part),
                self.codec,
                PLANTING_SEED[part],
                self.split.bounds("train") if part == "validation" else None,
            )
            for part in parts
        }

    def encoded(self, part: Part) -> HeldOut:
        """Return the rows of a held-out part, and copies of them with planted anomalies."""
        return self.held_out[part]

    def training(self, until: Until = "train") -> npt.NDArray[np.int64]:
        """Return first row, and first row that may not be seen, of series to learn from.

        Args:
            until: The last part whose rows may be seen; past "train" only for the refit.

        Returns:
            (series, 2) int64.
        """
        _, end = self.split.bounds(until)
        bounds = np.stack([self.split.begin, end], axis=1)
        return bounds[end > self.split.begin]

    def save(self, folder: Path) -> None:
        """Write panel, labels and splits to `folder` and the codec beside them."""
        save_panel(self.panel, folder / "data")
        save_split(self.split, folder / "data")
        np.save(folder / "data" / "labels.npy", self.labels)
        write_json(folder / "codec.json", self.codec.to_dict())

    @classmethod
    def load(cls, folder: Path) -> Prepared:
        """Open what `save` wrote; the arrays stay on disk and are read as they are needed.

        Raises:
            RunError: A file is missing or damaged, or they do not belong together.
        """
        panel = load_panel(folder / "data")
        split = read_split(folder / "data", panel.offsets)
        try:
            labels = read_array(folder / "data" / "labels.npy", "int8", (panel.rows,))
        except (OSError, ValueError) as error:
            raise damaged(folder / "data", error) from error
        if not np.isin(labels, (-1, 0, 1)).all():
            raise damaged(folder / "data" / "labels.npy", "it does not hold labels alone")

        def codec_of(values: Any) -> Codec:
            codec = Codec.from_dict(values)
            check_codec(codec, panel)
            return codec

        codec = read_value(folder / "codec.json", codec_of)
        return cls(panel, labels, split, codec)

    def describe(self) -> dict[str, Any]:
        """Return what the data turned out to be, in a few figures."""
        codec, planted = self.codec, self.held_out["validation"].planted
        return {
            **describe_panel(self.panel, self.split, codec.roles),
            "periods": list(codec.periods),
            "unit": "row",
            "facts": {
                "watched": str(codec.channels),
                "season": f"{codec.season} rows",
                "false alarms": f"1 event in {1 / codec.false_alarms:,.0f} normal rows",
                "planted kinds": ", ".join(planted) or "none",
            },
        }
