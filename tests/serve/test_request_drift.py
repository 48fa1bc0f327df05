"""What clients ask, held against the data of the model."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.serve import request_drift, request_source
from seqtune.serve.exchange import Ask
from seqtune.serve.media import JSON
from seqtune.serve.metrics import ServerMetrics
from seqtune.serve.request_drift import RequestDrift
from seqtune.serve.served_model import ServedModel
from seqtune.tasks._requests import RequestTable


def asked(model: ServedModel, level: float, monkeypatch: pytest.MonkeyPatch) -> RequestDrift:
    """Ask a model about sixty days around a level; return what it has noted."""
    monkeypatch.setattr(request_drift, "SECONDS_APART", 0.0)
    monkeypatch.setattr(model, "drift", RequestDrift(model.run))
    days = pd.date_range("2025-01-01", periods=60).astype(str)
    name = next(each.name for each in model.form.columns if each.role == "target")
    time = next(each.name for each in model.form.columns if each.role == "time")
    for first in (0, 30):
        rows = [
            {time: day, name: level + place % 7}
            for place, day in enumerate(days[first : first + 30])
        ]
        (answer,) = model.answer([Ask(json.dumps(rows).encode(), JSON, JSON)])
        assert answer.status == 200, answer.body
    return model.drift


def test_rows_that_are_far_from_the_data_are_flagged(
    forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = asked(forecaster, 1e6, monkeypatch).measured()
    assert table is not None
    assert "level" in {each.measure for each in table.flagged}
    metrics = ServerMetrics()
    metrics.drifts["daily"] = forecaster.drift.measured
    lines = metrics.text().splitlines()
    assert f'seqtune_drift_flagged{{model="daily"}} {len(table.flagged)}' in lines
    assert any('measure="level"' in line and 'model="daily"' in line for line in lines)


def test_few_rows_say_nothing(forecaster: ServedModel) -> None:
    drift = RequestDrift(forecaster.run)
    assert drift.measured() is None
    drift.add(RequestTable({"day": ["2025-01-01"]}, 1), 30)
    assert drift.measured() is None
    assert "seqtune_drift{" not in ServerMetrics().text()


def test_memory_is_bounded(forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    drift = RequestDrift(forecaster.run)
    for _ in range(3):
        drift.add(RequestTable({}, 1), 2)
    assert len(drift.kept) == 1  # the others came too soon
    monkeypatch.setattr(request_drift, "SECONDS_APART", 0.0)
    for _ in range(1_000):
        drift.add(RequestTable({}, 1), 2)
    drift.add(RequestTable({}, 2), request_drift.MOST_BYTES + 1)
    assert len(drift.kept) == request_drift.MOST_REQUESTS
    assert all(noted.rows == 1 for noted in drift.kept)


def test_what_cannot_be_read_is_left_out(
    forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift = asked(forecaster, 1e6, monkeypatch)
    drift.add(RequestTable({"other": list(range(60))}, 60), 300)
    table = drift.measured()
    assert table is not None and table.flagged


def test_a_request_is_read_once(forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    drift = asked(forecaster, 1e6, monkeypatch)
    read = list[RequestTable]()

    def source_of(table: RequestTable, options: ReadOptions) -> Source:
        read.append(table)
        return request_source.source_of(table, options)

    monkeypatch.setattr(request_drift, "source_of", source_of)
    monkeypatch.setattr(request_drift, "SECONDS_KEPT", 0.0)
    first, again = drift.measured(), drift.measured()
    assert first == again and first is not None and first.flagged
    assert len(read) == 2
    assert all(noted.table is None and noted.samples for noted in drift.kept)


def test_a_fault_of_ours_costs_no_other_figure(
    forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drift = asked(forecaster, 1e6, monkeypatch)
    monkeypatch.setattr(drift, "_read", lambda noted: 1 / 0)
    assert drift.measured() is None
    assert "drift: ZeroDivisionError" in capsys.readouterr().err
