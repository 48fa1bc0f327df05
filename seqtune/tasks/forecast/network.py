"""The whole forecaster: inputs, an architecture, and a head that turns features into quantiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from seqtune.architectures._dense import dense
from seqtune.architectures._settings import Settings
from seqtune.initializers import SmallUniform
from seqtune.registry import architectures
from seqtune.tasks.forecast.quantile_head import QuantileHead
from seqtune.tasks.forecast.reversible import ReversibleScale

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
        identities: How many series and targets can be told apart, the unknown one included.
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
    settings = settings_of(values, horizon)
    architecture = architectures[str(values["network.architecture"])]
    future = inputs.get("future")
    history, reversible = inputs["history"], None
    if values.get("preprocessing.scaling") == "revin":
        reversible = ReversibleScale(name="reversible_scale")
        history = reversible(history)
    features = architecture.forecast(history, future, static, settings)
    if future is not None:
        features = keras.layers.Concatenate(name="features_and_future")([features, future])
        bent = dense(HEAD_UNITS, "head", "gelu")(features)
        features = keras.layers.Concatenate(name="features_and_head")([features, bent])
    quantiles = QuantileHead(levels, name="quantiles")(features)
    if reversible is not None:
        quantiles = reversible(quantiles, reverse=True)
    return keras.Model(inputs, quantiles)


def settings_of(values: Mapping[str, Any], horizon: int) -> Settings:
    """Read a network's settings from a configuration."""
    prefix = f"network.{values['network.architecture']}."
    return Settings(
        cell=str(values["network.cell"]),
        units=int(values["network.units"]),
        layers=int(values["network.layers"]),
        dropout=float(values["network.dropout"]),
        horizon=horizon,
        options={
            key[len(prefix) :]: value for key, value in values.items() if key.startswith(prefix)
        },
    )


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
