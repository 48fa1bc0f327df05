"""Sequences as networks read them, and the codec that is fitted on those of training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.channel_scale import center_and_spread
from seqtune.data.text.word_vectors import read_vectors
from seqtune.errors import DataError
from seqtune.progress import Listener, Note
from seqtune.tasks.tag.changes import fit_changes
from seqtune.tasks.tag.codec import LONGEST, Codec
from seqtune.tasks.tag.gaps import filled
from seqtune.tasks.tag.inputs import Inputs
from seqtune.tasks.tag.lengths import choose_lengths
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.spelling import Lexicon
from seqtune.tasks.tag.tags import Tags
from seqtune.tasks.tag.windows import overlapping

MOST_TOKENS, MOST_STEPS = 200, 128
"""Positions that are read at once at most where the recipe leaves it open."""

USUAL_SHARE, FEW_TOKENS = 0.995, 64
"""So many sentences are then read whole, and all of so few tokens: a batch for the longest one of
thousands is a program more to compile, and mostly padding."""

Rows = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]


def fit_codec(
    sequences: Sequences,
    training: Rows,
    targets: Rows,
    roles: Roles,
    tags: Tags,
    metric: str,
    values: Any,
    seconds: float,
    listener: Listener,
) -> tuple[Codec, Vectors | None]:
    """Fit the codec on the training part.

    Args:
        sequences: All sequences.
        training: (training sequences,) which of them are for training.
        targets: (positions,) the number of each tag, -1 where it is not known.
        roles: Which column is what.
        tags: The tags.
        metric: The metric that selects.
        values: The values of the recipe.
        seconds: The budget: each length of batches costs seconds to compile.
        listener: Hears of what is cut.

    Returns:
        The codec, and (words, dimensions) vectors of its words where the recipe names a file.

    Raises:
        DataError: The file of vectors has none of the words, or cannot be read.
    """
    known = targets[sequences.places(training)]
    lengths = sequences.lengths[training]
    lengths = lengths[lengths > 0]
    longest = _longest(sequences, lengths, roles.kind, values, listener)
    windows = overlapping(np.concatenate([[0], np.cumsum(lengths)]), longest)
    codec = Codec(
        roles=roles,
        tags=tags,
        metric=metric,
        counts=tuple(np.bincount(known[known >= 0], minlength=len(tags)).tolist()),
        longest=longest,
        lengths=choose_lengths(windows.length, seconds),
        is_causal=values.network.direction == "forward",
        usual=max(1, round(float(windows.length.mean()))),
    )
    if roles.kind == "tokens":
        lexicon = Lexicon.fit(
            (sequences.tokens[place] for place in sequences.places(training).tolist()),
            most=values.tokens.vocabulary,
            least_count=values.tokens.least_count,
            lower=values.tokens.lower,
        )
        if not values.tokens.vectors:
            return replace(codec, lexicon=lexicon), None
        vectors = _vectors(lexicon, Path(values.tokens.vectors), values.seed)
        return replace(codec, lexicon=lexicon, vectors=vectors.shape[1]), vectors
    assert sequences.values is not None
    steps = sequences.values[sequences.places(training)]
    borders = np.concatenate([[0], np.cumsum(sequences.lengths[training])])
    changes = fit_changes(known, borders, len(tags))
    is_known = np.isfinite(steps)
    count = np.maximum(is_known.sum(axis=0, keepdims=True), 1)
    center, spread = center_and_spread(steps, is_known, count, axis=0)
    return replace(
        codec,
        center=tuple(center[0].tolist()),
        spread=tuple(spread[0].tolist()),
        gaps=tuple(np.flatnonzero(~is_known.all(axis=0)).tolist()),
        changes=tuple(map(tuple, changes.tolist())),
    ), None


def encode(codec: Codec, sequences: Sequences) -> Inputs:
    """Return sequences as networks read them; each different word is encoded once."""
    if codec.lexicon is None:
        assert sequences.values is not None
        return Inputs(sequences.offsets, values=np.asarray(sequences.values, np.float64))
    types, different = pd.factorize(np.array(sequences.tokens, dtype=object))
    table = codec.lexicon.encode(list(map(str, different)))
    return Inputs(sequences.offsets, types.astype(np.int32), table)


def without_gaps(codec: Codec, sequences: Sequences) -> Sequences:
    """Return sequences as simple methods take them: missing values are filled."""
    if sequences.values is None:
        return sequences
    made = filled(sequences.values, sequences.offsets)
    return replace(sequences, values=np.where(np.isfinite(made), made, np.array(codec.center)))


def _longest(
    sequences: Sequences, lengths: Rows, kind: str, values: Any, listener: Listener
) -> int:
    """Return how many positions are read at once, and say what is cut into pieces."""
    asked = values.longest
    most = MOST_STEPS
    if asked != "auto":
        most = min(int(asked), LONGEST)
    elif kind == "tokens" and len(lengths):
        usual = int(np.quantile(lengths, USUAL_SHARE, method="higher"))
        most = min(max(usual, FEW_TOKENS), MOST_TOKENS)
    longest = max(1, min(most, int(lengths.max(initial=1))))
    if cut := int((sequences.lengths > longest).sum()):
        what, unit = ("sentences", "tokens") if kind == "tokens" else ("series", "steps")
        listener(
            Note(
                f"{cut:,} of {len(sequences):,} {what} are longer than {longest} {unit}: networks "
                "read them in pieces that overlap (--set longest=N)"
            )
        )
    return longest


def _vectors(lexicon: Lexicon, path: Path, seed: int) -> Vectors:
    """Return (words, dimensions) vectors from a file; small random ones where it has none."""
    matrix, found = read_vectors(path, ["", "", *lexicon.words])
    found[:2] = False
    if not found.any():
        raise DataError(
            f"{path}: none of the {len(lexicon.words)} words of the data is in this file",
            "use word vectors in the language of the sentences",
        )
    spread = float(matrix[found].std())
    random = np.random.default_rng(seed).normal(0.0, spread, matrix.shape)
    begun: Vectors = np.where(found[:, None], matrix, random).astype(np.float32)
    begun[0] = 0.0
    return begun
