"""Where values and times stand on an axis, worked by hand."""

from __future__ import annotations

import pytest

from seqtune.pages.svg.scale import Scale
from seqtune.pages.svg.thin import extreme_places, runs, thinned
from seqtune.pages.svg.time_axis import time_ticks


def test_a_value_stands_where_its_share_says() -> None:
    scale = Scale(0.0, 10.0, 200.0, 100.0)
    assert [scale.at(value) for value in (0.0, 2.5, 10.0, None)] == [200.0, 175.0, 100.0, None]


def test_a_logarithmic_axis_has_equal_ratios_at_equal_lengths() -> None:
    scale = Scale(1.0, 100.0, 0.0, 100.0, is_logarithmic=True)
    assert scale.at(10.0) == pytest.approx(50.0)
    assert scale.at(0.0) is None and scale.at(-1.0) is None
    assert [text for _, text in scale.ticks(3)] == ["1", "10", "100"]


def test_values_have_room_and_bars_stand_on_zero() -> None:
    scale = Scale.around([1.0, 2.0, None], 0.0, 1.0, room=0.1)
    assert (scale.low, scale.high) == pytest.approx((0.9, 2.1))
    bars = Scale.around([1.0, 2.0], 0.0, 1.0, anchor=0.0, room=0.1)
    assert (bars.low, bars.high) == pytest.approx((0.0, 2.2))


@pytest.mark.parametrize("values", [[], [None], [5.0], [0.0], [1e300, -1e300], [1e-300]])
@pytest.mark.parametrize("is_logarithmic", [False, True])
def test_an_axis_is_made_of_whatever_there_is(values, is_logarithmic) -> None:
    scale = Scale.around(values, 0.0, 100.0, is_logarithmic=is_logarithmic)
    assert scale.low < scale.high
    assert scale.ticks(4)
    for value, _ in scale.ticks(4):
        assert scale.at(value) is not None


def test_negative_values_have_a_minus_and_zero_none() -> None:
    assert [text for _, text in Scale(-2.0, 2.0, 0, 1).ticks(4)] == ["−2", "0", "2"]


@pytest.mark.parametrize(
    ("places", "count", "labels"),
    [
        (tuple(f"{year}-{m:02}" for year in (1949, 1950, 1951) for m in range(1, 13)), 3,
         [(0, "1949"), (12, "1950"), (24, "1951")]),
        (tuple(f"2024-01-01 {hour:02}:00:00" for hour in range(24)), 4,
         [(0, "1 Jan 2024"), (6, "06:00"), (12, "12:00"), (18, "18:00")]),
        (("red", "green", "blue", "white"), 2, [(0, "red"), (2, "blue")]),
        (("1998", "1999", "2000", "2001"), 1, [(2, "2000")]),
        ((), 4, []),
        (("2024-01-01",), 4, [(0, "2024-01-01")]),
    ],
)  # fmt: skip
def test_few_and_round_times_are_written(places, count, labels) -> None:
    found = time_ticks(places, count)
    assert len(found) <= count
    assert found == labels


def test_a_label_says_the_year_where_no_other_does() -> None:
    found = time_ticks(tuple(f"2024-03-{day:02}" for day in range(1, 11)), 5)
    assert found[0][1].endswith(" 2024") and not found[1][1].endswith("2024")


def test_times_that_are_missing_leave_the_label_at_the_next_one() -> None:
    assert time_ticks(("1999-06-01", "1999-12-01", "2000-03-01", "2000-06-01"), 1) == [(2, "2000")]


def test_a_line_breaks_where_a_value_is_missing() -> None:
    assert runs([None, (0.0, 1.0), None, None, (1.0, 2.0)]) == [[(0.0, 1.0)], [(1.0, 2.0)]]


def test_no_peak_is_lost_where_a_line_is_thinned() -> None:
    run = [(n / 100, float(n % 7)) for n in range(10_000)]
    run[5_050] = (50.5, 99.0)
    kept = thinned(run)
    assert len(kept) <= 2 * 101 + 2
    assert (50.5, 99.0) in kept and kept[0] == run[0] and kept[-1] == run[-1]
    assert kept == sorted(kept)


def test_a_short_line_is_kept_whole() -> None:
    run = [(float(n), 0.0) for n in range(50)]
    assert thinned(run) == run


def test_the_places_that_are_read_hold_both_extremes() -> None:
    values: list[float | None] = [0.0] * 5_000
    values[1_234], values[4_321], values[10] = 7.0, -7.0, None
    kept = extreme_places(values, 200)
    assert len(kept) <= 210 and {1_234, 4_321} <= set(kept) and 10 not in kept
