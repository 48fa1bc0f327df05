"""How cases are dealt out: every class in its share, no group torn apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.errors import DataError
from seqtune.tasks.classify.split import FOLD, fold_cases, split_cases, usual_folds, usual_share

Ints = npt.NDArray[np.int64]


def one_hot(*counts: int) -> npt.NDArray[np.float64]:
    """Targets of so many cases of each class, one class after the other."""
    return np.repeat(np.eye(len(counts)), counts, axis=0)


def sizes(parts: npt.NDArray[np.int8], targets: npt.NDArray[np.float64]) -> list[list[int]]:
    """Cases of each class in training, validation and test."""
    return [
        [int(targets[parts == part, label].sum()) for part in range(3)]
        for label in range(targets.shape[1])
    ]


def of_groups(targets: npt.NDArray[np.float64], groups: Ints, seed: int = 0) -> Ints:
    """Return the part of each group, which has one alone."""
    parts = split_cases(targets, groups, 0.25, 0.25, seed)
    found = [set(parts[groups == group].tolist()) for group in np.unique(groups)]
    assert all(len(each) == 1 for each in found)
    return np.array([each.pop() for each in found])


@pytest.mark.parametrize(
    ("cases", "share"),
    [(6, 0.25), (500, 0.25), (501, 0.15), (4_999, 0.15), (5_000, 0.1), (10**6, 0.1)],
)
def test_many_cases_give_a_smaller_share(cases: int, share: float) -> None:
    assert usual_share(cases) == share


def test_every_class_has_its_share_of_each_part() -> None:
    targets = one_hot(20, 8, 100)
    parts = split_cases(targets, None, 0.1, 0.25, 0)
    assert sizes(parts, targets) == [[13, 2, 5], [5, 1, 2], [65, 10, 25]]
    assert parts.dtype == np.int8


def test_shares_are_rounded_to_the_nearest() -> None:
    targets = one_hot(10, 11)
    parts = split_cases(targets, None, 0.16, 0.26, 0)  # 1.6 and 2.6; 1.76 and 2.86
    assert sizes(parts, targets) == [[5, 2, 3], [6, 2, 3]]


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, [1, 0, 0]), (2, [1, 0, 1]), (3, [1, 1, 1]), (4, [2, 1, 1])],
)
def test_rare_classes(count: int, expected: list[int]) -> None:
    targets = one_hot(count, 20)
    assert sizes(split_cases(targets, None, 0.1, 0.1, 3), targets)[0] == expected


def test_large_shares_leave_something_to_train_with() -> None:
    targets = one_hot(3, 4, 6)
    found = sizes(split_cases(targets, None, 0.49, 0.49, 0), targets)
    assert found == [[1, 1, 1], [1, 1, 2], [1, 2, 3]]


def test_the_same_seed_gives_the_same_split() -> None:
    targets = one_hot(40, 40)
    first, again = (split_cases(targets, None, 0.2, 0.2, 5) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    other = split_cases(targets, None, 0.2, 0.2, 6)
    assert (other != first).any()
    assert sizes(other, targets) == sizes(first, targets)


def test_the_order_of_the_table_does_not_decide() -> None:
    parts = split_cases(one_hot(100, 100), None, 0.25, 0.25, 0)
    assert 0 < int((parts[:50] == 0).sum()) < 50  # neither the first nor the last alone train


def test_groups_stay_together() -> None:
    groups = np.repeat(np.arange(20), 5)[np.random.default_rng(0).permutation(100)]
    targets = np.eye(2)[groups % 2]  # ten groups of five cases in each class
    for seed in range(10):
        parts = of_groups(targets, groups, seed)
        counts = [np.bincount(parts[first::2], minlength=3).tolist() for first in range(2)]
        assert counts == [[6, 2, 2], [6, 2, 2]]


def test_groups_of_mixed_classes_stay_together() -> None:
    groups = np.repeat(np.arange(12), 4)
    targets = np.eye(2)[np.tile([0, 1], 24)]
    assert set(of_groups(targets, groups).tolist()) == {0, 1, 2}


def test_groups_larger_than_the_share_are_in_every_part_all_the_same() -> None:
    """Three groups of ten cases: a quarter of them is less than one group."""
    targets = one_hot(30, 30)
    groups = np.repeat(np.arange(6), 10)
    parts = split_cases(targets, groups, 0.1, 0.1, 0)
    assert sizes(parts, targets) == [[10, 10, 10], [10, 10, 10]]


def test_a_part_is_not_given_the_largest_group_where_another_would_do() -> None:
    targets = one_hot(100, 6)
    groups = np.concatenate([np.repeat(np.arange(3), [90, 5, 5]), 3 + np.arange(6)])
    for seed in range(10):
        parts = split_cases(targets, groups, 0.04, 0.04, seed)
        assert sizes(parts, targets)[0] == [90, 5, 5]


def test_small_groups_are_shared_by_validation_and_test() -> None:
    targets = one_hot(102, 6)
    groups = np.concatenate([np.repeat(np.arange(3), [1, 1, 100]), 3 + np.arange(6)])
    assert sizes(split_cases(targets, groups, 0.25, 0.25, 0), targets)[0] == [100, 1, 1]


def test_a_class_of_two_groups_trains_and_is_tested() -> None:
    targets = one_hot(20, 40)
    groups = np.concatenate([np.repeat([0, 1], 10), 2 + np.arange(40) // 4])
    assert sizes(split_cases(targets, groups, 0.2, 0.2, 1), targets)[0] == [10, 0, 10]


def test_a_case_with_several_labels_counts_as_its_rarest() -> None:
    targets = np.array([[1, 0]] * 20 + [[1, 1]] * 4, dtype=float)
    parts = split_cases(targets, None, 0.25, 0.25, 0)
    assert np.bincount(parts[:20]).tolist() == [10, 5, 5]
    assert np.bincount(parts[20:]).tolist() == [2, 1, 1]


def test_cases_without_any_of_several_labels_are_a_class_of_their_own() -> None:
    targets = np.array([[0, 0]] * 8 + [[1, 0]] * 8 + [[0, 1]] * 8, dtype=float)
    parts = split_cases(targets, None, 0.25, 0.25, 0)
    assert np.bincount(parts[:8]).tolist() == [4, 2, 2]


def test_too_few_cases_or_groups() -> None:
    assert np.bincount(split_cases(one_hot(3, 3), None, 0.2, 0.2, 0)).tolist() == [2, 2, 2]
    with pytest.raises(DataError, match="found 5 cases, expected at least 6"):
        split_cases(one_hot(3, 2), None, 0.2, 0.2, 0)
    with pytest.raises(DataError, match="found 5 groups, expected at least 6"):
        split_cases(one_hot(30, 30), np.arange(60) % 5, 0.2, 0.2, 0)


def test_classes_too_small_for_three_parts() -> None:
    with pytest.raises(DataError, match="no case falls into the validation part") as fault:
        split_cases(one_hot(2, 2, 2), None, 0.2, 0.2, 0)
    assert "validation.share" in fault.value.hint


# folds


def test_few_cases_are_compared_over_folds() -> None:
    assert [usual_folds(cases) for cases in (4, 400, 401)] == [5, 5, 0]


def test_folds_hold_every_class_evenly_and_leave_the_test_part_alone() -> None:
    targets = one_hot(20, 30)
    parts = split_cases(targets, None, 0.25, 0.2, 0)
    folds = fold_cases(parts, targets, None, 4, 0)
    np.testing.assert_array_equal(folds == 2, parts == 2)
    for fold in range(4):  # of 16 and of 24
        assert targets[folds == FOLD + fold].sum(axis=0).tolist() == [4, 6]
    assert set(folds.tolist()) == {2, 10, 11, 12, 13}
    np.testing.assert_array_equal(folds, fold_cases(parts, targets, None, 4, 0))
    assert (folds != fold_cases(parts, targets, None, 4, 1)).any()


def test_folds_tear_no_group_apart() -> None:
    groups = np.repeat(np.arange(20), 5)[np.random.default_rng(0).permutation(100)]
    targets = np.eye(2)[groups % 2]
    parts = split_cases(targets, groups, 0.25, 0.25, 0)
    folds = fold_cases(parts, targets, groups, 4, 0)
    for group in range(20):
        assert len(set(folds[groups == group].tolist())) == 1
    assert np.bincount(folds, minlength=14)[[2, 10, 11, 12, 13]].tolist() == [20] * 5


def test_fewer_cases_or_groups_than_folds() -> None:
    targets = one_hot(3, 3)
    parts = split_cases(targets, None, 0.2, 0.2, 0)
    assert sorted(fold_cases(parts, targets, None, 4, 0).tolist()) == [2, 2, 10, 11, 12, 13]
    with pytest.raises(DataError, match="found 4 cases beside the test part") as fault:
        fold_cases(parts, targets, None, 5, 0)
    assert fault.value.hint == "--set validation.folds=2"
    groups = np.repeat(np.arange(6), 10)
    targets = one_hot(30, 30)
    parts = split_cases(targets, groups, 0.2, 0.2, 0)
    with pytest.raises(DataError, match="found 4 groups beside the test part"):
        fold_cases(parts, targets, groups, 5, 0)
