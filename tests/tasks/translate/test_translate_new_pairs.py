"""New rows for a run: sources alone, or with their answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.data.text.vocabulary import UNKNOWN
from seqtune.errors import DataError
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks._values import Context
from seqtune.tasks.translate.codec import Codec
from seqtune.tasks.translate.new_pairs import new_pairs, new_sources
from seqtune.tasks.translate.prepare import prepare

WORDS = [f"{one}{two}{three}" for one in "abc" for two in "abc" for three in "ab"]
RECIPE = Recipe.load(None, "translate", ["tokens.lower=true"])


def fitted() -> Codec:
    frame = pd.DataFrame({"word": WORDS, "phones": [" ".join(word.upper()) for word in WORDS]})
    return prepare(Source.from_frame(frame), RECIPE, silent)[0].codec


CODEC = fitted()


def context() -> Context:
    return Context(recipe=RECIPE, name="runs/words")


def source(**columns: Any) -> Source:
    return Source.from_frame(pd.DataFrame(columns))


def test_each_row_is_a_case_and_equal_ones_too() -> None:
    encoded = new_sources(CODEC, source(word=["Ab", "ba", "ab"]), context())
    assert len(encoded) == 3 and encoded.lines.tolist() == [0, 1, 2]
    assert encoded.sources == ["ab", "ba", "ab"] == encoded.plain()
    assert [*encoded.references] == [(), (), ()]
    one, other, third = encoded.inputs["character"].select([0, 1, 2])
    assert one.tolist() == third.tolist() == other.tolist()[::-1]
    assert encoded.rows.tolist() == [0, 1, 2]


def test_rows_without_a_source_are_left_out_and_keep_their_place(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("word,more\nab,1\n,2\nba,3\n", encoding="utf-8")
    heard = context()
    encoded = new_sources(CODEC, read_source(tmp_path / "new.csv"), heard)
    assert encoded.lines.tolist() == [0, 2]
    assert encoded.where(1) == f"{tmp_path / 'new.csv'}:4"
    assert any("1 row without a source left out" in note for note in heard.notes)


def test_rows_of_one_source_are_scored_against_all_their_answers() -> None:
    heard = context()
    table = source(word=["ab", "ba", "AB "], phones=["A  B", "B A", "a b b"])
    encoded = new_pairs(CODEC, table, heard)
    assert encoded.sources == ["ab", "ba"]
    assert [*encoded.references] == [("a b", "a b b"), ("b a",)]
    assert encoded.lines.tolist() == [0, 1]
    assert any("3 rows have 2 different sources" in note for note in heard.notes)


def test_characters_that_training_never_saw_are_said_once_they_are_read() -> None:
    heard = context()
    encoded = new_sources(CODEC, source(word=["ax", "b", "хx"]), heard)
    assert heard.notes == []
    assert encoded.inputs["character"].select([0])[0].tolist()[1] == UNKNOWN
    assert encoded.inputs["character"] is encoded.inputs["character"]
    (note,) = heard.notes
    assert note == "characters that training never saw, read as unknown in 2 rows: 'x', 'х'"


def test_sources_longer_than_those_of_training_are_read_whole_up_to_a_length() -> None:
    heard = context()
    encoded = new_sources(CODEC, source(word=["abcabcabc", "a" * 500]), heard)
    assert encoded.inputs["character"].lengths.tolist() == [9, 400]
    assert heard.notes == ["sources of more than 400 character tokens: 1 lose their middle"]


def test_what_is_missing_is_named() -> None:
    with pytest.raises(DataError, match="found no data") as fault:
        new_sources(CODEC, None, context())
    assert fault.value.hint == "seqtune predict runs/words DATA"
    with pytest.raises(DataError, match="lacks column 'word'"):
        new_sources(CODEC, source(text=["a"]), context())
    with pytest.raises(DataError, match="phones"):
        new_pairs(CODEC, source(word=["a"]), context())
    with pytest.raises(DataError, match="no values"):
        new_pairs(CODEC, source(word=["a"], phones=[""]), context())
    with pytest.raises(KeyError):
        new_sources(CODEC, source(word=["a"]), context()).inputs["word"]
    encoded = new_sources(CODEC, source(word=["a"]), context())
    assert [*encoded.inputs] == ["character"]
