"""One searchable key of a recipe, flattened: what values the search may take for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from seqtune.recipe.fields import Search
from seqtune.recipe.kinds import Whole
from seqtune.recipe.ranges import Range

DimensionKind = Literal["fixed", "choice", "int", "float"]


@dataclass(frozen=True)
class Dimension:
    """What a search may choose for one key.

    Args:
        path: Dotted path of the key, such as `network.units`.
        kind: "fixed" (one value), "choice" (a list), "int" or "float" (a range).
        choices: The values of "fixed" and "choice"; empty for a range.
        minimum: Smallest value of a range, itself included.
        maximum: Largest value of a range, itself included.
        step: Distance between neighbouring values of a range; None where any value may be taken.
        log: Whether a range is searched evenly on a logarithmic scale.
        default: The first choice, or the middle of the range.
        when: Path and value of another key without which this one has no effect.

    Example:
        >>> Dimension("network.units", "choice", (64, 128), default=64).count
        2
    """

    path: str
    kind: DimensionKind
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    log: bool = False
    default: Any = None
    when: tuple[str, str] | None = None

    @property
    def count(self) -> float:
        """Number of different values; infinite for a range without steps."""
        if self.minimum is None or self.maximum is None:
            return len(self.choices)
        if self.step is None:
            return math.inf
        return math.floor((self.maximum - self.minimum) / self.step + 1e-9) + 1

    def contains(self, value: object) -> bool:
        """Say whether the search could take this value."""
        if self.minimum is None or self.maximum is None:
            return any(type(value) is type(known) and value == known for known in self.choices)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        if not self.minimum <= value <= self.maximum or (self.kind == "int" and value % 1):
            return False
        if self.step is None:
            return True
        steps = (value - self.minimum) / self.step
        return abs(steps - round(steps)) < 1e-6


def dimension_of(path: str, kind: Search, value: Any, when: tuple[str, str] | None) -> Dimension:
    """Return the dimension that the value of a searchable key spans.

    Args:
        path: Dotted path of the key.
        kind: What the key may hold.
        value: One value, a tuple of choices, or a range.
        when: Path and value of another key without which this one has no effect.
    """
    if isinstance(value, Range):
        whole = isinstance(kind.item, Whole)
        step = value.step if value.step is not None or not whole or value.log else 1
        return Dimension(
            path,
            "int" if whole else "float",
            minimum=value.minimum,
            maximum=value.maximum,
            step=step,
            log=value.log,
            default=_middle(value, step, whole),
            when=when,
        )
    choices = value if isinstance(value, tuple) else (value,)
    return Dimension(
        path, "choice" if len(choices) > 1 else "fixed", choices, default=choices[0], when=when
    )


def _middle(span: Range, step: float | None, whole: bool) -> float:
    low, high = span.minimum, span.maximum
    if span.log:
        middle = math.sqrt(low * high)
        return round(middle) if whole else float(f"{middle:.6g}")
    if step is None:
        return (low + high) / 2
    middle = low + math.floor((high - low) / step / 2 + 1e-9) * step
    return int(middle) if whole else float(f"{middle:.12g}")
