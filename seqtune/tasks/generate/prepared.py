"""Text ready for training: a long array of tokens on disk, the borders of its parts, the codec."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array, write_array
from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.files import damaged, read_value, write_json
from seqtune.tasks._values import Fold, Until
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.encoded import CHARACTERS, STEPS, EncodedText
from seqtune.tasks.generate.step_tokens import units_of

Array = npt.NDArray[Any]

PARTS = ("train", "validation", "test")

MAX_TESTED = 4_000_000
"""Tokens of the test part that the winner is scored on at most."""

MAX_COMPARED = 32_768
"""Tokens of the validation part that configurations are compared on; more would take a larger
share of the time than they tell the better from the worse."""


@dataclass(frozen=True)
class Prepared:
    """The text of one run.

    Args:
        codec: What was fitted on the training text.
        arrays: (tokens,) ids by kind of token: `END` before each document, then its tokens; the
            training part first, the test part last.
        folder: Where it was opened; None where it was made just now.
    """

    codec: Codec
    arrays: dict[str, Array]
    folder: Path | None = None

    @property
    def metric(self) -> str:
        """The metric that selects."""
        return self.codec.metric

    @property
    def folds(self) -> Sequence[Fold]:
        """No folds: one part is held out."""
        return ()

    @property
    def kinds(self) -> list[str]:
        """The kinds of token."""
        return list(self.arrays)

    def until(self, kind: str, part: Until) -> Array:
        """Return all tokens of the parts up to one."""
        return self.arrays[kind][: self.codec.borders[kind][PARTS.index(part)]]

    def bounds(self, kind: str, part: str) -> tuple[int, int]:
        """Return the first token of a part that is predicted, and the end."""
        borders = (1, *self.codec.borders[kind])  # nothing comes before the first token
        number = PARTS.index(part)
        return borders[number], borders[number + 1]

    def compared(self, kind: str, part: str) -> tuple[int, int]:
        """Return the same for what scores are taken of."""
        begin, end = self.bounds(kind, part)
        most = MAX_COMPARED if part == "validation" else MAX_TESTED
        return begin, min(end, begin + most)

    def encoded(self, part: str) -> EncodedText:
        """Return what scores of a part are taken of."""
        kind = self.kinds[0]
        begin, end = self.compared(kind, part)
        size, unit = end - begin, CHARACTERS
        if self.codec.is_of_events:
            steps = units_of(self.codec.tokens[kind], self.arrays[kind][begin:end])
            size, unit = round(float(steps.sum())), STEPS
        return EncodedText(lambda kind: (self.arrays[kind], *self.compared(kind, part)), size, unit)

    def documents(self, kind: str, part: str, most: int | None = None) -> Ragged:
        """Return the documents of a part, each with `END` as its last token where it ends in it.

        Args:
            kind: The kind of token.
            part: "train", "validation" or "test".
            most: The last so many tokens of it at most.
        """
        begin, end = self.bounds(kind, part)
        if most is not None:
            begin = max(begin, end - most)
        tokens = np.asarray(self.arrays[kind][begin:end], np.int32)
        ends = np.flatnonzero(tokens == END) + 1
        offsets = np.unique(np.concatenate([[0], ends, [len(tokens)]])).astype(np.int64)
        return Ragged(tokens, offsets)

    def source_text(self, part: Until = "train") -> Iterator[str]:
        """Yield the text of the parts up to one, piece by piece; unknown characters are U+FFFD."""
        kind = next((each for each in ("byte", "character") if each in self.arrays), self.kinds[0])
        decoder, tokens = self.codec.tokens[kind].decoder(), self.until(kind, part)
        for begin in range(0, len(tokens), MAX_COMPARED):
            yield decoder.feed_all(tokens[begin : begin + MAX_COMPARED].tolist())
        yield decoder.flush()

    def save(self, folder: Path) -> None:
        """Write the arrays and fitted simple methods to `folder/data`, and the codec beside it."""
        data = folder / "data"
        data.mkdir(exist_ok=True)
        for kind, array in self.arrays.items():
            write_array(data / f"{kind}.npy", array)
        write_json(folder / "codec.json", self.codec.to_dict())
        kept = () if self.folder is None else (self.folder / "data").glob("*.json")
        for path in kept:  # simple methods, each with its counts beside it
            for file in (path.with_suffix(".npy"), path):
                if file.exists() and not (data / file.name).exists():
                    shutil.copyfile(file, data / file.name)

    @classmethod
    def load(cls, folder: Path) -> Prepared:
        """Open what `save` wrote; the arrays stay on disk and are read as they are needed.

        Raises:
            RunError: A file is missing or damaged, or they do not belong together.
        """
        codec, data = read_value(folder / "codec.json", Codec.from_dict), folder / "data"
        arrays = {}
        for kind, tokens in codec.tokens.items():
            file = data / f"{kind}.npy"
            try:
                array = read_array(file, tokens.dtype, (codec.borders[kind][-1],), mmap=True)
                _check(array, tokens.size)
            except (OSError, ValueError, EOFError) as error:
                raise damaged(file, error) from error
            arrays[kind] = array
        return cls(codec, arrays, folder)

    def describe(self) -> dict[str, Any]:
        """Return, for the plan and the report, what the data turned out to be."""
        codec = self.codec
        sizes = ", ".join(f"{len(self.arrays[kind]):,} {kind} tokens" for kind in self.kinds)
        known = ", ".join(f"{each.size - 2:,} of {kind}" for kind, each in codec.tokens.items())
        unit = "step" if codec.is_of_events else "character"
        parts = dict(zip(("training", "validation", "test"), codec.characters, strict=True))
        return {
            "unit": unit,
            "rows": sum(codec.characters),
            "documents": codec.documents,
            "facts": {
                "documents": f"{codec.documents:,}",
                "length": f"{sum(codec.characters):,} {unit}s; {sizes}",
                "vocabulary": known,
                "metric": codec.metric.replace("_", " "),
            },
            **{f"{part}_rows": number for part, number in parts.items()},
            **{f"{part}_{unit}s": number for part, number in parts.items()},
            "roles": _roles(codec),
        }


def _roles(codec: Codec) -> dict[str, tuple[str, ...]]:
    columns = codec.columns
    series = (columns.series,) if columns.series else ()
    found = {
        "text": (codec.column,) if codec.column else (),
        "events": columns.events,
        "series": series,
    }
    return {role: names for role, names in found.items() if names}


def _check(array: Array, size: int) -> None:
    """Refuse ids that the vocabulary does not have.

    Raises:
        ValueError: There is one.
    """
    step = 1 << 22
    for begin in range(0, len(array), step):
        if int(array[begin : begin + step].max(initial=0)) >= size:
            raise ValueError("a token is not in the vocabulary")
    if len(array) and array[0] != END:
        raise ValueError("no document begins at its beginning")
