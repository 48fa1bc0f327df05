"""Levels: how rare scores are, and what is believed of a file."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from seqtune.tasks.anomaly.tail_probability import MAX_LEVEL, TailFit, predictive

NAN = math.nan
LINE = TailFit((0.0, 2.0), (0.0, 4.0), 1e9)


def test_a_level_of_four_is_passed_by_one_normal_row_in_ten_thousand() -> None:
    draw = np.random.default_rng(0)
    tail = TailFit.fit(draw.exponential(size=20_000), 1e-4)
    fresh = tail.level(draw.exponential(size=1_000_000))
    assert 20 <= (fresh > 4.0).sum() <= 500  # 100 are expected
    assert np.mean(fresh > 1.0) == pytest.approx(0.1, abs=0.01)


def test_a_stranger_row_is_rarer() -> None:
    tail = TailFit.fit(np.random.default_rng(0).gamma(2.0, size=500), 1e-4)
    assert (np.diff(tail.level(np.linspace(-5.0, 500.0, 999))) > 0).all()


def test_anomalies_among_the_normal_rows_do_not_hide_themselves() -> None:
    scores = np.random.default_rng(0).normal(size=3000)
    scores[[700, 1500, 2200]] = 30.0
    assert (TailFit.fit(scores, 1e-4).level(scores)[[700, 1500, 2200]] > 4.0).all()


@pytest.mark.parametrize("scores", [[3.0], [3.0, 3.0], [0.0] * 50, [NAN], [1.0, 2.0], [NAN, 7.0]])
def test_few_or_equal_scores_have_levels_too(scores: list[float]) -> None:
    tail = TailFit.fit(np.array(scores), 1e-3)
    levels = tail.level(np.array([-1e9, 0.0, 3.0, 1e9]))
    assert np.isfinite(levels).all() and levels.max() <= MAX_LEVEL
    assert levels[-1] == levels.max() > 2.0


def test_a_score_that_was_always_the_same_is_strange_as_soon_as_it_rises() -> None:
    tail = TailFit.fit(np.full(1000, 2.0), 1e-4)
    assert tail.level(np.array([2.0]))[0] <= 4.0 + 1e-9
    assert tail.level(np.array([2.1]))[0] > 4.0


def test_levels_go_on_straight_beyond_their_knots() -> None:
    np.testing.assert_allclose(LINE.level(np.array([-1.0, 1.0, 3.0])), [-2.0, 2.0, 6.0])
    assert np.isnan(LINE.level(np.array([NAN]))[0])


def test_averages_that_overlap_are_fewer_than_they_seem() -> None:
    scores = np.random.default_rng(0).exponential(size=1200)
    scores[:200] = NAN
    assert [TailFit.fit(scores, 1e-3, span).independent for span in (1, 50, 10**6)] == [
        1000.0,
        20.0,
        1.0,
    ]


def test_a_tail_known_from_few_scores_is_believed_less() -> None:
    # two scores of 1 and 3 have the slope 2: beyond 2 x lies (1 + x / 2) ** -2 of what comes next
    plain = 5.0 / math.log(10.0)
    found = predictive(np.array([plain, 0.0, -1.0, NAN]), 2.0)
    np.testing.assert_allclose(found, [2 * math.log10(1 + 5.0 / 2), 0.0, -1.0, NAN])
    far = np.array([1.0, 4.0, 300.0])
    np.testing.assert_allclose(predictive(far, 1e9), far, rtol=1e-6)


@pytest.mark.parametrize("independent", [3, 10, 100])
def test_the_next_score_is_as_rare_as_is_said(independent: int) -> None:
    """Slopes measured on few scores of an exponential, and what comes next, drawn many times."""
    draw = np.random.default_rng(0)
    slope = draw.exponential(size=(200_000, independent)).mean(axis=1)
    naive = draw.exponential(size=200_000) / slope / math.log(10.0)
    known = predictive(naive, float(independent))
    for level in (1.0, 2.0, 3.0):
        assert (known > level).mean() == pytest.approx(10.0**-level, rel=0.2)
    assert (naive > 3.0).mean() > 1.2 * 10.0**-3


def test_a_tail_is_read_back_as_it_was_written() -> None:
    tail = TailFit.fit(np.random.default_rng(0).gamma(2.0, size=500), 1e-4, 7)
    assert TailFit.from_dict(json.loads(json.dumps(tail.to_dict()))) == tail


@pytest.mark.parametrize(
    "changed",
    [
        *({"scores": []}, {"scores": [1.0]}, {"scores": "12"}, {"scores": [1.0, 1.0]}),
        *({"scores": [2.0, 1.0]}, {"scores": [0.0, NAN]}, {"scores": [0.0, math.inf]}),
        *({"scores": [0.0, 10**400]}, {"scores": [0, True]}, {"scores": [0.0, 1.0, 2.0]}),
        *({"levels": [0.0, "4"]}, {"levels": None}, {"levels": [4.0, 0.0]}, {"more": 1.0}),
        *({"independent": 0.5}, {"independent": NAN}, {"independent": "9"}, {"independent": True}),
        *({"scores": list(range(99)), "levels": list(range(99))}, {"independent": math.inf}),
    ],
    ids=str,
)
def test_what_cannot_have_been_measured_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="tail"):
        TailFit.from_dict(LINE.to_dict() | changed)


@pytest.mark.parametrize("values", [None, [], {}, {"scores": [0.0, 1.0]}, 7])
def test_what_is_no_tail_is_refused(values: Any) -> None:
    with pytest.raises(ValueError, match="a tail has scores"):
        TailFit.from_dict(values)
