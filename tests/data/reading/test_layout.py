"""Where the table is in a file: titles, comments, long headers, units, totals, notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source

Read = Callable[..., Source]
DAYS = [f"2024-01-{day:02d}" for day in range(1, 21)]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def _read(lines: list[str], end: str = "\n", **options: Any) -> Source:
        path = tmp_path / "table.csv"
        path.write_bytes((end.join(lines) + end).encode())
        return read_source(path, ReadOptions(**options))

    return _read


def rows(separator: str = ",") -> list[str]:
    return [f"{day}{separator}{number}{separator}x" for number, day in enumerate(DAYS)]


def check(source: Source, names: tuple[str, ...] = ("day", "load", "note"), first: int = 0) -> None:
    """Check that all twenty rows and nothing else were read, and where the first one stands."""
    assert source.names == names
    assert source.rows == len(DAYS)
    assert source.numbers(names[1]).tolist() == list(range(len(DAYS)))
    assert source.texts(names[0]) == DAYS
    assert source.line(0) == first
    assert source.line(19) == first + 19


@pytest.mark.parametrize(
    "above",
    [
        ["Station 12"],
        ["Station 12", ""],
        ["", "Station 12", "all values in MW"],
        ["# made by a logger", "# 2024"],
        ["% exported", ""],
        ["// exported"],
        ["Station 12,,"],
        ["Report,2024"],
    ],
)
def test_lines_above_the_header_are_left_out_and_said(read: Read, above: list[str]) -> None:
    source = read([*above, "day,load,note", *rows()])
    check(source, first=len(above) + 2)
    (note,) = [each for each in source.notes if "left out" in each]
    assert "data.skip=N" in note and next(line for line in above if line) in note


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_line_end_and_separator(read: Read, end: str, separator: str) -> None:
    lines = ["Station 12", separator.join(("day", "load", "note")), *rows(separator)]
    source = read([*lines, f"Total{separator}190{separator}"], end)
    check(source, first=3)
    assert any("line 23 at the end left out: 'Total" in note for note in source.notes)


def test_names_in_the_last_comment(read: Read) -> None:
    check(read(["# a logger", "# day,load,note", *rows()]), first=3)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["day,load,note", ",MW,"], ("day", "load", "note")),
        (["day,load,note", "TS,MW,-", ",Avg,Smp"], ("day", "load", "note")),
        (["Price,load,note", "Ticker,ABC,ABC", "day,,"], ("day", "load", "note")),
        (["day,load,note", "s,,"], ("day", "load", "note")),
        (["day,plant,plant", ",load,note"], ("day", "plant load", "plant note")),
        ([",plant,", "day,load,note"], ("day", "load", "note")),
        ([",one,two", "day,load,load"], ("day", "one load", "two load")),
    ],
)
def test_headers_of_several_lines(read: Read, header: list[str], names: tuple[str, ...]) -> None:
    source = read([*header, *rows()])
    wanted = {name: {*name.split()} for name in names}
    assert len(source.names) == 3
    for found, name in zip(source.names, names, strict=True):
        assert {*found.split()} == wanted[name]
    assert source.rows == 20 and source.line(0) == len(header) + 1


@pytest.mark.parametrize(
    "below",
    [
        ["Total,190,"],
        ["Summe;190".replace(";", ",") + ","],
        ["", "Source: the grid operator"],
        ["Grand Total,190,", "Average,9.5,"],
        ["(c) 2024", "Notes: values may change, see below"],
        ["", "* provisional"],
    ],
)
def test_totals_and_notes_at_the_end_are_left_out_and_said(read: Read, below: list[str]) -> None:
    source = read(["day,load,note", *rows(), *below])
    check(source, first=2)
    assert any("at the end left out" in note and "data.footer=0" in note for note in source.notes)


def test_a_last_row_that_is_cut_short_is_no_note(read: Read) -> None:
    from seqtune.errors import DataError

    with pytest.raises(DataError, match=r"table\.csv:22: 2 fields found, 3 expected"):
        read(["day,load,note", *rows(), "2024-01-21,5"])


def test_a_series_named_total_is_a_series(read: Read) -> None:
    source = read(["region,load", *(f"{n},{k}" for k in range(9) for n in ("north", "total"))])
    assert source.rows == 18 and not source.notes


def test_comments_among_the_rows_are_left_out_and_counted(read: Read) -> None:
    lines = ["day,load,note", *rows()]
    lines.insert(10, "# the meter was changed")
    source = read(lines)
    assert source.rows == 20 and source.line(19) == 22
    assert "1 line beginning with '#' left out (comments; --set data.comment=none reads them)" in (
        source.notes
    )


@pytest.mark.parametrize("before", [3, 60_000])
def test_a_sentence_that_begins_with_a_number_sign_is_no_comment(read: Read, before: int) -> None:
    """It has as many cells as the others, wherever it stands."""
    rows = ["a man,ein Mann"] * before
    source = read(["en,de", *rows, "# 8 runs,Die # 8 rennt", "a dog,ein Hund"])
    assert source.rows == before + 2 and source.text("en", before) == "# 8 runs"
    assert not any("comments" in note for note in source.notes)


def test_names_of_colours_are_no_comments(read: Read) -> None:
    source = read(["colour,count", *(f"#ff00{k:02d},{k}" for k in range(10))])
    assert source.rows == 10 and not source.notes


def test_columns_that_stand_apart_by_blanks(read: Read) -> None:
    lines = [f"   {k}  {day}     {k / 2:e}" for k, day in enumerate(DAYS)]
    source = read(["  number day   value", *lines])
    assert source.names == ("number", "day", "value")
    assert source.texts("day") == DAYS and source.numbers("value")[3] == 1.5
    assert "separator blanks (guessed; --set data.separator=... overrides)" in source.notes


def test_a_header_without_the_name_of_the_first_column(read: Read) -> None:
    source = read(["load,note", *rows()])
    assert source.names == ("column_1", "load", "note") and source.rows == 20


def test_separators_at_the_end_of_the_rows(read: Read) -> None:
    source = read(["day,load,note", *(f"{row}," for row in rows())])
    assert source.names == ("day", "load", "note", "column_4") and source.rows == 20


def test_lines_can_be_left_out_by_number(read: Read) -> None:
    lines = ["a,b,c", "day,load,note", *rows(), "1,2,3"]
    check(read(lines, skip=1, footer=1), first=3)
    assert read(lines, skip=0, footer=0, header="first_line").rows == 22


def test_a_first_row_of_texts_like_those_below_is_data(read: Read) -> None:
    lines = [f"{'ham' if k % 3 else 'spam'};this is message number {k}." for k in range(12)]
    source = read(lines)
    assert source.rows == 12 and source.names == ("column_1", "column_2")
    assert any("no header line" in note for note in source.notes)
    assert read(["label;text", *lines]).names == ("label", "text")


def test_a_first_row_with_a_text_and_numbers_is_data(read: Read) -> None:
    assert read([f"north,{k},{k / 4}" for k in range(12)]).rows == 12


def test_dates_across_are_names(read: Read) -> None:
    source = read(["place,1/22/20,1/23/20,1/24/20", *(f"p{k},1,2,3" for k in range(8))])
    assert source.names[1:] == ("1/22/20", "1/23/20", "1/24/20")
    years = read(["place,2001,2002,2003", *(f"p{k},1.5,2.5,3" for k in range(8))])
    assert years.names == ("place", "2001", "2002", "2003")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_header_that_begins_with_an_empty_cell_is_one(read: Read, separator: str) -> None:
    lines = [separator.join(("", "day", "load")), *(f"{k}{separator}{day}{separator}{k / 2}"
             for k, day in enumerate(DAYS))]  # fmt: skip
    source = read(lines)
    assert source.names == ("column_1", "day", "load") and source.rows == 20


def test_a_name_that_begins_like_a_comment_is_a_name(read: Read) -> None:
    assert read(["%humidity,load", *(f"{k},{k}" for k in range(9))]).names == ("humidity", "load")
    assert read(["#day,load", *(f"2024-01-0{k},{k}" for k in range(1, 9))]).names == ("day", "load")


def test_what_is_told_of_a_series_in_rows_above_it(read: Read) -> None:
    told = ["Title,Index of prices", "CDID,D7BT", "PreUnit,", "Release date,15-11-2023"]
    source = read([*told, *(f"{1990 + k // 12} {m},{k}" for k, m in enumerate(2 * MONTHS))])
    assert source.names == ("Title", "Index of prices") and source.rows == 24
    assert source.line(0) == 5


def test_titles_and_empty_rows_that_are_filled_with_separators(read: Read) -> None:
    above = ["Table: 7", "Prices, monthly;;", ";;", "Jahr;Monat;Index"]
    rows = [f"2001;{m};{k},5" for k, m in enumerate(MONTHS)]
    source = read([*above, *rows, "_____", "© the office"])
    assert source.names == ("Jahr", "Monat", "Index") and source.rows == 12
    assert source.line(0) == 5 and source.numbers("Index")[1] == 1.5


def test_years_across_below_narrower_titles(read: Read) -> None:
    years = range(1990, 2000)
    lines = ['"Source","Indicators",', "", f'"Country","Code",{",".join(map(str, years))},']
    rows = [f"C{k},X{k},{','.join(str(k * y + 7) for y in years)}," for k in range(5)]
    source = read([*lines, *rows])
    assert source.names[:3] == ("Country", "Code", "1990") and source.rows == 5


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
