"""The regression with a penalty says what scikit-learn's says."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import RidgeCV

from seqtune.baselines.forecast._penalised import Penalised


def test_two_rows_by_hand() -> None:
    found = Penalised.fit(np.array([[-1.0], [1.0]]), np.array([0.0, 4.0]), np.array([2.0]))
    # slope = sum(x y) / (sum(x x) + 2) = 4 / 4; each row is predicted by the other one alone
    assert found.coefficients == pytest.approx([1.0])
    assert found.intercept == pytest.approx(2.0)
    assert found.errors == pytest.approx([-4.0, 4.0])


@pytest.mark.parametrize(("rows", "features"), [(3, 1), (5, 3), (40, 12), (12, 40)])
def test_it_is_that_of_scikit_learn(rows: int, features: int) -> None:
    draw = np.random.default_rng(rows)
    known = draw.normal(size=(rows, features))
    target = 2.0 * known[:, 0] + draw.normal(size=rows) + 5.0
    penalties = rows * np.logspace(-3, 2, 8)
    other = RidgeCV(penalties, scoring="neg_mean_squared_error", store_cv_results=True)
    other.fit(known, target)
    found = Penalised.fit(known, target, penalties)
    assert found.penalty == other.alpha_
    assert found.coefficients == pytest.approx(other.coef_, abs=1e-9)
    assert found.intercept == pytest.approx(other.intercept_, abs=1e-9)
    chosen = list(other.alphas).index(other.alpha_)
    assert found.errors == pytest.approx(target - other.cv_results_[:, chosen], abs=1e-9)
