"""Where training, validation and test end, by hand and at the edges."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from seqtune.data.panel.split import MANY_SERIES, choose_steps, split_series
from seqtune.errors import DataError

PARTS = ("train", "validation", "test")


def test_the_parts_of_one_series_by_hand() -> None:
    split = split_series(np.array([0, 20]), 2, 5, 3)
    assert [split.bounds(part)[0].tolist() for part in PARTS] == [[0], [12], [17]]
    assert [split.bounds(part)[1].tolist() for part in PARTS] == [[12], [17], [20]]


def test_every_part_ends_where_the_next_begins() -> None:
    offsets = np.array([0, 20, 25, 60, 61, 75])
    split = split_series(offsets, 3, 4, 4)
    for before, after in pairwise(PARTS):
        assert split.bounds(before)[1].tolist() == split.bounds(after)[0].tolist()
    assert split.bounds("train")[0].tolist() == offsets[:-1].tolist()
    assert split.bounds("test")[1].tolist() == offsets[1:].tolist()


def test_a_short_series_stays_in_training_as_a_whole() -> None:
    split = split_series(np.array([0, 20, 29]), 2, 4, 4)
    assert split.train_end.tolist() == [12, 29]
    assert split.validation_end.tolist() == [16, 29]


def test_two_rows_are_enough_to_learn_from() -> None:
    split = split_series(np.array([0, 10]), 4, 4, 4)
    assert split.train_end.tolist() == [2]


@pytest.mark.parametrize(
    ("rows", "horizon", "steps", "said", "hint"),
    [
        (5, 4, 1, "the longest series has 5 rows; a horizon of 4 needs at least 6", "--horizon 1"),
        (1, 1, 1, "the longest series has 1 rows; a horizon of 1 needs at least 3", "--horizon 1"),
        (9, 4, 4, "validation (4 steps) and test (4 steps) leave", "validation.steps=auto"),
    ],
)
def test_too_little_data_is_refused_with_the_way_out(
    rows: int, horizon: int, steps: int, said: str, hint: str
) -> None:
    with pytest.raises(DataError) as fault:
        split_series(np.array([0, rows]), horizon, steps, steps)
    assert fault.value.message.startswith(said)
    assert hint in fault.value.hint


def test_many_series_give_one_horizon_each() -> None:
    assert choose_steps(np.full(MANY_SERIES, 1000), 12) == 12


def test_few_series_give_more_than_the_horizon_where_they_are_long() -> None:
    steps = choose_steps(np.array([1000]), 12)
    assert 12 < steps <= 250
    assert choose_steps(np.array([100]), 24) == 24


@pytest.mark.parametrize(("rows", "steps"), [(40, 10), (8, 2), (3, 1), (1, 1)])
def test_no_part_takes_more_than_a_quarter_nor_less_than_a_step(rows: int, steps: int) -> None:
    assert choose_steps(np.array([rows]), 500) == steps
    assert choose_steps(np.full(MANY_SERIES, rows), 500) == steps
