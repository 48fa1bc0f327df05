"""The Gaussian process behind the Bayesian oracle."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.search.oracles.gaussian_process import GaussianProcess, standardised


def learnt(scores: list[float], at: list[float]) -> GaussianProcess:
    process = GaussianProcess([1])
    process.learn(np.array(at)[:, None], np.array(scores), np.random.default_rng(0))
    return process


def test_one_score_is_enough() -> None:
    process = learnt([0.0], [0.5])
    near, far = process.improvement(np.array([[0.5], [1.0]]))
    assert far > near >= 0


def test_improvement_is_expected_beyond_the_best() -> None:
    process = learnt([0.0, -1.0, -2.0], [0.0, 0.3, 0.6])
    behind, beyond = process.improvement(np.array([[-0.3], [0.9]]))
    assert beyond > behind


def test_less_is_expected_where_a_trial_is_under_way() -> None:
    process = learnt([0.0, 1.0], [0.0, 0.3])
    point = np.array([[0.9]])
    before = process.improvement(point)[0]
    process.expect(point)
    assert process.improvement(point)[0] < 0.1 * before


def test_an_axis_that_decides_weighs_more() -> None:
    generator = np.random.default_rng(0)
    features = generator.uniform(size=(40, 2))
    process = GaussianProcess([1, 1])
    for _ in range(10):
        process.learn(features, standardised(np.sin(9 * features[:, 0])), generator)
    assert process.kernel[0] > process.kernel[1] + 1


def test_equal_points_do_not_break_it() -> None:
    process = GaussianProcess([1], [0.0, -30.0])
    process.learn(np.zeros((30, 1)), np.arange(30.0), np.random.default_rng(0))
    assert np.isfinite(process.improvement(np.zeros((1, 1)))).all()


@pytest.mark.parametrize("kernel", [[], [0.0], [0.0, 0.0, 0.0], [0.0, 31.0], [0.0, np.nan], ["a"]])
def test_a_kernel_that_does_not_fit_is_refused(kernel: list[float]) -> None:
    with pytest.raises(ValueError):
        GaussianProcess([2], kernel)


@pytest.mark.parametrize("scores", [[3.0], [3.0, 3.0], [1e-300, 1e-300, 1e-300]])
def test_equal_scores_are_all_zero(scores: list[float]) -> None:
    assert standardised(np.array(scores)).tolist() == [0.0] * len(scores)


def test_scores_are_standardised_in_their_order() -> None:
    even = standardised(np.array([1.0, 2.0, 3.0, 4.0, 1e9]))
    assert even.mean() == pytest.approx(0)
    assert even.std() == pytest.approx(1)
    # deviations of 1.5 around 3; the one that diverged is drawn to 6 of them
    apart = np.diff(even)
    assert apart / apart[0] == pytest.approx([1, 1, 1, 8])


def test_two_that_diverged_are_equally_bad_and_the_tail_begins_smoothly() -> None:
    scores = np.append(np.arange(9.0), [1e6, 1e9])
    even = standardised(scores)
    assert even[9] == even[10]
    smooth = standardised(np.linspace(0, 1, 2001) ** 4)
    assert np.abs(np.diff(smooth)).max() < 0.05
