"""Cycles that nobody told: hares and lynxes, sunspots, waves of a changing length."""

from __future__ import annotations

import numpy as np

from pretraining.draws import Floats, Generator, Integers, chance, log_uniform, noise, slow


def draw(generator: Generator, periods: Integers, length: int) -> Floats:
    """Return oscillations whose phase and size wander, (count, length).

    A cycle takes 4 to 150 steps, its pace wanders by 1 to 20 %, its height by up to 60 %; the wave
    is a sine, sharpened (an exponential or a power of it) or leaning (its phase bent). A fifth is
    an autoregression of order two with complex roots, a tenth the logistic map.
    """
    count = len(periods)
    cycle = log_uniform(generator, 4.0, 150.0, (count, 1))
    pace = 1.0 + log_uniform(generator, 0.01, 0.2, (count, 1)) * noise(generator, count, length)
    drift = 1.0 + generator.uniform(0.0, 0.3, (count, 1)) * slow(generator, count, length)
    angle = 2 * np.pi * (np.cumsum(pace * drift / cycle, axis=1) + generator.random((count, 1)))
    lean = generator.uniform(-0.8, 0.8, (count, 1)) * chance(generator, 0.5, (count, 1))
    wave = np.sin(angle + lean * np.sin(angle))
    sharp = log_uniform(generator, 0.5, 4.0, (count, 1))
    wave = np.where(chance(generator, 0.5, (count, 1)), np.exp(sharp * wave), wave)
    wave = wave / np.maximum(wave.std(axis=1, keepdims=True), 1e-9)
    height = np.exp(generator.uniform(0.0, 0.6, (count, 1)) * slow(generator, count, length))
    values = wave * height
    size = log_uniform(generator, 0.02, 0.6, (count, 1))
    values += size * noise(generator, count, length)
    kind = generator.random(count)
    values[kind < 0.2] = _autoregression(generator, int((kind < 0.2).sum()), length)
    values[kind > 0.9] = _logistic(generator, int((kind > 0.9).sum()), length)
    return values


def _autoregression(generator: Generator, count: int, length: int) -> Floats:
    """Return autoregressions of order two with complex roots, half of them exponentials."""
    radius = 1.0 - log_uniform(generator, 0.005, 0.3, count)
    angle = 2 * np.pi / log_uniform(generator, 3.0, 60.0, count)
    first, second = 2 * radius * np.cos(angle), -(radius**2)
    error = noise(generator, count, length + 50)
    values = np.zeros((count, length + 50))
    for step in range(2, length + 50):
        values[:, step] = (
            first * values[:, step - 1] + second * values[:, step - 2] + error[:, step]
        )
    values = values[:, 50:] / np.maximum(values[:, 50:].std(axis=1, keepdims=True), 1e-9)
    return np.where(chance(generator, 0.5, (count, 1)), np.exp(np.clip(values, -4, 4)), values)


def _logistic(generator: Generator, count: int, length: int) -> Floats:
    """Return paths of the logistic map with a little noise."""
    growth = generator.uniform(3.4, 4.0, count)
    state = generator.uniform(0.1, 0.9, count)
    values = np.empty((count, length))
    for step in range(length):
        values[:, step] = state
        state = np.clip(growth * state * (1.0 - state), 1e-3, 1.0 - 1e-3)
    return values + 0.02 * generator.standard_normal((count, length))
