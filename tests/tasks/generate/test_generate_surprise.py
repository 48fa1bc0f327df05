"""Passages and their surprise, worked by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from seqtune.tasks.generate.surprise import LONGEST, SHORTEST, most_surprising, passages

BIT = -np.log(2.0)
FIRST = "It was late in the year. "
SECOND = "Nobody came to the house."


def place(character: int) -> str:
    return f"at {character}"


def test_the_least_expected_sentence_comes_first() -> None:
    text = FIRST + SECOND
    bits = np.where(np.arange(len(text)) < len(FIRST), 1.0, 3.0)
    first, second = most_surprising(text, BIT * bits, np.ones(len(text)), place)
    assert (first.where, first.text) == ("at 25", SECOND)
    assert first.bits_per_character == pytest.approx(3.0)
    assert (second.where, second.text) == ("at 0", FIRST.strip())
    assert second.bits_per_character == pytest.approx(1.0)


def test_no_more_are_returned_than_asked_for_and_equals_keep_their_order() -> None:
    text = FIRST * 4
    same = np.full(len(text), BIT)
    looked_up: list[int] = []

    def where(character: int) -> str:
        looked_up.append(character)
        return ""

    for most, expected in ((0, []), (2, [0, 25]), (9, [0, 25, 50, 75]), (-1, [])):
        looked_up.clear()
        assert len(most_surprising(text, same, np.ones(len(text)), where, most)) == len(expected)
        assert looked_up == expected


def test_a_token_over_a_border_is_divided_by_its_characters() -> None:
    text = FIRST + SECOND  # 25 characters each
    # tokens of 20, 10 and 20 characters with 0, 10 and 0 bits: half of the 10 in each sentence
    found = most_surprising(text, BIT * np.array([0.0, 10.0, 0.0]), [20, 10, 20], place)
    assert [each.bits_per_character for each in found] == pytest.approx([5 / 25, 5 / 25])


def test_a_token_without_characters_counts_with_those_before_it() -> None:
    text = FIRST + SECOND
    bits = np.array([50.0, 0.0, 25.0, 0.0, 5.0])
    found = most_surprising(text, BIT * bits, [0, 25, 0, 25, 0], place)
    # the first token has nothing before it: it begins the document and is left out
    assert [each.bits_per_character for each in found] == pytest.approx([25 / 25, 5 / 25])
    assert [each.where for each in found] == ["at 0", "at 25"]


def test_bytes_of_one_character_are_parts_of_it() -> None:
    found = most_surprising("€", BIT * np.array([1.0, 2.0, 3.0]), [1 / 3] * 3, place)
    assert [each.bits_per_character for each in found] == pytest.approx([6.0])


def test_no_text_has_no_passage_and_one_character_is_one() -> None:
    assert most_surprising("", [], [], place) == []
    (one,) = most_surprising("a", [3 * BIT], [1], place)
    assert (one.text, one.bits_per_character) == ("a", pytest.approx(3.0))


@pytest.mark.parametrize(("logarithms", "characters"), [
    ([BIT], [1, 1]),
    ([BIT, BIT], [1, 2]),
    ([BIT, np.nan], [1, 1]),
])  # fmt: skip
def test_tokens_of_another_text_and_nan_are_never_passed_over(
    logarithms: list[float], characters: list[int]
) -> None:
    with pytest.raises(ValueError, match=r"characters|NaN"):
        most_surprising("ab", logarithms, characters, place)


@pytest.mark.parametrize("expected", [
    [],
    ["short"],
    ["No. No. No. No. No. No. No."],  # the last would be too short to stand alone
    ["No. No. No. No. No. ", "No. No. No. No. No. "],
    ['"Is it you, my dear?" ', "said the fox to the hen."],
    ["a line without any end\n", "and one more of them, too"],
    ["版本三点一四不是句子的结尾而是数字本身。", "这是第二句话它也足够长可以单独站着好几天。"],
    ["costs 3.14 and not 2.71, they say"],
])  # fmt: skip
def test_passages_end_after_sentences_and_lines(expected: list[str]) -> None:
    text = "".join(expected)
    assert [text[a:b] for a, b in pairwise(passages(text).tolist())] == expected


@pytest.mark.parametrize("text", ["x" * 1000, "word " * 200, "\n" * 700, "A. " * 333, "ab\n" * 9])
def test_passages_cover_the_text_and_none_is_too_long_or_short(text: str) -> None:
    bounds = passages(text)
    sizes = np.diff(bounds)
    assert bounds[0] == 0 and bounds[-1] == len(text)
    assert sizes.max() <= LONGEST
    assert (sizes[:-1] >= SHORTEST).all()


def test_a_long_passage_is_cut_between_words() -> None:
    text = "word " * 200
    assert {text[bound - 1] for bound in passages(text)[1:-1].tolist()} == {" "}
