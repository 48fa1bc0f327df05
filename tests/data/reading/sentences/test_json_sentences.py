"""Sentences in JSON Lines: lists of tokens, or texts with stretches; and written back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from seqtune.data.reading.open import open_source, open_undecided
from seqtune.data.reading.sentences.json_sentences import JsonSource
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe


def recipe(**data: str) -> Recipe:
    return Recipe.load(None, "tag", values={f"data.{key}": each for key, each in data.items()})


def written(folder: Path, text: str, name: str = "a.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read(folder: Path, *objects: Any, joins: bool = True, **data: str) -> JsonSource:
    text = "".join(each if isinstance(each, str) else f"{json.dumps(each)}\n" for each in objects)
    found = open_source(written(folder, text), recipe(**data), joins=joins)
    assert isinstance(found, JsonSource)
    return found


def refusal(folder: Path, *objects: Any, **data: str) -> DataError:
    with pytest.raises(DataError) as fault:
        read(folder, *objects, **data)
    assert fault.value.hint
    return fault.value


def rows(source: Source, *names: str) -> list[list[str]]:
    return [source.texts(name) for name in names or source.names]


LISTS = (
    {"id": 7, "tokens": ["a", "b"], "tags": ["X", "O"]},
    {"id": 8, "tokens": [], "tags": []},
    {"id": 9, "tokens": ["c"]},
)

# lists


def test_each_token_of_a_list_is_a_row(tmp_path: Path) -> None:
    found = read(tmp_path, *LISTS)
    assert found.names == ("sentence", "tokens", "tags", "id")
    assert rows(found) == [["1", "1", "3"], ["a", "b", "c"], ["X", "O", ""], ["7", "7", "9"]]
    assert found.where(2) == f"{tmp_path / 'a.jsonl'}:3"
    assert (found.token_column, found.label_column) == ("tokens", "tags")
    assert "sentences without a token: 1" in found.notes


def test_only_the_list_of_labels_changes(tmp_path: Path) -> None:
    text = '{"tags" : ["X","O"],\t"tokens": ["\\u00e9","b"] , "x":1.50}\r\n\r\n{"tokens":["c"]}'
    found = read(tmp_path, text)
    assert found.filled_in("tags", {}) == text
    assert found.filled_in("tags", ["X", "O", ""]) == text
    assert found.filled_in("tags", ["ä", "O", "Y"]) == text.replace(
        '["X","O"]', '["ä", "O"]'
    ).replace('["c"]', '["c"], "tags": ["Y"]')


def test_an_array_of_objects_is_read_and_written(tmp_path: Path) -> None:
    text = '\ufeff[\n  {"tokens": ["a"],\n   "tags": ["X"]},\n  {"tokens": ["b"], "tags": ["O"]}\n]'
    found = read(tmp_path, text)
    assert rows(found, "tokens", "tags") == [["a", "b"], ["X", "O"]]
    assert found.where(1).endswith(":4")
    assert found.filled_in("tags", {1: "Z"}) == text.replace('["O"]', '["Z"]')


def test_several_lists_of_labels_are_columns_each(tmp_path: Path) -> None:
    found = read(tmp_path, {"words": ["a"], "pos": ["N"], "ner": ["O"], "heads": [0]})
    assert found.names == ("sentence", "words", "pos", "ner")
    assert found.label_column == ""
    assert any("are numbers: heads" in note for note in found.notes)


def test_numbers_for_labels_are_refused_with_the_way_to_their_names(tmp_path: Path) -> None:
    fault = refusal(tmp_path, {"tokens": ["a", "b"], "ner_tags": [0, 3]})
    assert fault.message.endswith("a.jsonl:1: 'ner_tags' holds numbers, expected names of labels")
    assert "dataset.features['ner_tags']" in fault.hint
    both = {"tokens": ["a"], "tags": ["X"], "ner_tags": [0]}
    assert "'ner_tags'" in refusal(tmp_path, both, label="ner_tags").message


def test_a_sentence_with_fewer_labels_than_tokens_is_refused(tmp_path: Path) -> None:
    fault = refusal(tmp_path, LISTS[0], {"tokens": ["a", "b", "c"], "tags": ["X", "O"]})
    assert fault.message == (f"{tmp_path / 'a.jsonl'}:2: tokens: 3, tags: 2; expected one for each")
    assert ":1: " in refusal(tmp_path, {"tokens": ["a", "b"], "tags": ["X"]}).message


@pytest.mark.parametrize("bad, said", [
    ('{"tokens": "a"}', "'tokens' is no list"), ('{"tokens": [1]}', "no list of texts"),
    ('{"tokens": ["a"], "tags": [["x"]]}', "holds what is no text"),
    ('{"tokens": ["a"], "tags": [true]}', "holds numbers|no text"),
    ('{"tokens": ["a"], "tokens": ["a"]}', "used twice"), ("[1]", "an object expected"),
    ('{"tokens": ["a"', "not JSON"), ('{"tokens" ["a"]}', "not JSON"), ("{1: 2}", "not JSON"),
    ('{"tokens": ["a"],}', "not JSON"),
    ('{"a": ' + "9" * 5000 + "}", "digits"),
    ('{"x": ' + "[" * 2000 + "]" * 2000 + "}", "nest|deep"),
])  # fmt: skip
def test_what_is_faulty_is_refused(tmp_path: Path, bad: str, said: str) -> None:
    with pytest.raises(DataError) as fault:
        found = open_source(written(tmp_path, f"{json.dumps(LISTS[0])}\n{bad}\n"), recipe())
        assert isinstance(found, JsonSource)
    assert re.search(said, fault.value.message), fault.value.message


def test_a_lone_half_of_a_character_is_replaced(tmp_path: Path) -> None:
    found = read(tmp_path, '{"tokens": ["\\ud800"], "tags": ["X"]}\n')
    assert rows(found, "tokens") == [["\ufffd"]]


def test_a_key_with_half_a_character_is_a_column(tmp_path: Path) -> None:
    found = read(tmp_path, '{"tokens": ["a"], "t\\ud800": ["X"], "i\\udfff": 1}\n')
    assert found.names == ("sentence", "tokens", "t\ufffd", "i\ufffd")
    assert found.label_column == "t\ufffd"


def test_rows_of_tokens_are_a_table(tmp_path: Path) -> None:
    text = '{"sentence": 1, "token": "a", "tag": "X"}\n' * 2
    assert not isinstance(open_source(written(tmp_path, text), recipe()), JsonSource)


# texts with stretches


def test_stretches_of_a_text_mark_its_words(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"text": "To New York, 3.50!", "spans": [[3, 11, "LOC"]]},
        {"text": "Al went", "spans": [{"start": 0, "end": 2, "label": "PER"}]},
        {"text": "no", "spans": []}, {"text": "?"},
    )  # fmt: skip
    assert found.names[:3] == ("sentence", "token", "tag")
    assert rows(found, "token", "tag") == [
        ["To", "New", "York", ",", "3.50", "!", "Al", "went", "no", "?"],
        ["O", "B-LOC", "I-LOC", "O", "O", "O", "B-PER", "O", "O", ""],
    ]


def test_labels_are_written_as_the_stretches_that_they_say(tmp_path: Path) -> None:
    first = {"text": "To New York", "spans": [[3, 11, "LOC"]]}
    second = {"text": "Al went", "spans": [{"end": 2, "start": 0, "type": "PER"}], "x": 1}
    found = read(tmp_path, first, second, {"text": "to Rome"})
    same = found.texts("tag")
    assert found.filled_in("tag", same) == (tmp_path / "a.jsonl").read_text()
    changed = found.filled_in("tag", ["B-X", "O", "O", "B-A", "I-A", "O", "B-LOC"])
    assert [json.loads(line) for line in changed.splitlines()] == [
        {**first, "spans": [[0, 2, "X"]]},
        {**second, "spans": [{"start": 0, "end": 7, "type": "A"}]},
        {"text": "to Rome", "spans": [[3, 7, "LOC"]]},
    ]


def test_a_stretch_that_cuts_a_word_is_widened_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, {"text": "Yorkshire ham", "spans": [[0, 4, "LOC"]]})
    assert rows(found, "tag") == [["B-LOC", "O"]]
    place = f"{tmp_path / 'a.jsonl'}:1"
    assert (
        f"stretches that cut a word and were widened to it: 1, the first at {place}" in found.notes
    )


def test_of_stretches_that_overlap_the_longest_stays_and_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, {"text": "a b c", "spans": [[0, 1, "X"], [0, 3, "Y"], [3, 4, "Z"]]})
    assert rows(found, "tag") == [["B-Y", "I-Y", "O"]]
    assert any("left out" in note and ": 2, the first" in note for note in found.notes)


@pytest.mark.parametrize("item", [
    [0, 9, "X"], [2, 1, "X"], [-1, 1, "X"], [0, 1], [0, 1, 2], [0.0, 1, "X"], {"start": 0},
    [0, 1, " "], [True, 1, "X"],
])  # fmt: skip
def test_a_stretch_that_is_none_is_refused_with_its_line(tmp_path: Path, item: Any) -> None:
    fault = refusal(tmp_path, {"text": "abc", "spans": [[0, 1, "X"]]},
                    {"text": "abc", "spans": [item]})  # fmt: skip
    assert "a.jsonl:2: 'spans' holds " in fault.message


def test_a_run_of_tokens_reads_texts_without_stretches(tmp_path: Path) -> None:
    found = read(tmp_path, {"text": "to Rome!"}, joins=False, token="token", label="tag")
    assert rows(found, "token", "tag") == [["to", "Rome", "!"], [""] * 3]
    changed = found.filled_in("tag", ["O", "B-LOC", "O"])
    assert changed == '{"text": "to Rome!", "spans": [[3, 7, "LOC"]]}\n'


def test_before_the_task_is_known_lists_and_stretches_leave_no_doubt(tmp_path: Path) -> None:
    for each in (LISTS[0], {"text": "a b", "entities": [[0, 1, "X"]]}):
        path = written(tmp_path, json.dumps(each) + "\n")
        assert isinstance(open_undecided(path, recipe()), JsonSource)
        other = open_source(path, Recipe.load(None, "classify"))
        assert not isinstance(other, JsonSource)
    plain = written(tmp_path, '{"text": "a b", "label": "x"}\n{"text": "c", "label": "y"}\n')
    assert not isinstance(open_undecided(plain, recipe()), JsonSource)
