"""Which sequences train, which compare, which test: whole ones, or blocks of few long ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.errors import DataError
from seqtune.progress import Listener, Note
from seqtune.tasks.tag.blocks import cut_into_blocks
from seqtune.tasks.tag.equal_sentences import keep_together
from seqtune.tasks.tag.parts import NUMBER, TEST, TRAIN, VALIDATION
from seqtune.tasks.tag.sequences import Rows, Sequences
from seqtune.tasks.tag.tag_codes import tag_codes

FEW_UNITS = 6
"""Fewer sequences are cut by time: whole ones would leave a part to one or two."""

DRAWS = 30
"""Of so many deals of few sequences that is taken whose parts are most alike in their tags."""

FEW_TO_DEAL = 200
"""Up to so many sequences are dealt out several times."""

LEAST_BLOCK = 100
"""Positions of a block at least, before it is known how many a network reads at once."""

MIN_POSITIONS = 12

FEW, MANY, VERY_MANY = 5_000, 50_000, 500_000


def usual_share(sequences: Sequences) -> float:
    """Return the share of the positions that validation and test take each, where nobody says.

    Example:
        >>> usual_share(Sequences(np.array([0, 2_000]), np.arange(2_000)))
        0.2
    """
    if sequences.positions <= FEW:
        return 0.2
    if sequences.positions < MANY:
        return 0.15
    return 0.1 if sequences.positions < VERY_MANY else 0.05


def cut_and_split(
    sequences: Sequences,
    validation: float,
    test: float,
    seed: int,
    longest: int | str,
    listener: Listener,
) -> tuple[Sequences, npt.NDArray[np.int8]]:
    """Deal sequences out to the parts; few long ones are cut into blocks first.

    Groups, and equal sequences, stay in one part; sequences without a label are in the first.

    Args:
        sequences: Those of the table, with tags.
        validation: Share of the labelled positions.
        test: Share of the labelled positions.
        seed: Seeds the draw.
        longest: Positions that a block has at least, where series are cut several times; "auto"
            before that is settled.
        listener: Hears what is cut, and what is equal.

    Returns:
        The sequences, and the part of each, (sequences,) int8: 0 for training, 1 for validation,
        2 for test.

    Raises:
        DataError: There are too few positions, or groups, for three parts.
    """
    if sequences.positions < MIN_POSITIONS:
        raise DataError(
            f"found {sequences.positions} rows, expected at least {MIN_POSITIONS}: to "
            "train, to compare and to test",
            "give more of them",
        )
    units = keep_together(sequences, listener)
    known = _labelled(sequences)
    filled = np.unique(units[known > 0])
    if len(filled) < FEW_UNITS and sequences.groups is None:
        least = longest if isinstance(longest, int) else LEAST_BLOCK
        blocks, parts, rounds = cut_into_blocks(sequences, validation, test, least)
        listener(Note(_of_blocks(sequences, len(blocks), rounds)))
        sequences = blocks
    elif len(filled) < 3:
        raise DataError(
            f"found {len(filled)} groups, expected at least 3: to train, to compare and to test",
            "leave out --group, or give data of more groups",
        )
    else:
        parts = _deal(sequences, units, known, validation, test, seed)
    _check(sequences, parts)
    return sequences, parts


def _of_blocks(sequences: Sequences, blocks: int, rounds: int) -> str:
    is_one, is_text = len(sequences) == 1, sequences.values is None
    if is_text:
        what = "all tokens are one text, which is" if is_one else f"{len(sequences)} texts are"
    else:
        what = "the one series is" if is_one else f"{len(sequences)} series are"
    often = "" if rounds == 1 else f", {rounds} times over, for every part to have all tags"
    return (
        f"{what} cut {'' if is_text else 'by time '}into {blocks} blocks, to train, to compare and "
        f"to test in this order{often}"
    )


def _labelled(sequences: Sequences) -> Rows:
    """Return (sequences,) labelled positions of each."""
    is_known = tag_codes(sequences.tags)[1] >= 0
    return np.diff(np.concatenate([[0], np.cumsum(is_known)])[sequences.offsets])


def _deal(
    sequences: Sequences, units: Rows, known: Rows, validation: float, test: float, seed: int
) -> npt.NDArray[np.int8]:
    """Deal units out at random; of few, several times, and the parts most alike are taken."""
    units = np.unique(units, return_inverse=True)[1].astype(np.int64)
    sizes = np.bincount(units, known).astype(np.int64)
    draw = np.random.default_rng((seed, 77))
    counts = _counts(sequences, units, len(sizes))
    draws = DRAWS if len(sizes) <= FEW_TO_DEAL else 1
    dealt = [_dealt(draw.permutation(len(sizes)), sizes, validation, test) for _ in range(draws)]
    best = min(dealt, key=lambda parts: _unlike(counts, parts)) if draws > 1 else dealt[0]
    return best[units]


def _dealt(order: Rows, sizes: Rows, validation: float, test: float) -> npt.NDArray[np.int8]:
    """Return the part of each unit: test first, then validation, training last."""
    parts = np.full(len(sizes), TRAIN, np.int8)
    waiting = order[sizes[order] > 0]
    for part, share, left in ((TEST, test, 2), (VALIDATION, validation, 1)):
        ends = np.cumsum(sizes[waiting]) - sizes[waiting] / 2
        count = int(np.searchsorted(ends, share * sizes.sum(), side="left"))
        count = min(max(1, count), len(waiting) - left)
        parts[waiting[:count]] = part
        waiting = waiting[count:]
    return parts


def _counts(sequences: Sequences, units: Rows, count: int) -> npt.NDArray[np.float64]:
    """Return (units, tags), how often each has each tag."""
    if count > FEW_TO_DEAL:
        return np.zeros((count, 0))
    names, codes = tag_codes(sequences.tags)
    known = codes >= 0
    found = np.zeros((count, len(names)))
    np.add.at(found, (np.repeat(units, sequences.lengths)[known], codes[known]), 1)
    return found


def _unlike(counts: npt.NDArray[np.float64], parts: npt.NDArray[np.int8]) -> float:
    """Return how far the parts are from the whole in their tags; tags that lack weigh most."""
    tables = np.stack([counts[parts == part].sum(axis=0) for part in NUMBER.values()])
    whole = counts.sum(axis=0) / max(1.0, counts.sum())
    shares = tables / np.maximum(1.0, tables.sum(axis=1, keepdims=True))
    return float((tables == 0).sum() + np.abs(shares - whole).sum())


def _check(sequences: Sequences, parts: npt.NDArray[np.int8]) -> None:
    """Refuse a part without a labelled position."""
    part = np.repeat(parts, sequences.lengths)
    known = tag_codes(sequences.tags)[1] >= 0
    for name, number in NUMBER.items():
        if not known[part == number].any():
            raise DataError(
                f"no row with a label falls into the {name} part",
                "give more labelled rows, or other shares: --set validation.share=0.2 --set "
                "test.share=0.2",
            )
