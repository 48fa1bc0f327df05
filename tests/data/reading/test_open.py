"""What is read as a table and what as documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqtune.data.reading.open import read
from seqtune.data.reading.source import Source
from seqtune.data.reading.text_folder import FolderSource
from seqtune.data.reading.texts import TextSource
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe

TABLE, TALE = "a,b\n1,2\n3,4\n", "Once upon a time.\nThe end.\n"


def opened(path: Path, *, as_documents: bool | None) -> Source:
    return read(path, Recipe.load(None, "forecast"), as_documents=as_documents)


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(("content", "as_documents", "kind"), [
    (TABLE, False, Source),
    (TABLE, None, Source),
    (TABLE, True, TextSource),
    (TALE, False, Source),
    (TALE, None, TextSource),
    (TALE, True, TextSource),
])  # fmt: skip
def test_a_text_file(
    content: str, as_documents: bool | None, kind: type[Source], tmp_path: Path
) -> None:
    path = write(tmp_path / "t.txt", content)
    assert type(opened(path, as_documents=as_documents)) is kind


@pytest.mark.parametrize(("name", "as_documents", "kind"), [
    ("good/1.txt", False, FolderSource),
    ("good/1.txt", None, FolderSource),
    ("good/1.txt", True, TextSource),
    ("1.txt", None, TextSource),
    ("1.txt", True, TextSource),
])  # fmt: skip
def test_a_folder_of_texts(
    name: str, as_documents: bool | None, kind: type[Source], tmp_path: Path
) -> None:
    write(tmp_path / name, TALE)
    assert type(opened(tmp_path, as_documents=as_documents)) is kind


@pytest.mark.parametrize("as_documents", [False, None])
def test_a_folder_with_one_table_is_that_table(as_documents: bool | None, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", TABLE)
    source = opened(tmp_path, as_documents=as_documents)
    assert (source.names, source.path) == (("a", "b"), path)
    assert source.notes[0] == "read from t.csv, the only table in the folder"


def test_a_folder_of_tables_has_no_documents(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", TABLE)
    with pytest.raises(DataError, match=r"has no \.txt file") as caught:
        opened(tmp_path, as_documents=True)
    assert "name a text file" in caught.value.hint


def test_a_folder_without_a_table_or_a_text_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "t.png", "")
    with pytest.raises(DataError, match="is a folder"):
        opened(tmp_path, as_documents=False)


def test_texts_without_labels_are_no_table(tmp_path: Path) -> None:
    write(tmp_path / "1.txt", TALE)
    with pytest.raises(DataError, match="no sub-folder; found 1 text") as caught:
        opened(tmp_path, as_documents=False)
    assert "sub-folder per label" in caught.value.hint
