"""How far a sheet reaches, without laying out its cells."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from seqtune.data.reading.sheet_area import area_of, refuse_wide_sheets
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError


@pytest.mark.parametrize(("sheet", "area"), [
    (b"", (0, 0)),
    (b'<row r="1"><c r="A1"><v>1</v></c></row>', (1, 1)),
    (b'<x:row r="2"><x:c s="1" t="s" r="aa2">', (2, 27)),
    (b"<c\nr = 'XFD7'><v/></c><row r=\"1048576\" spans=\"1:2\"><c><v>1</v>", (1048576, 16384)),
    (b'<c r="B2"><v>1</v></c><c r="ZZ9" s="4"/><row r="99" ht="15.5" />', (2, 2)),
    (b'<c a="<"r="D4" b="/>"><v>1</v></c>', (4, 4)),
])  # fmt: skip
def test_the_area_of_a_sheet(sheet: bytes, area: tuple[int, int]) -> None:
    assert area_of(sheet) == area


@pytest.mark.parametrize("text", [b"<c ", b' r="A1"', b" r ", b' r="A1" a="" b=""', b'\' r="A1" /'])
def test_a_sheet_made_to_be_slow_is_not(text: bytes) -> None:
    area_of(text * 200_000)  # minutes, where each beginning looks at all that follows


def test_two_cells_at_the_corners_of_a_sheet_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = 1, 2
    book.save(path)
    with pytest.raises(DataError, match="it may be made to fill the memory") as refused:
        read_source(path)
    assert refused.value.hint == "if you trust it: save the sheet as CSV and read that"


def test_a_part_that_is_damaged_is_left_to_the_reader(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("a.xml", b'<sheetData><c r="XFD1048576"><v>1</v></c>')
    raw = io.BytesIO(whole.getvalue().replace(b"<v>1", b"<v>2", 1))
    refuse_wide_sheets(raw, 99, tmp_path)
