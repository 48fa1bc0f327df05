"""Cells that a spreadsheet would calculate: as they are, or marked where that is asked for."""

from __future__ import annotations

from pathlib import Path

import command_line
import numpy as np
import pandas as pd
import pytest
from tiny_runs import hours

from seqtune.cli.formulas import as_text, without_formulas
from seqtune.cli.output import write_table

FORMULAS = ("=1+1", "+1 555", "-cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "--")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_has_an_apostrophe(text: str) -> None:
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("value", ["tea", "", "1=1", "-4.5", "+3", "-1e5", "'=1", -4.5, None, 7])
def test_what_no_spreadsheet_calculates_stays(value: object) -> None:
    assert as_text(value) is value


def table() -> pd.DataFrame:
    columns = {"=A1": ["=1+1", None, "tea"], "y": [-1.5, np.nan, 2.0], "t": pd.Timestamp(0)}
    kinds = {"c": pd.Categorical(["@x", "b", "b"])}
    return pd.DataFrame({**columns, **kinds})


def test_every_column_is_marked_once_and_the_table_is_left_alone() -> None:
    before = table()
    safe = without_formulas(before)
    assert list(safe.columns) == ["'=A1", "y", "t", "c"]
    assert safe["'=A1"].tolist() == ["'=1+1", None, "tea"] and safe["c"].tolist()[0] == "'@x"
    pd.testing.assert_frame_equal(before, table())
    twice = pd.DataFrame([["=1", "=2"]], columns=["a", "a"])
    assert without_formulas(twice).to_numpy().tolist() == [["'=1", "'=2"]]


@pytest.mark.parametrize(
    ("name", "asked", "cell"),
    [("x.csv", True, "'=1+1"), ("x.tsv", True, "'=1+1"), ("x.csv", False, "=1+1"),
     ("x.jsonl", True, "=1+1"), ("x.parquet", True, "=1+1")],
)  # fmt: skip
def test_files_of_text_are_marked_where_that_is_asked_for(
    tmp_path: Path, name: str, asked: bool, cell: str
) -> None:
    write_table(table(), tmp_path / name, False, spreadsheet_safe=asked)
    content = (tmp_path / name).read_bytes()
    assert cell.encode() in content and (b"'=" in content) == cell.startswith("'")


def test_predict_writes_what_it_read_and_marks_it_if_asked(tmp_path: Path) -> None:
    from tiny_runs import SAMPLES

    run, _ = SAMPLES["anomaly"].fit("anomaly", tmp_path)
    new = tmp_path / "formulas.csv"
    hours(30, "2024-01-13 12:00").assign(note="=HYPERLINK(1)").to_csv(new, index=False)
    plain = command_line.seqtune("predict", run, new).table
    assert set(plain["note"]) == {"=HYPERLINK(1)"}
    safe = command_line.seqtune("predict", run, new, "--spreadsheet-safe").table
    assert set(safe["note"]) == {"'=HYPERLINK(1)"}
    pd.testing.assert_series_equal(plain["score"], safe["score"])
