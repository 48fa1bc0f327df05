"""The window that VUS-PR is customarily measured with: the strongest lag of the autocorrelation.

It differs from `seqtune.data.panel.seasonality`, which decides what a season is. That measures dips
of
the variogram, takes the frequency's conventional periods before others, and answers that there is
none where there is none. The benchmark's rule below takes whatever lag is highest after the first
few, looks no further than 303 rows (a daily season of minutes or a yearly one of days is out of
its sight) and has an answer for white noise too. A forecast wants the first; figures that shall be
compared with those of the benchmark want the second.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WINDOW = 125
"""Where no lag stands out."""

ROWS = 20_000
LAGS = 400
BASE = 3
ROUNDING = 1e-14
"""Rows that vary by no more than this share of their size are constant."""

SHORTEST, LONGEST = 6, 303


def dominant_window(values: Floats) -> int:
    """Return the lag at which the autocorrelation has its highest local maximum.

    `argmax of r_k over 3 < k < 400 with r_(k-1) < r_k > r_(k+1)`, of the first 20,000 rows, with
    r_k as the biased autocorrelation; 125 where that lag is below 6 or above 303, or there is no
    maximum.

    Args:
        values: (rows,), one channel of one series; NaN counts as the mean.

    Returns:
        The window in rows, 6 to 303.

    Example:
        >>> dominant_window(np.sin(np.arange(1000) * 2 * np.pi / 24))
        24
        >>> dominant_window(np.zeros(1000))
        125

    Source:
        `find_length_rank` of TSB-AD (Liu and Paparrizos 2024, "The elephant in the room: towards
        a reliable time-series anomaly detection benchmark", NeurIPS), at rank 1.
    """
    head = values[:ROWS]
    known = np.isfinite(head)
    if not known.any():
        return WINDOW
    centred = np.where(known, head - head[known].mean(), 0.0)
    largest = np.abs(centred).max()
    centred = centred / (largest or 1.0)
    size = 1 << (2 * len(centred) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    correlation = np.fft.irfft(spectrum * spectrum.conj(), size)[: min(LAGS + 1, len(centred))]
    if largest <= ROUNDING * np.abs(head[known]).max():
        return WINDOW
    correlation = correlation / correlation[0]
    before, here, after = correlation[BASE:-2], correlation[BASE + 1 : -1], correlation[BASE + 2 :]
    maxima = np.flatnonzero((here > before) & (here > after)) + BASE + 1
    if not len(maxima):
        return WINDOW
    lag = int(maxima[np.argmax(correlation[maxima])])
    return lag if SHORTEST <= lag <= LONGEST else WINDOW
