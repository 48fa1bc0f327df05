"""Columns by type: what counts as a number, a date, a category, missing or a fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from seqtune.data.reading.columns import LARGEST, parse_numbers
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.data.reading.timestamps import nanoseconds
from seqtune.errors import DataError

Column = Callable[..., Source]


@pytest.fixture
def column(tmp_path: Path) -> Column:
    """Read one column `x` beside an empty-ish second one, each value quoted."""

    def _column(values: list[str], **options: Any) -> Source:
        path = tmp_path / "table.csv"
        lines = ["x,other"] + [f'"{value}",z' for value in values]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_source(path, ReadOptions(**options))

    return _column


def days(*texts: str) -> np.ndarray[Any, Any]:
    return np.array(texts, dtype="datetime64[ns]")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2"], "integer"),
        (["1.0", "NA", "3"], "integer"),
        (["20240131", "20240201"], "integer"),
        (["1.5", "2"], "number"),
        (["1e3", "-.5"], "number"),
        (["2020-01-01", "2020-01-02"], "time"),
        (["2020Q1", "2020Q2"], "time"),
        (["true", "False", ""], "boolean"),
        (["yes", "no"], "boolean"),
        (["0", "1"], "integer"),
        (["a", "b"], "text"),
        (["1", "b"], "text"),
        (["12:30", "12:45"], "text"),
        (["NA", "", "null"], "empty"),
        (["inf", "1e300"], "integer"),
    ],
)
def test_kinds(column: Column, values: list[str], kind: str) -> None:
    source = column(values)
    assert source.kind("x") == kind


def test_a_fault_in_one_of_ten_numbers_leaves_a_number_column(column: Column) -> None:
    source = column([*"123456789", "oops"])
    assert source.kind("x") == "integer"
    with pytest.raises(DataError) as caught:
        source.numbers("x")
    assert caught.value.message.endswith("table.csv:11: column 'x': 'oops' is not a number")
    assert "--set 'data.missing=[oops]'" in caught.value.hint


def test_a_late_value_decides_between_integer_and_number(column: Column) -> None:
    values = ["1"] * 30_000
    values[12_345] = "1.5"
    assert column(values).kind("x") == "number"


def test_kinds_are_found_in_a_long_column_that_is_nearly_all_missing(column: Column) -> None:
    values = [""] * 30_000
    values[12_345] = "2020-01-01"
    assert column(values).kind("x") == "time"


def test_missing_words_are_nan_among_numbers_and_stay_text_in_texts(column: Column) -> None:
    words = ["", " ", "NA", "N/A", "nan", "NaN", "null", "NULL", "None", "-", "?"]
    source = column([*words, "5"])
    np.testing.assert_array_equal(source.numbers("x"), [np.nan] * len(words) + [5.0])
    assert source.texts("x")[2:] == [*words[2:], "5"]


def test_sentinels_match_by_value_and_by_word(column: Column) -> None:
    source = column(["-999", "-999.0", "n.d.", "5", "-99"], missing=("-999", "n.d."))
    np.testing.assert_array_equal(source.numbers("x"), [np.nan, np.nan, np.nan, 5.0, -99.0])


def test_the_hint_keeps_the_sentinels_already_named(column: Column) -> None:
    source = column([*"123456789", "-999", "oops"], missing=("-999",))
    with pytest.raises(DataError) as caught:
        source.numbers("x")
    assert "data.missing=[-999, oops]" in caught.value.hint


def test_sentinels_are_missing_dates_and_categories(column: Column) -> None:
    dates = column(["2020-01-01", "never"], missing=("never",))
    assert np.isnat(dates.times("x")).tolist() == [False, True]
    np.testing.assert_array_equal(dates.codes("x")[0], [0, -1])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("inf", "is infinite"),
        ("-Infinity", "is infinite"),
        ("1e400", "is too large"),
        ("-1e101", "is too large"),
        ("12kg", "is not a number"),
        ("1_000", "is not a number"),
        ("0x10", "is not a number"),
    ],
)
def test_values_that_no_network_can_take_are_errors(column: Column, text: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason) as caught:
        column(["1", text, "2"]).numbers("x")
    assert f"table.csv:3: column 'x': '{text}'" in caught.value.message


def test_the_largest_value_is_still_taken(column: Column) -> None:
    np.testing.assert_array_equal(column(["1e100", "-1e100"]).numbers("x"), [LARGEST, -LARGEST])


def test_a_text_target_is_answered_with_the_columns_of_numbers() -> None:
    source = Source.from_frame(pd.DataFrame({"city": ["a", "b"], "v": [1, 2]}))
    with pytest.raises(DataError, match="'a' is not a number \\(2 such values\\)") as caught:
        source.numbers("city")
    assert caught.value.hint == "columns of numbers: v"


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1,234", "12,345,678"], [1234.0, 12345678.0]),
        (["1,234.5", "2"], [1234.5, 2.0]),
        (["1.234,5", "2"], [1234.5, 2.0]),
        (["1,5", "2,25"], [1.5, 2.25]),
        (["1.234.567", "5"], [1234567.0, 5.0]),
        (["1 234", "12'345", "1\u00a0000"], [1234.0, 12345.0, 1000.0]),
        ([" 5", "6 ", "\t7"], [5.0, 6.0, 7.0]),
        (["+5", "−3", "1."], [5.0, -3.0, 1.0]),
    ],
)
def test_marks_in_numbers_are_told_apart(
    column: Column, values: list[str], numbers: list[float]
) -> None:
    np.testing.assert_array_equal(column(values).numbers("x"), numbers)


def test_groups_of_thousands_and_odd_decimals_are_said(column: Column) -> None:
    source = column(["1,234", "5,678"])
    source.numbers("x")
    assert source.notes == (
        "column 'x': separators of thousands left out"
        " (--set data.decimal=, if they are decimal marks)",
    )
    np.testing.assert_array_equal(column(["1,234"], decimal=",").numbers("x"), [1.234])


def test_a_named_decimal_mark_is_the_only_one(column: Column) -> None:
    with pytest.raises(DataError, match="'1,5' is not a number as the others"):
        column(["1,5", "2.5"], decimal=".").numbers("x")
    np.testing.assert_array_equal(column(["1.234"], decimal=",").numbers("x"), [1234.0])


def test_points_in_a_file_of_decimal_commas_are_judged_by_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b;c;d;e;f\n1,25;0.125;1.234;1,5;1,5;1,5\n2,75;0.250;2.345;1,5;1,5;1,5\n")
    source = read_source(path)
    np.testing.assert_array_equal(source.numbers("a"), [1.25, 2.75])
    np.testing.assert_array_equal(source.numbers("b"), [0.125, 0.25])
    np.testing.assert_array_equal(source.numbers("c"), [1234.0, 2345.0])
    assert len([note for note in source.notes if "column 'c'" in note]) == 1


def test_faults_are_counted_over_chunks_and_the_first_is_kept() -> None:
    parsed = parse_numbers(pa.chunked_array([["1", "x"], ["inf", "y"]]))
    assert (parsed.faults, parsed.first_fault, parsed.excessive) == (3, 1, 1)
    np.testing.assert_array_equal(parsed.values, [1.0, np.nan, np.nan, np.nan])


def test_booleans_are_one_and_zero(column: Column) -> None:
    np.testing.assert_array_equal(
        column(["Yes", "no", "", "YES"]).numbers("x"), [1.0, 0.0, np.nan, 1.0]
    )


DAY = "2020-12-31"
TIME_CASES = [
    (["2020-12-31"], [DAY]),
    (["2020-12-31 13:45", "2020-12-31"], [f"{DAY}T13:45", DAY]),
    (["2020-12-31T13:45:10.25"], [f"{DAY}T13:45:10.25"]),
    (["2020-12-31T13:45:10Z"], [f"{DAY}T13:45:10"]),
    (["2020-12-31 13:45 +0100", "2020-12-31 13:45 UTC"], [f"{DAY}T12:45", f"{DAY}T13:45"]),
    (["2020-2-1", "2020-12-31"], ["2020-02-01", DAY]),
    (["2020/12/31 01:00"], [f"{DAY}T01:00"]),
    (["2020.12.31", "2020.01.01"], [DAY, "2020-01-01"]),
    (["31.12.2020 13:45", "31.12.2020"], [f"{DAY}T13:45", DAY]),
    (["01.02.2020", "02.02.2020"], ["2020-02-01", "2020-02-02"]),
    (["31.12.20", "01.01.21"], [DAY, "2021-01-01"]),
    (["12/31/2020", "01/02/2021"], [DAY, "2021-01-02"]),
    (["31/12/2020", "01/02/2021"], [DAY, "2021-02-01"]),
    (["12/31/2020 1:05 PM", "12/31/2020 11:05:30 AM"], [f"{DAY}T13:05", f"{DAY}T11:05:30"]),
    (["31-12-2020"], [DAY]),
    (["2020-01", "2020-02"], ["2020-01-01", "2020-02-01"]),
    (["01/2020", "02/2020"], ["2020-01-01", "2020-02-01"]),
    (["2020Q1", "2020-Q4"], ["2020-01-01", "2020-10-01"]),
    (["Q1 2020", "Q2 2020"], ["2020-01-01", "2020-04-01"]),
    (["2020-W01", "2020-W53"], ["2019-12-30", "2020-12-28"]),
    (["2020M02"], ["2020-02-01"]),
    (["Dec 31, 2020", "March 1, 2021"], [DAY, "2021-03-01"]),
    (["31 December 2020", "1 Jan 2021"], [DAY, "2021-01-01"]),
    (["31-Dec-2020", "01-Jan-2021"], [DAY, "2021-01-01"]),
    (["Jan 2020", "February 2020"], ["2020-01-01", "2020-02-01"]),
    (["Jan-20", "Feb-20"], ["2020-01-01", "2020-02-01"]),
    (["2020-12-31", "NA", ""], [DAY, "NaT", "NaT"]),
    (["31.12.2020", "NA", " "], [DAY, "NaT", "NaT"]),
]


@pytest.mark.parametrize(("values", "expected"), TIME_CASES, ids=lambda value: value[0])
def test_dates_in_many_forms(column: Column, values: list[str], expected: list[str]) -> None:
    source = column(values)
    assert source.kind("x") == "time"
    np.testing.assert_array_equal(source.times("x"), days(*expected))


def test_offsets_around_daylight_saving_become_utc_and_are_said(column: Column) -> None:
    source = column(["2020-03-29T01:00:00+01:00", "2020-03-29T03:00:00+02:00"])
    times = source.times("x")
    np.testing.assert_array_equal(times, days("2020-03-29T00:00", "2020-03-29T01:00"))
    assert source.notes == ("column 'x': times carry an offset from UTC: converted to UTC",)


def test_even_spacing_settles_the_order_of_day_and_month(column: Column) -> None:
    monthly = [f"01/{month:02d}/{year}" for year in (2019, 2020) for month in range(1, 13)]
    source = column(monthly)
    assert source.times("x")[1] == np.datetime64("2019-02-01")
    assert "day first assumed" in source.notes[0]
    american = [f"{month:02d}/01/{year}" for year in (2019, 2020) for month in range(1, 13)]
    assert column(american).times("x")[1] == np.datetime64("2019-02-01")


def test_an_open_order_is_noted_and_can_be_named(column: Column) -> None:
    source = column(["01/02/2020", "01/03/2020"])
    assert source.times("x")[0] == np.datetime64("2020-01-02")
    assert "month first assumed" in source.notes[0]
    assert "--set data.dates=day_first" in source.notes[0]
    named = column(["01/02/2020", "01/03/2020"], dates="day_first")
    assert named.times("x")[0] == np.datetime64("2020-02-01")
    assert named.notes == ()


def test_a_named_form_reads_integers_as_dates(column: Column) -> None:
    source = column(["20240131", "20240201"], dates="%Y%m%d")
    assert source.kind("x") == "time"
    np.testing.assert_array_equal(source.times("x"), days("2024-01-31", "2024-02-01"))


@pytest.mark.parametrize(
    "values",
    [["2020-01-01", "2020-13-01"], ["01.01.2020", "32.01.2020"], ["2020-01-01", "9999-12-31"]],
)
def test_a_date_that_is_none_is_placed(column: Column, values: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        column(values).times("x")
    assert f"table.csv:3: column 'x': '{values[1]}' is not a date" in caught.value.message
    assert "data.dates" in caught.value.hint


def test_years_that_nanoseconds_cannot_hold_are_none() -> None:
    times = np.array(["9999-12-31", "2020-01-01", "1600-01-01"], dtype="datetime64[us]")
    np.testing.assert_array_equal(nanoseconds(times), days("NaT", "2020-01-01", "NaT"))


def test_distinct_dates_are_parsed_in_pieces(
    column: Column, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqtune.data.reading.timestamps.PIECE", 2)
    values = [f"{day}.12.2020" for day in (5, 1, 4, 3, 2)]
    expected = days(*(f"2020-12-{day:02d}" for day in (5, 1, 4, 3, 2)))
    np.testing.assert_array_equal(column(values).times("x"), expected)


def test_categories_are_numbered_as_they_appear(column: Column) -> None:
    codes, labels = column(["b", "a ", "", "NA", "a", "b"]).codes("x")
    assert labels == ["b", "a", "NA"]
    np.testing.assert_array_equal(codes, [0, 1, -1, 2, 1, 0])
    assert codes.dtype == np.int32


def test_categories_agree_over_the_chunks_of_a_large_file(column: Column) -> None:
    values = [f"s{number // 1000:04d}" for number in range(600_000)]
    source = column(values)
    codes, labels = source.codes("x")
    np.testing.assert_array_equal(codes, np.arange(600_000) // 1000)
    assert labels == [f"s{number:04d}" for number in range(600)]
    assert source.line(599_999) == 600_001


def test_dates_agree_over_the_chunks_of_a_large_file(column: Column) -> None:
    values = [f"{1 + number // 50_000:02d}.05.2020 00:00:00" for number in range(600_000)]
    expected = np.datetime64("2020-05-01") + np.arange(600_000) // 50_000
    np.testing.assert_array_equal(column(values).times("x"), expected.astype("datetime64[ns]"))


def test_a_missing_column_gets_the_nearest_name(column: Column) -> None:
    source = column(["1"])
    with pytest.raises(DataError, match="no column 'othr'; did you mean 'other'\\?") as caught:
        source.require("othr", "--target")
    assert caught.value.hint == "--target other"
    source.require("other")
    with pytest.raises(DataError, match="no column"):
        source.numbers("y")


def test_a_frame_keeps_index_types_and_missing_values() -> None:
    frame = pd.DataFrame(
        {
            "v": [1.0, None, 3.0],
            "shop": pd.Categorical(["b", "a", "b"]),
            "mixed": [1, "x", None],
            "whole": [1.0, 2.0, None],
        },
        index=pd.date_range("2020-01-01", periods=3, tz="Europe/Berlin"),
    )
    source = Source.from_frame(frame, "sales")
    assert source.names == ("time", "v", "shop", "mixed", "whole")
    assert source.times("time")[0] == np.datetime64("2019-12-31T23:00")
    assert source.codes("shop")[1] == ["b", "a"]
    assert source.codes("mixed")[0].tolist() == [0, 1, -1]
    assert source.codes("whole")[1] == ["1", "2"]
    assert "zone Europe/Berlin" in source.notes[0]
    assert source.where(0) == "sales: row 1"


def test_a_plain_index_is_no_column_and_a_named_or_double_one_is() -> None:
    frame = pd.DataFrame({"v": [1, 2]})
    assert Source.from_frame(frame).names == ("v",)
    assert Source.from_frame(frame.rename_axis("step")).names == ("step", "v")
    double = pd.MultiIndex.from_tuples([("a", 1), ("b", 1)])
    assert Source.from_frame(frame.set_index(double)).names == ("time", "level_1", "v")


def test_periods_are_times() -> None:
    frame = pd.DataFrame({"v": [1, 2]}, index=pd.period_range("2020-01", periods=2, freq="M"))
    source = Source.from_frame(frame)
    np.testing.assert_array_equal(source.times("time"), days("2020-01-01", "2020-02-01"))


def test_frames_without_rows_are_refused_and_equal_names_numbered() -> None:
    with pytest.raises(DataError, match="0 rows"):
        Source.from_frame(pd.DataFrame({"v": []}))
    assert Source.from_frame(pd.DataFrame([[1, 2]], columns=["v", "v"])).names == ("v", "v_2")


def test_options_hold_for_a_frame_too() -> None:
    frame = pd.DataFrame({"v": [1, -999], "w": ["1,5", "-999"]})
    source = Source.from_frame(frame, options=ReadOptions(missing=("-999",), decimal=","))
    np.testing.assert_array_equal(source.numbers("v"), [1.0, np.nan])
    np.testing.assert_array_equal(source.numbers("w"), [1.5, np.nan])


def test_infinite_values_in_a_frame_are_placed() -> None:
    source = Source.from_frame(pd.DataFrame({"v": [1.0, np.inf]}))
    with pytest.raises(DataError, match="data: row 2: column 'v': 'inf' is infinite"):
        source.numbers("v")


def test_equal_frames_have_equal_fingerprints() -> None:
    one, two = pd.DataFrame({"v": [1, 2]}), pd.DataFrame({"v": [1, 3]})
    assert Source.from_frame(one).fingerprint() == Source.from_frame(one.copy()).fingerprint()
    assert Source.from_frame(one).fingerprint() != Source.from_frame(two).fingerprint()


def test_times_of_numbers_and_numbers_of_times_are_refused() -> None:
    source = Source.from_frame(pd.DataFrame({"t": pd.date_range("2020", periods=2), "v": [1, 2]}))
    with pytest.raises(DataError, match="row 1: column 'v': '1' is not a date"):
        source.times("v")
    with pytest.raises(DataError, match="row 1: column 't': '2020-01-01 00:00:00' is not a num"):
        source.numbers("t")


def test_the_rows_as_a_frame_share_the_memory_of_the_text(column: Column) -> None:
    source = column(["1.50", "", "NA"])
    frame = source.frame()
    assert frame["x"].tolist() == ["1.50", "", "NA"]
    assert frame["x"].dtype == pd.ArrowDtype(pa.string())
    assert Source.from_frame(frame).numbers("x")[0] == 1.5
    typed = Source.from_frame(pd.DataFrame({"x": [1.5], "n": [2]})).frame()
    assert typed.dtypes.astype(str).tolist() == ["float64", "int64"]


def test_labels_that_are_whole_numbers_written_as_reals_lose_their_point(column: Column) -> None:
    codes, labels = column(["1.0000000e+00", "2.0", "1.0"]).codes("x")
    assert labels == ["1", "2"] and codes.tolist() == [0, 1, 0]
    assert column(["1.0", "2.5"]).codes("x")[1] == ["1.0", "2.5"]
    assert column(["1.0", "a"]).codes("x")[1] == ["1.0", "a"]


@pytest.mark.parametrize(
    ("values", "numbers", "said"),
    [
        (["512,33-", "1.217,50", "3,5"], [-512.33, 1217.5, 3.5], "a minus behind the number"),
        (["(40.25)", "12", "3"], [-40.25, 12, 3], "brackets for negative numbers"),
        (["$1,200.50", "-$5", "$3"], [1200.5, -5, 3], "currency"),
        (["3,50 €", "€ 1.200,00", "2 €"], [3.5, 1200, 2], "currency"),
        (["51.38K", "1.2M", "300"], [51380, 1.2e6, 300], "K, M and B"),
        (["12 %", "13.5%", "7 %"], [12, 13.5, 7], "the unit '%'"),
        (["20 °C", "21.5 °C", "-3 °C"], [20, 21.5, -3], "the unit '°C'"),
        (["12,34,567", "1,23,456", "5"], [1234567, 123456, 5], ""),
        (["1'200.5", "7", "3"], [1200.5, 7, 3], "separators of thousands"),
    ],
)
def test_numbers_in_a_dress(
    column: Column, values: list[str], numbers: list[float], said: str
) -> None:
    source = column(values)
    np.testing.assert_allclose(source.numbers("x"), numbers)
    assert source.kind("x") in ("number", "integer")
    assert said in "".join(source.notes)


@pytest.mark.parametrize("values", [["12A", "7B"], ["1st", "2nd"], ["5 am", "6 am"], ["3 x", "y"]])
def test_codes_are_no_numbers(column: Column, values: list[str]) -> None:
    assert column(values * 3).kind("x") == "text"


def test_usual_words_for_missing_are_taken_and_counted(column: Column) -> None:
    source = column(["1", "2", "***", "unavailable", "***", "N.A.", *"3456789" * 3])
    assert int(np.isnan(source.numbers("x")).sum()) == 4
    assert "column 'x': taken as missing: '***' (2), 'unavailable' (1), 'N.A.' (1)" in source.notes


def test_unusual_words_are_named_together(column: Column) -> None:
    source = column([*"1234567890" * 5, "closed", "oops", "closed"])
    with pytest.raises(DataError) as caught:
        source.numbers("x")
    assert "'closed' is not a number; so are 'oops'" in caught.value.message
    assert "(3 such values)" in caught.value.message
    assert caught.value.hint == (
        "correct the value, or --set 'data.missing=[closed, oops]' to take them as missing"
    )
