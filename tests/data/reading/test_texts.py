"""Text files as they are, and folders of them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.texts import read_texts
from seqtune.errors import DataError


def test_a_text_is_read_in_blocks_with_line_feeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqtune.data.reading.opened.BLOCK_BYTES", 4)
    path = tmp_path / "tale.txt"
    path.write_bytes("\ufeffone\r\ntwo\rthree\n\r\n漢字\r".encode())
    (file,) = read_texts(path).files
    assert "".join(file.blocks()) == "one\ntwo\nthree\n\n漢字\n"
    assert file.characters == len("one\ntwo\nthree\n\n漢字\n")


def test_a_compressed_text_is_a_text_too(tmp_path: Path) -> None:
    path = tmp_path / "tale.txt.gz"
    path.write_bytes(gzip.compress(b"once upon a time"))
    assert read_texts(path).files[0].characters == 16


def test_a_folder_is_read_in_the_order_of_names_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/2.txt", "a.txt", ".hidden.txt", "table.csv", "empty.txt"):
        (tmp_path / name).write_text("" if "empty" in name else name, encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    source = read_texts(tmp_path)
    assert ["".join(file.blocks()) for file in source.files] == ["a.txt", "b/2.txt"]
    assert source.notes == ("empty.txt is empty: not read",)
    assert source.where(1) == str(tmp_path / "b" / "2.txt")


def test_the_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one", encoding="utf-8")
    before = read_texts(tmp_path).fingerprint(), read_texts(tmp_path / "a.txt").fingerprint()
    (tmp_path / "a.txt").write_text("two", encoding="utf-8")
    after = read_texts(tmp_path).fingerprint(), read_texts(tmp_path / "a.txt").fingerprint()
    assert before[0] != after[0] and before[1] != after[1]


def test_bytes_that_cannot_be_decoded_are_said_with_line_and_flag(tmp_path: Path) -> None:
    path = tmp_path / "tale.txt"
    path.write_bytes(b"fine\nnot \xff fine\n")
    with pytest.raises(DataError, match=r"tale\.txt:2: byte 9 \(0xff\)") as error:
        read_texts(path, ReadOptions(encoding="utf-8"))
    assert "--set data.encoding" in error.value.hint
    assert read_texts(path).notes[0].startswith("encoding cp1252 (guessed; --set data.encoding")


@pytest.mark.parametrize("content", [b"", "\ufeff".encode()])
def test_a_text_without_a_character_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tale.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match="is empty"):
        read_texts(path)


def test_a_folder_without_a_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no \.txt file"):
        read_texts(tmp_path)
