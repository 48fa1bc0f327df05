"""Sequences ready for training a tagger: their inputs, tags and parts, and the codec."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array, write_array
from seqtune.data.ragged import Ragged
from seqtune.files import damaged, make_folder, read_value, write_json
from seqtune.tasks._values import Fold, Part, Until
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encode import Vectors, encode, without_gaps
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.inputs import Inputs, layout
from seqtune.tasks.tag.parts import NUMBER
from seqtune.tasks.tag.sequences import Sequences

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Prepared:
    """The sequences of one run.

    Args:
        codec: What was fitted on the training part.
        inputs: The sequences as networks read them.
        targets: (positions,) int32, the number of each tag; -1 where there is none.
        parts: (sequences,) int8, 0 for training, 1 for validation, 2 for test.
        lines: (positions,) int64, the row of the table that each is.
        names: What the sequences are called, as UTF-8 bytes; empty where by their rows.
        words: The different words as UTF-8 bytes, for the simple methods and for showing
            sentences; None for steps.
        vectors: (words, dimensions) float32 word vectors to begin with; None for none.
    """

    codec: Codec
    inputs: Inputs
    targets: npt.NDArray[np.int32]
    parts: npt.NDArray[np.int8]
    lines: Rows
    names: Ragged
    words: Ragged | None = None
    vectors: Vectors | None = None

    @classmethod
    def of(
        cls,
        codec: Codec,
        sequences: Sequences,
        targets: Rows,
        parts: npt.NDArray[np.int8],
        vectors: Vectors | None,
    ) -> Prepared:
        """Encode all sequences by a codec that is fitted."""
        words = None
        if codec.kind == "tokens":  # in the order in which `encode` numbers them
            words = Ragged.from_texts(list(dict.fromkeys(sequences.tokens)))
        inputs = encode(codec, sequences)
        names = Ragged.from_texts(list(sequences.names))
        codes = targets.astype(np.int32)
        return cls(codec, inputs, codes, parts, sequences.rows, names, words, vectors)

    @property
    def metric(self) -> str:
        """The metric that selects."""
        return self.codec.metric

    @property
    def folds(self) -> Sequence[Fold]:
        """None: one part is held out to compare trials on."""
        return ()

    @cached_property
    def _rows(self) -> dict[str, Rows]:
        return {name: np.flatnonzero(self.parts == part) for name, part in NUMBER.items()}

    def chosen(self, part: str) -> Rows:
        """Return the sequences of a part, in their order."""
        return self._rows[part]

    def until(self, part: Until) -> Rows:
        """Return the sequences of all parts up to one."""
        return np.flatnonzero(self.parts <= NUMBER[part])

    def truth(self, part: Part) -> Rows:
        """Return the number of each position's tag in a part, (positions,); -1 for none."""
        return self._truth[part]

    def scored(self, part: Part) -> int:
        """Return how many positions of a part have a tag."""
        return int((self._truth[part] >= 0).sum())

    @cached_property
    def _truth(self) -> dict[str, Rows]:
        return {
            name: self.targets[self.inputs.places(rows)].astype(np.int64)
            for name, rows in self._rows.items()
        }

    def encoded(self, part: Part) -> EncodedSequences:
        """Return the sequences of a held-out part with their tags."""
        return self._encoded[part]

    @cached_property
    def _encoded(self) -> dict[str, EncodedSequences]:
        return {name: self._part(name) for name in NUMBER}

    def _part(self, name: str) -> EncodedSequences:
        chosen = self._rows[name]
        lines = self.lines[self.inputs.places(chosen)]
        return EncodedSequences(
            inputs=self.inputs.take(chosen),
            plain=lambda: self.sequences(chosen),
            truth=lambda: self._truth[name],
            rows=lines,
            where=lambda place: f"row {lines[place] + 1}",
            names=self._names(chosen),
        )

    def _names(self, chosen: Rows) -> list[str]:
        return self.names.texts(chosen) if len(self.names) else []

    def sequences(self, chosen: Rows) -> Sequences:
        """Return sequences as the simple methods take them, gaps filled."""
        return without_gaps(self.codec, self.as_given(chosen))

    def as_given(self, chosen: Rows) -> Sequences:
        """Return sequences as they were read: values that are missing stay so (NaN)."""
        inputs = self.inputs.take(chosen)
        found = Sequences(
            inputs.offsets, self.lines[self.inputs.places(chosen)], names=self._names(chosen)
        )
        if self.words is None or inputs.types is None:
            return replace(found, values=inputs.values)
        return replace(found, tokens=[self._spelled[each] for each in inputs.types.tolist()])

    @cached_property
    def _spelled(self) -> list[str]:
        assert self.words is not None
        return self.words.texts(np.arange(len(self.words)))

    def save(self, folder: Path) -> None:
        """Write `codec.json` and the arrays."""
        data = folder / "data"
        make_folder(data)
        for name, array in self.inputs.arrays().items():
            write_array(data / f"{name}.npy", array)
        write_array(data / "targets.npy", self.targets)
        write_array(data / "parts.npy", self.parts)
        write_array(data / "lines.npy", self.lines)
        self.names.save(data, "names")
        if self.words is not None:
            self.words.save(data, "spelled")
        if self.vectors is not None:
            write_array(data / "vectors.npy", self.vectors)
        write_json(folder / "codec.json", self.codec.to_dict())

    @classmethod
    def load(cls, folder: Path) -> Prepared:
        """Read what `save` wrote; large arrays stay on disk and are read as they are needed.

        Raises:
            RunError: A file is missing or damaged, or they do not belong together.
        """
        codec, data = read_value(folder / "codec.json", Codec.from_dict), folder / "data"
        try:
            arrays = {
                name: read_array(data / f"{name}.npy", kind, (None,) * axes, mmap=True)
                for name, (kind, axes) in layout(codec).items()
            }
            inputs = Inputs.from_arrays(codec, arrays)
            targets = read_array(data / "targets.npy", "int32", (inputs.positions,))
            parts = read_array(data / "parts.npy", "int8", (len(inputs),))
            lines = read_array(data / "lines.npy", "int64", (inputs.positions,), mmap=True)
            names = Ragged.load(data, "names", "uint8")
            words = Ragged.load(data, "spelled", "uint8") if inputs.table is not None else None
            vectors = _read_vectors(data, codec)
            _check(codec, inputs, targets, parts, lines, names, words)
        except (OSError, ValueError, KeyError) as error:
            raise damaged(data, error) from error
        return cls(codec, inputs, targets, parts, lines, names, words, vectors)

    def describe(self) -> dict[str, Any]:
        """Return what the data turned out to be, in a few figures."""
        codec, tags = self.codec, self.codec.tags
        is_tokens = codec.kind == "tokens"
        counts = Counter(dict(enumerate(np.bincount(self.targets[self.targets >= 0]).tolist())))
        shown = ", ".join(f"{tags.names[tag]} {count:,}" for tag, count in counts.most_common(8))
        more = f" and {len(tags) - 8} more" if len(tags) > 8 else ""
        lengths = np.diff(self.inputs.offsets)
        one, unit = ("sentences", "tokens") if is_tokens else ("series", "steps")
        facts = {
            one: f"{len(self.parts):,} of {lengths.min():,} to {lengths.max():,} {unit}",
            "tags": f"{len(tags)}: {shown}{more}",
            "metric": codec.metric.replace("_", " "),
        }
        if tags.has_spans:
            facts["spans"] = f"marked as {tags.written.upper()}"
        found = {part: int(lengths[rows].sum()) for part, rows in self._rows.items()}
        return {
            "unit": "sentence" if is_tokens else "series",
            "rows": self.inputs.positions,
            "kind": codec.kind,
            "classes": len(tags),
            "facts": facts,
            **{f"{part}_rows": found[part] for part in NUMBER},
            **{f"{part}_cases": len(self._rows[part]) for part in NUMBER},
            "roles": {role: tuple(columns) for role, columns in codec.roles.to_dict().items()
                      if len(columns) <= 12},
        }  # fmt: skip


def _read_vectors(data: Path, codec: Codec) -> Vectors | None:
    if not codec.vectors or codec.lexicon is None:
        return None
    shape = (codec.lexicon.size, codec.vectors)
    vectors = read_array(data / "vectors.npy", "float32", shape, mmap=True)
    if not np.isfinite(vectors).all():
        raise ValueError("the word vectors are not all numbers")
    return vectors


def _check(
    codec: Codec,
    inputs: Inputs,
    targets: npt.NDArray[np.int32],
    parts: npt.NDArray[np.int8],
    lines: Rows,
    names: Ragged,
    words: Ragged | None,
) -> None:
    """Refuse arrays that do not belong together.

    Raises:
        ValueError: They do not.
    """
    if targets.min(initial=0) < -1 or targets.max(initial=0) >= len(codec.tags):
        raise ValueError("a target is no tag")
    if lines.min(initial=0) < 0:
        raise ValueError("a position has no row")
    if words is not None and inputs.table is not None and len(words) != len(inputs.table.words):
        raise ValueError("the words are not those of the sentences")
    if len(names) not in (0, len(inputs)):
        raise ValueError("the names are not those of the sequences")
    part_of = np.repeat(parts, np.diff(inputs.offsets))[targets >= 0]
    for name, part in NUMBER.items():
        if not (part_of == part).any():
            raise ValueError(f"the {name} part is empty")
    if not np.isin(parts, list(NUMBER.values())).all():
        raise ValueError("a sequence is in no part")
