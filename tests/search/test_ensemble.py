"""Greedy selection with replacement, by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from seqtune.search.ensemble import Predictions, blend, select_members


def at(value: float) -> Predictions:
    return np.array([value])


def distance_to(truth: float) -> Callable[[Predictions], float]:
    return lambda mean: abs(float(mean[0]) - truth)


def test_errors_that_cancel_are_averaged() -> None:
    # b alone is 1 off, with a it is 0.5 off, with a and once more b (1 + 4 + 4) / 3 = 3 it is right
    chosen = select_members({"a": at(1), "b": at(4), "c": at(20)}, distance_to(3.0), 5)
    assert chosen == {"a": pytest.approx(1 / 3), "b": pytest.approx(2 / 3)}


def test_the_best_size_is_kept_not_the_last() -> None:
    # a is right at once; no second choice is better
    assert select_members({"a": at(3), "b": at(5)}, distance_to(3.0), 8) == {"a": 1.0}


def test_no_more_choices_than_the_size() -> None:
    assert select_members({"a": at(1), "b": at(4)}, distance_to(3.0), 1) == {"b": 1.0}
    assert select_members({"a": at(1), "b": at(4)}, distance_to(3.0), 2) == {"a": 0.5, "b": 0.5}


def test_the_direction_may_be_upwards() -> None:
    def closeness(mean: Predictions) -> float:
        return -abs(float(mean[0]) - 2.5)

    assert select_members({"a": at(1), "b": at(4)}, closeness, 4, "max") == {"a": 0.5, "b": 0.5}


def test_ties_go_by_name() -> None:
    assert select_members({"b": at(1), "a": at(1)}, distance_to(0.0), 3) == {"a": 1.0}


def test_predictions_without_a_score_are_never_chosen() -> None:
    predictions = {"a": at(np.nan), "b": at(4)}
    assert select_members(predictions, distance_to(3.0), 3) == {"b": 1.0}
    assert select_members({"a": at(np.nan)}, distance_to(3.0), 3) == {}


def test_nothing_comes_of_nothing() -> None:
    assert select_members({}, distance_to(3.0), 3) == {}
    assert select_members({"a": at(1)}, distance_to(3.0), 0) == {}


def test_the_predictions_are_left_as_they_were() -> None:
    predictions = {"a": at(1), "b": at(4)}
    select_members(predictions, distance_to(3.0), 5)
    assert predictions == {"a": at(1), "b": at(4)}


def test_a_blend_is_the_weighted_average_of_the_chosen() -> None:
    predictions = {"a": np.array([[0.0, 8.0]]), "b": np.array([[4.0, 0.0]]), "c": at(np.nan)}
    assert blend(predictions, {"a": 0.25, "b": 0.75}).tolist() == [[3, 2]]
