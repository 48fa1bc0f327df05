"""The table of tags: in the order of the input, and no column lost."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from tagged_sequences import BIO, PLAIN, codec_of, encoded_of, given

from seqtune.tasks.tag.answers import TaggedSequences
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.tables import tag_table
from seqtune.tasks.tag.tags import Tags

TOKENS = Roles("tokens", "tag", "word", "sentence")


def table(roles: Roles, found: TaggedSequences, tokens: Any = (), rows: Any = None) -> pd.DataFrame:
    encoded = encoded_of(found, list(tokens))
    rows = encoded.rows if rows is None else np.array(rows)
    asked: Any = SimpleNamespace(**{**vars(encoded), "rows": rows})
    return tag_table(codec_of(found.tags, roles), asked, found.marginals)


def test_a_row_per_token() -> None:
    found = given(BIO, ["B-x", "I-x", "O"], [""] * 3, [2, 1], 0.75)
    assert table(TOKENS, found, ["New", "York", "is"]).to_dict("list") == {
        "sentence": [1, 1, 2],
        "word": ["New", "York", "is"],
        "tag": ["B-x", "I-x", "O"],
        "confidence": [0.75] * 3,
    }
    named = table(TOKENS, replace(found, names=["s8", "s9"]), ["a", "b", "c"])
    assert named["sentence"].tolist() == ["s8", "s8", "s9"]


def test_tags_are_written_as_they_came_in() -> None:
    iob1 = Tags(BIO.names, "bio", "iob1")
    found = given(iob1, ["B-x", "B-x"], [""] * 2, [2], 0.5)
    assert table(TOKENS, found, "ab")["tag"].tolist() == ["I-x", "B-x"]


def test_steps_are_in_the_order_of_the_rows() -> None:
    found = replace(given(PLAIN, ["a", "b", "c"], [""] * 3, [2, 1], 0.5), names=["u", "v"])
    made = table(Roles("steps", "label", series="tag"), found, rows=[4, 0, 2])
    assert made["row"].tolist() == [1, 3, 5]
    assert made["series"].tolist() == ["u", "v", "u"]  # its column is called as the answer is
    assert made["tag"].tolist() == ["b", "c", "a"]
    alone = table(Roles("steps", "label"), given(PLAIN, ["a"], [""], [1], 0.5))
    assert list(alone) == ["row", "tag", "confidence"]


def test_no_position_is_an_empty_table() -> None:
    made = table(Roles("steps", "label"), given(PLAIN, [], [], [], 0.5))
    assert list(made) == ["row", "tag", "confidence"] and not len(made)
    assert not len(table(TOKENS, given(PLAIN, [], [], [], 0.5)))
