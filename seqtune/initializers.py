"""Initial weights drawn with numpy.

Keras draws them with the backend, which on JAX compiles a small program for every new shape: five
seconds of a first trial that trains for two. The distributions are Keras's own defaults.
"""

from __future__ import annotations

import random
from statistics import NormalDist
from typing import Any

import keras
import numpy as np
import numpy.typing as npt


def seed_everything(seed: int) -> None:
    """Seed initial weights, dropout and whatever else draws, without loading a second backend.

    `keras.utils.set_random_seed` also seeds TensorFlow where it is merely installed, and imports
    it for that; Keras draws its own default seeds from Python's generator.
    """
    keras.utils.clear_session(free_memory=False)
    random.seed(seed)
    np.random.seed(seed % 2**32)


class _Drawn(keras.initializers.Initializer):  # type: ignore[misc]
    """An initializer that draws with numpy, seeded from Python's generator."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> npt.NDArray[np.float32]:
        """Return initial weights of a shape."""
        return self.draw(np.random.default_rng(random.getrandbits(64)), shape).astype(np.float32)

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw weights of a shape."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Return nothing: there is nothing to configure."""
        return {}


@keras.saving.register_keras_serializable("seqtune")
class GlorotUniform(_Drawn):
    """Uniform within ± sqrt(6 / (inputs + outputs)).

    Source:
        Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks
        (AISTATS 2010), equation 16.
    """

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw weights (inputs, outputs)."""
        limit = np.sqrt(6.0 / (shape[0] + shape[-1]))
        return generator.uniform(-limit, limit, shape)


@keras.saving.register_keras_serializable("seqtune")
class HeUniform(_Drawn):
    """Uniform within ± sqrt(6 / inputs), for convolutions: an input is a feature of a step.

    Source:
        He et al., Delving Deep into Rectifiers, arXiv 1502.01852, equation 10.
    """

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw weights (kernel, features, filters)."""
        limit = np.sqrt(6.0 / np.prod(shape[:-1]))
        return generator.uniform(-limit, limit, shape)


@keras.saving.register_keras_serializable("seqtune")
class Orthogonal(_Drawn):
    """Orthogonal rows or columns, whichever are fewer.

    Source:
        Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural
        networks, arXiv 1312.6120, section 3.
    """

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw weights (inputs, outputs)."""
        rows, columns = shape
        square, upper = np.linalg.qr(
            generator.standard_normal((max(rows, columns), min(rows, columns)))
        )
        square *= np.sign(np.diag(upper))
        return square if rows >= columns else square.T


@keras.saving.register_keras_serializable("seqtune")
class SmallUniform(_Drawn):
    """Uniform within ± 0.05, for embeddings."""

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw weights (symbols, features)."""
        return generator.uniform(-0.05, 0.05, shape)


KERNEL_STEPS, HIGH_STEPS = 9, 3
"""Steps that a random kernel looks at, and how many of them have the weight 2."""

MOST_CHANNELS = 9
"""Channels that a random kernel looks at, at most."""


@keras.saving.register_keras_serializable("seqtune")
class SparsePatterns(_Drawn):
    """Kernels of which each sums over a few channels, with weights of -1 and three of 2.

    The weights sum to zero. One of two kernels looks at the first half of the channels, the others
    at the second half; more often at few of them than at many.

    Source:
        Dempster et al., MiniRocket, arXiv 2012.08791, section 3.1; the channels as in the authors'
        multivariate version.
    """

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw weights (9, channels, kernels)."""
        steps, channels, kernels = shape
        half = channels // 2
        most = np.log2(min(half, MOST_CHANNELS) + 1)
        drawn = np.zeros(shape)
        for kernel in range(kernels):
            pattern = np.full(steps, -1.0)
            pattern[generator.choice(steps, HIGH_STEPS, replace=False)] = 2.0
            seen = generator.choice(half, int(2 ** generator.uniform(0, most)), replace=False)
            drawn[:, seen + half * (kernel % 2), kernel] = pattern[:, None]
        return drawn


@keras.saving.register_keras_serializable("seqtune")
class NormalQuantiles(_Drawn):
    """Quantiles of a standard normal variable at levels from 0.05 to 0.95, at random."""

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw values of a shape."""
        levels = generator.uniform(0.05, 0.95, shape)
        drawn = [NormalDist().inv_cdf(level) for level in levels.ravel()]
        return np.reshape(drawn, shape)


def recurrent_initializers() -> dict[str, Any]:
    """Return the initializers of a Keras recurrent layer, drawn with numpy."""
    return {"kernel_initializer": GlorotUniform(), "recurrent_initializer": Orthogonal()}


UNSEEN = 0.02
"""What is added to every count: a class that training never had is rare, not impossible."""


@keras.saving.register_keras_serializable("seqtune")
class LogFrequencies(keras.initializers.Initializer):  # type: ignore[misc]
    """The bias of logits at which an untrained network says how frequent each class is.

    From zero, the first minutes of a language model go into learning just that: three minutes on a
    novel of 1.2 million characters left 2.41 bits per character, and 1.80 from here
    (docs/notes/generation.md, "In three minutes").

    Args:
        counts: (classes,) how often each class is in training; None where the weights of a file
            are to come.
        total: Cases, of which each may have any number of classes; None where each has one.

    Example:
        >>> LogFrequencies([3, 1])((2,)).round(2)
        array([-0.29, -1.38], dtype=float32)
    """

    def __init__(self, counts: npt.ArrayLike | None = None, total: float | None = None) -> None:
        self.counts = None if counts is None else np.asarray(counts, np.float64)
        self.total = total

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> npt.NDArray[np.float32]:
        """Return the logarithm of each frequency; for `total` cases, of its odds."""
        if self.counts is None:
            return np.zeros(shape, np.float32)
        counts = self.counts + UNSEEN
        others = counts.sum() if self.total is None else self.total - self.counts + UNSEEN
        return np.log(counts / others).astype(np.float32)

    def get_config(self) -> dict[str, Any]:
        """Return nothing: a file of weights holds the trained bias."""
        return {}


@keras.saving.register_keras_serializable("seqtune")
class Given(keras.initializers.Initializer):  # type: ignore[misc]
    """Begins with vectors that were read from a file; with zeros where its weights are to come."""

    def __init__(self, vectors: npt.NDArray[np.float32] | None = None) -> None:
        self.vectors = vectors

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> npt.NDArray[np.float32]:
        """Return the vectors."""
        return np.zeros(shape, np.float32) if self.vectors is None else np.asarray(self.vectors)

    def get_config(self) -> dict[str, Any]:
        """Return nothing: a file of weights holds the trained vectors."""
        return {}
