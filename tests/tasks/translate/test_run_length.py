"""One long run, or two: by how often a run sees every pair."""

from __future__ import annotations

from typing import Any

import pytest

from seqtune.data.ragged import Ragged
from seqtune.progress import silent
from seqtune.tasks.translate import run_length
from seqtune.tasks.translate.run_length import long_run


@pytest.fixture(autouse=True)
def _no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_length, "has_nvidia_gpu", lambda: False)


def sides(tokens: int) -> list[dict[str, Ragged]]:
    """Sources of half the tokens, by two kinds, and answers of the other half."""
    half, twice = ([[1] * (tokens // 2 * factor)] for factor in (1, 2))
    return [{"word": Ragged.from_list(half), "character": Ragged.from_list(twice)},
            {"word": Ragged.from_list(half)}]  # fmt: skip


@pytest.mark.parametrize(("seconds", "is_one"), [(29.9, True), (30.1, False)])
def test_from_thirty_rounds_on_there_are_two_runs(seconds: float, is_one: bool) -> None:
    """8,000 tokens a second: a round of as many takes a second."""
    told: list[Any] = []
    found = long_run(0.5, sides(8_000), seconds, told.append)
    assert found == ({"search.trial_share": 1.0} if is_one else {})
    assert len(told) == is_one


def test_a_share_that_was_asked_for_stays() -> None:
    assert long_run(0.45, sides(8_000), 1.0, silent) == {}
