"""Forecasts of new data take factors of both held-out parts; the test figures take validation's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqtune.progress import silent
from seqtune.run.selection import Selection
from seqtune.search.problem import Problem
from seqtune.search.trial import Result
from seqtune.search.trial_files import predictions_path
from seqtune.tasks.forecast.task import TASK


def wide(prepared: Any, part: str, width: float, off: float) -> Any:
    """Return quantiles `width` to either side of a median that is `off` above the truth."""
    actual, observed = prepared.encoded(part).truth
    median = np.where(observed, actual, 0.0) + off
    return np.stack([median - width, median, median + width], axis=-1)


@pytest.fixture
def selection(tiny: Any, tmp_path: Path) -> Selection:
    """Two networks: on validation 1 and 2 off, on the test part 4 and 8."""
    values = tiny.values
    results = [
        Result(f"t00{number}", "completed", values, score=float(number), scores=[float(number)])
        for number in (1, 2)
    ]
    made = Selection(Problem(TASK, tiny.prepared, tmp_path), results, silent)
    for number in (1, 2):
        path = predictions_path(tmp_path, f"t00{number}")
        path.parent.mkdir(exist_ok=True)
        np.save(path, wide(tiny.prepared, "validation", 1.0, 1.0 * number))
        made.predicted.test[f"t00{number}"] = wide(tiny.prepared, "test", 1.0, 4.0 * number)
    return made


def factor(calibration: Any, level: int) -> float:
    """Return the factor of the second step at a level."""
    return float(calibration.factors[1, level])


def test_the_test_figures_know_the_factors_of_validation_alone(selection: Selection) -> None:
    first = next(row for row in selection.rows() if row.name.endswith("t001"))
    assert first.validation["coverage80"] == 1.0
    assert first.test["coverage80"] == 0.0  # 4 off, and the factor is 1


def test_what_predicts_has_the_factors_of_both(selection: Selection) -> None:
    factors = selection.calibrations()
    assert factor(factors["t001"], 2) == pytest.approx(4.0)
    assert factor(factors["t002"], 0) == pytest.approx(8.0)


def test_the_factors_of_an_ensemble_are_those_of_its_members_mean(selection: Selection) -> None:
    """Members 4 and 8 wide are together 6 wide, and 6 off on the test part: the factor is 1."""
    selection.weights = {"t001": 0.5, "t002": 0.5}
    assert factor(selection.calibrations()["ensemble"], 2) == pytest.approx(1.0)


def test_a_network_without_a_test_forecast_has_those_of_validation(selection: Selection) -> None:
    del selection.predicted.test["t002"]
    assert factor(selection.calibrations()["t002"], 2) == pytest.approx(2.0)
