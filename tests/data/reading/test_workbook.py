"""Sheets of workbooks: which one, where the table begins in it, and that dates stay dates."""

from __future__ import annotations

import datetime
import sys
import zipfile
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pytest

from seqtune.data.reading import compression
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError, MissingExtra

DAYS = [datetime.datetime(2024, 1, day) for day in (1, 2, 3)]
ROWS = [("day", "y", "word"), *((day, 1.5 * n, f"w{n}") for n, day in enumerate(DAYS))]


def book(path: Path, **sheets: list[tuple[Any, ...]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def read(tmp_path: Path, *rows: tuple[Any, ...], **options: Any) -> Source:
    return read_source(book(tmp_path / "b.xlsx", Sheet=list(rows)), ReadOptions(**options))


def test_dates_stay_dates_and_lines_are_those_of_the_sheet(tmp_path: Path) -> None:
    source = read(tmp_path, *ROWS)
    assert source.names == ("day", "y", "word")
    assert [source.kind(name) for name in source.names] == ["time", "number", "text"]
    assert str(source.times("day")[1]) == "2024-01-02T00:00:00.000000000"
    assert source.numbers("y").tolist() == [0.0, 1.5, 3.0]
    assert source.where(1) == f"{tmp_path}/b.xlsx:3"
    assert source.notes == ("read from the sheet 'Sheet'",)


def test_the_first_visible_sheet_that_holds_something_is_read(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", Empty=[], Hidden=[("a",), (1,)], One=ROWS, Two=[("b",), (2,)])
    made = openpyxl.load_workbook(path)
    made["Hidden"].sheet_state = "hidden"
    made.save(path)
    source = read_source(path)
    assert source.names == ("day", "y", "word")
    (note,) = source.notes
    assert "the sheet 'One', the first of 3" in note
    assert "--set data.sheet=NAME" in note
    assert read_source(path, ReadOptions(sheet="Two")).names == ("b",)
    assert read_source(path, ReadOptions(sheet="Hidden")).names == ("a",)
    with pytest.raises(DataError, match="no sheet 'Twos'; its sheets are Empty") as caught:
        read_source(path, ReadOptions(sheet="Twos"))
    assert caught.value.hint == "--set 'data.sheet=Two'"


def test_titles_blank_lines_and_columns_are_left_out(tmp_path: Path) -> None:
    source = read(
        tmp_path,
        ("Sales of 2024",), (), (None, "day", None, "y"), (),
        (None, DAYS[0], None, 4), (None, DAYS[1], None, "n/a"), (None, DAYS[2], None, 6),
    )  # fmt: skip
    assert source.names == ("day", "y")
    assert source.texts("y") == ["4", "n/a", "6"]
    assert source.line(0) == 5
    assert "line 1 above the rows left out (--set data.skip=N overrides)" in source.notes


def test_units_below_the_names_and_totals_below_the_rows_are_left_out(tmp_path: Path) -> None:
    rows = [(day, number) for number, day in enumerate(DAYS * 4)]
    source = read(tmp_path, ("day", "y"), (None, "MW"), *rows, ("Total", 99), ("Source: us", None))
    assert source.names == ("day", "y") and source.rows == len(rows)
    assert [note.split(" left out")[0] for note in source.notes[1:]] == [
        "line 2 above the rows", f"lines {len(rows) + 3} to {len(rows) + 4} at the end",
    ]  # fmt: skip


def test_names_used_twice_are_numbered(tmp_path: Path) -> None:
    assert read(tmp_path, ("a", "a"), (1, 2)).names == ("a", "a_2")


def test_sheets_without_a_header(tmp_path: Path) -> None:
    assert read(tmp_path, (DAYS[0], 1), (DAYS[1], 2)).names == ("column_1", "column_2")
    assert read(tmp_path, ("a", 1), ("b", 2), header="none").rows == 2
    assert read(tmp_path, (2020, 2021), (1, 2), header="first_line").names == ("2020", "2021")


@pytest.mark.parametrize(("rows", "words"), [
    ([], "sheet 'Sheet' is empty"),
    ([("a", "b")], "a header and no rows: a, b"),
])  # fmt: skip
def test_sheets_that_hold_no_table(rows: list[tuple[Any, ...]], words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path, *rows)
    assert caught.value.hint


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", Sheet=ROWS)
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content[: len(content) // 2])
    with pytest.raises(DataError, match="not a readable workbook"):
        read_source(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(DataError, match="not a readable workbook"):
        read_source(path)


def test_a_workbook_that_unpacks_to_far_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "b.xlsx", Sheet=ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", bytes(30_000_000))
    monkeypatch.setattr(compression, "LEAST_BOUND", 1 << 16)
    monkeypatch.setattr(compression, "free_memory", lambda: 1 << 18)
    with pytest.raises(DataError, match="over 200 times its size"):
        read_source(path)


def test_without_the_package_the_error_names_it(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", Sheet=ROWS)
    with (
        mock.patch.dict(sys.modules, {"python_calamine": None}),
        pytest.raises(MissingExtra, match="spreadsheet") as caught,
    ):
        read_source(path)
    assert "pip install 'seqtune[excel]'" in caught.value.hint


def test_workbooks_of_other_programs_are_archives_too(tmp_path: Path) -> None:
    outer = tmp_path / "o.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(book(tmp_path / "b.xlsx", Sheet=ROWS), "b.xlsx")
    assert read_source(outer).names == ("day", "y", "word")
