"""What is shown of answers: examples, figures by length, a map of attention."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
from drawn import drawn

from seqtune.tasks.translate.examples import by_length, choose_examples
from seqtune.tasks.translate.report import KINDS
from seqtune.tasks.translate.report_answers import AnswersReport
from tests.tasks.translate.test_scoring import cases

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
