"""Where results and progress go: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from seqtune.errors import SeqtuneError
    from seqtune.report.live import LiveBoard
    from seqtune.report.progress_bar import ProgressBar

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
RunFolder = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run folder, made by `fit`.",
        autocompletion=offering(completion.runs),
    ),
]
RunOrBundle = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run folder, made by `fit`, or a bundle, made by `export`.",
        autocompletion=offering(completion.runs_and_bundles),
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of -o if it exists.")]

Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Write a page too: one file, for any browser."),
]
ForceHtml = Annotated[
    bool, typer.Option("--force", help="Replace the file of --html if it exists.")
]

Query = Annotated[
    str | None,
    typer.Option("--query", help="What to read where DATA is a database: one SELECT statement."),
]

TableFile = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="File to write: .csv, .tsv, .jsonl or .parquet."),
]

SEPARATORS = {".csv": ",", ".tsv": "\t"}
"""What is between two columns, by the ending of the file."""

TABLES = (*SEPARATORS, ".jsonl", ".parquet")
"""Endings of files that tables are written to."""

STEERING = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters that JSON may hold as they are: those below a blank it always escapes."""

CHUNK_ROWS = 50_000
"""Rows that are turned into text at a time."""


class Report(Protocol):
    """What can be shown: rich draws it, and it turns into a dictionary."""

    def __rich__(self) -> Any:
        """Return what rich draws."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""


def show(report: Report, as_json: bool) -> None:
    """Show a report on stdout, drawn or as one JSON document."""
    if as_json:
        put(to_json(report.to_dict(), indent=2) + "\n")
        return
    from seqtune.drawing.harmless import Harmless

    console().print(Harmless(report))


def console(*, stderr: bool = False) -> Console:
    """Return what draws on stdout or stderr, as wide as the terminal is.

    rich takes a dumb terminal for 80 columns wide; it knows its width all the same.
    """
    from rich.console import Console, ConsoleDimensions

    found = Console(stderr=stderr, soft_wrap=False)
    if found.is_dumb_terminal:
        found.size = ConsoleDimensions(*shutil.get_terminal_size())
    return found


def put(text: str) -> None:
    """Write text that holds data to stdout.

    A pipe gets it as it is, in UTF-8, as a file would; a terminal shows control characters as such,
    for it would obey them.
    """
    if sys.stdout.isatty():
        from seqtune.drawing.wording import visible

        text = visible(text)
    elif hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.write(text)
    sys.stdout.flush()


def show_notes(notes: Iterable[str]) -> None:
    """Say on stderr what was guessed and repaired in new rows."""
    from seqtune.errors import literal

    for note in notes:
        typer.echo(f"note: {literal(note)}", err=True)


def show_command(line: str) -> None:
    """Show on stderr a command line that can be copied: as one line, however long."""
    from rich.text import Text

    from seqtune.errors import literal

    console(stderr=True).print(Text(literal(line), style="bold"), soft_wrap=True)


def show_error(error: SeqtuneError) -> None:
    """Say on stderr what is wrong, and what mends it."""
    print_error("error", error.message)
    if error.hint:
        print_error("hint", error.hint)


def print_error(what: str, text: str) -> None:
    """Print an error on stderr; what it quotes from files cannot steer the terminal."""
    from seqtune.errors import literal

    lines = "\n".join(map(literal, text.split("\n")))
    typer.echo(f"{what}: {lines}", err=True)


def live_board(quiet: bool) -> LiveBoard:
    """Return the live board on stderr."""
    from seqtune.report.live import LiveBoard

    return LiveBoard(console(stderr=True), quiet=quiet)


def progress_bar() -> ProgressBar:
    """Return what shows on stderr how far a prediction is."""
    from seqtune.report.progress_bar import ProgressBar

    return ProgressBar(console(stderr=True))


def check_absent(output: Path | None, force: bool) -> None:
    """Refuse an output file that exists, before any work is done.

    Args:
        output: The file; None for stdout.
        force: Whether it may be replaced.

    Raises:
        RunError: It exists and may not be replaced.
    """
    if output is not None:
        from seqtune.files import check_absent as refuse

        refuse(output, force)


def check_table(output: Path | None, forms: Sequence[str] = ()) -> None:
    """Refuse a file of an unknown ending.

    Args:
        output: The file; None for stdout.
        forms: Endings of what else is written.

    Raises:
        UsageError: The ending is unknown.
    """
    from seqtune.errors import UsageError

    if output is not None and ending(output) not in (*TABLES, *forms):
        raise UsageError(
            f"{output}: unknown ending; tables are written as .csv, .tsv, .jsonl or .parquet",
            f"-o {output.with_suffix('.csv')}",
        )


def write_text(text: str, output: Path, as_json: bool) -> None:
    """Write a text to a file, as it is.

    Args:
        text: The text.
        output: The file.
        as_json: Whether stdout is one JSON document.
    """
    from seqtune.files import whole_file

    with whole_file(output) as temporary:
        temporary.write_bytes(text.encode("utf-8", "surrogateescape"))
    typer.echo(f"wrote {output}", err=True)
    if as_json:
        put(to_json({"output": str(output)}) + "\n")


def write_html(text: str, output: Path) -> None:
    """Write a page whole or not at all, and say on stderr where it is."""
    from seqtune.files import write_text as write_whole

    write_whole(output, text)
    typer.echo(f"wrote {output}", err=True)


def write_table(
    table: pd.DataFrame, output: Path | None, as_json: bool, *, spreadsheet_safe: bool = False
) -> None:
    """Write a table to a file by its ending, or to stdout as CSV or JSON.

    Args:
        table: The table.
        output: The file; None for stdout.
        as_json: Whether stdout is one JSON document.
        spreadsheet_safe: Whether CSV and TSV have no text that a spreadsheet would calculate.
    """
    is_text = not as_json if output is None else ending(output) in SEPARATORS
    if spreadsheet_safe and is_text:
        from seqtune.cli.formulas import without_formulas

        table = without_formulas(table)
    if output is None:
        if as_json:
            put(to_json({"predictions": _records(table)}) + "\n")
        else:
            put(table.to_csv(index=False))
        return
    from seqtune.files import whole_file

    with whole_file(output) as temporary:
        if ending(output) in SEPARATORS:
            table.to_csv(temporary, index=False, sep=SEPARATORS[ending(output)])
        elif ending(output) == ".jsonl":
            with temporary.open("w", encoding="utf-8") as file:
                for begin in range(0, len(table), CHUNK_ROWS):
                    part = table.iloc[begin : begin + CHUNK_ROWS]
                    file.writelines(f"{to_json(record)}\n" for record in _records(part))
        else:
            table.to_parquet(temporary, index=False)
    typer.echo(f"wrote {len(table)} rows to {output}", err=True)
    if as_json:
        put(to_json({"output": str(output), "rows": len(table)}) + "\n")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as JSON can hold them: times in ISO 8601, null where nothing is."""
    columns = {}
    for name, column in table.items():
        is_time = column.dtype.kind == "M"
        values = [time.isoformat() for time in column] if is_time else column.tolist()
        absent = column.isna()
        if absent.any():
            values = [
                None if nothing else value for value, nothing in zip(values, absent, strict=True)
            ]
        columns[str(name)] = values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def to_json(value: object, indent: int | None = None) -> str:
    """Return JSON in which no character steers a terminal; what it says is the same."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def ending(path: Path) -> str:
    """Return the ending of a file in small letters; one for each form."""
    found = path.suffix.lower()
    return ".jsonl" if found == ".ndjson" else found
