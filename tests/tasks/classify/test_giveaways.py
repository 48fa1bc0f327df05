"""A column that names the label is told of, whatever it is called."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.data.ragged import Ragged
from seqtune.data.reading.giveaway import names_label
from seqtune.progress import Note
from seqtune.tasks.classify.cases import Cases
from seqtune.tasks.classify.giveaways import tell_giveaways
from seqtune.tasks.classify.roles import Roles

LABELS = np.arange(60) % 3
NOISE = np.random.default_rng(0).normal(size=(60, 4))


def heard(cases: list[Any], channels: tuple[str, ...], series: str | None) -> list[str]:
    notes: list[Any] = []
    whole = Ragged.from_list(cases, cases[0].shape[1])
    labels = [f"l{label}" for label in LABELS]
    given = Cases((), whole, np.arange(60), labels=labels)
    roles = Roles("series", "label", series=series, channels=channels)
    tell_giveaways(given, roles, notes.append)
    return [note.text for note in notes if isinstance(note, Note)]


def test_a_channel_that_is_the_number_of_the_class_is_told() -> None:
    cases = [np.column_stack([NOISE[case], np.full(4, LABELS[case])]) for case in range(60)]
    (note,) = heard(cases, ("x", "code"), "case")
    assert note == (
        "column 'code' gives the label away: each value comes with one label of 'label'. If nobody "
        "knows it of a new case, leave it out: name the other columns with --past"
    )


def test_a_step_of_cases_in_rows_is_told_too() -> None:
    steps = np.column_stack([NOISE, 10.0 - LABELS])
    found = heard([row[:, None] for row in steps], ("t0", "t1", "t2", "t3", "kind"), None)
    assert len(found) == 1 and "column 'kind' gives the label away" in found[0]


def test_noise_and_what_has_several_labels_are_not_told() -> None:
    shared = [np.column_stack([NOISE[case], np.full(4, case % 2)]) for case in range(60)]
    assert heard(shared, ("x", "parity"), "case") == []
    assert heard([row[:, None] for row in NOISE], ("t0", "t1", "t2", "t3"), None) == []


@pytest.mark.parametrize(("values", "labels", "expected"), [
    (np.repeat([0.0, 1.0, 2.0], 20), np.repeat([0, 1, 1], 20), True),  # finer than the classes
    (np.arange(60.0), np.repeat([0, 1], 30), False),  # each value once
    (np.repeat([0.0, 1.0], [55, 5]), np.repeat([0, 1], [55, 5]), False),  # too few others
    (np.zeros(60), np.zeros(60, int), False),
])  # fmt: skip
def test_a_value_names_the_label_where_it_comes_often_with_one_alone(
    values: Any, labels: Any, expected: bool
) -> None:
    assert names_label(values, labels) == expected
