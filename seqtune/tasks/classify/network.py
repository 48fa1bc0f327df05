"""The whole classifier: tokens or steps, an architecture, and a score for each class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.architectures._dense import dense
from seqtune.architectures._dropout import drop_out
from seqtune.architectures._forms import vector_of
from seqtune.architectures._random_kernels import RandomKernels
from seqtune.architectures._settings import settings_of
from seqtune.data.text.learnt_vectors import first_numbers
from seqtune.initializers import Given, LogFrequencies, SmallUniform
from seqtune.registry import architectures
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.split import FOLD, TRAIN


def build_network(prepared: Prepared, values: Mapping[str, Any]) -> keras.Model:
    """Build the network of one configuration.

    Args:
        prepared: Gives shapes, vocabulary and classes.
        values: The configuration.

    Returns:
        A model to (batch, classes) logits, from `tokens` (batch, steps) int32, padded with 0 at the
        end; or from `series` (batch, steps, channels) and `length` (batch,) int32.
    """
    codec = prepared.codec
    if codec.kind == "text":
        kind = str(values["text.tokens"])
        steps = codec.longest[kind]
        tokens = keras.Input((steps,), name="tokens", dtype="int32")
        inputs = {"tokens": tokens}
        mask = keras.ops.not_equal(tokens, 0)
        vectors = _beginning(prepared, values)
        sequence = _embedded(tokens, codec.tokenizers[kind].size, vectors, values)
        sequence = sequence * keras.ops.expand_dims(keras.ops.cast(mask, sequence.dtype), -1)
    else:
        steps = codec.longest["series"]
        channels = codec.channels * (2 if values.get("series.differences") else 1)
        sequence = keras.Input((steps, channels), name="series")
        length = keras.Input((), name="length", dtype="int32")
        inputs = {"series": sequence, "length": length}
        mask = Present(steps, name="present")(length)
        if codec.is_even:
            mask = None  # all are of one length; a network without a mask is faster
    settings = settings_of(values)
    architecture = architectures[str(values["network.architecture"])]
    features = vector_of(architecture, sequence, mask, settings)
    if codec.kind == "series" and (kernels := int(values.get("series.random_kernels", 0))):
        beside = RandomKernels(kernels, _usual_steps(prepared), name="random_kernels")
        found = beside(sequence, mask)
        features = keras.layers.Concatenate(name="learnt_and_random")([features, found])
    features = drop_out(features, settings.dropout, "head_dropout")
    bias = LogFrequencies(*_frequencies(prepared, values))
    return keras.Model(inputs, dense(len(codec.labels.names), "logits", bias=bias)(features))


def _usual_steps(prepared: Prepared) -> int:
    """Return the median length of the training cases; the same for all folds."""
    may_train = (prepared.parts == TRAIN) | (prepared.parts >= FOLD)
    return int(np.median(prepared.inputs["series"].lengths[may_train]))


def _frequencies(
    prepared: Prepared, values: Mapping[str, Any]
) -> tuple[npt.NDArray[np.float64], float | None]:
    """Return how often each class is in training, as it weighs there, and of how many cases."""
    targets = prepared.targets[prepared.rows["train"]]
    counts = targets.sum(axis=0, dtype=np.float64)
    if prepared.codec.labels.is_multi:
        return counts, float(len(targets))
    if values["training.class_weights"]:
        counts = counts * np.array(prepared.codec.weights)
    return counts, None


def _beginning(prepared: Prepared, values: Mapping[str, Any]) -> npt.NDArray[np.float32] | None:
    """Return the vectors (tokens, features) that training begins with; None for random ones."""
    vectors = prepared.vectors.get(str(values["text.tokens"]))
    if vectors is None or not prepared.codec.learnt:  # those of a file have a length of their own
        return vectors
    if values["text.begin"] == "random":
        return None
    return first_numbers(vectors, int(values["text.embedding"]))


def _embedded(
    tokens: Any, size: int, vectors: npt.NDArray[np.float32] | None, values: Mapping[str, Any]
) -> Any:
    """Return (batch, steps, features) vectors of the tokens, padding among them."""
    width = int(values["text.embedding"]) if vectors is None else vectors.shape[1]
    begin: Any = SmallUniform() if vectors is None else Given(vectors)
    embedding = keras.layers.Embedding(
        size, width, embeddings_initializer=begin, name="token_embedding"
    )
    share = float(values["network.dropout"])
    return drop_out(embedding(tokens), share, "embedding_dropout", same_steps=True)


@keras.saving.register_keras_serializable("seqtune")
class Present(keras.layers.Layer):  # type: ignore[misc]
    """Says which steps of a case are no padding.

    Args:
        steps: Steps of the longest case.
        options: What every layer takes.
    """

    def __init__(self, steps: int, **options: Any) -> None:
        super().__init__(**(options | {"trainable": False}))
        self.steps = steps

    def call(self, length: Any) -> Any:
        """Return (batch, steps) booleans for lengths (batch,)."""
        position = keras.ops.arange(self.steps, dtype="int32")
        return keras.ops.expand_dims(position, 0) < keras.ops.expand_dims(length, 1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "steps": self.steps}
