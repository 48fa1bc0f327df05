"""Tokens and steps as networks read them, position by position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.channel_scale import in_deviations
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.gaps import filled
from seqtune.tasks.tag.sequences import places_of
from seqtune.tasks.tag.spelling import FEATURES, SPELLED, WordTypes

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Inputs:
    """Sequences one after the other; of tokens the number of a word, of steps their values.

    Args:
        offsets: (sequences + 1,) int64, where each begins among the positions.
        types: (positions,) int32, the word of each among the different ones; None for steps.
        table: The different words; None for steps.
        values: (positions, channels) float64, NaN where missing; None for tokens.
    """

    offsets: Rows
    types: npt.NDArray[np.int32] | None = None
    table: WordTypes | None = None
    values: Floats | None = None
    _scaled: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def positions(self) -> int:
        """Positions of all sequences together."""
        return int(self.offsets[-1])

    def places(self, chosen: npt.ArrayLike) -> Rows:
        """Return the positions of some sequences, one sequence after the other."""
        return places_of(self.offsets, chosen)

    def take(self, chosen: npt.ArrayLike) -> Inputs:
        """Return some of the sequences, in the order of `chosen`."""
        chosen = np.asarray(chosen, np.int64)
        lengths = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = self.places(chosen)
        return replace(
            self,
            offsets=offsets,
            types=None if self.types is None else self.types[places],
            values=None if self.values is None else self.values[places],
            _scaled={},
        )

    def batch(
        self, codec: Codec, start: Rows, length: Rows, steps: int, values: Mapping[str, Any]
    ) -> Arrays:
        """Return pieces of the sequences as a network takes them.

        Args:
            codec: Scales steps.
            start: (pieces,) the first position of each.
            length: (pieces,) its positions, `steps` at most.
            steps: The length that all are padded to.
            values: The configuration.

        Returns:
            Of tokens `words` (pieces, steps) int32 and, where the configuration reads them,
            `characters` (pieces, steps, characters) and `spelling` (pieces, steps, features) int32,
            0 where padded. Of steps `series` (pieces, steps, channels) float32. Of both `length`
            (pieces,) int32.
        """
        step = np.arange(steps)
        present = step < length[:, None]  # (pieces, steps)
        place = np.where(present, start[:, None] + step, 0)
        lengths = length.astype(np.int32)
        if self.types is None or self.table is None:
            series = self.scaled(codec, values)[place]
            return {"series": np.where(present[..., None], series, np.float32(0)),
                    "length": lengths}  # fmt: skip
        types = self.types[place]
        there = present.astype(np.int32)
        arrays: Arrays = {"words": self.table.words[types] * there, "length": lengths}
        if values["tokens.characters"] != "none":
            characters = self.table.characters[types].astype(np.int32)
            arrays["characters"] = characters * there[..., None]
        if values["tokens.spelling"]:
            arrays["spelling"] = self.table.spelling[types] * there[..., None]
        return arrays

    def scaled(self, codec: Codec, values: Mapping[str, Any]) -> npt.NDArray[np.float32]:
        """Return the steps of a configuration, (positions, features): gaps filled, scaled.

        Behind the channels it is said, by 0 or 1, which values of `codec.gaps` were missing. A
        network that looks back alone must not know the scale of a whole series: with it "series"
        is "channel".
        """
        scaling = str(values["steps.scaling"])
        scaling = "channel" if codec.is_causal and scaling == "series" else scaling
        if scaling not in self._scaled:
            assert self.values is not None
            made = _scaled(codec, filled(self.values, self.offsets, is_causal=codec.is_causal),
                           self.offsets, scaling)  # fmt: skip
            absent = ~np.isfinite(self.values[:, list(codec.gaps)])
            single = np.finfo(np.float32)  # values that are not scaled may be beyond it
            both = np.concatenate([np.clip(made, single.min, single.max), absent], axis=1)
            self._scaled[scaling] = both.astype(np.float32)
        return self._scaled[scaling]

    def arrays(self) -> Arrays:
        """Return the arrays that `from_arrays` reads, by name."""
        found: Arrays = {"offsets": self.offsets}
        if self.types is not None and self.table is not None:
            found["types"] = self.types
            found["words"], found["characters"] = self.table.words, self.table.characters
            found["spelling"] = self.table.spelling
        if self.values is not None:
            found["values"] = self.values
        return found

    @classmethod
    def from_arrays(cls, codec: Codec, arrays: Mapping[str, npt.NDArray[Any]]) -> Inputs:
        """Return what `arrays` gave; they may come from a stranger's files.

        Args:
            codec: Says what numbers there can be.
            arrays: By name, of the types and the number of axes that `layout` says.

        Raises:
            ValueError: They do not belong together.
            KeyError: One is missing.
        """
        offsets = arrays["offsets"]
        falls = len(offsets) < 2 or offsets[0] != 0 or bool((np.diff(offsets) < 0).any())
        if codec.lexicon is None:
            if falls or arrays["values"].shape != (offsets[-1], codec.channels):
                raise ValueError("the values are not those of the series")
            return cls(offsets, values=arrays["values"])
        lexicon, types, words = codec.lexicon, arrays["types"], arrays["words"]
        characters, spelling = arrays["characters"], arrays["spelling"]
        shapes = {"characters": (len(words), SPELLED), "spelling": (len(words), FEATURES)}
        limits = (
            (types, len(words)),
            (words, lexicon.size),
            (characters, lexicon.alphabet),
            (spelling, lexicon.features),
        )
        is_sound = (
            not falls
            and types.shape == (offsets[-1],)
            and all(arrays[name].shape == shape for name, shape in shapes.items())
            and all(
                not each.size or (each.min() >= 0 and each.max() < limit) for each, limit in limits
            )
        )
        if not is_sound:
            raise ValueError("the words are not those of the sentences")
        return cls(offsets, types, WordTypes(words, characters, spelling))


LAYOUT: Mapping[str, tuple[str, int]] = {
    "offsets": ("int64", 1),
    "types": ("int32", 1),
    "words": ("int32", 1),
    "characters": ("uint16", 2),
    "spelling": ("int32", 2),
    "values": ("float64", 2),
}
"""Type and number of axes of each array."""


def layout(codec: Codec) -> dict[str, tuple[str, int]]:
    """Return type and number of axes of each array that `Inputs.from_arrays` needs."""
    is_steps = codec.lexicon is None
    return {
        name: each
        for name, each in LAYOUT.items()
        if name == "offsets" or (name == "values") == is_steps
    }


def _scaled(codec: Codec, values: Floats, offsets: Rows, scaling: str) -> Floats:
    """Return (positions, channels) in deviations; what is still missing is the mean."""
    center, spread = np.array(codec.center), np.array(codec.spread)
    if scaling == "none":
        return np.where(np.isfinite(values), values, center)
    if scaling == "series":
        center, spread = _of_series(values, offsets)
    made = in_deviations(values, center, spread)
    return np.where(np.isfinite(made), made, 0.0)


def _of_series(values: Floats, offsets: Rows) -> tuple[Floats, Floats]:
    """Return mean and deviation of the series of each position, (positions, channels) each.

    Values are counted in the largest of their series, so that no square is too large or too small.
    """
    lengths = np.diff(offsets)
    starts, lengths = offsets[:-1][lengths > 0], lengths[lengths > 0]
    known = np.isfinite(values)
    values = np.where(known, values, 0.0)
    count = np.maximum(np.add.reduceat(known, starts, axis=0, dtype=np.int64), 1)
    size = np.maximum.reduceat(np.abs(values), starts, axis=0)
    size = np.where(size > 0, size, 1.0)
    relative = values / np.repeat(size, lengths, axis=0)
    center = np.add.reduceat(relative, starts, axis=0) / count
    squares = np.where(known, (relative - np.repeat(center, lengths, axis=0)) ** 2, 0.0)
    spread = np.sqrt(np.add.reduceat(squares, starts, axis=0) / count)
    spread = size * np.where(spread > MIN_SPREAD, spread, 1.0)
    return np.repeat(size * center, lengths, axis=0), np.repeat(spread, lengths, axis=0)


MIN_SPREAD = 1e-12
"""Relative to its size; a series that varies less is constant."""
