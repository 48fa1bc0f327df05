"""The share of wrong tags in groups of positions: by length, by word, by what is near."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import count, percent, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.numbers import numbers
from seqtune.tasks._ratios import Ratio, apart, ratio
from seqtune.tasks.tag.evidence.tagging import Ints, Tagging

GROUPS, FEWEST = 5, 5
"""Groups of lengths at most, and sequences of a group at least."""

DISTANCES = (0, 1, 3, 6, 11, 21, 51)
"""Where groups of distances from a change of the tag begin, in steps."""


def length_block(tagging: Tagging) -> Block | None:
    """Return wrong tags by the length of the sequence; None of too few, or all of one length.

    Args:
        tagging: The tags that were given.
    """
    lengths = np.diff(tagging.own.offsets)
    groups = min(GROUPS, int((tagging.positions > 0).sum()) // FEWEST)
    if groups < 2:
        return None
    ends = np.unique(np.quantile(lengths, np.linspace(0, 1, groups + 1)[1:], method="nearest"))
    if len(ends) < 2:
        return None
    group = np.searchsorted(ends, lengths)
    firsts = [int(lengths[group == at].min()) for at in range(len(ends))]
    names = [
        f"{first:,}" if first == end else f"{first:,} to {end:,}"
        for first, end in zip(firsts, ends.tolist(), strict=True)
    ]
    return _block(
        tagging, "length", f"Mistakes by the length of the {tagging.sequence}", names,
        np.repeat(group, lengths), f"{tagging.unit}s of the {tagging.sequence}",
    )  # fmt: skip


def words_block(tagging: Tagging, is_known: npt.NDArray[np.bool_]) -> Block | None:
    """Return wrong tags of words that the vocabulary has, and of others; None without either.

    Args:
        tagging: The tags that were given.
        is_known: (positions,) whether the vocabulary, of training words, has the word.
    """
    scored = is_known[tagging.scored]
    if not len(scored) or scored.all() or not scored.any():
        return None
    return _block(
        tagging, "words", "Mistakes by whether the word is known", ["known words", "other words"],
        np.where(is_known, 0, 1), "words",
    )  # fmt: skip


def changes_block(tagging: Tagging) -> Block | None:
    """Return wrong tags by how near the true tag changes; None where it never does.

    Args:
        tagging: The tags that were given.
    """
    distance = distances(tagging.own.targets, tagging.own.offsets)
    used = distance[tagging.scored & (distance >= 0)]
    if not len(used):
        return None
    group = np.where(distance < 0, -1, np.searchsorted(DISTANCES, distance, side="right") - 1)
    names = [
        f"{first:,}" if first == last - 1 else f"{first:,} to {last - 1:,}"
        for first, last in pairwise(DISTANCES)
    ]
    names.append(f"{DISTANCES[-1]:,} and more")
    most = int(group.max()) + 1
    title = "Mistakes by the steps to the nearest change of the tag"
    return _block(tagging, "changes", title, names[:most], group, "steps to the nearest change")


def distances(targets: Ints, offsets: Ints) -> Ints:
    """Return how many steps each position is from the nearest change of the true tag.

    Args:
        targets: (positions,) the tags.
        offsets: (sequences + 1,), where each sequence begins.

    Returns:
        (positions,), 0 on both sides of a change; -1 in a sequence without one.

    Example:
        >>> distances(np.array([1, 1, 1, 2, 2, 5, 5]), np.array([0, 5, 7])).tolist()
        [2, 1, 0, 0, 1, -1, -1]
    """
    found = np.full(len(targets), -1, np.int64)
    for first, last in pairwise(offsets.tolist()):
        changes = np.flatnonzero(np.diff(targets[first:last]) != 0)
        if len(changes):
            place = np.arange(last - first)
            after = np.searchsorted(changes, place)
            before = place - changes[np.maximum(after - 1, 0)] - 1
            ahead = changes[np.minimum(after, len(changes) - 1)] - place
            left = np.where(after > 0, before, len(targets))
            right = np.where(after < len(changes), ahead, len(targets))
            found[first:last] = np.minimum(left, right)
    return found


def _block(
    tagging: Tagging, key: str, title: str, names: Sequence[str], group: Ints, x_title: str
) -> Block:
    """Return a chart of the share of wrong positions of each group, and what there is to say."""
    inside = tagging.scored & (group >= 0)
    shares = {
        name: [
            ratio(
                tagging.of_sequences(tagging.found[name].wrong & inside & (group == at)),
                tagging.of_sequences(inside & (group == at)),
            )
            for at in range(len(names))
        ]
        for name in tagging.names
    }
    sizes = [int((inside & (group == at)).sum()) for at in range(len(names))]
    groups = tuple(
        Group(
            name=name,
            values=numbers([100 * each.value for each in shares[name]]),
            errors=numbers([100 * each.error for each in shares[name]], 3),
            role=tagging.role(name),
        )
        for name in tagging.names
    )
    chart = Bars(
        title=f"Share of {tagging.unit}s with a wrong tag",
        caption="In brackets: how many there are.",
        categories=tuple(
            f"{name} ({count(size)})" for name, size in zip(names, sizes, strict=True)
        ),
        groups=groups,
        x_title=x_title,
        y_title="wrong, %",
    )
    return Block(
        key=key, title=title, sentences=_sentences(tagging, names, shares), figures=(chart,)
    )


def _sentences(
    tagging: Tagging, names: Sequence[str], shares: dict[str, list[Ratio]]
) -> tuple[str, ...]:
    own = shares[tagging.model]
    used = [at for at, each in enumerate(own) if np.isfinite(each.value)]
    worst, best = max(used, key=lambda at: own[at].value), min(used, key=lambda at: own[at].value)
    said = []
    if worst != best:
        text = (
            f"{tagging.model} is wrong most often at {names[worst]} ({percent(own[worst].value)}) "
            f"and least at {names[best]} ({percent(own[best].value)})"
        )
        said.append(f"{text}." if apart(own[worst], own[best]) else f"{text}: not told apart.")
    if tagging.baseline:
        signs = [apart(shares[tagging.baseline][at], own[at]) for at in used]
        better, worse = signs.count(1), signs.count(-1)
        said.append(
            f"Against {tagging.baseline} it is better in {better} of "
            f"{several(len(used), 'group')}, worse in {worse}, and not told apart in "
            f"{len(used) - better - worse}."
        )
    return tuple(said) or (f"{tagging.model} is wrong in {percent(own[used[0]].value)}.",)
