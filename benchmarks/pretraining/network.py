"""The network as it is trained: the same as `seqtune.pretrained.network`, in Keras."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from seqtune.pretrained.answer import QUANTILES, SAID, answer
from seqtune.pretrained.autoregression import PATHS
from seqtune.pretrained.lines import LEVELS
from seqtune.pretrained.reading import (
    CHANNELS,
    LOCAL,
    PATCH,
    ROUTES,
    SEASONS,
    SLOPES,
    SUMMARY,
)
from seqtune.pretrained.summary import LAGS

UNITS, WIDTH = 128, 192

gelu = partial(keras.activations.gelu, approximate=True)


def build() -> keras.Model:
    """Return a network from a `Reading`'s inputs to quantiles, (batch, horizon, 9), scaled."""
    shapes: dict[str, tuple[int | None, ...]] = {
        "patches": (None, PATCH * CHANNELS),
        "summary": (SUMMARY,),
        "local": (None, LOCAL),
        "levels": (LEVELS,),
        "slopes": (SLOPES,),
        "seasons": (None, SEASONS),
        "lags": (None, LAGS),
        "paths": (None, PATHS),
        "routes": (None, ROUTES),
        "there": (None, LAGS),
        "trust": (LEVELS,),
        "habit": (LAGS,),
    }
    inputs = {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
    states = keras.layers.Dense(UNITS, gelu, name="patch")(inputs["patches"])
    states = keras.layers.GRU(UNITS, return_sequences=True, name="recurrence_0")(states)
    state = keras.layers.GRU(UNITS, name="recurrence_1")(states)
    context = keras.layers.Concatenate(name="context")([state, inputs["summary"]])
    context = keras.layers.Dense(2 * UNITS, gelu, name="context_0")(context)
    context = keras.layers.Dense(WIDTH, name="context_1")(context)
    features = keras.layers.Dense(WIDTH, name="local_0")(inputs["local"])
    features = keras.layers.Activation(gelu, name="features_0")(features + context[:, None])
    more = keras.layers.Dense(WIDTH, gelu, name="features_1")(features)
    small = keras.initializers.RandomNormal(stddev=0.01)
    said = keras.layers.Dense(SAID, kernel_initializer=small, name="said")(features + more)
    return keras.Model(inputs, Answer(name="answer")({"said": said, **inputs}))


class Answer(keras.layers.Layer):  # type: ignore[misc]
    """Quantiles from what the network says and the numbers that it weighs."""

    def call(self, inputs: dict[str, Any]) -> Any:
        """Return (batch, horizon, 9), ascending along the last axis."""
        return answer(inputs["said"], inputs, ops)

    def compute_output_shape(self, shapes: dict[str, Any]) -> tuple[int | None, ...]:
        """Return (batch, horizon, 9)."""
        return (*shapes["said"][:-1], len(QUANTILES))


def publish(model: keras.Model, path: Path) -> None:
    """Write a model's weights as float16, by layer and kind, for `seqtune.pretrained`."""
    arrays = {}
    for variable in model.trainable_variables:
        layer, *_, kind = variable.path.split("/")
        arrays[f"{layer}/{kind}"] = np.asarray(variable.value, np.float16)
    np.savez_compressed(path, **arrays)
