"""What each task says of the requests that it takes, and what becomes of several at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tiny_runs import flights, hours, numerals, reviews

from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks import load_task
from seqtune.tasks._requests import RequestTable
from seqtune.tasks._values import Context


def waves(cases: int) -> pd.DataFrame:
    """Series of two classes in a row per step, without a time."""
    rows = [
        {
            "case": f"c{case}",
            "x": float(np.sin(step * (1 + case % 2)) + case / 99),
            "label": case % 2,
        }
        for case in range(cases)
        for step in range(5 + case % 3)
    ]
    return pd.DataFrame(rows)


def wide(cases: int) -> pd.DataFrame:
    """The same with a row per case."""
    steps = {f"s{step}": [float((case * step) % 7) for case in range(cases)] for step in range(6)}
    return pd.DataFrame({**steps, "label": [f"l{case % 2}" for case in range(cases)]})


def tones(cases: int) -> pd.DataFrame:
    """Series that are transcribed, in a row per step."""
    rows = [
        {"case": f"c{case}", "loud": case % 3 + step + case / 99, "text": "abc"[case % 3] * 2}
        for case in range(cases)
        for step in range(4)
    ]
    return pd.DataFrame(rows)


def marks(series: int) -> pd.DataFrame:
    """Steps with a tag each."""
    rows = [
        {"series": f"s{number}", "x": float(step % 4), "tag": "ab"[step % 4 > 1]}
        for number in range(series)
        for step in range(9)
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Data:
    """Rows of a task, and how they are read."""

    task: str
    rows: pd.DataFrame
    overrides: Sequence[str] = ()

    def prepared(self) -> tuple[Any, Any, Recipe]:
        """Return the task, the prepared data and the recipe."""
        task = load_task(self.task)
        recipe = Recipe.load(None, self.task, self.overrides)
        prepared, recipe = task.prepare(Source.from_frame(self.rows), recipe, silent)
        return task, prepared, recipe


SERIES = ("data.kind=series", "data.series=case", "data.target=text")

DATA = {
    "texts": Data("classify", reviews(30)),
    "series": Data("classify", waves(24), ["data.series=case", "data.label=label"]),
    "rows": Data("classify", wide(24), ["data.label=label"]),
    "numerals": Data("translate", numerals(10, 70), ["data.kind=text"]),
    "tones": Data("translate", tones(30), SERIES),
    "sentences": Data("tag", flights(1, 41), ["data.label=tag"]),
    "steps": Data("tag", marks(20), ["data.label=tag", "data.series=series"]),
    "hours": Data("anomaly", hours(300, "2024-01-01")),
}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(DATA))
def case(request: pytest.FixtureRequest) -> tuple[Any, Any, Recipe]:
    """A task with its data."""
    return DATA[request.param].prepared()


def table_of(rows: Sequence[Any]) -> RequestTable:
    names = dict.fromkeys(name for row in rows for name in row)
    return RequestTable({name: [row.get(name) for row in rows] for name in names}, len(rows))


def test_the_example_is_a_request_of_the_columns_and_is_read(case: Any) -> None:
    task, prepared, recipe = case
    form = task.request_form(prepared)
    json.dumps(list(form.example), allow_nan=False)
    names = [column.name for column in form.columns]
    assert form.example and all(list(row) == names for row in form.example)
    source = Source.from_frame(pd.DataFrame(form.example), "request")
    assert len(task.encode(prepared, source, Context(recipe, "run"))) > 0
    assert form.paths == ()


def test_requests_that_are_joined_are_read_as_each_alone(case: Any) -> None:
    task, prepared, recipe = case
    if task.name == "anomaly":  # what came before depends on the name of the series
        assert not hasattr(task, "request_joiner")
        return
    joiner = task.request_joiner(prepared, recipe)
    example = list(task.request_form(prepared).example)
    requests = [example, example[: max(1, len(example) // 2)], example]
    plain = [joiner.plain(table_of(rows)) for rows in requests]
    assert None not in plain
    context = Context(recipe, "run")
    joined = joiner.join(plain, context)
    together = [str(each) for each in plain_of(task, joined.encoded)]
    alone = []
    for rows in requests:
        source = Source.from_frame(pd.DataFrame(rows), "request")
        alone += [str(each) for each in plain_of(task, task.encode(prepared, source, context))]
    assert together == alone


def plain_of(task: Any, encoded: Any) -> list[Any]:
    """Return cases as simple methods take them."""
    found = encoded.plain()
    if task.name != "tag":
        return list(found)
    values = found.tokens if found.values is None else found.values.tolist()
    return [values[a:b] for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]


def test_words_for_missing_are_looked_for_in_a_column_so_nothing_is_joined() -> None:
    task, prepared, _ = DATA["texts"].prepared()
    recipe = Recipe.load(None, "classify", ["data.missing=[-999]"])
    assert task.request_joiner(prepared, recipe) is None


def test_cells_that_are_no_plain_texts_go_alone() -> None:
    task, prepared, recipe = DATA["texts"].prepared()
    joiner = task.request_joiner(prepared, recipe)
    for cells in ([1], [None], ["  "], [["a"]], [True]):
        assert joiner.plain(RequestTable({"text": cells}, 1)) is None
    assert joiner.plain(RequestTable({"words": ["a"]}, 1)) is None
    assert joiner.plain(RequestTable({"text": ["a"] * 2_000}, 2_000)) is None
    assert joiner.plain(RequestTable({"text": ["a", " "]}, 2)) == {"text": ["a", " "]}


def test_tables_are_taken_apart_by_the_numbers_of_rows() -> None:
    from seqtune.tasks._joining import separated

    table = pd.DataFrame({"row": [1, 2, 4, 5], "label": list("abcd")})
    found = separated(table, np.array([0, 2, 3, 5]), is_named=False)
    assert found.edges.tolist() == [0, 2, 2, 4]
    assert found.table["row"].tolist() == [1, 2, 1, 2]
    assert pa.Table.from_pandas(found.table, preserve_index=False).num_rows == 4
