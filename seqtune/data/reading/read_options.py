"""How a file is to be read, where the guess is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from seqtune.errors import DataError, literal

SEPARATOR_WORDS = {
    "tab": "\t",
    "\\t": "\t",
    "semicolon": ";",
    "comma": ",",
    "pipe": "|",
    "space": " ",
}
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
        skip: Lines above the header that are no part of the table; "auto" finds them.
        footer: Lines at the end that are no part of it; "auto" finds them.
        comment: What begins a line that is left out, such as "#"; "none", or "auto".
        wide: "auto" reads columns that are named by dates as rows; "false" as they stand.
        named: Columns that the user speaks of.
        quoting: "auto", "standard" (a cell may stand in double quotes) or "none" (a quote is text).
        sheet: The name of a sheet of a workbook, or "auto" for the first.
        folder: "auto", "series" (a file per series) or "parts" (one table in several files).
        steps_per_beat: Steps of a quarter note of music; "auto" takes the coarsest that fit.

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
    skip: str | int = "auto"
    footer: str | int = "auto"
    comment: str = "auto"
    quoting: str = "auto"
    wide: str = "false"
    named: tuple[str, ...] = ()
    sheet: str = "auto"
    folder: str = "auto"
    steps_per_beat: str | int = "auto"

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
        if self.quoting not in ("auto", "standard", "none"):
            raise DataError(
                f"quoting '{self.quoting}' is unknown", "--set data.quoting=auto, standard or none"
            )
        for name in ("skip", "footer"):
            count = getattr(self, name)
            if count != "auto" and (not isinstance(count, int) or count < 0):
                raise DataError(
                    f"{name} '{count}' is no number of lines", f"--set data.{name}=auto or a number"
                )
        if self.dates not in ("auto", "day_first", "month_first") and "%" not in self.dates:
            raise DataError(
                f"dates '{self.dates}' is unknown",
                "--set data.dates=auto, day_first, month_first or a form such as %d.%m.%Y",
            )
