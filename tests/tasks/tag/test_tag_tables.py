"""The table of tags: in the order of the input, and no column lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tagged_sequences import BIO, PLAIN, given

from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.tables import tag_table
from seqtune.tasks.tag.tags import Tags

TOKENS = Roles("tokens", "tag", "word", "sentence")


def test_a_row_per_token() -> None:
    found = given(BIO, ["B-x", "I-x", "O"], [""] * 3, [2, 1], 0.75)
    table = tag_table(TOKENS, found, np.arange(3), ["New", "York", "is"])
    assert table.to_dict("list") == {
        "sentence": [1, 1, 2],
        "word": ["New", "York", "is"],
        "tag": ["B-x", "I-x", "O"],
        "confidence": [0.75] * 3,
    }
    named = tag_table(TOKENS, replace(found, names=["s8", "s9"]), np.arange(3), ["a", "b", "c"])
    assert named["sentence"].tolist() == ["s8", "s8", "s9"]


def test_tags_are_written_as_they_came_in() -> None:
    iob1 = Tags(BIO.names, "bio", "iob1")
    table = tag_table(TOKENS, given(iob1, ["B-x", "B-x"], [""] * 2, [2], 0.5), np.arange(2), "ab")
    assert table["tag"].tolist() == ["I-x", "B-x"]


def test_steps_are_in_the_order_of_the_rows() -> None:
    found = replace(given(PLAIN, ["a", "b", "c"], [""] * 3, [2, 1], 0.5), names=["u", "v"])
    table = tag_table(Roles("steps", "label", series="tag"), found, np.array([4, 0, 2]))
    assert table["row"].tolist() == [1, 3, 5]
    assert table["series"].tolist() == ["u", "v", "u"]  # its column is called as the answer is
    assert table["tag"].tolist() == ["b", "c", "a"]
    alone = tag_table(Roles("steps", "label"), given(PLAIN, ["a"], [""], [1], 0.5), np.array([0]))
    assert list(alone) == ["row", "tag", "confidence"]


def test_no_position_is_an_empty_table() -> None:
    table = tag_table(Roles("steps", "label"), given(PLAIN, [], [], [], 0.5), np.arange(0))
    assert list(table) == ["row", "tag", "confidence"] and not len(table)
