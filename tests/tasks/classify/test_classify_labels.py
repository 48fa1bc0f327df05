"""Labels as targets: their order, several in a cell, and what cannot be learnt."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from seqtune.errors import DataError
from seqtune.progress import Assumption, Event
from seqtune.tasks.classify.labels import Labels, are_far_from_equal, find_labels, separator_of


def find(cells: list[str], **more: Any) -> tuple[Labels, list[Event]]:
    heard: list[Event] = []
    asked = {"separator": "", "ordered": "auto", "kind": "text", **more}
    return find_labels(cells, listener=heard.append, **asked), heard


def separator(cells: list[str], asked: str | None = "auto") -> str:
    return separator_of(cells, asked, lambda event: None)


def test_words_are_sorted_as_text_and_numbers_by_size() -> None:
    assert find(["b", "a", "b", "a"])[0].names == ("a", "b")
    assert find(["10", "9", "-1", "9", "10"], kind="series")[0].names == ("-1", "9", "10")
    assert find(["10", "9", "x", "9"])[0].names == ("10", "9", "x")


def test_words_that_python_reads_as_numbers_are_words() -> None:
    assert find(["nan", "inf", "2", "2"])[0] == Labels(("2", "inf", "nan"))


def test_stars_of_texts_are_ordered() -> None:
    labels, heard = find(["1", "2", "3", "3"])
    assert labels == Labels(("1", "2", "3"), "", (1.0, 2.0, 3.0))
    assert heard == [
        Assumption("order", "1 to 3", "the labels are numbers", "--set data.ordered=false")
    ]


@pytest.mark.parametrize(
    ("cells", "more"),
    [
        (["0", "1", "0"], {}),
        (["1", "2", "3", "3"], {"kind": "series"}),
        (["1", "2", "3", "3"], {"ordered": False}),
        (["1;2", "3", "3", "2"], {"separator": ";"}),
        (["a", "b", "c", "c"], {}),
    ],
)
def test_other_labels_have_no_order(cells: list[str], more: dict[str, Any]) -> None:
    labels, heard = find(cells, **more)
    assert labels.values == ()
    assert heard == []


def test_an_order_that_was_asked_for_needs_numbers() -> None:
    assert find(["1", "0", "1"], ordered=True)[0].values == (0.0, 1.0)
    with pytest.raises(DataError, match="not all numbers: 1, good") as fault:
        find(["1", "good", "1"], ordered=True)
    assert fault.value.hint == "--set data.ordered=false"


def test_several_labels_have_no_order() -> None:
    with pytest.raises(DataError, match="a case has several have no order") as fault:
        find(["1;2", "1", "2"], separator=";", ordered=True)
    assert fault.value.hint == "--set data.ordered=false"


def test_one_class_is_refused() -> None:
    with pytest.raises(DataError, match=r"found the one label 'a' in 3 cases, expected at least"):
        find(["a", "a", "a"])
    with pytest.raises(DataError, match="found no label in 0 cases"):
        find([])


def test_as_many_classes_as_cases_are_refused() -> None:
    with pytest.raises(DataError, match="found 3 different labels in 3 cases") as fault:
        find(["a", "b", "c"])
    assert "--label COLUMN" in fault.value.hint
    assert "--task forecast" in fault.value.hint


def test_a_thousand_classes_and_no_more() -> None:
    cells = [f"c{number}" for number in range(1000)] * 2
    assert len(find(cells)[0].names) == 1000
    with pytest.raises(DataError, match="found 1001 different labels in 2001 cases"):
        find([*cells, "another"])


# several labels


def test_parts_that_stand_alone_elsewhere_are_labels() -> None:
    heard: list[Event] = []
    assert separator_of(["a;b", "a", "b", "c"], "auto", heard.append) == ";"
    assert heard == [
        Assumption("several labels", "split at ';'", "recognised", "--set data.several=null")
    ]
    assert separator(["a|b", "a", "b", "c"]) == "|"


def test_parts_that_are_joined_to_others_elsewhere_are_labels() -> None:
    assert separator(["a;b", "b;c", "a;c"]) == ";"


@pytest.mark.parametrize(
    "cells",
    [
        *(["x;y", "z"], ["x;y"] * 9 + ["z"], ["x;y", "v;w"], ["x;y", "x; y", "z"], ["x;y", "y;x"]),
        *(["Rome; IT", "Oslo; NO", "Paris; FR", "Bern; CH"], ["a;", ";b", "a"], ["a", "b"], []),
    ],
)
def test_labels_that_never_occur_apart_are_not_torn(cells: list[str]) -> None:
    assert separator(cells) == ""


def test_the_user_says_what_stands_between() -> None:
    assert separator(["a;b", "a", "b"], None) == ""
    assert separator(["x,y", "z"], ",") == ","


def test_targets_of_one_label_each() -> None:
    targets, unknown = Labels(("a", "b")).targets(["b", " a ", "c", ""])
    np.testing.assert_array_equal(targets, [[0, 1], [1, 0], [0, 0], [0, 0]])
    assert unknown == [(2, "c")]


def test_targets_of_several_labels() -> None:
    labels = find(["b; a", "c", ";a;", "a;a"], separator=";")[0]
    assert labels.names == ("a", "b", "c")
    assert labels.is_multi
    targets, unknown = labels.targets(["b; a", ";a;", "d;c;e", ";"])
    np.testing.assert_array_equal(targets, [[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]])
    assert unknown == [(2, "d"), (2, "e")]
    assert labels.split("a;a") == ["a"]


def test_one_label_that_a_case_has_or_has_not_can_be_learnt() -> None:
    assert find(["a", ";"], separator=";")[0].names == ("a",)


def test_classes_are_far_from_equal_from_three_to_one_on() -> None:
    def of_counts(*counts: int) -> bool:
        return are_far_from_equal(np.repeat(np.eye(len(counts)), counts, axis=0))

    assert not of_counts(5, 2)
    assert of_counts(6, 2)
    assert of_counts(9, 0, 3)  # a class without training cases says nothing
    assert not are_far_from_equal(np.zeros((0, 2)))


# on disk


@pytest.mark.parametrize(
    "labels",
    [Labels(("a", "ß 🙂")), Labels(("a",), ";"), Labels(("1", "2"), "", (1.0, 2.0))],
)
def test_labels_survive_as_json(labels: Labels) -> None:
    assert Labels.from_dict(json.loads(json.dumps(labels.to_dict()))) == labels


@pytest.mark.parametrize(
    "change",
    [
        *({"names": []}, {"names": "ab"}, {"names": [1, 2]}, {"names": ["a", "a"]}),
        *({"names": ["a", "\ud800"]}, {"names": {"a": 1}}, {"names": [["a"], ["b"]]}),
        *({"names": [str(n) for n in range(1001)]}, {"separator": None}, {"separator": 7}),
        *({"values": [1.0]}, {"values": ["1", "2"]}, {"values": [True, False]}, {"values": None}),
        *({"values": [1.0, float("nan")]}, {"values": [1.0, 10**400]}, {"separator": "\udfff"}),
    ],
    ids=lambda change: repr(change)[:40],
)
def test_labels_that_are_something_else(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the labels are not as they are written"):
        Labels.from_dict({**Labels(("a", "b")).to_dict(), **change})
