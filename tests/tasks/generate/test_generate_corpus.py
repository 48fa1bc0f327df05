"""Documents and their parts, and the array of tokens that they become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.reading.texts import read_texts
from seqtune.data.text.vocabulary import END
from seqtune.errors import DataError, RunError
from seqtune.progress import Assumption, Note, silent
from seqtune.recipe.load import Recipe
from seqtune.search.recorded import check_values
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.corpus import Columns, divide
from seqtune.tasks.generate.documents import corpus_of
from seqtune.tasks.generate.prepare import prepare

TALE = "Once upon a time there was a cat.\n" * 30


def parts(lengths: list[int], validation: float = 0.1, test: float = 0.1) -> list[Any]:
    return divide(lengths, validation, test, is_mixed=True, seed=3)


def test_one_text_is_divided_in_its_order() -> None:
    found = [(each.part, each.begin, each.end) for each in parts([1000])]
    assert found == [("train", 0, 800), ("validation", 800, 900), ("test", 900, 1000)]


def test_few_documents_are_cut_where_a_part_ends() -> None:
    found = [(each.document, each.part, each.begin, each.end) for each in parts([60, 40])]
    assert found == [
        (0, "train", 0, 60), (1, "train", 0, 20), (1, "validation", 20, 30), (1, "test", 30, 40),
    ]  # fmt: skip


def test_many_documents_belong_to_one_part_each() -> None:
    found = parts([10] * 30)
    assert sorted(each.document for each in found) == list(range(30))
    assert all((each.begin, each.end) == (0, 10) for each in found)
    assert [each.part for each in found] == ["train"] * 24 + ["validation"] * 3 + ["test"] * 3
    assert [each.document for each in found] != list(range(30))


def test_every_part_has_a_document_however_long_one_is() -> None:
    for place in range(20):
        lengths = [1] * 20
        lengths[place] = 10_000
        assert {each.part for each in parts(lengths)} == {"train", "validation", "test"}


def text_file(folder: Path, text: str, name: str = "tale.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def prepared_of(path: Path, *changes: str) -> tuple[Any, Recipe]:
    recipe = Recipe.load("generate/quick", "generate", ("training.sequence=8", *changes), {})
    return prepare(read_texts(path), recipe, silent)


def test_a_text_becomes_an_array_with_the_borders_of_its_parts(tmp_path: Path) -> None:
    prepared, _ = prepared_of(text_file(tmp_path, TALE))
    array = prepared.arrays["character"]
    tokens = prepared.codec.tokens["character"]
    assert array[0] == END and (array[1:] != END).all()
    assert tokens.decode(array.tolist()) == TALE
    first, second, end = prepared.codec.borders["character"]
    assert (first - 1, second - first, end - second) == prepared.codec.characters
    assert end == len(TALE) + 1


def test_tokens_are_counted_in_the_training_part_alone(tmp_path: Path) -> None:
    prepared, _ = prepared_of(text_file(tmp_path, TALE + "cc" * 100))
    tokens, first = prepared.codec.tokens["character"], prepared.codec.borders["character"][0]
    train = tokens.decode(prepared.arrays["character"][:first].tolist())
    counts = dict(zip(tokens.vocabulary, prepared.codec.counts["character"], strict=True))
    assert counts.pop("<end>") == 1 and counts.pop("<unknown>") == 0
    assert counts == {each: train.count(each) for each in set(train)}
    again = Codec.from_dict(json.loads(json.dumps(prepared.codec.to_dict())))
    assert again == prepared.codec


def test_characters_of_validation_and_test_are_not_in_the_vocabulary(tmp_path: Path) -> None:
    prepared, _ = prepared_of(text_file(tmp_path, TALE + "§" * 40))
    assert "§" not in prepared.codec.tokens["character"].vocabulary
    assert prepared.codec.tokens["character"].unknown_in(TALE) == []


def test_each_row_of_a_table_is_a_document(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": [f"tale number {i} of many" for i in range(40)], "n": range(40)})
    recipe = Recipe.load("generate/quick", "generate", ("training.sequence=8",), {})
    heard: list[Any] = []
    prepared, settled = prepare(Source.from_frame(frame), recipe, heard.append)
    assert prepared.codec.documents == 40 and prepared.codec.column == "text"
    assert settled.get("data.text") == "text"
    assert int((prepared.arrays["character"] == END).sum()) == 40
    assert {each.what for each in heard if isinstance(each, Assumption)} == {"text", "documents"}
    train = prepared.documents("character", "train")
    assert (train.values[train.offsets[1:-1] - 1] == END).all()


def test_the_text_of_the_training_part_comes_back(tmp_path: Path) -> None:
    prepared, _ = prepared_of(text_file(tmp_path, TALE))
    text = "".join(prepared.source_text("train"))
    assert TALE.startswith(text) and len(text) == prepared.codec.characters[0]


def test_gaps_are_filled_with_words(tmp_path: Path) -> None:
    recipe = Recipe.load(
        "generate/quick", "generate", ("training.sequence=8", "objective=fill"), {}
    )
    heard: list[Any] = []
    source = read_texts(text_file(tmp_path, TALE * 3))
    prepared, settled = prepare(source, recipe, heard.append)
    assert prepared.kinds == ["word"]
    assert settled.get("network.architecture") == "bidirectional_context"
    assert any(isinstance(each, Note) and "words" in each.text for each in heard)


@pytest.mark.parametrize(("text", "words"), [
    ("too short", "9 characters"),
    ("a" * 500, "holds only the character"),
])  # fmt: skip
def test_text_that_nothing_can_be_learnt_from_is_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    source = read_texts(text_file(tmp_path, text))
    with pytest.raises(DataError, match=words):
        corpus_of(source, Columns(), silent)


def test_a_text_shorter_than_a_sequence_says_how_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="fewer than one training sequence of 4000") as error:
        prepared_of(text_file(tmp_path, TALE), "training.sequence=4000")
    assert "--set training.sequence=" in error.value.hint


def test_two_columns_of_text_are_not_guessed_between() -> None:
    frame = pd.DataFrame({"left": ["some words"] * 30, "right": ["other words"] * 30})
    with pytest.raises(DataError, match="several columns") as error:
        corpus_of(Source.from_frame(frame), Columns(), silent)
    assert error.value.hint == "choose one: --text left"


def test_perplexity_does_not_compare_kinds_of_token(tmp_path: Path) -> None:
    kinds = "tokens.kind=[character,byte]"
    with pytest.raises(DataError, match="perplexity is per token"):
        prepared_of(text_file(tmp_path, TALE), kinds, "metric=perplexity")


def test_a_codec_on_disk_is_the_same_again(tmp_path: Path) -> None:
    prepared, _ = prepared_of(text_file(tmp_path, TALE))
    prepared.save(tmp_path)
    again = type(prepared).load(tmp_path)
    assert again.codec == prepared.codec
    assert np.array_equal(again.arrays["character"], prepared.arrays["character"])


@pytest.mark.parametrize("change", [
    {"objective": "all"}, {"metric": "mase"}, {"documents": -1}, {"documents": True},
    {"characters": [1, 2]}, {"characters": [0, 1, 1]}, {"borders": {}}, {"column": ""},
    {"borders": {"character": [5, 4, 6]}}, {"tokens": {}}, {"tokens": []}, {"more": 1},
])  # fmt: skip
def test_a_damaged_codec_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    prepared, _ = prepared_of(text_file(tmp_path, TALE))
    with pytest.raises((ValueError, KeyError)):
        Codec.from_dict({**prepared.codec.to_dict(), **change})


@pytest.mark.parametrize(("change", "words"), [
    (lambda array: array[:-1], "expected uint8"),
    (lambda array: array.astype("uint16"), "expected uint8"),
    (lambda array: np.where(array == 3, 250, array).astype("uint8"), "not in the vocabulary"),
    (lambda array: np.where(np.arange(len(array)) == 0, 3, array).astype("uint8"), "no document"),
])  # fmt: skip
def test_tokens_of_a_stranger_are_held_against_the_vocabulary(
    tmp_path: Path, change: Any, words: str
) -> None:
    prepared, _ = prepared_of(text_file(tmp_path, TALE))
    prepared.save(tmp_path)
    path = tmp_path / "data" / "character.npy"
    np.save(path, change(np.load(path)))
    with pytest.raises(RunError, match=words):
        type(prepared).load(tmp_path)


def test_more_lanes_than_any_search_takes_are_refused(tmp_path: Path) -> None:
    recipe = Recipe.load("generate/quick", "generate", (), {})
    values = {each.path: each.default for each in recipe.dimensions()}
    assert check_values("generate", values, tmp_path)["training.batch_size"] == 32
    with pytest.raises(RunError, match=r"training\.batch_size"):
        check_values("generate", {**values, "training.batch_size": 2**30}, tmp_path)
