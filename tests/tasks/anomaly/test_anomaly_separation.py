"""The separation: which anomalies count together, and for how much."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.tasks.anomaly.separation import separation, widened

SEASON = 8
OFFSETS = np.array([0, 100, 200])


@pytest.fixture(autouse=True)
def _exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a label be no wider than its anomaly."""
    monkeypatch.setattr("seqtune.tasks.anomaly.separation.MARGINS", (0.0,))


def kinds_of(*events: tuple[int, int, int]) -> np.ndarray:
    """Return (200,) codes with events of kind, first row and length."""
    kinds = np.zeros(200, np.int8)
    for code, first, length in events:
        kinds[first : first + length] = code
    return kinds


def scored(kinds: np.ndarray, *found: int) -> np.ndarray:
    """Return scores that are high where some kinds are, and draw lots elsewhere."""
    scores = np.random.default_rng(0).random(200)
    return np.where(np.isin(kinds, found), 2.0, scores)


SHORT, LONG, SEASONAL = (1, 20, 1), (2, 120, 20), (3, 60, 8)


def test_all_that_is_found_separates_fully_and_nothing_planted_not_at_all() -> None:
    kinds = kinds_of(SHORT, LONG)
    assert separation(kinds, scored(kinds, 1, 2), OFFSETS, SEASON) > 0.85
    assert separation(np.zeros(200, np.int8), scored(kinds), OFFSETS, SEASON) == 0.0


def test_a_kind_counts_as_much_as_another_however_long() -> None:
    kinds = kinds_of(SHORT, LONG)
    only_long = scored(kinds, 2)
    one, other = (
        separation(
            np.where(kinds == code, kinds, 0).astype(np.int8),
            np.where((kinds == 0) | (kinds == code), only_long, np.nan),
            OFFSETS,
            SEASON,
        )
        for code in (1, 2)
    )
    assert one < 0.2 < 0.8 < other
    equal = separation(kinds, only_long, OFFSETS, SEASON)
    assert equal == pytest.approx((one + other) / 2)


def test_anomalies_of_a_kind_are_looked_for_together() -> None:
    kinds = kinds_of(SEASONAL, (3, 140, 8))
    scores = scored(kinds, 3)
    missed = np.where(np.arange(200) >= 140, scored(kinds), scores)
    both = separation(kinds, scores, OFFSETS, SEASON)
    assert separation(kinds, missed, OFFSETS, SEASON) < 0.7 < both


def test_rows_without_a_score_are_left_out() -> None:
    kinds = kinds_of(LONG)
    scores = scored(kinds, 2)
    scores[:100] = np.nan
    assert separation(kinds, scores, OFFSETS, SEASON) > 0.8
    assert separation(kinds, np.full(200, np.nan), OFFSETS, SEASON) == 0.0


def test_a_margin_does_not_reach_into_another_copy() -> None:
    labels = np.zeros(6, np.bool_)
    labels[2] = True
    assert widened(labels, np.array([0, 3, 6]), 2).tolist() == [True] * 3 + [False] * 3
