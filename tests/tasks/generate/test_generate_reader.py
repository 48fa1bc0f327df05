"""A network that reads token by token says what it says of the whole text at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.registry import stateful_cells
from seqtune.runtime.network import KerasNetwork
from seqtune.tasks.generate.network import build_network
from seqtune.tasks.generate.network_reader import NetworkReader
from seqtune.tasks.generate.predictions import ENTROPY, network_predictions
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.sampling import SamplingSettings
from seqtune.tasks.generate.scoring import log_probabilities
from seqtune.tasks.generate.task import TASK
from seqtune.tasks.generate.writing import write

TOKENS = Tokenizer.fit(["abcdefg hij.\n"], "character", max_tokens=50, min_count=1)
TEXT = "a cab, a bad café"

VALUES = {
    "tokens.kind": "character",
    "network.architecture": "stateful",
    "network.cell": "gru",
    "network.units": 5,
    "network.layers": 2,
    "network.embedding": 4,
    "network.tied": False,
    "network.dropout": 0.3,
    "network.weight_dropout": 0.2,
    "network.layer_normalization": True,
    "network.attention": 0,
    "training.batch_size": 3,
}

SHAPES: list[dict[str, Any]] = [
    *({"network.cell": cell} for cell in stateful_cells),
    {"network.tied": True, "network.embedding": 5},
    {"network.tied": True},
    {"network.attention": 3},
    {"network.layers": 1, "network.layer_normalization": False, "network.units": 1},
]


def reader_of(**changes: Any) -> NetworkReader:
    """A network whose weights are drawn, so that each counts."""
    keras.utils.set_random_seed(3)
    counts = {"character": (1,) * TOKENS.size}
    prepared = SimpleNamespace(
        codec=SimpleNamespace(tokens={"character": TOKENS}, counts=counts, objective="next")
    )
    model = build_network(prepared, {**VALUES, **changes})  # type: ignore[arg-type]
    draw = np.random.default_rng(3)
    model.set_weights([draw.normal(0, 0.5, weight.shape) for weight in model.get_weights()])
    return NetworkReader(KerasNetwork(model, TASK.network_facts), TOKENS)


def logits_of(reader: NetworkReader, ids: list[int]) -> Any:
    """(tokens, vocabulary) logits by the whole network at once."""
    return np.asarray(reader.network.model(np.array([ids], np.int32), training=False))[0]


@pytest.mark.parametrize("changes", SHAPES, ids=str)
def test_each_step_says_what_the_whole_network_says(changes: dict[str, Any]) -> None:
    reader = reader_of(**changes)
    ids = [END, *TOKENS.encode(TEXT).tolist()]
    expected = logits_of(reader, ids)
    state = reader.start()
    for token, row in zip(ids, expected, strict=True):
        logits, state = reader.advance(state, [token])
        assert logits.shape == (1, TOKENS.size)
        assert logits[0] == pytest.approx(row, abs=1e-4)
    assert len(np.unique(expected)) > TOKENS.size


@pytest.mark.parametrize("changes", SHAPES, ids=str)
def test_scores_are_those_of_the_steps(changes: dict[str, Any]) -> None:
    reader = reader_of(**changes)
    ids = TOKENS.encode(TEXT).tolist()
    logits = logits_of(reader, [END, *ids])[:-1]
    chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    expected = [
        row[token] - (TOKENS.surprise if token == UNKNOWN else 0.0)
        for row, token in zip(chances, ids, strict=True)
    ]
    text = np.array([END, *ids])
    found = log_probabilities(reader.network, text, 1, len(text))
    rows = network_predictions(TOKENS, text[1:], found[:, 0], found[:, 1])
    assert UNKNOWN in ids
    assert np.log(rows[:, 0]) == pytest.approx(expected, abs=1e-4)
    assert rows[:, ENTROPY] == pytest.approx(-(np.exp(chances) * chances).sum(axis=1), abs=1e-4)


@pytest.mark.parametrize("length", [1, 2, 300])
def test_a_text_of_any_length_is_scored(length: int) -> None:
    text = np.append(END, np.arange(length) % TOKENS.size)
    found = log_probabilities(reader_of().network, text, 1, length + 1)
    assert found.shape == (length, 2) and np.isfinite(found).all()
    assert (found[:, 0] < 0).all() and (found[:, 1] > 0).all()


def test_texts_are_read_side_by_side_as_they_are_alone_and_a_state_can_be_used_again() -> None:
    reader = reader_of()
    _, both = reader.advance(reader.start(2), [END, END])
    before = [np.array(part) for part in both]
    first, _ = reader.advance(both, [5, 7])
    again, _ = reader.advance(both, [5, 7])
    assert first.tolist() == again.tolist()
    assert all((np.asarray(part) == old).all() for part, old in zip(both, before, strict=True))
    for row, token in enumerate((5, 7)):
        _, alone = reader.advance(reader.start(), [END])
        logits, _ = reader.advance(alone, [token])
        assert first[row] == pytest.approx(logits[0], abs=1e-5)


def test_it_writes_the_same_again_from_one_seed() -> None:
    reader = reader_of()
    wanted = Request("a", 30, SamplingSettings(seed=1))
    (first,), (again,) = write(reader, wanted), write(reader, wanted)
    assert first.text == again.text
    assert 0 < len(first.text) <= 30 and set(first.text) <= set("abcdefg hij.\n")
