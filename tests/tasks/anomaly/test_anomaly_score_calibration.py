"""From raw scores to score parts, and what is believed of a file."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_calibration import ScoreCalibration, is_raw, lift_of
from seqtune.tasks.anomaly.score_parts import PARTS
from seqtune.tasks.anomaly.tail_probability import TailFit, predictive
from seqtune.tasks.anomaly.task import TASK
from seqtune.tasks.anomaly.time_scales import SCORERS

TOP = 4.0
KNOWN = 1e9
LINE = TailFit((0.0, 2.0), (0.0, 4.0), KNOWN)
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
    return ScoreCalibration(tails, 1.0, TOP)


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
    found = calibration(**{one.name: replace(LINE, independent=100.0)}).apply(
        raw(**{one.name: 1.0})
    )
    weight = one.weight / 2  # n / (n + 100)
    total = sum(scorer.weight for scorer in SCORERS) - weight
    level = predictive(np.array([2.0]), 100.0)[0]
    np.testing.assert_allclose(found[:, 0], [weight * level**2 / total], rtol=1e-6)


def test_a_lift_raises_what_lasts_alone() -> None:
    plain = calibration()
    row = raw(**{LASTING[0].name: 1.0, ALARM.name: 3.0})
    lifted = replace(plain, lift=1.5).apply(row)
    np.testing.assert_allclose(lifted, plain.apply(row) * [1.5**2, 1.0, 1.0, 1.0])
    parts = np.array([[4.0, 0.5, 3.0, 7.0]])
    of_ensemble = ScoreCalibration({}, 1.5, TOP)
    np.testing.assert_allclose(of_ensemble.apply(parts), [[9.0, 0.5, 3.0, 7.0]])


def test_a_mean_of_levels_is_lifted_until_it_is_as_rare_as_it_says() -> None:
    exact = -np.log10(1.0 - np.minimum(np.linspace(0.0, 1.0, 2001), 0.9999))
    assert lift_of(exact) == pytest.approx(1.0)
    assert lift_of(exact / 1.5) == pytest.approx(1.5)
    assert lift_of(exact / 5.0) == 2.0
    assert lift_of(np.r_[exact / 1.5, np.full(500, np.nan)]) == pytest.approx(1.5)


def test_anomalies_among_the_rows_keep_the_lift_small_and_never_hide_others() -> None:
    normal = -np.log10(1.0 - np.minimum(np.linspace(0.0, 1.0, 1001), 0.9999))
    assert lift_of(np.r_[normal, np.full(200, 30.0)]) == 1.0
    assert 1.0 < lift_of(np.r_[normal / 1.5, np.full(30, 30.0)]) < 1.5


def test_a_handful_of_rows_lifts_nothing() -> None:
    assert lift_of(np.zeros(99)) == lift_of(np.full(500, np.nan)) == 1.0
    assert lift_of(np.zeros(100)) == 2.0


def test_a_network_is_measured_on_its_raw_scores_and_an_ensemble_on_parts(
    prepared: Prepared,
) -> None:
    held, codec = prepared.held_out["validation"], prepared.codec
    draw = np.random.default_rng(0)
    scores = draw.exponential(size=(len(held), len(SCORERS) + 1))
    of_network = TASK.calibrate(prepared, held, scores)
    assert set(of_network.tails) == {scorer.name for scorer in SCORERS}
    parts = of_network.apply(scores)
    assert parts.shape == (len(held), PARTS + 1) and np.isfinite(parts).all()
    np.testing.assert_array_equal(parts[:, -1], scores[:, -1])
    assert is_raw(codec, scores) and not is_raw(codec, parts)
    of_ensemble = TASK.calibrate(prepared, held, parts)
    assert of_ensemble.tails == {} and of_ensemble.lift == pytest.approx(1.0, abs=0.1)


def test_a_calibration_is_read_back_as_it_was_written(prepared: Prepared) -> None:
    for each in (calibration(), ScoreCalibration({}, 1.25, prepared.codec.threshold)):
        again = TASK.read_calibration(prepared, json.loads(json.dumps(each.to_dict())))
        assert again == replace(each, threshold=prepared.codec.threshold)


@pytest.mark.parametrize(
    "changed",
    [
        *({"lift": 0.5}, {"lift": 2.5}, {"lift": "1"}, {"lift": True}, {"lift": math.nan}),
        *({"tails": None}, {"tails": []}, {"tails": {"other": LINE.to_dict()}}, {"more": 1}),
        *({"tails": {SCORERS[0].name: LINE.to_dict()}}, {"tails": {"states": 1.0}}),
        {"tails": {scorer.name: {} for scorer in SCORERS}},
    ],
    ids=str,
)
def test_what_cannot_have_been_measured_is_refused(
    changed: dict[str, Any], prepared: Prepared
) -> None:
    with pytest.raises(ValueError, match=r"tail|lift"):
        TASK.read_calibration(prepared, calibration().to_dict() | changed)


@pytest.mark.parametrize("values", [None, [], {}, {"lift": 1.0}, 7])
def test_what_is_no_calibration_is_refused(values: Any, prepared: Prepared) -> None:
    with pytest.raises(ValueError, match="expected tails and a lift"):
        TASK.read_calibration(prepared, values)
