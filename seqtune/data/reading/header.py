"""Which of the first rows of a table name its columns, and which are no data beside them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from seqtune.data.reading.cell_forms import is_value
from seqtune.data.reading.column_names import DATE, is_called
from seqtune.data.reading.physical_lines import Row

MAX_HEADER = 20
"""Rows of a header at most."""

TYPED_SHARE = 0.8
LONG_NAME, MANY_WORDS = 60, 7
SENTENCE_END = re.compile(r".*[.!?]{1,3}$")
INDEX_ROW_SHARE = 0.34
SHORT_SIGN, FEW_SIGNS, MIN_SIGNED = 5, 3, 5
"""Characters of a sign at most, how often each occurs on average, and in how many rows."""


@dataclass(frozen=True)
class Header:
    """What the first rows are.

    Args:
        names: A cell for each column, maybe empty; nothing where no row names them.
        titles: Rows above the names.
        lines: Rows that names were taken from.
        under: Rows below the names that are no data, such as units.
        first: The first row of data.
    """

    names: tuple[str, ...]
    titles: tuple[Row, ...] = ()
    lines: tuple[Row, ...] = ()
    under: tuple[Row, ...] = ()
    first: int = 0


def width_of(rows: Sequence[Row]) -> int:
    """Return the number of cells that most rows have; of the later ones, below any title."""
    later = rows[len(rows) // 3 :] if len(rows) > 6 else rows
    counts = Counter(len(row.cells) for row in later)
    return max(counts, key=lambda width: (counts[width], width), default=1)


def typed_columns(rows: Sequence[Row], width: int) -> list[int]:
    """Return the columns that hold numbers, dates or clocks below the first rows."""
    full = [row for row in rows if len(row.cells) == width]
    bulk = full[max(1, len(full) // 2) :] if len(full) > 1 else full
    bulk = bulk or full
    typed = []
    for column in range(width):
        cells = [row.cells[column] for row in bulk if row.cells[column]]
        if cells and sum(map(is_value, cells)) >= TYPED_SHARE * len(cells):
            typed.append(column)
    return typed


def is_data(row: Row, typed: Sequence[int]) -> bool:
    """Say whether at least half of what stands in columns of values are values."""
    cells = row.present(typed)
    return bool(cells) and 2 * sum(map(is_value, cells)) >= len(cells)


def find_header(rows: Sequence[Row]) -> Header:
    """Decide which rows name the columns.

    Args:
        rows: The first rows, blank ones left out.

    Example:
        >>> rows = [Row(1, ("day", "load")), Row(2, ("", "MW")), Row(3, ("2024-01-02", "7"))]
        >>> found = find_header([*rows, Row(4, ("2024-01-03", "8"))])
        >>> found.names, found.under[0].cells, found.first
        (('day', 'load'), ('', 'MW'), 2)
    """
    width = width_of(rows)
    if len(rows) == 1 and all(map(is_value, rows[0].cells)):
        return Header(())
    start = next((at for at, row in enumerate(rows) if len(row.cells) >= width), 0)
    if len(rows[start].cells) > width or start > 2 * MAX_HEADER:
        start = 0  # not wider rows below titles, but a ragged file: reading it names the line
    if start > 0 and _is_short_header(rows, start, width):
        start -= 1
    elif start > 0 and _is_first(rows[start:], width):
        start = 0  # a row of another width: reading it names the line
    titles, block = list(rows[:start]), list(rows[start:])
    while len(block) > 2 and (not block[0].filled or (width > 2 and _is_title(block))):
        titles.append(block.pop(0))
    typed = typed_columns(block, width)
    if not typed:
        named = _are_names(block, width)
        return Header(block[0].cells if named else (), tuple(titles), tuple(block[:named]),
                      first=len(titles) + named)  # fmt: skip
    first = next(
        (
            at
            for at, row in enumerate(block[:MAX_HEADER])
            if _begins(row, typed) or (at and not row.present(typed))
        ),
        1,
    )
    if first == 0 and _is_first(block, width):
        return Header((), tuple(titles), first=len(titles))
    first = max(first, 1)
    return _of_block(block[:first], titles, width, len(titles) + first)


def _begins(row: Row, typed: Sequence[int]) -> bool:
    """Say whether a row is the first of the data: its key, too, is a value."""
    key = row.present(typed[:1])
    return is_data(row, typed) and all(map(is_value, key))


def _is_first(rows: Sequence[Row], width: int) -> bool:
    """Say whether data begins with the first of some rows, and not with names that are values."""
    typed = typed_columns(rows, width)
    return is_data(rows[0], typed) and not _names_across(rows[0], rows, typed)


def _is_short_header(rows: Sequence[Row], start: int, width: int) -> bool:
    """Say whether a header lacks the name of the first column, as R writes it."""
    short = rows[start - 1]
    below = [row for row in rows[start:] if len(row.cells) == width]
    is_full = len(short.cells) == width - 1 == short.filled
    return width > 2 and len(below) > 1 and is_full and not any(map(is_value, short.cells))


def _is_title(block: Sequence[Row]) -> bool:
    """Say whether the first row is a title whose other columns were filled with separators."""
    first = block[0]
    second = next((row for row in block[1:] if row.filled), block[1])
    share = first.filled / len(first.cells)
    return share <= INDEX_ROW_SHARE and first.filled < second.filled and bool(first.cells[0])


def _are_names(block: Sequence[Row], width: int) -> int:
    """Return 1 if the first row of a table of texts names its columns, else 0."""
    first, others = block[0].cells, block[1:]
    if len(first) != width:
        return 1
    if len(set(filter(None, first))) < len(list(filter(None, first))) and width > 1:
        return 0
    for column, cell in enumerate(first):
        values = [row.cells[column] for row in others if len(row.cells) == width]
        if cell and values.count(cell) > 0 and len(set(values)) <= max(2, len(values) // 2):
            return 0
        if _is_like_texts(cell, values):
            return 0
        is_text = len(cell) > LONG_NAME or len(cell.split()) > MANY_WORDS
        if is_text or (len(cell.split()) > 2 and SENTENCE_END.fullmatch(cell)):
            return 0
    return 1


def _is_like_texts(cell: str, values: Sequence[str]) -> bool:
    """Say whether a cell is one more of a column's texts: a sentence, or signs with blanks between.

    Such signs, as phones are, are short and few, and the names of columns are not made of them.
    """
    present = [value for value in values if value]
    ended = sum(SENTENCE_END.fullmatch(value) is not None for value in present)
    if SENTENCE_END.fullmatch(cell) and 2 * ended > len(present):
        return True
    signs, split = cell.split(), [value.split() for value in present]
    if len(split) < MIN_SIGNED or 2 * sum(len(each) > 1 for each in split) <= len(split):
        return False
    known = Counter(itertools.chain.from_iterable(split))
    is_few = FEW_SIGNS * len(known) <= known.total()
    return (
        is_few
        and all(len(sign) <= SHORT_SIGN for sign in (*signs, *known))
        and any(sign in known for sign in signs)
    )


def _names_across(row: Row, block: Sequence[Row], typed: Sequence[int]) -> bool:
    """Say whether a row of values names columns all the same: dates or numbers in order."""
    others = [cell for column, cell in enumerate(row.cells) if column not in typed]
    if not (any(others) or not row.cells[0]) and len(typed) == len(row.cells):
        return False
    cells = [cell for cell in row.present(typed) if is_value(cell)]
    if len(cells) < 2 or len(set(cells)) < len(cells):
        return False
    numbers = [int(cell) for cell in cells if re.fullmatch(r"\d{1,6}", cell)]
    if len(numbers) == len(cells):
        steps = {two - one for one, two in itertools.pairwise(numbers)}
        below = {cell for other in block[1:20] for cell in other.cells}
        return steps == {1} and not set(cells) <= below
    return _are_dates_in_order(cells)


def _are_dates_in_order(cells: Sequence[str]) -> bool:
    """Say whether all cells are dates, one later than the other."""
    import numpy as np

    from seqtune.data.reading.timestamps import parse_labels

    if len(cells) < 3 or not all(re.search(r"\d", cell) for cell in cells):
        return False
    times = parse_labels(list(cells))
    gaps = np.diff(times).astype(np.int64)
    return not np.isnat(times).any() and (bool((gaps > 0).all()) or bool((gaps < 0).all()))


def _of_block(block: Sequence[Row], titles: list[Row], width: int, first: int) -> Header:
    """Return the names that several rows give together."""
    candidates = [row for row in block if len(row.cells) in (width, width - 1)] or list(block)
    chosen = max(
        candidates, key=lambda row: (len(set(filter(None, row.cells))), row.filled, -row.line)
    )
    above = [row for row in block if row.line < chosen.line]
    below = [row for row in block if row.line > chosen.line]
    names = list(chosen.cells)
    used = [chosen]
    alone = [row for row in below if row.filled == 1 and row.cells[0]]
    index = next((row for row in alone if not names[0] or is_called(row.cells[0], DATE)), None)
    if index is not None:
        names[0] = index.cells[0]
        used.append(index)
    double = {name for name, count in Counter(filter(None, names)).items() if count > 1}
    if double:
        other = next((row for row in (*above, *below) if _tells_apart(row, names, double)), None)
        if other is not None:
            labels = _carried(other.cells) if other.line < chosen.line else list(other.cells)
            names = [
                f"{name} {label}".strip() if name in double else name
                for name, label in zip(names, labels, strict=False)
            ]
            used.append(other)
    for row in above:
        for column, cell in enumerate(row.cells[: len(names)]):
            if not names[column] and cell:
                names[column] = cell
                used.append(row)
    lines = tuple(sorted(set(used), key=lambda row: row.line))
    return Header(
        tuple(names),
        (*titles, *(row for row in above if row not in lines)),
        lines,
        tuple(row for row in below if row not in lines),
        first,
    )


def _carried(cells: Sequence[str]) -> list[str]:
    """Carry a name over the columns that it spans."""
    carried, last = [], ""
    for cell in cells:
        last = cell or last
        carried.append(last)
    return carried


def _tells_apart(row: Row, names: Sequence[str], double: set[str]) -> bool:
    """Say whether a further row tells columns of one name apart."""
    labels = _carried(row.cells)
    pairs = [(name, label) for name, label in zip(names, labels, strict=False) if name in double]
    return len(set(pairs)) == len(pairs)
