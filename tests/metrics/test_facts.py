"""Facts that texts lack or invent, counted by hand."""

from __future__ import annotations

import math

import pytest

from seqtune.metrics.facts import facts_of, slot_error

FOUR = [
    "inform(name='el toro';food=mexican)",
    "inform(name='blue bay';area='fort mason')",
    "confirm(food=thai)",
    "goodbye()",
]
SAID = [
    ["el toro serves Mexican food"],
    ["blue bay is near Fort Mason", "the blue bay is in the fort mason area"],
    ["you want thai?"],
    ["bye"],
]


@pytest.mark.parametrize(("source", "facts"), [
    ("goodbye()", []),
    ("", []),
    ("request(food)", []),
    ("name=", []),
    ("a=1", [("a", "1")]),
    ("say(a=1;b='two words'; c=\"x, y\")", [("a", "1"), ("b", "two words"), ("c", "x, y")]),
    ("a = 1, b =2 | c= 3", [("a", "1"), ("b", "2"), ("c", "3")]),
    ("name='joe's pizza';phone='1-2'", [("name", "joe's pizza"), ("phone", "1-2")]),
    ("name='a;b'", [("name", "a;b")]),
    ("price range=cheap", [("price range", "cheap")]),
    ("a='x';a='y'", [("a", "x"), ("a", "y")]),
    ("größe='älter'", [("größe", "älter")]),
])  # fmt: skip
def test_facts_are_read_in_the_ways_they_are_written(
    source: str, facts: list[tuple[str, str]]
) -> None:
    assert facts_of(source) == facts


def test_right_texts_have_no_error() -> None:
    """All five facts stand in all references of their rows."""
    assert slot_error(FOUR, [each[0] for each in SAID], SAID) == 0.0
    assert slot_error(FOUR, [each[-1] for each in SAID], SAID) == 0.0


def test_a_value_that_the_text_does_not_have_lacks() -> None:
    answers = ["el toro serves food", "", "you want thai?", "bye"]
    assert slot_error(FOUR, answers, SAID) == 3 / 5


def test_a_value_of_another_row_is_invented_and_may_lack_as_well() -> None:
    answers = ["el toro serves thai food", "blue bay is in fort mason", "thai", "bye, el toro"]
    assert slot_error(FOUR, answers, SAID) == (1 + 1 + 1) / 5  # mexican lacks, thai, el toro


def test_a_value_known_from_training_is_invented() -> None:
    answers = ["el toro has mexican and greek food", "blue bay, fort mason", "thai", "bye"]
    assert slot_error(FOUR, answers, SAID) == 0.0
    assert slot_error(FOUR, answers, SAID, known=["confirm(food=greek)"]) == 1 / 5


def test_case_and_punctuation_do_not_count_but_whole_words_do() -> None:
    assert slot_error(["a='St. Mary'"], ["ST MARY!"], [["St. Mary"]]) == 0.0
    assert slot_error(["a=thai"], ["thailand"], [["thai"]]) == 1.0


def test_a_part_of_a_longer_value_is_not_invented() -> None:
    sources = ["a='blue bay'", "a=bay"]
    assert slot_error(sources, ["blue bay", "bay"], [["blue bay"], ["bay"]]) == 0.0
    assert slot_error(["a=grill", "a='blue bay grill'"], ["blue bay grill", "x"],
                      [["grill"], ["blue bay grill"]]) == 2 / 2  # fmt: skip
    # what lacks is not invented as well
    assert slot_error(sources, ["bay", "bay"], [["blue bay"], ["bay"]]) == 1 / 2


def test_what_a_reference_says_is_not_invented() -> None:
    sources, references = ["a=x", "a=y"], [["x, not y", "x"], ["y"]]
    assert slot_error(sources, ["x and y", "y"], references) == 0.0


def test_a_word_that_texts_use_without_the_fact_is_none() -> None:
    sources = ["type=restaurant;name=bo", "name=al", "name=cy"]
    references = [["bo is a restaurant"], ["al is a nice restaurant"], ["cy is here"]]
    answers = ["bo is a restaurant", "al", "cy is a restaurant"]
    assert slot_error(sources, answers, references) == 0.0


def test_facts_that_are_said_in_other_words_do_not_count() -> None:
    assert math.isnan(slot_error(["kids=yes"], ["no"], [["children are welcome"]]))
    assert slot_error(["kids=yes;name=bo"], ["bo"], [["bo welcomes children"]]) == 0.0


def test_no_rows_have_no_error_and_rows_have_to_fit() -> None:
    assert math.isnan(slot_error([], [], []))
    with pytest.raises(ValueError, match="zip"):
        slot_error(["a=1"], [], [["1"]])
