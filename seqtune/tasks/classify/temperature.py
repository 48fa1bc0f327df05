"""The temperature at which probabilities come true as often as they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.metrics.calibration import scaled

Floats = npt.NDArray[np.float64]

MAX_TEMPERATURE = 1000.0
"""No temperature is higher, none lower than its inverse."""


@dataclass(frozen=True)
class Temperature:
    """Makes probabilities softer or sharper.

    Args:
        value: Above 1 for a model that is too sure.
        is_multi: Whether a case may have any number of labels.

    Source:
        Guo et al., On Calibration of Modern Neural Networks, arXiv 1706.04599, section 4.2.
    """

    value: float
    is_multi: bool

    def apply(self, predictions: Floats) -> Floats:
        """Return probabilities (cases, classes) at the temperature."""
        return scaled(predictions, self.value, is_multi=self.is_multi)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"temperature": self.value}

    @classmethod
    def from_dict(cls, values: Any, *, is_multi: bool) -> Temperature:
        """Read what `to_dict` returned.

        Raises:
            ValueError: It is no temperature.
        """
        if not isinstance(values, Mapping) or set(values) != {"temperature"}:
            raise ValueError("expected a temperature")
        value = values["temperature"]
        is_sound = type(value) in (int, float) and 1 / MAX_TEMPERATURE <= value <= MAX_TEMPERATURE
        if not is_sound:
            raise ValueError(f"found the temperature {str(value)[:40]}")
        return cls(float(value), is_multi)
