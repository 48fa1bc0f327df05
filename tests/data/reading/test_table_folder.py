"""Folders of tables: a file per series, per case with a table of labels, or per day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqtune.data.reading.file_dates import file_date
from seqtune.data.reading.open import read as read_data
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe


def read(path: Path, *settings: str, task: str = "forecast") -> Source:
    return read_data(path, Recipe.load(None, task, settings), as_documents=False)


def fill(path: Path, **files: str) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return path


def daily(first: str, *values: Any) -> str:
    days = np.datetime64(first, "D") + np.arange(len(values))
    return "t,y\n" + "".join(f"{day},{value}\n" for day, value in zip(days, values, strict=True))


def fault(path: Path, *settings: str) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path, *settings)
    assert caught.value.hint
    return caught.value


def test_a_file_per_series_makes_a_column_of_their_names(tmp_path: Path) -> None:
    fill(tmp_path, **{
        "shop10.csv": daily("2024-01-01", 1, 2), "shop2.csv": daily("2024-01-01", 3, 4, 5),
        ".hidden.csv": "x\n", "readme.md": "",
    })  # fmt: skip
    source = read(tmp_path)
    assert source.names == ("series", "t", "y")
    assert source.texts("series") == ["shop2"] * 3 + ["shop10"] * 2
    assert source.numbers("y").tolist() == [3, 4, 5, 1, 2]
    assert source.notes[0] == (
        "5 rows of 2 files: taken for a series each, named in 'series'"
        " (--set data.folder=parts if they are one table in parts)"
    )
    assert source.notes[-1] == ("1 file (readme.md) with another ending than tables have: not read")
    assert source.where(3) == f"{tmp_path}/shop10.csv:2"
    assert read(tmp_path, "data.folder=parts").names == ("t", "y")


def test_files_with_a_column_of_series_are_parts(tmp_path: Path) -> None:
    rows = "series,t,y\na,2024-01-01,1\nb,2024-01-01,2\n"
    fill(tmp_path, **{"north-2024.csv": rows, "south-2023.csv": rows})
    for settings in ((), ("data.series=series",), ("data.folder=series",)):
        source = read(tmp_path, *settings)
        assert source.texts("series") == ["a", "b", "a", "b"]
        assert "2 files with a column 'series': joined" in source.notes[0]


def test_files_whose_times_follow_one_another_are_one_table(tmp_path: Path) -> None:
    fill(tmp_path, a=daily("2024-01-01", 7), **{
        "b.csv": daily("2024-01-03", 3, 4), "a.csv": daily("2024-01-05", 5),
        "c.csv": daily("2024-01-01", 1, 2),
    })  # fmt: skip
    source = read(tmp_path)
    assert source.names == ("t", "y")
    assert source.numbers("y").tolist() == [1, 2, 3, 4, 5]
    assert "5 rows of 3 files whose times follow one another: joined" in source.notes[0]
    assert "--set data.folder=series" in source.notes[0]
    assert read(tmp_path, "data.folder=series").texts("series") == ["a", "b", "b", "c", "c"]
    assert read(tmp_path, "data.series=series").texts("series") == ["a", "b", "b", "c", "c"]


def test_a_file_per_month_may_overlap_and_is_in_the_order_of_its_date(tmp_path: Path) -> None:
    fill(tmp_path, **{
        "sales_2024-02.csv": daily("2024-02-01", 3), "sales_2024-01.csv": daily("2024-01-31", 1, 2),
    })  # fmt: skip
    source = read(tmp_path)
    assert source.numbers("y").tolist() == [1, 2, 3]
    assert "2 files, one for each month: joined" in source.notes[0]


def test_a_folder_per_year_is_no_label(tmp_path: Path) -> None:
    fill(tmp_path, **{
        "2024/12.csv": daily("2024-12-01", 1), "2025/01.csv": daily("2025-01-01", 2),
        "2024/11.csv": daily("2024-11-01", 0),
    })  # fmt: skip
    source = read(tmp_path)
    assert source.names == ("t", "y")
    assert source.numbers("y").tolist() == [0, 1, 2]
    assert "3 files, one for each month: joined" in source.notes[0]


def test_a_file_per_series_and_month(tmp_path: Path) -> None:
    fill(tmp_path, **{
        "north_2024-02.csv": daily("2024-02-01", 3), "north_2024-01.csv": daily("2024-01-01", 1),
        "south_2024-01.csv": daily("2024-01-01", 5), "south_2024-02.csv": daily("2024-02-01", 7),
    })  # fmt: skip
    source = read(tmp_path)
    assert source.texts("series") == ["north", "north", "south", "south"]
    assert source.numbers("y").tolist() == [1, 3, 5, 7]
    assert "one for each series and month" in source.notes[0]


def test_files_per_day_with_clocks_take_the_date_of_their_name(tmp_path: Path) -> None:
    fill(tmp_path, **{
        "20240102.csv": "clock,y\n9:30,3\n10:00:05,4\n", "20240101.csv": "clock,y\n23:59,1\n",
    })  # fmt: skip
    source = read(tmp_path)
    assert source.names == ("time", "clock", "y")
    assert source.times("time").astype("datetime64[s]").astype(str).tolist() == [
        "2024-01-01T23:59:00", "2024-01-02T09:30:00", "2024-01-02T10:00:05",
    ]  # fmt: skip
    assert any("'clock' has only clocks" in note for note in source.notes)


def test_files_of_one_row_without_a_time_take_the_date_of_their_name(tmp_path: Path) -> None:
    fill(tmp_path, **{f"2024-01-0{day}.csv": f"y\n{day}\n" for day in (3, 1, 2)})
    source = read(tmp_path)
    assert source.names == ("date", "y")
    assert source.kind("date") == "time"
    assert source.numbers("y").tolist() == [1, 2, 3]


def test_a_table_of_labels_adds_its_columns_to_each_case(tmp_path: Path) -> None:
    fill(tmp_path, **{
        **{f"case{n}.csv": daily("2024-01-01", n, n) for n in range(1, 5)},
        "labels.csv": "file,label,patient\ncase2.csv,b,p\ncase1.csv,a,p\ncase3.csv,b,q\nx,a,q\n",
    })  # fmt: skip
    source = read(tmp_path, task="classify")
    assert source.names == ("series", "label", "patient", "t", "y")
    assert source.texts("series") == [f"case{n}" for n in (1, 1, 2, 2, 3, 3, 4, 4)]
    assert source.texts("label") == ["a", "a", "b", "b", "b", "b", "", ""]
    notes = " | ".join(source.notes)
    assert "'labels.csv' names the files in 'file'" in notes
    assert "1 of 4 files have no row in it (case4.csv, …)" in notes
    assert "1 rows of it are of no file" in notes


@pytest.mark.parametrize("called", ["c{}", "c{}.csv", "sub/c{}.csv", "sub/c{}"])
def test_labels_name_files_in_several_ways(called: str, tmp_path: Path) -> None:
    fill(tmp_path, **{f"sub/c{n}.csv": daily("2024-01-01", n) for n in (1, 2)})
    rows = "".join(f"{label},{called.format(n)}\n" for n, label in ((1, "a"), (2, "b")))
    fill(tmp_path, **{"key.csv": "label,id\n" + rows})
    assert read(tmp_path).texts("label") == ["a", "b"]


def test_faults_of_a_table_of_labels(tmp_path: Path) -> None:
    fill(tmp_path, **{f"c{n}.csv": daily("2024-01-01", n) for n in (1, 2)})
    fill(tmp_path, **{"labels.csv": "id,label\nc1,a\nc2,b\nc1,b\n"})
    assert "labels.csv:4: 'c1' has two rows, here and on line 2" in fault(tmp_path).message
    fill(tmp_path, **{"labels.csv": "id,y\nc1,a\nc2,b\n"})
    assert "the column 'y' is also one of the files" in fault(tmp_path).message


def test_sub_folders_are_labels(tmp_path: Path) -> None:
    fill(tmp_path, **{
        "up/1.csv": daily("2024-01-01", 1), "up/2.csv": daily("2024-01-01", 2),
        "down/1.csv": daily("2024-01-01", 3),
    })  # fmt: skip
    source = read(tmp_path)
    assert source.texts("series") == ["down/1", "up/1", "up/2"]
    assert source.texts("label") == ["down", "up", "up"]
    assert "'label' is the name of the sub-folder" in source.notes


def test_texts_beside_a_table_of_labels(tmp_path: Path) -> None:
    fill(tmp_path, **{"1.txt": "one", "2.txt": "two", "l.csv": "name,label\n1,a\n2.txt,b\n"})
    source = read(tmp_path, task="classify")
    assert source.names == ("text", "file", "label")
    assert source.texts("text") == ["one", "two"]
    assert source.texts("label") == ["a", "b"]


def test_files_with_other_columns_are_named(tmp_path: Path) -> None:
    fill(tmp_path, **{f"s{n}.csv": daily("2024-01-01", 1) for n in range(4)})
    fill(tmp_path, **{"s2.csv": "t,x\n2024-01-01,1\n"})
    error = fault(tmp_path)
    assert "1 of 4 files have other columns than the rest: s2.csv (lacks 'y', has 'x')" in (
        error.message
    )


def test_a_fault_in_a_file_names_it_and_its_line(tmp_path: Path) -> None:
    fill(tmp_path, **{"a.csv": daily("2024-01-01", 1), "b.csv": daily("2024-01-01", *"12345678x")})
    with pytest.raises(DataError, match=r"b\.csv:10: column 'y': 'x' is not a number"):
        read(tmp_path).numbers("y")
    fill(tmp_path, **{"b.csv": "t,y\n1,2,3\n"})
    assert "b.csv:2: 3 fields found" in fault(tmp_path).message


def test_files_of_several_forms_and_types_are_joined(tmp_path: Path) -> None:
    fill(tmp_path, **{
        "a.csv": "y,z\n1,p\n", "b.jsonl": json.dumps({"y": 2.5, "z": 3}) + "\n",
        "c.jsonl": json.dumps({"z": 4, "y": 5}) + "\n",
    })  # fmt: skip
    source = read(tmp_path)
    assert source.numbers("y").tolist() == [1.0, 2.5, 5.0]
    assert source.texts("z") == ["p", "3", "4"]


def test_a_thousand_files_are_one_table(tmp_path: Path) -> None:
    fill(tmp_path, **{f"s{n}.csv": "y\n1\n2\n" for n in range(1000)})
    source = read(tmp_path)
    assert source.rows == 2000
    assert source.table().column("y").num_chunks == 1


@pytest.mark.parametrize(("stem", "begin", "unit", "rest"), [
    ("2024", "2024-01-01", "year", ""),
    ("sales-2024-03", "2024-03-01", "month", "sales"),
    ("20240229_x", "2024-02-29", "day", "x"),
    ("2024/03/05", "2024-03-05", "day", ""),
    ("log.2024.12.31", "2024-12-31", "day", "log"),
])  # fmt: skip
def test_dates_in_names(stem: str, begin: str, unit: str, rest: str) -> None:
    found = file_date(stem)
    assert found is not None
    assert (str(found.begin), found.unit, found.rest) == (begin, unit, rest)


@pytest.mark.parametrize("stem", ["shop1", "12345678", "20230229", "part-0001", ""])
def test_names_without_a_date(stem: str) -> None:
    assert file_date(stem) is None


def test_folders_in_folders_have_no_bound(tmp_path: Path) -> None:
    folders = [tmp_path]
    for _ in range(1200):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    try:
        for name, content in (("t.csv", "a\n1\n"), ("t.txt", "one")):
            file = folders[-1] / name
            file.write_text(content, encoding="utf-8")
            assert read(tmp_path).rows == 1
            if name == "t.txt":
                recipe = Recipe.load(None, "generate")
                assert read_data(tmp_path, recipe, as_documents=True).rows == 1
            file.unlink()
    finally:
        for folder in reversed(folders[1:]):
            folder.rmdir()
