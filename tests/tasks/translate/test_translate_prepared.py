"""A folder of pairs that is damaged or a stranger's is refused in one line, whatever is in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from damaged_arrays import Act, array_of, bomb, check_nothing_is_unpickled, gone, set_in

from seqtune.data.reading.source import Source
from seqtune.errors import RunError
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.translate.prepare import prepare
from seqtune.tasks.translate.prepared import Prepared

TEXTS = ["ein Hund", "ж 🙂", "eine Katze", "ein Hund", "ein Pferd", "eine Kuh", "ein Tier"]
ANSWERS = ["a dog", "\r\nso", "a cat", "one dog", "a horse", "a cow", "an animal"]


def of(columns: dict[str, Any], *settings: str) -> Prepared:
    recipe = Recipe.load(None, "translate", settings)
    return prepare(Source.from_frame(pd.DataFrame(columns)), recipe, silent)[0]


TEXT = of({"de": TEXTS, "en": ANSWERS}, "tokens.source=[word,character]", "tokens.target=word")
FEATURES = of(
    {"x": [1.0, 2.0, np.nan, 4.0, 5.0, 6.0, 7.0], "k": ["u", "v", "u", "w", "u", "u", "v"],
     "text": [f"it is {answer} here" for answer in ANSWERS]},
    "data.kind=features", "tokens.target=word",
)  # fmt: skip


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A folder of texts, to be attacked."""
    return saved(TEXT, tmp_path / "text")


@pytest.fixture
def features(tmp_path: Path) -> Path:
    """A folder of features, to be attacked."""
    return saved(FEATURES, tmp_path / "features")


def saved(prepared: Prepared, folder: Path) -> Path:
    folder.mkdir()
    prepared.save(folder)
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(RunError) as fault:
        Prepared.load(folder)
    message = fault.value.message
    assert message.isprintable() and len(message) < 700 and fault.value.hint
    return message


# good folders


@pytest.mark.parametrize("data", [TEXT, FEATURES])
def test_pairs_survive(data: Prepared, tmp_path: Path) -> None:
    again = Prepared.load(saved(data, tmp_path / "run"))
    assert again.codec == data.codec
    assert again.describe() == data.describe()
    for mine, other in ((data.inputs, again.inputs), (data.targets, again.targets)):
        assert mine.keys() == other.keys()
        for name in mine:
            np.testing.assert_array_equal(mine[name].values, other[name].values)
            np.testing.assert_array_equal(mine[name].offsets, other[name].offsets)
    for name in ("case", "parts", "lines"):
        np.testing.assert_array_equal(getattr(data, name), getattr(again, name))
    cases, pairs = np.arange(len(data.parts)), np.arange(len(data.case))
    assert again.source_texts(cases) == data.source_texts(cases)
    assert again.target_texts(pairs) == data.target_texts(pairs)
    assert again.references(cases) == data.references(cases)
    assert again.encoded("test") is again.encoded("test")


def test_texts_are_as_they_were() -> None:
    assert TEXT.source_texts(np.arange(6)) == [*TEXTS[:3], *TEXTS[4:]]
    assert TEXT.target_texts(np.arange(7)) == ["a dog", "so", *ANSWERS[2:]]  # blanks around go
    assert TEXT.references(np.array([0])) == [("a dog", "one dog")]


# the codec


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize("content", [
    *(b"", b"{", b"[]", b"7", b"null", b"NaN", b'"text"', b"\xff\xfe{", b'{"a": 1}', b"{}"),
    *(DEEP.encode(), b'{"a": ' + DEEP.encode() + b"}", b"9" * 5000),
], ids=lambda content: content[:9])  # fmt: skip
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


@pytest.mark.parametrize("act", [
    *(codec_of(roles=7), codec_of(roles__kind=[]), codec_of(roles__channels={}), codec_of(more=1)),
    *(codec_of(roles__target=["en"]), codec_of(roles__source="\x1b[2J"), codec_of(roles__time="t")),
    *(codec_of(metric=[]), codec_of(metric="accuracy"), codec_of(lower=1), codec_of(lower=None)),
    *(codec_of(tokenizers=[]), codec_of(tokenizers__source={}), codec_of(tokenizers__target={})),
    *(codec_of(tokenizers__more={}), codec_of(tokenizers__source=7), codec_of(tokenizers={})),
    *(codec_of(tokenizers__source__word={}), codec_of(tokenizers__target__word__kind="symbol")),
    *(codec_of(tokenizers__target__word__normalization="nfkc"), codec_of(longest=7)),
    *(codec_of(tokenizers__source__word__vocabulary=["a"]), codec_of(longest__source=[])),
    *(codec_of(longest__source__word=10**9), codec_of(longest__source__word="x" * 10**6)),
    *(codec_of(longest__target__word=0), codec_of(longest__target__word=3.0)),
    *(codec_of(longest__target__subword=3), codec_of(longest__source={"word": 9})),
    *(codec_of(counts=7), codec_of(counts__word=[1]), codec_of(counts__word="x")),
    *(codec_of(counts={}), codec_of(counts__word=[-1])),
    *(codec_of(counts__word=[1e999]), codec_of(counts__symbol=[1]), codec_of(shapes=7)),
    *(codec_of(shapes__word=[]), codec_of(shapes__word__word=[]), codec_of(shapes__word__word=7)),
    *(codec_of(shapes__word__word=[[1]]), codec_of(shapes__word__word=[[1, 10**9]])),
    *(codec_of(shapes__word__word=[[3, 0]]), codec_of(shapes__word__word=[[2, 2]] * 99)),
    *(codec_of(shapes__word__word=[["a", 2]]), codec_of(shapes={}), codec_of(center=[1.0])),
    *(codec_of(spread="ab"), codec_of(center=None), codec_of(categories=[])),
    *(codec_of(categories={"de": ["a"]}), codec_of(categories={"de": 7})),
])  # fmt: skip
def test_a_codec_with_something_else(text: Path, act: Act) -> None:
    act(text)
    assert refusal(text).startswith(f"{text / 'codec.json'} is damaged: ")


@pytest.mark.parametrize("act", [
    *(codec_of(center=[0.0]), codec_of(spread=[0.0] * 4), codec_of(spread=["1"] * 4)),
    *(codec_of(center=[1e999, 0, 0, 0]), codec_of(roles__channels=[])),
    codec_of(roles__kind="text"),
    *(codec_of(roles__channels=["x"] * 10**5), codec_of(roles__series="x")),
    codec_of(categories={}),
    *(codec_of(categories__k=["u", "u"]), codec_of(categories__k=[])),
    codec_of(categories__k=["u"]),
    *(codec_of(categories__x=["u", "v"]), codec_of(longest__source={})),
    codec_of(categories__k=[1, 2]),
    *(codec_of(tokenizers__source={"word": {}}), codec_of(longest__source__series=0)),
    *(codec_of(roles__source="x"), codec_of(roles__kind="series"), codec_of(shapes={"word": {}})),
])  # fmt: skip
def test_a_codec_of_features_with_something_else(features: Path, act: Act) -> None:
    act(features)
    assert "codec.json" in refusal(features)


# the arrays


CASE, PARTS = TEXT.case, TEXT.parts

BOTH = [
    *(array_of("parts", PARTS[:5]), array_of("parts", PARTS.astype(np.int64)), gone("parts")),
    *(set_in("parts", 0, 3), set_in("parts", 0, -1), array_of("parts", np.zeros(6, np.int8))),
    *(array_of("case", CASE[:3]), array_of("case", CASE * 1.0), set_in("case", 0, 99)),
    *(set_in("case", 0, -1), array_of("case", np.zeros(7, np.int64)), gone("case")),
    *(set_in("case", 5, 3), bomb("case", "<i8", (10**13,)), bomb("parts", "|i1", (10**13,))),
    *(set_in("lines", 2, -1), array_of("lines", np.arange(3)), bomb("lines", "<i8", (7,))),
    *(array_of("lines", np.array([None] * 7), allow_pickle=True), gone("lines")),
    *(gone("answers"), gone("sources_offsets"), array_of("answers_offsets", np.array([0, 5]))),
    *(bomb("answers", "|u1", (10**13,)), array_of("answers", np.zeros(9, np.int8))),
    *(set_in("target_word", 0, 10**6), set_in("target_word", 0, 0), set_in("target_word", 0, -1)),
    *(array_of("target_word", np.zeros(3, np.int64)), gone("target_word"), gone("answers_offsets")),
    *(set_in("target_word_offsets", -1, 2**62), set_in("target_word_offsets", 1, 0)),
    *(set_in("target_word_offsets", 0, 1), array_of("target_word_offsets", np.int64(7))),
]  # fmt: skip
OF_TEXT = [
    *(set_in("source_word", 0, TEXT.codec.tokenizers["source"]["word"].size), gone("source_word")),
    *(set_in("source_word", 0, -1), set_in("source_character", 3, 2**31 - 1)),
    *(bomb("source_word", "<i4", (10**13,)), set_in("source_word_offsets", 1, 0)),
    array_of("source_word_offsets", np.zeros(0, np.int64)),
]
OF_FEATURES = [
    *(array_of("source_series", np.zeros((7, 1))), array_of("source_series", np.zeros(28))),
    *(gone("source_series"), bomb("source_series", "<f8", (10**12, 4))),
    array_of("source_series_offsets", np.array([0, 0, 2, 3, 4, 5, 6, 7])),
]


@pytest.mark.parametrize("act", [*BOTH, *OF_TEXT])
def test_hostile_arrays_of_texts(text: Path, act: Act) -> None:
    act(text)
    assert "is damaged: " in refusal(text)


@pytest.mark.parametrize("act", [*BOTH[:9], *OF_FEATURES])
def test_hostile_arrays_of_features(features: Path, act: Act) -> None:
    act(features)
    assert "is damaged: " in refusal(features)


@pytest.mark.parametrize("name", ["source_word", "target_word_offsets", "case", "answers"])
@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x09\x00", b"no array" * 20])
def test_files_that_are_no_arrays(text: Path, name: str, content: bytes) -> None:
    (text / "data" / f"{name}.npy").write_bytes(content)
    assert "is damaged: " in refusal(text)


def test_nothing_is_unpickled(text: Path, tmp_path: Path) -> None:
    check_nothing_is_unpickled(text, tmp_path / "canary", Prepared.load, refusal)


def test_the_codec_of_other_data(text: Path, features: Path) -> None:
    shutil.copy(features / "codec.json", text / "codec.json")
    assert "source_series.npy is missing" in refusal(text)
