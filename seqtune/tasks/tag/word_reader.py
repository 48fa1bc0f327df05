"""What the characters of a word say of it, whatever the words around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from seqtune.initializers import GlorotUniform, SmallUniform
from seqtune.registry import cells
from seqtune.tasks.tag.spelling import SPELLED

UNITS = 30
"""Size of the vector of each character (Ma & Hovy 2016, table 1)."""

FILTERS, KERNEL = 50, 3
"""Patterns that are looked for, and the characters of each; Ma & Hovy have 30 of 3."""

STATE = 25
"""Units in each direction (Lample et al. 2016, section 4.1)."""


def read_characters(characters: Any, alphabet: int, values: Mapping[str, Any]) -> Any:
    """Return a vector of each word from its characters, (batch, steps, features).

    Args:
        characters: (batch, steps, `SPELLED`) int32, 0 where there is none.
        alphabet: Numbers of characters.
        values: The configuration: `tokens.characters` says by what they are read.

    Source:
        Convolution: Ma & Hovy, End-to-end Sequence Labeling via Bi-directional LSTM-CNNs-CRF, arXiv
        1603.01354, section 2.1. Recurrence: Lample et al., Neural Architectures for Named Entity
        Recognition, arXiv 1603.01360, section 4.1.
    """
    embedding = keras.layers.Embedding(
        alphabet, UNITS, embeddings_initializer=SmallUniform(), name="character_embedding"
    )
    by_word = WordByWord(name="characters_of_words")(characters)  # (words, characters)
    mask = ops.not_equal(by_word, 0)
    vectors = embedding(by_word) * ops.expand_dims(ops.cast(mask, "float32"), -1)
    if values["tokens.characters"] == "convolution":
        convolution = keras.layers.Conv1D(
            FILTERS,
            KERNEL,
            padding="same",
            kernel_initializer=GlorotUniform(),
            name="character_patterns",
        )
        read = ops.max(ops.tanh(convolution(vectors)), axis=1)
    else:
        cell = cells[str(values["network.cell"])].layer(STATE, name="character_recurrence")
        both = keras.layers.Bidirectional(cell, name="character_recurrence_both_ways")
        read = both(vectors, mask=mask)
    return InSentences(name="characters_in_sentences")(read, characters)


@keras.saving.register_keras_serializable("seqtune")
class WordByWord(keras.layers.Layer):  # type: ignore[misc]
    """Puts the words of all sentences one below the other.

    Shape:
        (batch, steps, characters) -> (batch * steps, characters).
    """

    def call(self, characters: Any) -> Any:
        """Return the characters of each word."""
        return ops.reshape(characters, (-1, SPELLED))

    def compute_output_spec(self, characters: Any) -> Any:
        """Return the output without computing it."""
        return keras.KerasTensor((None, SPELLED), characters.dtype)


@keras.saving.register_keras_serializable("seqtune")
class InSentences(keras.layers.Layer):  # type: ignore[misc]
    """Puts words back into their sentences.

    Shape:
        (batch * steps, features) and any (batch, steps, …) -> (batch, steps, features).
    """

    def call(self, words: Any, like: Any) -> Any:
        """Return features by sentence and word."""
        shape = ops.shape(like)
        return ops.reshape(words, (shape[0], shape[1], words.shape[-1]))

    def compute_output_spec(self, words: Any, like: Any) -> Any:
        """Return the output without computing it."""
        return keras.KerasTensor((*like.shape[:2], words.shape[-1]), words.dtype)
