"""Detecting how the characters of a text file are encoded, and checking every byte of it.

One pass over the file both proves the encoding and counts the lines, so that a fault further on
can be given its line number without reading the file again.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from seqtune.errors import DataError
from seqtune.recipe.encoding_name import encoding_name

SNIFF_BYTES = 1 << 20
END_CHARACTERS = 1 << 16
MARK = "\ufeff"
LINE_END = re.compile(r"\r\n|\n|\r")
HASHED = re.compile(r"[\r\n](#[^\r\n]{0,10000})(?=[\r\n])")
MOST_HASHED = 20
CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))


@dataclass(frozen=True)
class Scan:
    """What one pass over a text file showed.

    Args:
        encoding: The Python name of the encoding; decoding with it meets no fault.
        lines: Physical lines, ended by a line feed, a carriage return, both, or the file's end.
        quotes: Double quotes in the file.
        comments: Lines that begin with `#`.
        characters: How many it has, without a byte order mark; a line end counts as one.
        start: The first characters, without a byte order mark; cut at a line end if possible.
        is_whole: Whether `start` is the whole file.
        end: The last characters, from the beginning of a line on.
        hashed: Some of the lines that begin with `#`.
        notes: What was decided, with the override.
    """

    encoding: str
    lines: int
    quotes: int
    characters: int
    start: str
    is_whole: bool
    notes: tuple[str, ...] = ()
    comments: int = 0
    end: str = ""
    hashed: tuple[str, ...] = ()


Blocks = Callable[[], Iterator[bytes]]


def scan_blocks(path: Path, blocks: Blocks, encoding: str = "auto") -> Scan:
    """Decode a whole file, trying encodings if none is named.

    Args:
        path: The file, for messages.
        blocks: Gives its bytes from the beginning, without compression.
        encoding: A Python codec name, or "auto".

    Raises:
        DataError: It is not text, or not in the encoding that was asked for.
    """
    if encoding != "auto":
        return _scan(path, blocks(), _known(encoding))
    found = blocks()
    start = next(found, b"")
    marked = _from_mark(start) or _from_zeros(start)
    if not marked:
        _refuse_binary(path, start)
    fault: DataError | None = None
    for guess in (marked,) if marked else ("utf-8", "cp1252", "latin-1"):
        try:
            scan = _scan(path, blocks() if fault else chain([start], found), guess)
        except _UndecodableError as error:
            fault = error
            continue
        if guess in ("utf-8", "utf-8-sig"):
            return scan
        note = f"encoding {guess} (guessed; --set data.encoding=... overrides)"
        return replace(scan, notes=(note,))
    raise fault or DataError(f"{path} cannot be decoded")


def line_feeds(blocks: Iterable[str]) -> Iterator[str]:
    r"""Yield the same text with line feeds for all line ends, without a byte order mark.

    Example:
        >>> "".join(line_feeds(["a\r", "\nb\r"])) == "a\nb\n"
        True
    """
    rest, is_first = "", True
    for block in blocks:
        if is_first:
            block, is_first = block.removeprefix(MARK), False
        block = rest + block
        rest = "\r" if block.endswith("\r") else ""  # half of a line end, perhaps
        yield block.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
    if rest:
        yield "\n"


class _UndecodableError(DataError):
    """The bytes are not text in the encoding that was tried."""


def _known(encoding: str) -> str:
    try:
        name = encoding_name(encoding)
    except LookupError as error:
        raise DataError(
            f"unknown encoding '{encoding}'", "--set data.encoding=utf-8, utf-16, cp1252, latin-1 …"
        ) from error
    return "utf-8-sig" if name == "utf-8" else name


def _from_mark(start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""


def _from_zeros(start: bytes) -> str:
    """Detect UTF-16 without a mark: in a table, nearly every second byte of it is zero."""
    even, odd = start[0::2], start[1::2]
    if not odd:
        return ""
    zero_even, zero_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if zero_odd > 0.7 and zero_even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if zero_even > 0.7 and zero_odd < 0.1 else ""


def _refuse_binary(path: Path, start: bytes) -> None:
    control = len(start) - len(start.translate(None, CONTROL))
    if b"\0" in start or control > 0.01 * len(start):
        raise _binary(path)


def _binary(path: Path, line: int = 0) -> DataError:
    where = f"{path}:{line}: " if line else f"{path} "
    return DataError(
        where + ("a NUL byte in the text" if line else "is not text: it holds binary bytes"),
        "expected a CSV, Parquet or JSON Lines file; export the table again as CSV in UTF-8",
    )


def _scan(path: Path, blocks: Iterable[bytes], encoding: str) -> Scan:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = quotes = offset = length = pairs = comments = 0
    start, end, last = "", "", "\n"
    hashed: list[str] = []
    for block in blocks:
        text = _decode(decoder, block, path, encoding, offset, lines)
        if "\0" in text:
            raise _binary(path, lines + _line_ends(text[: text.index("\0")]) + 1)
        if len(start) < SNIFF_BYTES:
            start += text[:SNIFF_BYTES]
        joined = last == "\r" and text.startswith("\n")
        lines += _line_ends(text) - joined
        quotes += text.count('"')
        if begun := _begun_with_a_hash(last, text):
            comments += begun
            hashed += islice(_hashed(last + text), MOST_HASHED - len(hashed))
        pairs += (text.count("\r\n") if "\r" in text else 0) + joined
        offset += len(block)
        length += len(text)
        end = (end + text[-END_CHARACTERS:])[-END_CHARACTERS:]
        last = text[-1:] or last
    _decode(decoder, b"", path, encoding, offset, lines, final=True)
    length -= start.startswith(MARK)
    start = start.removeprefix(MARK)
    is_whole = length == len(start)
    if not is_whole:
        start = start[: max(start.rfind("\n"), start.rfind("\r")) + 1] or start
    if length > len(end):
        first = LINE_END.search(end)
        end = end[first.end() :] if first else ""
    lines += last not in ("\n", "\r")
    return Scan(
        encoding, lines, quotes, length - pairs, start, is_whole, (), comments,
        end.removeprefix(MARK), tuple(hashed),
    )  # fmt: skip


def _line_ends(text: str) -> int:
    if "\r" not in text:
        return text.count("\n")
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _begun_with_a_hash(last: str, text: str) -> int:
    """Count lines that begin with `#`, the first one if the text before ended one."""
    within = text.count("\n#") + text.count("\r#")
    return within + (last in ("\n", "\r") and text.removeprefix(MARK).startswith("#"))


def _hashed(text: str) -> Iterator[str]:
    """Yield lines that begin with `#`, as far as they are whole and no longer than usual."""
    for found in HASHED.finditer(text):
        yield found[1]


def _decode(
    decoder: codecs.IncrementalDecoder,
    block: bytes,
    path: Path,
    encoding: str,
    offset: int,
    lines: int,
    final: bool = False,
) -> str:
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        # `error.object` is the block with the bytes left over from the one before.
        position = offset + error.start - (len(error.object) - len(block))
        line = lines + error.object[: error.start].count(b"\n") + 1
        value = error.object[error.start : error.start + 1].hex()
        raise _UndecodableError(
            f"{path}:{line}: byte {position} (0x{value}) is not {encoding}",
            "--set data.encoding=auto finds the encoding",
        ) from error
    except UnicodeError as error:  # such as UTF-16 without the mark that says in which order
        raise _UndecodableError(
            f"{path} is not {encoding}: {error}", "--set data.encoding=auto finds the encoding"
        ) from error


def encodable(text: str) -> str:
    r"""Replace surrogates that stand alone, which are no characters, by U+FFFD; join pairs.

    Example:
        >>> encodable("a\ud800") == "a\ufffd", encodable("\ud83d\ude00") == "\U0001f600"
        (True, True)
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
