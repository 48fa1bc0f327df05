"""One recurrence reads the history, a second one writes the future, with attention if wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from seqtune.architectures._dense import dense
from seqtune.architectures._recurrence import recur
from seqtune.architectures._segments import fold
from seqtune.architectures._settings import Settings
from seqtune.registry import cells

OPTIONS = {
    "attention": {
        "type": "boolean",
        "default": False,
        "description": "Let each step ahead look at all encoded steps of the history.",
    },
    "length": {
        "anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1}],
        "default": "auto",
        "description": "Steps that are read and written at a time; auto takes a season.",
    },
}


def forecast(history: Any, future: Any | None, static: Any | None, settings: Settings) -> Any:
    """Encode the history, then decode the steps ahead from the encoder's last state.

    The decoder is fed what is known of each step ahead (its covariates and its position), not its
    own output, so that it trains and predicts in the same way.

    Args:
        history: (batch, lookback, features).
        future: (batch, horizon, features) known ahead, or None.
        static: (batch, features) of the series, or None.
        settings: Cell, sizes, `attention`, and `length`.

    Returns:
        (batch, horizon, width).

    Source:
        Sutskever et al., Sequence to Sequence Learning, arXiv 1409.3215; Luong et al., Effective
        Approaches to Attention, arXiv 1508.04025, dot-product score (section 3.1).
    """
    import keras

    from seqtune.architectures._dropout import Dropout

    length = min(int(settings.options["length"]), settings.horizon)
    source = fold(history, length) if length > 1 else history
    below = replace(settings, layers=settings.layers - 1)
    encoded = recur(source, below, sequences=True, name="encoder")
    encoder = cells[settings.cell].layer(
        settings.units, return_sequences=True, return_state=True, name="encoder_top"
    )
    encoded, *states = encoder(encoded)  # (batch, segments, units), (batch, units) …

    segments = -(-settings.horizon // length)
    asked = _questions(states[0], future, static, segments, length, settings)
    decoder = cells[settings.cell].layer(settings.units, return_sequences=True, name="decoder")
    decoded = decoder(asked, initial_state=states)  # (batch, segments, units)
    if settings.options["attention"] and encoded.shape[1] > 1:  # one segment needs no attention
        seen = keras.layers.Attention(name="attention")([decoded, encoded])
        decoded = keras.layers.Concatenate(name="decoded_and_seen")([decoded, seen])
    if settings.dropout > 0:
        decoded = Dropout(settings.dropout, name="decoder_dropout")(decoded)
    steps = dense(length * settings.width, "steps_of_segment")(decoded)
    steps = keras.layers.Reshape((segments * length, settings.width), name="steps_ahead")(steps)
    return _crop_end(steps, segments * length - settings.horizon, "whole_horizon")


def _questions(
    state: Any,
    future: Any | None,
    static: Any | None,
    segments: int,
    length: int,
    settings: Settings,
) -> Any:
    """Return the decoder's inputs, (batch, segments, features): context, position, covariates."""
    import keras

    context = state if static is None else keras.layers.Concatenate(name="context")([state, static])
    context = dense(settings.width * segments, "questions")(context)
    asked = keras.layers.Reshape((segments, settings.width), name="question_per_segment")(context)
    if future is None:
        return asked
    missing = segments * length - settings.horizon
    padded = keras.layers.ZeroPadding1D((0, missing), name="future_padded")(future)
    known = keras.layers.Reshape((segments, length * future.shape[-1]), name="future_segments")(
        padded
    )
    return keras.layers.Concatenate(name="questions_and_future")([asked, known])


def _crop_end(sequence: Any, steps: int, name: str) -> Any:
    import keras

    return keras.layers.Cropping1D((0, steps), name=name)(sequence) if steps else sequence
