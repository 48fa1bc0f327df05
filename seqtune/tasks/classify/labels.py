"""The labels of cases as targets: one per case, several, or ordered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener

Floats = npt.NDArray[np.float64]

SEPARATORS = (";", "|")
"""What stands between several labels, as far as it is recognised."""

FAR_FROM_EQUAL = 3.0
"""So many times more cases than the rarest class, and the commonest one decides the accuracy: the
balanced accuracy selects then."""

MAX_CLASSES = 1000

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which JSON can hold and no file."""


@dataclass(frozen=True)
class Labels:
    """What the labels of some data are; plain JSON on disk.

    Args:
        names: The labels, in the order of the classes: numbers by size, words by text.
        separator: What stands between several labels of a case; empty where each has one.
        values: The number that each label stands for; empty where they have no order.
    """

    names: tuple[str, ...]
    separator: str = ""
    values: tuple[float, ...] = ()

    @property
    def is_multi(self) -> bool:
        """Whether a case may have any number of labels."""
        return bool(self.separator)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"names": list(self.names), "separator": self.separator, "values": [*self.values]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Labels:
        """Read what `to_dict` returned.

        Raises:
            ValueError: It is something else.
        """
        names, separator, numbers = values["names"], values["separator"], values["values"]
        is_sound = (
            isinstance(names, list)
            and 1 <= len(names) <= MAX_CLASSES
            and all(map(is_text, names))
            and len(set(names)) == len(names)
            and is_text(separator)
            and isinstance(numbers, list)
            and len(numbers) in (0, len(names))
            and all(type(number) in (int, float) and -1e300 < number < 1e300 for number in numbers)
        )
        if not is_sound:
            raise ValueError("the labels are not as they are written")
        return cls(tuple(names), separator, tuple(map(float, numbers)))

    def split(self, cell: str) -> list[str]:
        """Return the labels in a cell; none of an empty one.

        Example:
            >>> Labels(("a", "b"), ";").split("b; a")
            ['b', 'a']
        """
        if not self.separator:
            return [cell.strip()] if cell.strip() else []
        parts = (part.strip() for part in cell.split(self.separator))
        return list(dict.fromkeys(part for part in parts if part))

    def targets(self, cells: Sequence[str]) -> tuple[Floats, list[tuple[int, str]]]:
        """Return what the network learns for each cell.

        Returns:
            (cells, classes), 1 where a case has the label; and the number and the label of every
            cell that holds one that is not known.
        """
        place = {name: number for number, name in enumerate(self.names)}
        targets = np.zeros((len(cells), len(self.names)))
        unknown = []
        for row, cell in enumerate(cells):
            for label in self.split(cell):
                if label in place:
                    targets[row, place[label]] = 1.0
                else:
                    unknown.append((row, label))
        return targets, unknown


def is_text(value: object) -> bool:
    """Say whether a value from JSON is a text that can be written to a file."""
    return isinstance(value, str) and not SURROGATE.search(value)


def find_labels(
    cells: Sequence[str], *, separator: str, ordered: bool | str, kind: str, listener: Listener
) -> Labels:
    """Find out what labels there are.

    Args:
        cells: The label of every case, none of them blank.
        separator: What stands between several labels; empty where each case has one.
        ordered: Whether the labels are numbers with an order, or "auto".
        kind: "text" or "series": stars are given to texts.
        listener: Hears of the assumptions.

    Raises:
        DataError: There is one class alone, or there are as many as cases; or labels that cannot
            have an order are to have one.
    """
    bare = Labels((), separator)
    found = sorted({label for cell in cells for label in bare.split(cell)})
    numbers = _numbers(found)
    if numbers is not None:
        order = np.argsort(numbers, kind="stable")
        found, numbers = [found[i] for i in order], [numbers[i] for i in order]
    _refuse_hopeless(cells, found, separator)
    values: tuple[float, ...] = ()
    could_be = numbers is not None and len(found) > 2 and not separator
    if ordered is True and separator:
        raise DataError(
            "labels of which a case has several have no order", "--set data.ordered=false"
        )
    if ordered is True and numbers is None:
        raise DataError(
            f"the labels are not all numbers: {', '.join(found[:5])}", "--set data.ordered=false"
        )
    if ordered is True or (ordered == "auto" and could_be and kind == "text"):
        values = tuple(numbers or ())
        if ordered == "auto":
            span = f"{found[0]} to {found[-1]}"
            listener(
                Assumption("order", span, "the labels are numbers", "--set data.ordered=false")
            )
    return Labels(tuple(found), separator, values)


def are_far_from_equal(targets: Floats) -> bool:
    """Say whether the commonest class has several times as many cases as the rarest.

    Args:
        targets: (cases, classes), 0 or 1, of the training cases.
    """
    counts = targets.sum(axis=0)
    counts = counts[counts > 0]
    return bool(len(counts)) and float(counts.max() / counts.min()) >= FAR_FROM_EQUAL


def separator_of(cells: Sequence[str], asked: str | None, listener: Listener) -> str:
    """Return what stands between several labels of a case; empty where each has one.

    Args:
        cells: The label of every case.
        asked: What the recipe says; None for nothing, "auto" to find out: where something stands
            between parts that are labels again and again.
        listener: Hears of the guess.
    """
    if asked != "auto":
        return asked or ""
    for separator in SEPARATORS:
        if _recur(cells, separator):
            flag = "--set data.several=null"
            listener(Assumption("several labels", f"split at {separator!r}", "recognised", flag))
            return separator
    return ""


def _recur(cells: Sequence[str], separator: str) -> bool:
    """Say whether at least half of the parts of joined cells are in another cell too.

    `a;b` beside `a` and `b;c` holds two labels; an `x;y` whose parts never occur apart is one.
    """
    split = Labels((), separator).split
    different = {frozenset(split(cell)) for cell in set(cells)}
    counts = Counter(part for cell in different for part in cell)
    parts = [part for cell in different for part in cell if len(cell) > 1]
    return 2 * sum(counts[part] > 1 for part in parts) >= len(parts) > 0


def _numbers(names: Sequence[str]) -> list[float] | None:
    try:
        values = [float(name) for name in names]
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _refuse_hopeless(cells: Sequence[str], found: Sequence[str], separator: str) -> None:
    if len(found) < 2 and not (separator and found):
        what = f"the one label {found[0]!r}" if found else "no label"
        raise DataError(
            f"found {what} in {len(cells)} cases, expected at least two classes",
            "name another column: --label COLUMN",
        )
    if len(found) > MAX_CLASSES or (len(found) >= len(cells) > 1 and not separator):
        raise DataError(
            f"found {len(found)} different labels in {len(cells)} cases, expected a few classes "
            f"with several cases each (at most {MAX_CLASSES})",
            "name another column: --label COLUMN; numbers are forecast: --task forecast",
        )
