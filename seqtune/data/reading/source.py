"""A table that was read: columns by name and type, rows by their line in the file.

Columns of a CSV are kept as the text in the file and converted on demand, so that a cell that
does not fit is reported with its line and its text. Typed columns (Parquet, a DataFrame) are
converted from their own type.

Over 300 lines: one class, all that a task asks of a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.categories import codes_of, distinct_texts
from seqtune.data.reading.cell_faults import FaultyCell
from seqtune.data.reading.column_kind import kind_of_text, kind_of_type
from seqtune.data.reading.columns import (
    Parsed,
    numeric_sentinels,
    parse_booleans,
    parse_numbers,
)
from seqtune.data.reading.dialect import unique_names
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.timestamps import parse_times
from seqtune.data.reading.typed import (
    as_text,
    is_text,
    settled,
    typed_numbers,
    typed_times,
    whole_or_none,
)
from seqtune.errors import DataError, listed, nearest

if TYPE_CHECKING:
    import pandas as pd


class Source:
    """A table with column types, notes on how it was read, and line numbers for messages.

    Args:
        path: The file, or the name of a DataFrame.
        table: A pyarrow table; names that columns share are numbered, and said.
        options: How it was to be read.
        decimal: The decimal mark that its text columns are expected to use.
        lines: Gives the line of a row; None where there are no lines.
        notes: What was decided while reading.
        fingerprint: sha256 of the bytes read.
        repeated: Names that the file uses for several columns, and what these are called.

    Attributes:
        names: The columns, in the order of the file.
        rows: The number of data rows.
        decimal: The decimal mark that its text columns are expected to use.
        lines: Gives the line of a row; None where there are no lines.
        rows_are_files: Whether each row is a file, of which the table has no more than the name.
    """

    rows_are_files = False

    def __init__(
        self,
        path: Path,
        table: Any,
        options: ReadOptions | None = None,
        *,
        decimal: str = ".",
        lines: Callable[[int], int] | None = None,
        notes: tuple[str, ...] = (),
        fingerprint: str = "",
        repeated: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.path = path
        renamed: list[str] = []
        self.names, found = unique_names(table.column_names, renamed)
        self.repeated = dict(repeated or found)
        table = table.rename_columns(list(self.names))
        self.rows: int = table.num_rows
        self._columns = {name: settled(table.column(name)) for name in self.names}
        self._lists = {name: table.column(name) for name in self.names if _is_listed(table, name)}
        self._options = options or ReadOptions()
        self.decimal = decimal
        self.lines = lines
        self._notes = dict.fromkeys((*notes, *renamed))
        self._fingerprint = fingerprint
        self._joined: dict[str, tuple[str, ...]] = {}
        self._kinds: dict[str, str] = {}
        self._in_utc: set[str] = set()

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, name: str = "data", options: ReadOptions | None = None
    ) -> Source:
        """Take a DataFrame; an index that is named or holds times becomes a column.

        Args:
            frame: The table.
            name: What messages call it.
            options: Words for "missing", and how columns of text are read.

        Raises:
            DataError: It has no rows.
        """
        from seqtune.data.reading.frame import digest_of, frame_to_table

        table = frame_to_table(frame, name)
        decimal = "," if options and options.decimal == "," else "."
        return cls(Path(name), table, options, decimal=decimal, fingerprint=digest_of(table))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was guessed or decided so far, each with the `--set` that overrides it."""
        return tuple(self._notes)

    def kind(self, name: str) -> str:
        """Return the kind of a column.

        Returns:
            "number", "integer" (whole numbers, also those that look like dates), "time", "text",
            "boolean" or "empty". A column where nine of ten values are numbers is a number
            column: reading it then reports the others.
        """
        if name not in self._kinds:
            column = self._column(name)
            missing, dates = self._options.missing, self._options.dates
            self._kinds[name] = (
                kind_of_text(column, missing, dates, self._as_numbers)
                if is_text(column)
                else kind_of_type(column)
            )
        return self._kinds[name]

    def numbers(self, name: str) -> np.ndarray[Any, Any]:
        """Return a column as (rows,) float64, NaN where missing.

        Raises:
            DataError: A value is not a number, is infinite or beyond 1e100; with line and value.
        """
        parsed = self.parse_numbers(name)
        if parsed.faults:
            raise self._number_fault(name, parsed)
        return parsed.values

    def first_numbers(self, name: str, rows: int) -> np.ndarray[Any, Any]:
        """Return the first cells of a column as float64, NaN where there is no number."""
        column = self._column(name).slice(0, rows)
        if is_text(column):
            return self._as_numbers(column).values
        return typed_numbers(column, numeric_sentinels(self._options.missing)).values

    def exact_numbers(self, name: str) -> np.ndarray[Any, Any]:
        """Return a column as (rows,) int64 where all are whole numbers, else as float64.

        Whole numbers beyond 2**53, such as nanoseconds since 1970, keep all their digits.

        Raises:
            DataError: As `numbers` does.
        """
        whole = whole_or_none(self._column(name))
        if whole is not None:
            return whole
        values = self.numbers(name)
        is_whole = np.isfinite(values).all() and (np.floor(values) == values).all()
        return values.astype(np.int64) if is_whole and (np.abs(values) < 2**53).all() else values

    def times(self, name: str) -> np.ndarray[Any, Any]:
        """Return a column as (rows,) datetime64[ns], NaT where missing; offsets turned to UTC.

        Raises:
            DataError: A value is not a date; with line and value.
        """
        parsed = self.parse_times(name)
        if parsed.faults:
            raise self._faulty_cell(name, parsed).not_a_date()
        return parsed.values

    def parse_numbers(self, name: str) -> Parsed:
        """Return a column as float64 with its faults counted instead of raised."""
        column = self._column(name)
        if not is_text(column):
            parsed = typed_numbers(column, numeric_sentinels(self._options.missing))
        elif self.kind(name) == "boolean":
            parsed = parse_booleans(column, self._options.missing)
        else:
            parsed = self._as_numbers(column)
        self._note(name, parsed)
        return parsed

    def parse_times(self, name: str) -> Parsed:
        """Return a column as datetime64[ns] with its faults counted instead of raised."""
        column = self._column(name)
        if pa.types.is_integer(column.type) and "%" in self._options.dates:
            column = pc.cast(column, pa.string())
        if is_text(column):
            parsed = parse_times(column, self._options.missing, self._options.dates)
        else:
            parsed = typed_times(column)
        if parsed.in_utc:
            self._in_utc.add(name)
        self._note(name, parsed)
        return parsed

    def is_in_utc(self, name: str) -> bool:
        """Say whether the times of a column that was read carried an offset or a zone."""
        return name in self._in_utc

    def distinct(self, name: str, most: int) -> list[str]:
        """Return different texts of a column, blank ones left out, at most so many."""
        return distinct_texts(as_text(self._column(name)), most)

    def add_times(self, names: Sequence[str], times: np.ndarray[Any, Any]) -> str:
        """Let one column of times stand for several, such as a date and a clock.

        Args:
            names: The columns, from the coarsest to the finest.
            times: (rows,) datetime64[ns], what they say together.

        Returns:
            The name of the new column.
        """
        joined = " ".join(names)
        while joined in self._columns:
            joined += " (time)"
        self._columns[joined] = pa.chunked_array([pa.array(times)])
        self._joined[joined] = tuple(names)
        place = self.names.index(names[0]) if names[0] in self.names else 0
        left = [name for name in self.names if name not in names]
        self.names = (*left[:place], joined, *left[place:])
        return joined

    def joined(self, names: Sequence[str]) -> str:
        """Return the column that stands for some others; "" if there is none."""
        wanted = tuple(names)
        return next((name for name, parts in self._joined.items() if parts == wanted), "")

    def columns_of(self, name: str | None) -> Any:
        """Return the columns that a joined one stands for, as a list; of another, its name."""
        return list(self._joined[name]) if name in self._joined else name

    def codes(self, name: str) -> tuple[np.ndarray[Any, Any], list[str]]:
        """Return a column as categories; see `codes_of`.

        Blank cells and the user's own words for "missing" have none. Words such as NA are labels:
        they may be names.
        """
        return codes_of(as_text(self._column(name)), {"", *self._options.missing})

    def texts(self, name: str) -> list[str]:
        """Return a column as it is written; "NA" stays "NA", and a null is an empty text."""
        return [text or "" for text in as_text(self._column(name)).to_pylist()]

    def lists(self, name: str) -> list[list[str | None] | None] | None:
        """Return a column whose cells are lists of texts as such; None for any other column."""
        column = self._lists.get(name)
        return None if column is None else column.to_pylist()

    def text(self, name: str, row: int) -> str:
        """Return one cell as it is written."""
        cell = self._column(name).slice(row, 1)
        if not pa.types.is_timestamp(cell.type):
            cell = as_text(cell)
        try:
            value = cell[0].as_py()
        except (OverflowError, ValueError):  # a time that Python cannot hold
            value = cell[0]
        return "" if value is None else str(value)

    def table(self) -> Any:
        """Return all rows as a pyarrow table, columns as they were read."""
        read = {name: each for name, each in self._columns.items() if name not in self._joined}
        return pa.table(read)

    def note(self, text: str, *, is_first: bool = False) -> None:
        """Add what was decided while reading; first, where it says from where."""
        self._notes = {text: None, **self._notes} if is_first else {**self._notes, text: None}

    def frame(self) -> pd.DataFrame:
        """Return all rows in their order, columns as they were read.

        Columns of text are `ArrowDtype` and share the memory of the source: an object for each cell
        would take several times as much as the file.
        """
        import pandas as pd

        text = pa.string()
        frame: pd.DataFrame = self.table().to_pandas(types_mapper={text: pd.ArrowDtype(text)}.get)
        return frame

    def present_texts(self, name: str) -> Any:
        """Return the cells that `codes` does not take as missing, a pyarrow chunked array."""
        column = as_text(self._column(name))
        words = pa.array(["", *self._options.missing])
        absent = pc.is_in(pc.utf8_trim_whitespace(column), value_set=words)
        return column.filter(pc.invert(pc.or_(absent, column.is_null())))

    def line(self, row: int) -> int:
        """Return the 1-based line of data row `row` (from 0); without lines, its 1-based number."""
        return self.lines(row) if self.lines else row + 1

    def where(self, row: int) -> str:
        """Return the place of a row for messages: `sales.csv:12`, or `sales.parquet: row 11`."""
        return f"{self.path}{':' if self.lines else ': row '}{self.line(row)}"

    def filled_in(self, column: str, cells: Mapping[int, str] | Sequence[str]) -> str | None:
        """Return the text of the file with other cells in a column; None for a plain table."""
        return None

    def fingerprint(self) -> str:
        """Return the sha256 of the bytes that were read."""
        return self._fingerprint

    def require(self, name: str, flag: str = "") -> None:
        """Check that a column exists.

        Args:
            name: The column.
            flag: What asked for it, such as "--target"; named in the message.

        Raises:
            DataError: With the nearest column and the known ones.
        """
        if name in self._columns:
            return
        guess = nearest(name, self.names)
        question = f"; did you mean '{guess}'?" if guess else ""
        known = listed(self.names)
        raise DataError(
            f"{self.path} has no column '{name}'{question} Columns: {known}"
            if question
            else f"{self.path} has no column '{name}'. Columns: {known}",
            f"{flag} {guess or '<one of these>'}" if flag else f"seqtune inspect {self.path}",
        )

    def _column(self, name: str) -> Any:
        self.require(name)
        return self._columns[name]

    def _as_numbers(self, column: Any) -> Parsed:
        """Read text as numbers."""
        fixed = self._options.decimal != "auto"
        return parse_numbers(column, self._options.missing, self.decimal, fixed)

    def _note(self, name: str, parsed: Parsed) -> None:
        for note in parsed.notes:
            self._notes[f"column '{name}': {note}"] = None

    def _faulty_cell(self, name: str, parsed: Parsed) -> FaultyCell:
        row = parsed.first_fault
        return FaultyCell(self.where(row), name, self.text(name, row), parsed.faults, parsed.words)

    def _number_fault(self, name: str, parsed: Parsed) -> DataError:
        cell = self._faulty_cell(name, parsed)
        if self.kind(name) not in ("text", "time"):
            return cell.not_a_number(self._options.missing)
        return cell.not_a_number_column(
            [other for other in self.names[:20] if self.kind(other) in ("number", "integer")]
        )


def _is_listed(table: Any, name: str) -> bool:
    """Say whether the cells of a column are lists of texts."""
    kind = table.schema.field(name).type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return False
    value = kind.value_type
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))
