"""Shapes of batches: few, and little of them is padding."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.tasks.translate.buckets import (
    MOST_SHAPES,
    Shape,
    choose_shapes,
    find_shapes,
    padding_of,
    smallest_of,
)


def lengths(pairs: int = 4_000) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Lengths as sentences of two languages have them."""
    draw = np.random.default_rng(0)
    source = np.clip(draw.lognormal(2.5, 0.35, pairs), 2, 45).astype(np.int64)
    return source, np.clip(source * draw.lognormal(0, 0.15, pairs) + 1, 2, 50).astype(np.int64)


def test_as_many_lengths_as_shapes_leave_no_padding() -> None:
    source, target = np.array([3, 3, 7, 9, 9]), np.array([2, 2, 8, 9, 9])
    shapes = find_shapes(source, target, 3)
    assert shapes == (Shape(3, 2), Shape(7, 8), Shape(9, 9))
    assert padding_of(shapes, source, target) == 0


def test_one_pair_and_equal_pairs_have_one_shape() -> None:
    assert find_shapes(np.array([4]), np.array([2]), 6) == (Shape(4, 2),)
    assert find_shapes(np.full(9, 4), np.full(9, 2), 6) == (Shape(4, 2),)


def test_padding_is_the_share_of_steps_that_hold_nothing() -> None:
    """(4 + 4) + (2 + 2) of 2 * 8 steps: a quarter is padding."""
    source, target = np.array([4, 2]), np.array([4, 2])
    assert padding_of((Shape(4, 4),), source, target) == pytest.approx(0.25)


def test_the_last_shape_holds_every_pair_and_each_pair_is_in_the_smallest_that_does() -> None:
    source, target = lengths()
    shapes = find_shapes(source, target, 6)
    assert shapes[-1] == (source.max(), target.max())
    chosen = smallest_of(shapes, source, target)
    for pair in range(0, 4_000, 97):
        holding = [sum(s) for s in shapes if s.source >= source[pair] and s.target >= target[pair]]
        assert sum(shapes[chosen[pair]]) == min(holding)


def test_long_pairs_are_held_where_little_is_padding_all_the_same() -> None:
    source = np.r_[np.arange(2, 8).repeat(400), 9, 30]
    assert choose_shapes(source, source, holds_all=False)[1] == 0
    assert choose_shapes(source, source, holds_all=False)[0][-1] == (30, 30)


def test_sentences_are_padded_by_less_than_a_seventh() -> None:
    source, target = lengths()
    shapes, longer = choose_shapes(source, target, holds_all=False)
    assert len(shapes) <= MOST_SHAPES and 0 < longer < 60
    clipped = np.minimum(source, shapes[-1].source), np.minimum(target, shapes[-1].target)
    assert padding_of(shapes, *clipped) < 0.15
    assert padding_of(shapes, *clipped) < padding_of(shapes[-1:], *clipped) / 3
    assert choose_shapes(source, target, holds_all=True)[0][-1] == (source.max(), target.max())


def test_a_few_pairs_far_longer_than_others_are_not_held_but_where_asked() -> None:
    source, target = np.r_[np.full(996, 5), 80, 80], np.r_[np.full(996, 6), 90, 90]
    for holds_all in (False, True):  # two shapes leave no padding
        found = choose_shapes(source, target, holds_all=holds_all)
        assert found == ((Shape(5, 6), Shape(80, 90)), 0)
    assert smallest_of((Shape(5, 6),), source, target).tolist() == [0] * 998


def test_the_same_lengths_give_the_same_shapes() -> None:
    source, target = lengths(8_000)  # of many pairs, a sample is looked at
    assert find_shapes(source, target, 6) == find_shapes(source, target, 6)
    assert find_shapes(source, target, 6)[-1] == (source.max(), target.max())


def test_a_short_search_compiles_few_shapes() -> None:
    draw = np.random.default_rng(0)
    source, target = draw.integers(2, 60, 4000), draw.integers(2, 60, 4000)
    counts = [
        len(choose_shapes(source, target, holds_all=True, seconds=seconds)[0])
        for seconds in (60.0, 120.0, 3600.0)
    ]
    assert counts[0] == 2 and counts[1] <= 4 and counts[2] >= 6
