"""The trained network, computed by NumPy: it answers before a backend would be loaded.

Patches of the history go through two layers of gated recurrent units; the last state and the
summary of the history make a context; of each step ahead, context and what is known of the step
make what `seqtune.pretrained.answer` turns into quantiles. `benchmarks/pretraining/network.py` is
the same in Keras, where it is trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from seqtune.pretrained.answer import answer
from seqtune.pretrained.arrays import Singles

Weights = Mapping[str, Singles]


@cache
def shipped() -> Weights:
    """Return the weights that come with the package, float32, by layer and kind."""
    with files("seqtune.pretrained").joinpath("weights.npz").open("rb") as file:
        return widened(np.load(file))


def widened(arrays: Mapping[str, Any]) -> Weights:
    """Return arrays of whatever precision as float32."""
    return {name: np.asarray(arrays[name], np.float32) for name in arrays}


def quantiles(weights: Weights, inputs: Mapping[str, Any]) -> Singles:
    """Return deciles of each step ahead, (batch, horizon, 9), in the unit of each history.

    Args:
        weights: Of `shipped`.
        inputs: The arrays of a `Reading`, by name.
    """

    def dense(name: str, values: Singles) -> Singles:
        found: Singles = values @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
        return found

    states = gelu(dense("patch", inputs["patches"]))
    states = recurrence(weights, "recurrence_0", states)
    state = recurrence(weights, "recurrence_1", states)[:, -1]
    context = gelu(dense("context_0", np.concatenate([state, inputs["summary"]], axis=-1)))
    context = dense("context_1", context)
    features = gelu(dense("local_0", inputs["local"]) + context[:, None])
    said = dense("said", features + gelu(dense("features_1", features)))
    found: Singles = answer(said, inputs, np)
    return found


def recurrence(weights: Weights, name: str, inputs: Singles) -> Singles:
    """Return every state of a layer of gated recurrent units, (batch, steps, units).

    Args:
        weights: By name.
        name: The layer.
        inputs: (batch, steps, features).

    Source:
        Cho et al. 2014, arXiv 1406.1078, with the reset gate after the product, as in Keras.
    """
    outer, inner = weights[f"{name}/bias"]
    kernel = weights[f"{name}/recurrent_kernel"]
    given = inputs @ weights[f"{name}/kernel"] + outer  # (batch, steps, 3 * units)
    units = len(kernel)
    state = np.zeros((len(inputs), units), np.float32)
    states = np.empty((*inputs.shape[:2], units), np.float32)
    for step in range(inputs.shape[1]):
        now, own = given[:, step], state @ kernel + inner
        gates = sigmoid(now[:, : 2 * units] + own[:, : 2 * units])
        update, reset = gates[:, :units], gates[:, units:]
        candidate = np.tanh(now[:, 2 * units :] + reset * own[:, 2 * units :])
        state = candidate + update * (state - candidate)
        states[:, step] = state
    return states


def sigmoid(values: Singles) -> Singles:
    """Return the logistic function, without overflow."""
    half = np.float32(0.5)
    found: Singles = half + half * np.tanh(half * values)
    return found


def gelu(values: Singles) -> Singles:
    """Return Gaussian error linear units by the approximation with a hyperbolic tangent.

    Source:
        Hendrycks and Gimpel, Gaussian Error Linear Units, arXiv 1606.08415, section 2.
    """
    square = values * values  # a cube by NumPy's power takes ten times as long
    bent = np.tanh(np.float32(0.7978845608) * values * (1 + np.float32(0.044715) * square))
    return values * (np.float32(0.5) + np.float32(0.5) * bent)
