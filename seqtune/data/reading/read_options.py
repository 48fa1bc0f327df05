"""How a file is to be read, where the guess is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from seqtune.data.reading.dialect import SEPARATOR_WORDS
from seqtune.errors import DataError, literal

NO_SEPARATORS = '"\r\n\0'


@dataclass(frozen=True)
class ReadOptions:
    """How a file is to be read, where the guess is wrong; mirrors `data:` of a recipe.

    Args:
        missing: Further words or numbers that mean "missing", such as "-999".
        encoding: A Python codec name, or "auto".
        separator: One character, "tab", "semicolon", "comma", "pipe", "space", or "auto".
        decimal: ".", ",", or "auto".
        dates: "auto", "day_first", "month_first", or a strptime form such as "%Y%m%d".
        header: "auto", "first_line", or "none".
        sheet: The name of a sheet of a workbook, or "auto" for the first.
        folder: "auto", "series" (a file per series) or "parts" (one table in several files).

    Example:
        >>> ReadOptions(missing=("-999",), decimal=",").decimal
        ','
    """

    missing: tuple[str, ...] = ()
    encoding: str = "auto"
    separator: str = "auto"
    decimal: str = "auto"
    dates: str = "auto"
    header: str = "auto"
    sheet: str = "auto"
    folder: str = "auto"

    def check(self) -> None:
        """Refuse what is neither a known word nor a form.

        Raises:
            DataError: With what is expected.
        """
        if self.decimal not in ("auto", ".", ","):
            raise DataError(
                f"decimal '{self.decimal}' is unknown", "--set data.decimal=auto, '.' or ','"
            )
        mark = SEPARATOR_WORDS.get(self.separator, self.separator)
        if len(mark) == 1 and (not mark.isascii() or mark in NO_SEPARATORS):
            raise DataError(
                f"separator '{literal(mark)}' cannot be used; expected an ASCII character that is"
                " no quote and no line end",
                f"replace it first: sed 's/{mark}/;/g' FILE > NEW.csv"
                if mark.isprintable() and mark not in NO_SEPARATORS
                else "--set data.separator=';' or tab, comma, semicolon, pipe, space",
            )
        if self.header not in ("auto", "first_line", "none"):
            raise DataError(
                f"header '{self.header}' is unknown", "--set data.header=auto, first_line or none"
            )
        if self.dates not in ("auto", "day_first", "month_first") and "%" not in self.dates:
            raise DataError(
                f"dates '{self.dates}' is unknown",
                "--set data.dates=auto, day_first, month_first or a form such as %d.%m.%Y",
            )
