"""Vectors learnt from texts: like company, like vectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.data.ragged import Ragged
from seqtune.data.text import learnt_vectors
from seqtune.data.text.learnt_vectors import SPREAD, first_numbers, learn_vectors, some_of

SIZE = 10


def learnt(*texts: list[int], width: int = 3) -> npt.NDArray[np.float32]:
    return learn_vectors(Ragged.from_list(texts), SIZE, width, seed=0)


def likeness(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_tokens_of_like_company_have_like_vectors() -> None:
    vectors = learnt([2, 3, 4], [2, 5, 4], [6, 7, 8], [6, 9, 8], width=4)
    assert vectors.shape == (SIZE, 4) and vectors.dtype == np.float32
    assert likeness(vectors[3], vectors[5]) == pytest.approx(1, abs=1e-4)
    assert likeness(vectors[7], vectors[9]) == pytest.approx(1, abs=1e-4)
    assert likeness(vectors[3], vectors[7]) == pytest.approx(0, abs=1e-4)


def test_company_is_counted_by_hand() -> None:
    found = learnt_vectors._company(Ragged.from_list([[2, 3, 4], [4, 1, 2]]), SIZE).toarray()
    near, second = 1.0, 0.8
    wanted = np.zeros((SIZE, SIZE))
    wanted[2, 3] = wanted[3, 2] = wanted[3, 4] = wanted[4, 3] = near
    wanted[2, 4] = wanted[4, 2] = second + second  # 2 and 4 stand two apart in both texts
    np.testing.assert_allclose(found, wanted)  # nothing across texts, nothing of the unknown


def test_information_is_that_of_the_formula() -> None:
    company = learnt_vectors._company(Ragged.from_list([[2, 3], [4, 5], [4, 5]]), SIZE)
    found = learnt_vectors._information(company).toarray()
    total = 2 * (1 + 2**0.75)  # tokens 2 and 3 have one neighbour, 4 and 5 two
    assert found[2, 3] == pytest.approx(np.log(1 / (1 * 1 / total)))
    assert found[4, 5] == pytest.approx(np.log(2 / (2 * 2**0.75 / total)))
    assert found[2, 5] == 0


def test_tokens_without_company_and_directions_without_meaning_are_zero() -> None:
    vectors = learnt([2, 3], [4], [0, 1, 5], width=SIZE + 5)
    assert vectors.shape == (SIZE, SIZE + 5)
    assert not vectors[[0, 1, 4, 5, 6, 7]].any() and vectors[[2, 3]].any(axis=1).all()
    assert not vectors[:, SIZE - 1 :].any()
    assert not learnt([2], [3]).any() and not learnt().any()


def test_the_same_texts_give_the_same_vectors() -> None:
    draw = np.random.default_rng(0)
    texts = [draw.integers(2, SIZE, 6).tolist() for _ in range(30)]
    np.testing.assert_array_equal(learnt(*texts), learnt(*texts))


def test_the_first_numbers_are_brought_to_a_common_size() -> None:
    vectors = np.zeros((4, 3), np.float32)
    vectors[2:] = [[1, 5, 9], [-1, 5, 9]]
    found = first_numbers(vectors, 1)
    assert found[:, 0].tolist() == pytest.approx([0, 0, SPREAD, -SPREAD])
    assert not first_numbers(np.zeros((4, 3), np.float32), 2).any()


def test_of_too_many_tokens_texts_are_left_out_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [np.array([number, number + 1]) for number in (2, 4, 6, 8)]
    assert len(some_of(texts)) == 4
    monkeypatch.setattr(learnt_vectors, "MOST_TOKENS", 5)
    kept = [text.tolist() for text in some_of(texts).select([0, 1])]
    assert kept == [[2, 3], [6, 7]]
    assert len(some_of([])) == 0
