"""The whole tagger: words or steps, an architecture, and a score for each tag at each position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from seqtune.architectures._dense import dense
from seqtune.architectures._dropout import drop_out
from seqtune.architectures._settings import Settings, settings_of
from seqtune.initializers import Given, LogFrequencies, SmallUniform
from seqtune.registry import architectures
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.crf import CHAIN, LinearChain
from seqtune.tasks.tag.spelling import FEATURES, SPELLED, Lexicon
from seqtune.tasks.tag.word_reader import read_characters

AFFIX_UNITS = 16
"""Size of the vector of each affix, and of each form of a word."""


def build_network(
    codec: Codec, values: Mapping[str, Any], vectors: npt.NDArray[np.float32] | None = None
) -> keras.Model:
    """Build the network of one configuration.

    Args:
        codec: Gives the words or channels, and the tags.
        values: The configuration.
        vectors: (words, dimensions) that the vectors of words begin with; None for small random
            ones of `tokens.embedding`.

    Returns:
        A model of the inputs that `Inputs.batch` gives, any number of steps long, to (batch, steps,
        tags) logits; with the head "crf" to what `LinearChain` packs.
    """
    settings = _settings(codec, values)
    length = keras.Input((), name="length", dtype="int32")
    if codec.lexicon is None:
        sequence = keras.Input((None, codec.features), name="series")
        inputs: dict[str, Any] = {"series": sequence}
    else:
        inputs, sequence = _words(codec.lexicon, values, vectors)
    inputs["length"] = length
    mask = StepsThere(name="steps_there")(sequence, length)
    if codec.lexicon is not None:
        sequence = sequence * ops.expand_dims(ops.cast(mask, sequence.dtype), -1)
    architecture = architectures[str(values["network.architecture"])]
    states = architecture.states(sequence, mask, settings)
    logits = dense(len(codec.tags), "logits", bias=LogFrequencies(codec.counts))(states)
    if values["network.head"] == "crf":
        logits = LinearChain(follow=codec.tags.legal.follow, name=CHAIN)(logits)
    return keras.Model(inputs, logits)


def _settings(codec: Codec, values: Mapping[str, Any]) -> Settings:
    """Return the sizes and options; a network that looks back alone reads from no other end."""
    settings = settings_of(values, causal=codec.is_causal)
    if codec.is_causal and settings.options.get("bidirectional"):
        options = {**settings.options, "bidirectional": False}
        settings = replace(settings, options=options)
    return settings


def _words(
    lexicon: Lexicon, values: Mapping[str, Any], vectors: npt.NDArray[np.float32] | None
) -> tuple[dict[str, Any], Any]:
    """Return the inputs, and a vector of each word: (batch, steps, features)."""
    share = float(values["network.dropout"])
    words = keras.Input((None,), name="words", dtype="int32")
    inputs, parts = {"words": words}, []
    width = int(values["tokens.embedding"]) if vectors is None else vectors.shape[1]
    begin: Any = SmallUniform() if vectors is None else Given(vectors)
    embedding = keras.layers.Embedding(
        lexicon.size, width, embeddings_initializer=begin, name="word_embedding"
    )
    parts.append(embedding(words))
    if values["tokens.characters"] != "none":
        characters = keras.Input((None, SPELLED), name="characters", dtype="int32")
        inputs["characters"] = characters
        parts.append(read_characters(characters, lexicon.alphabet, values))
    if values["tokens.spelling"]:
        spelling = keras.Input((None, FEATURES), name="spelling", dtype="int32")
        inputs["spelling"] = spelling
        affixes = keras.layers.Embedding(
            lexicon.features,
            AFFIX_UNITS,
            embeddings_initializer=SmallUniform(),
            name="spelling_embedding",
        )
        joined = keras.layers.Reshape((-1, FEATURES * AFFIX_UNITS), name="spelling_joined")
        parts.append(joined(affixes(spelling)))
    if len(parts) > 1:
        parts = [keras.layers.Concatenate(name="word")(parts)]
    return inputs, drop_out(parts[0], share, "word_dropout", same_steps=True)


@keras.saving.register_keras_serializable("seqtune")
class StepsThere(keras.layers.Layer):  # type: ignore[misc]
    """Says which steps of a sequence are no padding.

    Shape:
        (batch, steps, features) and lengths (batch,) -> (batch, steps) booleans.
    """

    def call(self, sequence: Any, length: Any) -> Any:
        """Return which steps come before the end of each sequence."""
        position = ops.arange(ops.shape(sequence)[1], dtype="int32")
        return ops.expand_dims(position, 0) < ops.expand_dims(length, 1)

    def compute_output_spec(self, sequence: Any, length: Any) -> Any:
        """Return the output without computing it."""
        return keras.KerasTensor(sequence.shape[:2], "bool")
