"""The stacks of convolutions: their widths, what they see, and how they begin."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from seqtune.architectures._convolutions import STACKS, Stack, _largest_of_three
from seqtune.initializers import HeUniform, seed_everything


def build(name: str, *, filters: int = 8, dilation: int = 1, causal: bool = False) -> Any:
    seed_everything(0)
    sequence = keras.Input((None, 2))
    stack = Stack(None, filters, dilation, causal)
    return keras.Model(sequence, STACKS[name](sequence, stack))


def reach(network: Any, steps: int) -> list[int]:
    """Return the steps at which a change in the middle is seen, counted from there."""
    flat = np.zeros((1, steps, 2), np.float32)
    changed = flat.copy()
    changed[0, steps // 2] = 1.0
    moved = np.abs(network.predict_on_batch(changed) - network.predict_on_batch(flat))[0]
    places = np.flatnonzero(moved.max(axis=-1) > 1e-9) - steps // 2
    return [int(places.min()), int(places.max())]


@pytest.mark.parametrize(
    ("name", "filters", "width"),
    [
        ("fcn", 6, 6), ("resnet", 6, 12),
        ("inception", 8, 8), ("inception", 7, 4), ("inception", 2, 4),
    ],
)  # fmt: skip
def test_the_width_is_the_one_promised(name: str, filters: int, width: int) -> None:
    assert build(name, filters=filters).output_shape == (None, None, width)


@pytest.mark.parametrize(
    ("dilation", "seen"),
    # kernels of 8, 5 and 3 steps reach 7 + 4 + 2 steps; with dilation 2, 7 + 2 * 4 + 4 * 2
    [(1, 13), (2, 23)],
)
def test_fcn_sees_as_far_as_its_kernels_reach(dilation: int, seen: int) -> None:
    earliest, latest = reach(build("fcn", filters=32, dilation=dilation), 61)
    assert latest - earliest == seen
    assert reach(build("fcn", filters=32, dilation=dilation, causal=True), 61) == [0, seen]


def test_inception_sees_further_than_fcn() -> None:
    earliest, latest = reach(build("inception", filters=64), 161)
    # three modules of 40 steps
    assert latest - earliest == 3 * 39


def test_the_largest_of_three_steps_by_hand() -> None:
    sequence = np.array([[[3.0], [1.0], [-2.0], [-5.0]]], np.float32)
    both = _largest_of_three(sequence, causal=False)
    assert np.asarray(both)[0, :, 0].tolist() == [3.0, 3.0, 1.0, 0.0]
    before = _largest_of_three(sequence, causal=True)
    assert np.asarray(before)[0, :, 0].tolist() == [3.0, 3.0, 3.0, 1.0]


def test_convolutions_begin_with_the_size_of_all_their_inputs() -> None:
    """By the first and the last axis alone they would be three and a half times as large."""
    seed_everything(0)
    drawn = HeUniform()((8, 64, 32))
    limit = np.sqrt(6 / (8 * 64))
    assert np.abs(drawn).max() == pytest.approx(limit, rel=1e-3)
    assert drawn.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)


def test_fifty_batches_are_enough_to_answer_as_while_training() -> None:
    """Where few steps are trained, epochs are compared by the running mean and deviation."""
    network = build("fcn")
    batch = 5 + np.random.default_rng(0).normal(size=(16, 30, 2)).astype(np.float32)
    for _ in range(50):
        trained = np.asarray(network(batch, training=True))
    answered = np.asarray(network(batch, training=False))
    assert answered == pytest.approx(trained, abs=0.1)
    assert trained.std() > 0.3
