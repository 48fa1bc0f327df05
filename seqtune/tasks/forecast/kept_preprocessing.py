"""What networks are given of the same few windows: the members of an ensemble often want the same.

A server forecasts a few windows at a time, where to arrange them takes as long as the networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.preprocessing import Preprocessed, has_identity, preprocess

MOST_WINDOWS, MOST_KEPT = 256, 8
"""Of so many windows at most, and so many ways to arrange them: little memory."""


class KeptPreprocessing:
    """Windows as they were arranged, by what a configuration says of it.

    One value is for one list of windows of one panel.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Preprocessed] = {}

    def preprocessed(
        self, coded: CodedPanel, windows: Windows, codec: Codec, values: Mapping[str, Any]
    ) -> Preprocessed:
        """Return what `preprocess` makes of the windows, which nobody may change.

        Args:
            coded: The panel with its scales.
            windows: The windows, the same at each call.
            codec: Horizon and seasonal periods.
            values: The configuration.
        """
        if len(windows) > MOST_WINDOWS:
            return preprocess(coded, windows, codec, values)
        key = (len(windows), *_arrangement(codec, values))
        if key not in self._made:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            self._made[key] = preprocess(coded, windows, codec, values)
        return self._made[key]


def _arrangement(codec: Codec, values: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what `preprocess` reads of a configuration; of an embedding, whether there is one."""
    read = {name: each for name, each in values.items() if name.startswith("preprocessing.")}
    read["preprocessing.embedding"] = has_identity(codec, values)
    return int(values["lookback"]), *sorted(read.items())
