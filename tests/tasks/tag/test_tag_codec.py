"""What is fitted on the training part, and what a file of it may not say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tagger_parts import prepare, sentences, series

from seqtune.errors import DataError
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encode import encode, fit_codec, without_gaps
from seqtune.tasks.tag.inputs import Inputs, layout
from seqtune.tasks.tag.sequences import Sequences


def refit(parts: Any, training: list[int], *overrides: str) -> Codec:
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe

    codec = parts.codec
    values = Recipe.load(None, "tag", ["tokens.least_count=1", *overrides]).values
    return fit_codec(
        parts.sequences, np.array(training), parts.targets, codec.roles, codec.tags, "accuracy",
        values, 600.0, silent,
    )[0]  # fmt: skip


def test_only_the_training_part_is_learnt_from() -> None:
    parts, _ = prepare(sentences([2, 10]))
    codec = refit(parts, [0])
    assert codec.lexicon is not None
    assert set(codec.lexicon.words) == {"we", "fly"}
    assert codec.counts == (2, 0, 0, 0, 0)
    assert codec.longest == 2


def test_scales_are_those_of_training_and_gaps_are_known() -> None:
    values = np.array([[1.0, 5.0], [3.0, np.nan], [100.0, 7.0], [100.0, 7.0]])
    found = Sequences(np.array([0, 2, 4]), np.arange(4), values=values, tags=["a", "b", "a", "b"])
    parts, _ = prepare(found)
    codec = refit(parts, [0])
    assert codec.center == (2.0, 5.0)
    assert codec.spread == (1.0, 5.0)  # a constant channel is counted in its size
    assert codec.gaps == (1,)
    assert codec.features == 3


def test_a_codec_is_the_same_from_a_file() -> None:
    for found in (sentences([3, 10, 4]), series([5, 6], gaps=0.2)):
        codec = prepare(found)[0].codec
        assert Codec.from_dict(json.loads(json.dumps(codec.to_dict()))) == codec


@pytest.mark.parametrize(
    "change",
    [
        {"metric": "speed"}, {"counts": [1]}, {"counts": [-1] * 5}, {"longest": 0},
        {"longest": True}, {"longest": 10**9}, {"lengths": []}, {"lengths": [5, 3, 10]},
        {"lengths": [3]}, {"usual": 0}, {"is_causal": 1}, {"lexicon": None}, {"lexicon": [1]},
        {"vectors": -1}, {"center": [1.0]}, {"spread": [float("nan")]}, {"gaps": [0]},
        {"roles": {}}, {"roles": None}, {"tags": {"names": ["a"]}}, {"counts": None},
    ],
)  # fmt: skip
def test_a_codec_that_is_none_is_refused(change: dict[str, Any]) -> None:
    codec = prepare(sentences([3, 10, 4]))[0].codec
    with pytest.raises((ValueError, KeyError)):
        Codec.from_dict({**codec.to_dict(), **change})


@pytest.mark.parametrize("change", [
    {"spread": [0.0, 1.0]}, {"gaps": [1, 0]}, {"gaps": [2]}, {"changes": []}, {"changes": [[0.0]]},
    {"changes": [[0.0, 0.5], [0.0, 0.0]]}, {"changes": [[0.0], [0.0, 0.0]]},
])  # fmt: skip
def test_a_codec_of_steps_that_is_none_is_refused(change: dict[str, Any]) -> None:
    codec = prepare(series([5, 6]))[0].codec
    with pytest.raises(ValueError, match=r"belong together|other lengths"):
        Codec.from_dict({**codec.to_dict(), **change})


def test_each_different_word_is_encoded_once() -> None:
    parts, _ = prepare(sentences([10, 10, 10]))
    assert parts.inputs.table is not None
    assert len(parts.inputs.table) == 10
    assert parts.inputs.positions == 30


def test_arrays_are_read_as_they_were_written() -> None:
    for found in (sentences([3, 0, 4]), series([5, 6])):
        parts, _ = prepare(found)
        arrays = parts.inputs.arrays()
        wanted = layout(parts.codec)
        assert {name: (str(each.dtype), each.ndim) for name, each in arrays.items()} == wanted
        again = Inputs.from_arrays(parts.codec, arrays)
        assert all(np.array_equal(each, arrays[name]) for name, each in again.arrays().items())


@pytest.mark.parametrize(
    "change",
    [
        {"types": np.array([0, 1, 9], np.int32)}, {"types": np.array([0, 1], np.int32)},
        {"words": np.array([2, 3, 99], np.int32)}, {"words": np.array([2, 3, -1], np.int32)},
        {"characters": np.full((3, 20), 999, np.uint16)},
        {"spelling": np.zeros((3, 4), np.int32)}, {"offsets": np.array([0, 4])},
        {"offsets": np.array([0, 5, 3])}, {"offsets": np.array([], np.int64)},
    ],
)  # fmt: skip
def test_arrays_that_do_not_belong_together_are_refused(change: dict[str, Any]) -> None:
    parts, _ = prepare(sentences([3]))
    with pytest.raises(ValueError, match="not those of the sentences"):
        Inputs.from_arrays(parts.codec, {**parts.inputs.arrays(), **change})


def test_values_of_other_series_are_refused() -> None:
    parts, _ = prepare(series([3]))
    with pytest.raises(ValueError, match="not those of the series"):
        Inputs.from_arrays(parts.codec, {**parts.inputs.arrays(), "values": np.zeros((3, 3))})


def test_long_sentences_are_said_and_nearly_all_are_read_whole(tmp_path: Path) -> None:
    parts, _ = prepare(sentences([70, *[10] * 400]))
    assert parts.codec.longest == 64
    assert prepare(sentences([70, *[10] * 100]))[0].codec.longest == 70


def test_vectors_are_those_of_the_file_and_random_where_it_has_none(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("we 1 2\nBoston 3 4\n", encoding="utf-8")
    parts, _ = prepare(sentences([4]), f"tokens.vectors={path}")
    assert parts.vectors is not None
    assert parts.codec.vectors == 2
    words = parts.codec.lexicon.words  # type: ignore[union-attr]
    assert parts.vectors[words.index("we") + 2].tolist() == [1, 2]
    assert parts.vectors[0].tolist() == [0, 0]
    assert np.abs(parts.vectors[1:]).min() > 0


def test_vectors_of_another_language_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("nous 1 2\n", encoding="utf-8")
    with pytest.raises(DataError, match="none of the 4 words"):
        prepare(sentences([4]), f"tokens.vectors={path}")


def test_simple_methods_see_no_gaps() -> None:
    values = np.array([[np.nan, np.nan], [1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]])
    values[:, 1][0:0] = 0
    found = Sequences(np.array([0, 4]), np.arange(4), values=values, tags=["a", "b", "a", "b"])
    parts, _ = prepare(found)
    assert without_gaps(parts.codec, found).values.tolist() == [  # type: ignore[union-attr]
        [1, 0], [1, 0], [2, 0], [3, 0],
    ]  # fmt: skip


def test_new_words_are_unknown() -> None:
    parts, _ = prepare(sentences([4]))
    new = Sequences(np.array([0, 1, 1]), np.arange(1), tokens=["Zürich"])
    made = encode(parts.codec, new)
    assert made.table is not None
    assert made.table.words.tolist() == [1]
