"""A table of tokens that came from a file of another form, which can be written back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seqtune.data.reading.source import Source

SENTENCE = "sentence"


class SentenceSource(Source):
    """A table with a row for each token; its first column tells sentences apart.

    Attributes:
        token_column: The column of tokens.
        label_column: The column of their labels; "" where there is none, or several may be it.
        label_beside: The column that a file beside it filled; "" where there was none.
    """

    token_column = ""
    label_column = ""
    label_beside = ""


def sentence_name(taken: Sequence[str]) -> str:
    """Return what the column is called that numbers sentences.

    Example:
        >>> sentence_name(["token"]), sentence_name(["sentence"])
        ('sentence', 'sentence_number')
    """
    name = SENTENCE
    while name in taken:
        name += "_number"
    return name


def with_sentences(numbers: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns behind one that numbers the sentences.

    Args:
        numbers: (rows,) the sentence of each token.
        columns: The others, (rows,) each.
    """
    return {sentence_name(list(columns)): numbers, **columns}


def cell_getter(cells: Mapping[int, str] | Sequence[str]) -> Callable[[int], str | None]:
    """Return what gives the cell of a row; None for a row that has no new one.

    Example:
        >>> cell_getter({1: "x"})(0) is None, cell_getter(["x"])(0)
        (True, 'x')
    """
    return cells.get if isinstance(cells, Mapping) else cells.__getitem__
