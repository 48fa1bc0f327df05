"""Requests of several clients in one panel: each of their series goes on by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.tasks._requests import RequestTable
from seqtune.tasks._values import Context
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.joined_requests import ForecastJoiner, request_joiner
from seqtune.tasks.forecast.new_rows import next_windows
from seqtune.tasks.forecast.preprocessing import preprocess
from seqtune.tasks.forecast.requests import request_form

ROLES = (
    *("data.target=sales", "data.past=[visitors]", "data.future=[price]", "data.series=shop"),
    *("horizon=3", "lookback=9", "seasonality=4", "validation.steps=5", "test.steps=5"),
    "network.segment.length=4",
)


@pytest.fixture(scope="module")
def shops(prepare: Callable[[pd.DataFrame, Sequence[str]], Any], tiny: Any) -> Any:
    """The tiny panel without a static column: shops a, b and c of 34, 30 and 26 days."""
    return prepare(tiny.frame.drop(columns="region"), ROLES)


@pytest.fixture(scope="module")
def worded(prepare: Callable[[pd.DataFrame, Sequence[str]], Any], tiny: Any) -> Any:
    """The same with the region of each shop, and words of the weather known ahead."""
    weather = np.array(["sun", "rain", "snow"])[np.arange(len(tiny.frame)) % 3]
    roles = [role for role in ROLES if not role.startswith("data.future")]
    roles += ["data.future=[price,weather]", "data.static=[region]"]
    return prepare(tiny.frame.assign(weather=weather), roles)


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


def joiner_of(shops: Any) -> ForecastJoiner:
    """Return what joins requests; shop c has fewer rows than simple methods look back."""
    joiner = request_joiner(shops.prepared, shops.recipe)
    assert joiner is not None and joiner.needed == 32
    return replace(joiner, needed=9)


def joined(shops: Any, *tables: RequestTable) -> Any:
    joiner = joiner_of(shops)
    plain = [joiner.plain(table) for table in tables]
    assert None not in plain
    return joiner.join(plain, Context(shops.recipe, "shops"))


def alone(shops: Any, table: RequestTable) -> Examples:
    source = Source.from_frame(pd.DataFrame(table.columns), "request")
    return next_windows(shops.prepared, source, Context(shops.recipe, "shops"))


def inputs(shops: Any, examples: Examples) -> dict[str, Any]:
    made = preprocess(examples.coded, examples.windows, shops.prepared.codec, shops.values)
    return {name: np.asarray(array) for name, array in made.inputs.items()}


KNOWN = request("b", "2024-01-31", [91.0, 92.0])
SAME_SHOP = request("b", "2024-01-31", [5.0])
NEW_SHOP = request("new", "2024-03-01", [7.0, 8.0, 7.5, 9.0, 7.0, 8.5, 7.5, 9.0, 7.0])
PRICES_ALONE = request("a", "2024-02-04", [])
WITH_GAP = request("c", "2024-02-10", [4.0, None, 6.0])
EARLIER = request("a", "2024-01-20", [20.0, 21.0], prices=18)


def test_each_request_reads_what_it_would_read_alone(shops: Any) -> None:
    tables = [KNOWN, SAME_SHOP, NEW_SHOP, PRICES_ALONE, WITH_GAP, EARLIER, KNOWN]
    together = inputs(shops, joined(shops, *tables).encoded)
    for number, table in enumerate(tables):
        for name, array in inputs(shops, alone(shops, table)).items():
            assert np.array_equal(together[name][number], array[0], equal_nan=True), (number, name)


def with_words(table: RequestTable, **more: Any) -> RequestTable:
    """Add the weather, and the region where there are sales."""
    weather = [["rain", "hail", None][row % 3] for row in range(table.rows)]
    weather[-3:] = ["sun", "hail", "rain"]
    region = {"region": ["y"] * table.rows} if "sales" in table.columns else {}
    return RequestTable({**table.columns, "weather": weather, **region, **more}, table.rows)


def test_words_and_static_values_are_read_as_alone(worded: Any) -> None:
    tables = [with_words(table) for table in (KNOWN, SAME_SHOP, PRICES_ALONE, EARLIER)]
    together = inputs(worded, joined(worded, *tables).encoded)
    assert {"static", "history"} <= set(together)
    for number, table in enumerate(tables):
        for name, array in inputs(worded, alone(worded, table)).items():
            assert np.array_equal(together[name][number], array[0], equal_nan=True), (number, name)


@pytest.mark.parametrize(
    "change",
    [
        {"region": ["y", "x", "y", "y"]}, {"region": [7] * 4}, {"region": [None] * 4},
        {"weather": ["sun", "sun", "sun", 3]}, {"weather": ["sun", " sun", "sun", "sun"]},
        {"weather": ["7", "sun", "sun", "sun"]}, {"shop": ["new"] * 4},
    ],
)  # fmt: skip
def test_words_that_are_not_plain_go_alone(worded: Any, change: dict[str, Any]) -> None:
    table = with_words(request("b", "2024-01-31", [5.0]))
    assert joiner_of(worded).plain(table) is not None
    assert joiner_of(worded).plain(RequestTable({**table.columns, **change}, 4)) is None


def test_a_forecast_goes_to_the_request_that_asked_for_it(shops: Any) -> None:
    found = joined(shops, KNOWN, NEW_SHOP, SAME_SHOP)
    owners = pd.DataFrame({"place": np.arange(9)})
    separated = found.separate(owners)
    assert separated.edges.tolist() == [0, 3, 6, 9]
    assert found.encoded.coded.panel.series == ("b", "new", "b")
    assert found.encoded.coded.panel.lengths.tolist() == [32, 9, 31]


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
        ({"shop": ["nobody"] * 4}, "a new shop with fewer rows than networks look back"),
    ],
)
def test_what_is_not_plain_goes_alone(shops: Any, change: dict[str, Any], why: str) -> None:
    table = request("b", "2024-02-01", [5.0])
    changed = RequestTable({**table.columns, **change}, 4)
    assert joiner_of(shops).plain(changed) is None, why


def test_steps_of_times_are_the_same_when_they_are_asked_again_and_few_are_kept(
    shops: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqtune.tasks.forecast.joined_requests.MOST_KNOWN", 4)
    joiner = joiner_of(shops)
    for first in ("2024-02-01", "2024-02-02", "2024-02-01", "2024-02-04", "2024-02-01"):
        found, fresh = (
            each.plain(request("b", first, [5.0])) for each in (joiner, joiner_of(shops))
        )
        assert found is not None and fresh is not None
        assert found.steps.tolist() == fresh.steps.tolist()
        assert np.diff(found.steps).tolist() == [1, 1, 1]
        assert len(joiner._known_steps) <= 4
    for odd in ("2024-02-30", "1 Feb 2024", 20240201, ["2024-02-01"]):
        table = request("b", "2024-02-01", [5.0])
        assert joiner.plain(RequestTable({**table.columns, "day": [odd] * 4}, 4)) is None
        assert odd not in joiner._known_steps.values()


@pytest.mark.parametrize("absent", ["shop", "day", "price", "visitors"])
def test_a_request_without_a_column_goes_alone(shops: Any, absent: str) -> None:
    columns = {name: cells for name, cells in KNOWN.columns.items() if name != absent}
    table = RequestTable(columns, KNOWN.rows)
    assert joiner_of(shops).plain(table) is None


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
