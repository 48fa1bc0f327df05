"""A table of tokens that came from a file of another form, which can be written back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from seqtune.data.reading.source import Source


class SentenceSource(Source):
    """A table with a row for each token, and a column `sentence` that tells sentences apart.

    Attributes:
        label_beside: The column that a file beside it filled; "" where there was none.
    """

    label_beside = ""


def cell_getter(cells: Mapping[int, str] | Sequence[str]) -> Callable[[int], str | None]:
    """Return what gives the cell of a row; None for a row that has no new one.

    Example:
        >>> cell_getter({1: "x"})(0) is None, cell_getter(["x"])(0)
        (True, 'x')
    """
    return cells.get if isinstance(cells, Mapping) else cells.__getitem__
