"""Axes in which batches differ are open."""

from __future__ import annotations

from seqtune.search.trainer.open_axes import open_shape


def test_an_axis_is_open_where_any_two_shapes_differ() -> None:
    assert open_shape([(32, 5, 8), (16, 9, 8), (32, 5, 8)]) == (None, None, 8)
    assert open_shape([(3,)]) == (3,)
    assert open_shape([(), ()]) == ()
