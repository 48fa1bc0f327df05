"""How a text went on where it was as it is now, by hand and by a slow program."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.data.text.vocabulary import END
from seqtune.tasks.generate import recent
from seqtune.tasks.generate.recent import GROWTH, Recent, recent_chances

A, B, C = 2, 3, 4


def test_matches_by_hand() -> None:
    """After `a b a c a b`: `a` followed `a b` (two tokens), nothing else followed a `b`."""
    known = Recent.start()
    for token in (A, B, A, C, A, B):
        known = known.follow(token)
    assert known.matches.tolist() == [0, 0, 2, 0, 0, 0] and known.longest == 2
    assert known.probabilities(5).tolist() == [0, 0, 1.0, 0, 0]
    again = known.follow(A)  # `b` followed an `a` twice; `c` followed `a b a`
    share = 1 / (1 + 2 * np.exp(-2 * GROWTH))
    assert again.probabilities(5) == pytest.approx([0, 0, 0, 1 - share, share])
    assert recent_chances([A, B, A, C, A, B, A, C])[-2:] == pytest.approx(
        np.array([[1.0, 2.0], [share, 3.0]])
    )


def test_of_nothing_nothing_is_said() -> None:
    assert Recent.start().probabilities(2).tolist() == [0.0, 0.0]
    assert recent_chances([]).shape == (0, 2)
    assert recent_chances([A, A]).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_text_is_said_as_token_by_token_and_no_further_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recent, "REACH", 30)
    ids = np.random.default_rng(1).integers(2, 5, size=90).tolist()
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


def test_only_what_stands_before_in_the_same_document_is_known() -> None:
    """A canary: what comes later, or stands in another document, changes nothing."""
    document = [A, B, C, A, B, C, B, A, B]
    alone = recent_chances(document)
    assert alone[5].tolist() == [1.0, 2.0]
    assert recent_chances([*document, C, A, B, C])[:9].tolist() == alone.tolist()
    other = [C, A, B, A, A, B, A, END]
    assert recent_chances([*other, *document])[8:].tolist() == alone.tolist()
    known = Recent.start()
    for token in (*other, *document):
        known = known.follow(token)
    assert known.tokens.tolist() == document


def test_time_grows_with_the_text_and_not_with_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every length looks at each place a few times at most, even where all is the same."""
    looked: list[int] = []
    numbered = recent._numbered

    def counted(keys: Any) -> Any:
        looked.append(len(keys))
        return numbered(keys)

    monkeypatch.setattr(recent, "_numbered", counted)
    assert recent_chances([A] * 3000)[-1].tolist() == [1.0, 32.0]
    assert sum(looked) <= 2 * 32 * 3000


def test_what_is_written_is_compared_with_what_was_read_and_not_added_to_it() -> None:
    read = Recent.start()
    for token in (A, B, C, A):
        read = read.follow(token)
    written = read.closed().follow(B)
    assert (written.tokens.tolist(), written.matches.tolist()) == ([A, B, C, A], [0, 0, 2, 0])
    assert written.probabilities(5).tolist() == [0, 0, 0, 0, 1.0]
    again = written.follow(B).follow(B)  # `b` has never followed a `b` in what was read
    assert again.tokens.tolist() == [A, B, C, A]
    assert again.follow(END).tokens.size == 0
