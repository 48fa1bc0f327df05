"""A forecaster that is served: requests together are answered as each by itself would be."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from served_stubs import error_of

from seqtune.serve.media import CSV, JSON, PARQUET
from seqtune.serve.served_model import Answer, Ask, ServedModel
from seqtune.tasks._requests import RequestTable

LAST = pd.Timestamp("2024-05-19")
"""The last day of the run."""


def rows(values: list[Any], first: int = 1) -> list[dict[str, Any]]:
    begin = LAST + pd.Timedelta(days=first)
    days = pd.date_range(begin, periods=len(values)).strftime("%Y-%m-%d")
    return [{"date": day, "y": value} for day, value in zip(days, values, strict=True)]


def ask(content: Any) -> Ask:
    return Ask(content if isinstance(content, bytes) else json.dumps(content).encode())


def one(model: ServedModel, content: Any) -> Answer:
    (answer,) = model.answer([content if isinstance(content, Ask) else ask(content)])
    return answer


def predictions(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = json.loads(answer.body)["predictions"]
    return found


def same(one: Answer, other: Answer) -> bool:
    """Say whether answers agree; batches of other sizes add up in another order."""
    if one.status != 200 or other.status != 200:
        return (one.status, one.body) == (other.status, other.body)
    pairs = zip(predictions(one), predictions(other), strict=True)
    return all(
        a["date"] == b["date"]
        and all(math.isclose(a[name], b[name], rel_tol=1e-5) for name in a if name != "date")
        for a, b in pairs
    )


GOOD = st.lists(st.floats(1.0, 99.0), min_size=1, max_size=6).map(rows)
BAD = st.sampled_from(
    [
        rows(["x"]), rows([float("1e400")]), rows([[1]]), rows([3.0], first=4_000_000 // 365),
        [{"y": 1.0}], [{"date": "2024-13-01", "y": 1.0}], [{"date": "2024-05-20", "z": 1.0}],
        [{"date": None, "y": 1.0}], b"{", b"[7]", rows([None]), [{"day": "2024-05-20", "y": 1}],
    ]
)  # fmt: skip
ODD = st.sampled_from(
    [
        rows(["27,5"]), rows([27.5, None, 26.0]), rows([30.0, 31.0])[::-1], rows([25.0]) * 2,
        [{"date": "20/05/2024", "y": 25.0}], rows([5.0], first=-30), rows([25, 26], first=3), {},
        [{"date": "2024-05-20T00:00:00", "y": 25.0, "more": "=1+1"}],
    ]
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(GOOD, GOOD, BAD, ODD), min_size=1, max_size=9))
def test_requests_together_are_answered_as_each_alone(
    forecaster: ServedModel, contents: list[Any]
) -> None:
    asks = [ask(content) for content in contents]
    together = forecaster.answer(asks)
    for each, answer in zip(asks, together, strict=True):
        alone = one(forecaster, each)
        assert same(answer, alone), (each.body, answer.body, alone.body)
        assert answer.status in (200, 400, 422)


@settings(max_examples=25, deadline=None)
@given(GOOD)
def test_a_plain_request_is_answered_as_a_file_with_these_rows(
    forecaster: ServedModel, content: list[dict[str, Any]]
) -> None:
    answer = one(forecaster, content)
    table = forecaster.run.predict(pd.DataFrame(content), use="network")
    assert len(table) == len(predictions(answer)) == 7
    for found, wanted in zip(predictions(answer), table.to_dict("records"), strict=True):
        assert found["date"] == wanted["date"].isoformat()
        assert found["mean"] == pytest.approx(wanted["mean"], rel=1e-5)
        assert found["q0.9"] == pytest.approx(wanted["q0.9"], rel=1e-5)


def test_plain_requests_are_predicted_by_one_call(
    forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    predict = forecaster.predictor.predictions

    def counted(name: str, encoded: Any) -> Any:
        sizes.append(len(encoded))
        return predict(name, encoded)

    monkeypatch.setattr(forecaster.predictor, "predictions", counted)
    forecaster.answer([ask(rows([float(value)])) for value in range(20, 29)])
    assert sizes == [9]


def test_a_request_that_brings_the_others_down_is_found(
    forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = forecaster.task
    join = type(task).join

    def strict(self: Any, prepared: Any, requests: Any, context: Any) -> Any:
        if any(request.target.max() > 90 for request in requests):
            raise RuntimeError("beyond all that is known")
        return join(self, prepared, requests, context)

    monkeypatch.setattr(type(task), "join", strict)
    values = [20.0, 95.0, 21.0, 22.0, 23.0]
    answers = forecaster.answer([ask(rows([value])) for value in values])
    monkeypatch.undo()
    for value, answer in zip(values, answers, strict=True):
        assert same(answer, one(forecaster, rows([value])))


def test_no_rows_continue_the_data_and_are_predicted_once(
    forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = forecaster.run.predict(use="network")
    answers = forecaster.answer([ask(b""), ask({}), ask([]), Ask(b"", CSV, CSV)])
    assert [len(predictions(answer)) for answer in answers[:3]] == [7, 7, 7]
    assert predictions(answers[0])[0]["mean"] == pytest.approx(table["mean"][0])
    assert answers[3].body.startswith(b"date,mean,q0.1,q0.5,q0.9\n2024-05-20,")
    monkeypatch.setattr(forecaster.predictor, "predictions", None)
    assert one(forecaster, {}).body == answers[0].body


def test_answers_come_in_kind(forecaster: ServedModel) -> None:
    frame = pd.DataFrame(rows([25.0, 26.0]))
    buffer = io.BytesIO()
    frame.assign(date=pd.to_datetime(frame["date"])).to_parquet(buffer)
    asks = [
        Ask(json.dumps(rows([25.0, 26.0])).encode()),
        Ask(frame.to_csv(index=False).encode(), CSV, CSV),
        Ask(buffer.getvalue(), PARQUET, PARQUET),
    ]
    plain, text, binary = forecaster.answer(asks)
    assert (plain.media, text.media, binary.media) == (JSON, CSV, PARQUET)
    means = [found["mean"] for found in predictions(plain)]
    assert pd.read_csv(io.BytesIO(text.body))["mean"].tolist() == pytest.approx(means)
    assert pd.read_parquet(io.BytesIO(binary.body))["mean"].tolist() == pytest.approx(means)


@pytest.mark.parametrize(
    ("content", "row", "column", "said"),
    [
        (rows([1.0, 2.0, "x"]), 3, "y", "'x'"),
        (rows([1.0, float("1e400")]), 2, "y", "too large"),
        (b'[{"date": "2024-05-20", "y": 1e400}]', 1, "y", "too large"),
        (rows([1.0, {"a": 1}]), 2, "y", "an object"),
        (rows([1e99, 1e101]), 2, "y", "1e+101"),
        ([{"date": "2024-05-20", "y": 1.0}, {"date": "soon", "y": 2.0}], 2, "date", "'soon'"),
        ([{"date": "2024-05-20"}], 0, "y", "lacks column 'y'"),
        (rows([None]), 0, "", "'y' are missing"),
    ],
)
def test_what_is_wrong_is_named_with_row_and_column(
    forecaster: ServedModel, content: Any, row: int, column: str, said: str
) -> None:
    if not isinstance(content, bytes):
        content = json.dumps(content).replace("Infinity", "1e400").encode()
    answer = one(forecaster, ask(content))
    found = json.loads(answer.body)
    assert answer.status == 422 and said in error_of(answer.body), found
    assert (found.get("row", 0), found.get("column", "")) == (row, column)
    assert str(forecaster.run.folder) not in found["error"] and "seqtune" not in found["error"]


def test_a_request_far_from_the_data_fills_no_gap_beside_others(forecaster: ServedModel) -> None:
    table = RequestTable({"date": ["2099-01-01"], "y": [1.0]}, 1)
    context = forecaster._context()
    assert forecaster.task.plain(forecaster.prepared, table, context) is None
    assert one(forecaster, [{"date": "1700-01-01", "y": 1.0}]).status in (200, 422)


def test_the_example_is_a_request_that_is_answered(forecaster: ServedModel) -> None:
    assert [row["date"] for row in forecaster.form.example] == [
        "2024-05-17", "2024-05-18", "2024-05-19",
    ]  # fmt: skip
    assert len(predictions(one(forecaster, list(forecaster.form.example)))) == 7
    assert forecaster.form.continues


def test_what_a_request_brings_is_forgotten(forecaster: ServedModel) -> None:
    forecaster.answer([ask(rows([float(value)])) for value in range(20, 25)])
    assert forecaster.predictor.notes == [] and forecaster.run.notes == []


def test_warming_up_predicts_every_size_of_a_batch(
    forecaster: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    predict = forecaster.predictor.predictions
    monkeypatch.setattr(
        forecaster.predictor,
        "predictions",
        lambda name, encoded: sizes.append(len(encoded)) or predict(name, encoded),
    )
    forecaster.warm(6)
    assert sizes == [1, 2, 4, 6]
