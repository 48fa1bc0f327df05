"""Prediction tables as bytes: times are written one by one, whatever comes twice."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.serve.answers import to_bytes
from seqtune.serve.media import JSON
from seqtune.tasks._requests import Separated

TIMES = ["2024-05-20 12:00:00.000001", None, "2024-05-20", "2024-05-20 12:00:00.000001", None]


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Paris"])
def test_times_are_iso_8601_and_null_where_there_is_none(zone: str | None) -> None:
    times = pd.Series(pd.to_datetime(TIMES, format="ISO8601")).dt.tz_localize(zone)
    table = pd.DataFrame({"t": times, "mean": [1.0, np.nan, 3.0, 4.0, 5.0]})
    bodies = list(to_bytes(Separated(table, np.array([0, 2, 5])), [JSON, JSON]))
    found: list[Any] = [
        row["t"] for body in bodies for row in json.loads(body or b"")["predictions"]
    ]
    assert found == [None if time is pd.NaT else time.isoformat() for time in times]
    assert [json.loads(body or b"")["predictions"][1]["mean"] for body in bodies] == [None, 4.0]
