"""A folder of texts with a sub-folder per label: what is read, what is noted, what is refused."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.text_folder import read_text_folder
from seqtune.errors import DataError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files below `reviews`; return that folder."""

    def _write(**files: str | bytes) -> Path:
        for name, content in files.items():
            add(tmp_path / "reviews", name.replace("__", "/") + ".txt", content)
        return tmp_path / "reviews"

    return _write


def add(folder: Path, name: str, content: str | bytes = "x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def fault(folder: Path, options: ReadOptions | None = None) -> DataError:
    with pytest.raises(DataError) as caught:
        read_text_folder(folder, options)
    assert caught.value.hint
    return caught.value


def test_texts_come_in_the_order_of_labels_and_names(write: Write) -> None:
    folder = write(pos__b="good", neg__2="bad", pos__a="fine", neg__10="awful", neg__deep__1="sad")
    source = read_text_folder(folder)
    assert source.names == ("text", "label", "file")
    assert source.texts("file") == [
        *("neg/10.txt", "neg/2.txt", "neg/deep/1.txt"),
        *("pos/a.txt", "pos/b.txt"),
    ]
    assert source.texts("label") == ["neg"] * 3 + ["pos"] * 2
    assert source.texts("text") == ["awful", "bad", "sad", "fine", "good"]
    assert source.notes == ()
    assert source.where(3) == str(folder / "pos" / "a.txt")


def test_one_text_is_a_table_and_empty_files_are_empty_texts(write: Write) -> None:
    source = read_text_folder(write(only__1=""))
    assert (source.rows, source.texts("text"), source.texts("label")) == (1, [""], ["only"])


def test_a_text_stays_as_written_but_for_its_line_ends(write: Write) -> None:
    folder = write(a__1=b"\xef\xbb\xbf one\r\ntwo\rthree\n\n", a__2='"NA",\t1', a__3="null")
    assert read_text_folder(folder).texts("text") == [" one\ntwo\nthree\n\n", '"NA",\t1', "null"]


def test_a_text_longer_than_what_is_sniffed_is_whole(write: Write) -> None:
    text = "é\n" * 1_100_000
    folder = write(a__1=b"\xef\xbb\xbf" + text.encode())
    assert read_text_folder(folder).texts("text") == [text]


def test_labels_of_any_script_are_kept(write: Write) -> None:
    folder = add(write(NA__1="x"), "良い/レビュー 1.TXT").parents[1]
    source = read_text_folder(folder)
    assert source.texts("label") == ["NA", "良い"]
    assert source.texts("file")[1] == "良い/レビュー 1.TXT"
    assert source.codes("label")[1] == ["NA", "良い"]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_name_that_is_not_utf_8_is_shown_as_bytes(write: Write) -> None:
    folder = write(a__1="x")
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/a/\xe9.txt")).write_bytes(b"y")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    assert read_text_folder(folder).texts("file") == ["a/1.txt", "a/\\xe9.txt"]


def test_encodings_are_guessed_file_by_file_and_noted_together(write: Write) -> None:
    folder = write(a__1="plain", a__2="café".encode("cp1252"), b__1="né".encode("cp1252"))
    add(folder, "b/2.txt", "тест".encode("utf-16"))
    source = read_text_folder(folder)
    assert source.texts("text") == ["plain", "café", "né", "тест"]
    assert source.notes == (
        "encoding cp1252 of 2 files (a/2.txt, …) (guessed; --set data.encoding=... overrides)",
        "encoding utf-16 of 1 file (b/2.txt) (guessed; --set data.encoding=... overrides)",
    )


def test_a_named_encoding_holds_for_all_files(write: Write) -> None:
    folder = write(a__1="Ж".encode("cp1251"), a__2="Я".encode("cp1251"))
    source = read_text_folder(folder, ReadOptions(encoding="cp1251"))
    assert (source.texts("text"), source.notes) == (["Ж", "Я"], ())
    error = fault(folder, ReadOptions(encoding="utf-8"))
    assert "1.txt:1: byte 0" in error.message
    assert "data.encoding" in error.hint


def test_binary_bytes_are_refused_with_the_file(write: Write) -> None:
    error = fault(write(a__1="x", b__1=b"\x00\x01\x02" * 9))
    assert str(Path("b") / "1.txt") in error.message
    assert "UTF-8" in error.hint
    assert "CSV" not in error.hint


def test_what_is_not_read_is_noted(write: Write) -> None:
    folder = write(a__1="x", top="y", b__1="z")
    for name in ("a/1.html", "a/2.md", "read.me", ".hidden.txt", "a/.x.txt", ".git/x.txt"):
        add(folder, name)
    (folder / "empty").mkdir()
    add(folder, "pictures/1.png")
    source = read_text_folder(folder)
    assert source.texts("file") == ["a/1.txt", "b/1.txt"]
    assert source.notes == (
        "1 text (top.txt) outside the label folders: not read",
        "4 files (a/1.html, …) not ending in .txt: not read",
        "2 folders (empty, …) without a text: no such label",
    )


def test_symbolic_links_are_not_followed(write: Write, tmp_path: Path) -> None:
    folder = write(a__1="x")
    secret = add(tmp_path, "outside/secret.txt", "secret")
    (folder / "a" / "2.txt").symlink_to(secret)
    (folder / "b").symlink_to(secret.parent)
    (folder / "a" / "round").symlink_to(folder)
    (folder / "a" / "nowhere.txt").symlink_to(folder / "nothing")
    source = read_text_folder(folder)
    assert source.texts("text") == ["x"]
    assert source.notes == ("4 symbolic links (a/2.txt, …): not followed",)
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert read_text_folder(link).texts("text") == ["x"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe")
def test_a_pipe_is_not_waited_for(write: Write) -> None:
    folder = write(a__1="x")
    os.mkfifo(folder / "a" / "2.txt")
    source = read_text_folder(folder)
    assert source.texts("file") == ["a/1.txt"]
    assert source.notes == ("1 file (a/2.txt) not ending in .txt: not read",)


def test_the_fingerprint_is_that_of_names_and_bytes(write: Write, tmp_path: Path) -> None:
    folder = write(a__1="x", b__1="y")
    first = read_text_folder(folder).fingerprint()
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert len(first) == 64
    assert read_text_folder(copy).fingerprint() == first
    add(copy, "a/note.md")
    assert read_text_folder(copy).fingerprint() == first
    add(copy, "a/1.txt", "z")
    assert read_text_folder(copy).fingerprint() != first
    add(copy, "a/1.txt", "x")
    (copy / "b").rename(copy / "c")
    assert read_text_folder(copy).fingerprint() != first


@pytest.mark.parametrize(("files", "message"), [
    ([], "has no sub-folder; found nothing"),
    (["1.txt", "2.txt", "x.csv"], "no sub-folder; found 2 texts (1.txt, …), 1 other file (x.csv)"),
    (["a/1.md"], "no .txt file in a sub-folder; found 1 sub-folder (a), 1 other file (a/1.md)"),
    ([".a/1.txt"], "no sub-folder; found nothing"),
])  # fmt: skip
def test_a_folder_without_labelled_texts_is_refused(
    files: list[str], message: str, tmp_path: Path
) -> None:
    for name in files:
        add(tmp_path, name)
    error = fault(tmp_path)
    assert message in error.message
    assert "sub-folder per label" in error.hint


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    file = add(tmp_path, "table.csv")
    assert "is not a folder" in fault(file).message
    assert "does not exist" in fault(tmp_path / "nothing").message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_closed_folder_is_named(write: Write) -> None:
    folder = write(a__1="x", b__1="y")
    (folder / "b").chmod(0)
    try:
        assert str(folder / "b") in fault(folder).message
    finally:
        (folder / "b").chmod(0o755)
