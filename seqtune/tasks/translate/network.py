"""The whole network: tokens or steps, an encoder, and a decoder or a token for each step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from seqtune.architectures._dropout import drop_out
from seqtune.architectures._forms import memory_of
from seqtune.architectures._settings import settings_of
from seqtune.initializers import SmallUniform
from seqtune.registry import architectures
from seqtune.tasks.translate.copying import copies
from seqtune.tasks.translate.decoder import AttentionDecoder, DecoderForm
from seqtune.tasks.translate.frame_tokens import FrameTokens

DECODER = "decoder"
MEMORY = "memory"
ATTENTION = "network.attention"


def build_network(prepared: Any, values: Mapping[str, Any]) -> keras.Model:
    """Build the network of one configuration.

    Args:
        prepared: Its codec gives vocabularies, channels and the counts of the answers' tokens.
        values: The configuration.

    Returns:
        A model from `source` (batch, source steps) int32, padded with 0 at the end, or from
        `series` (batch, source steps, channels) and `length` (batch,) int32, and `previous`
        (batch, steps) int32, the token before each: to (batch, steps, tokens) logits of each token;
        log-probabilities where the source can be copied. With `network.decoder` "ctc" to (batch,
        memory steps, tokens) logits, whatever `previous` is.
    """
    codec = prepared.codec
    is_read = codec.source_kind in ("text", "symbols")
    # a stream's `attention` is a number of steps; here it is a word, and the decoder's
    settings = settings_of({key: each for key, each in values.items() if key != ATTENTION})
    inputs, sequence, present = _tokens(codec, values) if is_read else _series(codec)
    architecture = architectures[str(values["network.architecture"])]
    states, present = memory_of(architecture, sequence, present, settings)
    memory, present = Remembered(name=MEMORY)(states, present)
    target = codec.tokenizer("target", values)
    previous = keras.Input((None,), name="previous", dtype="int32")
    inputs["previous"] = previous
    counts = codec.counts[str(values["tokens.target"])]
    if values["network.decoder"] == "ctc":
        frames = FrameTokens(target.size, dropout=settings.dropout, counts=counts, name=DECODER)
        return keras.Model(inputs, frames(memory, present, previous))
    copied = None
    if values["network.copying"] and is_read and not hasattr(architecture, "memory"):
        copied = copies(codec.tokenizer("source", values).vocabulary, target.vocabulary)
    form = DecoderForm(
        target.size,
        embedding=int(values["network.embedding"]),
        cell=settings.cell,
        units=settings.units,
        layers=settings.layers,
        attention=str(values[ATTENTION]),
        is_fed=bool(values["network.input_feeding"]),
        is_tied=bool(values["network.tied"]),
        dropout=settings.dropout,
    )
    decoder = AttentionDecoder(
        form, counts=counts, copies=None if copied is None else copied.tolist(), name=DECODER
    )
    if copied is None:
        return keras.Model(inputs, decoder(previous, memory, present))
    return keras.Model(inputs, decoder(previous, memory, present, inputs["source"]))


def _tokens(codec: Any, values: Mapping[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """Return the inputs, the vectors of the source's tokens, and which are there."""
    source = keras.Input((None,), name="source", dtype="int32")
    size = codec.tokenizer("source", values).size
    embedding = keras.layers.Embedding(
        size,
        int(values["network.embedding"]),
        embeddings_initializer=SmallUniform(),
        name="source_embedding",
    )
    share = float(values["network.dropout"])
    vectors = drop_out(embedding(source), share, "source_dropout", same_steps=True)
    present = ops.not_equal(source, 0)
    return {"source": source}, vectors * ops.expand_dims(ops.cast(present, "float32"), -1), present


def _series(codec: Any) -> tuple[dict[str, Any], Any, Any]:
    """Return the inputs, the steps of the series, and which are there."""
    series = keras.Input((None, codec.channels), name="series")
    length = keras.Input((), name="length", dtype="int32")
    return {"series": series, "length": length}, series, Present(name="present")(series, length)


@keras.saving.register_keras_serializable("seqtune")
class Present(keras.layers.Layer):  # type: ignore[misc]
    """Says which steps of a series are no padding.

    Shape:
        (batch, steps, channels) and (batch,) -> (batch, steps) booleans.
    """

    def call(self, series: Any, length: Any) -> Any:
        """Return which steps come before the end of each series."""
        position = ops.arange(ops.shape(series)[1], dtype="int32")
        return ops.expand_dims(position, 0) < ops.expand_dims(length, 1)

    def compute_output_spec(self, series: Any, length: Any) -> Any:
        """Return the output without computing it."""
        return keras.KerasTensor(series.shape[:2], "bool")


@keras.saving.register_keras_serializable("seqtune")
class Remembered(keras.layers.Layer):  # type: ignore[misc]
    """Marks where the encoder ends: what it hands on, read once for each source.

    Shape:
        (batch, steps, features) and (batch, steps), the same again.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def call(self, memory: Any, present: Any) -> tuple[Any, Any]:
        """Return both as they are."""
        return memory, present

    def compute_mask(self, *_: Any) -> None:
        """Hand no mask on: it is an output."""

    def compute_output_spec(self, memory: Any, present: Any) -> tuple[Any, Any]:
        """Return both outputs without computing them."""
        return (
            keras.KerasTensor(memory.shape, memory.dtype),
            keras.KerasTensor(present.shape, "bool"),
        )
