"""Faults of requests, as clients are told of them: a status, a sentence, and where it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from seqtune.errors import SeqtuneError, literal

LONGEST = 700
"""Characters of a sentence at most: it may quote what the client sent."""

RETRY_SECONDS = 1
"""After so long a client that found the queue full may come again."""

ROW = re.compile(r"\brow (\d{1,12})\b")
COLUMN = re.compile(r"\bcolumn '([^']{1,200})'")


@dataclass(eq=False)
class Problem(Exception):
    """A request that is not answered as the client hoped.

    Args:
        status: The status code of HTTP.
        message: What was found and what was expected.
        row: The row of the request where it is, from 1; 0 for none.
        column: The column; empty for none.
        headers: Further headers of the answer.
    """

    status: int
    message: str
    row: int = 0
    column: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, error: SeqtuneError) -> Problem:
        """Return what a client is told of rows that cannot be read, or not predicted.

        The hint is left out: it names commands and files of the server.
        """
        row, column = ROW.search(error.message), COLUMN.search(error.message)
        return cls(422, error.message, int(row[1]) if row else 0, column[1] if column else "")

    def to_json(self) -> bytes:
        r"""Return the body of the answer.

        Example:
            >>> Problem(422, "row 2: column 'y' is empty", row=2, column="y").to_json()
            b'{"error": "row 2: column \'y\' is empty", "row": 2, "column": "y"}'
        """
        text = literal(self.message)
        found: dict[str, object] = {
            "error": text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
        }
        if self.row:
            found["row"] = self.row
        if self.column:
            found["column"] = self.column
        return json.dumps(found).encode()


def too_many(waiting: int, what: str) -> Problem:
    """Return what a client is told where the queue is full.

    Args:
        waiting: How many wait.
        what: What they are called.

    Example:
        >>> too_many(3, "texts").message
        '3 texts wait already; try again later'
    """
    return Problem(
        429,
        f"{waiting} {what} wait already; try again later",
        headers=(("retry-after", str(RETRY_SECONDS)),),
    )


def failed() -> Problem:
    """Return what a client is told of a fault of ours; `log_fault` says more to the server's."""
    return Problem(500, "the server failed to answer; its log says why")
