"""From a table to cases: nothing of validation and test enters what is fitted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Event, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.classify.cases import read_cases
from seqtune.tasks.classify.encode import encode_cases
from seqtune.tasks.classify.prepare import TEACHING_CHARACTERS, prepare
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.suggest import suggest

NAN = float("nan")
WORDS = ("text.tokens=word", "text.least_count=1")


def prepared_of(source: Source, *overrides: str) -> tuple[Prepared, Recipe, list[Event]]:
    heard: list[Event] = []
    recipe = Recipe.load(None, "classify", ["validation.folds=0", *overrides])
    prepared, recipe = prepare(source, recipe, heard.append)
    return prepared, recipe, heard


def of(columns: dict[str, Any], *overrides: str) -> tuple[Prepared, Recipe, list[Event]]:
    return prepared_of(Source.from_frame(pd.DataFrame(columns)), *overrides)


def notes(heard: list[Event]) -> list[str]:
    return [event.text for event in heard if isinstance(event, Note)]


def assumptions(heard: list[Event]) -> dict[str, str]:
    return {event.what: event.taken for event in heard if isinstance(event, Assumption)}


def films(rows: int = 40) -> dict[str, list[str]]:
    """As many good as bad films."""
    return {
        "text": [f"{'good' if row % 2 else 'bad'} film {row % 5}" for row in range(rows)],
        "label": ["pos" if row % 2 else "neg" for row in range(rows)],
    }


def waves(cases: int = 24) -> dict[str, list[Any]]:
    """Cases of six steps, a row each."""
    draw = np.random.default_rng(0)
    table: dict[str, list[Any]] = {
        f"t{step}": draw.normal(size=cases).tolist() for step in range(6)
    }
    return {**table, "label": ["a", "b"] * (cases // 2)}


# nothing leaks


def test_words_of_validation_and_test_do_not_enter_the_vocabulary() -> None:
    plain, _, _ = of(films(), *WORDS)
    columns = films()
    for row in (*plain.rows["validation"], *plain.rows["test"]):
        columns["text"][row] += " planted planted planted"
    columns["text"][plain.rows["train"][0]] += " training"
    planted, _, _ = of(columns, *WORDS)
    np.testing.assert_array_equal(planted.parts, plain.parts)
    words = planted.codec.tokenizers["word"].words()
    assert "training" in words and "planted" not in words
    assert set(words) - {"training"} == set(plain.codec.tokenizers["word"].words())


def test_long_texts_of_validation_and_test_do_not_make_the_input_longer() -> None:
    plain, _, _ = of(films(), *WORDS)
    columns = films()
    for row in (*plain.rows["validation"], *plain.rows["test"]):
        columns["text"][row] += " film" * 30
    planted, _, heard = of(columns, *WORDS)
    assert planted.codec.longest == plain.codec.longest == {"word": 32}
    count = len(plain.rows["validation"]) + len(plain.rows["test"])
    said = f"{count} of 40 texts are longer than 32 word tokens: their middle is left out "
    assert said + "(--set text.longest=N)" in notes(heard)


def test_values_of_validation_and_test_do_not_enter_the_scales() -> None:
    plain, _, _ = of(waves())
    columns = waves()
    for row in (*plain.rows["validation"], *plain.rows["test"]):
        columns["t3"][row] = 1e30
    planted, _, _ = of(columns)
    np.testing.assert_array_equal(planted.parts, plain.parts)
    assert planted.codec == plain.codec
    values = np.array([columns[f"t{step}"] for step in range(6)]).T[plain.rows["train"]]
    assert plain.codec.center == pytest.approx([values.mean()], rel=1e-6)
    assert plain.codec.spread == pytest.approx([values.std()], rel=1e-6)


def test_lengths_of_test_cases_do_not_change_what_is_fitted() -> None:
    plain, _, _ = of(waves())
    columns = waves()
    shorter, longer = plain.rows["test"][:2].tolist()
    columns |= {f"t{step}": np.full(len(columns["label"]), NAN) for step in (6, 7)}
    columns["t4"][shorter] = columns["t5"][shorter] = NAN
    columns["t6"][longer] = columns["t7"][longer] = 3.0
    planted, _, _ = of(columns)
    np.testing.assert_array_equal(planted.parts, plain.parts)
    assert planted.codec.is_even and planted.codec.longest == {"series": 6}
    assert (planted.codec.center, planted.codec.spread) == (plain.codec.center, plain.codec.spread)
    assert set(planted.inputs["series"].lengths.tolist()) == {6}


def test_a_missing_channel_becomes_the_mean_of_training_cases() -> None:
    case = [f"c{row // 2:02d}" for row in range(48)]
    y = np.repeat(np.arange(24.0), 2)
    columns = {"case": case, "x": np.ones(48), "y": y, "label": np.repeat(["a", "b"] * 12, 2)}
    asked = ("data.time=null",)
    first = of(columns, *asked)[0]
    chosen = int(first.rows["test"][0])
    y[2 * chosen : 2 * chosen + 2] = NAN
    again = of(columns, *asked)[0]
    mean = float(first.rows["train"].mean())  # case i has the value i
    assert again.codec.center == pytest.approx([1.0, mean])
    np.testing.assert_allclose(again.cases(np.array([chosen]))[0], [[1, mean], [1, mean]])


def test_classes_weigh_by_their_training_cases() -> None:
    columns = films(47)
    columns["label"] = ["pos"] * 36 + ["neg"] * 11
    prepared, recipe, heard = of(columns, *WORDS)
    counts = prepared.targets[prepared.rows["train"]].sum(axis=0)
    assert counts.tolist() == [5, 18]  # a quarter of 11 and of 36 is for each other part
    assert prepared.codec.weights == pytest.approx((23 / 10, 23 / 36))
    assert prepared.metric == "balanced_accuracy"
    assert assumptions(heard)["metric"] == "balanced_accuracy"
    assert recipe.get("training.class_weights") is True


def test_classes_that_are_nearly_equal_count_as_they_are() -> None:
    prepared, recipe, heard = of(films(), *WORDS)
    assert prepared.metric == "accuracy"
    assert "metric" not in assumptions(heard)
    assert recipe.get("training.class_weights") is False


# splits


def test_every_class_is_in_every_part_in_its_share() -> None:
    prepared, recipe, _ = of(films(), *WORDS)
    for part, count in (("train", 10), ("validation", 5), ("test", 5)):
        assert prepared.targets[prepared.rows[part]].sum(axis=0).tolist() == [count, count]
    assert (recipe.get("validation.share"), recipe.get("test.share")) == (0.25, 0.25)


def test_the_same_seed_gives_the_same_cases() -> None:
    first, again, other = (of(films(), *WORDS, f"seed={seed}")[0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.parts, again.parts)
    assert (first.parts != other.parts).any()


def test_groups_stay_together() -> None:
    who = [f"w{row // 4}" for row in range(40)]
    prepared, _, _ = of({**films(), "who": who}, *WORDS, "data.group=who")
    for group in range(10):
        assert len(set(prepared.parts[4 * group : 4 * group + 4].tolist())) == 1
    assert set(prepared.parts.tolist()) == {0, 1, 2}


def test_few_cases_are_compared_over_folds() -> None:
    held, _, _ = of(films(), *WORDS)
    prepared, _, heard = of(films(), *WORDS, "validation.folds=auto")
    np.testing.assert_array_equal(prepared.rows["test"], held.rows["test"])
    assert assumptions(heard)["folds"] == "5"
    seen = [set(fold.prepared.rows["validation"].tolist()) for fold in prepared.folds]
    assert [len(rows) for rows in seen] == [6] * 5
    assert set.union(*seen) == set(range(40)) - set(prepared.rows["test"].tolist())


def test_groups_stay_together_over_folds() -> None:
    who = [f"w{row // 4}" for row in range(48)]
    asked = (*WORDS, "data.group=who", "validation.folds=3")
    prepared, _, _ = of({**films(48), "who": who}, *asked)
    for group in range(12):
        assert len(set(prepared.parts[4 * group : 4 * group + 4].tolist())) == 1
    assert len(prepared.folds) == 3


def test_words_of_the_test_part_do_not_enter_the_vocabulary_over_folds() -> None:
    folded = (*WORDS, "validation.folds=5")
    columns = films()
    for row in of(films(), *folded)[0].rows["test"]:
        columns["text"][row] += " planted planted"
    assert "planted" not in of(columns, *folded)[0].codec.tokenizers["word"].words()


# labels


def test_cases_without_a_label_are_left_out_and_named(tmp_path: Path) -> None:
    columns = films()
    columns["label"][2] = columns["label"][7] = ""
    path = tmp_path / "films.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    prepared, _, heard = prepared_of(read_source(path), *WORDS)
    assert len(prepared.parts) == 38
    assert 2 not in prepared.lines and 7 not in prepared.lines
    assert f"2 cases without a label left out, the first at {path}:4" in notes(heard)


def test_labels_are_in_order() -> None:
    columns = {**films(), "label": [str(9 + row % 2) for row in range(40)]}
    assert of(columns, *WORDS)[0].codec.labels.names == ("9", "10")
    stars, _, heard = of({**films(), "label": [1 + row % 3 for row in range(40)]}, *WORDS)
    assert stars.codec.labels.values == (1.0, 2.0, 3.0)
    assert assumptions(heard)["order"] == "1 to 3"


def test_several_labels_of_a_case() -> None:
    labels = ["a;b", "a", "b", "b;c"] * 10
    prepared, _, heard = of({**films(), "label": labels}, *WORDS)
    assert prepared.codec.labels.names == ("a", "b", "c")
    np.testing.assert_array_equal(
        prepared.targets[:4], [[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 1, 1]]
    )
    assert assumptions(heard)["several labels"] == "split at ';'"
    assert prepared.metric == "accuracy"


def test_a_label_that_is_never_apart_is_one_label() -> None:
    prepared, _, _ = of({**films(), "label": ["x;y", "z"] * 20}, *WORDS)
    assert prepared.codec.labels.names == ("x;y", "z")
    assert not prepared.codec.labels.is_multi


def test_a_rare_label_is_left_out_and_said() -> None:
    columns = films()
    columns["label"][4] = columns["label"][6] = "odd"
    prepared, _, heard = of(columns, *WORDS)
    assert prepared.codec.labels.names == ("neg", "pos")
    assert len(prepared.parts) == 38
    assert notes(heard)[0] == (
        "1 label has fewer than 3 cases ('odd'): 2 cases left out, the first at data: row 5 "
        "(--set data.least_cases=1 keeps them)"
    )


def test_a_rare_label_that_is_kept_is_said() -> None:
    columns = films()
    columns["label"][4] = "odd"
    prepared, _, heard = of(columns, *WORDS, "data.least_cases=1")
    assert prepared.codec.labels.names == ("neg", "odd", "pos")
    assert prepared.parts[4] == 0
    assert any(note.startswith("1 class has one or two cases ('odd')") for note in notes(heard))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["a"] * 40, "found the one label 'a' in 40 cases"),
        ([f"l{row}" for row in range(40)], "found 40 different labels in 40 cases"),
        ([None] * 40, "column 'label' has no values; expected labels"),
    ],
)
def test_labels_that_cannot_be_learnt(labels: list[Any], said: str) -> None:
    with pytest.raises(DataError, match=said) as fault:
        of({**films(), "label": labels}, *WORDS, "data.label=label")
    assert "--label COLUMN" in fault.value.hint


# texts


def test_words_for_missing_are_texts() -> None:
    columns = {**films(), "text": ["null", "NA", "nan", "none"] * 10}
    prepared, _, _ = of(columns, *WORDS)
    words = set(prepared.codec.tokenizers["word"].words())
    assert words == {"<end>", "<unknown>", "null", "na", "nan", "none"}
    assert prepared.cases(np.array([0, 1])) == ["null", "NA"]


def test_empty_texts_and_any_script_are_taken() -> None:
    columns = films()
    columns["text"][0], columns["text"][1], columns["text"][2] = "", "映画 👍🏽", "ж" * 5000
    kinds = "text.tokens=[word, subword, character]"
    prepared, _, heard = of(columns, "text.least_count=1", kinds)
    assert "1 texts are empty" in notes(heard)
    assert set(prepared.inputs) == {"word", "subword", "character"}
    for tokens in prepared.inputs.values():
        assert tokens.select([0])[0].tolist() == [1]
        assert len(tokens.select([1])[0]) >= 3
    assert prepared.cases(np.arange(2)) == ["", "映画 👍🏽"]


def test_word_vectors_to_begin_with(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("good 1 2 3\nbad 4 5 6\n", encoding="utf-8")
    prepared, recipe, _ = of(films(), "text.least_count=1", f"text.vectors={path}")
    assert recipe.get("text.tokens") == "word"
    words = prepared.codec.tokenizers["word"].words()
    assert (prepared.codec.vectors, prepared.codec.learnt) == (3, 0)
    vectors = prepared.vectors["word"]
    np.testing.assert_array_equal(vectors[words.index("bad")], [4, 5, 6])
    np.testing.assert_array_equal(vectors[0], [0, 0, 0])
    assert vectors[words.index("film")].any()


LEARN = (*WORDS, "text.vectors=texts", "text.embedding=4")


def test_texts_of_validation_and_test_do_not_change_learnt_vectors() -> None:
    plain, recipe, _ = of(films(), *LEARN)
    assert recipe.get("text.vectors") == "texts" and plain.codec.learnt == 4
    assert plain.vectors["word"][2:].any()
    columns = films()
    for row in (*plain.rows["validation"], *plain.rows["test"]):
        columns["text"][row] = "film good bad film good bad"
    planted, _, _ = of(columns, *LEARN, "validation.folds=0")
    assert planted.codec.tokenizers == plain.codec.tokenizers
    np.testing.assert_array_equal(planted.vectors["word"], plain.vectors["word"])


def with_unlabelled(*texts: str) -> dict[str, list[str]]:
    columns = films()
    return {
        "text": [*columns["text"], *texts],
        "label": [*columns["label"], *("" for _ in texts)],
    }


def test_texts_without_a_label_teach_words_and_are_no_cases() -> None:
    plain, _, _ = of(films(), *LEARN)
    taught, _, heard = of(with_unlabelled("a superb film", "bad: a superb film"), *LEARN)
    assert taught.codec.labels.names == plain.codec.labels.names == ("neg", "pos")
    np.testing.assert_array_equal(taught.parts, plain.parts)
    np.testing.assert_array_equal(taught.targets, plain.targets)
    assert taught.lines.max() < 40 and len(taught.cases(np.arange(40))) == 40
    words = list(taught.codec.tokenizers["word"].words())
    assert "superb" not in plain.codec.tokenizers["word"].words()
    assert taught.vectors["word"][words.index("superb")].any()
    said = "2 cases without a label teach word vectors and nothing else, the first at "
    assert any(note.startswith(said) for note in notes(heard))


def test_texts_without_a_label_are_left_out_where_no_vectors_are_learnt() -> None:
    plain, _, _ = of(films(), *WORDS)
    other, recipe, heard = of(with_unlabelled("a superb film"), *WORDS)
    assert other.codec == plain.codec and other.vectors == {}
    assert recipe.get("text.vectors") is None
    assert any(note.startswith("1 cases without a label left out") for note in notes(heard))


def test_vectors_are_learnt_where_texts_with_and_without_a_label_are_many() -> None:
    columns = films()
    have = sum(len(columns["text"][row]) for row in of(columns, *WORDS)[0].rows["train"])
    for missing, taken in ((0, "texts"), (1, None)):
        count = TEACHING_CHARACTERS - have - missing
        extra = ("x " * count)[:count]
        prepared, recipe, heard = of(with_unlabelled(extra), *WORDS)
        assert recipe.get("text.vectors") == taken
        assert bool(prepared.vectors) == (taken is not None)
        assert assumptions(heard).get("word vectors") == taken
    for of_no_use in ("text.tokens=character", "text.begin=random"):
        _, recipe, heard = of(with_unlabelled("x" * TEACHING_CHARACTERS), of_no_use)
        assert recipe.get("text.vectors") is None and "word vectors" not in assumptions(heard)


def first_vectors(*overrides: str, unlabelled: int) -> Any:
    columns = with_unlabelled(*("a film",) * unlabelled)
    return of(columns, *WORDS, "text.embedding=4", *overrides)[1].get("text.begin")


def test_networks_begin_with_learnt_vectors_where_most_texts_have_no_label() -> None:
    count = len(of(films(), *WORDS)[0].rows["train"])
    learn = "text.vectors=texts"
    assert first_vectors(learn, unlabelled=count) == "vectors"
    assert first_vectors(learn, unlabelled=count - 1) == ("random", "vectors")
    assert first_vectors(learn, "text.begin=random", unlabelled=count) == "random"
    assert first_vectors("text.vectors=null", unlabelled=count) == "random"


def test_word_vectors_of_other_words(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("gut 1 2 3\nschlecht 4 5 6\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"none of the \d+ words of the data is in"):
        of(films(), "text.least_count=1", f"text.vectors={path}")


# series


def test_a_table_in_any_order_gives_the_same_cases() -> None:
    draw = np.random.default_rng(1)
    lengths = 3 + np.arange(24) % 3
    rows = [
        {"case": f"c{case:02d}", "step": step, "x": draw.normal(), "y": draw.normal(),
         "label": "ab"[case % 2]}
        for case, length in enumerate(lengths) for step in range(length)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    mixed = frame.sample(frac=1.0, random_state=0)
    straight, shuffled = (prepared_of(Source.from_frame(each))[0] for each in (frame, mixed))
    assert straight.inputs["series"].lengths.tolist() == lengths.tolist()
    order = mixed["case"].drop_duplicates().str[1:].astype(int).to_numpy()
    for place, case in enumerate(order):
        np.testing.assert_array_equal(
            shuffled.inputs["series"].select([place])[0],
            straight.inputs["series"].select([case])[0],
        )
    np.testing.assert_array_equal(shuffled.targets, straight.targets[order])


def test_long_series_are_averaged_and_said() -> None:
    columns: dict[str, Any] = {f"t{step:02d}": [float(step)] * 24 for step in range(16)}
    columns["t15"] = [15.0, NAN] * 12
    prepared, _, heard = of({**columns, "label": ["a", "b"] * 12}, "series.longest=8")
    assert prepared.codec.longest == {"series": 8}
    pairs = [[0.5 + 2 * pair] for pair in range(8)]
    assert prepared.inputs["series"].select([0])[0].tolist() == pairs
    assert (
        "24 of 24 series are averaged over neighbouring steps to 8 steps (--set series.longest=N)"
        in notes(heard)
    )


def test_lengths_beyond_what_a_run_folder_may_say_are_cut(tmp_path: Path) -> None:
    prepared, _, _ = of(films(), *WORDS, "text.longest=10000000")
    prepared.save(tmp_path)
    assert Prepared.load(tmp_path).codec.longest == {"word": 100_000}


def test_new_cases_are_encoded_as_those_of_the_fit() -> None:
    for columns, name in ((films(), "word"), (waves(), "series")):
        source = Source.from_frame(pd.DataFrame(columns))
        prepared, _, _ = prepared_of(source, *WORDS)
        cases = read_cases(source, prepared.codec.roles, with_labels=False)
        encoded, too_long = encode_cases(prepared.codec, cases, name)
        np.testing.assert_array_equal(encoded.values, prepared.inputs[name].values)
        assert too_long == 0


# the recipe


def test_what_was_inferred_stands_in_the_recipe() -> None:
    _, recipe, _ = of(films(), *WORDS)
    roles = {"kind": "text", "label": "label", "text": "text", "series": None, "channels": "auto"}
    assert {role: recipe.get(f"data.{role}") for role in roles} == roles
    _, recipe, _ = of(waves())
    steps = tuple(f"t{step}" for step in range(6))
    assert (recipe.get("data.kind"), recipe.get("data.channels")) == ("series", steps)


def test_the_other_kind_of_data_is_not_searched() -> None:
    text, series = of(films())[1], of(waves())[1]
    searched = {dimension.path for dimension in text.dimensions() if len(dimension.choices) > 1}
    assert "text.tokens" in searched and not any(path.startswith("series.") for path in searched)
    for recipe, unused in ((text, "series."), (series, "text.")):
        assert recipe.portfolio()
        entries = recipe.get("portfolio")
        assert not any(key.startswith(unused) for entry in entries for key in entry)


def test_segments_follow_the_length_of_the_cases() -> None:
    columns: dict[str, Any] = {f"t{step:02d}": [float(step)] * 24 for step in range(72)}
    _, recipe, _ = of({**columns, "label": ["a", "b"] * 12})
    assert recipe.get("network.segment.length") == 3
    _, recipe, _ = of(waves(), "network.segment.length=2")
    assert recipe.get("network.segment.length") == 2


def test_prepared_cases_survive_on_disk(tmp_path: Path) -> None:
    for name, columns in (("text", films()), ("series", waves())):
        folder = tmp_path / name
        folder.mkdir()
        prepared, _, _ = of(columns, *WORDS)
        prepared.save(folder)
        again = Prepared.load(folder)
        assert again.codec == prepared.codec
        np.testing.assert_array_equal(again.parts, prepared.parts)


# what a plan would take


def test_a_plan_takes_what_a_fit_takes() -> None:
    recipe = Recipe.load(None, "classify", [])
    for columns in (films(), waves(), {**films(), "label": ["a;b", "a", "b", "c"] * 10}):
        source = Source.from_frame(pd.DataFrame(columns))
        suggested = {guess.what: guess.taken for guess in suggest(source, recipe)}
        fitted = assumptions(prepared_of(source)[2])
        assert suggested and suggested == {what: fitted[what] for what in suggested}


def test_a_plan_of_data_without_classes_says_why() -> None:
    source = Source.from_frame(pd.DataFrame({**films(), "label": ["a"] * 40}))
    with pytest.raises(DataError, match="found the one label 'a' in 40 cases"):
        suggest(source, Recipe.load(None, "classify", []))
