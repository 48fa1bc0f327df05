"""The sign test against coins counted by hand."""

from __future__ import annotations

import pytest

from seqtune.metrics.sign_test import MANY, sign_test


def test_few_coins_by_hand() -> None:
    assert sign_test(0, 0) == sign_test(0, 1) == 1.0
    assert sign_test(0, 5) == 2 / 32  # all heads, or all tails
    assert sign_test(1, 4) == 2 * (1 + 4) / 16
    assert sign_test(5, 10) == 1.0


def test_many_coins_are_about_as_the_exact_count() -> None:
    just_exact, approximate = sign_test(460, MANY), sign_test(460, MANY + 1)
    assert approximate == pytest.approx(just_exact, rel=0.1)
    assert sign_test(50_000, 100_000) == 1.0
    assert sign_test(0, 100_000) == 0.0
