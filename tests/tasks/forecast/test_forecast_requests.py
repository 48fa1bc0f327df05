"""Requests of several clients in one panel: each of their series goes on by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.tasks._requests import RequestTable
from seqtune.tasks._values import Context
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.new_rows import next_windows
from seqtune.tasks.forecast.preprocessing import preprocess
from seqtune.tasks.forecast.requests import join_rows, plain_rows, request_form

ROLES = (
    *("data.target=sales", "data.past=[visitors]", "data.future=[price]", "data.series=shop"),
    *("horizon=3", "lookback=9", "seasonality=4", "validation.steps=5", "test.steps=5"),
    "network.segment.length=4",
)


@pytest.fixture(scope="module")
def shops(prepare: Callable[[pd.DataFrame, Sequence[str]], Any], tiny: Any) -> Any:
    """The tiny panel without a static column: shops a, b and c of 34, 30 and 26 days."""
    return prepare(tiny.frame.drop(columns="region"), ROLES)


def request(shop: str, first: str, sales: Sequence[float | None], prices: int = 3) -> RequestTable:
    """Rows of a shop, then prices of the days after them."""
    count = len(sales) + prices
    days = [str(day.date()) for day in pd.date_range(first, periods=count)]
    columns: dict[str, list[Any]] = {
        "shop": [shop] * count,
        "day": days,
        "price": [2.0 + 0.1 * step for step in range(count)],
    }
    if sales:
        columns["sales"] = [*sales, *[None] * prices]
        columns["visitors"] = [None if value is None else 10 * value for value in sales]
        columns["visitors"] += [None] * prices
    return RequestTable(columns, count)


def joined(shops: Any, *tables: RequestTable) -> Any:
    context = Context(shops.recipe, "shops")
    plain = [plain_rows(shops.prepared, table, context) for table in tables]
    assert None not in plain
    return join_rows(shops.prepared, plain, context)


def alone(shops: Any, table: RequestTable) -> Examples:
    source = Source.from_frame(pd.DataFrame(table.columns), "request")
    return next_windows(shops.prepared, source, Context(shops.recipe, "shops"))


def inputs(shops: Any, examples: Examples) -> dict[str, Any]:
    made = preprocess(examples.coded, examples.windows, shops.prepared.codec, shops.values)
    return {name: np.asarray(array) for name, array in made.inputs.items()}


KNOWN = request("b", "2024-01-31", [91.0, 92.0])
SAME_SHOP = request("b", "2024-01-31", [5.0])
NEW_SHOP = request("new", "2024-03-01", [7.0, 8.0, 7.5, 9.0])
PRICES_ALONE = request("a", "2024-02-04", [])
WITH_GAP = request("c", "2024-02-10", [4.0, None, 6.0])
EARLIER = request("a", "2024-01-20", [20.0, 21.0], prices=18)


def test_each_request_reads_what_it_would_read_alone(shops: Any) -> None:
    tables = [KNOWN, SAME_SHOP, NEW_SHOP, PRICES_ALONE, WITH_GAP, EARLIER, KNOWN]
    together = inputs(shops, joined(shops, *tables).encoded)
    for number, table in enumerate(tables):
        for name, array in inputs(shops, alone(shops, table)).items():
            assert np.array_equal(together[name][number], array[0], equal_nan=True), (number, name)


def test_a_forecast_goes_to_the_request_that_asked_for_it(shops: Any) -> None:
    found = joined(shops, KNOWN, NEW_SHOP, SAME_SHOP)
    owners = pd.DataFrame({"place": np.arange(9)})
    separated = found.separate(owners)
    assert separated.edges.tolist() == [0, 3, 6, 9]
    assert found.encoded.coded.panel.series == ("b", "new", "b")
    assert found.encoded.coded.panel.lengths.tolist() == [32, 4, 31]


def test_a_request_of_two_shops_is_answered_shop_by_shop(shops: Any) -> None:
    both = {name: [*KNOWN.columns[name], *NEW_SHOP.columns[name]] for name in KNOWN.columns}
    found = joined(shops, SAME_SHOP, RequestTable(both, KNOWN.rows + NEW_SHOP.rows), SAME_SHOP)
    separated = found.separate(pd.DataFrame({"place": np.arange(12)}))
    assert separated.edges.tolist() == [0, 3, 9, 12]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"day": ["2024-02-01", "2024-02-03", "2024-02-04", "2024-02-05"]}, "a gap"),
        ({"day": ["2024-02-01", "2024-02-01", "2024-02-02", "2024-02-03"]}, "a day twice"),
        ({"day": ["01.02.2024", "02.02.2024", "03.02.2024", "04.02.2024"]}, "another form"),
        ({"day": ["2024-02-01T05:00", "2024-02-02", "2024-02-03", "2024-02-04"]}, "off the grid"),
        ({"day": ["2024-02-30", "2024-02-02", "2024-02-03", "2024-02-04"]}, "no day"),
        ({"day": ["2034-02-01", "2034-02-02", "2034-02-03", "2034-02-04"]}, "far away"),
        ({"sales": ["5", None, None, None]}, "a number as a text"),
        ({"sales": [True, None, None, None]}, "a truth value"),
        ({"sales": [float("inf"), None, None, None]}, "no number"),
        ({"sales": [1e101, None, None, None]}, "too large a number"),
        ({"shop": [7, 7, 7, 7]}, "a name that is a number"),
        ({"shop": ["7", "7", "7", "7"]}, "a name that looks like a number"),
        ({"shop": ["b ", "b ", "b ", "b "]}, "blanks around a name"),
        ({"shop": [None] * 4}, "no name"),
        ({"shop": ["nobody"] * 4, "sales": [None] * 4}, "a new shop without a value"),
    ],
)
def test_what_is_not_plain_goes_alone(shops: Any, change: dict[str, Any], why: str) -> None:
    table = request("b", "2024-02-01", [5.0])
    changed = RequestTable({**table.columns, **change}, 4)
    assert plain_rows(shops.prepared, changed, Context(shops.recipe, "shops")) is None, why


@pytest.mark.parametrize("absent", ["shop", "day", "price", "visitors"])
def test_a_request_without_a_column_goes_alone(shops: Any, absent: str) -> None:
    columns = {name: cells for name, cells in KNOWN.columns.items() if name != absent}
    table = RequestTable(columns, KNOWN.rows)
    assert plain_rows(shops.prepared, table, Context(shops.recipe, "shops")) is None


def test_the_example_has_history_and_what_is_known_ahead(shops: Any) -> None:
    form = request_form(shops.prepared)
    assert [(each.name, each.kind, each.is_required) for each in form.columns] == [
        ("day", "time", True), ("shop", "any", True), ("sales", "number", False),
        ("visitors", "number", False), ("price", "number", True),
    ]  # fmt: skip
    assert [sorted(row) for row in form.example[2:4]] == [
        ["day", "price", "sales", "shop", "visitors"], ["day", "price", "shop"],
    ]  # fmt: skip
    assert len(form.example) == 6 and form.example[-1]["day"] == "2024-02-06"
    assert not form.continues
    columns = {name: [row.get(name) for row in form.example] for name in form.example[0]}
    assert len(joined(shops, RequestTable(columns, 6)).encoded) == 1
