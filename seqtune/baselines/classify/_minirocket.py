"""MiniRocket: thousands of features of a series, each the share of steps that match a pattern.

The patterns are the 84 kernels of length 9 with six weights of -1 and three of 2, spread over
time by dilations from 1 to where they span the series. A feature is the proportion of steps at
which the convolution is above a bias (the proportion of positive values); the biases are
quantiles of the convolution of a training case drawn at random. In half of the combinations of
kernel and dilation the series is padded with zeros to keep its length; in the other half only
the steps count at which the kernel lies within the series. As the weights sum to zero, the
latter do not see a series' level. Each combination sums over a random subset of up to nine
channels, as in the authors' multivariate version.

Other than in the authors' version, the quantiles are taken over just the steps that count.

Source:
    Dempster, Schmidt and Webb 2021, "MiniRocket: a very fast (almost) deterministic transform
    for time series classification", KDD, arXiv 2012.08791, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import log2, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

LENGTH = 9
KERNELS = np.array(list(combinations(range(LENGTH), 3)))  # (84, 3), the places of the weights 2
FEATURES = 10_000
MAX_DILATIONS = 32
MAX_CHANNELS = 9
CELLS = 1 << 17  # of one kernel's convolution, over all cases of a block
COUNTED = 255  # steps that a uint8 can count

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Group:
    """The kernels with one dilation and one way of padding.

    Args:
        kernels: (kernels, 3), the places of the weights 2.
        dilation: Steps between two weights.
        padding: Zeros before the first and after the last step.
        channels: (kernels, channels), float32, ones for the channels summed over.
        biases: (kernels, biases), float32.
    """

    kernels: npt.NDArray[np.intp]
    dilation: int
    padding: int
    channels: Singles
    biases: Singles


def draw(series: Singles, seed: int) -> list[Group]:
    """Draw the channels and biases of all kernels from training cases.

    Args:
        series: (channels, steps, cases), at least 9 steps and one case.
        seed: Of the draws of channels and cases.

    Returns:
        Groups with about 10,000 biases in all.
    """
    random = np.random.default_rng(seed)
    channels, steps, _ = series.shape
    golden = (sqrt(5) + 1) / 2
    drawn = 0
    groups = []
    for index, (dilation, count) in enumerate(_dilations(steps)):
        for is_padded in (True, False):
            rows = slice((index + (not is_padded)) % 2, None, 2)
            kernels = KERNELS[rows]
            group = Group(
                kernels,
                dilation,
                (LENGTH // 2) * dilation if is_padded else 0,
                _subsets(len(kernels), channels, random),
                np.empty((len(kernels), count), np.float32),
            )
            cases = series[:, :, random.integers(series.shape[2], size=len(kernels))]
            own = np.einsum("csq,qc->qs", cases, group.channels)[:, :, None]
            levels = (np.arange(drawn + 1, drawn + 1 + group.biases.size) * golden) % 1
            values = np.stack([each[:, 0] for each in _convolutions(own, group)])
            group.biases[:] = _quantiles(values, levels.reshape(group.biases.shape))
            drawn += group.biases.size
            groups.append(group)
    return groups


def transform(series: Singles, groups: list[Group]) -> Singles:
    """Return the proportions of positive values.

    Args:
        series: (channels, steps, cases), with as many steps and channels as at the draw.
        groups: From `draw`.

    Returns:
        (cases, features), float32, within [0, 1].
    """
    _, steps, count = series.shape
    block = max(CELLS // steps, 1)
    features = np.empty((count, sum(group.biases.size for group in groups)), np.float32)
    for start in range(0, count, block):
        some = np.ascontiguousarray(series[:, :, start : start + block])
        features[start : start + block] = np.concatenate(
            [_proportions(some, group) for group in groups]
        ).T
    return features


def _proportions(series: Singles, group: Group) -> Singles:
    """Return (features, cases) of one group, a block of biases for each of its kernels."""
    own = series if len(series) == 1 else _mixed(group.channels, series)
    counts = np.zeros((*group.biases.shape, series.shape[2]), np.float32)
    for kernel, convolved in enumerate(_convolutions(own, group)):
        for start in range(0, len(convolved), COUNTED):
            some = convolved[start : start + COUNTED]
            above = (some > group.biases[kernel, :, None, None]).view(np.uint8)
            counts[kernel] += np.add.reduce(above, axis=1, dtype=np.uint8)
    counts /= np.float32(len(convolved))
    return counts.reshape(-1, series.shape[2])


def _mixed(channels: Singles, series: Singles) -> Singles:
    """Sum the channels of each kernel: (kernels, steps, cases)."""
    return (channels @ series.reshape(len(series), -1)).reshape(-1, *series.shape[1:])


def _convolutions(series: Singles, group: Group) -> Iterator[Singles]:
    """Convolve each kernel with its own series, or all kernels with the same.

    One kernel at a time stays in the processor's cache, which halves the time.

    Args:
        series: (kernels or 1, steps, cases).
        group: The kernels.

    Yields:
        (steps, cases) of each kernel; without padding fewer steps.
    """
    padded = np.pad(series, ((0, 0), (group.padding, group.padding), (0, 0)))
    steps = padded.shape[1] - (LENGTH - 1) * group.dilation
    tripled = np.float32(3) * padded
    places = [
        slice(place * group.dilation, place * group.dilation + steps) for place in range(LENGTH)
    ]
    # Weights -1 and 2 are -1 everywhere, and 3 more at three places.
    everywhere = -sum((padded[:, place] for place in places[1:]), padded[:, places[0]])
    for kernel, (first, *others) in enumerate(group.kernels):
        row = kernel % len(series)
        convolved = everywhere[row] + tripled[row, places[first]]
        for other in others:
            convolved += tripled[row, places[other]]
        yield convolved


def _quantiles(values: Singles, levels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return quantiles of each row at its own levels, both (rows, …); numpy's share levels."""
    ordered = np.sort(values, axis=1)
    places = levels * (values.shape[1] - 1)
    below = places.astype(np.intp)
    low = np.take_along_axis(ordered, below, axis=1)
    high = np.take_along_axis(ordered, np.minimum(below + 1, values.shape[1] - 1), axis=1)
    return np.asarray(low + (places - below) * (high - low))


def _dilations(steps: int) -> list[tuple[int, int]]:
    """Return the dilations, and how many biases each kernel has with it."""
    biases = FEATURES // len(KERNELS)
    longest = log2((steps - 1) / (LENGTH - 1))
    spaced = np.logspace(0, longest, MAX_DILATIONS, base=2).astype(int)
    dilations, shares = np.unique(spaced, return_counts=True)
    counts = shares * biases // MAX_DILATIONS
    counts[: biases - counts.sum()] += 1
    return [(int(d), int(c)) for d, c in zip(dilations, counts, strict=True)]


def _subsets(kernels: int, channels: int, random: np.random.Generator) -> Singles:
    """Draw channels for each kernel: more often few than many, up to nine."""
    most = log2(min(channels, MAX_CHANNELS) + 1)
    sizes = (2 ** random.uniform(0, most, kernels)).astype(int)
    chosen = np.zeros((kernels, channels), np.float32)
    for row, size in zip(chosen, sizes, strict=True):
        row[random.choice(channels, size, replace=False)] = 1.0
    return chosen
