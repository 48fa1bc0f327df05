"""JSON in all its forms; what is too deep or too long for a parser is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from seqtune.data.reading.json_structure import DEEPEST, object_lines, open_brackets
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError

ROWS = [
    {"t": "2024-01-01", "fields": {"temp": 1.5, "wind": {"speed": 3}}, "note": 'a "b", [c'},
    {"t": "2024-01-02", "fields": {"temp": 2.5}},
    {"t": "2024-01-03", "note": "}\\"},
]
NAMES = ("t", "fields.temp", "fields.wind.speed", "note")


def read(tmp_path: Path, content: str | bytes, name: str = "t.json") -> Source:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_source(path)


def fault(tmp_path: Path, content: str | bytes) -> DataError:
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    assert caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint
    assert len(caught.value.message) < 300 + len(str(tmp_path))
    return caught.value


@pytest.mark.parametrize("content", [
    "\n".join(map(json.dumps, ROWS)),
    json.dumps(ROWS),
    " \n" + json.dumps(ROWS, indent=2) + "\n",
    "\n".join(json.dumps(row, indent=1) for row in ROWS),
    json.dumps(ROWS, indent=2).replace("\n", "\r\n"),
    "\ufeff" + json.dumps(ROWS),
    json.dumps(ROWS).encode("utf-16"),
])  # fmt: skip
def test_lines_arrays_and_spread_objects_are_the_same_table(
    content: str | bytes, tmp_path: Path
) -> None:
    source = read(tmp_path, content)
    assert source.names == NAMES
    assert source.rows == 3
    assert source.texts("note") == ['a "b", [c', "", "}\\"]
    assert source.numbers("fields.temp").tolist()[:2] == [1.5, 2.5]
    assert source.texts("fields.wind.speed") == ["3", "", ""]
    assert str(source.times("t")[2]) == "2024-01-03T00:00:00.000000000"


def test_a_nested_column_of_two_types_is_text(tmp_path: Path) -> None:
    source = read(tmp_path, '{"a":{"b":1}}\n{"a":{"b":"x"}}\n{"a":null}\n')
    assert source.texts("a.b") == ["1", "x", ""]


def test_one_object_is_a_table_of_one_row(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a":{"b":1,"c":2}}').names == ("a.b", "a.c")
    assert read(tmp_path, '{"a":{"b":1},"d":{"e":[1,2]}}').texts("d.e") == ["[1, 2]"]


def test_a_fault_in_an_array_names_the_object(tmp_path: Path) -> None:
    assert "t.json: object 2: int found" in fault(tmp_path, '[{"a":1},\n7]').message
    assert "t.json:2: int found" in fault(tmp_path, '{"a":1}\n7\n').message


@pytest.mark.parametrize("content", [
    "[" * 40_000,
    "[" * 1000 + "]" * 1000,
    '{"a":' * 1000 + "1" + "}" * 1000,
    "[\n" * 20_000,
    '{"a":"' + "\\" * 3 + '"' + '[[[","b":' + "[" * (DEEPEST + 1),
])  # fmt: skip
def test_brackets_beyond_the_bound_are_refused(content: str, tmp_path: Path) -> None:
    assert "nested more than 100 deep" in fault(tmp_path, content).message


def test_brackets_up_to_the_bound_and_in_texts_are_read(tmp_path: Path) -> None:
    deep = '{"a":' * DEEPEST + "1" + "}" * DEEPEST
    assert read(tmp_path, deep + "\n" + deep).names == (".".join("a" * DEEPEST),)
    assert read(tmp_path, '{"a":"' + "[" * 5000 + '"}\n').rows == 1


@pytest.mark.parametrize(("content", "words"), [
    ('{"a":' + "9" * 5000 + '}\n{"a":"x"}\n', "too many digits"),
    ('[{"a":1}', "cut short"),
    ('[{"a":1}] [{"a":2}]', "more than one JSON array"),
    ('[{"a":1}]x', "more than one JSON array"),
    ("[1]\n[2]\n", "more than one JSON array"),
    ("[]", "holds no values"),
    ('{"a":1,"a":2}\n{"a":"x"}\n', "one object"),
    (pd.DataFrame({"a": [1, 2], "b": [3, 4]}).to_json(), "holds one object, whose keys are a, b"),
    (pd.DataFrame({"a": [1, 2]}).to_json(), "holds one object, whose keys are a;"),
    ('{"rows":[{"a":1},{"a":2}]}', "holds one object, whose keys are rows"),
])  # fmt: skip
def test_what_is_no_table_says_so(content: str, words: str, tmp_path: Path) -> None:
    if words == "one object":  # of two keys of one name the last counts, as JSON parsers do
        assert read(tmp_path, content).texts("a") == ["2", "x"]
    else:
        assert words in fault(tmp_path, content).message


@pytest.mark.parametrize("size", range(1, 9))
def test_objects_come_out_a_line_each_however_blocks_fall(size: int) -> None:
    for text in (json.dumps(ROWS, indent=1), "\n".join(json.dumps(r, indent=1) for r in ROWS)):
        blocks = (text[at : at + size] for at in range(0, len(text), size))
        lines = b"".join(object_lines(Path("t.json"), blocks)).splitlines()
        assert [json.loads(line) for line in lines if line.strip()] == ROWS


def test_a_number_of_5000_digits_is_a_fault_of_its_column(tmp_path: Path) -> None:
    source = read(tmp_path, '{"a":1}\n{"a":' + "9" * 5000 + "}\n")
    with pytest.raises(DataError, match=r"t\.json:2: column 'a'") as caught:
        source.numbers("a")
    assert len(caught.value.message + caught.value.hint) < 400


def test_open_brackets_of_a_line() -> None:
    assert open_brackets('{"a": "[\\"["}') == 0
    assert open_brackets('{"a": [') == 2


@pytest.mark.parametrize(("content", "place"), [
    ("null", "t.json:1"),
    ("null\n" + '{"a": 1}\n', "t.json:1"),
    ('{"a": "null"}\n\n null\n{"a": 2}', "t.json:3"),
    (f'{{"a": "{"n" * (1 << 20)}"}}\nnull\n', "t.json:2"),
    ("[null]", "t.json: object 1"),
    ('[{"a": 1, "n": null}, null]', "t.json: object 2"),
    ('{\n"a": 1}\nnull', "t.json: object 2"),
    ("null".encode("utf-16"), "t.json:1"),
])  # fmt: skip
def test_null_instead_of_an_object_is_refused(
    content: str | bytes, place: str, tmp_path: Path
) -> None:
    assert f"{place}: null found, an object expected" in fault(tmp_path, content).message


def test_null_within_an_object_is_a_missing_value(tmp_path: Path) -> None:
    source = read(tmp_path, '{"n": null, "m": [null, 1], "null": "null"}\n{"n": 1}\n')
    assert source.names == ("n", "m", "null")
    assert source.texts("n") == ["", "1"]


def test_no_block_is_parsed_behind_one_that_is_no_json(tmp_path: Path) -> None:
    lines = "null\n" * 2_000_000  # in a text that may hold no line ends; a second block begins so
    error = fault(tmp_path, f'{{"a": 1}}\n{{"b": "{lines}"}}\n')
    assert "t.json:2: not JSON: Invalid control character" in error.message
