"""Which columns are watched, and which one holds labels."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Event, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.anomaly.roles import Roles, infer_roles

DAYS = pd.date_range("2024-01-01", periods=6)


def roles_of(frame: pd.DataFrame, *overrides: str) -> tuple[Roles, list[Event]]:
    heard: list[Event] = []
    data: Any = Recipe.load(None, "anomaly", overrides).values.data
    return infer_roles(Source.from_frame(frame), data, heard.append), heard


def table(**columns: Any) -> pd.DataFrame:
    usual = {"day": DAYS, "a": [1.0, 2.0, 1.5, 2.5, 1.0, 2.0], "b": [3.0, 1.0, 2.0, 2.0, 3.0, 1.0]}
    return pd.DataFrame({**usual, **columns})


def test_every_numeric_column_is_watched_and_said() -> None:
    roles, heard = roles_of(table(note=["x"] * 6))
    assert roles == Roles(("a", "b"), "day", None, None)
    assert (
        Assumption("watched", "a, b", "every numeric column left over", "--target COLUMN") in heard
    )
    assert Note("not used, because not numeric: note") in heard


def test_a_label_is_found_by_its_name_and_its_values() -> None:
    roles, heard = roles_of(table(label=[0, 0, 1, 0, 0, 0]))
    assert roles.label == "label"
    assert roles.targets == ("a", "b")
    assert any(isinstance(each, Assumption) and each.what == "label" for each in heard)


def test_a_column_called_label_that_holds_other_numbers_is_watched() -> None:
    roles, heard = roles_of(table(label=[0, 5, 1, 0, 0, 0]))
    assert roles.label is None
    assert roles.targets == ("a", "b", "label")
    assert any(isinstance(each, Note) and "does not hold 0 and 1" in each.text for each in heard)


def test_a_named_label_has_to_be_one() -> None:
    with pytest.raises(DataError, match="found 5, expected a label of 0"):
        roles_of(table(bad=[0, 5, 1, 0, 0, 0]), "data.label=bad")


def test_labels_in_all_rows_leave_nothing_normal() -> None:
    with pytest.raises(DataError, match="every row is labelled 1"):
        roles_of(table(label=[1] * 6), "data.label=label")


def test_the_label_can_be_left_alone() -> None:
    roles, _ = roles_of(table(label=[0, 0, 1, 0, 0, 0]), "data.label=null", "data.target=[a]")
    assert roles.label is None


def test_two_labels_are_one_too_many() -> None:
    with pytest.raises(DataError, match="could be the label"):
        roles_of(table(label=[0, 0, 1, 0, 0, 0], anomaly=[0, 0, 0, 1, 0, 0]))


def test_a_table_without_numbers_cannot_be_watched() -> None:
    with pytest.raises(DataError, match="no numeric column to watch"):
        roles_of(pd.DataFrame({"day": DAYS, "word": list("abcdef")}))


def test_no_column_has_two_roles() -> None:
    with pytest.raises(DataError, match="'a' has two roles"):
        roles_of(table(), "data.target=[a]", "data.series=a")
