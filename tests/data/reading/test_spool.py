"""What comes through a pipe: read as often as asked, its form seen in its bytes."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path
from unittest import mock

import pytest

from seqtune.data.reading import spool
from seqtune.data.reading.open import read
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.source import Source
from seqtune.data.reading.texts import TextSource
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe


def piped(
    content: str, *settings: str, task: str = "forecast", as_documents: bool | None
) -> Source:
    stdin = io.TextIOWrapper(io.BytesIO(content.encode()))
    with mock.patch.object(sys, "stdin", stdin):
        return read("-", Recipe.load(None, task, settings), as_documents=as_documents)


def test_a_pipe_is_read_more_than_once_and_a_new_one_anew() -> None:
    source = piped("a,b\n1,2\nx,4\n", as_documents=False)
    with pytest.raises(DataError, match="/dev/stdin:3: column 'a'"):
        source.numbers("a")
    assert piped("c\n5\n6\n", as_documents=False).names == ("c",)


def test_text_is_a_table_or_a_document_as_for_files() -> None:
    tale = "Once upon a time.\nThe end.\n"
    assert type(piped(tale, task="generate", as_documents=True)) is TextSource
    assert type(piped(tale, as_documents=None)) is TextSource
    assert piped("a,b\n1,2\n3,4\n", as_documents=None).names == ("a", "b")
    with mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(tale.encode()))):
        document = read("-", Recipe.load(None, "generate"), as_documents=True)
        assert isinstance(document, TextSource)
        assert ["".join(document.files[0].blocks()) for _ in range(2)] == [tale, tale]


@pytest.mark.parametrize(("content", "texts"), [
    ("Where is it?\n\nI was charged, twice\n", ["Where is it?", "I was charged, twice"]),
    ("one line", ["one line"]),
    ("message\nx\ny\n", ["x", "y"]),
    ("id,message\n1,x\n2,y\n", ["x", "y"]),
])  # fmt: skip
def test_lines_are_the_texts_of_a_run_that_takes_texts(content: str, texts: list[str]) -> None:
    source = piped(content, "data.text=message", task="classify", as_documents=False)
    assert source.texts("message") == texts


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_read_as_a_file_is(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("a,b\n1,2\n",))
    writer.start()
    recipe = Recipe.load(None, "forecast")
    assert read(path, recipe, as_documents=False).names == ("a", "b")
    writer.join()


def test_a_full_disk_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "SPARED_BYTES", 1 << 60)
    with pytest.raises(DataError, match="does not fit"):
        piped("a,b\n1,2\n", as_documents=False)


def test_no_standard_input_is_an_error() -> None:
    with mock.patch.object(sys, "stdin", None), pytest.raises(DataError, match="no standard input"):
        OpenedFile(spool.STDIN)
