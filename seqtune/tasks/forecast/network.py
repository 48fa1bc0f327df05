"""The whole forecaster: inputs, an architecture, and a head that turns features into quantiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras

from seqtune.architectures._dense import dense
from seqtune.architectures._forms import vector_of
from seqtune.architectures._settings import settings_of
from seqtune.initializers import SmallUniform
from seqtune.registry import architectures
from seqtune.tasks.forecast.quantile_head import QuantileHead
from seqtune.tasks.forecast.reversible import ReversibleScale
from seqtune.tasks.forecast.schema import ARCHITECTURES

WIDTH = 8
"""Features of each step ahead, before the head."""

HEAD_UNITS = 32
"""Features of the layer that joins what the architecture says of a step with what is known."""


def build_network(
    shapes: Mapping[str, tuple[int, ...]],
    identities: int,
    horizon: int,
    levels: tuple[float, ...],
    values: Mapping[str, Any],
) -> keras.Model:
    """Build the network of one configuration.

    Args:
        shapes: Shape of each input without the batch axis, as `preprocess` made them: `history`
            (lookback, channels), `future` (horizon, features), `identity` (), `static` (features,).
        identities: Number of series and targets with a vector each, the unknown one included.
        horizon: Steps ahead.
        levels: Quantile levels.
        values: The configuration.

    Returns:
        A model from a dictionary of inputs to (batch, horizon, levels) in the scaled unit.
    """
    inputs = {
        name: keras.Input(shape, name=name, dtype="int32" if name == "identity" else "float32")
        for name, shape in shapes.items()
    }
    static = _static(inputs, identities, int(values["preprocessing.embedding"]))
    future = inputs.get("future")
    history, reversible = inputs["history"], None
    if values.get("preprocessing.scaling") == "revin":
        reversible = ReversibleScale(name="reversible_scale")
        history = reversible(history)
    features = _steps_ahead(history, future, static, horizon, values)
    if future is not None:
        features = keras.layers.Concatenate(name="features_and_future")([features, future])
        bent = dense(HEAD_UNITS, "head", "gelu")(features)
        features = keras.layers.Concatenate(name="features_and_head")([features, bent])
    quantiles = QuantileHead(levels, name="quantiles")(features)
    if reversible is not None:
        quantiles = reversible(quantiles, reverse=True)
    return keras.Model(inputs, quantiles)


def _steps_ahead(
    history: Any, future: Any | None, static: Any | None, horizon: int, values: Mapping[str, Any]
) -> Any:
    """Return the features of every step ahead, (batch, horizon, WIDTH).

    Args:
        history: (batch, lookback, features).
        future: (batch, horizon, features) known ahead, or None; a decoder sees it.
        static: (batch, features) of the series, or None.
        horizon: Steps ahead.
        values: The configuration.
    """
    settings = settings_of(values, align="end")
    architecture = architectures[str(values["network.architecture"])]
    if ARCHITECTURES.form_of(str(values["network.architecture"])) == "vector":
        return _read_out(vector_of(architecture, history, None, settings), static, horizon)

    length = min(int(settings.options.get("length", 1)), horizon)
    settings = replace(settings, options={**settings.options, "length": length})
    segments = -(-horizon // length)
    memory = architecture.encode(history, None, settings)
    queries = _queries(memory.last[0], future, static, segments, length)
    decoded = architecture.decode(memory, queries, settings)  # (batch, segments, features)
    steps = dense(length * WIDTH, "steps_of_segment")(decoded)
    steps = keras.layers.Reshape((segments * length, WIDTH), name="steps_ahead")(steps)
    over = segments * length - horizon
    return keras.layers.Cropping1D((0, over), name="whole_horizon")(steps) if over else steps


def _read_out(vector: Any, static: Any | None, horizon: int) -> Any:
    """Predict all steps ahead directly from one vector, (batch, horizon, WIDTH).

    Direct multi-step prediction has no error that feeds on itself (Ben Taieb et al. 2012,
    arXiv 1108.3259).

    Args:
        vector: (batch, features) of the history.
        static: (batch, features) of the series, or None.
        horizon: Steps ahead.
    """
    if static is not None:
        vector = keras.layers.Concatenate(name="state_and_static")([vector, static])
    flat = dense(horizon * WIDTH, "readout")(vector)
    return keras.layers.Reshape((horizon, WIDTH), name="steps_ahead")(flat)


def _queries(state: Any, future: Any | None, static: Any | None, segments: int, length: int) -> Any:
    """Return the queries of a decoder, context and covariates: (batch, segments, features).

    Args:
        state: (batch, features), the last of the encoder.
        future: (batch, horizon, features) known ahead, or None.
        static: (batch, features) of the series, or None.
        segments: Segments of the horizon, each answered by one query.
        length: Steps of a segment.
    """
    context = state if static is None else keras.layers.Concatenate(name="context")([state, static])
    context = dense(WIDTH * segments, "queries")(context)
    queries = keras.layers.Reshape((segments, WIDTH), name="query_per_segment")(context)
    if future is None:
        return queries
    missing = segments * length - future.shape[1]
    padded = keras.layers.ZeroPadding1D((0, missing), name="future_padded")(future)
    shape = (segments, length * future.shape[-1])
    known = keras.layers.Reshape(shape, name="future_segments")(padded)
    return keras.layers.Concatenate(name="queries_and_future")([queries, known])


def _static(inputs: Mapping[str, Any], identities: int, size: int) -> Any | None:
    """Join the embedding of the identity and the static covariates, (batch, features)."""
    parts = []
    if "identity" in inputs:
        embedding = keras.layers.Embedding(
            identities, size, embeddings_initializer=SmallUniform(), name="identity_embedding"
        )
        parts.append(embedding(inputs["identity"]))
    if "static" in inputs:
        parts.append(inputs["static"])
    if len(parts) == 2:
        return keras.layers.Concatenate(name="static_features")(parts)
    return parts[0] if parts else None
