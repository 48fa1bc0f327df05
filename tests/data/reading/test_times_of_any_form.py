"""Times in several columns, as numbers, by quarters and by words of many languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.joined_time import join_time
from seqtune.data.reading.roles import find_series, find_time
from seqtune.data.reading.row_times import read_times
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption


def source(**columns: Sequence[Any]) -> Source:
    frame = pd.DataFrame(
        {name.replace("__", " "): list(map(str, v)) for name, v in columns.items()}
    )
    return Source.from_frame(frame)


def guessed(table: Source) -> tuple[str | None, list[str]]:
    heard: list[Any] = []
    time = find_time(table, "auto", set(), heard.append)
    return time, [each.why for each in heard if isinstance(each, Assumption)]


def times(table: Source) -> list[str]:
    name, _ = guessed(table)
    assert name is not None
    return [str(each)[:19] for each in read_times(table, name)[0]]


VALUES = [3.5, 1.25, 2.5, 9.75]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"Date": ["30/03/2004"] * 2 + ["31/03/2004"] * 2, "Time": ["18.00.00", "19.00.00"] * 2},
            ["2004-03-30T18:00:00", "2004-03-30T19:00:00"],
        ),
        (
            {"day": ["2024-01-30"] * 2 + ["2024-01-31"] * 2, "time": ["6:30 PM", "7:30 pm"] * 2},
            ["2024-01-30T18:30:00", "2024-01-30T19:30:00"],
        ),
        (
            {"date": ["2024-01-30"] * 2 + ["2024-01-31"] * 2, "hour": [1, 24] * 2},
            ["2024-01-30T00:00:00", "2024-01-30T23:00:00"],
        ),
        (
            {"date": ["2024-01-30"] * 2 + ["2024-01-31"] * 2, "hour": [0, 23] * 2},
            ["2024-01-30T00:00:00", "2024-01-30T23:00:00"],
        ),
        ({"year": [2023, 2023, 2024, 2024], "month": [11, 12, 1, 2]}, ["2023-11-01", "2023-12-01"]),
        (
            {"Jahr": [2023, 2023, 2024, 2024], "Monat": ["Nov", "Dez", "Jan", "März"]},
            ["2023-11-01", "2023-12-01"],
        ),
        ({"year": [2023] * 4, "quarter": [1, 2, 3, 4]}, ["2023-01-01", "2023-04-01"]),
        ({"year": [2020] * 4, "week": [1, 2, 3, 53]}, ["2019-12-30", "2020-01-06"]),
        ({"year": [2024] * 4, "doy": [1, 60, 61, 366]}, ["2024-01-01", "2024-02-29"]),
        (
            {
                "yr": [2024] * 4,
                "mo": [2] * 4,
                "dy": [0] * 4,
                "day": [28, 29, 28, 29],
                "hr": [5, 5, 6, 6],
            },
            ["2024-02-28T05:00:00", "2024-02-29T05:00:00"],
        ),
    ],
)
def test_columns_that_make_the_time_together(
    columns: dict[str, Sequence[Any]], expected: list[str]
) -> None:
    table = source(**columns, load=VALUES)
    found = times(table)[:2]
    assert [each[: len(want)] for each, want in zip(found, expected, strict=True)] == expected
    assert not {*columns} & {*table.names} - {"dy"}
    assert "joined" in guessed(source(**columns, load=VALUES))[1][0]


def test_a_joined_column_stands_for_its_parts_and_the_rows_keep_them() -> None:
    table = source(date=["2024-01-30"] * 4, clock=["1:00", "2:00", "3:00", "4:00"], y=VALUES)
    name = join_time(table, ["date", "clock"])
    assert name == "date clock" and table.columns_of(name) == ["date", "clock"]
    assert join_time(table, ("date", "clock")) == name
    assert table.names == ("date clock", "y")
    assert list(table.frame().columns) == ["date", "clock", "y"]
    assert table.columns_of("y") == "y" and table.columns_of(None) is None


def test_half_hours_follow_the_clock_on_the_wall_where_it_changes() -> None:
    counts = {"2024-03-30": 48, "2024-03-31": 46, "2024-10-26": 48, "2024-10-27": 50}
    rows = [(day, n) for day, count in counts.items() for n in range(1, count + 1)]
    table = source(day=[d for d, _ in rows], PERIOD=[n for _, n in rows], y=range(len(rows)))
    found = pd.Series(pd.to_datetime(times(table)))
    assert found[0] == pd.Timestamp("2024-03-30 00:00") and found[47].hour == 23
    spring, autumn = found[48:94], found[142:]
    assert spring.is_unique and spring.iloc[-1] == pd.Timestamp("2024-03-31 23:30")
    assert autumn.iloc[-1] == pd.Timestamp("2024-10-27 23:30") and autumn.nunique() == 48


def test_a_clock_that_says_nothing_new_is_not_joined() -> None:
    assert guessed(source(date=["2024-01-30 05:00", "2024-01-30 06:00"], time=["5:00", "6:00"]))[
        0
    ] == ("date")


def test_a_part_that_is_no_time_is_placed() -> None:
    table = source(date=["2024-01-30"] * 3, clock=["1:00", "2:00", "soon"])
    with pytest.raises(DataError, match="no part of a time"):
        join_time(table, ["date", "clock"])
    table = source(date=["2024-01-30"] * 20, clock=[*(f"{n}:00" for n in range(19)), "soon"])
    with pytest.raises(DataError, match=r"row 20: .*'soon', which is no time"):
        join_time(table, ["date", "clock"])


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1_700_000_000, 1_700_003_600], ["2023-11-14T22:13:20", "2023-11-14T23:13:20"]),
        (["1700000000.25", "1700000000.75"], ["2023-11-14T22:13:20", "2023-11-14T22:13:20"]),
        ([1_700_000_000_000, 1_700_000_060_000], ["2023-11-14T22:13:20", "2023-11-14T22:14:20"]),
        ([1_700_000_000_000_000, 1_700_000_060_000_000], ["2023-11-14T22:13:20"] * 1),
        ([2024013118, 2024013119], ["2024-01-31T18:00:00", "2024-01-31T19:00:00"]),
        ([20240131183000, 20240131183001], ["2024-01-31T18:30:00", "2024-01-31T18:30:01"]),
    ],
)
def test_numbers_that_are_times(numbers: list[Any], expected: list[str]) -> None:
    assert times(source(timestamp=numbers, y=[1, 2]))[: len(expected)] == expected


def test_nanoseconds_keep_all_their_digits() -> None:
    whole = [1_700_000_000_000_000_001, 1_700_000_000_000_000_003]
    found, (note,) = read_times(source(ts=whole, y=[1, 2]), "ts")
    assert found.astype(np.int64).tolist() == whole
    assert "nanoseconds since 1970" in note


def test_days_of_a_spreadsheet_where_the_name_says_date() -> None:
    assert times(source(Datum=["45322", "45323"], y=[1, 2]))[0] == "2024-01-31T00:00:00"
    assert guessed(source(count=["45322", "45323"], y=[1, 2]))[0] is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2013 Q1", "2013 Q2"], ["2013-01-01", "2013-04-01"]),
        (["Q1/2013", "Q2/2013"], ["2013-01-01", "2013-04-01"]),
        (["1st quarter 2013", "2nd quarter 2013"], ["2013-01-01", "2013-04-01"]),
        (["3. Quartal 2013", "4. Quartal 2013"], ["2013-07-01", "2013-10-01"]),
        (["2013-T1", "2013-T2"], ["2013-01-01", "2013-04-01"]),
        (["3. März 2021", "4. März 2021"], ["2021-03-03", "2021-03-04"]),
        (["15 août 2020", "16 août 2020"], ["2020-08-15", "2020-08-16"]),
        (["ene 2020", "feb 2020"], ["2020-01-01", "2020-02-01"]),
        (["15-Dic-2020", "16-Dic-2020"], ["2020-12-15", "2020-12-16"]),
        (["2020 W05", "2020 W06"], ["2020-01-27", "2020-02-03"]),
    ],
)
def test_quarters_and_months_by_word(texts: list[str], expected: list[str]) -> None:
    assert [each[:10] for each in times(source(when=texts, y=[1, 2]))] == expected


def test_fiscal_years_are_refused_with_the_reason() -> None:
    table = source(year=["2009/10", "2010/11", "2011/12"], y=[1, 2, 3])
    with pytest.raises(DataError, match="fiscal years such as '2009/10'") as fault:
        guessed(table)
    assert "such as 2009" in fault.value.hint


def test_a_date_that_never_changes_is_no_time() -> None:
    start = ["2024-01-01"] * 4
    days = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"]
    assert guessed(source(_start=start, _time=days, _stop=start, y=VALUES))[0] == "_time"


@pytest.mark.parametrize("first", [2**53 + 1, 2**62, -(2**62)])
def test_steps_beyond_the_digits_of_a_float_are_steps(first: int) -> None:
    numbers = [first, first + 1, first + 2, first + 4]
    table = source(step=numbers, y=VALUES)
    assert table.kind("step") == "integer"
    assert guessed(table) == ("step", ["counts steps"])
    assert read_times(table, "step")[0].tolist() == numbers


def test_times_beyond_64_bits_are_refused() -> None:
    table = source(step=[1, 2, 2**63, 4], y=VALUES)
    with pytest.raises(DataError, match=r"row 3.*9\.22337e\+18.*below 2\*\*63"):
        read_times(table, "step")


def test_series_that_repeat_large_steps_are_told_apart() -> None:
    table = source(shop=["a", "b"] * 3, step=[2**53 + 1 + n // 2 for n in range(6)], y=range(6))
    assert find_series(table, "auto", "step", ["shop", "y"], lambda _: None) == "shop"
