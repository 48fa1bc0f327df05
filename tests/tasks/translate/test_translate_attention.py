"""Attention and pointer by numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keras import ops

from seqtune.tasks.translate.attention import MemoryAttention
from seqtune.tasks.translate.copying import Pointer, copies

ROWS, QUERIES, STEPS, FEATURES, UNITS = 2, 3, 4, 6, 5


def drawn(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def softmax(scores: Any) -> Any:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("score", ["dot", "additive"])
def test_weights_and_answers_follow_the_equations(score: str) -> None:
    layer = MemoryAttention(UNITS, score)
    layer.build((None, None, FEATURES))
    for number, weight in enumerate(layer.weights):
        weight.assign(drawn(*weight.shape, seed=number))
    own = {each.name: np.asarray(each) for each in layer.weights}
    query, memory = drawn(ROWS, QUERIES, UNITS, seed=20), drawn(ROWS, STEPS, FEATURES, seed=21)
    present = np.array([[True] * 4, [True, True, False, False]])
    answer, weights = layer(query, memory, layer.keys(memory), present)

    for row, length in enumerate((4, 2)):
        keys = memory[row, :length] @ own["key"]
        if score == "dot":
            scores = query[row] @ keys.T / np.sqrt(UNITS)
        else:
            bent = np.tanh((query[row] @ own["key_query"])[:, None] + keys[None])
            scores = (bent @ own["weigh"])[..., 0]
        expected = softmax(scores)
        assert np.asarray(weights)[row, :, :length] == pytest.approx(expected, abs=1e-5)
        assert not np.asarray(weights)[row, :, length:].any()
        context = expected @ memory[row, :length] @ own["context"]
        joined = np.tanh(context + query[row] @ own["query"] + own["bias"])
        assert np.asarray(answer)[row] == pytest.approx(joined, abs=1e-5)


def test_an_unknown_score_is_refused() -> None:
    with pytest.raises(ValueError, match="attention is 'cosine', expected one of dot, additive"):
        MemoryAttention(UNITS, "cosine")


def test_what_is_copied_and_what_is_written_sum_to_one() -> None:
    layer = Pointer(7)
    answer, logits = drawn(ROWS, QUERIES, UNITS), drawn(ROWS, QUERIES, 7, seed=1)
    weights = softmax(drawn(ROWS, QUERIES, STEPS, seed=2))
    copied = np.array([[3, 3, 1, 6], [2, 4, 0, 0]], np.int32)
    found = np.exp(np.asarray(layer(answer, logits, weights, ops.convert_to_tensor(copied))))
    assert found.sum(axis=-1) == pytest.approx(np.ones((ROWS, QUERIES)), abs=1e-5)

    write = 1 / (1 + np.exp(-(answer @ np.asarray(layer.kernel) + np.asarray(layer.bias))))
    expected = write * softmax(logits)
    for row in range(ROWS):
        for step, token in enumerate(copied[row]):
            expected[row, :, token] += ((1 - write[row]) * weights[row, :, step : step + 1])[:, 0]
    assert found == pytest.approx(expected, abs=1e-5)
    assert expected[0, :, 3].min() > expected[0, :, 5].max() * 0.1


def test_tokens_are_copied_by_their_spelling() -> None:
    source = ["<end>", "<unknown>", "Rome", "red", "in"]
    target = ["<end>", "<unknown>", " Rome", "in", " in"]
    assert copies(source, target).tolist() == [0, 1, 2, 1, 4]
