"""The objects of a JSON text with the place of each value, so that one of them can be replaced."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqtune.data.reading.encoding import MARK
from seqtune.errors import DataError

BLANK = re.compile(r"[ \t\r\n]*")
DECODER = json.JSONDecoder()
EXAMPLE = 'expected an object per line, such as {"tokens": ["a", "b"], "tags": ["X", "O"]}'


@dataclass(frozen=True)
class JsonObject:
    """An object at the top of a text.

    Args:
        line: Its line, from 1 on.
        values: Its members.
        places: Where the value of each member begins and ends in the text.
        end: Where its closing brace is.
    """

    line: int
    values: dict[str, Any]
    places: dict[str, tuple[int, int]]
    end: int


def json_objects(text: str, path: Path) -> Iterator[JsonObject]:
    r"""Yield the objects of JSON Lines, or of one array.

    Args:
        text: With any line ends; its depth is checked before.
        path: The file, for messages.

    Raises:
        DataError: Something is no object, or no JSON, or a key is used twice; names the line.

    Example:
        >>> [each.values for each in json_objects('{"a": 1}\n{"a": 2}', Path("x"))]
        [{'a': 1}, {'a': 2}]
    """
    try:
        yield from _objects(text, path)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}:{error.lineno}: not JSON: {error.msg} (column {error.colno})", EXAMPLE
        ) from error
    except RecursionError as error:
        raise DataError(f"{path} is nested too deep", EXAMPLE) from error


def _objects(text: str, path: Path) -> Iterator[JsonObject]:
    at = _skipped(text, len(MARK) if text.startswith(MARK) else 0)
    is_array = text[at : at + 1] == "["
    if is_array:
        at = _skipped(text, at + 1)
    line, counted = 1, 0
    while at < len(text):
        if is_array and text[at] == "]":
            at = _skipped(text, at + 1)
            if at < len(text):
                raise json.JSONDecodeError("something behind the array", text, at)
            return
        line += text.count("\n", counted, at)
        counted = at
        found = _object(text, at, line, path)
        yield found
        at = _skipped(text, found.end + 1)
        if text[at : at + 1] == "," and is_array:
            at = _skipped(text, at + 1)


def _object(text: str, at: int, line: int, path: Path) -> JsonObject:
    if text[at] != "{":
        raise DataError(f"{path}:{line}: {text[at : at + 20]!r} found, an object expected", EXAMPLE)
    values: dict[str, Any] = {}
    places: dict[str, tuple[int, int]] = {}
    at = _skipped(text, at + 1)
    while text[at : at + 1] != "}":
        key, at = _value(text, at, path, line)
        if not isinstance(key, str):
            raise json.JSONDecodeError("a key in quotes expected", text, at)
        at = _past(text, at, ":")
        value, end = _value(text, at, path, line)
        if key in values:
            raise DataError(
                f"{path}:{line}: the key {key[:60]!r} is used twice", "rename one of them"
            )
        values[key], places[key] = value, (at, end)
        at = _skipped(text, end)
        if text[at : at + 1] != "}":
            at = _past(text, at, ",")
            if text[at : at + 1] == "}":
                raise json.JSONDecodeError("a key expected behind the comma", text, at)
    return JsonObject(line, values, places, at)


def _value(text: str, at: int, path: Path, line: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise DataError(f"{path}:{line}: a number has too many digits", EXAMPLE) from error


def _past(text: str, at: int, mark: str) -> int:
    at = _skipped(text, at)
    if text[at : at + 1] != mark:
        raise json.JSONDecodeError(f"{mark!r} expected", text, at)
    return _skipped(text, at + 1)


def _skipped(text: str, at: int) -> int:
    """Return the place of the next character that is no blank."""
    found = BLANK.match(text, at)
    return found.end() if found else at
