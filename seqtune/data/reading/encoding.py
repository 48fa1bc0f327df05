"""Telling how the characters of a text file are encoded, and checking every byte of it.

One pass over the file both proves the encoding and counts the lines, so that a fault further on
can be given its line number without reading the file again.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from seqtune.data.reading.files import blocks
from seqtune.errors import DataError

SNIFF_BYTES = 1 << 20
CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))


@dataclass(frozen=True)
class Text:
    """What one pass over a text file showed.

    Args:
        encoding: The Python name of the encoding; decoding with it meets no fault.
        lines: Physical lines, ended by a line feed or by the end of the file.
        quotes: Double quotes in the file.
        start: The first characters, without a byte order mark; cut at a line end if it can be.
        whole: Whether `start` is the whole file.
        notes: What was decided, with the override.
    """

    encoding: str
    lines: int
    quotes: int
    start: str
    whole: bool
    notes: tuple[str, ...] = ()


def scan_text(path: Path, encoding: str = "auto") -> Text:
    """Decode a whole file, trying encodings if none is named.

    Args:
        path: The file, compressed or not.
        encoding: A Python codec name, or "auto".

    Raises:
        DataError: It is not text, or not in the encoding that was asked for.
    """
    start = next(blocks(path), b"")[:SNIFF_BYTES]
    if encoding != "auto":
        return _scan(path, _known(encoding))
    marked = _from_mark(start) or _from_zeros(start)
    if marked:
        text = _scan(path, marked)
        return _noted(text, marked) if marked != "utf-8-sig" else text
    _refuse_binary(path, start)
    fault: DataError | None = None
    for guess in ("utf-8", "cp1252", "latin-1"):
        try:
            text = _scan(path, guess)
        except _UndecodableError as error:
            fault = error
            continue
        return text if guess == "utf-8" else _noted(text, guess)
    raise fault or DataError(f"{path} cannot be decoded")


class _UndecodableError(DataError):
    """The bytes are not text in the encoding that was tried."""


def _noted(text: Text, encoding: str) -> Text:
    note = f"encoding {encoding} (guessed; --set data.encoding=... overrides)"
    return Text(text.encoding, text.lines, text.quotes, text.start, text.whole, (note,))


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
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
    """Tell UTF-16 without a mark: in a table, nearly every second byte of it is zero."""
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


def _scan(path: Path, encoding: str) -> Text:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = quotes = offset = length = 0
    start, last = "", "\n"
    for block in blocks(path):
        text = _decode(decoder, block, path, encoding, offset, lines)
        if "\0" in text:
            raise _binary(path, lines + text[: text.index("\0")].count("\n") + 1)
        if len(start) < SNIFF_BYTES:
            start += text[:SNIFF_BYTES]
        lines += text.count("\n")
        quotes += text.count('"')
        offset += len(block)
        length += len(text)
        last = text[-1:] or last
    _decode(decoder, b"", path, encoding, offset, lines, final=True)
    start = start.removeprefix("\ufeff")
    whole = length <= len(start) + 1
    if not whole:
        start = start[: start.rfind("\n") + 1] or start
    return Text(encoding, lines + (last != "\n"), quotes, start, whole)


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
