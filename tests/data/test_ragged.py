"""Sequences of different lengths: batches worked by hand, and files from a stranger."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from seqtune.data.ragged import Ragged
from seqtune.errors import RunError

WORDS = Ragged.from_list([[5, 6, 7], [], [8], [9, 10]])
CURVES = Ragged.from_list([[[1.0, -1.0], [2.0, -2.0]], [[3.0, -3.0]]], channels=2)


def test_sequences_lie_one_after_the_other() -> None:
    assert len(WORDS) == 4
    assert WORDS.values.tolist() == [5, 6, 7, 8, 9, 10]
    assert WORDS.offsets.tolist() == [0, 3, 3, 4, 6]
    assert WORDS.lengths.tolist() == [3, 0, 1, 2]
    assert (WORDS.values.dtype, WORDS.offsets.dtype) == (np.int32, np.int64)


def test_a_batch_is_as_wide_as_its_longest_sequence() -> None:
    batch, lengths = WORDS.take(np.array([3, 1, 2, 3]))
    assert batch.tolist() == [[9, 10], [0, 0], [8, 0], [9, 10]]
    assert lengths.tolist() == [2, 0, 1, 2]
    assert batch.dtype == np.int32


@pytest.mark.parametrize(("longest", "expected"), [
    (4, [[5, 6, 7, 0], [8, 0, 0, 0]]),
    (2, [[5, 6], [8, 0]]),
    (0, [[], []]),
])  # fmt: skip
def test_a_batch_of_a_given_width_cuts_and_pads(longest: int, expected: list[list[int]]) -> None:
    batch, lengths = WORDS.take([0, 2], longest)
    assert batch.tolist() == expected
    assert lengths.tolist() == [min(3, longest), min(1, longest)]


def test_a_batch_of_channels_has_a_third_axis() -> None:
    batch, lengths = CURVES.take([1, 0])
    assert batch.tolist() == [[[3, -3], [0, 0]], [[1, -1], [2, -2]]]
    assert lengths.tolist() == [1, 2]
    assert batch.dtype == np.float64


def test_negative_rows_count_from_the_end() -> None:
    assert WORDS.take([-1])[0].tolist() == [[9, 10]]
    assert WORDS.select([-4])[0].tolist() == [5, 6, 7]


def test_a_row_beyond_the_last_is_refused() -> None:
    with pytest.raises(IndexError):
        WORDS.take([4])


def test_no_rows_and_no_sequences() -> None:
    assert WORDS.take([])[0].shape == (0, 0)
    assert CURVES.take([], 3)[0].shape == (0, 3, 2)
    assert len(Ragged.from_list([])) == 0
    assert Ragged.from_list([], channels=2).values.shape == (0, 2)


def test_select_gives_views_in_order() -> None:
    chosen = WORDS.select([2, 1, 0])
    assert [part.tolist() for part in chosen] == [[8], [], [5, 6, 7]]
    assert np.shares_memory(chosen[2], WORDS.values)


@pytest.mark.parametrize(("sequences", "channels"), [
    ([[1], 2], None),
    ([[[1.0]]], None),
    ([[1.0, 2.0]], 2),
    ([np.zeros((3, 2)), np.zeros((3, 1))], 2),
])  # fmt: skip
def test_a_sequence_of_another_form_is_refused(sequences: list[object], channels: int) -> None:
    with pytest.raises(ValueError, match=f"sequence {len(sequences) - 1} has shape"):
        Ragged.from_list(sequences, channels)  # type: ignore[arg-type]


@pytest.mark.parametrize("offsets", [[], [1, 3], [0, 2, 1, 3], [0, 2], [0, 4], [[0, 3]]])
def test_offsets_that_do_not_fit_are_refused(offsets: list[int], tmp_path: Path) -> None:
    faulty = np.array(offsets, np.int64)
    with pytest.raises(ValueError, match="offsets"):
        Ragged(np.zeros(3, np.int32), faulty)
    np.save(tmp_path / "words.npy", np.zeros(3, np.int32))
    np.save(tmp_path / "words_offsets.npy", faulty)
    with pytest.raises(RunError, match=r"words_offsets\.npy"):
        Ragged.load(tmp_path, "words", "int32")


def test_saved_sequences_come_back_mapped_into_memory(tmp_path: Path) -> None:
    WORDS.save(tmp_path / "new", "words")
    CURVES.save(tmp_path / "new", "curves")
    words = Ragged.load(tmp_path / "new", "words", "int32")
    curves = Ragged.load(tmp_path / "new", "curves", "float64", 2)
    assert isinstance(words.values, np.memmap)
    assert words.take([0, 3])[0].tolist() == [[5, 6, 7], [9, 10, 0]]
    np.testing.assert_array_equal(curves.values, CURVES.values)
    np.testing.assert_array_equal(curves.offsets, CURVES.offsets)
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names == {"words.npy", "words_offsets.npy", "curves.npy", "curves_offsets.npy"}


def test_nothing_is_saved_and_loaded(tmp_path: Path) -> None:
    Ragged.from_list([]).save(tmp_path, "none")
    Ragged.from_list([[]]).save(tmp_path, "empty")
    assert len(Ragged.load(tmp_path, "none", "int32")) == 0
    assert Ragged.load(tmp_path, "empty", "int32").lengths.tolist() == [0]


@pytest.mark.parametrize("values", [
    np.zeros(6, np.int64),
    np.zeros((6, 1), np.int32),
    np.array([{}] * 6, object),
])  # fmt: skip
def test_values_of_another_type_or_form_are_damaged(values: np.ndarray, tmp_path: Path) -> None:
    WORDS.save(tmp_path, "words")
    np.save(tmp_path / "words.npy", values, allow_pickle=True)
    with pytest.raises(RunError, match=r"words\.npy is damaged"):
        Ragged.load(tmp_path, "words", "int32")


def test_files_cut_short_or_missing_are_damaged(tmp_path: Path) -> None:
    WORDS.save(tmp_path, "words")
    path = tmp_path / "words_offsets.npy"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(RunError, match=r"words_offsets\.npy is damaged"):
        Ragged.load(tmp_path, "words", "int32")
    path.unlink()
    with pytest.raises(RunError, match="missing"):
        Ragged.load(tmp_path, "words", "int32")
    with pytest.raises(RunError, match=r"words\.npy"):
        Ragged.load(tmp_path, "words", "float64", 2)
