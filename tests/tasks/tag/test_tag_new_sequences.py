"""New sequences: tags of another scheme, tags never seen, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tagger_parts import prepare, sentences, series

from seqtune.data.reading.source import Source
from seqtune.data.text.span_marks import Scheme
from seqtune.errors import DataError
from seqtune.tasks.tag.answers import tagged
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.new_sequences import labelled_sequences, unlabelled_sequences
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.scoring import score_sequences
from seqtune.tasks.tag.tags import Tags

MARKED = {
    "bio": ("O", "B-city", "I-city", "B-date"),
    "bioes": ("O", "B-city", "I-city", "E-city", "S-city", "S-date"),
}


class Listening:
    """Hears what is said of new sequences."""

    name = "runs/tags"

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, *texts: str) -> None:
        self.notes += texts


def codec(scheme: Scheme = "bio", written: Scheme | None = None) -> Codec:
    """A codec of sentences whose tags are marked so."""
    parts, _ = prepare(sentences([10, 10]))
    tags = Tags(MARKED.get(scheme, ("O", "city", "date")), scheme, written or scheme)
    roles = Roles("tokens", "tag", "token", "s")
    return replace(parts.codec, tags=tags, roles=roles, counts=(1,) * len(tags))


def read(codec: Codec, tags: list[Any], names: str = "") -> tuple[EncodedSequences, list[str]]:
    """Return sequences with tags, and what was said; without names they are one."""
    table = pd.DataFrame({"s": list(names or "a" * len(tags)), "token": "we", "tag": tags})
    context: Any = Listening()
    return labelled_sequences(codec, Source.from_frame(table), context), context.notes


def targets(codec: Codec, *tags: str) -> list[str]:
    """Return the truth by its names, `?` for a tag never seen."""
    found, _ = read(codec, list(tags))
    names = (*codec.tags.names, "?", "")
    return [names[code] for code in found.targets.tolist()]


@pytest.mark.parametrize(("scheme", "written", "tags", "expected"), [
    ("bio", "bio", "B-city I-city O B-city", "B-city I-city O B-city"),
    ("bio", "bio", "B-city E-city O S-city", "B-city I-city O B-city"),
    ("bio", "bio", "I-city I-city O I-city", "B-city I-city O B-city"),
    ("bio", "iob1", "I-city I-city O I-city", "B-city I-city O B-city"),
    ("bio", "iob1", "I-city B-city O I-city", "B-city B-city O B-city"),
    ("bio", "iob1", "B-city I-city O B-city", "B-city I-city O B-city"),
    ("bioes", "bioes", "B-city E-city O S-city", "B-city E-city O S-city"),
    ("bioes", "bioes", "B-city I-city O B-city", "B-city E-city O S-city"),
    ("bioes", "bioes", "I-city I-city O I-city", "B-city E-city O S-city"),
    ("bio", "bio", "O O O O", "O O O O"),
    ("none", "none", "city city O city", "city city O city"),
])  # fmt: skip
def test_tags_are_taken_for_what_they_are_in_any_scheme(
    scheme: Scheme, written: Scheme, tags: str, expected: str
) -> None:
    assert targets(codec(scheme, written), *tags.split()) == expected.split()


@pytest.mark.parametrize(("tags", "said"), [
    ("B-city E-city", "spans are marked as BIOES, and taken for what they are; the run writes BIO"),
    ("I-city I-city", "spans are marked as IOB1, and taken for what they are; the run writes BIO"),
    ("B-city I-city", None),
    ("O O", None),
])  # fmt: skip
def test_another_scheme_is_said(tags: str, said: str | None) -> None:
    assert read(codec(), tags.split())[1] == ([said] if said else [])


def test_tags_that_are_not_legal_are_made_so_and_counted() -> None:
    found, notes = read(codec(), ["B-city", "I-date", "B-city", "I-city"])
    assert found.targets.tolist() == [1, 3, 1, 2]
    assert notes == ["tags that were no legal BIO, made so: 1 (the first at data: row 2)"]
    found, notes = read(codec("bioes"), ["B-city", "O", "S-city", "E-city"])
    assert found.targets.tolist() == [4, 0, 4, 4]
    assert notes == ["tags that were no legal BIOES, made so: 2 (the first at data: row 1)"]


def test_tags_never_seen_count_as_wrong_and_are_said() -> None:
    found, notes = read(codec(), ["B-food", "I-food", "B-city", "O", None])
    assert found.targets.tolist() == [4, 4, 1, 0, -1]
    assert notes[-1] == (
        "tags that the run has never seen: 'B-food', 'I-food', at 2 positions, the first at "
        "data: row 1; they count as wrong"
    )
    sure = np.eye(4)[[0, 0, 1, 0, 0]]
    scores = score_sequences(tagged(codec(), found, sure))
    assert scores["accuracy"] == 0.5  # of four: what has no tag is not scored
    assert scores["span_f1"] == pytest.approx(2 / 3)  # one of one is right, one of two is found


def test_a_tag_that_marks_no_span_is_wrong_and_not_outside_of_all() -> None:
    for asked in (codec(), codec("bio", "iob1"), codec("bioes")):
        found, notes = read(asked, ["O", "city", "O", None])
        assert found.targets.tolist() == [0, len(asked.tags), 0, -1]
        assert "never seen: 'city', at 1 position" in notes[-1]
    assert targets(codec(), "B-city", "x", "I-city", "B-city") == [
        "B-city",
        "?",
        "B-city",
        "B-city",
    ]


def test_what_could_not_be_learnt_can_be_scored() -> None:
    assert targets(codec(), "O", "O") == ["O", "O"]
    grouped = replace(codec(), roles=replace(codec().roles, group="speaker"))
    assert targets(grouped, "O", "O") == ["O", "O"]  # groups matter where parts are made
    found, notes = read(codec("none"), ["O", "O", "date", "date"], "aabb")
    assert found.targets.tolist() == [0, 0, 2, 2] and notes == []
    with pytest.raises(DataError, match="column 'tag' has no values; expected labels"):
        read(codec(), [None, None])


def test_each_sentence_begins_anew() -> None:
    found, _ = read(codec(), ["B-city", "I-city"], "ab")
    assert found.targets.tolist() == [1, 1]


def test_where_no_tag_is_known_it_is_refused() -> None:
    with pytest.raises(DataError, match="no row has a tag that the run knows; it knows 'O'") as no:
        read(codec(), ["B-food", "I-food"])
    assert no.value.hint


def test_new_sequences_need_no_tags_but_data_and_the_columns() -> None:
    context: Any = Listening()
    table = pd.DataFrame({"s": [1, 1, 2], "token": ["we", "fly", "x" * 10_000]})
    found = unlabelled_sequences(codec(), Source.from_frame(table), context)
    assert found.targets.tolist() == [-1] * 3 and found.offsets.tolist() == [0, 2, 3]
    assert found.where(2) == "data: row 3"
    assert "tokens of more than 1,000 characters (up to 10,000): 1" in context.notes[-1]
    with pytest.raises(DataError, match="found no data to tag") as none:
        unlabelled_sequences(codec(), None, context)
    assert none.value.hint == "seqtune predict runs/tags DATA"
    with pytest.raises(DataError, match="lacks column 'token'"):
        unlabelled_sequences(codec(), Source.from_frame(table[["s"]]), context)


def test_gaps_of_new_steps_are_filled_for_simple_methods_and_kept_for_networks() -> None:
    parts, _ = prepare(series([9, 9], channels=1))
    roles = Roles("steps", "state", series="s", time="t", channels=("x",))
    asked = replace(parts.codec, roles=roles, tags=Tags(("up", "down")))
    table = pd.DataFrame({"s": "q", "t": [2, 0, 1], "x": [3.0, 1.0, np.nan]})
    context: Any = SimpleNamespace(name="run", note=lambda *texts: None)
    found = unlabelled_sequences(asked, Source.from_frame(table), context)
    assert found.rows.tolist() == [1, 2, 0]
    assert found.inputs.values is not None and np.isnan(found.inputs.values[1, 0])
    filled = found.plain().values
    assert filled is not None and filled.ravel().tolist() == [1.0, 2.0, 3.0]
