"""Protocol Buffers, byte by byte: the examples of their documentation, and what is none."""

from __future__ import annotations

import pytest

from seqtune.run.wire_format import Field, fields


def found(message: bytes) -> list[tuple[int, int | bytes]]:
    return [
        (each.number, each.value if isinstance(each.value, int) else bytes(each.value))
        for each in fields(memoryview(message))
    ]


def test_numbers_texts_and_figures_of_fixed_size() -> None:
    message = (
        b"\x08\x96\x01"  # field 1, the number 150: 0x16 + 1 * 128
        b"\x12\x07testing"  # field 2, seven bytes
        b"\x1d\x00\x00\x80\x3f"  # field 3, four bytes
        b"\x21\x01\x02\x03\x04\x05\x06\x07\x08"  # field 4, eight bytes
        b"\xaa\x01\x00"  # field 21, no bytes
    )
    assert found(message) == [
        (1, 150), (2, b"testing"), (3, b"\x00\x00\x80\x3f"), (4, bytes(range(1, 9))), (21, b""),
    ]  # fmt: skip


def test_the_empty_message_has_no_field() -> None:
    assert found(b"") == []


@pytest.mark.parametrize("message", [b"\x08\x96\x01", b"\x12\x03abc", b"\x1dabcd", b"\x21abcdefgh"])
def test_what_is_cut_short_is_refused_wherever_the_cut_is(message: bytes) -> None:
    assert len(found(message)) == 1
    for end in range(1, len(message)):
        with pytest.raises(ValueError, match="it is cut short"):
            found(message[:end])


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"\x00\x01", "a field without a number"),
        (b"\x0b\x0c", "a field of kind 3"),  # a group
        (b"\x0e", "a field of kind 6"),
        (b"\x08" + b"\xff" * 10 + b"\x01", "more than 64 bits"),
        (b"\x12\xff\xff\xff\xff\x0fabc", "it is cut short"),  # four gigabytes
    ],
)
def test_what_is_no_message_is_refused(message: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        found(message)


def test_bytes_are_asked_of_bytes_alone() -> None:
    assert Field(7, memoryview(b"gru")).text == "gru"
    with pytest.raises(ValueError, match="field 14 is a number, expected bytes"):
        Field(14, 1).content  # noqa: B018
    with pytest.raises(ValueError, match="utf-8"):
        Field(7, memoryview(b"\xff")).text  # noqa: B018
