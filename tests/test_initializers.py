"""Weights that networks begin with."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from seqtune.initializers import UNSEEN, LogFrequencies


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def test_the_bias_is_the_logarithm_of_each_classes_frequency() -> None:
    """Of 3 and 1 cases, 0.02 more each: 3.02 and 1.02 of 4.04."""
    found = LogFrequencies([3, 1])((2,))
    assert found == pytest.approx([-0.29098, -1.37644], abs=1e-5)
    assert found.dtype == np.float32


def test_an_untrained_network_says_how_frequent_each_class_is() -> None:
    chances = softmax(LogFrequencies([500, 300, 200])((3,)))
    assert chances == pytest.approx([0.5, 0.3, 0.2], abs=1e-4)


def test_with_any_number_of_classes_a_case_the_bias_is_the_logarithm_of_the_odds() -> None:
    """Of 4 cases: 3 to 1, 1 to 3, 2 to 2; 0.02 more on both sides."""
    found = LogFrequencies([3, 1, 2], 4.0)((3,))
    assert found == pytest.approx([1.08546, -1.08546, 0.0], abs=1e-5)
    assert 1 / (1 + np.exp(-found)) == pytest.approx([0.75, 0.25, 0.5], abs=0.003)


def test_a_class_that_all_or_no_cases_have_is_likely_and_unlikely_but_never_certain() -> None:
    found = LogFrequencies([50, 0], 50.0)((2,))
    assert found == pytest.approx([np.log(50.02 / 0.02), np.log(0.02 / 50.02)], abs=1e-5)


def test_a_class_that_training_never_had_is_rare_not_impossible() -> None:
    found = LogFrequencies([10_000_000, 0])((2,))
    assert np.isfinite(found).all()
    assert found[1] == pytest.approx(np.log(UNSEEN / (1e7 + 2 * UNSEEN)), abs=1e-4)
    assert LogFrequencies([0, 0, 0])((3,)) == pytest.approx(np.log([1 / 3] * 3))
    assert LogFrequencies([0, 0], 0.0)((2,)).tolist() == [0.0, 0.0]


def test_counts_may_be_weighed() -> None:
    assert LogFrequencies(np.array([0.5, 1.5]))((2,)) == pytest.approx(
        np.log([0.52, 1.52] / np.array(2.04))
    )


def test_without_counts_the_bias_is_zero() -> None:
    assert LogFrequencies()((3,)).tolist() == [0.0, 0.0, 0.0]
    assert LogFrequencies(None, 5.0)((2,)).dtype == np.float32


def test_a_layer_takes_it_and_a_saved_layer_waits_for_the_weights_of_its_file() -> None:
    layer = keras.layers.Dense(2, bias_initializer=LogFrequencies([3, 1]))
    layer.build((None, 5))
    assert np.asarray(layer.bias) == pytest.approx([-0.29098, -1.37644], abs=1e-5)
    again = keras.layers.Dense.from_config(layer.get_config())
    again.build((None, 5))
    assert np.asarray(again.bias).tolist() == [0.0, 0.0]
