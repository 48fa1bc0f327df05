"""Which characters, words or symbols are taken for which, left out, or put in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from seqtune.drawing.wording import count, percent, several
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.matrix import Matrix
from seqtune.figures.numbers import numbers
from seqtune.tasks._cut_text import NAME, cut_text
from seqtune.tasks.translate.evidence.written import Written

MOST_CASES, LONGEST = 1_000, 1_000
"""Cases that are aligned, evenly apart, and units of the longest of them."""

MOST_CELLS, MOST_ROWS = 25, 40
"""Units of the matrix, and confusions of the table."""

Pair = tuple[str, str]
"""What a reference has, and what stands there instead; "" for nothing."""


def units_block(written: Written) -> Block | None:
    """Return what is taken for what; None where nothing is.

    Args:
        written: The answers.
    """
    counts = {name: aligned(written, name) for name in written.names}
    own = counts[written.model]
    wrong = _ordered(own)
    if not wrong:
        return None
    figures: list[Matrix | Grid] = []
    if written.unit != "word":
        figures += [_matrix(written, name, own, counts[name]) for name in written.names]
    return Block(
        key="units",
        title=f"Which {written.unit}s are taken for which",
        sentences=_sentences(written, own, wrong),
        figures=(*figures, _grid(written, wrong, counts)),
    )


def aligned(written: Written, name: str) -> Counter[Pair]:
    """Count what stands in the place of each unit of the nearest reference.

    Args:
        written: The answers.
        name: Whose.
    """
    from rapidfuzz.distance import Levenshtein

    every = np.unique(np.linspace(0, len(written) - 1, min(len(written), MOST_CASES)).astype(int))
    found: Counter[Pair] = Counter()
    for case in every.tolist():
        given = written.units(written.answers[name][case])
        wanted = _nearest(given, [written.units(each) for each in written.references[case]])
        if max(len(given), len(wanted)) > LONGEST:
            continue
        for step in Levenshtein.opcodes(wanted, given):
            old, new = wanted[step.src_start : step.src_end], given[step.dest_start : step.dest_end]
            if step.tag in ("equal", "replace"):
                found.update(zip(old, new, strict=True))
            else:
                found.update((each, "") for each in old)
                found.update(("", each) for each in new)
    return found


def _nearest(given: list[str], wanted: Sequence[list[str]]) -> list[str]:
    from rapidfuzz.distance import Levenshtein

    return min(wanted, key=lambda each: (Levenshtein.distance(given, each), -len(each)))


def _ordered(counts: Counter[Pair]) -> list[Pair]:
    """Return what is wrong, the most frequent first."""
    wrong = [pair for pair in counts if pair[0] != pair[1]]
    return sorted(wrong, key=lambda pair: (-counts[pair], pair))


def _shown(unit: str, nothing: str = "(nothing)") -> str:
    return nothing if not unit else repr(unit) if not unit.strip() else cut_text(unit, NAME)


def _matrix(written: Written, name: str, own: Counter[Pair], counts: Counter[Pair]) -> Matrix:
    involved: Counter[str] = Counter()
    for pair in _ordered(own):
        for unit in pair:
            if unit:
                involved[unit] += own[pair]
    kept = sorted(sorted(involved, key=lambda unit: (-involved[unit], unit))[:MOST_CELLS])
    rows, columns = [*kept, ""], [*kept, ""]
    table = np.array([[counts[row, column] for column in columns] for row in rows], np.float64)
    totals = Counter[str]()
    for (row, _), number in counts.items():
        totals[row] += number
    total = np.array([totals[row] for row in rows], np.float64)[:, None]
    shares = np.divide(table, total, out=np.full(table.shape, np.nan), where=total > 0)
    shares[-1, -1] = np.nan
    return Matrix(
        title=f"What {name} writes in place of each {written.unit}",
        caption=f"Numbers are {written.unit}s; the colour is the share of all that were expected.",
        rows=tuple(_shown(unit, "(put in)") for unit in rows),
        columns=tuple(_shown(unit, "(left out)") for unit in columns),
        values=tuple(numbers(row, 4) for row in shares),
        texts=tuple(tuple(f"{cell:.0f}" if cell else "" for cell in row) for row in table.tolist()),
        row_title="expected",
        column_title=f"written by {name}",
        unit=f"share of the {written.unit}s expected",
        is_expected_diagonal=True,
    )


def _grid(written: Written, wrong: list[Pair], counts: dict[str, Counter[Pair]]) -> Grid:
    rows, keys = [], []
    for pair in wrong[:MOST_ROWS]:
        times = [counts[name][pair] for name in written.names]
        rows.append((_shown(pair[0]), _shown(pair[1]), *map(count, times)))
        keys.append((None, None, *map(float, times)))
    return Grid(
        title="The most frequent confusions",
        headings=(
            Heading(text="expected"),
            Heading(text="written"),
            *(Heading(text=f"times by {name}", is_numeric=True) for name in written.names),
        ),
        rows=tuple(rows),
        keys=tuple(keys),
    )


def _sentences(written: Written, own: Counter[Pair], wrong: list[Pair]) -> tuple[str, ...]:
    total = sum(own[pair] for pair in wrong)
    left, put = (sum(own[pair] for pair in wrong if not pair[side]) for side in (1, 0))
    first = wrong[0]
    said = (
        f"Of {several(total, 'mistake')} of {written.model}, {count(total - left - put)} are one "
        f"{written.unit} for another, {count(left)} are left out and {count(put)} put in."
    )
    times = several(own[first], "time")
    share = percent(own[first] / total)
    most = f"Most often '{_shown(first[0])}' becomes '{_shown(first[1])}': {times} ({share})."
    if not first[0]:
        most = f"Most often '{_shown(first[1])}' is put in: {times} ({share})."
    elif not first[1]:
        most = f"Most often '{_shown(first[0])}' is left out: {times} ({share})."
    shown = min(len(written), MOST_CASES)
    more = (f"{count(shown)} of {count(len(written))} cases are looked at.",)
    return (said, most, *(more if shown < len(written) else ()))
