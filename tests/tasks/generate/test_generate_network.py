"""Networks that read text: batches, scores, and what is kept of them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.data.reading.texts import read_texts
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import UNKNOWN
from seqtune.metrics.generate import score_language
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.runtime.network import KerasNetwork
from seqtune.search.network_file import load_network, save_network
from seqtune.tasks.generate.batches import GapStreams, Streams
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.evaluate import score_text
from seqtune.tasks.generate.gaps import gap_log_probabilities
from seqtune.tasks.generate.predictions import COLUMNS, MATCH, RECENT, network_predictions
from seqtune.tasks.generate.scoring import log_probabilities
from seqtune.tasks.generate.task import TASK

TALE = "Once upon a time there was a cat, and the cat sat on a mat.\n" * 40
SMALL = ("network.units=6", "network.embedding=4", "training.batch_size=3", "training.sequence=8")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("text") / "tale.txt"
    path.write_text(TALE, encoding="utf-8")
    return path


def problem(text: Path, *changes: str) -> tuple[Any, dict[str, Any]]:
    """Return the prepared text and one configuration."""
    recipe = Recipe.load("generate/quick", "generate", (*SMALL, *changes), {})
    prepared, recipe = TASK.prepare(read_texts(text), recipe, silent)
    return prepared, {each.path: each.default for each in recipe.dimensions()}


def probabilities(model: Any, ids: Any) -> Any:
    """Return the log-probability of every token but the first, read in one go."""
    logits = np.asarray(model.predict_on_batch(np.asarray(ids, np.int32)[None, :-1]), np.float64)
    chances = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return np.take_along_axis(chances[0], np.asarray(ids, int)[1:, None], axis=-1)[:, 0]


@pytest.mark.parametrize("changes", [(), ("network.tied=true",), ("objective=fill",)])
def test_the_bias_of_an_untrained_network_says_how_frequent_each_token_is_in_training(
    text: Path, changes: tuple[str, ...]
) -> None:
    prepared, values = problem(text, *changes)
    kind = values["tokens.kind"]
    size = prepared.codec.tokens[kind].size
    seen = prepared.arrays[kind][: prepared.codec.borders[kind][0]]
    counts = np.bincount(np.asarray(seen), minlength=size)
    assert prepared.codec.counts[kind] == tuple(counts.tolist())
    bias = np.asarray(TASK.build(prepared, values).get_layer("vocabulary").bias, np.float64)
    chances = np.exp(bias) / np.exp(bias).sum()
    assert chances == pytest.approx((counts + 0.02) / (counts.sum() + 0.02 * size), abs=1e-6)
    assert 0 < chances[UNKNOWN] < 1e-3


def test_each_lane_goes_on_where_its_last_batch_ended() -> None:
    streams = Streams(np.arange(100, dtype=np.uint8), streams=4, steps=5, seed=1, batches=2)
    before, after = streams[0], streams[1]
    assert before[0].shape == before[1].shape == (4, 5)
    np.testing.assert_array_equal(before[1], (before[0] + 1) % 100)
    np.testing.assert_array_equal(after[0][:, 0], before[1][:, -1])
    np.testing.assert_array_equal(np.diff(before[0][:, 0]) % 100, [25, 25, 25])
    streams.on_epoch_end()
    np.testing.assert_array_equal(streams[0][0][:, 0], after[1][:, -1])


def test_a_text_shorter_than_the_lanes_is_gone_through_round_and_round() -> None:
    read, following = Streams(np.arange(3, dtype=np.uint8), 4, 5, seed=0, batches=1)[0]
    np.testing.assert_array_equal(following, (read + 1) % 3)


def test_gaps_are_predicted_from_the_text_itself() -> None:
    read, wanted = GapStreams(np.arange(50, dtype=np.uint8), 2, 6, seed=0, batches=1)[0]
    np.testing.assert_array_equal(read, wanted)


@pytest.mark.parametrize("changes", [
    (), ("network.cell=lstm", "network.layers=2", "network.layer_normalization=true"),
    ("network.cell=simple_rnn", "network.attention=4", "network.tied=true"),
    ("network.tied=true", "network.embedding=6"),
])  # fmt: skip
def test_a_text_read_in_stretches_has_the_probability_of_one_read_at_once(
    text: Path, changes: tuple[str, ...]
) -> None:
    prepared, values = problem(text, *changes)
    model = TASK.build(prepared, values)
    ids = prepared.arrays["character"][:200]
    found = log_probabilities(KerasNetwork(model, TASK.network_facts), ids, 1, len(ids))[:, 0]
    np.testing.assert_allclose(found, probabilities(model, ids), atol=1e-5)
    assert found.sum() == pytest.approx(-199 * math.log(prepared.codec.tokens["character"].size),
                                        rel=0.2)  # fmt: skip


def test_lanes_read_enough_before_what_they_score(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, values = problem(text)
    model = TASK.build(prepared, values)
    ids = prepared.arrays["character"]
    whole = log_probabilities(KerasNetwork(model, TASK.network_facts), ids, 1, len(ids))
    monkeypatch.setattr("seqtune.tasks.generate.scoring.LANE", 100)
    streams = log_probabilities(KerasNetwork(model, TASK.network_facts), ids, 1, len(ids))
    assert whole.shape == streams.shape == (len(ids) - 1, 2)
    np.testing.assert_allclose(streams, whole, atol=1e-4)


def test_unknown_characters_cost_their_naming_too() -> None:
    tokens = Tokenizer.fit(["abab"], "character", max_tokens=10, min_count=1)
    ids = tokens.encode("aXb")
    made = network_predictions(tokens, ids, np.array([-1.0, -2.0, -3.0]))
    assert ids[1] == UNKNOWN and made[:, 1].tolist() == [1, 1, 1]
    assert np.log(made[:, 0]) == pytest.approx([-1.0, -2.0 - tokens.surprise, -3.0])
    assert score_text(made)["nats_per_character"] * 3 == pytest.approx(6.0 + tokens.surprise)


def test_scores_by_hand() -> None:
    scores = score_language(nats=8 * math.log(2), tokens=2, characters=4)
    assert scores["bits_per_character"] == pytest.approx(2.0)
    assert scores["nats_per_character"] == pytest.approx(2 * math.log(2))
    assert scores["perplexity"] == pytest.approx(16.0)
    assert score_language(1e9, 1, 1)["perplexity"] < math.inf


def test_training_lowers_the_loss_and_a_saved_network_is_the_same(
    text: Path, tmp_path: Path
) -> None:
    prepared, values = problem(text, "network.attention=3", "network.weight_dropout=0.1")
    model = TASK.build(prepared, values)
    model.compile(keras.optimizers.Adam(0.03), TASK.loss(prepared, values))
    batches = TASK.batches(prepared, values, 0, steps=12)
    losses = model.fit(batches, epochs=3, verbose=0, shuffle=False).history["loss"]
    # far below what the frequencies of characters give, which a network may begin with
    assert losses[-1] < losses[0] - 0.1
    save_network(model, tmp_path / "network.keras")
    again = load_network(TASK, prepared, values, tmp_path / "network.keras")
    found = TASK.forward(
        KerasNetwork(again, TASK.network_facts), prepared, prepared.encoded("test"), values
    )
    np.testing.assert_allclose(
        found,
        TASK.forward(
            KerasNetwork(model, TASK.network_facts), prepared, prepared.encoded("test"), values
        ),
        rtol=1e-6,
    )
    begin, end = prepared.bounds("character", "test")
    assert found.shape == (end - begin, COLUMNS)
    assert found[:, 1].sum() == prepared.codec.characters[2]


def test_a_network_for_gaps_does_not_see_what_it_predicts(text: Path) -> None:
    prepared, values = problem(text, "objective=fill", "network.layers=2")
    model = TASK.build(prepared, values)
    ids = np.array([[0, 3, 4, 5, 6, 7]], np.int32)
    before = np.asarray(model.predict_on_batch(ids))
    ids[0, 2] = 8
    moved = np.abs(np.asarray(model.predict_on_batch(ids)) - before).max(axis=-1)[0] > 1e-7
    assert moved.tolist() == [True, True, False, True, True, True]


def test_gaps_are_scored_one_by_one(text: Path) -> None:
    prepared, values = problem(text, "objective=fill")
    model = TASK.build(prepared, values)
    ids = prepared.arrays["word"]
    found = gap_log_probabilities(KerasNetwork(model, TASK.network_facts), ids, 5, 40)
    assert found.shape == (35,)
    logits = np.asarray(model.predict_on_batch(np.asarray(ids[:40], np.int32)[None]), np.float64)
    chances = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    assert found[10] == pytest.approx(chances[0, 15, ids[15]], abs=1e-3)


def test_looks_at_the_validation_part_cost_little(text: Path) -> None:
    prepared, values = problem(text)
    begin, end = prepared.compared("character", "validation")
    steps = TASK.steps_per_epoch(prepared, values)
    trained = steps * 3 * 8
    assert trained >= 8 * (end - begin) - 24 or steps == 25


def test_counted_ngrams_are_kept_and_opened_and_a_damaged_file_is_counted_again(
    text: Path, tmp_path: Path
) -> None:
    fresh, _ = problem(text)
    run, bundle = tmp_path / "run", tmp_path / "bundle"
    for folder in (run, bundle):
        folder.mkdir()
    fresh.save(run)
    first = TASK.by_method(TASK.load(run), fresh.encoded("test"), "kneser_ney", 0)
    counts = run / "data" / "kneser_ney.npy"
    before = counts.stat().st_mtime_ns
    prepared = TASK.load(run)
    again = TASK.by_method(prepared, fresh.encoded("test"), "kneser_ney", 0)
    assert again.tolist() == first.tolist() and counts.stat().st_mtime_ns == before
    prepared.save(bundle)
    assert (bundle / "data" / "kneser_ney.npy").read_bytes() == counts.read_bytes()
    counts.write_bytes(counts.read_bytes()[:-1])
    again = TASK.by_method(TASK.load(run), fresh.encoded("test"), "kneser_ney", 0)
    assert again.tolist() == first.tolist() and counts.stat().st_mtime_ns != before


def test_what_came_lately_is_said_beside_a_method_where_a_blend_may_go_by_it(
    text: Path, tmp_path: Path
) -> None:
    prepared, _ = problem(text)
    assert prepared.codec.recent == "auto"
    told = TASK.by_method(prepared, prepared.encoded("test"), "kneser_ney", 0)
    assert told[0, MATCH] == 0 and told[-1, MATCH] == 32 and told[-1, RECENT] > 0.99
    for change in ("objective=fill", "baselines.blend=false", "baselines.recent=false"):
        prepared, _ = problem(text, change)
        assert prepared.codec.recent is False
        told = TASK.by_method(prepared, prepared.encoded("test"), "unigram", 0)
        assert not told[:, MATCH].any()
    prepared.save(tmp_path)
    assert TASK.load(tmp_path).codec == prepared.codec
    plain = prepared.codec.to_dict()
    with pytest.raises(ValueError, match="expected true, false or auto"):
        Codec.from_dict({**plain, "recent": "yes"})
    del plain["recent"]
    with pytest.raises(ValueError, match="not as they are written"):
        Codec.from_dict(plain)
