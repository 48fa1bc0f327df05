"""Which columns are taken for what in a table of tokens or of steps, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.open import open_source, open_undecided
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Event, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.tag.infer_roles import infer_roles
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.suggest import is_meant, suggest

WORDS = [f"w{number}" for number in range(60)]
SENTENCE = [row // 6 for row in range(60)]
TAGS = ["X", "O", "O"] * 20
NUMBERS = np.random.default_rng(0).normal(size=60)


def recipe(**data: Any) -> Recipe:
    return Recipe.load(None, "tag", values={f"data.{key}": each for key, each in data.items()})


def roles_of(columns: Mapping[str, Any] | Source, **data: Any) -> tuple[Roles, list[Event]]:
    heard: list[Event] = []
    source = columns if isinstance(columns, Source) else Source.from_frame(pd.DataFrame(columns))
    return infer_roles(source, recipe(**data).values.data, heard.append), heard


def flags(heard: list[Event]) -> str:
    return " ".join(event.flag for event in heard if isinstance(event, Assumption))


def refusal(columns: Mapping[str, Any], **data: Any) -> DataError:
    with pytest.raises(DataError) as fault:
        roles_of(columns, **data)
    assert fault.value.hint
    return fault.value


# tokens


@pytest.mark.parametrize("names", [
    ("sentence", "token", "tag"), ("Sentence #", "Word", "Tag"), ("sent_id", "form", "upos"),
    ("doc", "tokens", "ner_tags"), ("id", "words", "label"),
])  # fmt: skip
def test_tokens_are_found_by_their_names(names: tuple[str, str, str]) -> None:
    series, token, label = names
    found, heard = roles_of({series: SENTENCE, token: WORDS, label: TAGS, "note": "z"})
    assert found == Roles("tokens", label, token, series)
    assert flags(heard) == "--series COLUMN --text COLUMN --label COLUMN"
    assert Note("not used: note") in heard


def test_tokens_are_found_by_what_is_in_them() -> None:
    found, heard = roles_of({"s": SENTENCE, "wort": WORDS, "klasse": TAGS})
    assert found == Roles("tokens", "klasse", "wort", None)
    assert Assumption("sentence", "one", "no column tells sentences apart", "--series COLUMN") \
        in heard  # fmt: skip


def test_blank_cells_of_sentences_count_as_repeated() -> None:
    sentence = [f"s{row // 6}" if row % 6 == 0 else None for row in range(60)]
    found, _ = roles_of({"Sentence #": sentence, "Word": WORDS, "POS": TAGS, "Tag": TAGS})
    assert found == Roles("tokens", "Tag", "Word", "Sentence #")


def test_the_sentence_is_taken_rather_than_its_document() -> None:
    document = [row // 30 for row in range(60)]
    columns = {"doc": document, "sentence": SENTENCE, "token": WORDS, "tag": TAGS}
    assert roles_of(columns)[0].series == "sentence"


def test_two_columns_of_labels_are_refused_with_a_choice() -> None:
    fault = refusal({"sentence": SENTENCE, "token": WORDS, "tag": TAGS, "slot": TAGS})
    assert "2 columns could be the label: tag, slot" in fault.message
    assert fault.hint == "choose one: --label slot"


def test_conllu_is_tagged_with_parts_of_speech_unless_asked(tmp_path: Path) -> None:
    line = "1\ta\ta\tDET\tDT\tX=Y\t0\troot\t_\t_\n"
    (tmp_path / "a.conllu").write_text(line + line.replace("DET", "X").replace("1\t", "2\t"))
    source = open_source(tmp_path / "a.conllu", recipe())
    found, heard = roles_of(source)
    assert found == Roles("tokens", "upos", "form", "sentence")
    assert any("xpos, feats, deprel" in each.why for each in heard if isinstance(each, Assumption))
    assert roles_of(source, label="feats")[0].label == "feats"


def test_a_file_named_as_the_label_gives_its_column(tmp_path: Path) -> None:
    (tmp_path / "a.in").write_text("a b\nc\n")
    (tmp_path / "a.out").write_text("X O\nO\n")
    asked = recipe(label=str(tmp_path / "a.out"))
    source = open_source(tmp_path / "a.in", asked)
    assert infer_roles(source, asked.values.data, print) == Roles(
        "tokens", "tag", "token", "sentence"
    )


@pytest.mark.parametrize("role, flag", [("label", "--label"), ("token", "--text"),
                                        ("group", "--group"), ("series", "--series")])  # fmt: skip
def test_a_column_that_is_not_there_is_refused_with_its_flag(role: str, flag: str) -> None:
    fault = refusal({"sentence": SENTENCE, "token": WORDS, "tag": TAGS}, **{role: "tgg"})
    assert "has no column 'tgg'" in fault.message
    assert fault.hint.startswith(flag)


def test_a_column_has_one_role() -> None:
    columns = {"sentence": SENTENCE, "token": WORDS, "tag": TAGS}
    assert "two roles" in refusal(columns, label="tag", token="tag").message


def test_what_is_neither_is_refused() -> None:
    fault = refusal({"day": pd.date_range("2020", periods=6), "kind": list("aabbab")})
    assert "neither tokens nor steps" in fault.message


# steps


def test_steps_are_found_by_their_names() -> None:
    columns = {"person": SENTENCE, "time": range(60), "x": NUMBERS, "y": NUMBERS, "activity": TAGS}
    found, heard = roles_of(columns)
    assert found == Roles("steps", "activity", "", "person", "time", ("x", "y"))
    assert flags(heard) == "--time COLUMN --series COLUMN --label COLUMN --past COLUMN"


def test_series_are_found_by_standing_in_blocks() -> None:
    who = [["ann", "bob"][row // 30] for row in range(60)]
    found, _ = roles_of({"who": who, "x": NUMBERS, "what": TAGS})
    assert found == Roles("steps", "what", "", "who", None, ("x",))


def test_a_channel_that_is_called_y_is_no_label() -> None:
    columns = {"x": [0, 1] * 30, "y": [2, 3] * 30, "z": NUMBERS, "what": TAGS}
    assert roles_of(columns)[0].channels == ("x", "y", "z")


def test_one_series_needs_no_column_and_an_index_is_no_channel() -> None:
    found, heard = roles_of({"n": range(60), "x": NUMBERS, "state": [0, 1, 2] * 20})
    assert found == Roles("steps", "state", "", None, None, ("x",))
    assert Note("not used, because it numbers the rows: n") in heard
    assert Assumption("series", "one", "no column tells series apart", "--series COLUMN") in heard


def test_two_labels_of_steps_are_refused_with_a_choice() -> None:
    fault = refusal({"x": NUMBERS, "state": TAGS, "mode": TAGS})
    assert fault.hint == "choose one: --label state"


def test_steps_without_a_label_or_a_channel_are_refused() -> None:
    assert "no column looks like labels" in refusal({"x": NUMBERS, "y": NUMBERS}).message
    columns = {"x": NUMBERS, "state": TAGS}
    assert "neither tokens nor steps" in refusal(columns, time="x").message
    fault = refusal(columns, time="x", kind="steps")
    assert "no numeric column is left" in fault.message


def test_a_time_of_two_columns_is_joined() -> None:
    frame = pd.DataFrame({
        "date": ["2024-01-01"] * 60, "clock": [f"{row // 6:02d}:{row % 6}0" for row in range(60)],
        "x": NUMBERS, "state": TAGS,
    })  # fmt: skip
    asked = recipe(time=["date", "clock"])
    source = open_source(frame, asked)
    found = infer_roles(source, asked.values.data, print)
    assert found.time == "date clock"
    assert source.columns_of(found.time) == ["date", "clock"]


# what is proposed


def test_files_of_sentences_are_meant_for_tagging(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("a\tX\nb\tO\n\nc\tO\n")
    source = open_undecided(tmp_path / "a.conll", recipe())
    assert is_meant(source)
    assert [each.taken for each in suggest(source, recipe())] == ["token", "tag"]


def test_texts_with_a_label_are_not_proposed() -> None:
    texts = [f"some text {row}" for row in range(40)]
    source = Source.from_frame(pd.DataFrame({"text": texts, "label": ["a", "b"] * 20}))
    with pytest.raises(DataError):
        suggest(source, recipe())
    names = Source.from_frame(pd.DataFrame({"word": WORDS, "label": TAGS}))
    with pytest.raises(DataError, match="apart"):
        suggest(names, recipe())
