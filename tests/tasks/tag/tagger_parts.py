"""Small sequences with a codec and one configuration, for the tests of taggers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.search.space import complete
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encode import Vectors, encode, fit_codec
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.inputs import Inputs
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.tags import Tags

SMALL = (
    "network.architecture=stacked",
    "network.cell=gru",
    "network.units=4",
    "network.layers=1",
    "network.dropout=0",
    "network.head=softmax",
    "network.stacked.bidirectional=true",
    "tokens.embedding=3",
    "tokens.word_dropout=0",
    "tokens.characters=convolution",
    "tokens.spelling=true",
    "tokens.least_count=1",
    "steps.scaling=channel",
    "steps.jitter=0",
    "steps.stretch=0",
    "training.label_smoothing=0",
    "training.batch_size=4",
    "portfolio=[]",
)

WORDS = ("we", "fly", "to", "Boston", "and", "New", "York", "on", "3", "May")
TAGS = ("O", "O", "O", "B-city", "O", "B-city", "I-city", "O", "B-date", "I-date")


@dataclass(frozen=True)
class Parts:
    """What a task would have prepared.

    Args:
        codec: Fitted on all sequences.
        inputs: The sequences.
        targets: (positions,) int32.
        vectors: Word vectors, or None.
        sequences: As they were read.
    """

    codec: Codec
    inputs: Inputs
    targets: npt.NDArray[np.int32]
    vectors: Vectors | None
    sequences: Sequences

    def encoded(self) -> EncodedSequences:
        """Return all sequences as they are predicted."""
        return EncodedSequences(
            inputs=self.inputs,
            plain=lambda: self.sequences,
            truth=lambda: self.targets.astype(np.int64),
            rows=self.sequences.rows,
        )


def offsets_of(lengths: list[int]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def sentences(lengths: list[int]) -> Sequences:
    """Return sentences that each begin `WORDS` anew."""
    places = [at % len(WORDS) for length in lengths for at in range(length)]
    return Sequences(
        offsets_of(lengths),
        np.arange(len(places)),
        tokens=[WORDS[at] for at in places],
        tags=[TAGS[at] for at in places],
    )


def series(lengths: list[int], channels: int = 2, gaps: float = 0.0) -> Sequences:
    """Return series whose tag says whether their first channel is above zero."""
    draw = np.random.default_rng(len(lengths))
    values = draw.normal(size=(sum(lengths), channels))
    tags = ["up" if value > 0 else "down" for value in values[:, 0]]
    values[draw.random(values.shape) < gaps] = np.nan
    return Sequences(offsets_of(lengths), np.arange(len(values)), values=values, tags=tags)


def prepare(found: Sequences, *overrides: str) -> tuple[Parts, dict[str, Any]]:
    """Fit a codec on all sequences, and return them with the recipe's one configuration."""
    recipe = Recipe.load(None, "tag", [*SMALL, *overrides])
    is_tokens = bool(found.tokens)
    channels = () if found.values is None else tuple("abcdef"[: found.values.shape[1]])
    roles = (
        Roles("tokens", "tag", "token") if is_tokens else Roles("steps", "tag", channels=channels)
    )
    names = tuple(dict.fromkeys(tag for tag in found.tags if tag))
    tags = Tags(names, *(("bio", "bio") if is_tokens else ("none", "none")))  # type: ignore[arg-type]
    targets = tags.codes(found.tags)
    codec, vectors = fit_codec(
        found,
        np.arange(len(found)),
        targets,
        roles,
        tags,
        "accuracy",
        recipe.values,
        600.0,
        silent,
    )
    inputs = encode(codec, found)
    parts = Parts(codec, inputs, targets.astype(np.int32), vectors, found)
    return parts, complete(recipe.dimensions(), {})
