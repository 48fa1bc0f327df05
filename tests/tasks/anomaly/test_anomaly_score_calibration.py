"""From raw scores to score parts, and what is believed of a file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_calibration import ScoreCalibration, is_raw
from seqtune.tasks.anomaly.score_parts import PARTS
from seqtune.tasks.anomaly.tail_probability import TailFit, predictive
from seqtune.tasks.anomaly.task import TASK
from seqtune.tasks.anomaly.time_scales import SCORERS

TOP = 4.0
LINE = TailFit((0.0, 2.0), (0.0, 4.0), 1e9)
LASTING = [scorer for scorer in SCORERS if scorer.weight]
ALARM = next(scorer for scorer in SCORERS if scorer.is_alarm and not scorer.weight)


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    rows = np.arange(400)
    draw = np.random.default_rng(0)
    table = pd.DataFrame({"step": rows, "a": np.sin(rows / 2) + draw.normal(0, 0.1, 400)})
    recipe = Recipe.load(None, "anomaly", ("lookback=8", "seasonality=12"))
    ready: Prepared = TASK.prepare(Source.from_frame(table), recipe, silent)[0]
    return ready


def calibration(**changed: TailFit) -> ScoreCalibration:
    tails = {scorer.name: LINE for scorer in SCORERS} | changed
    return ScoreCalibration(tails, TOP)


def raw(**scores: float) -> Any:
    """Return raw scores of one row, 0 but for those that are named, and an expected value."""
    return np.array([[*(scores.get(scorer.name, 0.0) for scorer in SCORERS), 7.0]])


def test_what_lasts_is_the_mean_square_by_weight() -> None:
    one, two = LASTING[0], LASTING[-1]
    found = calibration().apply(raw(**{one.name: 0.5, two.name: 1.0}))
    total = sum(scorer.weight for scorer in SCORERS)
    expected = (one.weight * 1.0 + two.weight * 4.0) / total
    np.testing.assert_allclose(found, [[expected, 0.0, 0.0, 7.0]], rtol=1e-6)


def test_what_is_strange_at_once_raises_the_alarm_and_has_no_part_in_what_lasts() -> None:
    found = calibration().apply(raw(**{ALARM.name: 3.0}))
    np.testing.assert_allclose(found, [[0.0, 1.0, 6.0, 7.0]], rtol=1e-6)
    below = calibration().apply(raw(**{ALARM.name: 2.0}))
    np.testing.assert_allclose(below, [[0.0, 0.0, 0.0, 7.0]])


def test_a_level_below_none_counts_as_none() -> None:
    found = calibration().apply(raw(**{LASTING[0].name: -3.0}))
    np.testing.assert_allclose(found, [[0.0, 0.0, 0.0, 7.0]])


def test_what_is_known_of_few_scores_counts_less_beside_the_others() -> None:
    one = LASTING[0]
    few = calibration(**{one.name: replace(LINE, independent=100.0)})
    weight = one.weight / 2  # n / (n + 100)
    total = sum(scorer.weight for scorer in SCORERS) - weight
    level = predictive(np.array([2.0]), 100.0)[0]
    found = few.apply(raw(**{one.name: 1.0}))
    np.testing.assert_allclose(found[:, 0], [weight * level**2 / total], rtol=1e-6)


def test_raw_scores_are_measured_and_an_average_of_parts_is_as_it_is(prepared: Prepared) -> None:
    held, codec = prepared.held_out["validation"], prepared.codec
    scores = np.random.default_rng(0).exponential(size=(len(held), len(SCORERS) + 1))
    found = TASK.calibrate(prepared, held, scores)
    assert found is not None and set(found.tails) == {scorer.name for scorer in SCORERS}
    parts = found.apply(scores)
    assert parts.shape == (len(held), PARTS + 1) and np.isfinite(parts).all()
    np.testing.assert_array_equal(parts[:, -1], scores[:, -1])
    assert is_raw(codec, scores) and not is_raw(codec, parts)
    assert TASK.calibrate(prepared, held, parts) is None


def test_a_calibration_is_read_back_as_it_was_written(prepared: Prepared) -> None:
    known = calibration()
    again = TASK.read_calibration(prepared, json.loads(json.dumps(known.to_dict())))
    assert again == replace(known, threshold=prepared.codec.threshold)


@pytest.mark.parametrize(
    "changed",
    [
        *({"other": LINE.to_dict()}, {"states": 1.0}, {"states": {}}, {"states": None}),
        *({"states": LINE.to_dict() | {"independent": 0}}, {"lift": 1.0}),
    ],
    ids=str,
)
def test_what_cannot_have_been_measured_is_refused(
    changed: dict[str, Any], prepared: Prepared
) -> None:
    with pytest.raises(ValueError, match="tail"):
        TASK.read_calibration(prepared, calibration().to_dict() | changed)


@pytest.mark.parametrize("values", [None, [], {}, {"states": LINE.to_dict()}, 7])
def test_what_is_no_calibration_is_refused(values: Any, prepared: Prepared) -> None:
    with pytest.raises(ValueError, match="expected tails of instant"):
        TASK.read_calibration(prepared, values)
