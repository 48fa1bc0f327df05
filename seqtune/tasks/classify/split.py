"""Which cases train, which compare, which test: every class and every group in its place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.errors import DataError

TRAIN, VALIDATION, TEST = 0, 1, 2

FOLD = 10
"""The number of the first fold, among the parts."""

FOLDED = 400
"""Up to so many cases beside the test part, they are compared over folds."""

FOLDS = 5

MANY = 5_000
"""From so many cases on, a tenth of them tells configurations apart."""

FEW = 500
"""Up to so many cases, a quarter of them is needed for that."""


def usual_share(cases: int) -> float:
    """Return the share of the cases that validation and test take each, where nobody says.

    Example:
        >>> usual_share(50), usual_share(1_000), usual_share(10_000)
        (0.25, 0.15, 0.1)
    """
    if cases <= FEW:
        return 0.25
    return 0.15 if cases < MANY else 0.1


def split_cases(
    targets: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64] | None,
    validation: float,
    test: float,
    seed: int,
    *,
    is_kept: bool = False,
) -> npt.NDArray[np.int8]:
    """Deal the cases out to the parts, each class in its share.

    A case with several labels counts as one of its rarest. A class with a single case, or a single
    group, trains alone; one of two is missing in the validation part.

    Args:
        targets: (cases, classes), 0 or 1.
        groups: (cases,) number of each case's group, whose cases stay together; None for none.
        validation: Share of the cases.
        test: Share of the cases.
        seed: Seeds the draw.
        is_kept: Whether the last cases of each class test, and those before them compare, where
            otherwise they are drawn.

    Returns:
        (cases,), 0 for training, 1 for validation, 2 for test.

    Raises:
        DataError: There are too few cases, or groups, for three parts.
    """
    stratum = _rarest_label(targets)
    units = np.arange(len(targets)) if groups is None else groups
    first = np.unique(units, return_index=True)[1]
    if len(first) < 6:
        what = "cases" if groups is None else "groups"
        raise DataError(
            f"found {len(first)} {what}, expected at least 6: to train, to compare and to test",
            "give more of them",
        )
    draw = np.random.default_rng((seed, 77))
    part_of_unit: dict[int, int] = {}
    sizes = np.bincount(np.unique(units, return_inverse=True)[1])
    size_of = dict(zip(units[first].tolist(), sizes.tolist(), strict=True))
    for label in np.unique(stratum[first]):
        places = first[stratum[first] == label]
        members = units[np.sort(places)[::-1]] if is_kept else draw.permutation(units[places])
        part_of_unit.update(_dealt(members.tolist(), size_of, validation, test))
    parts = np.array([part_of_unit[unit] for unit in units.tolist()], dtype=np.int8)
    for part, name in ((TRAIN, "training"), (VALIDATION, "validation"), (TEST, "test")):
        if not (parts == part).any():
            raise DataError(
                f"no case falls into the {name} part: each class has too few",
                "give more cases, or other shares: --set validation.share=0.2",
            )
    return parts


def _dealt(
    members: list[int], size_of: dict[int, int], validation: float, test: float
) -> dict[int, int]:
    """Return the part of each unit of one class: test first, then validation, training last."""
    total = sum(size_of[unit] for unit in members)
    wanted = {TEST: test * total, VALIDATION: validation * total}
    if len(members) > 1:  # of two, one is for the test
        wanted[TEST] = max(wanted[TEST], 1.0)
    if len(members) > 2:
        wanted[VALIDATION] = max(wanted[VALIDATION], 1.0)
    parts = {}
    waiting = list(members)
    for part, share in wanted.items():
        least = 2 if part == TEST and len(members) > 2 else 1  # stay for the other parts
        chosen: list[int] = []
        taken = 0.0
        for unit in waiting:
            if len(waiting) - len(chosen) > least and taken + size_of[unit] / 2 < share:
                chosen.append(unit)
                taken += size_of[unit]
        if not chosen and share >= 1 and len(waiting) > least:  # all are larger than the share
            chosen = [min(waiting, key=size_of.__getitem__)]
        parts.update(dict.fromkeys(chosen, part))
        waiting = [unit for unit in waiting if parts.get(unit) is None]
    return parts | dict.fromkeys(waiting, TRAIN)


def _rarest_label(targets: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return (cases,) the rarest label of each case, -1 where it has none."""
    counts = targets.sum(axis=0)
    rank = np.where(targets > 0, counts, np.inf)
    rarest: npt.NDArray[np.int64] = rank.argmin(axis=1).astype(np.int64)
    rarest[targets.sum(axis=1) == 0] = -1
    return rarest


def fitting_rows(parts: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """Return the cases that vocabularies and scales are fitted on.

    Those are the training cases; over folds, which train by turns, all outside the test part.
    """
    is_folded = bool((parts >= FOLD).any())
    return np.flatnonzero(parts != TEST if is_folded else parts == TRAIN)


def usual_folds(cases: int) -> int:
    """Return over how many folds trials are compared, where nobody says; 0 for none.

    Example:
        >>> usual_folds(38), usual_folds(10_000)
        (5, 0)
    """
    return FOLDS if cases <= FOLDED else 0


def fold_cases(
    parts: npt.NDArray[np.int8],
    targets: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64] | None,
    folds: int,
    seed: int,
) -> npt.NDArray[np.int8]:
    """Deal training and validation cases out to folds, each class evenly.

    Args:
        parts: (cases,) from `split_cases`.
        targets: (cases, classes), 0 or 1.
        groups: (cases,) number of each case's group, whose cases stay together; None for none.
        folds: How many, at least 2.
        seed: Seeds the draw.

    Returns:
        (cases,), `FOLD` and the number of the fold in place of training and validation.

    Raises:
        DataError: There are fewer cases, or groups, than folds.
    """
    rows = np.flatnonzero(parts != TEST)
    stratum = _rarest_label(targets)[rows]
    units = rows if groups is None else groups[rows]
    draw = np.random.default_rng((seed, 78))
    found, first = np.unique(units, return_index=True)
    if len(found) < folds:
        what = "cases" if groups is None else "groups"
        raise DataError(
            f"found {len(found)} {what} beside the test part, expected at least one per fold",
            f"--set validation.folds={max(0, len(found) // 2)}",
        )
    order = draw.permutation(len(found))
    order = order[np.argsort(stratum[first][order], kind="stable")]  # one class after the other
    fold_of = dict(zip(found[order].tolist(), np.arange(len(found)) % folds, strict=True))
    dealt = parts.copy()
    dealt[rows] = [FOLD + fold_of[unit] for unit in units.tolist()]
    return dealt
