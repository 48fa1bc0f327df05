"""What a page shows of forecasts, on arrays that are worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.data.panel.grid import Grid
from seqtune.figures.bars import Bars
from seqtune.figures.lines import Lines
from seqtune.figures.matrix import Matrix
from seqtune.figures.points import Points
from seqtune.tasks.forecast.evidence.by_calendar import calendar_block
from seqtune.tasks.forecast.evidence.by_origin import origins_block
from seqtune.tasks.forecast.evidence.by_series import series_block
from seqtune.tasks.forecast.evidence.by_step import step_sentence, steps_block
from seqtune.tasks.forecast.evidence.cases import Cases
from seqtune.tasks.forecast.evidence.choice import chosen_windows
from seqtune.tasks.forecast.evidence.cycles import cycles_of
from seqtune.tasks.forecast.evidence.gallery import Stretch, gallery_block
from seqtune.tasks.forecast.evidence.intervals import interval_of, intervals_block
from seqtune.tasks.forecast.evidence.losses import (
    Losses,
    absolute_errors,
    quantile_losses,
    scaled_errors,
)
from seqtune.tasks.forecast.evidence.means import Means, grouped_means
from seqtune.tasks.forecast.evidence.skill import skill_block, skill_sentence
from seqtune.tasks.forecast.evidence.told_apart import UNTESTED, Outcomes, outcomes
from seqtune.tasks.forecast.scoring import score_forecasts

NAN = math.nan
Floats = npt.NDArray[np.float64]


def cases_of(
    own: Floats,
    method: Floats | None = None,
    *,
    line: list[int] | None = None,
    start: list[int] | None = None,
    seen: npt.NDArray[np.bool_] | None = None,
    width: float = 1.0,
) -> Cases:
    """Windows in which zeros came, and models are wrong by what is given: (windows, horizon)."""
    lines = line or [0] * len(own)
    errors = {"net": own} if method is None else {"net": own, "naive": method}
    return Cases(
        lines=tuple("abcdefghijklmnopqrstuvwxyz"[: max(lines) + 1]),
        line=np.array(lines),
        start=np.array(start or [own.shape[1] * place for place in range(len(own))]),
        actual=np.zeros(own.shape),
        observed=np.ones(own.shape, np.bool_) if seen is None else seen,
        quantiles={
            name: np.stack([each - width, each, each + width], axis=-1)
            for name, each in errors.items()
        },
        levels=(0.1, 0.5, 0.9),
        model="net",
        baseline="" if method is None else "naive",
    )


def errors_of(cases: Cases) -> Losses:
    return absolute_errors(cases, "MAE")


def text_of(block: object) -> str:
    return " ".join(getattr(block, "sentences", ()))


def test_means_and_their_errors_by_hand() -> None:
    values = np.array([[1.0], [3.0], [2.0], [4.0], [5.0], [9.0]])
    groups, blocks = np.array([[0]] * 5 + [[1]]), np.arange(6)
    found = grouped_means(values, np.ones(6), groups, blocks, 3)
    assert found.values[:2].tolist() == [3.0, 9.0] and np.isnan(found.values[2])
    # residuals -2, 0, -1, 1, 2: the error is sqrt(5 / 4 * 10) / 5, that of a mean of five
    assert found.errors[0] == pytest.approx(np.std([1, 3, 2, 4, 5], ddof=1) / np.sqrt(5))
    assert np.isnan(found.errors[1:]).all()  # one block, and none
    assert found.counts.tolist() == [5, 1, 0]


def test_windows_of_one_block_are_one_draw() -> None:
    values, groups = np.array([[1.0], [3.0]] * 5), np.zeros((10, 1), np.int64)
    blocks = np.repeat(np.arange(5), 2)
    assert grouped_means(values, np.ones(10), groups, blocks, 1).errors[0] == 0.0
    assert grouped_means(values, np.ones(10), groups, np.arange(10), 1).errors[0] > 0.3


def test_what_is_not_observed_does_not_count() -> None:
    values, groups = np.array([[1.0, NAN], [3.0, 8.0]]), np.array([[0, 0], [0, -1]])
    assert grouped_means(values, np.ones(2), groups, np.arange(2), 1).values.tolist() == [2.0]


def test_blocks_of_time_are_a_horizon_of_one_line() -> None:
    cases = cases_of(np.zeros((5, 3)), line=[0, 0, 0, 0, 1], start=[0, 2, 3, 5, 5])
    one = cases.blocks
    # counted back from the latest: 5 and 3, then 2 and 0, and the other line
    assert one[3] == one[2] != one[1] == one[0]
    assert one[4] not in one[:4]


def test_groups_make_up_the_figures_of_the_leaderboard() -> None:
    draw = np.random.default_rng(0)
    cases = cases_of(draw.normal(size=(6, 4)), line=[0, 0, 1, 1, 2, 2])
    scale = np.repeat([1.0, 2.0, 4.0], 2)
    levels, quantiles = cases.levels, cases.quantiles["net"]
    scores = score_forecasts(quantiles, cases.actual, cases.observed, scale, levels, scale)
    mase = scaled_errors(cases, scale)
    everything = np.zeros((6, 4), np.int64)
    assert mase.means("net", everything, 1).values[0] == pytest.approx(scores["mase"])
    assert mase.of_lines("net").mean() == pytest.approx(scores["mase"])
    loss = quantile_losses(cases, cases.quantiles, levels, scale)
    expected = scores["weighted_scaled_quantile_loss"]
    assert loss.means("net", everything, 1).values[0] == pytest.approx(expected)


def test_a_series_without_a_scale_has_no_figure() -> None:
    cases = cases_of(np.ones((3, 2)), line=[0, 1, 2])
    assert np.isnan(scaled_errors(cases, np.array([NAN, 0.0, 2.0])).of_lines("net")[:2]).all()
    weighted = quantile_losses(cases, cases.quantiles, cases.levels, np.array([0.0, 1.0, 2.0]))
    assert np.isnan(weighted.of_lines("net")).tolist() == [True, False, False]


def test_what_is_close_is_not_told_apart() -> None:
    gains = Means(np.array([1.0, 1.0, 0.001, -1.0]), np.array([0.1, 0.6, 0.0, 0.1]), np.ones(4))
    found = outcomes(gains, np.full(4, 1.0))
    assert found.signs.tolist() == [1, 0, 0, -1] and found.is_tested
    unknown = Means(gains.values, np.full(4, NAN), gains.counts)
    assert outcomes(unknown, np.full(4, 1.0)).signs.tolist() == [1, 1, 0, -1]
    assert not outcomes(unknown, np.full(4, 1.0)).is_tested


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ([1, 1], "better than naive at every step"),
        ([-1, -1], "worse than naive at every step"),
        ([0, 0], "At no step ahead are net and naive told apart"),
        ([1, 1, 0, -1], "up to step 2; from step 3 on it is no better"),
        ([0, -1, 1], "no better than naive up to step 2; from step 3 on it is better"),
        ([1, 0, 1, -1], "at 2 of 4 steps ahead, worse at 1, and not told apart at the other 1"),
        ([-1, 0], "at 0 of 2 steps ahead, worse at 1"),
    ],
)
def test_steps_in_words(signs: list[int], said: str) -> None:
    assert said in step_sentence("net", "naive", Outcomes(np.array(signs), True))


def test_the_error_by_step() -> None:
    own = np.tile([1.0, 2.0, 3.0], (6, 1)) * np.linspace(0.9, 1.1, 6)[:, None]
    block = steps_block(errors_of(cases_of(own, np.full((6, 3), 2.5))), "load")
    assert block is not None
    first, second = block.figures
    assert isinstance(first, Lines) and isinstance(second, Lines)
    assert first.x == (1.0, 2.0, 3.0)
    assert [line.name for line in first.lines] == ["naive", "net"]
    assert first.lines[1].values == (1.0, 2.0, 3.0)
    assert "load" in second.y_title
    assert "grows from 1.00 at step 1 to 3.00 at step 3" in text_of(block)
    assert "from step 3 on it is no better" in text_of(block)
    assert UNTESTED not in block.sentences


def test_one_step_has_no_error_by_step() -> None:
    assert steps_block(errors_of(cases_of(np.ones((3, 1))))) is None


def test_too_few_stretches_are_said_to_be_few() -> None:
    block = steps_block(errors_of(cases_of(np.ones((2, 3)), np.full((2, 3), 2.0))))
    assert block is not None and UNTESTED in block.sentences


def test_windows_shown_of_one_series() -> None:
    errors = np.array([[3.0], [1.0], [9.0], [4.0], [5.0]])
    losses = errors_of(cases_of(errors))
    chosen = [(each.name, each.window) for each in chosen_windows(losses)]
    assert chosen == [("latest", 4), ("best", 1), ("typical", 3), ("worst", 2)]
    last_is_worst = errors_of(cases_of(errors[[0, 1, 3, 4, 2]]))
    assert chosen_windows(last_is_worst)[0].name == "latest and worst"


def test_series_shown_of_many() -> None:
    errors = np.arange(9.0)[:, None][::-1]
    losses = errors_of(cases_of(errors, line=list(range(9))))
    chosen = [(each.name, each.window) for each in chosen_windows(losses)]
    assert chosen == [("best", 8), ("better", 6), ("typical", 4), ("worse", 2), ("worst", 0)]


def test_few_series_are_all_shown_and_each_by_its_latest_window() -> None:
    losses = errors_of(cases_of(np.ones((4, 2)), line=[0, 0, 1, 1], start=[7, 2, 2, 7]))
    assert [each.window for each in chosen_windows(losses)] == [0, 3]


def test_what_nothing_came_of_is_not_shown() -> None:
    seen = np.array([[True], [False]])
    losses = errors_of(cases_of(np.ones((2, 1)), seen=seen))
    assert [each.window for each in chosen_windows(losses)] == [0]
    nothing = errors_of(cases_of(np.ones((1, 1)), seen=np.array([[False]])))
    assert chosen_windows(nothing) == [] and gallery_block(nothing, [], [], "t") is None


def test_a_forecast_stands_behind_its_history() -> None:
    seen = np.array([[True, False]])
    losses = errors_of(cases_of(np.array([[1.0, 2.0]]), np.array([[3.0, 3.0]]), seen=seen))
    stretch = Stretch(("t1", "t2", "t3", "t4"), np.array([5.0, NAN]), "load")
    block = gallery_block(losses, chosen_windows(losses), [stretch], "time")
    assert block is not None
    (figure,) = block.figures
    assert isinstance(figure, Lines)
    actual, naive, net = figure.lines
    assert (actual.values, actual.start) == ((5.0, None, 0.0, None), 0)
    assert (naive.values, naive.start) == ((3.0, 3.0), 2)
    assert (net.values, net.role) == ((1.0, 2.0), "model")
    assert (figure.bands[0].lower, figure.bands[0].upper) == ((0.0, 1.0), (2.0, 3.0))
    assert figure.title == "Latest: a from t3"
    assert figure.caption == "MAE 1.00 of net, 3.00 of naive."


def test_few_series_are_all_listed_the_hardest_first() -> None:
    losses = errors_of(cases_of(np.array([[1.0], [3.0], [2.0]]), line=[0, 1, 2]))
    block = series_block(losses)
    assert block is not None
    (bars,) = block.figures
    assert isinstance(bars, Bars)
    assert bars.categories == ("b", "c", "a")
    assert bars.groups[0].values == (3.0, 2.0, 1.0)
    assert "b is the hardest for net (MAE 3.00), a the easiest (1.00)" in text_of(block)


def test_one_series_is_not_compared_with_others() -> None:
    assert series_block(errors_of(cases_of(np.ones((3, 1))))) is None


def test_of_many_series_both_ends_and_the_spread_are_shown() -> None:
    count = 50
    cases = Cases(
        lines=tuple(f"s{place}" for place in range(count)),
        line=np.arange(count),
        start=np.zeros(count, np.int64),
        actual=np.zeros((count, 1)),
        observed=np.ones((count, 1), np.bool_),
        quantiles={"net": np.arange(1.0, count + 1)[:, None, None]},
        levels=(0.5,),
        model="net",
        left_out=7,
    )
    block = series_block(errors_of(cases))
    assert block is not None
    spread, hardest, easiest = block.figures
    assert isinstance(spread, Lines) and spread.lines[0].values[50] == 25.5
    assert isinstance(hardest, Bars) and hardest.categories[0] == "s49"
    assert isinstance(easiest, Bars) and easiest.categories[0] == "s0"
    assert "Half of the 50 series have a MAE below 25.5." in text_of(block)
    # 46 to 50 of a sum of 1,275
    assert "The hardest tenth of the series makes up 18.8 % of all error." in text_of(block)
    assert "10 series between the two ends are not listed." in text_of(block)
    assert "7 further series are not forecast in the test part." in text_of(block)


def test_series_by_series_against_the_simple_method() -> None:
    cases = cases_of(
        np.array([[1.0], [2.0], [3.0]]), np.array([[2.0], [1.0], [5.0]]), line=[0, 1, 2]
    )
    block = skill_block(errors_of(cases))
    assert block is not None
    (points,) = block.figures
    assert isinstance(points, Points) and points.is_diagonal
    cloud = points.clouds[0]
    assert (cloud.x, cloud.y, cloud.labels) == ((2.0, 1.0, 5.0), (1.0, 2.0, 3.0), ("a", "b", "c"))
    assert "better than naive on 2 of 3 series (66.7 %), as chance alone could give" in text_of(
        block
    )


def test_skill_needs_a_simple_method_and_several_series() -> None:
    assert skill_block(errors_of(cases_of(np.ones((3, 1)), line=[0, 1, 2]))) is None
    assert skill_block(errors_of(cases_of(np.ones((2, 1)), np.ones((2, 1)), line=[0, 1]))) is None


def test_skill_that_chance_would_not_give() -> None:
    assert "more than chance alone" in skill_sentence("net", "naive", 6, 0, 6)
    assert "fewer than chance alone" in skill_sentence("net", "naive", 0, 6, 6)
    assert "as chance alone could" in skill_sentence("net", "naive", 5, 0, 5)  # 2 of 32


def test_intervals_by_hand() -> None:
    # of zeros that came, errors below 1 are within
    own = np.array([[0.5, 2.0], [0.5, -2.0]] * 5)
    cases = cases_of(own)
    found = interval_of(cases, "net")
    assert (found.nominal, found.observed) == (0.8, 0.5)
    assert found.verdict == "too narrow"
    block = intervals_block(cases)
    assert block is not None
    below, by_step = block.figures
    assert isinstance(below, Lines) and below.is_diagonal
    # q0.1 is at or above 0 at +2, the median at 0.5 and 2, q0.9 but for -2
    assert below.lines[0].values == (0.25, 0.75, 0.75)
    assert isinstance(by_step, Lines) and by_step.lines[0].values == (1.0, 0.0)
    assert by_step.level == 0.8
    assert "The 80 % interval of net (q0.1 to q0.9) holds 50.0 % of what came." in text_of(block)


def test_a_median_alone_has_no_interval() -> None:
    cases = cases_of(np.ones((2, 1)))
    alone = {"net": cases.quantiles["net"][..., 1:2]}
    assert intervals_block(Cases(("a",), cases.line, cases.start, cases.actual, cases.observed,
                                 alone, (0.5,), "net")) is None  # fmt: skip


def test_hours_and_weekdays_of_steps() -> None:
    # Monday at 22:00, four hours: two of Monday and two of Tuesday
    hours, weekdays = cycles_of(Grid("h", "2024-01-01T00:00:00"), np.array([22]), 4)
    assert hours.categories == ("00:00", "01:00", "22:00", "23:00")
    assert hours.places.tolist() == [[2, 3, 0, 1]]
    assert weekdays.categories == ("Mon", "Tue")
    assert weekdays.places.tolist() == [[0, 0, 1, 1]]
    assert weekdays.turns.tolist() == [[0, 0, 1, 1]]


@pytest.mark.parametrize(
    ("frequency", "names"),
    [("D", ["weekday"]), ("MS", ["month"]), ("W-MON", ["month"]), ("YS", []), ("step", [])],
)
def test_cycles_that_a_frequency_resolves(frequency: str, names: list[str]) -> None:
    origin = 0 if frequency == "step" else "2024-01-01T00:00:00"
    found = cycles_of(Grid(frequency, origin), np.array([0]), 40)
    assert [each.name for each in found] == names


def test_a_hard_hour_is_named_and_the_simple_method_compared() -> None:
    draw = np.random.default_rng(1)
    days, horizon = 14, 24
    start = [24 * day + day % 24 for day in range(days)]  # each begins at another hour
    at = np.array(start)[:, None] + np.arange(horizon)
    own = np.where(at % 24 == 6, 5.0, 1.0) + draw.uniform(0, 0.1, at.shape)
    losses = errors_of(cases_of(own, own + 1.0, start=start))
    cycles = cycles_of(Grid("h", "2024-01-01T00:00:00"), losses.cases.start, horizon)
    block = calendar_block(losses, cycles)
    assert block is not None
    assert "net errs most at hour 06:00: MAE 5.0" in text_of(block)
    assert "better at 24 of 24 hours, worse at 0" in text_of(block)
    matrices = [each for each in block.figures if isinstance(each, Matrix)]
    assert [(len(each.rows), len(each.columns)) for each in matrices] == [(7, 24), (7, 24)]
    assert matrices[1].scale == "diverging" and matrices[1].values[0][0] == -1.0


def test_steps_ahead_are_not_taken_for_hours() -> None:
    # all forecasts begin at midnight, and grow worse with the step ahead alone
    own = np.tile(np.arange(1.0, 25.0), (10, 1))
    losses = errors_of(cases_of(own))
    cycles = cycles_of(Grid("h", "2024-01-01T00:00:00"), losses.cases.start, 24)
    block = calendar_block(losses, cycles)
    assert block is not None
    assert "errs most at hour" not in text_of(block)
    assert "All forecasts begin at the same hour, 00:00" in text_of(block)


def test_without_a_calendar_there_is_no_block() -> None:
    assert calendar_block(errors_of(cases_of(np.ones((3, 2)))), ()) is None


def test_the_error_by_when_the_forecast_began() -> None:
    losses = errors_of(cases_of(np.array([[3.0], [1.0], [2.0], [2.0], [9.0]])))
    block = origins_block(losses, ["t0", "t1", "t2", "t3", "t4"], "time")
    assert block is not None
    assert "from t4 went worst (MAE 9.00), that from t1 best (1.00)" in text_of(block)
    assert origins_block(errors_of(cases_of(np.ones((4, 1)))), ["t"] * 4, "time") is None
