"""Which lines of a delimited file hold its table: titles, comments, header, data, totals, notes.

All is judged on the first and the last lines. What is not read is said with its line numbers and
the `--set` that overrides the guess, so that every physical line of a file is accounted for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seqtune.data.reading.cell_forms import is_total, is_value
from seqtune.data.reading.encoding import Scan
from seqtune.data.reading.header import Header, find_header, is_data, typed_columns, width_of
from seqtune.data.reading.physical_lines import Row, lines_of, rows_of

COMMENTS = ("#", "%", "//", "!")
"""What begins a comment above the header; below it, `#` alone."""

MAX_FOOTER = 60
"""Lines at the end that may be no data; where there are more, they are no footer."""

LONG_NOTE = 20
"""A text that stands alone in a row at the end is a note if it is longer."""

SHOWN = 40


@dataclass(frozen=True)
class Layout:
    """Where the table is.

    Args:
        names: A cell for each column, maybe empty; nothing where no line names them.
        skip_lines: Physical lines before the first row.
        end_line: The first physical line after the last row; 0 where the file ends with it.
        comment: What begins a line within the rows that is no row; "" for nothing.
        rows: The first rows of data, as a sample.
        width: Number of columns.
        notes: What is not read, and the override.
    """

    names: tuple[str, ...]
    skip_lines: int
    end_line: int
    comment: str
    rows: tuple[Row, ...]
    width: int
    notes: tuple[str, ...]


def comment_lines(text: str) -> tuple[int, str]:
    """Return how many lines above the table are blank or comments, and what begins these."""
    count, mark = 0, ""
    lines = lines_of(text)
    for line in lines:
        start = line.strip()
        if not start:
            count += 1
            continue
        found = next((each for each in COMMENTS if start.startswith(each)), "")
        if not found or (mark and found != mark):
            break
        mark = found
        count += 1
    return (count, mark) if count < len(lines) else (_blank_lines(lines), "")


def _blank_lines(lines: Sequence[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip()), len(lines))


def find_layout(
    scan: Scan, separator: str, header: str, skip: int | None, footer: int | None, comment: str
) -> Layout:
    """Decide which lines hold the table.

    Args:
        scan: What a pass over the file showed.
        separator: Between two cells.
        header: "first_line", "none" or "auto".
        skip: Lines above the header that are no part of the table; None leaves it open.
        footer: Lines at the end that are no part of it; None leaves it open.
        comment: What begins a comment; "" for nothing, "auto" leaves it open.
    """
    lines = lines_of(scan.start)
    above, mark = comment_lines(scan.start)
    if comment == "":
        above, mark = _blank_lines(lines), ""
    elif comment != "auto":
        mark = comment
        above = next((at for at, line in enumerate(lines) if line.strip()
                      and not line.startswith(comment)), 0)  # fmt: skip
    if skip is not None:
        above = skip + _blank_lines(lines[skip:])
    rows = rows_of("".join(lines[above:]), separator, above + 1)
    within = _comment_within(scan, rows, lines[:above], separator, comment)
    if within:
        rows = [row for row in rows if not row.cells[0].startswith(within)]
    found = _header(rows, header)
    notes = []
    if mark and not found.names and skip is None and header != "none":
        last = max((at for at in range(above) if lines[at].strip()), default=-1)
        found = _commented_header(lines[last], last + 1, separator, mark, rows, found)
    data = rows[found.first :]
    start = data[0].line - 1 if data else max((row.line for row in rows), default=above)
    header_lines = _spanned(found.lines, rows, start)
    left_out = [
        at for at in range(1, start + 1) if at not in header_lines and lines[at - 1].strip()
    ]
    if left_out and skip is None:
        notes.append(_note_left_out(left_out, lines, "above the rows", "--set data.skip=N"))
    if within:
        count = scan.comments - sum(line.startswith(within) for line in lines[:start])
        if count > 0:
            notes.append(f"{count} line{'s' * (count > 1)} beginning with '{within}' left out "
                         "(comments; --set data.comment=none reads them)")  # fmt: skip
    end_line = _end(scan, separator, data, footer, within)
    if end_line and footer is None:
        tail = lines_of(scan.end)
        left = [line for line in tail[end_line - 1 - (scan.lines - len(tail)) :] if line.strip()]
        what = f"{_shown(left[0])} (total or note;" if left else "empty (rows without a value;"
        notes.append(
            f"{line_numbers(range(end_line, scan.lines + 1))} at the end left out: {what} --set "
            "data.footer=0 reads everything)"
        )
    return Layout(found.names, start, end_line, within, tuple(data), width_of(rows), tuple(notes))


def _header(rows: Sequence[Row], header: str) -> Header:
    if header == "none" or not rows:
        return Header(())
    if header == "first_line":
        return Header(rows[0].cells, (), (rows[0],), (), 1)
    return find_header(rows)


def _commented_header(
    line: str, number: int, separator: str, mark: str, rows: Sequence[Row], found: Header
) -> Header:
    """Take the names from the last comment above the rows, if it has as many."""
    if not rows:
        return found
    cells = rows_of(line.strip().lstrip(mark), separator, number)
    fits = cells and len(cells[0].cells) == len(rows[found.first].cells)
    if not fits or any(map(is_value, cells[0].cells)):
        return found
    return Header(cells[0].cells, found.titles, (Row(number, cells[0].cells),), (), found.first)


def _spanned(lines: Sequence[Row], rows: Sequence[Row], start: int) -> set[int]:
    """Return the physical lines that the header takes; a name in quotes may hold line ends."""
    begins = sorted({row.line for row in rows} | {start + 1})
    spanned: set[int] = set()
    for row in lines:
        following = next((at for at in begins if at > row.line), row.line + 1)
        spanned.update(range(row.line, following))
    return spanned


def _comment_within(
    scan: Scan, rows: Sequence[Row], above: Sequence[str], separator: str, comment: str
) -> str:
    """Return what begins comments among the rows, if there are any.

    A line with as many cells as the others, and numbers where they have numbers, is a row.
    """
    if comment not in ("", "auto"):
        return comment
    if comment == "" or scan.comments <= sum(
        line.lstrip("\ufeff").startswith("#") for line in above
    ):
        return ""
    begun = sum(row.cells[0].startswith("#") for row in rows)
    if begun > 0.2 * len(rows):
        return ""  # such as the names of colours
    width = width_of(rows)
    titles = {line.rstrip("\r\n") for line in above}
    further = [line for line in scan.hashed if line not in titles]
    odd = [row for row in rows_of("\n".join(further), separator, 1) if len(row.cells) == width]
    typed = [column for column in typed_columns(rows, width) if column]
    is_row = any(is_data(row, typed) for row in odd) if typed else width > 1 and bool(odd)
    return "" if is_row else "#"


def _end(scan: Scan, separator: str, data: Sequence[Row], footer: int | None, comment: str) -> int:
    """Return the first physical line after the data; 0 where the file ends with it."""
    if footer is not None:
        return scan.lines - footer + 1 if footer else 0
    if not data:
        return 0
    lines = lines_of(scan.end)
    first = scan.lines - len(lines) + 1
    tail = rows_of("".join(lines), separator, first, most=1 << 30)
    tail = [row for row in tail if row.line >= data[0].line]
    if comment:
        tail = [row for row in tail if not row.cells[0].startswith(comment)]
    count = count_notes(data, tail)
    if not count or (count == len(tail) and first > data[0].line):
        return 0
    return tail[-count].line


def count_notes(data: Sequence[Row], tail: Sequence[Row]) -> int:
    """Return how many of the last rows are totals or notes, 0 where they are too many for that.

    Args:
        data: The first rows of data.
        tail: The last rows.
    """
    width = width_of(data)
    typed = typed_columns(data, width)
    count = 0
    while count < len(tail) and _is_note(tail[-1 - count], width, typed, data):
        count += 1
    return 0 if count > MAX_FOOTER or count == len(tail) else count


def _is_note(row: Row, width: int, typed: Sequence[int], data: Sequence[Row]) -> bool:
    """Say whether a row at the end is a total or a note."""
    if not typed or not row.filled:
        return not row.filled and len(row.cells) > 1
    first = next((cell for cell in row.cells if cell), "")
    if "\n" in first:
        return False  # of a quote that is never closed
    if len(row.cells) < width:
        return is_total(first) or not is_data(row, typed)
    if len(row.cells) > width:
        return False
    if is_total(first) and not _is_usual(first, row.cells.index(first), data):
        return True
    if row.present(typed):
        return width > 1 and row.filled < width and not is_data(row, typed)
    return width > 2 and row.filled == 1 and len(first) > LONG_NOTE


def _is_usual(cell: str, column: int, data: Sequence[Row]) -> bool:
    """Say whether a cell stands in other rows too, as the name of a series does."""
    return sum(row.cells[column : column + 1] == (cell,) for row in data) > 1


def _note_left_out(numbers: Sequence[int], lines: Sequence[str], where: str, override: str) -> str:
    first = _shown(lines[numbers[0] - 1])
    return f"{line_numbers(numbers)} {where} left out: {first} ({override} overrides)"


def line_numbers(numbers: Sequence[int]) -> str:
    """Return line numbers as they stand in a sentence.

    Example:
        >>> line_numbers([1, 2, 3]), line_numbers([4]), line_numbers([1, 3])
        ('lines 1 to 3', 'line 4', 'lines 1, 3')
    """
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 1:
        return f"line {first}"
    if last - first + 1 == len(numbers):
        return f"lines {first} to {last}"
    return f"lines {', '.join(map(str, numbers[:8]))}{' …' if len(numbers) > 8 else ''}"


def _shown(line: str) -> str:
    text = line.strip()
    return f"'{text[:SHOWN]}…'" if len(text) > SHOWN else f"'{text}'"
