"""A statement that only reads: checked before it is handed to a database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from seqtune.errors import DataError, UsageError, literal

READING = ("select", "with", "values", "from", "table")
WRITING = {
    *("alter", "attach", "call", "copy", "create", "delete", "drop", "exec", "execute", "grant"),
    *("insert", "into", "merge", "pragma", "revoke", "truncate", "update", "vacuum"),
}
"""Words that no statement has that only reads, unless they are quoted."""
NO_CODE = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$", re.DOTALL
)
"""Texts, quoted names and comments."""


def check_reading(statement: str) -> str:
    """Return a statement without the semicolon at its end.

    Raises:
        UsageError: It is none, or several, or has a word that does not read.

    Example:
        >>> check_reading("SELECT day, sales FROM shops;")
        'SELECT day, sales FROM shops'
    """
    code = NO_CODE.sub(lambda found: " " * len(found[0]), statement)
    end = code.find(";")
    if end >= 0 and code[end:].strip("; \n\r\t"):
        raise UsageError("--query holds more than one statement", "give one SELECT statement")
    words = re.findall(r"\w+", code)
    writing = sorted({word.lower() for word in words} & WRITING)
    if not words or words[0].lower() not in READING or writing:
        found = f"begins with {words[0][:20]}" if words else "is empty"
        found = f"holds the word {writing[0].upper()}" if writing else found
        raise UsageError(f"--query {found}; data is only read", '--query "SELECT … FROM …"')
    return statement if end < 0 else statement[:end]


def whole_table(tables: Sequence[str], place: Path | str, views: Sequence[str] = ()) -> str:
    """Return the name of the only table of a database.

    Args:
        tables: Those that there are.
        place: The database, for messages.
        views: Its views, which are read only when they are asked for.

    Raises:
        DataError: There is none, or there are several; names them.
    """
    if len(tables) == 1:
        return tables[0]
    known = [*tables, *views]
    if not known:
        raise DataError(f"{place} has no table", "name a database that holds one")
    shown = ", ".join(literal(name)[:60] for name in known[:12])
    shown += ", …" if len(known) > 12 else ""
    many = f"{len(tables)} tables" if tables else "no table, but views"
    example = f"SELECT * FROM {quoted(known[0])}".replace('"', r"\"")
    raise DataError(f"{place} has {many}: {shown}", f'choose with --query "{literal(example)}"')


def quoted(name: str) -> str:
    """Return the name of a table as SQL takes it: as it is where that is a plain word.

    Example:
        >>> quoted("sales"), quoted("a b")
        ('sales', '"a b"')
    """
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'


def shown_query(statement: str) -> str:
    """Return a statement on one line, cut to what a message has room for."""
    line = literal(" ".join(statement.split()))
    return line if len(line) <= 100 else f"{line[:99]}…"
