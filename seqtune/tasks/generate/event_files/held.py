"""Sets of notes as notes that are held: from the first step of a row of sets to the last."""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.tasks.generate.step_tokens import Steps


def held(steps: Steps) -> list[tuple[int, int, int]]:
    """Return first step, the step after the last, and the number of each note, in order of time.

    A set does not say whether a note is struck again, so that of one step and the next is held.

    Example:
        >>> held([[60, 64], [60], [], [60]])
        [(0, 1, 64), (0, 2, 60), (3, 4, 60)]
    """
    found: list[tuple[int, int, int]] = []
    begun: dict[int, int] = {}
    for number, step in enumerate([*steps, ()]):
        for note in [each for each in begun if each not in step]:
            found.append((begun.pop(note), number, note))
        for note in step:
            begun.setdefault(note, number)
    return sorted(found)


def runs(steps: Steps) -> list[tuple[Sequence[int], int]]:
    """Return sets and how many steps each lasts.

    Example:
        >>> runs([[60], [60], [], [62]])
        [([60], 2), ([], 1), ([62], 1)]
    """
    found: list[tuple[Sequence[int], int]] = []
    for step in steps:
        if found and list(found[-1][0]) == list(step):
            found[-1] = (step, found[-1][1] + 1)
        else:
            found.append((step, 1))
    return found
