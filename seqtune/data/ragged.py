"""Sequences of different lengths, one after the other in a single flat array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array, write_array
from seqtune.files import damaged

Array = npt.NDArray[Any]
TOKEN = "int32"
CHANNEL = "float64"
BYTE = "uint8"


@dataclass(frozen=True, eq=False)
class Ragged:
    """Many sequences of different lengths.

    Args:
        values: (total_steps,) int32 tokens, or (total_steps, channels) float64: single precision
            would keep no differences of values far from zero.
        offsets: (sequences + 1,) int64; sequence `i` is `values[offsets[i]:offsets[i + 1]]`.

    Raises:
        ValueError: The offsets do not rise from 0 to the number of values.

    Example:
        >>> words = Ragged.from_list([[5, 6, 7], [8]])
        >>> words.take(np.array([1, 0]))[0]
        array([[8, 0, 0],
               [5, 6, 7]], dtype=int32)
    """

    values: Array
    offsets: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        offsets = self.offsets
        if offsets.ndim != 1 or not len(offsets) or offsets[0] != 0:
            raise ValueError("offsets do not begin with 0")
        if bool((offsets[1:] < offsets[:-1]).any()):
            raise ValueError("offsets fall")
        if offsets[-1] != len(self.values):
            raise ValueError(f"offsets end at {offsets[-1]}, expected {len(self.values)} values")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """The steps of each sequence, (sequences,) int64."""
        return np.diff(self.offsets)

    @classmethod
    def from_list(cls, sequences: Sequence[npt.ArrayLike], channels: int | None = None) -> Ragged:
        """Join sequences.

        Args:
            sequences: Each (steps,) tokens, or (steps, channels) numbers.
            channels: How many channels each step has; None for tokens.

        Raises:
            ValueError: A sequence has another number of axes or channels.
        """
        kind = TOKEN if channels is None else CHANNEL
        step: tuple[int, ...] = () if channels is None else (channels,)
        parts = [np.asarray(sequence, dtype=kind) for sequence in sequences]
        for number, part in enumerate(parts):
            if not part.ndim or part.shape[1:] != step:
                raise ValueError(
                    f"sequence {number} has shape {part.shape}, expected steps by {step}"
                )
        offsets = np.zeros(len(parts) + 1, np.int64)
        np.cumsum([len(part) for part in parts], out=offsets[1:])
        return cls(np.concatenate([np.empty((0, *step), kind), *parts]), offsets)

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Ragged:
        """Join texts, as UTF-8 bytes.

        Example:
            >>> Ragged.from_texts(["a", "bc"]).texts([1])
            ['bc']
        """
        encoded = [text.encode("utf-8", "replace") for text in texts]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(text) for text in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets)

    def texts(self, rows: npt.ArrayLike) -> list[str]:
        """Return sequences of bytes as texts; bytes that are none are replaced."""
        return [bytes(text).decode("utf-8", "replace") for text in self.select(rows)]

    def take(
        self, rows: npt.ArrayLike, longest: int | None = None
    ) -> tuple[Array, npt.NDArray[np.int64]]:
        """Gather a batch, padded with 0 at the right.

        Args:
            rows: (rows,) numbers of sequences, in any order; repeats and negatives as in numpy.
            longest: The exact width of the batch in steps; longer sequences lose their end.
                None for the longest sequence of the batch.

        Returns:
            The batch, (rows, steps) or (rows, steps, channels), and the steps that are no
            padding, (rows,) int64.
        """
        chosen = np.asarray(rows, dtype=np.int64)
        first = self.offsets[:-1][chosen]
        lengths = self.offsets[1:][chosen] - first
        steps = int(lengths.max(initial=0)) if longest is None else longest
        lengths = np.minimum(lengths, steps)
        position = np.arange(steps, dtype=np.int64)
        filled = position < lengths[:, None]
        batch = np.zeros((len(chosen), steps, *self.values.shape[1:]), self.values.dtype)
        batch[filled] = self.values[(first[:, None] + position)[filled]]
        return batch, lengths

    def select(self, rows: npt.ArrayLike) -> list[Array]:
        """Return sequences as they are, each (steps,) or (steps, channels), without copying."""
        chosen = np.asarray(rows, dtype=np.int64)
        first, end = self.offsets[:-1][chosen], self.offsets[1:][chosen]
        return [self.values[a:b] for a, b in zip(first.tolist(), end.tolist(), strict=True)]

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.npy` and `<name>_offsets.npy`, each whole or not at all.

        Raises:
            RunError: The folder cannot be written, or the disk is full.
        """
        kind = TOKEN if self.values.ndim == 1 else CHANNEL
        kind = BYTE if self.values.dtype == BYTE else kind
        write_array(folder / f"{name}.npy", np.ascontiguousarray(self.values, kind))
        write_array(folder / f"{name}_offsets.npy", np.ascontiguousarray(self.offsets, "int64"))

    @classmethod
    def load(cls, folder: Path, name: str, dtype: str, channels: int | None = None) -> Ragged:
        """Read what `save` wrote; the values are mapped into memory, read-only.

        Args:
            folder: Where the files are.
            name: What the sequences are called.
            dtype: "int32" for tokens, "float64" for channels.
            channels: How many channels are expected; None for tokens.

        Raises:
            RunError: A file is missing, is not such an array, or the two do not fit together.
        """
        path, beside = folder / f"{name}.npy", folder / f"{name}_offsets.npy"
        shape = (None,) if channels is None else (None, channels)
        values = _read(path, dtype, shape, mmap=True)
        offsets = _read(beside, "int64", (None,), mmap=False)
        try:
            return cls(values, offsets)
        except ValueError as error:
            raise damaged(beside, error) from error


def _read(path: Path, kind: str, shape: Sequence[int | None], *, mmap: bool) -> Array:
    try:
        return read_array(path, kind, shape, mmap=mmap)
    except (OSError, ValueError, EOFError) as error:
        raise damaged(path, error) from error
