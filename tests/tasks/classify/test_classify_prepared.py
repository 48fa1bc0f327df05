"""A folder of cases that is damaged or a stranger's is refused in one line, whatever is in it."""

from __future__ import annotations

import json
import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from damaged_arrays import Act, array_of, bomb, check_nothing_is_unpickled, cut_off, gone, set_in

from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.errors import RunError
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.labels import Labels
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.roles import Roles

TEXTS = ["good film", "bad film", "ж 🙂", "", "good\r\ngood", "bad"]
PARTS = np.array([0, 0, 1, 1, 2, 2], np.int8)
TARGETS = np.eye(2, dtype=np.float32)[[0, 1, 0, 1, 0, 1]]
LINES = np.arange(6) * 2
NAN = float("nan")


def text_data() -> Prepared:
    """Six texts as words and as characters, with word vectors."""
    tokenizers = {
        kind: Tokenizer.fit(TEXTS, kind, max_tokens=50, normalization="nfkc_lower")
        for kind in ("word", "character")
    }
    codec = Codec(
        Roles("text", "label", "text"),
        Labels(("neg", "pos")),
        "accuracy",
        (1.0, 1.0),
        tokenizers,
        {"word": 3, "character": 9},
        vectors=2,
    )
    inputs = {kind: codec.tokens(TEXTS, kind)[0] for kind in tokenizers}
    raw = [list(text.encode()) for text in TEXTS]
    offsets = np.cumsum([0, *map(len, raw)])
    texts = Ragged(np.array([byte for text in raw for byte in text], np.uint8), offsets)
    vectors = np.ones((tokenizers["word"].size, 2), np.float32)
    return Prepared(codec, inputs, TARGETS, PARTS, LINES, texts, {"word": vectors})


def series_data() -> Prepared:
    """Six cases of two channels and of one to three steps; the first lacks a channel."""
    codec = Codec(
        Roles("series", "label", "", "case", "step", ("x", "y")),
        Labels(("neg", "pos")),
        "balanced_accuracy",
        (1.0, 1.0),
        longest={"series": 3},
        center=(0.5, 2.5),
        spread=(1.0, 2.0),
    )
    cases: list[Any] = [
        [[1, NAN], [2, NAN]],
        [[3, 4]],
        [[5, 6]] * 3,
        [[7, 8]],
        [[9, 0]],
        [[1, 2]] * 2,
    ]
    return Prepared(codec, {"series": Ragged.from_list(cases, 2)}, TARGETS, PARTS, LINES)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A folder of texts, to be attacked."""
    folder = tmp_path / "text"
    folder.mkdir()
    text_data().save(folder)
    return folder


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """A folder of series, to be attacked."""
    folder = tmp_path / "series"
    folder.mkdir()
    series_data().save(folder)
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(RunError) as fault:
        Prepared.load(folder)
    message = fault.value.message
    assert message.isprintable() and len(message) < 700 and fault.value.hint
    return message


# good folders


def test_texts_survive(text: Path) -> None:
    data, again = text_data(), Prepared.load(text)
    assert again.codec == data.codec
    assert again.cases(np.arange(6)) == TEXTS
    for kind in ("word", "character"):
        np.testing.assert_array_equal(again.inputs[kind].values, data.inputs[kind].values)
        np.testing.assert_array_equal(again.inputs[kind].offsets, data.inputs[kind].offsets)
    for name in ("targets", "parts", "lines"):
        np.testing.assert_array_equal(getattr(again, name), getattr(data, name))
    assert again.vectors.keys() == {"word"}
    np.testing.assert_array_equal(again.vectors["word"], data.vectors["word"])


def test_vectors_that_were_learnt_survive(tmp_path: Path) -> None:
    data = text_data()
    learnt = np.arange(data.vectors["word"].size * 2, dtype=np.float32).reshape(-1, 4)
    codec = replace(data.codec, vectors=0, learnt=4)
    replace(data, codec=codec, vectors={"word": learnt}).save(tmp_path)
    again = Prepared.load(tmp_path)
    assert again.codec == codec
    assert again.vectors.keys() == {"word"}  # none of characters
    np.testing.assert_array_equal(again.vectors["word"], learnt)


def test_series_survive(series: Path) -> None:
    again = Prepared.load(series)
    assert again.codec == series_data().codec
    np.testing.assert_array_equal(
        again.inputs["series"].values, series_data().inputs["series"].values
    )
    assert (again.texts, again.vectors) == (None, {})


def test_the_simple_methods_see_the_training_mean_where_a_channel_is_missing() -> None:
    first, last = series_data().cases(np.array([0, 5]))
    np.testing.assert_array_equal(first, [[1, 2.5], [2, 2.5]])
    np.testing.assert_array_equal(last, [[1, 2], [1, 2]])
    assert first.dtype == np.float64


def test_the_parts_and_what_refits_may_see() -> None:
    data = text_data()
    assert {part: rows.tolist() for part, rows in data.rows.items()} == {
        "train": [0, 1],
        "validation": [2, 3],
        "test": [4, 5],
    }
    assert data.until("train").tolist() == [0, 1]
    assert data.until("validation").tolist() == [0, 1, 2, 3]
    assert data.until("test").tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(data.truth("test"), [[1, 0], [0, 1]])
    assert data.metric == "accuracy"


FOLDS = np.array([10, 11, 11, 10, 2, 2], np.int8)


def test_folds_validate_by_turns() -> None:
    data = replace(text_data(), parts=FOLDS)
    assert data.has_folds and not text_data().has_folds
    assert text_data().folds == []
    views = [fold.prepared for fold in data.folds]
    assert [view.rows["validation"].tolist() for view in views] == [[0, 3], [1, 2]]
    assert [view.rows["train"].tolist() for view in views] == [[1, 2], [0, 3]]
    assert [view.rows["test"].tolist() for view in views] == [[4, 5], [4, 5]]
    assert [fold.places.tolist() for fold in data.folds] == [[0, 3], [1, 2]]
    assert [view.until("train").tolist() for view in views] == [[1, 2], [0, 3]]
    assert data.until("train").tolist() == data.until("validation").tolist() == [0, 1, 2, 3]
    assert data.until("test").tolist() == [0, 1, 2, 3, 4, 5]
    assert views[0].folds == []


def test_folds_survive(text: Path) -> None:
    np.save(text / "data" / "parts.npy", FOLDS)
    again = Prepared.load(text)
    np.testing.assert_array_equal(again.parts, FOLDS)
    assert len(again.folds) == 2


def test_figures_of_the_data() -> None:
    figures = series_data().describe()
    assert figures["facts"] == {
        "cases": "6 series",
        "classes": "2: neg 3, pos 3",
        "length": "1 to 3 steps",
        "metric": "balanced accuracy",
    }
    assert (figures["unit"], figures["rows"], figures["classes"]) == ("case", 6, 2)
    assert figures["training_cases"] == figures["validation_cases"] == figures["test_cases"] == 2
    assert figures["roles"]["channels"] == ("x", "y")
    assert (
        text_data().describe()["facts"]["length"] == "1 to 2 word tokens, 1 to 9 character tokens"
    )


# the codec


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"7", b"null", b"NaN", b'"text"', b"\xff\xfe{", b'{"a": 1}', b"{}"),
        *(DEEP.encode(), b'{"a": ' + DEEP.encode() + b"}", b"9" * 5000),
    ],
    ids=lambda content: content[:9],
)
def test_a_codec_that_is_something_else(text: Path, content: bytes) -> None:
    (text / "codec.json").write_bytes(content)
    assert "codec.json" in refusal(text)


def codec_of(**keys: Any) -> Act:
    """Change keys of the codec; `a__b` is key b of a."""

    def act(folder: Path) -> None:
        path = folder / "codec.json"
        values = json.loads(path.read_text(encoding="utf-8"))
        for name, value in keys.items():
            *above, last = name.split("__")
            inner = values
            for key in above:
                inner = inner[key]
            inner[last] = value
        path.write_text(json.dumps(values), encoding="utf-8")

    return act


@pytest.mark.parametrize(
    "act",
    [
        *(codec_of(roles=7), codec_of(roles__kind=[]), codec_of(roles__channels={})),
        *(codec_of(roles__label=["label"]), codec_of(**{"roles__\x1b[2J\n": 1})),
        *(codec_of(labels__names=["a"]), codec_of(labels__names=["a", "\ud800"])),
        *(codec_of(labels__names=["a"] * 2), codec_of(labels__names="ab"), codec_of(labels=[])),
        *(codec_of(labels__names=[str(n) for n in range(10**5)]), codec_of(labels__separator=1)),
        *(codec_of(labels__values=[1e999, 1.0]), codec_of(labels__values=[10**400, 1])),
        *(codec_of(metric=[]), codec_of(metric="\x1b"), codec_of(weights=[1e999, 1])),
        *(codec_of(weights=[1] * 10**5), codec_of(weights={}), codec_of(tokenizers=[])),
        *(codec_of(tokenizers__word={}), codec_of(tokenizers__word__vocabulary=["a", "b"])),
        *(codec_of(tokenizers__word__vocabulary=7), codec_of(tokenizers__word__kind="image")),
        *(codec_of(tokenizers__word__merges=[["a", "b"]]), codec_of(tokenizers__word__format=2)),
        *(codec_of(longest__word=10**9), codec_of(longest__word="x" * 10**6)),
        *(codec_of(longest__word=None), codec_of(longest__word=3.0), codec_of(longest__word=-1)),
        *(codec_of(vectors=10**9), codec_of(vectors="2"), codec_of(center=[1.0])),
        *(codec_of(learnt=2), codec_of(learnt=-1), codec_of(learnt="4")),
        *(codec_of(spread="ab"), codec_of(center=None)),
    ],
)  # fmt: skip
def test_a_codec_with_something_else(text: Path, act: Act) -> None:
    act(text)
    assert refusal(text).startswith(f"{text / 'codec.json'} is damaged: ")


def test_word_vectors_without_words(text: Path) -> None:
    path = text / "codec.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    del values["tokenizers"]["word"], values["longest"]["word"]
    path.write_text(json.dumps(values), encoding="utf-8")
    assert "codec.json" in refusal(text)


@pytest.mark.parametrize(
    "act",
    [
        *(codec_of(center=[0.0]), codec_of(spread=[0.0, 1.0]), codec_of(spread=["1", "1"])),
        *(codec_of(center=[1e999, 0]), codec_of(roles__channels=[]), codec_of(longest__series=0)),
        *(codec_of(roles__channels=["x"] * 10**5), codec_of(roles__series=None)),
        *(codec_of(roles__series=7), codec_of(roles__kind="text"), codec_of(vectors=1)),
        codec_of(learnt=1), codec_of(tokenizers={"word": {}}),
    ],
)  # fmt: skip
def test_a_codec_of_series_with_something_else(series: Path, act: Act) -> None:
    act(series)
    assert "codec.json" in refusal(series)


# the arrays


BOTH = [
    *(array_of("parts", PARTS[:5]), array_of("parts", PARTS.astype(np.int64))),
    *(set_in("parts", 0, 3), set_in("parts", 0, -1), array_of("parts", np.zeros(6, np.int8))),
    *(array_of("parts", FOLDS + np.int8(1)), array_of("parts", np.minimum(FOLDS, np.int8(10)))),
    *(array_of("parts", FOLDS * (PARTS < 2)), set_in("parts", 0, 10), set_in("parts", 0, 127)),
    *(array_of("parts", np.int8(0)), array_of("parts", PARTS[:, None])),
    *(array_of("targets", TARGETS[:, :1]), array_of("targets", TARGETS.astype(np.float64))),
    *(set_in("targets", (0, 0), 0.5), set_in("targets", (0, 0), NAN), set_in("targets", 0, 0)),
    *(set_in("targets", 0, 1), set_in("targets", (0, 0), -1), array_of("targets", TARGETS[:5])),
    *(array_of("lines", LINES[:5]), array_of("lines", LINES * 1.0), set_in("lines", 2, -1)),
    *(array_of("lines", np.array([None] * 6), allow_pickle=True), array_of("lines", LINES[None])),
    *(bomb("targets", "<f4", (6, 10**12)), bomb("parts", "|i1", (10**13,))),
    *(bomb("targets", "<f4", (10**12, 2)), bomb("lines", "<i8", (6,)), cut_off("parts")),
    *(cut_off("targets"), cut_off("lines"), gone("parts"), gone("targets"), gone("lines")),
]
OF_TEXT = [
    *(set_in("word", 0, text_data().codec.tokenizers["word"].size), set_in("word", 0, 10**6)),
    *(
        array_of("texts_offsets", np.array([0, 37])),
        set_in("word", 0, -1),
        set_in("character", 3, 2**31 - 1),
    ),
    *(array_of("word", np.zeros(3, np.int64)), array_of("word", np.zeros((10, 1), np.int32))),
    *(array_of("word", np.zeros(0, np.int32)), array_of("word_offsets", np.zeros(7, np.int64))),
    *(array_of("word_offsets", np.zeros(0, np.int64)), set_in("word_offsets", 1, -5)),
    *(set_in("word_offsets", -1, 2**62), set_in("word_offsets", 1, 2**62)),
    *(set_in("word_offsets", 0, 1), array_of("word_offsets", np.int64(7))),
    *(array_of("word_offsets", np.arange(7.0)), set_in("character_offsets", 1, 0)),
    *(bomb("word", "<i4", (10**13,)), bomb("word_offsets", "<i8", (10**13,)), gone("word")),
    *(bomb("texts", "|u1", (10**13,)), gone("texts"), gone("word_offsets"), gone("word_vectors")),
    *(array_of("texts_offsets", np.array([0, 40])), array_of("texts", np.zeros(40, np.int8))),
    *(
        array_of("word_vectors", np.ones((3, 2), np.float32)),
        set_in("word_vectors", (1, 1), np.inf),
    ),
    *(bomb("word_vectors", "<f4", (10**13, 2)), array_of("word_vectors", np.ones(8, np.float32))),
]
OF_SERIES = [
    *(array_of("series", np.zeros((10, 1))), array_of("series", np.zeros((10, 2), np.float32))),
    *(array_of("series", np.zeros(20)), cut_off("series"), gone("series_offsets")),
    *(set_in("series_offsets", 1, 10), array_of("series_offsets", np.array([0, 10]))),
    *(bomb("series", "<f4", (10**13, 2)), bomb("series", "<f4", (10**13, 0))),
    array_of("series_offsets", np.array([0, 0, 3, 6, 7, 8, 10])),  # a case without a step
    array_of("series_offsets", np.array([0, 1, 2, 6, 7, 8, 10])),  # one of four steps
]  # fmt: skip


@pytest.mark.parametrize("act", [*BOTH, *OF_TEXT])
def test_hostile_arrays_of_texts(text: Path, act: Act) -> None:
    act(text)
    assert "is damaged: " in refusal(text)


@pytest.mark.parametrize("act", [*BOTH, *OF_SERIES])
def test_hostile_arrays_of_series(series: Path, act: Act) -> None:
    act(series)
    assert "is damaged: " in refusal(series)


@pytest.mark.parametrize(
    "name", ["word", "word_offsets", "texts", "targets", "parts", "word_vectors"]
)
@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x09\x00", b"no array" * 20])
def test_files_that_are_no_arrays(text: Path, name: str, content: bytes) -> None:
    (text / "data" / f"{name}.npy").write_bytes(content)
    assert "is damaged: " in refusal(text)


def test_nothing_is_unpickled(text: Path, tmp_path: Path) -> None:
    check_nothing_is_unpickled(text, tmp_path / "canary", Prepared.load, refusal)


def test_no_memory_is_taken_on_the_word_of_a_header(text: Path) -> None:
    for name, kind, shape in (
        *(("word", "<i4", (2**30,)), ("word_offsets", "<i8", (2**30,)), ("texts", "|u1", (2**33,))),
    ):
        kept = shutil.copy(text / "data" / f"{name}.npy", text / "kept")
        bomb(name, kind, shape)(text)
        tracemalloc.start()
        refusal(text)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10**7
        shutil.copy(kept, text / "data" / f"{name}.npy")


def test_a_folder_without_data(text: Path) -> None:
    shutil.rmtree(text / "data")
    assert "is damaged: " in refusal(text)
    (text / "codec.json").unlink()
    assert "codec.json is missing" in refusal(text)


def test_the_codec_of_other_data(text: Path, series: Path) -> None:
    shutil.copy(series / "codec.json", text / "codec.json")
    assert "series.npy is missing" in refusal(text)


def test_several_labels_of_a_case_are_taken_where_there_may_be_several(tmp_path: Path) -> None:
    data = series_data()
    labels = Labels(("neg", "pos"), ";")
    targets = np.array([[1, 1], [0, 0], [1, 0], [0, 1], [1, 1], [1, 0]], np.float32)
    replace(data, codec=replace(data.codec, labels=labels), targets=targets).save(tmp_path)
    np.testing.assert_array_equal(Prepared.load(tmp_path).targets, targets)
