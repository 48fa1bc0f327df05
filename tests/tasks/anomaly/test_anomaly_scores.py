"""Scores: smoothed errors, rarities, and the two paces."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqtune.tasks.anomaly.activity import FLOOR, moving_activity
from seqtune.tasks.anomaly.codec import Ways
from seqtune.tasks.anomaly.scales import center_and_unit
from seqtune.tasks.anomaly.score_parts import standing
from seqtune.tasks.anomaly.segment import is_bridged
from seqtune.tasks.anomaly.smoothing import moved_on, smooth, smooth_part
from seqtune.tasks.anomaly.tail_probability import (
    RAREST,
    as_far_as_known,
    fit_lift,
    fit_rarity,
    to_rarity,
)
from seqtune.tasks.anomaly.time_scales import (
    alone_or_joined,
    are_figures,
    chosen_ways,
    fit_paces,
    join_paces,
    usual_ways,
    ways_by_pace,
)

NAN = np.nan
NEVER = np.zeros(1)
"""Nothing stands still."""

LINE = {"score_0": 0.0, "level_0": 0.0, "score_1": 2.0, "level_1": 4.0}


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


def test_a_rarity_of_four_is_passed_by_one_normal_row_in_ten_thousand() -> None:
    draw = np.random.default_rng(0)
    figures = fit_rarity(draw.exponential(size=20_000), 1e-4)
    fresh = to_rarity(draw.exponential(size=1_000_000), figures)
    assert 20 <= (fresh > 4.0).sum() <= 500  # 100 are expected
    assert np.mean(fresh > 1.0) == pytest.approx(0.1, abs=0.01)


def test_a_stranger_row_is_rarer() -> None:
    scores = np.random.default_rng(0).gamma(2.0, size=500)
    rarities = to_rarity(np.linspace(-5.0, 500.0, 999), fit_rarity(scores, 1e-4))
    assert (np.diff(rarities) > 0).all()


def test_anomalies_among_the_normal_rows_do_not_hide_themselves() -> None:
    scores = np.random.default_rng(0).normal(size=3000)
    scores[[700, 1500, 2200]] = 30.0
    assert (to_rarity(scores, fit_rarity(scores, 1e-4))[[700, 1500, 2200]] > 4.0).all()


@pytest.mark.parametrize("scores", [[3.0], [3.0, 3.0], [0.0] * 50, [NAN], [1.0, 2.0], [NAN, 7.0]])
def test_few_or_equal_scores_have_rarities_too(scores: list[float]) -> None:
    figures = fit_rarity(np.array(scores), 1e-3)
    rarities = to_rarity(np.array([-1e9, 0.0, 3.0, 1e9]), figures)
    assert np.isfinite(rarities).all()
    assert rarities[-1] > 3.0
    assert rarities.max() <= RAREST


def test_a_score_that_was_always_the_same_is_strange_as_soon_as_it_rises() -> None:
    figures = fit_rarity(np.full(100, 2.0), 1e-4)
    assert to_rarity(np.array([2.0]), figures)[0] <= 4.0 + 1e-9
    assert to_rarity(np.array([2.1]), figures)[0] > 4.0


def test_rarities_go_on_straight_beyond_their_knots() -> None:
    np.testing.assert_allclose(to_rarity(np.array([-1.0, 1.0, 3.0]), LINE), [-2.0, 2.0, 6.0])
    assert np.isnan(to_rarity(np.array([NAN]), LINE)[0])


def test_a_mean_of_rarities_is_lifted_until_it_is_as_rare_as_it_says() -> None:
    exact = -np.log10(1.0 - np.minimum(np.linspace(0.0, 1.0, 2001), 0.9999))
    assert fit_lift(exact)["lift"] == pytest.approx(1.0)
    assert fit_lift(exact / 1.5)["lift"] == pytest.approx(1.5)
    assert fit_lift(exact / 5.0) == {"lift": 2.0}
    assert fit_lift(np.r_[exact / 1.5, np.full(500, NAN)])["lift"] == pytest.approx(1.5)


def test_anomalies_among_the_rows_keep_the_lift_small_and_never_hide_others() -> None:
    normal = -np.log10(1.0 - np.minimum(np.linspace(0.0, 1.0, 1001), 0.9999))
    assert fit_lift(np.r_[normal, np.full(200, 30.0)]) == {"lift": 1.0}
    few = fit_lift(np.r_[normal / 1.5, np.full(30, 30.0)])["lift"]
    assert 1.0 < few < 1.5


def test_a_handful_of_rows_lifts_nothing() -> None:
    assert fit_lift(np.zeros(99)) == {"lift": 1.0}
    assert fit_lift(np.full(500, NAN)) == {"lift": 1.0}
    assert fit_lift(np.zeros(100)) == {"lift": 2.0}


def test_what_is_known_of_few_scores_is_believed_less() -> None:
    # two scores of 1 and 3 have the slope 2: beyond 2 x lies (1 + x / 2) ** -2 of what comes next
    plain = 5.0 / math.log(10.0)
    found = as_far_as_known(np.array([plain, 0.0, -1.0, NAN]), 2.0)
    np.testing.assert_allclose(found, [2 * math.log10(1 + 5.0 / 2), 0.0, -1.0, NAN])
    far = np.array([1.0, 4.0, 300.0])
    np.testing.assert_allclose(as_far_as_known(far, 1e9), far, rtol=1e-6)


@pytest.mark.parametrize("independent", [3, 10, 100])
def test_the_next_score_is_as_rare_as_is_said(independent: int) -> None:
    """Slopes measured on few scores of an exponential, and what comes next, drawn many times."""
    draw = np.random.default_rng(0)
    slope = draw.exponential(size=(200_000, independent)).mean(axis=1)
    naive = draw.exponential(size=200_000) / slope / math.log(10.0)
    known = as_far_as_known(naive, float(independent))
    for level in (1.0, 2.0, 3.0):
        assert (known > level).mean() == pytest.approx(10.0**-level, rel=0.2)
    assert (naive > 3.0).mean() > 1.2 * 10.0**-3


def test_joined_paces_are_lifted_and_a_lift_from_a_stranger_is_not_believed() -> None:
    figures = fit_paces({"quick": 3}, {"quick": np.arange(100.0)}, 1e-3, {"quick": 1})
    scores = {"quick": np.array([3.0, 50.0])}
    plain = join_paces(scores, figures, 3.0)
    lifted = join_paces(scores, {**figures, "lift": 1.5}, 3.0)
    np.testing.assert_allclose(lifted, plain * [1.5**2, 1.0, 1.0])  # what lasts alone, no alarm
    assert are_figures({**figures, "lift": 1.5}, 4)
    for lift in (0.5, -1.0, 1e6, NAN):
        assert not are_figures({**figures, "lift": lift}, 4)


def test_ways_have_the_pace_of_what_they_average_over() -> None:
    ways = Ways((0.0, 1.0), ("mean",), ("mean", "max"))
    assert ways_by_pace(ways) == {"instant": [0, 2], "slow": [1, 3]}
    assert ways_by_pace(Ways((0.1,), ("mean",), ("mean",))) == {"quick": [0]}


def test_what_lasts_long_is_judged_from_the_farthest() -> None:
    ways = Ways((4.0,), ("mean", "farthest"), ("mean",))
    assert ways_by_pace(ways) == {"long": [1]}
    assert ways_by_pace(Ways((4.0,), ("mean",), ("mean",))) == {"long": [0]}


def test_states_are_a_way_of_their_own_after_those_of_errors() -> None:
    ways = Ways((1.0,), ("mean",), ("mean", "max"), state=True)
    assert ways.all()[2:] == [("states", "", 0.6)]
    assert ways_by_pace(ways) == {"slow": [0, 1], "states": [2]}
    assert usual_ways(ways) == {"slow": [0, 1], "states": [2]}
    assert len(Ways((1.0,), ("mean",), ("mean", "max")).all()) == 2


def test_states_count_as_all_errors_together_in_what_lasts_and_give_no_alarm() -> None:
    figures = {"slow": 0.0, "states": 1.0}
    for pace in ("slow", "states"):
        figures |= {f"{pace}_{name}": value for name, value in LINE.items()}
    assert are_figures(figures, 2)
    joined = join_paces({"slow": np.array([1.0]), "states": np.array([3.0])}, figures, 4.0)
    # rarities 2 and thrice 6: (4 + 3 * 36) / 4; no pace for alarms
    np.testing.assert_allclose(joined, [[28.0, 1.0, 28.0**0.5]])
    assert alone_or_joined({"slow": 0, "states": 1}) == [
        {"slow": 0, "states": 1},
        {"slow": 0},
        {"states": 1},
    ]


def test_where_nobody_labels_each_pace_has_its_usual_way_or_the_nearest_that_is_listed() -> None:
    ways = Ways((0.0, 0.1, 1.0, 4.0), ("mean", "nearest", "farthest"), ("mean", "max"))
    every = ways.all()
    chosen = {pace: [every[way] for way in each] for pace, each in usual_ways(ways).items()}
    assert chosen == {
        "instant": [("mean", "max", 0.0)],
        "quick": [("mean", "mean", 0.1), ("mean", "max", 0.1)],
        "slow": [("mean", "mean", 1.0), ("mean", "max", 1.0)],
        "long": [("farthest", "mean", 4.0), ("farthest", "max", 4.0)],
    }
    odd = Ways((0.2, 0.12, 1.5), ("nearest",), ("max",))
    assert [odd.all()[way] for (way,) in usual_ways(odd).values()] == [
        ("nearest", "max", 0.12),
        ("nearest", "max", 1.5),
    ]


def test_what_is_known_of_few_scores_counts_less_beside_the_others() -> None:
    figures = {"quick": 0.0, "slow": 1.0, "slow_known": 100.0}
    for pace in ("quick", "slow"):
        figures |= {f"{pace}_{name}": value for name, value in LINE.items()}
    joined = join_paces({"quick": np.array([1.0]), "slow": np.array([3.0])}, figures, 4.0)
    slow = as_far_as_known(np.array([6.0]), 100.0)[0]
    # the first is known, the second half: weights of 1 and 1 / 2
    np.testing.assert_allclose(joined[:, 0], [(4.0 + slow**2 / 2) / 1.5])
    figures["slow_known"] = 1.0
    alone = join_paces({"slow": np.array([3.0])}, figures, 4.0)[0, 0]
    np.testing.assert_allclose(alone, as_far_as_known(np.array([6.0]), 1.0)[0] ** 2)


def test_a_rarity_below_none_counts_as_none() -> None:
    figures = {"slow": 0.0, **{f"slow_{name}": value for name, value in LINE.items()}}
    np.testing.assert_array_equal(
        join_paces({"slow": np.array([-3.0, NAN])}, figures, 4.0)[:, 0], [0.0, NAN]
    )


def test_paces_are_averaged_but_an_alarm_of_the_quick_one_stands() -> None:
    draw = np.random.default_rng(0)
    normal = {"quick": draw.exponential(size=4000), "slow": draw.normal(size=4000)}
    figures = fit_paces({"quick": 3, "slow": 7}, normal, 1e-3, {"quick": 1, "slow": 40})
    assert chosen_ways(figures) == {"quick": 3, "slow": 7}
    assert are_figures(figures, 8)
    top = np.array([15.0, 1.0])
    usual = np.array([0.0, 0.0])
    quick = as_far_as_known(to_rarity(top, figures, "quick_"), 4000.0)
    slow = as_far_as_known(to_rarity(usual, figures, "slow_"), 100.0)
    assert quick[0] > 3.0 > quick[1]
    joined = join_paces({"quick": top, "slow": usual}, figures, 3.0)
    one, two = 4000 / 4100, 100 / 200  # what they count for: 4,000 and 100 scores are known
    lasts = (one * quick**2 + two * slow**2) / (one + two)
    np.testing.assert_allclose(joined, np.column_stack([lasts, [1.0, 0.0], [quick[0], 0.0]]))
    np.testing.assert_allclose(standing(joined, 3.0, NEVER), [quick[0], lasts[1] ** 0.5])


def test_the_instant_pace_gives_the_alarm_but_has_no_part_in_what_lasts() -> None:
    draw = np.random.default_rng(0)
    normal = {"instant": draw.exponential(size=4000), "slow": draw.normal(size=4000)}
    figures = fit_paces({"instant": 0, "slow": 7}, normal, 1e-3, {"instant": 1, "slow": 40})
    assert are_figures(figures, 8)
    top, usual = np.array([15.0, 1.0]), np.array([0.0, 0.0])
    alarm = as_far_as_known(to_rarity(top, figures, "instant_"), 4000.0)
    slow = as_far_as_known(to_rarity(usual, figures, "slow_"), 100.0)
    assert alarm[0] > 3.0 > alarm[1] > slow[1]
    joined = join_paces({"instant": top, "slow": usual}, figures, 3.0)
    np.testing.assert_allclose(joined, np.column_stack([slow**2, [1.0, 0.0], [alarm[0], 0.0]]))
    np.testing.assert_allclose(standing(joined, 3.0, NEVER), [alarm[0], slow[1]])
    single = fit_paces({"instant": 0}, {"instant": normal["instant"]}, 1e-3, {"instant": 1})
    alone = join_paces({"instant": top}, single, 3.0)
    expected = as_far_as_known(to_rarity(top, single, "instant_"), 4000.0)
    np.testing.assert_allclose(
        alone, np.column_stack([expected**2, [1.0, 0.0], [expected[0], 0.0]])
    )


def test_figures_from_a_stranger_are_not_believed() -> None:
    figures = fit_paces({"quick": 3}, {"quick": np.arange(100.0)}, 1e-3, {"quick": 1})
    assert are_figures(figures, 4)
    assert not are_figures(figures, 3), "a way that is none"
    assert not are_figures({**figures, "slow": 1.0}, 4)
    assert not are_figures({**figures, "other": 1.0}, 4)
    assert not are_figures({**figures, "quick_score_1": figures["quick_score_0"]}, 4)
    assert not are_figures({**figures, "slow_known": 4.0}, 4)
    for count in (0.5, -3.0, np.inf, NAN):
        assert not are_figures({**figures, "quick_known": count}, 4)
    assert not are_figures({}, 4)
