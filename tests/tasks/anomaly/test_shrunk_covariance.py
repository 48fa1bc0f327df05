"""The shrunk covariance, against scikit-learn's and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from seqtune.tasks.anomaly.shrunk_covariance import ShrunkCovariance


@pytest.mark.parametrize("shape", [(40, 1), (2, 2), (40, 3), (8, 12), (500, 6)])
def test_it_is_that_of_ledoit_and_wolf(shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(0).normal(3.0, 1.0, shape) * np.arange(1, shape[1] + 1)
    rows[:, -1] += rows[:, 0]
    found, expected = ShrunkCovariance.fit(rows), LedoitWolf().fit(rows)
    assert found.center == pytest.approx(expected.location_)
    assert found.covariance == pytest.approx(expected.covariance_)
    assert found.precision == pytest.approx(expected.precision_)
    assert found.distances(rows) == pytest.approx(expected.mahalanobis(rows))


def test_few_rows_draw_the_covariance_nearly_all_the_way() -> None:
    """Variances 2 and 1/2, mean 5/4; its error (34/4 - 17/4) / 8 is below 17/8 - 25/16 = 9/16.

    So 17/32 of 9/16, which is 17/18, of the way to 5/4: 2 - 17/18 * 3/4 = 31/24.
    """
    rows = np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    found = ShrunkCovariance.fit(rows)
    assert found.covariance == pytest.approx(np.diag([31 / 24, 29 / 24]))
    assert found.distances(np.array([[1.0, 1.0]])) == pytest.approx([24 / 31 + 24 / 29])


def test_rows_that_are_all_alike_have_no_distance() -> None:
    found = ShrunkCovariance.fit(np.full((30, 3), 2.0))
    assert found.distances(np.full((1, 3), 2.0)).tolist() == [0.0]
    assert not found.precision.any()
