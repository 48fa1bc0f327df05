"""Symbols between blanks are tokens: kept whole, known or not, and written with one blank."""

from __future__ import annotations

import pytest

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import MAX_TOKEN, SPECIALS, SYMBOL, UNKNOWN

PHONES = ["a b ɑ̃", "b  t͡ɕ͈\ta", "a"]


def fitted(*texts: str, **options: int) -> Tokenizer:
    return Tokenizer.fit(texts or PHONES, SYMBOL, **{"max_tokens": 100, **options})


def test_symbols_are_kept_whole_and_numbered_by_how_often_they_occur() -> None:
    tokens = fitted()
    assert tokens.vocabulary == (*SPECIALS, "a", "b", "t͡ɕ͈", "ɑ̃")
    assert tokens.encode("ɑ̃ a b").tolist() == [5, 2, 3]


def test_they_come_back_with_one_blank_between() -> None:
    tokens = fitted()
    for text in PHONES:
        assert tokens.decode(tokens.encode(text).tolist()) == " ".join(text.split())
    assert tokens.decode([]) == ""
    assert tokens.decode([2, 0, 3, 0]) == "a b"  # the end has no spelling, and no blank


def test_they_come_one_after_the_other_with_the_blank_before() -> None:
    decoder = fitted().decoder()
    assert [decoder.feed(token) for token in (2, 3, 0, 2)] == ["a", " b", "", " a"]
    assert decoder.flush() == ""


def test_several_at_once_are_as_one_after_the_other() -> None:
    decoder = fitted().decoder()
    assert [decoder.feed_all([2, 3]), decoder.feed_all([0, 2])] == ["a b", " a"]


def test_an_unknown_symbol_is_one_token_and_is_named() -> None:
    tokens = fitted()
    assert tokens.encode("a xyz b").tolist() == [2, UNKNOWN, 3]
    assert tokens.unknown_in("a xyz b q xyz") == ["xyz", "q"]
    assert tokens.decode([2, UNKNOWN]) == "a \ufffd"


def test_what_is_spelled_as_a_special_is_unknown() -> None:
    tokens = fitted("<end> a", "<unknown> a")
    assert tokens.vocabulary == (*SPECIALS, "a")
    assert tokens.encode("<end> a").tolist() == [UNKNOWN, 2]


def test_rare_and_long_ones_are_left_out() -> None:
    tokens = fitted("a a b b c", "x" * (MAX_TOKEN + 1), min_count=2)
    assert tokens.vocabulary == (*SPECIALS, "a", "b")
    assert fitted("a a b c", max_tokens=3).vocabulary == (*SPECIALS, "a")


def test_an_empty_text_in_a_batch_is_one_unknown() -> None:
    tokens, cut = fitted().encode_batch(["", "a b"], 1)
    assert ([each.tolist() for each in tokens.select([0, 1])], cut) == ([[UNKNOWN], [2]], 1)


def test_characters_of_symbols_are_counted_without_blanks() -> None:
    assert fitted("ab a ab").characters([0, 1, 2, 3]).tolist() == [0, 1, 2, 1]


def test_a_vocabulary_on_disk_is_the_same_again() -> None:
    tokens = fitted()
    assert Tokenizer.from_dict(tokens.to_dict()) == tokens


@pytest.mark.parametrize("symbol", ["a b", " ", "a\n", "\u2028", ""])
def test_a_symbol_with_a_blank_is_refused(symbol: str) -> None:
    values = fitted("a").to_dict()
    with pytest.raises(ValueError):
        Tokenizer.from_dict({**values, "vocabulary": [*SPECIALS, symbol]})
