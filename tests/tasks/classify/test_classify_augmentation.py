"""Training cases made a little different: exact cases, and what must never change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.data.text.vocabulary import UNKNOWN
from seqtune.tasks.classify.augmentation import hide_words, vary_series

LENGTHS = np.array([6, 3, 1])
STILL = {"series.slice": 1.0, "series.stretch": 0.0, "series.jitter": 0.0}


def ramps() -> Any:
    """Three series of two channels, 6, 3 and 1 steps long: 10, 20, … and half of that, negative."""
    batch = np.zeros((3, 6, 2))
    for case, length in enumerate(LENGTHS):
        batch[case, :length, 0] = 10.0 * np.arange(1, length + 1)
        batch[case, :length, 1] = -5.0 * np.arange(1, length + 1)
    return batch


class Given:
    """A generator that draws what it is told."""

    def __init__(self, size: float = 1.0, begin: float = 0.0, normal: float = 1.0) -> None:
        self.size, self.begin, self.value = size, begin, normal
        self.asked: list[Any] = []

    def uniform(self, low: float, high: float, shape: Any) -> Any:
        self.asked.append((low, high, shape))
        return np.full(shape, self.size)

    def random(self, shape: Any) -> Any:
        return np.full(shape, self.begin)

    def normal(self, mean: float, spread: float, shape: Any) -> Any:
        self.asked.append((mean, spread, shape))
        return np.full(shape, self.value)

    def standard_normal(self, shape: Any) -> Any:
        return np.full(shape, self.value)


def vary(draw: Any, batch: Any = None, lengths: Any = LENGTHS, **changes: float) -> Any:
    values = STILL | {f"series.{name}": value for name, value in changes.items()}
    return vary_series(ramps() if batch is None else batch, lengths, values, draw)


def test_nothing_to_vary_is_the_identity() -> None:
    assert vary(np.random.default_rng(0)) is not None
    assert (vary(np.random.default_rng(0)) == ramps()).all()


def test_a_slice_of_the_whole_is_the_identity() -> None:
    """A share below 1 whose draw comes to the whole case."""
    assert vary(Given(size=1.0, begin=0.7), slice=0.5) == pytest.approx(ramps())


def test_a_slice_is_stretched_to_the_length_of_the_case() -> None:
    # half of 5 steps from the first on: 10 to 35, then half of 2 steps: 10 to 20
    draw = Given(size=0.5, begin=0.0)
    cut = vary(draw, slice=0.4)
    assert cut[0, :, 0] == pytest.approx([10, 15, 20, 25, 30, 35])
    assert cut[1, :, 0] == pytest.approx([10, 15, 20, 0, 0, 0])
    assert cut[2, :, 0] == pytest.approx([10, 0, 0, 0, 0, 0])
    assert cut[..., 1] == pytest.approx(-0.5 * cut[..., 0])  # all channels alike
    assert draw.asked == [(0.4, 1.0, (3, 1))]


def test_a_slice_may_end_at_the_end_and_not_beyond() -> None:
    cut = vary(Given(size=0.5, begin=1.0), slice=0.4)
    assert cut[0, :, 0] == pytest.approx([35, 40, 45, 50, 55, 60])
    assert cut[1, :, 0] == pytest.approx([20, 25, 30, 0, 0, 0])


def test_a_stretch_has_one_factor_for_each_channel_of_a_case() -> None:
    draw = Given(normal=3.0)
    assert (vary(draw, stretch=0.2) == 3 * ramps()).all()
    assert draw.asked == [(1.0, 0.2, (3, 1, 2))]


def test_jitter_is_noise_of_its_size_where_a_step_is_there() -> None:
    noisy = vary(Given(normal=2.0), jitter=0.1)
    present = np.arange(6) < LENGTHS[:, None]
    assert noisy - ramps() == pytest.approx(0.2 * present[..., None] * np.ones(2))


@pytest.mark.parametrize("seed", range(3))
def test_padding_stays_zero_and_values_stay_within_the_case(seed: int) -> None:
    draw = np.random.default_rng(seed)
    varied = vary(draw, slice=0.3, stretch=0.2, jitter=0.1)
    padding = np.arange(6) >= LENGTHS[:, None]
    assert (varied[padding] == 0).all()
    assert varied.shape == (3, 6, 2)
    assert (varied[~padding] != ramps()[~padding]).all()
    cut = vary(np.random.default_rng(seed), slice=0.3)
    for case, length in enumerate(LENGTHS):
        steps = cut[case, :length, 0]
        assert (np.diff(steps) >= 0).all()
        assert steps.min() >= 10 and steps.max() <= 10 * length + 1e-9


def test_what_is_given_is_not_changed() -> None:
    batch = ramps()
    vary(np.random.default_rng(1), batch, slice=0.3, stretch=0.2, jitter=0.1)
    assert (batch == ramps()).all()


def test_no_words_are_hidden_at_a_share_of_zero() -> None:
    tokens = np.array([[5, 6, 0]], np.int32)
    assert hide_words(tokens, 0.0, np.random.default_rng(0)) is tokens


def test_words_are_hidden_in_their_share_and_padding_never() -> None:
    draw = np.random.default_rng(0)
    tokens = draw.integers(2, 50, (200, 50)).astype(np.int32)
    tokens[:, 40:] = 0
    hidden = hide_words(tokens, 0.3, draw)
    assert hidden.dtype == np.int32
    changed = hidden != tokens
    assert (hidden[changed] == UNKNOWN).all()
    assert (hidden[:, 40:] == 0).all()
    # 8000 words: a standard error of 0.005
    assert changed[:, :40].mean() == pytest.approx(0.3, abs=0.02)


def test_the_seed_decides_what_is_hidden() -> None:
    tokens = np.arange(2, 202, dtype=np.int32).reshape(4, 50)
    one, same, other = (hide_words(tokens, 0.5, np.random.default_rng(n)) for n in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()
