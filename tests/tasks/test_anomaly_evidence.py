"""Which channel is to blame for a row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.evidence import Evidence
from seqtune.tasks.anomaly.standstill import Standstill
from seqtune.tasks.anomaly.stretch import Stretch

NAN = math.nan


def evidence(
    stretches: Sequence[Stretch], told: list[Any], standstill: Standstill | None = None
) -> Evidence:
    codec = SimpleNamespace(standstill=standstill, threshold=4.0)
    return Evidence(cast(Codec, codec), stretches, told)


def stretch(
    values: npt.NDArray[np.float64], seen: npt.NDArray[np.bool_] | None = None, first: int = 0
) -> Stretch:
    channels = values.shape[1]
    observed = np.ones(values.shape, np.bool_) if seen is None else seen
    return Stretch(values, observed, first, 0, np.zeros(channels), np.ones(channels))


def test_the_largest_error_is_to_blame_in_units_of_its_channel() -> None:
    one = stretch(np.ones((3, 2)), first=1)
    seen = np.array([[True, True], [True, False]])
    values = np.array([[1.0, 5.0], [7.0, 0.0]])
    two = Stretch(values, seen, 0, 0, np.zeros(2), np.array([1.0, 10.0]))
    told = [np.array([[1.0, 1.5], [4.0, 1.0]]), np.array([[2.0, 9.0], [8.0, 99.0]])]
    found = evidence([one, two], told)
    assert [found.at(row) for row in range(4)] == [
        {"channel": 1, "expected": 1.5, "found": 1.0},
        {"channel": 0, "expected": 4.0, "found": 1.0},
        {"channel": 0, "expected": 2.0, "found": 1.0},  # 4 of 10 are less than 1 of 1
        {"channel": 0, "expected": 8.0, "found": 7.0},  # the other was not observed
    ]


def test_without_a_known_error_nobody_is_to_blame() -> None:
    nothing = stretch(np.ones((1, 2)), np.zeros((1, 2), np.bool_))
    assert evidence([nothing], [np.zeros((1, 2))]).at(0) == {}
    assert evidence([stretch(np.ones((1, 2)))], [np.full((1, 2), NAN)]).at(0) == {}


def test_what_stands_still_is_to_blame_before_the_largest_error() -> None:
    known = Standstill(np.array([0, 2]), np.array([0.0, 2.0]), np.array([1.0, 0.5]))
    values = np.column_stack([np.arange(10.0), [0.0, 1.0, *[5.0] * 7, 6.0]])
    found = evidence([stretch(values, first=1)], [np.zeros((9, 2))], known)
    # the run has 7 rows: in the sixth its rarity is 2 + 4 * 0.5, at the threshold, then beyond
    assert found.at(6) == {"channel": 0, "expected": 0.0, "found": 7.0}
    assert found.at(7) == {"channel": 1, "expected": 0.0, "found": 5.0, "unchanged": 7}
    assert found.at(8) == {"channel": 0, "expected": 0.0, "found": 9.0}
