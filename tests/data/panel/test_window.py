"""Which windows there are, their numbering, and that none reaches into the next part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.data.panel.split import Split, split_series
from seqtune.data.panel.window import (
    WindowRange,
    Windows,
    evaluation_windows,
    training_windows,
)

Ints = npt.NDArray[np.int64]


def at(*rows: int) -> Ints:
    return np.array(rows, dtype=np.int64)


def every(windows: WindowRange) -> Windows:
    return windows.take(np.arange(windows.total))


def cuts(windows: WindowRange) -> list[int]:
    return every(windows).cut.tolist()


def test_windows_are_numbered_by_target_then_series_then_time() -> None:
    windows = WindowRange(at(5, 20, 30), at(2, 0, 1), at(9, 22, 33), targets=2)
    taken = every(windows)
    assert windows.total == 6
    assert taken.target.tolist() == [0, 0, 0, 1, 1, 1]
    assert taken.series.tolist() == [0, 0, 2, 0, 0, 2]
    assert taken.cut.tolist() == [5, 6, 30, 5, 6, 30]
    assert taken.limit.tolist() == [9, 9, 33, 9, 9, 33]


def test_windows_are_taken_in_any_order_and_repeatedly() -> None:
    windows = WindowRange(at(5, 30), at(2, 1), at(9, 33), 1)
    assert windows.take(at(2, 0, 2, 1)).cut.tolist() == [30, 5, 30, 6]


def test_some_windows_can_be_picked_from_a_list() -> None:
    listed = every(WindowRange(at(5, 30), at(2, 1), at(9, 33), 1))
    assert len(listed[1:]) == 2
    assert listed[1:].cut.tolist() == [6, 30]
    assert listed[at(2, 0)].limit.tolist() == [33, 9]


def test_training_windows_by_hand() -> None:
    # a history of 5 steps needs rows 0 to 4; a horizon of 2 before row 20 begins at 18 at most
    windows = training_windows(at(0), at(20), horizon=2, least_history=5, targets=1)
    assert cuts(windows) == list(range(5, 19))
    assert windows.limit.tolist() == [20]


@pytest.mark.parametrize(
    ("rows", "horizon", "history", "expected"),
    [
        (0, 2, 5, []),
        (1, 2, 5, []),
        (2, 2, 5, [1]),  # one step of history, one of the two steps ahead
        (3, 4, 5, [1, 2]),
        (10, 6, 8, [4, 5]),  # four steps of history; the second horizon reaches past the end
        (7, 2, 5, [5]),
        (8, 2, 5, [5, 6]),
    ],
)
def test_short_series_give_windows_with_less_history(
    rows: int, horizon: int, history: int, expected: list[int]
) -> None:
    assert cuts(training_windows(at(0), at(rows), horizon, history, 1)) == expected


def test_evaluation_windows_by_hand() -> None:
    assert cuts(evaluation_windows(at(12), at(16), horizon=2, targets=1)) == [12, 13, 14]


def test_a_part_shorter_than_the_horizon_gives_one_window() -> None:
    windows = evaluation_windows(at(12, 40), at(13, 40), horizon=2, targets=1)
    assert cuts(windows) == [12]
    assert every(windows).limit.tolist() == [13]


def random_split(seed: int) -> tuple[Split, int]:
    draw = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(draw.integers(1, 40, 12))])
    horizon = int(draw.integers(1, 7))
    validation, test = draw.integers(1, 8, 2).tolist()
    return split_series(offsets, horizon, validation, test), horizon


@pytest.mark.parametrize("part", ["train", "validation", "test"])
@pytest.mark.parametrize("seed", range(10))
def test_windows_never_straddle_a_split(seed: int, part: str) -> None:
    split, horizon = random_split(seed)
    begin, end = split.bounds(part)
    if part == "train":
        windows = training_windows(begin, end, horizon, 4, 2)
        needed = 2 * horizon  # a shorter series gives half of itself as history
    else:
        windows = evaluation_windows(begin, end, horizon, 2)
        needed = horizon
    assert windows.total
    for taken in (every(windows), windows.spread(15, (3,))):
        first, last = begin[taken.series], end[taken.series]
        # what is predicted begins inside the part and is looked at inside it alone
        assert (taken.cut >= first + (part == "train")).all()
        assert (taken.cut < last).all()
        assert (taken.limit == last).all()
        # a horizon reaches past the end only where a whole one does not fit
        assert ((taken.cut + horizon <= last) | (last - first < needed)).all()


def test_a_spread_takes_at_most_so_many_windows() -> None:
    # a stride of 10 from the last cut, 99, backwards
    windows = WindowRange(at(0), at(100), at(101), 1)
    assert windows.spread(10).cut.tolist() == list(range(9, 100, 10))


def test_the_stride_of_a_spread_meets_every_phase_of_the_season() -> None:
    # 10 shares a factor with a season of 5; 11 does not
    windows = WindowRange(at(0), at(100), at(101), 1).spread(10, (5,))
    assert windows.cut.tolist() == list(range(0, 100, 11))
    assert set((windows.cut % 5).tolist()) == {0, 1, 2, 3, 4}


def test_a_spread_over_more_series_than_wanted_leaves_series_out() -> None:
    first = 10 * np.arange(7)
    windows = WindowRange(first, np.full(7, 3), first + 9, 1).spread(3)
    assert windows.series.tolist() == [0, 3, 6]
    assert windows.cut.tolist() == [2, 32, 62]


def test_a_spread_over_several_targets_repeats_its_cuts() -> None:
    windows = WindowRange(at(5, 30), at(3, 0), at(9, 30), 2).spread(100)
    assert windows.target.tolist() == [0, 0, 0, 1, 1, 1]
    assert windows.cut.tolist() == [5, 6, 7, 5, 6, 7]
    assert windows.limit.tolist() == [9] * 6


@pytest.mark.parametrize("seed", range(20))
def test_a_spread_keeps_its_maximum_and_the_last_window_of_its_series(seed: int) -> None:
    draw = np.random.default_rng(seed)
    count = draw.integers(0, 50, 9)
    first = np.arange(9) * 100
    targets, maximum = int(draw.integers(1, 4)), int(draw.integers(3, 120))
    windows = WindowRange(first, count, first + 60, targets).spread(maximum, (4,))
    assert 0 < len(windows) <= maximum
    for series in np.unique(windows.series):
        of_series = windows.cut[windows.series == series]
        assert of_series.max() == first[series] + count[series] - 1
        assert of_series.min() >= first[series]


def test_a_spread_over_nothing_is_empty() -> None:
    assert len(WindowRange(at(0, 5), at(0, 0), at(5, 9), 1).spread(10, (4,))) == 0


UNEVEN = WindowRange(np.array([5, 0, 30]), np.array([900, 0, 100]), np.array([905, 0, 130]), 2)


@pytest.mark.parametrize(("sampling", "share"), [("windows", 0.9), ("series", 0.5), ("root", 0.75)])
def test_series_are_drawn_by_their_windows_alike_or_between(sampling: str, share: float) -> None:
    drawn = UNEVEN.draw(np.random.default_rng(0), 20_000, sampling)
    assert (drawn.series == 0).mean() == pytest.approx(share, abs=0.02)  # root: 30 to 10
    assert set(drawn.series) == {0, 2}  # the one between has no windows
    assert drawn.target.mean() == pytest.approx(0.5, abs=0.02)
    first = drawn.series == 0
    assert (drawn.cut[first].min(), drawn.cut[first].max()) == (5, 904)
    assert (drawn.cut[~first].min(), drawn.cut[~first].max()) == (30, 129)
    assert set(drawn.limit[~first]) == {130}
