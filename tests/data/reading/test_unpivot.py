"""A column per date, or per month beside a year: read as rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source

Read = Callable[..., Source]
MONTHS = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def _read(lines: list[str], **options: Any) -> Source:
        path = tmp_path / "table.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_source(path, ReadOptions(**{"wide": "auto", **options}))

    return _read


def test_dates_across_become_rows(read: Read) -> None:
    lines = ["place,2020-01-01,2020-01-02,2020-01-03,2020-01-04", "north,1,2,,4", "south,5,6,7,8"]
    source = read(lines)
    assert source.names == ("place", "date", "value") and source.rows == 8
    assert source.texts("place") == ["north"] * 4 + ["south"] * 4
    np.testing.assert_array_equal(source.numbers("value"), [1, 2, np.nan, 4, 5, 6, 7, 8])
    assert [str(day)[:10] for day in source.times("date")[:2]] == ["2020-01-01", "2020-01-02"]
    assert [source.line(row) for row in (0, 3, 4)] == [2, 2, 3]
    (note,) = source.notes
    assert note == (
        "4 columns are named by dates (2020-01-01 to 2020-01-04): read as rows (--set "
        "data.wide=false reads the table as it stands)"
    )


def test_years_across(read: Read) -> None:
    source = read(["country;2001;2002;2003;2004", "A;1,5;2;3;4", "B;1;2;3;4,5"])
    assert source.numbers("value").tolist() == [1.5, 2, 3, 4, 1, 2, 3, 4.5]


def test_months_across_beside_a_year_follow_one_another(read: Read) -> None:
    rows = [f"{year}," + ",".join(f"{12 * at + k}" for k in range(12)) for at, year in
            enumerate((2001, 2002))]  # fmt: skip
    source = read([f"Year,{MONTHS},Total", *(f"{row},0" for row in rows)])
    assert source.names == ("date", "value")
    assert source.numbers("value").tolist() == list(range(24))
    assert str(source.times("date")[13])[:7] == "2002-02"
    assert any(note.endswith("not used: Total") for note in source.notes)


def test_several_ids_name_a_series_together(read: Read) -> None:
    lines = [
        "province,country,lat,1/22/20,1/23/20,1/24/20,1/25/20",
        ",A,1.5,0,0,1,2",
        "x,B,2.5,1,1,2,3",
        "y,B,3.5,4,4,5,6",
    ]
    source = read(lines)
    assert source.texts("series")[::4] == ["A", "x B", "y B"]
    assert {"province", "country", "lat"} < {*source.names}


@pytest.mark.parametrize(
    "options", [{"wide": "false"}, {"named": ("2020-02",)}, {"named": ("place", "2020-03")}]
)
def test_it_stays_as_it_is_where_the_user_says_so(read: Read, options: dict[str, Any]) -> None:
    lines = ["place,2020-01,2020-02,2020-03,2020-04", "north,1,2,3,4"]
    assert len(read(lines, **options).names) == 5


@pytest.mark.parametrize(
    "lines",
    [
        ["day,a1,a2,a3,a4", "2020-01-01,1,2,3,4"],
        ["place,2020-04,2020-02,2020-03,2020-01", *(f"p{n},1,x,3,4" for n in range(4))],
        ["place,2020-01,2020-02,2020-03", "north,1,2,3"],
        ["name,2020-01,2020-02,2020-03,2020-04", "x,good,bad,good,bad"],
        ["a,b,c,d,e,f,2001,2002,2003,2004", "1,2,3,4,5,6,7,8,9,10"],
    ],
)
def test_other_tables_stay_as_they_are(read: Read, lines: list[str]) -> None:
    assert read(lines).names == tuple(lines[0].split(","))
