"""The whole tagger: its inputs, its heads, what it may look at, and files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
from tagger_parts import prepare, sentences, series

from seqtune.registry import cells
from seqtune.runtime.network import KerasNetwork
from seqtune.search.network_file import plan_network, read_weights, save_network
from seqtune.tasks.tag.inference import network_marginals
from seqtune.tasks.tag.loss import TagLoss
from seqtune.tasks.tag.network import build_network
from seqtune.tasks.tag.schema import ARCHITECTURES


def predicted(parts: Any, values: dict[str, Any], model: Any) -> np.ndarray[Any, Any]:
    return network_marginals(KerasNetwork(model), parts.codec, parts.encoded(), values)


def test_a_network_of_words_reads_words_characters_and_spelling() -> None:
    parts, values = prepare(sentences([3, 10]))
    model = build_network(parts, values)
    shapes = {each.name: tuple(each.shape) for each in model.inputs}
    assert shapes == {
        "words": (None, None),
        "characters": (None, None, 20),
        "spelling": (None, None, 5),
        "length": (None,),
    }
    assert model.output_shape == (None, None, 5)


def test_a_network_of_steps_reads_channels_and_gaps() -> None:
    parts, values = prepare(series([3, 10], gaps=0.3))
    model = build_network(parts, values)
    assert {each.name: tuple(each.shape) for each in model.inputs} == {
        "series": (None, None, 4),
        "length": (None,),
    }


@pytest.mark.parametrize("head", ["softmax", "crf"])
def test_an_untrained_network_says_how_frequent_each_tag_is(head: str) -> None:
    parts, values = prepare(sentences([10, 10]), f"network.head={head}")
    model = build_network(parts, values)
    for weight in model.get_layer("logits").weights[:1]:
        weight.assign(np.zeros(weight.shape))
    found = predicted(parts, values, model)
    assert found.sum(axis=1) == pytest.approx(np.ones(20))
    if head == "softmax":
        counts = np.array(parts.codec.counts) / 20
        assert found == pytest.approx(np.tile(counts, (20, 1)), abs=2e-3)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
@pytest.mark.parametrize("head", ["softmax", "crf"])
def test_every_architecture_tags_every_position(architecture: str, head: str) -> None:
    overrides = (f"network.architecture={architecture}", f"network.head={head}")
    parts, values = prepare(series([4, 9]), *overrides)
    found = predicted(parts, values, build_network(parts, values))
    assert found.shape == (13, 2)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("characters", ["none", "convolution", "recurrence"])
@pytest.mark.parametrize("spelling", ["true", "false"])
def test_every_way_to_read_words_is_built(characters: str, spelling: str) -> None:
    overrides = (f"tokens.characters={characters}", f"tokens.spelling={spelling}")
    parts, values = prepare(sentences([4, 9]), *overrides)
    found = predicted(parts, values, build_network(parts, values))
    assert found.sum(axis=1) == pytest.approx(np.ones(13))


@pytest.mark.parametrize("cell", sorted(cells))
def test_padding_changes_no_tag(cell: str) -> None:
    parts, values = prepare(sentences([3, 10]), f"network.cell={cell}")
    model = build_network(parts, values)
    start, length = np.array([0]), np.array([3])
    short = parts.inputs.batch(parts.codec, start, length, 3, values)
    long = parts.inputs.batch(parts.codec, start, length, 10, values)
    one, other = (np.asarray(model(each, training=False)) for each in (short, long))
    assert one[0] == pytest.approx(other[0, :3], abs=1e-5)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_a_network_that_looks_back_alone_knows_nothing_of_later_steps(architecture: str) -> None:
    overrides = (f"network.architecture={architecture}", "network.direction=forward")
    parts, values = prepare(series([8, 8]), *overrides)
    model = build_network(parts, values)
    batch = parts.inputs.batch(parts.codec, np.array([0]), np.array([8]), 8, values)
    changed = {**batch, "series": batch["series"].copy()}
    changed["series"][:, 5:] = 9.0
    one, other = (np.asarray(model(each, training=False)) for each in (batch, changed))
    assert one[0, :5] == pytest.approx(other[0, :5], abs=1e-6)
    assert np.abs(one[0, 5:] - other[0, 5:]).max() > 1e-4


def test_a_network_of_both_sides_knows_later_steps() -> None:
    parts, values = prepare(series([8, 8]))
    model = build_network(parts, values)
    batch = parts.inputs.batch(parts.codec, np.array([0]), np.array([8]), 8, values)
    changed = {**batch, "series": batch["series"].copy()}
    changed["series"][:, 7:] = 9.0
    one, other = (np.asarray(model(each, training=False)) for each in (batch, changed))
    assert np.abs(one[0, 0] - other[0, 0]).max() > 1e-6


def test_vectors_are_what_words_begin_with(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("we 1 2\nfly 3 4\n", encoding="utf-8")
    parts, values = prepare(sentences([2]), f"tokens.vectors={path}")
    weights = build_network(parts, values).get_layer("word_embedding").embeddings
    assert np.array_equal(np.asarray(weights), parts.vectors)


def test_the_loss_is_of_known_tags_alone() -> None:
    targets = np.array([[0, -1, -2]], np.int32)
    logits = np.array([[[2.0, 0.0], [5.0, 1.0], [9.0, 1.0]]], np.float32)
    losses = np.asarray(TagLoss().call(targets, logits))
    assert losses[0].tolist() == pytest.approx([np.log(1 + np.exp(-2)), 0, 0])
    weights = np.array([[3.0, 0.0, 0.0]], np.float32)
    assert float(TagLoss()(targets, logits, weights)) == pytest.approx(np.log(1 + np.exp(-2)))


def test_label_smoothing_spreads_a_share_of_each_target() -> None:
    logits = np.array([[[2.0, 0.0]]], np.float32)
    sure, other = np.log(1 + np.exp(-2)), np.log(1 + np.exp(2))
    loss = np.asarray(TagLoss(0.2).call(np.array([[0]], np.int32), logits))
    assert loss[0, 0] == pytest.approx(0.9 * sure + 0.1 * other)


@pytest.mark.parametrize("found", [sentences([3, 10]), series([3, 10])], ids=["tokens", "steps"])
def test_a_network_is_the_same_from_a_file(found: Any, tmp_path: Path) -> None:
    parts, values = prepare(found, "network.head=crf")
    model = build_network(parts, values)
    model.get_layer("chain").transitions.assign(np.ones((len(parts.codec.tags),) * 2))
    before = predicted(parts, values, model)
    save_network(model, tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    assert predicted(parts, values, again) == pytest.approx(before, abs=1e-6)
    task: Any = SimpleNamespace(build=build_network)
    expected = plan_network(task, parts, values)
    weights = read_weights(tmp_path / "network.keras", expected)
    assert len(weights) >= len(model.trainable_weights) + 1


class Echo:
    """Says of each position what its first channel is, and how far it is from a window's ends."""

    model = None

    def __init__(self) -> None:
        self.rows: list[int] = []

    def fitting(self, axis: str, size: int) -> int:
        return size

    def __call__(self, inputs: Any) -> Any:
        self.rows.append(len(inputs["series"]))
        said = inputs["series"][..., 0]
        return np.stack([said, np.zeros_like(said)], axis=2)


def test_every_position_has_the_tags_of_its_own_step() -> None:
    parts, values = prepare(series([40, 3, 17, 0, 1]), "longest=8", "steps.scaling=none")
    heard: list[int] = []
    network: Any = Echo()
    found = network_marginals(network, parts.codec, parts.encoded(), values, heard.append)
    said = parts.sequences.values[:, 0].astype(np.float32)  # type: ignore[index]
    assert np.log(found[:, 0] / found[:, 1]) == pytest.approx(said, abs=1e-4)
    assert sum(heard) == 61
    assert all(rows & (rows - 1) == 0 for rows in network.rows)
