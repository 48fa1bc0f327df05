"""Word vectors from a text file: both forms, wanted words only, and every way to be broken."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from seqtune.data.text.word_vectors import read_vectors
from seqtune.errors import DataError

GLOVE = "the 1 2 3\n, 4 5 6\ngood 0.5 -1e-1 7\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.txt"


def read(path: Path, content: str | bytes, *words: str) -> tuple[list[list[float]], list[bool]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    matrix, found = read_vectors(path, words)
    assert (matrix.dtype, found.dtype) == (np.float32, np.bool_)
    return matrix.tolist(), found.tolist()


def fault(path: Path, content: str | bytes, *words: str) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path, content, *words)
    assert caught.value.hint
    assert str(path) in caught.value.message
    return caught.value


def test_wanted_words_take_their_vectors_and_others_zeros(path: Path) -> None:
    matrix, found = read(path, GLOVE, "good", "film", "the", "the")
    assert np.array(matrix) == pytest.approx(
        np.array([[0.5, -0.1, 7], [0, 0, 0], [1, 2, 3], [1, 2, 3]])
    )
    assert found == [True, False, True, True]


def test_no_words_and_one_line(path: Path) -> None:
    path.write_text("the 1 2")
    matrix, found = read_vectors(str(path), [])
    assert (matrix.shape, found.shape) == ((0, 2), (0,))
    assert read(path, "the 1 2", "the") == ([[1, 2]], [True])


@pytest.mark.parametrize("content", [
    "3 2\nthe 1 2 \n, 3 4 \ngood 5 6 \n",
    "the 1 2\r\n, 3 4\r\ngood 5 6",
    "the\t1\t2\n,\t3\t4\ngood\t5\t6\n\n",
    "the  1  2\n\n, 3 4\n good 7 8\n 3 9\ngood 5 6\n",
])  # fmt: skip
def test_both_forms_and_any_spacing(content: str, path: Path) -> None:
    assert read(path, content, "good", "the", ",", "3") == (
        [[5, 6], [1, 2], [3, 4], [0, 0]],
        [True, True, True, False],
    )


def test_numbers_are_words_too(path: Path) -> None:
    assert read(path, "1999 1 2\n2 3 4\n", "1999", "2", "1") == (
        [[1, 2], [3, 4], [0, 0]],
        [True, True, False],
    )
    assert read(path, "2 2\n2 3 4\n5 6 7\n", "2", "5") == ([[3, 4], [6, 7]], [True, True])


def test_words_with_spaces_are_told_by_the_number_of_dimensions(path: Path) -> None:
    content = "the 1 2\n. . . 3 4\nat name@domain.com 5 6\nat 7 8\n"
    words = (". . .", "at name@domain.com", "at", ".")
    assert read(path, content, *words) == (
        [[3, 4], [5, 6], [7, 8], [0, 0]],
        [True, True, True, False],
    )
    assert read(path, "at the end 1 2\nx 3 4\n", "x", "at the end")[0] == [[3, 4], [1, 2]]


def test_the_exact_word_is_taken_before_its_lower_case_form(path: Path) -> None:
    words = ("Film", "FILM", "film", "Bad")
    for content in ("film 1 1\nFilm 2 2\nBAD 3 3\n", "BAD 3 3\nFilm 2 2\nfilm 1 1\n"):
        assert read(path, content, *words) == (
            [[2, 2], [1, 1], [1, 1], [0, 0]],
            [True, True, True, False],
        )


def test_the_first_of_two_lines_for_a_word_counts(path: Path) -> None:
    assert read(path, "a 1 1\na 2 2\n", "a", "A") == ([[1, 1], [1, 1]], [True, True])


def test_words_of_any_script(path: Path) -> None:
    words = ("良", "นี่", "привет", "😀", "a\u00a0b", "\u0085", "null", "NA")
    content = "".join(f"{word} {row} 1\n" for row, word in enumerate(words))
    matrix, found = read(path, content, *words, "\ud800")
    assert [row[0] for row in matrix] == [0, 1, 2, 3, 4, 5, 6, 7, 0]
    assert found == [True] * 8 + [False]


def test_a_compressed_file_is_read(path: Path) -> None:
    packed = gzip.compress(GLOVE.encode())
    assert read(path, packed, "the") == ([[1, 2, 3]], [True])
    assert "damaged" in fault(path, packed[:-9], "the").message


def test_lines_are_whole_across_the_blocks_of_a_file(path: Path) -> None:
    content = "".join(f"w{row} {row} {row + 1}\n" for row in range(100_000))
    words = [f"w{row}" for row in range(100_000)]
    matrix, found = read(path, content, *words)
    assert all(found)
    assert matrix == [[row, row + 1] for row in range(100_000)]


@pytest.mark.parametrize(("content", "line", "message"), [
    ("the 1 2\nbad 1\n", 2, "2 fields, expected a word and 2 numbers"),
    ("other 1 2\nbad\n", 2, "1 fields"),
    ("the 1 2\n\nbad 1 x\n", 3, "could not convert"),
    ("the 1 2\nbad 1 nan\n", 2, "infinite"),
    ("the 1 2\nbad inf 1\n", 2, "infinite"),
    ("the 1 2\nbad 1e39 1\n", 2, "too large"),
    ("just some text\nbad\n", 1, "no word vector"),
    ("bad\n", 1, "no word vector"),
    ("2 3\nbad 1 2\n", 2, "2 numbers, expected 3 as line 1 says"),
    ("2 0\nbad\n", 2, "expected 0"),
    ("1 3\n", 2, "0 numbers"),
    ("3 2\nthe 1 2\nbad 3 4\n", 3, "2 words, expected 3"),
    ("1 2\nthe 1 2\nbad 3 4\n", 3, "2 words, expected 1"),
    ("the" + " 1" * 10_001, 1, "10001 numbers are no word vector"),
    ("the 1 2\n" + "x" * 3_000_000, 2, "more than"),
])  # fmt: skip
def test_a_faulty_line_is_named(content: str, line: int, message: str, path: Path) -> None:
    error = fault(path, content, "the", "bad")
    assert f"{path}:{line}: " in error.message
    assert message in error.message


def test_a_binary_file_is_to_be_converted(path: Path) -> None:
    numbers = np.linspace(-1, 1, 300).astype("<f4").tobytes()
    error = fault(path, b"2 300\nthe " + numbers + b"\ngood " + numbers, "the")
    assert "binary" in error.message
    assert "save_word2vec_format" in error.hint


def test_what_is_no_text_file_is_refused(path: Path) -> None:
    assert "is damaged" in fault(path, b"PK\x03\x04abc", "the").message
    assert "has no words" in fault(path, b"", "the").message
    assert "no words" in fault(path, b"\n \n", "the").message
    with pytest.raises(DataError, match="is a folder"):
        read_vectors(path.parent, ["the"])
    with pytest.raises(DataError, match="does not exist"):
        read_vectors(path.parent / "nothing.txt", ["the"])
