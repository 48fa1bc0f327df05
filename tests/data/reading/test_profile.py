"""The profile of a table: a line per column."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from seqtune.data.reading.profile import ColumnProfile, profile_source
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source

TABLE = """day,shop,sales,count,open,note
2020-01-03 12:00,b,1.5,3,true,
2020-01-01,a,,1,false,
,a,-2,1,,
2020-01-02,,1.5,2,true,
"""


def test_every_kind_has_its_figures(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    profile = profile_source(read_source(path))
    assert (profile.path, profile.rows, profile.notes) == (str(path), 4, ())
    assert profile.columns == (
        ColumnProfile(
            "day", "time", 1, 3, "2020-01-01 00:00", "2020-01-03 12:00", "2020-01-03 12:00"
        ),
        ColumnProfile("shop", "text", 1, 2, "a", "b", "b"),
        ColumnProfile("sales", "number", 1, 2, "-2", "1.5", "1.5"),
        ColumnProfile("count", "integer", 0, 3, "1", "3", "3"),
        ColumnProfile("open", "boolean", 1, 2, "false", "true", "true"),
        ColumnProfile("note", "empty", 4, 0, "", "", ""),
    )


def test_days_are_shown_without_a_clock(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("day,v\n31.12.2020,1\n01.01.2021,2\n")
    column = profile_source(read_source(path)).columns[0]
    assert (column.minimum, column.maximum) == ("2020-12-31", "2021-01-01")
    assert column.example == "31.12.2020"


def test_faulty_cells_are_noted_and_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("v,w\n" + "".join(f"{n},z\n" for n in range(20)) + "oops,z\ninf,z\n,z\n")
    profile = profile_source(read_source(path))
    assert profile.columns[0] == ColumnProfile("v", "integer", 1, 20, "0", "19", "0")
    assert profile.notes == (
        f"column 'v': 2 values are no usable number; the first is 'oops', {path}:22",
    )


def test_a_column_of_faults_alone_has_no_figures() -> None:
    profile = profile_source(Source.from_frame(pd.DataFrame({"v": [float("inf")]})))
    assert profile.columns == (ColumnProfile("v", "number", 0, 0, "", "", ""),)


def test_long_texts_are_shortened_to_one_line() -> None:
    profile = profile_source(Source.from_frame(pd.DataFrame({"v": ["x\ny " + "z" * 60]})))
    assert profile.columns[0].example == "x y " + "z" * 35 + "…"


def test_it_becomes_json(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    told = json.loads(json.dumps(profile_source(read_source(path)).to_dict()))
    assert told["rows"] == 4
    assert told["columns"][2]["distinct"] == 2
