"""The tags of a run: numbers, texts as they came in, and what a file may say of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from seqtune.tasks.tag.tags import MOST_TAGS, UNKNOWN, Tags

BIO = Tags(("O", "B-x", "I-x"), "bio", "bio")
IOB1 = Tags(("O", "B-x", "I-x"), "bio", "iob1")
BIOES = Tags(("O", "B-x", "I-x", "E-x", "S-x"), "bioes", "bioes")
PLAIN = Tags(("NOUN", "B-x", "VERB"))
OFFSETS = np.array([0, 4, 6])


def test_a_tag_has_a_number_and_what_is_none_has_none() -> None:
    assert BIO.codes(["I-x", "", "O", "B-y", "o"]).tolist() == [2, UNKNOWN, 0, UNKNOWN, UNKNOWN]
    assert BIO.codes([]).dtype == np.int64 and not len(BIO.codes([]))
    assert (len(BIO), BIO.has_spans, PLAIN.has_spans) == (3, True, False)


@pytest.mark.parametrize(("tags", "expected"), [
    (BIO, "B-x I-x B-x O I-x B-x"),
    (IOB1, "I-x I-x B-x O I-x B-x"),  # B- only where a span touches another of its kind
])  # fmt: skip
def test_tags_are_written_as_they_came_in(tags: Tags, expected: str) -> None:
    codes = np.array([1, 2, 1, 0, 2, 1])
    assert " ".join(tags.texts(codes, OFFSETS)) == expected


def test_a_span_ends_with_its_sequence() -> None:
    codes = np.array([0, 0, 0, 1, 1, 2])
    assert IOB1.texts(codes, OFFSETS)[3:] == ["I-x", "I-x", "I-x"]
    assert IOB1.texts(codes, np.array([0, 6]))[3:] == ["I-x", "B-x", "I-x"]


def test_what_marks_no_spans_is_written_as_it_is() -> None:
    assert PLAIN.texts(np.array([1, 1, 0]), np.array([0, 3])) == ["B-x", "B-x", "NOUN"]
    assert PLAIN.texts(np.zeros(0, np.int64), np.array([0])) == []
    assert PLAIN.legal.follow.all() and PLAIN.legal.begin.all() and PLAIN.legal.end.all()


def test_legal_tags_are_those_of_the_scheme() -> None:
    assert BIO.legal.begin.tolist() == [True, True, False]
    assert IOB1.legal.follow.tolist() == BIO.legal.follow.tolist()
    assert BIO.legal.follow[:, 2].tolist() == [False, True, True]
    assert BIOES.legal.end.tolist() == [True, False, False, True, True]


@pytest.mark.parametrize("tags", [BIO, IOB1, BIOES, PLAIN])
def test_they_come_back_from_json(tags: Tags) -> None:
    assert Tags.from_dict(json.loads(json.dumps(tags.to_dict()))) == tags


@pytest.mark.parametrize("changed", [
    *({"names": "OBI"}, {"names": []}, {"names": ["O"]}, {"names": ["O", "O", "B-x"]}),
    *({"names": ["O", 7]}, {"names": ["O", ""]}, {"names": ["O", "x" * 1001]}, {"names": None}),
    *({"names": [f"t{at}" for at in range(MOST_TAGS + 1)]}, {"names": {"O": 1, "B-x": 2}}),
    *({"names": [["O"], ["B-x"]]}, {"names": ["I-x", "I-y"]}),
    *({"scheme": "iob1"}, {"scheme": "os"}, {"scheme": None}, {"scheme": ["bio"]}, {"scheme": 1}),
    *({"scheme": "bioes"}, {"written": "bioes"}, {"written": "none"}, {"written": []}),
    {"scheme": "none", "written": "iob1"},
    {"scheme": "bioes", "written": "bioes", "names": ["B-x", "I-x"]},  # no span has an end
    {"scheme": "bioes", "written": "bioes", "names": ["E-x", "I-x"]},  # nor a beginning
])  # fmt: skip
def test_what_is_no_such_thing_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"tags"):
        Tags.from_dict({**BIO.to_dict(), **changed})


@pytest.mark.parametrize("gone", ["names", "scheme", "written"])
def test_nothing_may_be_missing(gone: str) -> None:
    with pytest.raises(KeyError):
        Tags.from_dict({key: value for key, value in BIO.to_dict().items() if key != gone})
