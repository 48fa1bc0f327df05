"""Counts of n-grams in two files, mapped into memory: a model that is opened, not fitted again.

The first says in JSON what the levels are, the second holds their keys and counts one after the
other, each in the type that they have in memory, beginning at a multiple of eight bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.ngram_level import Level, key_type
from seqtune.baselines.ngram_model import KneserNey
from seqtune.data.array_file import read_array, write_array
from seqtune.files import read_value, write_json

ALIGNED = 8
"""Bytes, a multiple of which each array begins at."""

MOST_LEVELS = 64
COUNT_TYPES = ("uint8", "uint16", "uint32", "uint64")

Bytes = npt.NDArray[np.uint8]


def write_ngrams(model: KneserNey, path: Path) -> None:
    """Keep a model.

    Args:
        model: The model.
        path: The JSON file; the counts stand beside it, in a file of the same name.

    Raises:
        RunError: The folder cannot be written, or the disk is full.
    """
    levels = [
        {
            "ngrams": len(level.keys),
            "counts": level.counts.dtype.name,
            "taken": level.taken.tolist(),
        }
        for level in model.levels
    ]
    parts = [_padded(each) for level in model.levels for each in (level.keys, level.counts)]
    write_array(path.with_suffix(".npy"), np.concatenate(parts))
    write_json(path, {"vocabulary": model.vocabulary, "levels": levels})


def read_ngrams(path: Path, vocabulary: int) -> KneserNey:
    """Open what `write_ngrams` kept; the counts are read as they are needed.

    Args:
        path: The JSON file.
        vocabulary: How many tokens there are.

    Raises:
        RunError: The JSON file is missing or damaged.
        ValueError: The counts are no such model.
        OSError: They cannot be read.
    """
    described = read_value(path, lambda values: _described(values, vocabulary))
    cut = _cutter(read_array(path.with_suffix(".npy"), "uint8", (None,), mmap=True))
    levels: list[Level] = []
    contexts, base = 1, vocabulary + 1
    for ngrams, kind, taken in described:
        keys, counts = cut(key_type(contexts, base), ngrams), cut(np.dtype(kind), ngrams)
        if ngrams and not ((keys[1:] > keys[:-1]).all() and keys[-1] < contexts * base):
            raise ValueError("the keys of n-grams do not ascend")
        levels.append(Level(keys, counts, contexts, np.array(taken), base))
        contexts = ngrams
    return KneserNey(levels, vocabulary)


def _described(values: Any, vocabulary: int) -> list[tuple[int, str, list[float]]]:
    """Return of each level how many n-grams it has, the type of its counts, and what is taken.

    Raises:
        ValueError: It is something else.
    """
    if values["vocabulary"] != vocabulary or not 0 < len(values["levels"]) <= MOST_LEVELS:
        raise ValueError("it is of another vocabulary")
    levels = []
    for each in values["levels"]:
        ngrams, kind, taken = each["ngrams"], each["counts"], each["taken"]
        is_sound = type(ngrams) is int and ngrams >= 0 and kind in COUNT_TYPES and len(taken) == 4
        if not is_sound or not all(0 <= one <= most for most, one in enumerate(taken)):
            raise ValueError("expected the counts of n-grams")
        levels.append((ngrams, kind, [float(one) for one in taken]))
    return levels


def _cutter(content: Bytes) -> Callable[[np.dtype[Any], int], npt.NDArray[Any]]:
    """Return what takes one array after the other from the bytes of all."""
    begin = 0

    def cut(kind: np.dtype[Any], size: int) -> npt.NDArray[Any]:
        nonlocal begin
        end = begin + kind.itemsize * size
        if end > len(content):
            raise ValueError("there are fewer counts than it says")
        found, begin = content[begin:end].view(kind), end + -end % ALIGNED
        return found

    return cut


def _padded(array: npt.NDArray[Any]) -> Bytes:
    return np.frombuffer(array.tobytes() + bytes(-array.nbytes % ALIGNED), np.uint8)
