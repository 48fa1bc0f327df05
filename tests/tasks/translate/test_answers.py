"""Answers as one array, and back; what is no answer is refused."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.tasks.translate.answers import UNKNOWN, Answers

ANSWERS = Answers(
    [["ab", "a"], ["", "\U0001f600"]], np.array([[-0.5, -1.0], [0.0, -2.0]]), np.array([1.5, -1.0])
)


def test_the_array_by_hand() -> None:
    assert ANSWERS.to_array().tolist() == [
        [[-0.5, 1.5, 97.0, 98.0], [-1.0, 1.5, 97.0, -1.0]],
        [[0.0, -1.0, -1.0, -1.0], [-2.0, -1.0, 128512.0, -1.0]],
    ]


def test_answers_come_back_from_their_array() -> None:
    again = Answers.from_array(ANSWERS.to_array())
    assert again.texts == ANSWERS.texts and again.best == ["ab", ""]
    assert np.array_equal(again.scores, ANSWERS.scores)
    assert np.array_equal(again.nats, ANSWERS.nats)


@pytest.mark.parametrize("texts", [[], [[""]]])
def test_nothing_comes_back_too(texts: list[list[str]]) -> None:
    cases = len(texts)
    answers = Answers(texts, np.zeros((cases, 1)), np.full(cases, UNKNOWN))
    assert Answers.from_array(answers.to_array()).texts == texts


def broken(**changes: float) -> np.ndarray:
    array = ANSWERS.to_array()
    array[0, 0, 2:] = [changes.get("first", 97.0), changes.get("second", 98.0)]
    return array


@pytest.mark.parametrize(
    ("array", "why"),
    [
        (np.zeros((2, 3)), "shape"),
        (np.zeros((2, 0, 3)), "shape"),
        (np.zeros((2, 1, 1)), "shape"),
        (broken(first=-1.0), "gap"),
        (broken(first=0.5), "character"),
        (broken(second=float(0x110000)), "character"),
        (broken(second=-7.0), "character"),
        (broken(second=np.nan), "character"),
        (broken(second=np.inf), "character"),
    ],
)
def test_what_is_no_answer_is_refused(array: np.ndarray, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Answers.from_array(array)


def test_half_of_a_pair_of_surrogates_is_replaced() -> None:
    answers = Answers([["a\ud800"]], np.zeros((1, 1)), np.zeros(1))
    assert Answers.from_array(answers.to_array()).texts == [["a?"]]
