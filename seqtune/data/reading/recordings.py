"""Files that a column names, read as series: sounds, arrays and images.

A sound becomes a log-mel spectrogram, 100 steps a second; an array is taken as it is; an image
becomes a step for each row of its pixels.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_numbers
from seqtune.data.reading.sound import RATE, log_mel, read_wav
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, MissingExtra, literal

Floats = npt.NDArray[np.float64]

SOUNDS, ARRAYS = (".wav", ".wave"), (".npy",)
IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm")

MAX_PIXELS = 1 << 24
"""Pixels of an image at most; larger ones are no lines of writing."""

PATH_SHARE = 0.8
"""So many cells of a column of paths end as a file does that can be read."""


def are_paths(texts: Sequence[str]) -> bool:
    """Say whether texts are paths of sounds, arrays or images.

    Example:
        >>> are_paths(["a/1.wav", "a/2.WAV"]), are_paths(["wave", "a.b"])
        (True, False)
    """
    known = (*SOUNDS, *ARRAYS, *IMAGES)
    present = [text.strip().lower() for text in texts if text.strip()]
    return bool(present) and sum(map(_ends(known), present)) >= PATH_SHARE * len(present)


def _ends(known: tuple[str, ...]) -> Callable[[str], bool]:
    return lambda text: text.endswith(known)


def read_recordings(source: Source, column: str) -> tuple[list[Floats], tuple[str, ...]]:
    """Read the file that each row of a table names, relative to the table.

    Args:
        source: The table.
        column: Its column of paths; an empty cell gives a series without a step.

    Returns:
        (steps, channels) float64 of each row, and what was decided.

    Raises:
        DataError: Files are missing, broken, or have other channels than the rest; names the row
            and the path of the first, and says how many there are.
        MissingExtra: There are images, and Pillow is not installed.
    """
    folder, rates = source.path.parent, Counter[int]()
    found: dict[str, Floats] = {}
    faults: list[tuple[int, str, str]] = []
    texts = [text.strip() for text in source.texts(column)]
    for row, text in enumerate(texts):
        if text and text not in found:
            try:
                found[text] = _read(folder / text, rates)
            except (OSError, ValueError) as error:
                faults.append((row, text, str(error)))
    if faults:
        row, text, why = faults[0]
        more = f"; {len(faults)} such files" if len(faults) > 1 else ""
        raise DataError(
            f"{source.where(row)}: column {column!r} names {literal(text)[:200]!r}: {why}{more}",
            f"paths are relative to {folder}; correct or leave out the row",
        )
    if not found:
        raise DataError(
            f"{source.path}: column {column!r} has no values; expected paths",
            "name another column: --source COLUMN",
        )
    width = Counter(each.shape[1] for each in found.values()).most_common(1)[0][0]
    other = next((name for name, each in found.items() if each.shape[1] != width), None)
    if other is not None:
        raise DataError(
            f"{source.where(texts.index(other))}: {literal(other)[:200]!r} has "
            f"{found[other].shape[1]} channels, expected {width} as most files have",
            "give all files the same channels, or images of the same width",
        )
    notes = []
    resampled = sum(count for rate, count in rates.items() if rate != RATE)
    if resampled:
        shown = ", ".join(f"{rate:,}" for rate in sorted(rates) if rate != RATE)
        notes.append(f"{resampled:,} sounds of {shown} Hz were resampled to {RATE:,} Hz")
    empty = np.zeros((0, width))
    return [found.get(text, empty) for text in texts], tuple(notes)


def _read(path: Path, rates: Counter[int]) -> Floats:
    """Read one file as (steps, channels).

    Raises:
        OSError: It cannot be read.
        ValueError: It is something else; says what.
    """
    ending = path.suffix.lower()
    if not path.is_file():
        raise FileNotFoundError("there is no such file")
    if ending in SOUNDS:
        samples, rate = read_wav(path)
        rates[rate] += 1
        return log_mel(samples, rate)
    if ending in ARRAYS:
        return _array(path)
    if ending in IMAGES:
        return _image(path)
    known = ", ".join((*SOUNDS[:1], *ARRAYS, *IMAGES[:3]))
    raise ValueError(f"files that end in {ending!r} are not read; expected {known}")


def _array(path: Path) -> Floats:
    values = read_numbers(path)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or not values.size:
        raise ValueError(f"an array of shape {list(values.shape)}, expected [steps, channels]")
    series = values.astype(np.float64)
    if np.isinf(series).any():
        raise ValueError("an infinite value")
    return series


def _image(path: Path) -> Floats:
    """Return (rows, columns) of the brightness of pixels, 0 to 1."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise MissingExtra(
            f"{path} is an image, for which a package is needed that is not installed",
            "pip install 'seqtune[images]'",
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ValueError(f"an image of {image.width} by {image.height} pixels")
                return np.asarray(image.convert("L"), np.float64) / 255
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise ValueError("not an image, or a broken one") from error
