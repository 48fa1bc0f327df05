"""Bits by what a character is: where words begin is where a text is least certain."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import count, figure, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.numbers import numbers
from seqtune.tasks._ratios import Ratio, apart, ratio
from seqtune.tasks.generate.evidence.reading import Readings

KINDS = ("first letter of a word", "further letter", "blank", "line break", "digit", "mark")

Ints = npt.NDArray[np.int64]


def kinds_of(text: str) -> Ints:
    """Return (characters,) the number of the kind of each.

    Example:
        >>> [KINDS[kind] for kind in kinds_of("ab 1").tolist()]
        ['first letter of a word', 'further letter', 'blank', 'digit']
    """
    kinds, is_inside = [], False
    for each in text:
        if each.isalpha() or (is_inside and not each.isprintable()):
            kinds.append(1 if is_inside else 0)
        elif each.isdigit():
            kinds.append(4)
        elif each in "\n\r":
            kinds.append(3)
        else:
            kinds.append(2 if each.isspace() else 5)
        is_inside = each.isalpha()
    return np.array(kinds, np.int64)


def characters_block(readings: Readings) -> Block | None:
    """Return bits by kind of character; None where tokens are longer, or there is no text.

    Args:
        readings: What models found likely.
    """
    size = min(len(readings.text), readings.characters)
    if not readings.is_fine or not size:
        return None
    kinds = kinds_of(readings.text[:size])
    example = np.searchsorted(readings.bounds, np.arange(size), side="right") - 1
    shape = int(example.max()) + 1, len(KINDS)
    cells = example * shape[1] + kinds

    def summed(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found = np.bincount(cells, weights=values, minlength=shape[0] * shape[1])
        return np.asarray(found.reshape(shape), np.float64)

    sizes = summed(np.ones(size))
    present = np.flatnonzero(sizes.sum(axis=0)).tolist()
    found = {}
    for name in readings.names:
        bits = summed(readings.by_model[name].between(np.arange(size + 1)))
        found[name] = [ratio(bits[:, kind], sizes[:, kind]) for kind in present]
    names = [KINDS[kind] for kind in present]
    times = sizes.sum(axis=0)[present]
    chart = Bars(
        title="Bits per character by what it is",
        caption="In brackets: how many there are.",
        categories=tuple(
            f"{name} ({count(int(number))})" for name, number in zip(names, times, strict=True)
        ),
        groups=tuple(
            Group(
                name=name,
                values=numbers([each.value for each in found[name]], 5),
                errors=numbers([each.error for each in found[name]], 3),
                role=readings.role(name),
            )
            for name in readings.names
        ),
        x_title="character",
        y_title="bits per character",
    )
    return Block(
        key="characters",
        title="Which characters surprise",
        sentences=_sentences(readings, names, found, size),
        figures=(chart,),
    )


def _sentences(
    readings: Readings, names: list[str], found: dict[str, list[Ratio]], size: int
) -> tuple[str, ...]:
    own = found[readings.model]
    worst = max(range(len(own)), key=lambda at: own[at].value)
    said = [
        f"{readings.model} is least certain of a {names[worst]}: {figure(own[worst].value)} bits "
        "on average."
    ]
    if readings.baseline:
        method = found[readings.baseline]
        signs = [apart(other, each) for other, each in zip(method, own, strict=True)]
        better, worse = signs.count(1), signs.count(-1)
        said.append(
            f"Against {readings.baseline} it is better at {better} of "
            f"{several(len(own), 'kind')} of character, worse at {worse}, and not told apart at "
            f"{len(own) - better - worse}."
        )
    if size < readings.characters:
        said.append(f"The first {several(size, 'character')} of the test part are counted.")
    return tuple(said)
