"""A first line that is one more of the texts, or of the signs with blanks between, is data."""

from __future__ import annotations

import pytest

from seqtune.data.reading.header import find_header
from seqtune.data.reading.physical_lines import Row

PHONES = [("abaisser", "a b e s e"), ("abbé", "a b e"), ("aide", "ɛ d"), ("bas", "b a")] * 3


def names(*rows: tuple[str, ...]) -> tuple[str, ...]:
    return find_header([Row(line, cells) for line, cells in enumerate(rows, start=1)]).names


def test_a_first_line_of_signs_is_data() -> None:
    assert names(("aa", "a a"), *PHONES) == ()
    assert names(("aad", "ɛ ɡ"), *PHONES) == ()


def test_names_above_signs_are_names() -> None:
    for header in [("word", "phones"), ("spelling", "ipa"), ("w", "p"), ("the word", "its phones")]:
        assert names(header, *PHONES) == header


def test_a_first_line_that_ends_as_the_sentences_do_is_data() -> None:
    rows = [("Go on.", "Los."), ("Who?", "Wer?"), ("I ran.", "Ich lief."), ("Wow!", "Toll!")]
    assert names(("Go.", "Geh."), *rows) == ()
    assert names(("en", "de"), *rows) == ("en", "de")


@pytest.mark.parametrize("rows", [
    [("a cat", "Tier"), ("a dog", "Tier"), ("a rose", "Blume"), ("an oak", "Baum")],
    [("v. 2", "b"), ("w", "c"), ("x", "d"), ("y", "e")],
])  # fmt: skip
def test_other_texts_have_the_names_that_they_had(rows: list[tuple[str, ...]]) -> None:
    assert names(("thing", "kind"), *rows) == ("thing", "kind")
