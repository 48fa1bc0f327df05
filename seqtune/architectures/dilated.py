"""Recurrent layers over segments, each with longer strides than the one below, and short cuts."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._dense import dense
from seqtune.architectures._readout import read_out
from seqtune.architectures._segments import fold
from seqtune.architectures._settings import Settings
from seqtune.registry import cells

OPTIONS = {
    "length": {
        "anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1}],
        "default": "auto",
        "description": "Steps per segment; auto takes a season of the data.",
    },
    "growth": {
        "type": "integer",
        "minimum": 1,
        "maximum": 8,
        "default": 2,
        "description": "How many times longer the strides of each layer are than those of the one "
        "below; 1 leaves all of them one segment long.",
    },
    "residual": {
        "type": "boolean",
        "default": True,
        "description": "Whether each layer corrects what comes from below instead of replacing it.",
    },
}


def forecast(history: Any, future: Any | None, static: Any | None, settings: Settings) -> Any:
    """Project each segment of the history, recur with growing strides, predict all steps at once.

    Layer k joins states that are growth**k segments apart, so that few layers reach far back and no
    gradient has many steps to go.

    Args:
        history: (batch, lookback, features).
        future: (batch, horizon, features) known ahead, or None; the head joins it to each step.
        static: (batch, features) of the series, or None.
        settings: Cell, sizes, `length`, `growth` and `residual`.

    Returns:
        (batch, horizon, width).

    Source:
        Chang et al., Dilated Recurrent Neural Networks, arXiv 1710.02224, section 2.2; with
        residual connections: Smyl, ES-RNN, International Journal of Forecasting 36 (2020).
    """
    import keras

    from seqtune.architectures._dropout import Dropout

    segments = fold(history, int(settings.options["length"]))
    sequence = dense(settings.units, "projection", "relu")(segments)  # (batch, segments, units)
    for depth in range(settings.layers):
        stride = min(int(settings.options["growth"]) ** depth, int(sequence.shape[1]))
        stepped = recur_with_strides(sequence, stride, f"recurrence_{depth}", settings)
        if settings.dropout > 0:
            stepped = Dropout(settings.dropout, name=f"dropout_{depth}")(stepped)
        if settings.options["residual"]:
            stepped = keras.layers.Add(name=f"short_cut_{depth}")([sequence, stepped])
        sequence = stepped
    return read_out(sequence[:, -1], static, settings)


def recur_with_strides(sequence: Any, stride: int, name: str, settings: Settings) -> Any:
    """Run one recurrent layer whose state at a step follows from that `stride` steps before.

    The sequence falls into `stride` interleaved ones, which the same layer reads side by side.

    Args:
        sequence: (batch, steps, features).
        stride: Steps between two states that are joined.
        name: Name of the layer.
        settings: Cell and units.

    Returns:
        (batch, steps, units).
    """
    import keras

    steps, features = (int(size) for size in sequence.shape[1:])
    layer = cells[settings.cell].layer(settings.units, return_sequences=True, name=name)
    if stride == 1:
        return layer(sequence)
    missing = -steps % stride
    if missing:  # before the oldest, so that the newest step is the last of its sequence
        sequence = keras.layers.ZeroPadding1D((missing, 0), name=f"{name}_filled_up")(sequence)
    count = (steps + missing) // stride
    apart = keras.ops.reshape(sequence, (-1, count, stride, features))
    apart = keras.ops.transpose(apart, (0, 2, 1, 3))  # (batch, stride, count, features)
    joined = layer(keras.ops.reshape(apart, (-1, count, features)))
    joined = keras.ops.reshape(joined, (-1, stride, count, settings.units))
    joined = keras.ops.transpose(joined, (0, 2, 1, 3))  # (batch, count, stride, units)
    return keras.ops.reshape(joined, (-1, steps + missing, settings.units))[:, missing:]
