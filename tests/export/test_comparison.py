"""How far apart two arrays of predictions are: worked by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.errors import ExportError
from seqtune.export.comparison import ENOUGH, LIMIT, compare, difference, part_to_compare


@pytest.mark.parametrize(
    ("expected", "found", "share"),
    [
        ([1.0, 3.0], [1.0, 3.0], 0.0),
        ([1.0, 3.0], [1.0, 3.5], 0.25),  # 0.5 of the 2 from lowest to highest
        ([1.0, 3.0], [0.9, 3.0], 0.05),
        ([[0.0], [10.0]], [[1.0], [8.0]], 0.2),  # the larger of 1 and 2, of 10
        ([5.0, 5.0], [5.0, 5.001], 0.2),  # no spread: 0.001 of a thousandth of 5
        ([-1000.0, -1000.5], [-1000.0, -1001.0], 0.5 / 1.0005),
        ([0.0, 0.0], [0.0, 0.0], 0.0),
        ([0.0, 0.0], [0.0, 1e-9], math.inf),  # nothing to measure by
        ([math.nan, 1.0, 2.0], [math.nan, 1.0, 2.5], 0.5),
        ([math.nan, 1.0], [0.0, 1.0], math.inf),
        ([0.0, 1.0], [math.nan, 1.0], math.inf),
        ([0.0, 1.0], [math.inf, 1.0], math.inf),
        ([-math.inf, 1.0, 3.0], [-math.inf, 2.0, 3.0], 0.5),
        ([-math.inf, 1.0], [-1e9, 1.0], math.inf),
        ([1.0], [1.0, 1.0], math.inf),
        ([], [], 0.0),
    ],
)
def test_the_difference_is_a_share_of_the_scale(expected: Any, found: Any, share: float) -> None:
    assert difference(np.array(expected), np.array(found)) == pytest.approx(share)


@pytest.mark.parametrize(
    ("validation", "test", "part"),
    [(10, 20, "test"), (10, ENOUGH + 1, "validation"), (ENOUGH + 9, ENOUGH + 1, "test"),
     (10, 0, "validation"), (0, ENOUGH + 1, "test"), (0, 0, "test")],
)  # fmt: skip
def test_the_test_part_is_compared_unless_it_is_long(validation: int, test: int, part: str) -> None:
    sizes = {"validation": range(validation), "test": range(test)}
    prepared = SimpleNamespace(encoded=sizes.__getitem__)
    assert part_to_compare(prepared) == part


def predictor(made: Any) -> Any:
    return SimpleNamespace(
        name="runs/a",
        prepared=SimpleNamespace(encoded=lambda part: [1, 2]),
        predictions=lambda row, encoded: np.array(made),
        task=SimpleNamespace(counted=lambda encoded: "windows"),
    )


def test_what_predicts_the_same_is_said_with_its_figure() -> None:
    comparison = compare(
        predictor([0.0, 1.0]), "gru-t001", "test", [np.array([0.0, 1.0 + LIMIT / 2])]
    )
    assert (comparison.part, comparison.examples, comparison.unit) == ("test", 2, "windows")
    assert comparison.difference == pytest.approx(LIMIT / 2)
    assert comparison.to_dict()["windows"] == 2


@pytest.mark.parametrize(("found", "figure"), [([0.0, 1.001], "1.0e-03"), ([0.0], "inf")])
def test_what_does_not_is_refused_with_it(found: list[float], figure: str) -> None:
    with pytest.raises(ExportError, match="does not predict as the run does") as refused:
        compare(predictor([0.0, 1.0]), "gru-t001", "test", [np.array(found)])
    assert f"largest difference is {figure} of the predictions' scale" in refused.value.message
    assert "at most 1e-05" in refused.value.message
    assert refused.value.hint.endswith("seqtune export runs/a --use NAME -o FILE")
