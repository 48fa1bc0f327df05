"""Words as networks read them, and what a file of them may not say."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from seqtune.tasks.tag.spelling import FORMS, SPELLED, Lexicon, affix, clipped, form_of

TOKENS = ["Vienna", "vienna", "is", "is", "is", "nice", "3.14"]


def lexicon(**changes: Any) -> Lexicon:
    return Lexicon.fit(TOKENS, **{"most": 100, "least_count": 2, "lower": True, **changes})


def test_words_are_known_without_capitals_the_commonest_first() -> None:
    known = lexicon()
    assert known.words == ("is", "vienna")
    assert known.encode(["IS", "Vienna", "nice", ""]).words.tolist() == [2, 3, 1, 1]


def test_words_with_capitals_are_others_where_they_count() -> None:
    assert lexicon(lower=False).words == ("is",)


def test_the_most_words_count_padding_and_the_unknown_one() -> None:
    assert lexicon(most=3, least_count=1).words == ("is",)


def test_characters_are_numbered_in_order_and_capitals_are_their_own() -> None:
    known = lexicon()
    assert known.characters == "aeins"  # of V, v, c, 3 … there is one each
    found = known.encode(["sea", "nV"]).characters
    assert found.shape == (2, SPELLED)
    assert found[0, :4].tolist() == [6, 3, 2, 0]
    assert found[1, :3].tolist() == [5, 1, 0]


def test_of_a_long_word_beginning_and_end_are_read() -> None:
    word = "a" * 5_000 + "e" * 5_000
    assert clipped(word) == "a" * 10 + "e" * 10
    assert lexicon().encode([word]).characters[0].tolist() == [2] * 10 + [3] * 10


def test_affixes_are_numbered_through() -> None:
    known = Lexicon.fit(["tagging"] * 3, most=10, least_count=1, lower=True)
    assert known.affixes == (("ta",), ("tag",), ("ng",), ("ing",))
    assert known.bases == (1, 3, 5, 7, 9)
    assert known.encode(["tagging", "tax"]).spelling.tolist() == [[2, 4, 6, 8, 9], [2, 3, 5, 7, 9]]
    assert known.features == 9 + len(FORMS)


def test_short_words_are_their_own_affixes() -> None:
    assert (affix("a", -3), affix("a", 3), affix("abcd", -3), affix("abcd", 2)) == (
        "a", "a", "abc", "cd",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("word", "small"), ("don't", "small"), ("Word", "capital"), ("I", "capital"),
        ("USA", "capitals"), ("iPhone", "mixed"), ("McX", "mixed"), ("3,14", "number"),
        ("B2B", "digits"), ("...", "marks"), ("", "marks"), ("東京", "small"),
    ],
)  # fmt: skip
def test_the_form_of_a_word(word: str, form: str) -> None:
    assert FORMS[form_of(word)] == form


def test_words_of_surrogates_and_nothing_are_read() -> None:
    found = lexicon().encode(["\ud800", "", "\0", "\U0001f600"])
    assert found.characters[:, 0].tolist() == [1, 0, 0, 1]


def test_a_lexicon_is_the_same_from_a_file() -> None:
    known = lexicon()
    again = Lexicon.from_dict(json.loads(json.dumps(known.to_dict())))
    assert again == known
    assert np.array_equal(again.encode(TOKENS).spelling, known.encode(TOKENS).spelling)


@pytest.mark.parametrize(
    "change",
    [
        {"words": "is"}, {"words": ["is", "is"]}, {"words": [1]}, {"characters": "ba"},
        {"characters": "aa"}, {"characters": ["a"]}, {"affixes": []},
        {"affixes": [[], [], [], "a"]},
        {"lower": 1}, {"words": [None]}, {"words": [["a"]]}, {"affixes": [[], [], [], [{}]]},
    ],
)  # fmt: skip
def test_a_lexicon_that_is_none_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not as they are written"):
        Lexicon.from_dict({**lexicon().to_dict(), **change})
