"""A range of numbers to search, as a recipe states it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Range:
    """A range to search: linear, in steps, or evenly on a logarithmic scale.

    In YAML: `{min: 1, max: 8, step: 1}` or `{min: 0.0003, max: 0.01, log: true}`. Both ends
    belong to the range.
    """

    minimum: float
    maximum: float
    step: float | None = None
    log: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the range as it stands in YAML."""
        values: dict[str, Any] = {"min": self.minimum, "max": self.maximum}
        if self.step is not None:
            values["step"] = self.step
        if self.log:
            values["log"] = True
        return values
