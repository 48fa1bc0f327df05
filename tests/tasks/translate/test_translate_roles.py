"""Which columns are taken for what, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
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
from seqtune.tasks.translate.column_pairs import language_of, pair_by_name
from seqtune.tasks.translate.infer_roles import infer_roles
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.suggest import suggest
from seqtune.tasks.translate.symbols import are_symbols

ENGLISH = ["a red bird sings", "two men walk home", "the dog sleeps here", "she reads a book"] * 3
GERMAN = ["ein roter Vogel singt", "zwei Männer gehen heim", "der Hund schläft hier"] * 4
PHONES = ["a b", "b a t", "t a", "a t a b"] * 3
WORDS = ["ab", "bat", "ta", "atab", "tab", "bab", "abba", "tata", "taba", "bata", "atta", "tba"]
NUMBERS = [float(number) for number in range(12)]


def roles_of(columns: Mapping[str, Any] | Source, **data: Any) -> tuple[Roles, list[Event]]:
    heard: list[Event] = []
    source = columns
    if not isinstance(source, Source):
        source = Source.from_frame(pd.DataFrame(columns))
    values = {f"data.{key}": each for key, each in data.items()}
    recipe = Recipe.load(None, "translate", values=values)
    return infer_roles(source, recipe.values.data, heard.append), heard


def flags(heard: list[Event]) -> str:
    return " ".join(event.flag for event in heard if isinstance(event, Assumption))


def refusal(columns: Mapping[str, Any], **data: Any) -> DataError:
    with pytest.raises(DataError) as fault:
        roles_of(columns, **data)
    assert fault.value.hint
    return fault.value


# two columns


@pytest.mark.parametrize("names", [
    ("source", "target"), ("src", "tgt"), ("en", "de"), ("de", "en"), ("question", "answer"),
    ("text", "summary"), ("Source", "TARGET"), ("text_en", "text_de"), ("english", "french"),
])  # fmt: skip
def test_a_pair_is_found_by_its_names_among_other_texts(names: tuple[str, str]) -> None:
    columns = {"note": GERMAN, names[0]: ENGLISH, names[1]: GERMAN, "more": ENGLISH}
    found, heard = roles_of(columns)
    assert found == Roles("text", "text", names[1], names[0])
    assert "--source COLUMN --target COLUMN" in flags(heard)
    assert Note("not used: note, more") in heard


def test_the_order_of_the_file_says_which_language_is_the_source_and_names_which_other_is() -> None:
    assert roles_of({"de": GERMAN, "en": ENGLISH})[0].source == "de"
    assert roles_of({"target": GERMAN, "source": ENGLISH})[0].source == "source"


def test_the_only_two_texts_are_taken_in_their_order() -> None:
    found, heard = roles_of({"n": NUMBERS, "x": ENGLISH, "y": GERMAN})
    assert (found.source, found.target) == ("x", "y")
    assert "--source COLUMN" in flags(heard)


def test_of_two_columns_any_is_taken() -> None:
    dates = [f"2024-01-{day:02d}" for day in range(1, 13)]
    found, _ = roles_of({"said": [f"the day number {day}" for day in range(12)], "iso": dates})
    assert (found.kind, found.source, found.target) == ("text", "said", "iso")


def test_what_is_asked_for_is_taken_and_its_partner_found() -> None:
    columns = {"x": ENGLISH, "y": GERMAN, "z": GERMAN}
    found, heard = roles_of(columns, source="z", target="x")
    assert (found.source, found.target, heard) == ("z", "x", [])
    found, _ = roles_of({"answer": GERMAN, "z": ENGLISH, "question": ENGLISH}, target="answer")
    assert (found.source, found.target) == ("question", "answer")
    found, _ = roles_of({"answer": GERMAN, "z": ENGLISH, "question": ENGLISH}, source="question")
    assert (found.source, found.target) == ("question", "answer")
    found, _ = roles_of({"x": ENGLISH, "y": GERMAN}, target="x")
    assert (found.source, found.target) == ("y", "x")


def test_several_texts_are_not_chosen_among() -> None:
    columns = {"x": ENGLISH, "y": GERMAN, "z": ENGLISH}
    fault = refusal(columns)
    assert "3 columns could be source and target: x, y, z" in fault.message
    assert fault.hint == "choose two: --source x --target y"
    fault = refusal(columns, source="y")
    assert "2 columns could be the target: x, z" in fault.message


def test_a_table_without_two_texts_says_what_it_has() -> None:
    assert "a (integer), b (integer)" in refusal({"a": NUMBERS, "b": NUMBERS, "c": NUMBERS}).message


def test_a_column_that_is_missing_or_has_two_roles() -> None:
    columns = {"x": ENGLISH, "y": GERMAN}
    assert "has no column 'z'" in refusal(columns, source="z").message
    assert "has two roles" in refusal(columns, source="x", target="x").message


def test_words_for_languages() -> None:
    found = [language_of(name) for name in ("en", "DE", "text_fr", "target", "no_text_en", "it's")]
    assert found == ["en", "de", "fr", "", "", ""]
    assert pair_by_name(["en", "de", "fr"]) is None


# symbols


def test_symbols_are_recognised_and_said_with_the_flag() -> None:
    found, heard = roles_of({"word": WORDS, "phones": PHONES})
    assert found == Roles("text", "symbols", "phones", "word")
    assert "--set data.target_kind=text" in flags(heard)
    found, heard = roles_of({"phones": PHONES, "word": WORDS})
    assert (found.kind, found.target_kind, found.source) == ("text", "symbols", "word")


def test_the_recipe_says_what_texts_are() -> None:
    columns = {"word": WORDS, "phones": PHONES}
    assert roles_of(columns, target_kind="text")[0].target_kind == "text"
    assert roles_of(columns, kind="symbols")[0].kind == "symbols"


def test_texts_are_no_symbols() -> None:
    assert not are_symbols(ENGLISH) and not are_symbols(GERMAN) and not are_symbols(WORDS)
    assert not are_symbols([]) and not are_symbols(["", " "])
    assert are_symbols(["1 2 3", "3 2 1", "2 2 1"]) and are_symbols(["60 62 62", "62 60 62"])
    assert not are_symbols(["3 May 2020", "5 May 2020", "3 June 2021", "5 June 2021"] * 5)
    assert not are_symbols([f"{number} x{number}" for number in range(50)])  # none comes again


def test_a_table_without_a_header_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    rows = zip(WORDS, PHONES, strict=True)
    path.write_text("".join(f"{word}\t{phones}\n" for word, phones in rows), encoding="utf-8")
    source = read_source(path)
    found, _ = roles_of(source)
    assert found == Roles("text", "symbols", "column_2", "column_1")
    assert source.rows == 12
    assert any("data.header" in note for note in source.notes)


def test_a_header_that_may_be_data_is_said(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("hund\tdog\nkatze\tcat\nmaus\tmouse\n", encoding="utf-8")
    _, heard = roles_of(read_source(path))
    assert any("data.header=none" in each.why for each in heard if isinstance(each, Assumption))
    _, heard = roles_of({"x": ENGLISH, "y": GERMAN})  # no file, no first line
    assert not any("header" in each.why for each in heard if isinstance(each, Assumption))


# features and series


def test_features_are_what_stands_beside_a_column_of_sentences() -> None:
    columns = {"id": range(12), "price": NUMBERS, "food": ["thai", "greek"] * 6, "text": ENGLISH}
    found, heard = roles_of(columns)
    assert found == Roles("features", "text", "text", channels=("price", "food"))
    assert "--past COLUMN" in flags(heard) and "--target COLUMN" in flags(heard)
    assert Note("not used: id") in heard


def test_features_that_are_named() -> None:
    columns = {"a": NUMBERS, "b": NUMBERS, "said": ENGLISH, "more": GERMAN}
    found, _ = roles_of(columns, channels=["b"], target="more")
    assert found == Roles("features", "text", "more", channels=("b",))


def test_a_number_beside_sentences_is_a_feature_and_beside_words_a_source() -> None:
    assert roles_of({"n": NUMBERS, "text": ENGLISH})[0].kind == "features"
    assert roles_of({"n": NUMBERS, "word": WORDS})[0].kind == "text"


def long_table(answers: list[str]) -> dict[str, Any]:
    """Four cases of three steps."""
    return {
        "case": np.repeat(["p", "q", "r", "s"], 3), "t": [0, 1, 2] * 4, "x": NUMBERS, "y": NUMBERS,
        "text": np.repeat(answers, 3),
    }  # fmt: skip


def test_a_table_with_a_row_per_step_is_series() -> None:
    found, heard = roles_of(long_table(["one two", "three", "four", "one two"]))
    assert found == Roles("series", "text", "text", "", "case", "t", ("x", "y"))
    assert all(flag in flags(heard) for flag in ("--series", "--time", "--past", "--target"))


def test_a_table_whose_cases_have_other_answers_in_each_row_is_none() -> None:
    columns = long_table(["one two", "three", "four", "five"])
    columns["text"] = [f"row {row} of this table" for row in range(12)]
    assert roles_of(columns)[0].kind == "features"


def test_paths_are_series_in_files() -> None:
    columns = {"audio": [f"clips/{row}.wav" for row in range(12)], "text": WORDS, "who": WORDS}
    found, heard = roles_of(columns)
    assert found == Roles("series", "text", "text", "audio")
    assert "--source COLUMN" in flags(heard)


def test_series_that_are_not_there() -> None:
    assert "no column names files" in refusal({"x": ENGLISH, "y": GERMAN}, kind="series").message


# what a suggestion says


def test_a_suggestion_names_the_pair_and_refuses_empty_columns() -> None:
    recipe = Recipe.load(None, "translate")
    many = [f"{text} {number}" for number in range(12) for text in GERMAN]
    source = Source.from_frame(
        pd.DataFrame({"en": [f"{n} {text}" for n in range(12) for text in ENGLISH], "de": many})
    )
    assert [each.taken for each in suggest(source, recipe)] == ["en → de"]
    with pytest.raises(DataError, match="no values"):
        suggest(Source.from_frame(pd.DataFrame({"source": ENGLISH, "target": [""] * 12})), recipe)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"source": ENGLISH * 3, "target": ["yes", "no", "perhaps"] * 12}, "3 different values"),
        ({"day": pd.date_range("2024-01-01", periods=36), "sales": range(36)}, "no texts"),
        ({"label": ["a", "b"] * 18, "text": [f"a text {n}" for n in range(36)]}, "2 different"),
    ],
)
def test_what_suits_another_task_is_not_proposed(columns: dict[str, Any], why: str) -> None:
    with pytest.raises(DataError, match=why):
        suggest(Source.from_frame(pd.DataFrame(columns)), Recipe.load(None, "translate"))


@pytest.mark.parametrize("change", [
    {"kind": "image"}, {"kind": []}, {"target_kind": "features"}, {"target": ""}, {"target": 7},
    {"source": None}, {"source": ""}, {"channels": ["x"]}, {"channels": "x"}, {"series": "s"},
    {"time": "t"}, {"target": "\x1b[2J"}, {"more": 1}, {"kind": "features"}, {"kind": "series",
    "series": "case"},
])  # fmt: skip
def test_roles_that_no_table_has_are_refused(change: dict[str, Any]) -> None:
    values = {**vars(Roles("text", "text", "b", "a")), "channels": []}
    assert Roles.from_values(values) == Roles("text", "text", "b", "a")
    with pytest.raises((ValueError, TypeError)):
        Roles.from_values({**values, **change})
