"""Rows that a run was fitted on are known again, whatever the file around them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.open import open_source
from seqtune.data.reading.row_sketch import KEPT, can_tell, share_known, sketch_of
from seqtune.data.reading.source import Source
from seqtune.recipe.load import Recipe


def table(begin: int, end: int, **more: Any) -> Source:
    numbers = np.arange(begin, end)
    return Source.from_frame(pd.DataFrame({"t": numbers, "y": numbers * 3 % 1001, **more}))


def kept(source: Source, *columns: str) -> Any:
    return json.loads(json.dumps(sketch_of(source, columns or ("t", "y"))))


@pytest.mark.parametrize("rows", [1, 3, KEPT, 50_000])
def test_the_same_rows_are_all_known_and_others_are_not(rows: int) -> None:
    sketch = kept(table(0, rows))
    assert len(sketch["hashes"]) <= KEPT
    assert share_known(table(0, rows), sketch) == 1.0
    assert share_known(table(rows, 2 * rows + 9), sketch) == 0.0


def test_the_share_of_known_rows_is_about_right() -> None:
    sketch = kept(table(0, 50_000))
    assert share_known(table(25_000, 75_000), sketch) == pytest.approx(0.5, abs=0.1)


def test_other_columns_order_and_types_do_not_matter() -> None:
    sketch = kept(table(0, 900))
    frame = table(0, 900, note="x").frame().astype(str).iloc[::-1]
    assert share_known(Source.from_frame(frame.reset_index(drop=True)), sketch) == 1.0


def test_a_table_without_the_columns_is_not_known() -> None:
    assert share_known(table(0, 9), kept(Source.from_frame(pd.DataFrame({"z": [1]})), "z")) == 0.0


@pytest.mark.parametrize(
    "sketch",
    [
        None, 7, [], {}, {"columns": ["t"], "hashes": []}, {"columns": "t", "hashes": [1]},
        {"columns": ["t"], "hashes": [-1]}, {"columns": ["t"], "hashes": [2**60]},
        {"columns": [["t"]], "hashes": [1]}, {"columns": ["t"], "hashes": ["1"]},
        {"columns": ["t"], "hashes": [1] * 600},
    ],
)  # fmt: skip
def test_a_strange_sketch_says_nothing(sketch: Any) -> None:
    assert share_known(table(0, 9), sketch) == 0.0


def test_files_of_one_name_are_not_taken_for_known(tmp_path: Path) -> None:
    (tmp_path / "tales.txt").write_text("Once upon a time.", encoding="utf-8")
    source = open_source(tmp_path / "tales.txt", Recipe.load(None, "generate"))
    assert sketch_of(source, source.names) is None
    named = {"columns": ["file"], "hashes": [1, 2]}  # of an earlier version
    assert not can_tell(source, named) and share_known(source, named) == 0
