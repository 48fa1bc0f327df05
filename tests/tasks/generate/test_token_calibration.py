"""Whether tokens come as often as a model says, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.tasks.generate.evidence.calibration import (
    BEFORE,
    Reliability,
    calibration_block,
    reliability_of,
)


def test_the_error_is_the_mean_gap_of_the_bins() -> None:
    """Of four at 0.9 two came, of one at 0.2 none: (4 * 0.4 + 1 * 0.2) / 5."""
    found = Reliability(
        np.array([0.9, 0.9, 0.9, 0.9, 0.2]), np.array([True, True, False, False, False])
    )
    assert found.error == pytest.approx(0.36)


class Alternating:
    """Expects the token that was not read last, with 0.8."""

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        return ()

    def advance(self, state: tuple[Any, ...], ids: Any) -> tuple[Any, tuple[Any, ...]]:
        return np.log([[0.8, 0.2] if ids[0] else [0.2, 0.8]]) + 3.0, ()


def test_a_model_is_asked_what_comes_after_each_token() -> None:
    reader: Any = Alternating()
    found = reliability_of(reader, np.arange(3 * BEFORE) % 2)
    assert found is not None and len(found.claimed) == 2 * BEFORE
    assert found.right.all() and found.claimed == pytest.approx(0.8)
    block = calibration_block("gru", found)
    assert block is not None
    assert block.sentences[0].endswith(
        "and it came in 1.00: it claims 0.200 less than comes true. The expected calibration "
        "error is 0.200."
    )
    assert reliability_of(reader, np.zeros(2 * BEFORE - 1, int)) is None
    assert calibration_block("gru", None) is None
