"""How a text went on where it was as it is now, by hand and by a slow program."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.tasks.generate import recent
from seqtune.tasks.generate.recent import GROWTH, Recent, recent_chances


def test_matches_by_hand() -> None:
    """After `a b a c a b`: `a` followed `a b` (two tokens), nothing else followed a `b`."""
    known = Recent.start()
    for token in (0, 1, 0, 2, 0, 1):
        known = known.follow(token)
    assert known.matches.tolist() == [0, 0, 2, 0, 0, 0] and known.longest == 2
    assert known.probabilities(3).tolist() == [1.0, 0.0, 0.0]
    again = known.follow(0)  # `b` followed an `a` twice; `c` followed `a b a`
    share = 1 / (1 + 2 * np.exp(-2 * GROWTH))
    assert again.probabilities(3) == pytest.approx([0.0, 1 - share, share])


def test_of_nothing_nothing_is_said() -> None:
    assert Recent.start().probabilities(2).tolist() == [0.0, 0.0]
    assert recent_chances([]).shape == (0, 2)
    assert recent_chances([1, 1]).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_text_is_said_as_token_by_token_and_no_further_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recent, "REACH", 30)
    ids = np.random.default_rng(1).integers(3, size=90).tolist()
    found = recent_chances(ids)
    for place in range(1, 90):
        weights = {}
        for at in range(max(0, place - 30), place):
            length = 0
            while at - length > 0 and ids[at - length - 1] == ids[place - length - 1]:
                length += 1
            weights[at] = np.exp(GROWTH * min(length, 32)) if length else 0.0
        total = sum(weights.values())
        own = sum(each for at, each in weights.items() if ids[at] == ids[place])
        assert found[place, 0] == pytest.approx(own / total if total else 0.0)
