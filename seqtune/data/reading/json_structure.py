"""The brackets of a JSON file: how deep they go, and where each object of it ends.

Parsers of JSON go down a level for each bracket and crash where there are too many, so they are
counted before. Objects over several lines, and those in one array, are brought to a line each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import DataError

DEEPEST = 100
"""Objects in objects, at most; the tables that programs write have two or three."""
QUOTE, COMMA, SPACE, LINE_FEED, RETURN, OPENING, CLOSING = b'", \n\r[]'
NULL = ord("n")
"""How null begins; nothing else that JSON has outside of texts does."""
STRUCTURE = b'"[]{}n'
OTHERS = bytes(set(range(256)) - set(STRUCTURE))
STEP = np.zeros(256, np.int8)
STEP[list(b"[{")], STEP[list(b"]}")] = 1, -1

Bytes = npt.NDArray[np.uint8]


def check_depth(path: Path, blocks: Iterable[bytes], outer: int = 0) -> bool:
    """Refuse a file whose brackets are nested too deep for a parser.

    Args:
        path: The file, for messages.
        blocks: Its bytes, in an encoding that writes these characters as ASCII does.
        outer: How deep the objects lie; 1 for those of an array.

    Returns:
        Whether null stands where an object should. pyarrow's parser crashes on it (26.0).

    Raises:
        DataError: They are nested deeper than `DEEPEST`.
    """
    walk, is_null = _Walk(), False
    for block in _unescaped(blocks):
        marks = _structure(block)
        depths, is_text = walk.take(marks)
        is_null = is_null or bool(((marks == NULL) & (depths <= outer) & ~is_text).any())
        if len(depths) and depths.max() > DEEPEST:
            raise DataError(
                f"{path}: brackets are nested more than {DEEPEST} deep",
                'expected an object per line, such as {"time": "2020-01-01", "value": 2}',
            )
    return is_null


def object_lines(path: Path, texts: Iterable[str]) -> Iterator[bytes]:
    """Yield the same objects, a line for each, in UTF-8.

    Args:
        path: The file, for messages.
        texts: Objects one after the other, over several lines perhaps, or one array of them.

    Raises:
        DataError: The array does not end, or something follows it.
    """
    walk, base, has_ended = _Walk(), -1, False
    for block in _whole_escapes(text.encode("utf-8") for text in texts):
        if base < 0:
            start = block.lstrip()[:1]
            if not start:
                continue
            base = int(start == b"[")
        before = walk.depth
        marks = np.frombuffer(_masked(block), np.uint8)
        depths, is_text = walk.take(marks)
        if base:
            end = -1 if has_ended else _end(depths, before)
            if (has_ended or end >= 0) and block[end + 1 :].strip():
                raise _several(path)
            has_ended |= end >= 0
        yield _in_lines(np.frombuffer(block, np.uint8).copy(), marks, depths, is_text, base)
    if walk.depth or walk.is_text:
        raise DataError(f"{path} is cut short: a bracket or a text is not closed", "copy it again")


def open_brackets(line: str) -> int:
    """Return how many brackets a line opens and does not close.

    Example:
        >>> open_brackets('{"a": [1,'), open_brackets('{"a": "["}')
        (2, 0)
    """
    walk = _Walk()
    for block in _unescaped([line.encode("utf-8", "replace")]):
        walk.take(_structure(block))
    return walk.depth


def _end(depths: npt.NDArray[Any], before: int) -> int:
    """Return where the outermost bracket closes, -1 if it does not."""
    begin = 0 if before else int((depths > 0).argmax())
    closed = np.flatnonzero(depths[begin:] == 0)
    return begin + int(closed[0]) if len(closed) else -1


def _in_lines(
    values: Bytes, marks: Bytes, depths: npt.NDArray[Any], is_text: npt.NDArray[Any], base: int
) -> bytes:
    values[np.isin(values, (LINE_FEED, RETURN)) & ~is_text] = SPACE
    if base:
        values[(marks == OPENING) & (depths == 1) & ~is_text] = SPACE
        values[(marks == CLOSING) & (depths == 0) & ~is_text] = SPACE
        values[(values == COMMA) & (depths == 1) & ~is_text] = LINE_FEED
        return values.tobytes()
    ends = np.flatnonzero((STEP[marks] < 0) & (depths == 0) & ~is_text)
    return np.insert(values, ends + 1, LINE_FEED).tobytes()


def _several(path: Path) -> DataError:
    return DataError(
        f"{path} holds more than one JSON array; expected one array of objects, or an object"
        " per line",
        f"jq -c '.[]' {path} > {path.with_suffix('.jsonl')}",
    )


class _Walk:
    """Goes from bracket to bracket; remembers where the last block ended."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_text = False

    def take(self, marks: Bytes) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Return the depth behind each byte, and whether it is within a text.

        Args:
            marks: (bytes,), without escaped quotes.
        """
        is_text = (np.cumsum(marks == QUOTE, dtype=np.int32) + self.is_text) % 2 == 1
        steps = STEP[marks].astype(np.int32)
        steps[is_text] = 0
        depths = np.cumsum(steps, dtype=np.int32) + self.depth
        if len(marks):
            self.depth, self.is_text = int(depths[-1]), bool(is_text[-1])
        return depths, is_text


def _structure(block: bytes) -> Bytes:
    """Return quotes, brackets and beginnings of null of a block without escapes.

    Two quotes in a row say nothing.
    """
    return np.frombuffer(block.translate(None, OTHERS).replace(b'""', b""), np.uint8)


def _unescaped(blocks: Iterable[bytes]) -> Iterator[bytes]:
    r"""Yield the bytes without `\\` and `\"`."""
    for block in _whole_escapes(blocks):
        yield block.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in block else block


def _masked(block: bytes) -> bytes:
    r"""Return as many bytes, with blanks for `\\` and `\"`."""
    return block.replace(b"\\\\", b"  ").replace(b'\\"', b"  ") if b"\\" in block else block


def _whole_escapes(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes, no block ending within an escape."""
    rest = b""
    for block in blocks:
        block = rest + block
        count = len(block) - len(block.rstrip(b"\\"))
        cut = len(block) - count % 2
        block, rest = block[:cut], block[cut:]
        yield block
    yield rest
