"""Every anomaly baseline: what all of them promise, then what each computes, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqtune.baselines.anomaly._fitting import AnomalyFitting
from seqtune.baselines.runner import quietly
from seqtune.registry import baselines

NAN = math.nan
PERIOD = 24
METHODS = sorted(baselines("anomaly"))


def season(rows: int, channels: int = 1, seed: int = 0):
    random = np.random.default_rng(seed)
    wave = 10 + np.sin(np.arange(rows) * 2 * np.pi / PERIOD)[:, None]
    return wave + random.normal(scale=0.1, size=(rows, channels))


def column(*values: float):
    return np.array(values, np.float64)[:, None]


def fit(name: str, train, period: int | None = PERIOD):
    return quietly(lambda: AnomalyFitting(period).fit(baselines("anomaly")[name], train))


def scores_of(name: str, train, values, period: int | None = PERIOD):
    return AnomalyFitting(period).predict(fit(name, train, period), [values])[0]


@pytest.mark.parametrize(("scores", "fault"), [
    (np.zeros(6), "shape"), (np.full(5, np.inf), "an infinite score"),
])  # fmt: skip
def test_what_are_no_scores_is_refused(scores: np.ndarray, fault: str) -> None:
    with pytest.raises(ValueError, match=f"answered with {fault}"):
        AnomalyFitting(None).predict(lambda rows: scores, [np.zeros((5, 1))])


def test_the_moving_deviation_is_the_root_mean_square_of_three_seasons() -> None:
    train = column(*[-1.0, 1.0] * 50)  # median 0, unit 1.4826
    values = column(*[0.0] * 10, *[3 * 1.4826] * 6, 0.0)
    scores = scores_of("moving_deviation", train=[train], values=values, period=2)
    assert np.isnan(scores[:5]).all()  # a window has six rows
    expected = np.sqrt(np.array([0.0] * 5 + [9, 18, 27, 36, 45, 54, 45]) / 6)
    np.testing.assert_allclose(scores[5:], expected, atol=1e-9)


def test_from_both_sides_a_row_has_the_mean_score_of_the_windows_that_hold_it() -> None:
    train = column(*[-1.0, 1.0] * 50)
    values = column(*[0.0] * 7, 1.4826)
    fitting = AnomalyFitting(2, causal=False)
    predict = fitting.fit(baselines("anomaly")["moving_deviation"], [train])
    (scores,) = fitting.predict(predict, [values])
    last = 1 / math.sqrt(6)  # of three windows, the last one alone holds the last row
    expected = [0.0, 0.0, *[last / 3] * 4, last / 2, last]
    np.testing.assert_allclose(scores, expected, atol=1e-9)


def test_k_means_measures_how_far_a_window_is_from_the_nearest_typical_one() -> None:
    train = column(*[-1.0, 1.0] * 50)  # two kinds of windows: one for each phase
    shifted = column(*[-1.0 + 1.4826, 1.0 + 1.4826] * 10)
    scores = scores_of("k_means", train=[train], values=shifted, period=2)
    np.testing.assert_allclose(scores[7:], 1.0, atol=1e-9)  # a window has eight rows
    usual = scores_of("k_means", train=[train], values=train, period=2)
    np.testing.assert_allclose(usual[7:], 0.0, atol=1e-6)
