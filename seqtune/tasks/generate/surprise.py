"""Which passages of a text a language model expected least."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from seqtune.tasks.generate.report_surprise import Passage

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SHORTEST = 20
"""Characters of a passage at least, as far as the text goes: few characters say little."""

LONGEST = 300
"""Characters of a passage at most."""

_SENTENCE = re.compile(r'[.!?…][")\]’”»]*\s+|[。！？]|\n\s*')


def most_surprising(
    text: str,
    log_probabilities: npt.ArrayLike,
    characters: npt.ArrayLike,
    where: Callable[[int], str],
    most: int = 5,
) -> list[Passage]:
    """Return the passages that were expected least, the most surprising first.

    Passages are sentences or lines and do not overlap. The bits of a token that reaches over two
    of them are divided by its characters in each. Equals keep the order of the text.

    Args:
        text: The whole text.
        log_probabilities: (tokens,) natural logarithm of each token's probability.
        characters: (tokens,) how many characters of the text each token is; their sum is its
            length. A token may be no character, such as the end of a document.
        where: Turns the place of a character into where it stands; called for what is returned.
        most: How many to return at most.

    Raises:
        ValueError: The tokens are not those of the text, or a log-probability is NaN.
    """
    bits = -np.asarray(log_probabilities, np.float64) / np.log(2.0)
    sizes = np.asarray(characters, np.float64)
    if bits.shape != sizes.shape or round(float(sizes.sum())) != len(text):
        raise ValueError(f"tokens of {sizes.sum():g} characters for a text of {len(text)}")
    if np.isnan(bits).any():
        raise ValueError("a log-probability is NaN; how surprising it is cannot be said")
    if not text:
        return []
    bounds = passages(text)
    score = np.diff(np.interp(bounds, *bits_by_place(bits, sizes))) / np.diff(bounds)
    order = np.argsort(-score, kind="stable")[: max(0, most)].tolist()
    return [
        Passage(
            where=where(int(bounds[number])),
            bits_per_character=float(score[number]),
            text=text[bounds[number] : bounds[number + 1]].strip(),
        )
        for number in order
    ]


def passages(text: str) -> Integers:
    r"""Return where passages begin, and the length of the text.

    They end after a sentence or a line; one that is very short is joined to what follows, one that
    is very long is cut, between words where there are such.

    Example:
        >>> passages("It was late. Nobody came to the house.\nSo she left us all there.").tolist()
        [0, 39, 64]
    """
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    bounds = [0]
    for end in [*ends, len(text)]:
        while end - bounds[-1] > LONGEST:
            bounds.append(_cut(text, bounds[-1]))
        if end - bounds[-1] >= SHORTEST:
            bounds.append(end)
    if bounds[-1] < len(text):
        last = len(text)
        is_room = len(bounds) > 1 and last - bounds[-2] <= LONGEST
        bounds = [*bounds[:-1], last] if is_room else [*bounds, last]
    return np.array(bounds, np.int64)


def _cut(text: str, begin: int) -> int:
    """Return where a passage that begins there is cut: after its last blank that is not too far."""
    blank = text.rfind(" ", begin + LONGEST // 2, begin + LONGEST)
    return blank + 1 if blank >= 0 else begin + LONGEST


def bits_by_place(bits: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    """Return places between characters, rising, and the bits of all that is before each.

    Between two of them, the bits of a token are spread evenly over its characters.

    Args:
        bits: (tokens,).
        sizes: (tokens,) characters of each.

    Example:
        >>> places, before = bits_by_place(np.array([3.0, 1.0, 2.0]), np.array([2.0, 0.0, 1.0]))
        >>> places.tolist(), before.tolist()
        ([0.0, 2.0, 3.0], [0.0, 4.0, 6.0])
    """
    ends = np.concatenate([[0.0], sizes.cumsum()])
    total = np.concatenate([[0.0], bits.cumsum()])
    # A token without characters counts with the one before it; the first of all are left out.
    is_last = np.append(np.diff(ends) > 0, True)
    return ends[is_last], total[is_last]
