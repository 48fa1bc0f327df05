"""What simple methods predicted for the test part is kept of the best of them alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from seqtune.errors import RunError
from seqtune.run.baseline_predictions import load_tested, save_tested

ONE, TWO = np.array([[1.0], [np.nan]]), np.array([[2.0], [2.0]])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "trials").mkdir()
    return tmp_path


def test_only_the_best_is_kept_and_the_one_before_goes(folder: Path) -> None:
    save_tested(folder, "naive", {"naive": ONE})
    assert np.array_equal(load_tested(folder, "naive"), ONE, equal_nan=True)  # type: ignore[arg-type]
    save_tested(folder, "theta", {"naive": ONE, "theta": TWO})
    assert load_tested(folder, "naive") is None
    assert np.array_equal(load_tested(folder, "theta"), TWO)  # type: ignore[arg-type]
    save_tested(folder, "theta", {"naive": None, "theta": TWO, "drift": ONE})
    assert [path.name for path in (folder / "trials").iterdir()] == ["baseline_theta_tested.npy"]


def test_nothing_is_kept_where_there_is_no_best(folder: Path) -> None:
    save_tested(folder, "", {"naive": ONE, "theta": None})
    assert not list((folder / "trials").iterdir())


@pytest.mark.parametrize("name", ["../../secret", "a/b", ""])
def test_no_file_is_read_beyond_the_folder(folder: Path, name: str) -> None:
    assert load_tested(folder, name) is None


def test_what_is_no_array_is_refused(folder: Path) -> None:
    (folder / "trials" / "baseline_naive_tested.npy").write_bytes(b"x")
    with pytest.raises(RunError, match="baseline_naive_tested"):
        load_tested(folder, "naive")
