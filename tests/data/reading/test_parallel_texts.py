"""Two text files, line by line; or one whose lines are the sources of a run."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from seqtune.data.reading.open import open_source
from seqtune.data.reading.parallel_texts import Lines, read_parallel
from seqtune.data.reading.read_options import ReadOptions
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe

COLUMNS = ("source", "target")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def both(folder: Path, one: str | bytes, other: str | bytes) -> Lines:
    return read_parallel(
        write(folder, "a.de", one), write(folder, "a.en", other), COLUMNS, ReadOptions()
    )


def test_a_line_of_one_belongs_to_a_line_of_the_other(tmp_path: Path) -> None:
    table = both(tmp_path, "ein, zwei\n\ndrei\tvier\n", "one, two\nnothing\nthree\tfour")
    assert table.texts("source") == ["ein, zwei", "", "drei\tvier"]
    assert table.texts("target") == ["one, two", "nothing", "three\tfour"]
    assert table.where(2) == f"{tmp_path / 'a.de'}:3"
    assert any("a.en" in note for note in table.notes)


def test_line_ends_and_encodings_of_each_file_are_its_own(tmp_path: Path) -> None:
    table = both(tmp_path, "\ufeffgrün\r\nblau\r\n", "vert\u2028clair\nbleu".encode("utf-16"))
    assert table.texts("source") == ["grün", "blau"]
    assert table.texts("target") == ["vert\u2028clair", "bleu"]


def test_files_of_different_lengths_are_refused_with_both(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.de has 3 lines and .*a\.en has 2"):
        both(tmp_path, "a\nb\nc\n", "a\nb\n")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 50])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match=r"a\.en"):
        both(tmp_path, "a\n", content)


def test_another_line_is_another_fingerprint(tmp_path: Path) -> None:
    first = both(tmp_path, "a\nb", "c\nd").fingerprint()
    assert both(tmp_path, "a\nb", "c\nd").fingerprint() == first
    assert both(tmp_path, "a\nb", "c\ne").fingerprint() != first


def recipe(**data: str) -> Recipe:
    return Recipe.load(
        None, "translate", values={f"data.{key}": each for key, each in data.items()}
    )


def test_a_target_that_is_a_file_is_read_beside_the_data(tmp_path: Path) -> None:
    one, other = write(tmp_path, "a.txt", "a b\nc"), write(tmp_path, "b.txt", "x\ny z")
    table = open_source(one, recipe(target=str(other)))
    assert table.names == COLUMNS
    assert table.texts("target") == ["x", "y z"]


def test_a_target_that_is_a_column_is_a_column_though_there_is_such_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "de", "x\ny")
    table = open_source(write(tmp_path, "a.csv", "en,de\na b,c\nd,e\n"), recipe(target="de"))
    assert table.names == ("en", "de")
    rows = '{"en": "a", "de": "b"}\n' * 2
    assert open_source(write(tmp_path, "a.jsonl", rows), recipe(target="de")).names == table.names


def test_lines_of_a_pipe_are_the_sources_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"ein Hund\n\neine Katze\n")))
    table = open_source("-", recipe(source="source", target="target"))
    assert table.texts("source") == ["ein Hund", "eine Katze"]


def test_lines_of_a_new_file_are_the_sources_of_a_run(tmp_path: Path) -> None:
    settled = recipe(source="source", target="target")
    table = open_source(write(tmp_path, "new.de", "ein Hund, \neine Katze\n"), settled)
    assert (table.names, table.texts("source")) == (("source",), ["ein Hund, ", "eine Katze"])
    table = open_source(write(tmp_path, "new.txt", "source\ttarget\na\tb\n"), settled)
    assert table.names == COLUMNS
    table = open_source(write(tmp_path, "new.csv", "text,more\na,b\n"), settled)
    assert table.names == ("text", "more")  # a table, which lacks the column


def test_the_recipe_of_a_run_reads_no_file_beside_the_data(tmp_path: Path) -> None:
    secret = write(tmp_path, "secret.txt", "one\ntwo\n")
    data = write(tmp_path, "a.txt", "ein\nzwei\n")
    named = recipe(source="source", target=str(secret))
    assert open_source(data, named).names == COLUMNS
    assert open_source(data, named, joins=False).names == ("source",)
