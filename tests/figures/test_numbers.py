"""Numbers as figures hold them."""

from __future__ import annotations

import math

import numpy as np

from seqtune.figures.numbers import numbers


def test_what_is_no_number_is_none() -> None:
    assert numbers([math.nan, math.inf, -math.inf, 1e301, 0.0]) == (None, None, None, None, 0.0)


def test_digits_that_nobody_sees_are_left_out() -> None:
    assert numbers(np.array([1 / 3, 123_456_789.0]), 4) == (0.3333, 123_500_000.0)
    assert all(type(value) is float for value in numbers(np.arange(3)))
