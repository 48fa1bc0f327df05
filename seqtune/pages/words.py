"""How a page writes numbers and places in tables, hints and descriptions."""

from __future__ import annotations

from collections.abc import Iterable

from seqtune.drawing.wording import figure, literal


def written(value: object) -> str:
    """Write what stands in a cell: a number with a few digits, a text as it is, "–" for nothing.

    Example:
        >>> written(1234.5678), written(3.0), written("1960-01"), written(None)
        ('1,234.57', '3', '1960-01', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, (int, float)):
        if value == int(value) and abs(value) < 1e9:
            return f"{int(value):,}".replace("-", "−")
        if 1e-4 <= abs(value) < 1e9:
            text = f"{value:,.6g}" if abs(value) < 1e3 else f"{value:,.2f}"
            return text.replace("-", "−")
        return f"{value:.3e}".replace("-", "−")
    return literal(value)


def range_of(values: Iterable[float | None]) -> str:
    """Say from where to where values go.

    Example:
        >>> range_of([3.0, None, 1.0])
        'from 1.00 to 3.00'
    """
    known = [value for value in values if value is not None]
    if not known:
        return "without numbers"
    return f"from {figure(min(known))} to {figure(max(known))}"
