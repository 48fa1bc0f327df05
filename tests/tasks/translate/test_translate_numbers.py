"""Sources of features and of series: what is read, scaled, and said of bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError
from seqtune.progress import Event, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks._values import Context
from seqtune.tasks.translate.batches import TrainingBatches
from seqtune.tasks.translate.features import Features, read_features
from seqtune.tasks.translate.new_pairs import new_pairs, new_sources
from seqtune.tasks.translate.prepare import prepare
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.source_batch import source_batch

NAN = float("nan")
RECIPE = Recipe.load(None, "translate")


def prepared_of(source: Any, *overrides: str) -> tuple[Prepared, Recipe, list[str]]:
    heard: list[Event] = []
    if not isinstance(source, Source):
        source = Source.from_frame(pd.DataFrame(source))
    recipe = Recipe.load(None, "translate", overrides)
    prepared, recipe = prepare(source, recipe, heard.append)
    return prepared, recipe, [event.text for event in heard if isinstance(event, Note)]


def context() -> Context:
    return Context(recipe=RECIPE, name="runs/a")


# features


def meals(rows: int = 60) -> dict[str, Any]:
    """Of the first fifty rows all differ; every second of the others is equal to one of them."""
    food = [("thai", "greek", "thai", "")[row % 4] for row in range(rows)]
    said = [f"a place of {food[row] or 'any'} food for {row % 50} coins" for row in range(rows)]
    return {"food": food, "price": [float(row % 50) for row in range(rows)], "text": said}


def test_a_row_is_numbers_and_a_place_for_each_category() -> None:
    source = Source.from_frame(pd.DataFrame({"k": ["b", "a", "", "b"], "x": [1.5, NAN, 3, 4]}))
    features = read_features(source, ["x", "k"])
    assert features.texts() == ["x=1.5;k=b", "k=a", "x=3", "x=4;k=b"]
    known = features.categories(np.array([0, 1, 2, 3]))
    assert known == {"k": ("b", "a")}
    vectors = features.vectors({"k": ("b", "z")})
    assert vectors.lengths.tolist() == [1] * 4
    np.testing.assert_array_equal(
        vectors.values, [[1.5, 1, 0], [NAN, 0, 0], [3, 0, 0], [4, 1, 0]]
    )  # a category that is not known is none
    assert features.is_category({"k": ("b", "z")}).tolist() == [False, True, True]
    assert features.take(np.array([3])).texts() == ["x=4;k=b"]


def test_a_column_without_a_category_has_one_that_is_empty() -> None:
    features = Features(("k",), {}, {"k": ["", ""]})
    assert features.categories(np.arange(2)) == {"k": ("",)}


def test_numbers_are_centred_and_categories_are_not() -> None:
    prepared, recipe, _ = prepared_of(meals())
    codec = prepared.codec
    assert (codec.source_kind, codec.source_names, prepared.metric) == (
        "features", ("series",), "bleu",
    )  # fmt: skip
    assert recipe.get("data.channels") == ("food", "price")
    assert codec.categories == {"food": ("thai", "greek")}
    learnt = prepared.rows["train"]
    prices = prepared.inputs["series"].values[learnt, 2]
    assert codec.center == (0, 0, pytest.approx(prices.mean()))
    assert codec.spread == (1, 1, pytest.approx(prices.std()))
    inputs = source_batch(codec, prepared.inputs["series"], learnt, 1)
    assert inputs["series"].shape == (len(learnt), 1, 3)
    assert inputs["length"].tolist() == [1] * len(learnt)
    assert inputs["series"][..., 2].mean() == pytest.approx(0, abs=1e-6)
    assert set(np.unique(inputs["series"][..., :2])) == {0, 1}


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_no_unit_of_a_channel_changes_what_a_network_reads(scale: float) -> None:
    columns = meals()
    plain, _, _ = prepared_of(columns)
    price = [each and float(each) * scale for each in columns["price"]]
    other, _, _ = prepared_of({**columns, "price": price})
    rows = np.arange(len(plain.parts))
    read = [
        source_batch(each.codec, each.inputs["series"], rows, 1)["series"]
        for each in (plain, other)
    ]
    np.testing.assert_allclose(read[0], read[1], rtol=1e-5)


def test_rows_of_equal_features_are_one_case() -> None:
    columns = meals()
    columns["text"][52] = "another answer for the same source"
    prepared, _, notes = prepared_of(columns)
    assert len(prepared.parts) == 55 and len(prepared.case) == 60
    assert any("60 rows have 55 different sources" in note for note in notes)
    assert prepared.references(np.array([2])) == [(columns["text"][2], columns["text"][52])]
    assert prepared.source_texts(np.array([0, 3])) == ["food=thai;price=0", "price=3"]
    assert prepared.encoded("test").plain()[0].shape == (1, 3)


def test_batches_of_features() -> None:
    prepared, _, _ = prepared_of(meals(), "tokens.target=word")
    values = {"tokens.source": "symbol", "tokens.target": "word", "training.batch_size": 4,
              "training.word_dropout": 0.0}  # fmt: skip
    inputs, targets, weights = TrainingBatches(prepared, values, prepared.pairs("train"), 0, 2)[1]
    assert inputs["series"].shape == (4, 1, 3) and inputs["series"].dtype == np.float32
    assert inputs["previous"].shape == targets.shape == weights.shape
    assert set(inputs) == {"series", "length", "previous"}


def test_new_features_know_the_fitted_categories_alone() -> None:
    codec = prepared_of(meals())[0].codec
    rows = {"price": [7, 8], "food": ["french", "greek"]}
    encoded = new_sources(codec, Source.from_frame(pd.DataFrame(rows)), context())
    assert encoded.inputs["series"].values.tolist() == [[0, 0, 7], [0, 1, 8]]
    assert encoded.sources == ["food=french;price=7", "food=greek;price=8"]
    numbers = {"price": [7], "food": [3]}  # the column of categories now holds numbers
    encoded = new_sources(codec, Source.from_frame(pd.DataFrame(numbers)), context())
    assert encoded.inputs["series"].values.tolist() == [[0, 0, 7]]
    with pytest.raises(DataError, match="lacks column 'price'"):
        new_sources(codec, Source.from_frame(pd.DataFrame({"food": ["thai"]})), context())


def test_categories_of_validation_and_test_do_not_enter_what_is_fitted() -> None:
    columns = meals()
    columns["price"] = [float(row) for row in range(60)]  # all differ: cases are rows
    plain, _, _ = prepared_of(columns)
    for row in (*plain.rows["validation"], *plain.rows["test"]):
        columns["food"][row], columns["price"][row] = "planted", 1e9 + row
    planted, _, _ = prepared_of(columns)
    assert planted.codec.categories == plain.codec.categories
    assert (planted.codec.center, planted.codec.spread) == (plain.codec.center, plain.codec.spread)


# series in rows


def steps(cases: int = 12) -> dict[str, list[Any]]:
    """Cases of two or three steps, shuffled, with the answer in the last of them."""
    rows = [
        {"case": f"c{case:02d}", "t": step, "x": float(case + step), "y": -1.0,
         "text": f"word{case}" if step == 1 else ""}
        for case in range(cases) for step in range(2 + case % 2)
    ]  # fmt: skip
    order = np.random.default_rng(0).permutation(len(rows))
    return {name: [rows[row][name] for row in order] for name in rows[0]}


def test_the_rows_of_a_case_are_its_steps_in_their_order() -> None:
    prepared, recipe, _ = prepared_of(steps(), "tokens.target=character")
    assert recipe.get("data.series") == "case" and recipe.get("data.time") == "t"
    assert prepared.codec.source_kind == "series" and prepared.metric == "character_error_rate"
    answers = prepared.target_texts(np.arange(12))
    for number, series in zip(
        answers, prepared.inputs["series"].select(np.arange(12)), strict=True
    ):
        case = int(number.removeprefix("word"))
        np.testing.assert_array_equal(series[:, 0], case + np.arange(2 + case % 2))
    assert prepared.source_texts(np.arange(3)) == ["", "", ""]
    assert prepared.codec.longest["source"] == {"series": 3}


def test_new_cases_have_their_names_and_a_case_has_one_answer() -> None:
    codec = prepared_of(steps(), "tokens.target=character")[0].codec
    table = Source.from_frame(pd.DataFrame(steps(3)))
    encoded = new_pairs(codec, table, context())
    assert sorted(encoded.names) == ["c00", "c01", "c02"]
    assert encoded.where(0) == f"case {encoded.names[0]}"
    assert [each[0][:4] for each in encoded.references] == ["word"] * 3
    assert [each.shape[1] for each in encoded.plain()] == [2, 2, 2]
    columns = {"case": ["a", "a"], "t": [0, 1], "x": [1, 2], "y": [1, 2], "text": ["b", "c"]}
    with pytest.raises(DataError, match="case 'a' has the answer 'c', and 'b'"):
        new_pairs(codec, Source.from_frame(pd.DataFrame(columns)), context())


def test_cases_without_an_answer_are_left_out(tmp_path: Path) -> None:
    columns = steps()
    columns["text"] = ["" if text == "word5" else text for text in columns["text"]]
    pd.DataFrame(columns).to_csv(tmp_path / "t.csv", index=False)
    settings = "data.series=case", "data.target=text"
    prepared, _, notes = prepared_of(read_source(tmp_path / "t.csv"), *settings)
    assert len(prepared.case) == 11
    assert any("1 row without an answer left out" in note for note in notes)


def test_long_series_are_averaged_over_neighbouring_steps() -> None:
    prepared, _, notes = prepared_of(steps(), "tokens.longest=2", "tokens.target=word")
    assert prepared.inputs["series"].lengths.tolist() == [2] * 12
    assert any("6 of 12 series are averaged to 2 steps" in note for note in notes)


def test_gaps_are_said_and_become_the_mean() -> None:
    columns = steps()
    columns["x"][3] = NAN
    prepared, _, notes = prepared_of(columns, "tokens.target=word")
    assert "1 missing values are taken as the mean of their channel" in notes
    plain = prepared.plain_sources(np.arange(12))
    assert all(np.isfinite(each).all() for each in plain)
    series = source_batch(prepared.codec, prepared.inputs["series"], np.arange(12), 3)
    assert np.isfinite(series["series"]).all()


# series in files


def test_arrays_that_a_column_names_are_series(tmp_path: Path) -> None:
    for number in range(8):
        np.save(tmp_path / f"{number}.npy", np.full((1 + number % 3, 2), number))
    rows = "".join(f"{number}.npy,it says {number}\n" for number in range(8))
    (tmp_path / "t.csv").write_text(f"audio,text\n{rows}", encoding="utf-8")
    prepared, recipe, _ = prepared_of(read_source(tmp_path / "t.csv"))
    assert recipe.get("data.source") == "audio" and recipe.get("data.kind") == "series"
    assert prepared.inputs["series"].lengths.tolist() == [1, 2, 3, 1, 2, 3, 1, 2]
    assert prepared.metric == "word_error_rate"
    encoded = new_sources(prepared.codec, read_source(tmp_path / "t.csv"), context())
    assert encoded.inputs["series"].select([5])[0].tolist() == [[5, 5]] * 3
    np.save(tmp_path / "0.npy", np.zeros((2, 3)))
    (tmp_path / "n.csv").write_text("audio,text\n0.npy,a\n", encoding="utf-8")
    with pytest.raises(DataError, match="series of 3 channels; the fitted ones have 2"):
        new_sources(prepared.codec, read_source(tmp_path / "n.csv"), context())
