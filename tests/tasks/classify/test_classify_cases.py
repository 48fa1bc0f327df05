"""The cases of a table: texts as they are, series with their gaps filled, labels as written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError
from seqtune.tasks.classify.cases import Cases, read_cases
from seqtune.tasks.classify.roles import Roles

TEXT = Roles("text", "label", "text")
WIDE = Roles("series", "label", channels=("a", "b", "c", "d"))
LONG = Roles("series", "label", "", "case", "step", ("x", "y"))
NAN = float("nan")


def read(roles: Roles, columns: dict[str, Any], *, with_labels: bool = True) -> Cases:
    source = Source.from_frame(pd.DataFrame(columns))
    return read_cases(source, roles, with_labels=with_labels)


def series_of(cases: Cases) -> list[Any]:
    assert cases.series is not None
    return [case.tolist() for case in cases.series.select(np.arange(len(cases)))]


def csv(folder: Path, text: str) -> Source:
    path = folder / "x.csv"
    path.write_text(text, encoding="utf-8")
    return read_source(path)


# texts


def test_texts_are_taken_as_they_are(tmp_path: Path) -> None:
    source = csv(tmp_path, 'text,label\n null ,a\nNA,a\nnan,b\n"x, ""y""",b\n🙂 ж,NA\n')
    cases = read_cases(source, TEXT, with_labels=True)
    assert [text.strip() for text in cases.texts] == ["null", "NA", "nan", 'x, "y"', "🙂 ж"]
    assert cases.labels == ["a", "a", "b", "b", "NA"]
    assert cases.rows.tolist() == [0, 1, 2, 3, 4]
    assert (cases.series, cases.groups, cases.notes) == (None, None, ())
    assert len(cases) == 5


def test_empty_texts_are_counted_and_kept() -> None:
    cases = read(TEXT, {"text": ["a", None, " ", "b"], "label": list("xyxy")})
    assert cases.texts == ["a", "", " ", "b"]
    assert cases.notes == ("2 texts are empty",)


def test_a_text_column_that_is_empty_throughout() -> None:
    for texts in ([None, None], ["", " "]):
        with pytest.raises(DataError, match="column 'text' has no values") as fault:
            read(TEXT, {"text": texts, "label": ["x", "y"]})
        assert fault.value.hint == "name another column: --text COLUMN"


def test_labels_are_text_without_spaces_around() -> None:
    cases = read(TEXT, {"text": list("abc"), "label": [" x", "x ", None]})
    assert cases.labels == ["x", "x", ""]
    assert read(TEXT, {"text": list("abc"), "label": [1.0, 10.0, NAN]}).labels == ["1", "10", ""]


def test_without_labels_their_column_need_not_be_there() -> None:
    cases = read(TEXT, {"text": list("abc")}, with_labels=False)
    assert (cases.labels, cases.groups) == ((), None)


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    roles = Roles("text", "label", "text", group="who")
    who = ["u", None, "v", "u", None]
    cases = read(roles, {"text": list("abcde"), "label": list("xyxyx"), "who": who})
    assert cases.groups is not None
    groups = cases.groups.tolist()
    assert groups[0] == groups[3]
    assert len(set(groups)) == 4


# a row per case


def test_blanks_at_the_end_make_a_case_shorter() -> None:
    cases = read(
        WIDE, {"a": [1, 5], "b": [2, 6], "c": [3, NAN], "d": [4, NAN], "label": ["x", "y"]}
    )
    assert series_of(cases) == [[[1], [2], [3], [4]], [[5], [6]]]
    assert cases.series is not None and cases.series.values.dtype == np.float64
    assert cases.notes == ()


def test_blanks_in_the_middle_are_interpolated() -> None:
    cases = read(
        WIDE, {"a": [1.0, NAN], "b": [NAN, 6], "c": [NAN, NAN], "d": [4, NAN], "label": ["x", "y"]}
    )
    assert series_of(cases) == [[[1], [2], [3], [4]], [[6], [6]]]
    assert cases.notes == ("3 missing values were interpolated within their case",)


def test_a_case_without_any_value_is_one_missing_step() -> None:
    blank = {name: [1.0, NAN] for name in "abcd"}
    cases = read(WIDE, {**blank, "label": ["x", "y"]})
    assert series_of(cases)[0] == [[1]] * 4
    np.testing.assert_array_equal(series_of(cases)[1], [[NAN]])
    assert cases.notes == ("1 cases have no value at all",)


def test_numbers_beyond_single_precision_stay_as_they_are() -> None:
    table = {"a": [1e50], "b": [-1e50], "c": [1e37], "d": [0.0], "label": ["x"]}
    cases = read(WIDE, table)
    assert cases.series is not None
    np.testing.assert_array_equal(cases.series.values, [[1e50], [-1e50], [1e37], [0]])
    assert cases.notes == ()


def test_a_cell_that_is_no_number_is_named(tmp_path: Path) -> None:
    lines = [f"{row},{row},{row},{row},x" for row in range(30)]
    source = csv(tmp_path, "\n".join(["a,b,c,d,label", *lines, "1,oops,3,4,y", ""]))
    with pytest.raises(DataError, match=r"x\.csv:32: column 'b': 'oops'"):
        read_cases(source, WIDE, with_labels=True)


# a row per step

ROWS: dict[str, Any] = {
    "case": ["u", "u", "u", "v", "v"],
    "step": [0, 1, 2, 0, 1],
    "x": [1.0, 2, 3, 7, 8],
    "y": [4.0, 5, 6, 9, 10],
    "label": ["p", "p", "p", "q", "q"],
}


def test_cases_of_different_lengths_with_their_channels() -> None:
    cases = read(LONG, ROWS)
    assert cases.names == ["u", "v"]
    assert cases.labels == ["p", "q"]
    assert cases.rows.tolist() == [0, 3]
    assert series_of(cases) == [[[1, 4], [2, 5], [3, 6]], [[7, 9], [8, 10]]]


def test_the_order_of_the_rows_does_not_matter() -> None:
    shuffled = {name: [values[row] for row in (4, 2, 0, 3, 1)] for name, values in ROWS.items()}
    cases = read(LONG, shuffled)
    assert cases.names == ["v", "u"]
    assert cases.labels == ["q", "p"]
    assert cases.rows.tolist() == [0, 1]
    assert series_of(cases) == [[[7, 9], [8, 10]], [[1, 4], [2, 5], [3, 6]]]


def test_steps_are_ordered_as_numbers_or_dates() -> None:
    for steps in ([10, 9, 11, 1, 2], [-1.5, -2.5, 0.0, 1, 2]):
        assert series_of(read(LONG, {**ROWS, "step": steps}))[0] == [[2, 5], [1, 4], [3, 6]]
    days = pd.to_datetime(["2024-02-01", "2023-11-01", "2024-10-01", "2024-01-01", "2024-01-02"])
    assert series_of(read(LONG, {**ROWS, "step": days}))[0] == [[2, 5], [1, 4], [3, 6]]


def test_without_steps_the_rows_are_in_order() -> None:
    roles = Roles("series", "label", "", "case", None, ("x",))
    mixed = {"case": list("uvuvu"), "x": [1.0, 2, 3, 4, 5], "label": list("pqpqp")}
    assert series_of(read(roles, mixed)) == [[[1], [3], [5]], [[2], [4]]]


def test_gaps_are_filled_within_a_case_and_a_channel() -> None:
    x, y = [NAN, 2, NAN, 7, NAN], [4.0, NAN, 8, NAN, NAN]
    cases = read(LONG, {**ROWS, "x": x, "y": y})
    first, second = series_of(cases)
    assert first == [[2, 4], [2, 6], [2, 8]]
    np.testing.assert_array_equal(second, [[7, NAN], [7, NAN]])  # no y: the training mean later
    assert cases.notes == ("6 missing values were interpolated within their case",)


def test_rows_without_a_step_come_last_and_are_counted() -> None:
    cases = read(LONG, {**ROWS, "step": [NAN, 1, 2, 0, 1]})
    assert series_of(cases)[0] == [[2, 5], [3, 6], [1, 4]]
    assert cases.notes == ("1 rows have no step: they are placed at the end of their case",)
    days = pd.to_datetime(["2024-02-01", "NaT", "2024-01-01", "2024-01-01", "2024-01-02"])
    cases = read(LONG, {**ROWS, "step": days})
    assert series_of(cases)[0] == [[3, 6], [1, 4], [2, 5]]
    assert cases.notes == ("1 rows have no step: they are placed at the end of their case",)


def test_series_without_any_value() -> None:
    blank = [NAN, NAN, NAN, NAN, NAN]
    with pytest.raises(DataError, match="data: no value in x, y, expected numbers") as fault:
        read(LONG, {**ROWS, "x": blank, "y": blank})
    assert "--past" in fault.value.hint
    with pytest.raises(DataError, match="no value in a, b, c, d"):
        read(WIDE, {**{name: [NAN, NAN] for name in "abcd"}, "label": ["x", "y"]})


def test_a_case_without_a_name_is_refused(tmp_path: Path) -> None:
    source = csv(tmp_path, "case,step,x,y,label\nu,0,1,1,p\n,1,1,1,p\n")
    with pytest.raises(DataError, match=r"x\.csv:3: column 'case' is empty, expected the case"):
        read_cases(source, LONG, with_labels=True)


def test_a_case_with_two_labels_is_refused(tmp_path: Path) -> None:
    source = csv(tmp_path, "case,step,x,y,label\nu,0,1,1,p\nu,1,1,1,\nu,2,1,1,q\n")
    with pytest.raises(DataError) as fault:
        read_cases(source, LONG, with_labels=True)
    path = source.path
    assert fault.value.message == (
        f"{path}:4: case 'u' has the label 'q', and 'p' in {path}:2; expected one label per case"
    )


def test_a_label_may_stand_in_any_one_row_of_a_case() -> None:
    cases = read(LONG, {**ROWS, "label": [None, None, "p", None, None]})
    assert cases.labels == ["p", ""]


GROUPED = Roles("series", "label", "", "case", "step", ("x", "y"), "who")


def test_cases_have_the_group_of_their_rows() -> None:
    three = {name: [*values, *values[3:]] for name, values in ROWS.items()}
    three["case"] = list("uuuvvww")
    cases = read(GROUPED, {**three, "who": ["i", "i", "i", None, "i", None, None]})
    assert cases.groups is not None
    assert cases.groups[0] == cases.groups[1] != cases.groups[2]


def test_a_case_in_two_groups_is_refused(tmp_path: Path) -> None:
    source = csv(tmp_path, "case,step,x,y,label,who\nu,0,1,1,p,i\nu,1,1,1,p,\nu,2,1,1,p,j\n")
    with pytest.raises(DataError, match=r"x\.csv:4: case 'u' has the group 'j', and 'i' before"):
        read_cases(source, GROUPED, with_labels=True)


def test_some_of_the_cases() -> None:
    cases = read(GROUPED, {**ROWS, "who": list("iiijj")})
    some = cases.take(np.array([1]))
    assert (some.names, some.labels, some.rows.tolist()) == (["v"], ["q"], [3])
    assert series_of(some) == [[[7, 9], [8, 10]]]
    assert some.groups is not None and cases.groups is not None
    assert some.groups.tolist() == [cases.groups[1]]
    texts = read(TEXT, {"text": list("abc"), "label": list("xyx")}).take(np.array([2, 0]))
    assert (texts.texts, texts.labels, len(texts)) == (["c", "a"], ["x", "x"], 2)
    assert len(cases.take(np.array([], dtype=np.int64))) == 0
