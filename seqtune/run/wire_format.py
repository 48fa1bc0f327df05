"""The fields of a Protocol Buffers message, read from its bytes without a schema.

A message is a sequence of fields. Each begins with a number: the field's own, and in its last three
bits what follows it: another number, 8 bytes, 4 bytes, or a length and so many bytes.

Source:
    https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

NUMBER, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
"""What may follow the number of a field; groups, 3 and 4, are given up since 2008."""

FIXED = {EIGHT_BYTES: 8, FOUR_BYTES: 4}

MOST_DIGITS = 10
"""Bytes of a number at most: 64 bits, seven in each."""


@dataclass(frozen=True)
class Field:
    """A field of a message.

    Args:
        number: Which of the message's fields it is.
        value: A number, or the bytes of a text, an array or another message.
    """

    number: int
    value: int | memoryview

    @property
    def content(self) -> memoryview:
        """The bytes.

        Raises:
            ValueError: It is a number.
        """
        if isinstance(self.value, int):
            raise ValueError(f"field {self.number} is a number, expected bytes")
        return self.value

    @property
    def text(self) -> str:
        """The bytes as text.

        Raises:
            ValueError: They are none.
        """
        return str(self.content, "utf-8")


def fields(message: memoryview) -> Iterator[Field]:
    r"""Yield the fields of a message in their order.

    Args:
        message: Its bytes, which are not copied.

    Raises:
        ValueError: It is no message, or is cut short.

    Example:
        >>> [(field.number, field.value) for field in fields(memoryview(b"\x08\x96\x01"))]
        [(1, 150)]
    """
    place = 0
    while place < len(message):
        key, place = _number(message, place)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ValueError("found a field without a number")
        if kind == NUMBER:
            value, place = _number(message, place)
            yield Field(number, value)
            continue
        if kind == LENGTH:
            size, place = _number(message, place)
        elif kind in FIXED:
            size = FIXED[kind]
        else:
            raise ValueError(f"found a field of kind {kind}")
        if size > len(message) - place:
            raise ValueError("it is cut short")
        yield Field(number, message[place : place + size])
        place += size


def _number(message: memoryview, place: int) -> tuple[int, int]:
    """Return the number that begins at a place, and the place behind it."""
    number = 0
    for digit in range(MOST_DIGITS):
        if place + digit >= len(message):
            raise ValueError("it is cut short")
        byte = message[place + digit]
        number |= (byte & 0x7F) << (7 * digit)
        if byte < 0x80:
            return number, place + digit + 1
    raise ValueError("found a number of more than 64 bits")
