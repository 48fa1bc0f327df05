"""Tokens of normalized texts: every script, every strange text, vocabularies from a stranger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from typing import Any

import numpy as np
import pytest
from tokenizers import decoders

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import KINDS, MAX_TOKEN, SPECIALS, UNKNOWN, byte_symbols

FILMS = ["good film", "bad film", "good , good !"]
SCRIPTS = {
    "accents": ("Le café naïf", ["le", "café", "naïf"]),
    "cyrillic": ("Привет, мир!", ["привет", ",", "мир", "!"]),
    "arabic": ("مرحبا، كيف", ["مرحبا", "،", "كيف"]),
    "hindi": ("नमस्ते दुनिया क्‍या।", ["नमस्ते", "दुनिया", "क्‍या", "।"]),
    "persian": ("می‌خواهم", ["می‌خواهم"]),
    "chinese": ("我爱北京。abc中", ["我", "爱", "北", "京", "。", "abc", "中"]),
    "japanese": ("タワーーが好き", ["タ", "ワ", "ー", "ー", "が", "好", "き"]),
    "thai": ("รักไทย", ["รั", "ก", "ไ", "ท", "ย"]),
    "korean": ("한국어 텍스트", ["한국어", "텍스트"]),
    "full width": ("Ｈｉ！", ["hi", "!"]),
    "family": ("👩‍👩‍👧‍👦👍🏽", ["👩‍👩‍👧‍👦", "👍🏽"]),
    "flags": ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
    "heart": ("❤️ 1️⃣", ["❤️", "1️⃣"]),
    "punctuation": (
        "It's user_name—3.5€...",
        ["it", "'", "s", "user", "_", "name", "—", "3", ".", "5", "€", ".", ".", "."],
    ),
}


def fit(texts: list[str], kind: str = "word", **options: Any) -> Tokenizer:
    return Tokenizer.fit(
        texts, kind, **{"max_tokens": 1000, "normalization": "nfkc_lower", **options}
    )


def ids(tokenizer: Tokenizer, text: str, longest: int | None = None) -> list[int]:
    tokens, _ = tokenizer.encode_batch([text], longest)
    values: list[int] = tokens.values.tolist()
    return values


def spelt(tokenizer: Tokenizer, text: str) -> list[str]:
    words = tokenizer.words()
    return [words[number] for number in ids(tokenizer, text)]


def test_words_stand_by_falling_count_then_by_text() -> None:
    tokenizer = fit(FILMS)
    assert tokenizer.words() == [*SPECIALS, "good", "film", "!", ",", "bad"]
    assert tokenizer.size == 7
    tokens, truncated = tokenizer.encode_batch(["Bad, bad dog", "film"], None)
    assert tokens.values.tolist() == [6, 5, 6, 1, 3]
    assert tokens.offsets.tolist() == [0, 4, 5]
    assert tokens.values.dtype == np.int32
    assert truncated == 0
    assert tokenizer.encode("Bad, bad dog").tolist() == [6, 5, 6, 1]


def test_most_and_least_count_bound_the_vocabulary() -> None:
    assert fit(FILMS, min_count=2).words()[2:] == ["good", "film"]
    assert fit(FILMS, max_tokens=5).words()[2:] == ["good", "film", "!"]
    assert fit(FILMS, max_tokens=2).size == 2
    assert fit(["aab", "b"], "character").words()[2:] == ["a", "b"]
    assert fit(["aab"], "character", min_count=2).words()[2:] == ["a"]
    assert fit(["ccaabb"], "character", max_tokens=4).words()[2:] == ["a", "b"]
    assert fit(FILMS * 9, "subword", max_tokens=260).size == 260


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_split_into_words(name: str) -> None:
    text, expected = SCRIPTS[name]
    assert spelt(fit([text]), text) == expected


@pytest.mark.parametrize("name", SCRIPTS)
def test_subwords_of_one_script_spell_any_other(name: str) -> None:
    tokenizer = fit(["plain English, nothing else"] * 9, "subword")
    symbols = [tokenizer.vocabulary[number] for number in ids(tokenizer, SCRIPTS[name][0])]
    assert SPECIALS[1] not in symbols
    plain = unicodedata.normalize("NFKC", SCRIPTS[name][0]).lower()
    assert decoders.ByteLevel().decode(symbols) == f" {plain}"


def test_characters_are_composed_before_they_are_counted() -> None:
    tokenizer = fit(["e\u0301a\nÉ"], "character")
    assert tokenizer.words()[2:] == ["é", " ", "a"]
    assert ids(tokenizer, "Aé\t x😀") == [4, 2, 3, 1, 1]


def test_capitals_are_kept_where_it_is_asked_for() -> None:
    assert fit(["Good good"], normalization="nfkc").words()[2:] == ["Good", "good"]
    assert fit(["Aa"], "character", normalization="nfkc").words()[2:] == ["A", "a"]
    subwords = fit(["GOOD"] * 3, "subword", normalization="nfkc")
    assert spelt(subwords, "GOOD") == [" GOOD"]
    assert spelt(subwords, "good") == [" ", "g", "o", "o", "d"]


def test_subwords_learn_frequent_parts() -> None:
    tokenizer = fit(["low lower lowest"] * 3, "subword", min_count=3)
    assert spelt(tokenizer, "low LOWER lowest s") == [" low", " lower", " lowest", " ", "s"]
    assert fit(["low lower lowest"] * 3, "subword", min_count=10).merges == ()


def test_bytes_that_are_no_character_are_shown_as_bytes() -> None:
    words = fit([], "subword").words()
    assert words[2 + 0] == "!"
    assert "\\xe4" in words
    assert len(set(words)) == 258


@pytest.mark.parametrize("word", ["null", "NA", "nan", "None", "true", "[UNK]", "<unknown>"])
@pytest.mark.parametrize("kind", KINDS)
def test_words_with_a_meaning_elsewhere_are_words(word: str, kind: str) -> None:
    tokenizer = fit([word] * 3, kind)
    assert set(ids(tokenizer, word)).isdisjoint({0, 1})
    assert "".join(spelt(tokenizer, word)).strip() == word.lower()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\u3000"])
def test_a_text_without_a_token_is_one_unknown(kind: str, text: str) -> None:
    tokenizer = fit(["a b"], kind)
    tokens, _ = tokenizer.encode_batch(["a", text, text, "a"], None)
    first, *empty, last = (part.tolist() for part in tokens.select(range(4)))
    assert empty == [[UNKNOWN], [UNKNOWN]]
    assert first == last != [UNKNOWN]
    assert ids(tokenizer, text) == [1]


@pytest.mark.parametrize("kind", KINDS)
def test_no_texts(kind: str) -> None:
    tokenizer = fit([], kind)
    assert tokenizer.size == (258 if kind in ("byte", "subword") else 2)
    assert len(tokenizer.encode_batch([], None)[0]) == 0
    assert (ids(tokenizer, "a") == [1]) is (kind not in ("byte", "subword"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", [
    *("\ud800", "a\udfffb", "\ud83d\ude00", "\0", "a\0b", "\x01\x7f\x85", "\u200b", "\ufeff"),
    *("\u0301", "\u200d", "\U0010ffff", "\ufffe", "\ufe0f", "\u0345\u0345"),
])  # fmt: skip
def test_strange_characters_are_taken(kind: str, text: str) -> None:
    tokenizer = fit([text, "a"], kind)
    assert len(ids(tokenizer, text)) >= 1
    assert 0 not in ids(tokenizer, text)
    json.dumps(tokenizer.to_dict(), ensure_ascii=False).encode("utf-8")


def test_two_halves_of_a_character_are_joined_and_one_alone_is_replaced() -> None:
    tokenizer = fit(["😀 \ufffd"])
    assert spelt(tokenizer, "\ud83d\ude00") == ["😀"]
    assert spelt(tokenizer, "\ud83d") == ["\ufffd"]


def test_control_characters_part_words() -> None:
    assert spelt(fit(["a b"]), "a\0b\x01") == ["a", "b"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", [
    *("a" * 1_000_000, "中" * 300_000, "ab " * 330_000, "!" * 500_000),
    "a" + "\u0301\u0316" * 200_000,
], ids=["one word", "chinese", "words", "punctuation", "marks"])  # fmt: skip
def test_a_text_of_a_megabyte_is_fitted_and_cut(kind: str, text: str) -> None:
    tokenizer = fit([text, "a"], kind)
    tokens, _ = tokenizer.encode_batch([text, "a"], 8)
    assert tokens.lengths.tolist()[0] <= 8
    assert max(len(word) for word in tokenizer.vocabulary) <= MAX_TOKEN


def test_a_word_too_long_to_be_learnt_takes_no_place() -> None:
    long = "x" * (MAX_TOKEN + 1)
    tokenizer = fit([f"{long} {long} {'y' * MAX_TOKEN} z"], max_tokens=4)
    assert tokenizer.words()[2:] == ["y" * MAX_TOKEN, "z"]
    assert ids(tokenizer, f"{long} z") == [1, 3]


@pytest.mark.parametrize(("longest", "expected"), [
    (9, "abcdefghi"),
    (8, "abcdefhi"),
    (7, "abcdefi"),
    (4, "abci"),
    (3, "abc"),
    (1, "a"),
])  # fmt: skip
def test_a_long_text_keeps_its_head_and_its_tail(longest: int, expected: str) -> None:
    tokenizer = fit(["abcdefghi"], "character")
    tokens, truncated = tokenizer.encode_batch(["xy", "abcdefghi", "", "abcdefghi", "i"], longest)
    words = tokenizer.words()
    parts = ["".join(words[number] for number in part) for part in tokens.select([1, 3])]
    assert parts == [expected] * 2
    assert tokens.lengths.tolist() == [min(2, longest), longest, 1, longest, 1]
    assert truncated == (2 if longest < 9 else 0) + (longest < 2)


@pytest.mark.parametrize("kind", KINDS)
def test_many_texts_are_encoded_as_one_by_one(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*FILMS, "", "x" * 50, *(text for text, _ in SCRIPTS.values()), ""]
    tokenizer = fit(texts, kind)
    alone = [ids(tokenizer, text, 5) for text in texts]
    monkeypatch.setattr("seqtune.data.text.vocabulary.CHUNK_CHARACTERS", 20)
    tokens, truncated = tokenizer.encode_batch(texts, 5)
    assert [part.tolist() for part in tokens.select(range(len(texts)))] == alone
    full = tokenizer.encode_batch(texts, None)[0].lengths
    assert truncated == int((full > 5).sum()) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_does_not_hang_on_the_process(kind: str) -> None:
    texts = [text for text, _ in SCRIPTS.values()] * 2
    code = (
        "import sys, json; from seqtune.data.text.tokenizer import Tokenizer; "
        "texts, kind = json.loads(sys.stdin.read()); "
        "t = Tokenizer.fit(texts, kind, max_tokens=400, normalization='nfkc_lower'); "
        "print(json.dumps(t.to_dict()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps([texts, kind]), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Tokenizer.from_dict(json.loads(done.stdout)) == fit(texts, kind, max_tokens=400)


@pytest.mark.parametrize("setting", [None, "true"])
def test_the_users_setting_of_threads_is_left_alone(setting: str | None) -> None:
    code = (
        "import os, sys; from seqtune.data.text.tokenizer import Tokenizer; "
        "loaded = 'tokenizers' in sys.modules; "
        "Tokenizer.fit(['a'], 'word', max_tokens=9, min_count=1); "
        "print(loaded, os.environ['TOKENIZERS_PARALLELISM'])"
    )
    name = "TOKENIZERS_PARALLELISM"
    environment = {key: value for key, value in os.environ.items() if key != name}
    if setting:
        environment[name] = setting
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", setting or "false"]
    assert done.stderr == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_tokenizer_comes_back_from_json(kind: str) -> None:
    texts = [text for text, _ in SCRIPTS.values()]
    tokenizer = fit(texts, kind, max_tokens=300)
    again = Tokenizer.from_dict(json.loads(json.dumps(tokenizer.to_dict())))
    assert again == tokenizer
    assert again.encode_batch(texts, None)[0].values.tolist() == (
        tokenizer.encode_batch(texts, None)[0].values.tolist()
    )


def damaged(kind: str, /, **changes: Any) -> dict[str, Any]:
    values = json.loads(json.dumps(fit(["ab ab"], kind).to_dict()))
    return {**values, **changes}


@pytest.mark.parametrize("values", [
    *([], None, "x", {}, {"kind": "word"}, damaged("word", more=1)),
    *(damaged("word", kind="letters"), damaged("word", kind=["word"])),
    damaged("word", normalization=1),
    *(damaged("word", vocabulary=None), damaged("word", vocabulary="ab")),
    damaged("word", normalization="lower"),
    *(damaged("word", vocabulary=["<end>"]), damaged("word", vocabulary=["<unknown>", "<end>"])),
    *(damaged("word", vocabulary=["a", "b", "c"]), damaged("word", vocabulary=[[], {}, "c"])),
    *(damaged("word", vocabulary=[*SPECIALS, word]) for word in (1, None, "", [], "\ud800")),
    damaged("word", vocabulary=[*SPECIALS, "a" * (MAX_TOKEN + 1)]),
    damaged("word", vocabulary=[*SPECIALS, "a", "a"]),
    damaged("word", vocabulary=[*SPECIALS, "<end>"]),
    damaged("word", vocabulary=[*SPECIALS, *map(str, range(1_000_000))]),
    damaged("word", merges=[["a", "b"]]),
    damaged("character", vocabulary=[*SPECIALS, "ab"]),
    damaged("subword", vocabulary=[*SPECIALS, "a", "b", "ab"]),
    damaged("subword", vocabulary=[*SPECIALS, *byte_symbols(), "a b"]),
    damaged("byte", vocabulary=[*SPECIALS, *"ab"]),
    *(damaged("subword", merges=merges) for merges in (
        None, {}, "ab", ["ab"], [["a"]], [["a", 1]], [["a", "b", "c"]], [["a", "q"]], [["x1", "y"]],
        [["", "a"]], [["<end>", "a"]], [["a", "b"]] * 300,
    )),
], ids=lambda values: str(values)[:60] + "…")  # fmt: skip
def test_a_damaged_tokenizer_is_refused(values: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Tokenizer.from_dict(values)


def test_a_merge_cannot_spell_the_end() -> None:
    values = damaged("subword")
    values["vocabulary"] += ["<end"]
    values["merges"] += [["<end", ">"]]
    with pytest.raises(ValueError, match="merge"):
        Tokenizer.from_dict(values)


@pytest.mark.parametrize(("kind", "most", "least_count"), [
    *(("letter", 100, 1), ("word", 1, 1), ("word", 10**9, 1), ("word", 100, 0)),
    ("subword", 257, 1),
])  # fmt: skip
def test_settings_out_of_range_are_refused(kind: str, most: int, least_count: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        Tokenizer.fit(["a"], kind, max_tokens=most, min_count=least_count)


def test_no_tokens_per_text_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        fit(["a"]).encode_batch(["a"], 0)


def test_words_of_normalized_texts_have_no_spaces_to_be_joined_with() -> None:
    with pytest.raises(ValueError, match="cannot be joined"):
        fit(FILMS).decode([2, 3])
    tokenizer = fit(FILMS, "character")
    assert tokenizer.decode(tokenizer.encode("Good\n film")) == "good film"
