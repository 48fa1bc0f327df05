"""Tokens of exact texts: nothing is lost, scores of all kinds are comparable."""

from __future__ import annotations

import math

import pytest

from seqtune.data.text.tokenizer import CODE_POINTS, Tokenizer
from seqtune.data.text.vocabulary import END, KINDS, UNKNOWN

TEXT = "Once upon a time, a cat sat.\nThe cat, upon a mat:  'Ünïq' 漢字 e\u0301!\n" * 8


def fitted(kind: str, text: str = TEXT, size: int = 400) -> Tokenizer:
    return Tokenizer.fit([text], kind, max_tokens=size, min_count=2)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_learnt_comes_back_as_it_was(kind: str) -> None:
    tokens = fitted(kind)
    ids = tokens.encode(TEXT)
    assert tokens.decode(ids.tolist()) == TEXT
    assert END not in ids and UNKNOWN not in ids
    assert int(tokens.characters(ids).sum()) == len(TEXT)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_text_has_no_tokens(kind: str) -> None:
    assert fitted(kind).encode("").tolist() == []
    assert fitted(kind).decode([]) == ""


@pytest.mark.parametrize("kind", ["byte", "subword"])
def test_bytes_spell_what_was_never_seen(kind: str) -> None:
    tokens = fitted(kind)
    text = "Ω≠😀\r"
    assert tokens.decode(tokens.encode(text).tolist()) == text
    assert int(tokens.characters(tokens.encode(text)).sum()) == 4
    assert tokens.unknown_in(text) == [] and tokens.surprise == 0.0


@pytest.mark.parametrize("kind", ["character", "word"])
def test_characters_that_were_never_seen_are_unknown_and_cost_their_naming(kind: str) -> None:
    tokens = fitted(kind)
    ids = tokens.encode("aΩa")
    assert ids.tolist().count(UNKNOWN) == 1
    assert tokens.decode(ids.tolist()) == "a\ufffda"
    assert tokens.unknown_in("aΩΩ") == ["Ω"]
    known = len(set(TEXT))
    assert tokens.surprise == pytest.approx(math.log(CODE_POINTS - known))


def test_a_word_takes_the_space_before_it_and_an_unknown_one_is_spelt() -> None:
    tokens = fitted("word", "the cat sat on the mat\n" * 3)
    spelt = [tokens.vocabulary[number] for number in tokens.encode("the cat tam").tolist()]
    assert spelt == ["the", " cat", " ", "t", "a", "m"]


def test_the_more_frequent_token_has_the_smaller_id() -> None:
    tokens = fitted("character", "banana")
    assert tokens.vocabulary == ("<end>", "<unknown>", "a", "n", "b")
    assert fitted("character", "banana", size=3).vocabulary[2:] == ("a",)


def test_half_a_character_comes_when_its_last_byte_is_there() -> None:
    decoder = fitted("byte").decoder()
    first, second = ("é".encode()[0] + 2, "é".encode()[1] + 2)
    assert decoder.feed(first) == ""
    assert decoder.feed(second) == "é"
    assert decoder.feed(first) == ""
    assert decoder.flush() == "\ufffd"


def test_tokens_that_come_together_may_end_within_a_character() -> None:
    decoder = fitted("byte").decoder()
    ids = fitted("byte").encode("aéb").tolist()
    assert [decoder.feed_all(ids[:2]), decoder.feed_all(ids[2:])] == ["a", "éb"]
    assert decoder.flush() == ""


def test_half_a_surrogate_is_replaced() -> None:
    assert fitted("byte").decode(fitted("byte").encode("a\ud800").tolist()) == "a\ufffd"


@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_on_disk_is_the_same_again(kind: str) -> None:
    tokens = fitted(kind)
    assert Tokenizer.from_dict(tokens.to_dict()) == tokens


def test_the_array_is_as_narrow_as_the_vocabulary_allows() -> None:
    assert fitted("character").dtype == "uint8"
    assert fitted("byte").dtype == "uint16"  # 256 bytes, the end and the unknown


@pytest.mark.parametrize("change", [
    {"kind": "syllable"},
    {"vocabulary": ["<end>", "<unknown>", "a", "a"]},
    {"vocabulary": ["<end>", "a"]},
    {"vocabulary": ["<end>", "<unknown>", "ab"]},
    {"vocabulary": ["<end>", "<unknown>", "\ud800"]},
    {"vocabulary": ["<end>", "<unknown>", 7]},
    {"vocabulary": "abc"},
    {"merges": [["a", "b"]]},
    {"more": 1},
])  # fmt: skip
def test_a_damaged_vocabulary_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Tokenizer.from_dict({**fitted("character").to_dict(), **change})
