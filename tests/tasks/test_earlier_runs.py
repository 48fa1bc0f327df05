"""Run folders of earlier versions, whose time axis says nothing of an offset from UTC."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks import load_task


def without_offset(path: Path) -> None:
    """Take out of a file what earlier versions did not write."""
    values = json.loads(path.read_text(encoding="utf-8"))
    del values["grid"]["utc"]
    path.write_text(json.dumps(values), encoding="utf-8")


@pytest.mark.parametrize("name", ["forecast", "anomaly"])
def test_a_time_axis_that_says_nothing_of_an_offset_has_none(name: str, tmp_path: Path) -> None:
    task = load_task(name)
    hours = pd.date_range("2024-01-01", periods=300, freq="h")
    load = np.sin(np.asarray(hours.hour) * 2 * np.pi / 24)
    source = Source.from_frame(pd.DataFrame({"time": hours, "load": load}))
    prepared, _ = task.prepare(source, Recipe.load(None, name, ()), silent)
    (tmp_path / "data").mkdir()
    prepared.save(tmp_path)
    without_offset(tmp_path / "codec.json")
    without_offset(tmp_path / "data" / "panel.json")
    again = task.load(tmp_path)
    assert again.panel.grid == again.codec.axis() == prepared.panel.grid
    assert not again.panel.grid.utc
