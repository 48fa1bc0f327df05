"""Gaussian processes of sums and products of kernels, drawn by their spectra."""

from __future__ import annotations

import numpy as np

from pretraining.draws import Floats, Generator, Integers, chance, log_uniform, profiles
from pretraining.structural import multiplied

PARTS = 4


def draw(generator: Generator, periods: Integers, length: int) -> Floats:
    """Return Gaussian processes, (count, length).

    A stationary kernel is its spectrum. Each series has one to four parts: bells around the
    frequencies of a season and its harmonics (a periodic kernel times a squared exponential,
    whose width says how long the season keeps its shape) or around zero (a squared exponential, or
    a power of the frequency for a rational quadratic or a Matérn kernel). The season is the one
    told in six of ten parts, else any. A linear kernel adds a trend in four of ten; a product with
    a linear or slow kernel makes the swings grow in three of ten; white noise is 0.5 to 100 % of
    the rest.

    Source:
        The prior of KernelSynth: Ansari et al., Chronos, arXiv 2403.07815, section 4.2; spectra of
        kernels: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), chapter 4.
    """
    count = len(periods)
    wide = 1 << (2 * length - 1).bit_length()
    frequency = np.arange(wide // 2 + 1) / wide  # cycles a step
    density = np.zeros((count, len(frequency)), np.float32)
    parts = generator.integers(1, PARTS + 1, count)
    for part in range(PARTS):
        weight = log_uniform(generator, 0.05, 2.0, count) * (part < parts)
        density += (weight[:, None] * _part(generator, periods, frequency, length)).astype("f4")
    shape = density.shape
    spectrum = np.sqrt(density) * (
        generator.standard_normal(shape, "f4") + 1j * generator.standard_normal(shape, "f4")
    )
    values = np.fft.irfft(spectrum, axis=1)[:, :length].astype(np.float64)
    values /= np.maximum(values.std(axis=1, keepdims=True), 1e-9)
    time = np.linspace(-1.0, 1.0, length)
    slope = generator.standard_normal((count, 1)) * log_uniform(generator, 0.3, 6.0, (count, 1))
    growth = np.exp(generator.uniform(-1.2, 1.2, (count, 1)) * time)
    values = np.where(chance(generator, 0.3, (count, 1)), values * growth, values)
    fixed = profiles(generator, periods)
    phase = np.arange(length) % periods[:, None]
    fixed = np.take_along_axis(fixed, phase, axis=1) * log_uniform(generator, 0.2, 4.0, (count, 1))
    values += np.where(chance(generator, 0.3, (count, 1)), fixed, 0.0)
    values += np.where(chance(generator, 0.4, (count, 1)), slope * time, 0.0)
    white = log_uniform(generator, 0.005, 1.0, (count, 1))
    values += white * generator.standard_normal((count, length))
    return multiplied(generator, values, 0.25)


def _part(generator: Generator, periods: Integers, frequency: Floats, length: int) -> Floats:
    """Return the spectrum of one part, (count, frequencies), of unit sum."""
    count = len(periods)
    other = log_uniform(generator, 3.0, length / 2, count)
    told = (periods > 1) & chance(generator, 0.6, count)
    base = np.where(told, 1.0 / np.maximum(periods, 2), 1.0 / other)[:, None]
    lasts = log_uniform(generator, 30.0, 20.0 * length, (count, 1))  # steps a season keeps its form
    width = 1.0 / lasts
    decay = generator.uniform(0.5, 3.0, (count, 1))
    # distance to the nearest harmonic, and which it is
    order = np.round(frequency / base)
    distance = frequency - order * base
    near = np.where(order >= 1, np.maximum(order, 1.0) ** -decay, 0.0)
    near = near * (order <= generator.integers(1, 8, (count, 1)))
    season = near * np.exp(-0.5 * (distance / np.maximum(width, frequency[1] / 2)) ** 2)
    reach = log_uniform(generator, 3.0, 2.0 * length, (count, 1))
    bell = np.exp(-0.5 * (frequency * reach) ** 2)
    power = (1.0 + (frequency * reach) ** 2) ** -generator.uniform(0.6, 3.0, (count, 1))
    kind = generator.random((count, 1))
    density = np.where(kind < 0.5, season, np.where(kind < 0.75, bell, power))
    return density / np.maximum(density.sum(axis=1, keepdims=True), 1e-12)
