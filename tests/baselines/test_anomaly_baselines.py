"""Every anomaly baseline: what all of them promise, then what each computes, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqtune.baselines.anomaly._fitting import AnomalyFitting
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
    return AnomalyFitting(period).fit(baselines("anomaly")[name], train)


def scores_of(name: str, train, values, period: int | None = PERIOD):
    return AnomalyFitting(period).predict(fit(name, train, period), [values])[0]


@pytest.mark.parametrize(("scores", "fault"), [
    (np.zeros(6), "shape"), (np.full(5, np.inf), "an infinite score"),
])  # fmt: skip
def test_what_are_no_scores_is_refused(scores: np.ndarray, fault: str) -> None:
    with pytest.raises(ValueError, match=f"answered with {fault}"):
        AnomalyFitting(None).predict(lambda rows: scores, [np.zeros((5, 1))])
