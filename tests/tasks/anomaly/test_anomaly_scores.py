"""Scores: smoothed errors, levels, and time scales."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from seqtune.tasks.anomaly.activity import FLOOR, moving_activity
from seqtune.tasks.anomaly.scales import center_and_unit
from seqtune.tasks.anomaly.score_parts import combined_score
from seqtune.tasks.anomaly.scorer import Scorers
from seqtune.tasks.anomaly.segment import is_bridged
from seqtune.tasks.anomaly.smoothing import moved_on, smooth, smooth_part
from seqtune.tasks.anomaly.tail_probability import MAX_LEVEL, TailFit, predictive
from seqtune.tasks.anomaly.time_scales import (
    ScaleFit,
    alone_or_joined,
    default_scorers,
    join_time_scales,
    scorers_by_scale,
)

NAN = np.nan
NEVER = np.zeros(1)
"""Nothing stands still."""

LINE = TailFit((0.0, 2.0), (0.0, 4.0))


@pytest.mark.parametrize("noncausal", [False, True])
@pytest.mark.parametrize("span", [1, 3, 8])
def test_a_part_is_smoothed_as_the_whole(span: int, noncausal: bool) -> None:
    errors = np.random.default_rng(0).uniform(0, 9, 60)
    errors[[0, 11, 12, 13, 14, 40]] = NAN
    whole = smooth(errors, span, 2, noncausal=noncausal)
    parts = [
        smooth_part(errors, span, 2, (begin, min(begin + 7, 60)), noncausal=noncausal)
        for begin in range(0, 60, 7)
    ]
    np.testing.assert_allclose(np.concatenate(parts), whole)


def test_a_row_without_an_error_has_that_of_the_row_before_for_a_while() -> None:
    errors = np.array([2.0, NAN, NAN, 5.0])
    np.testing.assert_array_equal(smooth(errors, 1, 1), [2.0, 2.0, NAN, 5.0])


def test_smoothing_averages_the_row_and_those_before_it() -> None:
    np.testing.assert_allclose(smooth(np.array([3.0, 6.0, 9.0, 0.0]), 3, 0), [3.0, 4.5, 6.0, 5.0])


def test_in_hindsight_half_of_what_is_averaged_comes_after_the_row() -> None:
    errors = np.array([0.0, 0.0, 9.0, 0.0, 0.0])
    np.testing.assert_allclose(smooth(errors, 3, 0, noncausal=True), [0.0, 3.0, 3.0, 3.0, 0.0])


@pytest.mark.parametrize("span", [1, 2, 3, 8])
def test_averages_are_moved_to_where_hindsight_has_them(span: int) -> None:
    errors = np.random.default_rng(0).random(40)
    moved = moved_on(smooth(errors, span, 0), span)
    inner = slice(span, 40 - span)
    noncausal = smooth(errors, span, 0, noncausal=True)
    np.testing.assert_allclose(moved[inner], noncausal[inner], rtol=1e-6)
    assert len(moved) == 40


def test_averages_that_are_moved_lose_no_row_beside_a_gap() -> None:
    averages = np.array([1.0, 2.0, 3.0, NAN, NAN, NAN, 7.0, 8.0])
    expected = [3.0, 3.0, 3.0, NAN, NAN, NAN, 8.0, 8.0]
    np.testing.assert_array_equal(moved_on(averages, 5), expected)


@pytest.mark.parametrize("span", [1, 2, 5])
def test_what_comes_later_does_not_change_a_smoothed_score(span: int) -> None:
    errors = np.random.default_rng(0).random(40)
    np.testing.assert_array_equal(smooth(errors, span, 2)[:20], smooth(errors[:20], span, 2))


def test_nothing_is_smoothed_to_nothing() -> None:
    assert len(smooth(np.empty(0), 4, 4)) == 0


def test_rows_are_bridged_for_as_long_as_is_said() -> None:
    seen = np.array([False, True, False, False, True])
    assert is_bridged(seen, 1).tolist() == [False, True, True, False, True]
    assert is_bridged(np.empty(0, np.bool_), 1).tolist() == []


def test_the_unit_of_a_channel_is_not_moved_by_a_few_outliers() -> None:
    values = np.random.default_rng(0).normal(10.0, 2.0, (2000, 1))
    values[:20] = 1e6
    center, unit = center_and_unit(values)
    assert center[0] == pytest.approx(10.0, abs=0.2)
    assert unit[0] < 1e5


def test_a_constant_channel_moves_by_a_hundredth_of_itself() -> None:
    center, unit = center_and_unit(np.full((5, 2), [200.0, 0.0]))
    assert center.tolist() == [200.0, 0.0]
    assert unit.tolist() == [2.0, 0.01]


def test_activity_is_the_logarithm_of_the_mean_move() -> None:
    values = np.array([[0.0], [2.0], [2.0], [6.0]])
    expected = [NAN, np.log(2 + FLOOR), np.log(1 + FLOOR), np.log(2 + FLOOR)]
    np.testing.assert_allclose(moving_activity(values, np.array([0, 4]))[:, 0], expected)


def test_no_activity_leads_from_one_series_to_the_next() -> None:
    values = np.array([[0.0], [1.0], [100.0], [101.0]])
    activity = moving_activity(values, np.array([0, 2, 4]))[:, 0]
    assert np.isnan(activity[[0, 2]]).all()
    assert activity[1] == activity[3]


def test_a_level_of_four_is_passed_by_one_normal_row_in_ten_thousand() -> None:
    draw = np.random.default_rng(0)
    tail = TailFit.fit(draw.exponential(size=20_000), 1e-4)
    fresh = tail.level(draw.exponential(size=1_000_000))
    assert 20 <= (fresh > 4.0).sum() <= 500  # 100 are expected
    assert np.mean(fresh > 1.0) == pytest.approx(0.1, abs=0.01)


def test_a_stranger_row_is_rarer() -> None:
    scores = np.random.default_rng(0).gamma(2.0, size=500)
    levels = TailFit.fit(scores, 1e-4).level(np.linspace(-5.0, 500.0, 999))
    assert (np.diff(levels) > 0).all()


def test_anomalies_among_the_normal_rows_do_not_hide_themselves() -> None:
    scores = np.random.default_rng(0).normal(size=3000)
    scores[[700, 1500, 2200]] = 30.0
    assert (TailFit.fit(scores, 1e-4).level(scores)[[700, 1500, 2200]] > 4.0).all()


@pytest.mark.parametrize("scores", [[3.0], [3.0, 3.0], [0.0] * 50, [NAN], [1.0, 2.0], [NAN, 7.0]])
def test_few_or_equal_scores_have_levels_too(scores: list[float]) -> None:
    tail = TailFit.fit(np.array(scores), 1e-3)
    levels = tail.level(np.array([-1e9, 0.0, 3.0, 1e9]))
    assert np.isfinite(levels).all()
    assert levels[-1] > 3.0
    assert levels.max() <= MAX_LEVEL


def test_a_score_that_was_always_the_same_is_strange_as_soon_as_it_rises() -> None:
    tail = TailFit.fit(np.full(100, 2.0), 1e-4)
    assert tail.level(np.array([2.0]))[0] <= 4.0 + 1e-9
    assert tail.level(np.array([2.1]))[0] > 4.0


def test_levels_go_on_straight_beyond_their_knots() -> None:
    np.testing.assert_allclose(LINE.level(np.array([-1.0, 1.0, 3.0])), [-2.0, 2.0, 6.0])
    assert np.isnan(LINE.level(np.array([NAN]))[0])


def test_what_is_known_of_few_scores_is_believed_less() -> None:
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


def fits(**tails: TailFit) -> dict[str, ScaleFit]:
    """Return what was measured of time scales, whose scorers do not matter."""
    return {scale: ScaleFit(0, tail) for scale, tail in tails.items()}


def test_scorers_have_the_time_scale_of_what_they_average_over() -> None:
    scorers = Scorers((0.0, 1.0), ("mean",), ("mean", "max"))
    assert scorers_by_scale(scorers) == {"instant": [0, 2], "slow": [1, 3]}
    assert scorers_by_scale(Scorers((0.1,), ("mean",), ("mean",))) == {"quick": [0]}


def test_what_lasts_long_is_judged_from_the_farthest() -> None:
    scorers = Scorers((4.0,), ("mean", "farthest"), ("mean",))
    assert scorers_by_scale(scorers) == {"long": [1]}
    assert scorers_by_scale(Scorers((4.0,), ("mean",), ("mean",))) == {"long": [0]}


def test_states_have_a_scorer_of_their_own_after_those_of_errors() -> None:
    scorers = Scorers((1.0,), ("mean",), ("mean", "max"), state=True)
    assert scorers.all()[2:] == [("states", "", 0.6)]
    assert scorers_by_scale(scorers) == {"slow": [0, 1], "states": [2]}
    assert default_scorers(scorers) == {"slow": [0, 1], "states": [2]}
    assert len(Scorers((1.0,), ("mean",), ("mean", "max")).all()) == 2


def test_states_count_as_all_errors_together_in_what_lasts_and_give_no_alarm() -> None:
    scores = {"slow": np.array([1.0]), "states": np.array([3.0])}
    joined = join_time_scales(scores, fits(slow=LINE, states=LINE), 4.0)
    # levels 2 and thrice 6: (4 + 3 * 36) / 4; no time scale for alarms
    np.testing.assert_allclose(joined[:, :3], [[28.0, 1.0, 28.0**0.5]])
    assert alone_or_joined({"slow": 0, "states": 1}) == [
        {"slow": 0, "states": 1},
        {"slow": 0},
        {"states": 1},
    ]


def test_where_nobody_labels_each_time_scale_has_its_default_or_the_nearest_listed() -> None:
    scorers = Scorers((0.0, 0.1, 1.0, 4.0), ("mean", "nearest", "farthest"), ("mean", "max"))
    every = scorers.all()
    chosen = {
        scale: [every[each] for each in some] for scale, some in default_scorers(scorers).items()
    }
    assert chosen == {
        "instant": [("mean", "max", 0.0)],
        "quick": [("mean", "mean", 0.1), ("mean", "max", 0.1)],
        "slow": [("mean", "mean", 1.0), ("mean", "max", 1.0)],
        "long": [("farthest", "mean", 4.0), ("farthest", "max", 4.0)],
    }
    odd = Scorers((0.2, 0.12, 1.5), ("nearest",), ("max",))
    assert [odd.all()[each] for (each,) in default_scorers(odd).values()] == [
        ("nearest", "max", 0.12),
        ("nearest", "max", 1.5),
    ]


def test_what_is_known_of_few_scores_counts_less_beside_the_others() -> None:
    few = TailFit(LINE.scores, LINE.levels, 100.0)
    scores = {"quick": np.array([1.0]), "slow": np.array([3.0])}
    joined = join_time_scales(scores, fits(quick=LINE, slow=few), 4.0)
    slow = predictive(np.array([6.0]), 100.0)[0]
    # the first is known, the second half: weights of 1 and 1 / 2
    np.testing.assert_allclose(joined[:, 0], [(4.0 + slow**2 / 2) / 1.5])
    one = TailFit(LINE.scores, LINE.levels, 1.0)
    alone = join_time_scales({"slow": np.array([3.0])}, fits(slow=one), 4.0)[0, 0]
    np.testing.assert_allclose(alone, predictive(np.array([6.0]), 1.0)[0] ** 2)


def test_a_level_below_none_counts_as_none() -> None:
    joined = join_time_scales({"slow": np.array([-3.0, NAN])}, fits(slow=LINE), 4.0)
    np.testing.assert_array_equal(joined[:, 0], [0.0, NAN])


def test_time_scales_are_averaged_but_an_alarm_of_the_quick_one_stands() -> None:
    draw = np.random.default_rng(0)
    quick = TailFit.fit(draw.exponential(size=4000), 1e-3, 1)
    slow = TailFit.fit(draw.normal(size=4000), 1e-3, 40)
    assert (quick.independent, slow.independent) == (4000.0, 100.0)
    scores = {"quick": np.array([15.0, 1.0]), "slow": np.array([0.0, 0.0])}
    loud, calm = quick.level(scores["quick"]), slow.level(scores["slow"])
    assert loud[0] > 3.0 > loud[1]
    joined = join_time_scales(scores, fits(quick=quick, slow=slow), 3.0)
    one, two = 4000 / 4100, 100 / 200  # what they count for: 4,000 and 100 scores are known
    lasts = (one * loud**2 + two * calm**2) / (one + two)
    np.testing.assert_allclose(joined[:, :3], np.column_stack([lasts, [1.0, 0.0], [loud[0], 0.0]]))
    np.testing.assert_allclose(combined_score(joined, 3.0, NEVER), [loud[0], lasts[1] ** 0.5])


def test_the_instant_time_scale_gives_the_alarm_but_has_no_part_in_what_lasts() -> None:
    draw = np.random.default_rng(0)
    instant = TailFit.fit(draw.exponential(size=4000), 1e-3, 1)
    slow = TailFit.fit(draw.normal(size=4000), 1e-3, 40)
    scores = {"instant": np.array([15.0, 1.0]), "slow": np.array([0.0, 0.0])}
    alarm, calm = instant.level(scores["instant"]), slow.level(scores["slow"])
    assert alarm[0] > 3.0 > alarm[1] > calm[1]
    joined = join_time_scales(scores, fits(instant=instant, slow=slow), 3.0)
    np.testing.assert_allclose(
        joined[:, :3], np.column_stack([calm**2, [1.0, 0.0], [alarm[0], 0.0]])
    )
    np.testing.assert_allclose(combined_score(joined, 3.0, NEVER), [alarm[0], calm[1]])
    alone = join_time_scales({"instant": scores["instant"]}, fits(instant=instant), 3.0)
    np.testing.assert_allclose(
        alone[:, :3], np.column_stack([alarm**2, [1.0, 0.0], [alarm[0], 0.0]])
    )


def test_what_was_measured_of_a_time_scale_is_plain_json() -> None:
    fitted = ScaleFit(3, TailFit.fit(np.arange(100.0), 1e-3, 2))
    assert ScaleFit.from_dict(json.loads(json.dumps(fitted.to_dict())), 4) == fitted
    endless = ScaleFit(0, LINE)
    assert ScaleFit.from_dict(json.loads(json.dumps(endless.to_dict())), 1) == endless


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("scorer", 4),
        ("scorer", -1),
        ("scorer", True),
        ("scorer", 1.0),
        ("scores", [1.0]),
        ("scores", [2.0, 1.0]),
        ("scores", [0.0, NAN]),
        ("scores", [0.0, 1e99]),
        ("scores", [0.0, "1"]),
        ("scores", list(range(99))),
        ("levels", [0.0, 1.0, 2.0]),
        ("independent", 0.5),
        ("independent", NAN),
        ("independent", "many"),
        ("other", 1.0),
    ],
)
def test_what_a_stranger_measured_is_not_believed(key: str, value: Any) -> None:
    plain = ScaleFit(3, LINE).to_dict()
    assert ScaleFit.from_dict(plain, 4).scorer == 3
    (plain if key == "scorer" else plain["tail"])[key] = value
    with pytest.raises(ValueError, match=r"scorer|tail"):
        ScaleFit.from_dict(plain, 4)
