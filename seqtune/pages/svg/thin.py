"""Long lines as a screen can show them: the least and the largest value of every point of width.

No peak is lost, whatever the line does between.
"""

from __future__ import annotations

from collections.abc import Sequence

Dot = tuple[float, float]
"""Where a value stands: from the left and from the top, in points."""


def runs(dots: Sequence[Dot | None]) -> list[list[Dot]]:
    """Return the stretches of a line between its gaps.

    Example:
        >>> runs([(0.0, 1.0), None, (2.0, 1.0), (3.0, 5.0)])
        [[(0.0, 1.0)], [(2.0, 1.0), (3.0, 5.0)]]
    """
    found: list[list[Dot]] = [[]]
    for dot in dots:
        if dot is not None:
            found[-1].append(dot)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def thinned(run: Sequence[Dot]) -> list[Dot]:
    """Return the least and the largest of each point of width, where there are more.

    Args:
        run: Places from the left to the right.
    """
    if len(run) < 3 or len(run) <= 2 * (abs(run[-1][0] - run[0][0]) + 1):
        return list(run)
    columns: dict[int, list[int]] = {}
    for number, (x, _) in enumerate(run):
        columns.setdefault(int(x), []).append(number)
    kept = {0, len(run) - 1}
    for members in columns.values():
        kept.add(min(members, key=lambda number: run[number][1]))
        kept.add(max(members, key=lambda number: run[number][1]))
    return [run[number] for number in sorted(kept)]


def extreme_places(values: Sequence[float | None], most: int) -> list[int]:
    """Return the places of a line that stand for all of it, at most about `most`.

    Args:
        values: The line; None is a gap.
        most: So many places.
    """
    if len(values) <= most:
        return list(range(len(values)))
    wide = -(-2 * len(values) // most)
    kept: set[int] = set()
    for begin in range(0, len(values), wide):
        known = [n for n in range(begin, min(begin + wide, len(values))) if values[n] is not None]
        if known:
            kept.add(min(known, key=lambda number: values[number] or 0.0))
            kept.add(max(known, key=lambda number: values[number] or 0.0))
    return sorted(kept)
