"""`predict RUN -`: a case per line of stdin, answered at once, in a pipe or as a conversation."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

from seqtune.cli.output import put, show_notes, to_json
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.run.fitted import Fitted

STDIN = "-"

MOST_LINES = 256
"""Lines that are answered at a time, where so many are there already."""

LONGEST = 1_000_000
"""Bytes of a line at most."""

PROMPT = "> "

CELLS = re.compile(r"[,;\t|]")


def lines_column(run: Fitted) -> str:
    """Return the column that a line of stdin stands for; "" where stdin is a table.

    It is a table where the task's rows are more than a text, or where the first line of stdin is a
    header that names the column.
    """
    from seqtune.tasks._serving import AnswersLines

    if not isinstance(run.task, AnswersLines):
        return ""
    column = run.task.line_column(run.prepared)
    if not column or sys.stdin.isatty():
        return column
    first, newline, _ = _peeked(sys.stdin.buffer).decode("utf-8-sig", "replace").partition("\n")
    if newline and column in (cell.strip().strip('"') for cell in CELLS.split(first)):
        typer.echo(f"note: stdin is read as a table: its first line names {column!r}", err=True)
        return ""
    return column


def answer_lines(run: Fitted, use: str | None, settings: Sequence[str], as_json: bool) -> None:
    """Answer each line of stdin by a line on stdout, until stdin ends.

    An empty line is answered by an empty line.

    Args:
        run: The run.
        use: The leaderboard row that predicts; the winner if None.
        settings: `key.path=value` of keys that need no training again.
        as_json: Whether an answer is a JSON object, or the task's own columns with tabs between.

    Raises:
        DataError: A line is no text.
    """
    from seqtune.tasks._serving import AnswersLines

    task = run.task
    assert isinstance(task, AnswersLines)
    if settings:
        run.predictor.change(settings)
    is_asked, told = sys.stdin.isatty(), len(run.notes)
    for lines in _arriving(sys.stdin.buffer, is_asked):
        asked = [line for line in lines if line.strip()]
        answers: list[str] = []
        if asked:
            table = run.predict(task.line_table(run.prepared, asked), use=use)
            found = task.by_line(run.prepared, table, asked)
            answers = [_written(records, task.line_answer, as_json) for records in found]
        rest = iter(answers)
        put("".join(f"{next(rest) if line.strip() else ''}\n" for line in lines))
        show_notes(dict.fromkeys(run.notes[told:]))
        told = len(run.notes)


def _written(records: Sequence[Mapping[str, Any]], shown: Sequence[str], as_json: bool) -> str:
    """Return what is written of a line: a line, or one per candidate."""
    if as_json:
        return "\n".join(to_json(record) for record in records)
    return "\n".join("\t".join(_cell(record[key]) for key in shown) for record in records)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_cell, value))
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return " ".join(text.splitlines()) if text.splitlines() else text


def _arriving(stream: BinaryIO, is_asked: bool) -> Iterator[list[str]]:
    """Yield the lines that are there, as soon as there is one."""
    waiting: SimpleQueue[bytes] = SimpleQueue()

    faults: list[OSError] = []

    def read() -> None:
        try:
            for line in iter(lambda: stream.readline(LONGEST), b""):
                waiting.put(line)
        except OSError as error:  # a terminal that has gone
            faults.append(error)
        finally:
            waiting.put(b"")

    Thread(target=read, daemon=True).start()
    number, is_over = 0, False
    while not is_over:
        if is_asked:
            typer.echo(PROMPT, nl=False, err=True)
        found = [waiting.get()]
        while found[-1] and len(found) < MOST_LINES:
            try:
                found.append(waiting.get_nowait())
            except Empty:
                break
        is_over = not found[-1]
        lines = [
            _text(line, number + at) for at, line in enumerate(found[: -1 if is_over else None])
        ]
        number += len(lines)
        if lines:
            yield lines
    if faults:
        raise faults[0]


def _text(line: bytes, number: int) -> str:
    """Return a line as text.

    Raises:
        DataError: It is none.
    """
    where = f"stdin:{number + 1}"
    if len(line) == LONGEST and not line.endswith(b"\n"):
        raise DataError(
            f"{where}: found a line of more than {LONGEST:,} bytes", "seqtune predict RUN FILE"
        )
    if b"\0" in line:
        raise DataError(
            f"{where}: found a zero byte, expected a line of text", "seqtune predict RUN FILE"
        )
    try:
        text = line.decode("utf-8-sig" if number == 0 else "utf-8")
    except UnicodeDecodeError as error:
        byte = line[error.start]
        raise DataError(
            f"{where}: found the byte 0x{byte:02x}, expected UTF-8",
            "iconv -f latin1 -t utf-8 | seqtune predict RUN -",
        ) from error
    return text.rstrip("\r\n")


def _peeked(stream: Any) -> bytes:
    """Return what is at the beginning of a stream, which can still be read."""
    return bytes(stream.peek(1)) if hasattr(stream, "peek") else b""
