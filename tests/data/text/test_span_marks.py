"""Spans in tags, by hand and against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from seqtune.data.text.span_marks import converted, legal, recognise, repaired, spans_of

ONE = np.array([0, 4])


def at(*lengths: int) -> np.ndarray:
    return np.cumsum([0, *lengths])


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ("O B-x I-x O", "bio"),
        ("O B-x O B-y", "bio"),
        ("O I-x I-x B-x", "iob1"),
        ("O I-x O O", "iob1"),
        ("I-x B-y I-y O", "bio"),  # B-y touches no span of its kind: not IOB1
        ("O S-x B-y E-y", "bioes"),
        ("O B-x I-x NOUN", "none"),
        ("O O O O", "none"),
        ("B- O O O", "none"),
        ("N V N V", "none"),
    ],
)
def test_schemes_are_recognised(tags: str, scheme: str) -> None:
    assert recognise(tags.split(), ONE) == scheme


def test_positions_without_a_tag_say_nothing_of_the_scheme() -> None:
    assert recognise(["", "B-x", "", "I-x"], ONE) == "bio"


@pytest.mark.parametrize(
    ("tags", "scheme", "spans"),
    [
        ("B-x I-x O B-y", "bio", [(0, 2, "x"), (3, 4, "y")]),
        ("B-x I-y I-y O", "bio", [(0, 1, "x")]),
        ("I-x I-x B-x B-x", "bio", [(2, 3, "x"), (3, 4, "x")]),
        ("I-x I-x B-x I-y", "iob1", [(0, 2, "x"), (2, 3, "x"), (3, 4, "y")]),
        ("B-x I-x E-x S-y", "bioes", [(0, 3, "x"), (3, 4, "y")]),
        ("B-x I-x O E-x", "bioes", []),
        ("B-x E-y B-z E-z", "bioes", [(2, 4, "z")]),
        ("B-x B-x E-x E-x", "bioes", [(1, 3, "x")]),
    ],
)
def test_spans_by_hand(tags: str, scheme: str, spans: list[tuple[int, int, str]]) -> None:
    assert spans_of(tags.split(), ONE, scheme).triples() == spans


def test_no_span_goes_on_in_the_next_sequence() -> None:
    assert spans_of(["B-x", "I-x"], at(1, 1), "bio").triples() == [(0, 1, "x")]
    assert converted(["I-x", "I-x"], at(1, 1), "iob1", "bio") == ["B-x", "B-x"]


@pytest.mark.parametrize("scheme", ["bio", "bioes", "iob1", "none"])
def test_nothing_has_no_spans(scheme: str) -> None:
    assert spans_of([], at(), scheme).triples() == []
    assert repaired([], at(), scheme)[0] == []


@pytest.mark.parametrize(
    ("tags", "scheme", "made", "changed"),
    [
        ("O I-x I-x O", "bio", "O B-x I-x O", [1]),
        ("B-x I-y I-y O", "bio", "B-x B-y I-y O", [1]),
        ("B-x I-x O E-y", "bioes", "B-x E-x O S-y", [1, 3]),
        ("B-x O S-x I-x", "bioes", "S-x O S-x S-x", [0, 3]),
    ],
)
def test_what_is_not_legal_is_made_so(
    tags: str, scheme: str, made: str, changed: list[int]
) -> None:
    found, places = repaired(tags.split(), ONE, scheme)
    assert found == made.split()
    assert places.tolist() == changed


@pytest.mark.parametrize("scheme", ["bio", "bioes"])
def test_all_short_sequences(scheme: str) -> None:
    """Whether a sequence is legal is the same said by the matrix and by the repair."""
    letters = "BI" if scheme == "bio" else "BIES"
    names = ["O", *(f"{letter}-{kind}" for kind in "xy" for letter in letters)]
    begin, follow, end = legal(names, scheme)
    for codes in product(range(len(names)), repeat=3):
        tags, offsets = [names[code] for code in codes], at(3)
        may = begin[codes[0]] & follow[codes[0], codes[1]] & follow[codes[1], codes[2]]
        made, changed = repaired(tags, offsets, scheme)
        assert bool(may & end[codes[2]]) == (not len(changed))
        assert not len(repaired(made, offsets, scheme)[1])
        for other in ("iob1", "bio", "bioes"):
            there = converted(made, offsets, scheme, other)
            assert converted(there, offsets, other, scheme) == made
            assert (
                spans_of(there, offsets, other).triples()
                == spans_of(made, offsets, scheme).triples()
            )
