"""Sounds: samples of a wav file, and their log-mel spectrogram."""

from __future__ import annotations

import wave
from math import gcd
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RATE = 16_000
"""Samples a second to which every sound is brought."""

WINDOW, HOP, POINTS = 400, 160, 512
"""25 ms, 10 ms, and the points of the Fourier transform."""

BANDS = 40
LOWEST, HIGHEST = 20.0, 8_000.0
FLOOR = 1e-10
"""Power of silence."""

MAX_SAMPLES = 1 << 28
MIN_RATE, MAX_RATE = 1_000, 400_000


def read_wav(path: Path) -> tuple[Floats, int]:
    """Read a wav file of whole numbers of 8 to 32 bits; several channels are averaged.

    Returns:
        (samples,) from -1 to 1, and samples a second.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no such file, or has no sample; says why.
    """
    try:
        with wave.open(str(path), "rb") as file:
            count, width, channels = file.getnframes(), file.getsampwidth(), file.getnchannels()
            rate = file.getframerate()
            if count > MAX_SAMPLES or not MIN_RATE <= rate <= MAX_RATE or not 1 <= width <= 4:
                raise ValueError(f"{count:,} samples of {8 * width} bits at {rate:,} Hz")
            content = file.readframes(min(count, path.stat().st_size))
    except (wave.Error, EOFError) as error:
        why = str(error) or "it ends too early"
        raise ValueError(f"no wav file of whole numbers (PCM): {why}") from error
    step = width * channels
    content = content[: len(content) // step * step]
    if not content:
        raise ValueError("a wav file without a sample")
    return _samples(content, width).reshape(-1, channels).mean(axis=1), rate


def _samples(content: bytes, width: int) -> Floats:
    """Return whole numbers of `width` bytes as numbers from -1 to 1."""
    if width == 1:  # without a sign
        return (np.frombuffer(content, np.uint8).astype(np.float64) - 128) / 128
    if width == 3:
        parts = np.frombuffer(content, np.uint8).reshape(-1, 3).astype(np.int32)
        whole = parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16
        return (whole - ((whole & 0x800000) << 1)) / float(1 << 23)
    return np.frombuffer(content, f"<i{width}").astype(np.float64) / float(1 << (8 * width - 1))


def log_mel(samples: Floats, rate: int) -> Floats:
    """Return the log-mel spectrogram of a sound, 100 steps a second.

    Windows of 25 ms (Hann) every 10 ms; the power of each in 40 triangular bands that are equally
    wide on the mel scale, m = 2595 log10(1 + f / 700); the natural logarithm of it.

    Args:
        samples: (samples,) from -1 to 1.
        rate: Samples a second; others than 16,000 are resampled.

    Returns:
        (steps, 40); a sound of less than a window is one step.

    Source:
        Davis & Mermelstein 1980, "Comparison of parametric representations for monosyllabic word
        recognition", IEEE Transactions on Acoustics, Speech, and Signal Processing 28(4), figure 1;
        the scale as in O'Shaughnessy 1987, Speech Communication, p. 150.
    """
    if rate != RATE:
        from scipy.signal import resample_poly  # type: ignore[import-untyped]

        common = gcd(rate, RATE)
        samples = resample_poly(samples, RATE // common, rate // common)
    if len(samples) < WINDOW:
        samples = np.pad(samples, (0, WINDOW - len(samples)))
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    weights = mel_bands().T
    shape = np.hanning(WINDOW + 1)[:-1]
    blocks = [
        np.abs(np.fft.rfft(windows[at : at + 1000] * shape, POINTS)) ** 2 @ weights
        for at in range(0, len(windows), 1000)
    ]
    return np.log(np.maximum(np.concatenate(blocks), FLOOR))


def mel_bands() -> Floats:
    """Return the weight of each frequency in each band, (bands, points / 2 + 1)."""
    edges = np.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2)
    hertz = 700 * (10 ** (edges / 2595) - 1)
    frequencies = np.fft.rfftfreq(POINTS, 1 / RATE)
    rising = (frequencies - hertz[:-2, None]) / (hertz[1:-1] - hertz[:-2])[:, None]
    falling = (hertz[2:, None] - frequencies) / (hertz[2:] - hertz[1:-1])[:, None]
    bands: Floats = np.maximum(0.0, np.minimum(rising, falling))
    return bands


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))
