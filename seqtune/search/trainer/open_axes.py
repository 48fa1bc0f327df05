"""Batches of several shapes, as TensorFlow takes them: axes that vary are open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np


def with_open_axes(batches: Any) -> Any:
    """Return the training batches of an epoch as a `tf.data.Dataset`.

    Keras itself looks at the first two batches, and fails at a later one where an axis in which
    these agree has another size.

    Args:
        batches: A `keras.utils.PyDataset` of tuples of arrays, or of dictionaries of them, whose
            `examples()` returns a batch of each shape.

    Returns:
        The batches of the epoch that `batches` is in whenever they are asked for.
    """
    import tensorflow as tf

    examples = batches.examples()
    leaves = zip(*(keras.tree.flatten(example) for example in examples), strict=True)
    specs = [
        tf.TensorSpec(open_shape([np.shape(each) for each in leaf]), np.asarray(leaf[0]).dtype)
        for leaf in leaves
    ]

    def epoch() -> Iterator[Any]:
        for place in range(len(batches)):
            yield batches[place]

    dataset = tf.data.Dataset.from_generator(
        epoch, output_signature=keras.tree.pack_sequence_as(examples[0], specs)
    )
    counted = dataset.apply(tf.data.experimental.assert_cardinality(len(batches)))
    return counted.prefetch(tf.data.AUTOTUNE)


def open_shape(shapes: Sequence[tuple[int, ...]]) -> tuple[int | None, ...]:
    """Return the shape that all shapes fit: None for each axis in which they differ.

    Example:
        >>> open_shape([(32, 5, 8), (16, 9, 8)])
        (None, None, 8)
    """
    return tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*shapes, strict=True))
