"""Bodies of requests: rows where they are some, else a status and a sentence."""

from __future__ import annotations

import datetime
import io
import json
import time
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from seqtune.serve import bodies
from seqtune.serve.bodies import read_rows
from seqtune.serve.media import CSV, JSON, PARQUET
from seqtune.serve.problem import Problem

DEEP = b"[" * 100_000 + b"]" * 100_000


def refused(body: bytes, media: str, numbers: tuple[str, ...] = ()) -> Problem:
    with pytest.raises(Problem) as problem:
        read_rows(body, media, numbers)
    json.loads(problem.value.to_json())
    return problem.value


@pytest.mark.parametrize(
    ("body", "columns", "rows"),
    [
        (b'[{"a": 1, "b": "x"}, {"a": null, "b": "y"}]', {"a": [1, None], "b": ["x", "y"]}, 2),
        (b'{"a": true}', {"a": [True]}, 1),
        (b'[{"a": 1}, {"b": 2}]', {"a": [1, None], "b": [None, 2]}, 2),
        (b'\xef\xbb\xbf[{"a": "\xc3\xa4"}]', {"a": ["ä"]}, 1),
        (b'[{"a": "\\ud83d\\ude00"}]', {"a": ["\N{GRINNING FACE}"]}, 1),
        (b"", {}, 0),
        (b" \n", {}, 0),
        (b"[]", {}, 0),
        (b"{}", {}, 0),
        (b"[{}]", {}, 0),
    ],
)
def test_json_records_are_columns(body: bytes, columns: dict[str, Any], rows: int) -> None:
    table = read_rows(body, JSON)
    assert (table.columns, table.rows) == (columns, rows)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'[{"a": 1}', 400, "is not JSON"),
        (b'[{"a": 1}],[{"a": 2}]', 400, "is not JSON"),
        (b"\xff\xfe", 400, "the byte 1 of the body is 0xff"),
        (b'[{"a": "\x80"}]', 400, "no UTF-8"),
        (DEEP, 400, "nested too deep"),
        (b'{"a":' * 100_000, 400, "nested too deep"),
        (b"[" + b"9" * 5_000 + b"]", 400, "too many digits"),
        (b'[{"a": 1, "a": 2}]', 422, "'a' is used twice"),
        (b'[{"a": NaN}]', 422, "found NaN"),
        (b'[{"a": -Infinity}]', 422, "found -Infinity"),
        (b"null", 422, "found null, expected a list of objects"),
        (b'"text"', 422, "found a text"),
        (b"7", 422, "found a number"),
        (b'[{"a": 1}, 7]', 422, "row 2 is a number"),
        (b"[[1]]", 422, "row 1 is a list"),
        (b'[{"a": "\\ud800"}]', 400, "half a character"),
        (b'[{"\\udfff": 1}]', 400, "half a character"),
    ],
)
def test_json_that_is_none_is_refused(body: bytes, status: int, said: str) -> None:
    problem = refused(body, JSON)
    assert problem.status == status and said in problem.message


def test_more_rows_than_are_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps([{"a": 1}] * 1_000_000).encode()
    assert refused(body, JSON).status == 413
    assert refused(b"a\n" + b"1\n" * 200_000, CSV).status == 413
    wide = json.dumps([{f"c{number}": 1} for number in range(1_500)]).encode()
    assert refused(wide, JSON).status == 422
    monkeypatch.setattr(bodies, "MOST_CELLS", 5)
    assert refused(b"a,b\n1,2\n3,4\n5,6\n", CSV).status == 413


def test_csv_is_texts_but_for_columns_of_numbers() -> None:
    body = b'month,passengers,note\r\n1960-12,432.5,"=1+1"\r\n1961-01,,"a ""b""\nc"\r\n'
    table = read_rows(body, CSV, ("passengers",))
    assert table.columns == {
        "month": ["1960-12", "1961-01"],
        "passengers": [432.5, None],
        "note": ["=1+1", 'a "b"\nc'],
    }


@pytest.mark.parametrize("cell", ["=2+5", "1_000", "1,5", "nan", "inf", "0x10", "1e9999", "\u0661"])
def test_numbers_in_any_other_form_stay_texts(cell: str) -> None:
    table = read_rows(f'a\n"{cell}"\n2\n'.encode(), CSV, ("a",))
    assert table.columns == {"a": [cell, "2"]}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"a,b\n1\n", 400, "row 1 has 1 cells, the header 2"),
        (b'a\n"1\n', 400, "is not CSV"),
        (b"a\n\x00\n", 400, "zero byte"),
        (b"a,a\n1,2\n", 422, "the column 'a' twice"),
        (b"a,\n1,2\n", 422, "a column without a name"),
        (b"a,b\n", 422, "no rows"),
        (b"a\n" + b"x" * 200_000 + b"\n", 400, "is not CSV"),
        (b"a\n\xe4\n", 400, "no UTF-8"),
    ],
)
def test_csv_that_is_none_is_refused(body: bytes, status: int, said: str) -> None:
    problem = refused(body, CSV)
    assert problem.status == status and said in problem.message


def as_parquet(table: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


def test_parquet_has_numbers_texts_and_times() -> None:
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["2024-01-01", None]),
            "zoned": pd.to_datetime(["2024-01-01", "2024-01-02"], utc=True),
            "n": [1, 2],
            "x": [0.5, None],
            "s": ["a", None],
            "c": pd.Categorical(["u", "v"]),
        }
    )
    table = read_rows(as_parquet(pa.Table.from_pandas(frame)), PARQUET)
    assert table.columns["day"] == ["2024-01-01T00:00:00", None]
    assert table.columns["zoned"][0] == datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    assert table.columns["n"] == [1, 2]
    assert table.columns["s"] == ["a", None]
    assert table.columns["c"] == ["u", "v"]


@pytest.mark.parametrize("body", [b"PAR1", b"PAR1" * 9, b"x", b"PAR1\x00\xff\xff\xff\xffPAR1"])
def test_parquet_that_is_none_is_refused(body: bytes) -> None:
    assert refused(body, PARQUET).status == 400


def test_parquet_cut_anywhere_is_refused() -> None:
    body = as_parquet(pa.table({"a": ["x"] * 20, "b": range(20)}))
    for end in range(1, len(body), 37):
        assert refused(body[:end], PARQUET).status == 400


def test_parquet_that_would_unfold_to_gigabytes_is_refused() -> None:
    codes = pa.array([0] * 50_000, pa.int32())
    table = pa.table({"a": pa.DictionaryArray.from_arrays(codes, ["y" * 10_000])})
    body = as_parquet(table, store_schema=False)
    assert len(body) < 100_000
    assert refused(body, PARQUET).status == 413
    zeros = pa.table({"a": [0.0] * 1_000})
    assert refused(as_parquet(zeros, compression="zstd"), PARQUET).status == 415


def test_parquet_of_lists_is_refused() -> None:
    problem = refused(as_parquet(pa.table({"a": [[1], [2]]})), PARQUET)
    assert (problem.status, problem.column) == (422, "a")


def test_a_hostile_header_is_refused_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(Problem, match="columns"):
        read_rows(",".join(f"c{place}" for place in range(200_000)).encode() + b"\n1", CSV)
    twice = "{" + ",".join(f'"k{place}":1' for place in range(50_000)) + ',"k49999":1}'
    with pytest.raises(Problem, match="'k49999' is used twice"):
        read_rows(twice.encode(), JSON)
    digits = b"y\n" + b"9" * 100_000 + b"x\n"
    assert read_rows(digits, CSV, {"y"}).columns["y"] == ["9" * 100_000 + "x"]
    assert time.perf_counter() - began < 2.0


@pytest.mark.parametrize("text", ["1", "-1.5", "+.5", "2.", "1e5", "1.e-3"])
def test_numbers_of_csv(text: str) -> None:
    assert read_rows(f"y\n{text}\n".encode(), CSV, {"y"}).columns["y"] == [float(text)]
