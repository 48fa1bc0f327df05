"""What is shown of answers: examples, figures by length, a map of attention."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
from drawn import drawn
from tiny_translators import cases_of

from seqtune.tasks.translate.examples import by_length, choose_examples
from seqtune.tasks.translate.report import KINDS
from seqtune.tasks.translate.report_answers import AnswersReport

VALUES: dict[str, Any] = {
    "title": "Answers of a network",
    "metric": "exact_match",
    "examples": [
        {"kind": "best", "case": 1, "source": "x y", "answer": "ab", "references": ["ab", "cd"],
         "errors": 0.0},
        {"kind": "worst", "case": 0, "source": "", "answer": "q\x1b[2J", "references": ["ab"],
         "errors": 1.0},
    ],
    "by_length": [{"shortest": 1, "longest": 3, "cases": 7, "score": 0.5}],
    "attention": {"source": ["x", " y"], "answer": ["ab", "<end>"],
                  "weights": [[0.9, 0.1], [0.0, 1.0]]},
    "signature": "",
}  # fmt: skip


def values(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(VALUES), **changes}


def report(**changes: Any) -> AnswersReport:
    return KINDS["answers"].from_dict(values(**changes))


def test_the_drawing() -> None:
    assert drawn(report(), width=70) == "\n".join(
        [
            "Answers of a network",
            "",
            "best, 0 % of its characters wrong",
            "  source    x y",
            "  answer    ab",
            "  expected  ab",
            "  expected  cd",
            "",
            "worst, 100 % of its characters wrong",
            "  answer    q\\x1b[2J",
            "  expected  ab",
            "",
            "length of source  cases  exact match",
            "────────────────────────────────────",
            "1 to 3                7        0.500",
            "",
            "What a typical answer looked at",
            "a row per token of the answer, a column per token of the source",
            "   ab  ██    x",
            "<end>    ██  y",
            "",
        ]
    )


def test_it_draws_without_any_extra() -> None:
    short = report(by_length=[], attention=None, metric="bleu", signature="tok:13a")
    text = drawn(short, width=30, encoding="ascii")
    assert "length" not in text and text.endswith("BLEU: tok:13a")


def test_it_is_json_and_comes_back() -> None:
    written = json.loads(json.dumps(report().to_dict()))
    assert KINDS["answers"].from_dict(written) == KINDS["answers"].from_dict(
        json.loads(json.dumps(KINDS["answers"].from_dict(written).to_dict()))
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"metric": "mase"},
        {"title": 3},
        {"examples": "ab"},
        {"examples": VALUES["examples"] * 20},
        {"examples": [{**VALUES["examples"][0], "references": []}]},
        {"examples": [{**VALUES["examples"][0], "errors": "none"}]},
        {"examples": [{**VALUES["examples"][0], "case": -1}]},
        {"by_length": [{"shortest": 1, "longest": 3, "cases": 7, "score": float("nan")}]},
        {"attention": {**VALUES["attention"], "weights": [[1.0], [1.0]]}},
        {"attention": {**VALUES["attention"], "weights": [[1.0, 0.0]]}},
        {"attention": {"source": [], "answer": [], "weights": []}},
    ],
)
def test_what_is_no_such_report_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        report(**changes)


def test_examples_are_the_best_typical_and_worst() -> None:
    known = cases_of(("abcd",), ("abcd",), ("abcd",), ("abcd",), ("abcd",), ("abcdefgh",))
    given = ["abcd", "abcx", "abxx", "axxx", "xxxx", "abcdefgh"]
    found = choose_examples(known, given)
    assert [(each["kind"], each["case"]) for each in found] == [
        ("best", 5),  # as right as the first, and longer
        ("best", 0),
        ("typical", 1),
        ("typical", 2),
        ("worst", 4),
        ("worst", 3),
    ]
    assert [each["errors"] for each in found] == [0.0, 0.0, 0.25, 0.5, 1.0, 0.75]


def test_one_case_is_an_example_of_each_kind() -> None:
    found = choose_examples(cases_of(("a",)), ["b"])
    assert [each["kind"] for each in found] == ["best", "typical", "worst"]


def test_figures_by_length_cover_every_case_once() -> None:
    known = cases_of(*[("a",)] * 40)
    object.__setattr__(known, "sources", ["x " * length for length in range(1, 41)])
    found = by_length(known, ["a"] * 20 + ["b"] * 20, "exact_match")
    assert [(each["shortest"], each["longest"], each["cases"]) for each in found] == [
        (1, 10, 10),
        (11, 20, 10),
        (21, 30, 10),
        (31, 40, 10),
    ]
    assert [each["score"] for each in found] == [1.0, 1.0, 0.0, 0.0]


def test_too_few_cases_have_no_figures_by_length() -> None:
    assert by_length(cases_of(("a",), ("b",)), ["a", "b"], "exact_match") == []
    assert np.isfinite([each["errors"] for each in choose_examples(cases_of(("a",)), [""])]).all()
