"""Equal cases stay on one side of a split."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.data.ragged import Ragged
from seqtune.progress import Note
from seqtune.tasks.classify.cases import Cases
from seqtune.tasks.classify.equal_cases import joined, keep_together, numbers_of_equal
from seqtune.tasks.classify.split import TEST, split_cases


def texts(*words: str, labels: list[str] | None = None, groups: Any = None) -> Cases:
    given = labels or ["a"] * len(words)
    return Cases(list(words), None, np.arange(len(words)), labels=given, groups=groups)


def heard(cases: Cases) -> tuple[Any, list[str]]:
    notes: list[Any] = []
    groups = keep_together(cases, notes.append)
    return groups, [note.text for note in notes if isinstance(note, Note)]


def test_different_cases_have_no_groups_and_nothing_is_said() -> None:
    assert heard(texts("one", "two", "three")) == (None, [])


MANY = [f"text {n}" for n in range(60)]


def test_texts_that_differ_in_blanks_alone_are_equal_and_counted() -> None:
    groups, (note,) = heard(texts("a  b", "c", " a b\n", *MANY))
    assert groups.tolist()[:4] == [0, 1, 0, 2]
    assert note == "2 of 63 cases are equal to another one: equal cases stay in one part"


def test_where_few_cases_differ_they_are_dealt_out_one_by_one_and_that_is_said() -> None:
    groups, (note,) = heard(texts("x", "y", "x"))
    assert groups is None
    assert note == (
        "2 of 3 cases are equal to another one: too few differ to keep equal ones in one part"
    )


def test_equal_cases_with_different_labels_are_told() -> None:
    _, (note,) = heard(texts("x", "x", "y", "y", labels=["a", "b", "a", "a"]))
    assert note.endswith("; 2 of them have different labels")


def test_groups_that_share_a_case_are_one() -> None:
    given = np.array([5, 5, 9, 7, *range(10, 70)])
    groups, _ = heard(texts("x", "y", "y", "z", *MANY, groups=given))
    assert groups.tolist()[:4] == [0, 0, 0, 1]
    assert joined(np.array([0, 0, 1]), np.array([2, 3, 4])).tolist() == [0, 0, 1]


def test_series_are_equal_in_every_value() -> None:
    one, other = np.ones((3, 1), np.float32), np.ones((4, 1), np.float32)
    series = Ragged.from_list([one, other, one.copy()], 1)
    assert numbers_of_equal(Cases((), series, np.arange(3))).tolist() == [0, 1, 0]


@pytest.mark.parametrize("seed", range(5))
def test_no_test_case_has_a_twin_in_training(seed: int) -> None:
    words = [f"text {n}" for n in range(100)] * 2
    targets = np.eye(2)[np.tile(np.arange(100) % 2, 2)]
    groups, _ = heard(texts(*words))
    parts = split_cases(targets, groups, 0.2, 0.2, seed)
    of_test = {word for word, part in zip(words, parts, strict=True) if part == TEST}
    others = {word for word, part in zip(words, parts, strict=True) if part != TEST}
    assert 18 <= len(of_test) <= 22 and not of_test & others
