"""Steps as networks read them: gaps filled, scaled, and never with what comes later."""

from __future__ import annotations

import numpy as np
import pytest
from tagger_parts import prepare, sentences

from seqtune.tasks.tag.gaps import filled
from seqtune.tasks.tag.sequences import Sequences

NAN = np.nan


def one_channel(*series: list[float]) -> Sequences:
    values = np.concatenate([np.array(each)[:, None] for each in series])
    tags = ["a", "b"] * len(values)
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in series])])
    return Sequences(offsets, np.arange(len(values)), values=values, tags=tags[: len(values)])


def test_gaps_are_filled_within_their_series() -> None:
    values = np.array([[NAN], [1.0], [NAN], [NAN], [4.0], [NAN], [NAN], [9.0]])
    offsets = np.array([0, 6, 6, 8])
    assert filled(values, offsets).ravel().tolist() == [1, 1, 2, 3, 4, 4, 9, 9]


def test_looking_back_alone_the_last_value_fills_a_gap() -> None:
    values = np.array([[NAN], [1.0], [NAN], [NAN], [4.0], [NAN], [NAN], [9.0]])
    found = filled(values, np.array([0, 6, 8]), is_causal=True).ravel()
    assert np.array_equal(found, [NAN, 1, 1, 1, 4, 4, NAN, 9], equal_nan=True)


def test_a_channel_without_a_value_stays_missing() -> None:
    assert np.isnan(filled(np.full((3, 2), NAN), np.array([0, 3]))).all()


def test_channels_are_scaled_by_training_and_gaps_are_said() -> None:
    parts, values = prepare(one_channel([0.0, NAN, 4.0], [2.0, 2.0]))
    assert parts.codec.center == (2.0,)
    found = parts.inputs.scaled(parts.codec, values)
    spread = np.sqrt(2.0)
    assert found[:, 0] == pytest.approx(np.array([-2, 0, 2, 0, 0]) / spread)
    assert found[:, 1].tolist() == [0, 1, 0, 0, 0]


def test_each_series_can_have_a_scale_of_its_own() -> None:
    parts, values = prepare(one_channel([0.0, 2.0], [100.0, 300.0], [7.0]), "steps.scaling=series")
    found = parts.inputs.scaled(parts.codec, values)
    assert found.ravel().tolist() == [-1, 1, -1, 1, 0]


def test_values_can_stay_as_they_are() -> None:
    parts, values = prepare(one_channel([0.0, 1e300, 4.0]), "steps.scaling=none")
    found = parts.inputs.scaled(parts.codec, values)
    assert found[[0, 2], 0].tolist() == [0, 4]
    assert np.isfinite(found).all()


def test_a_network_that_looks_back_alone_knows_nothing_of_later_steps() -> None:
    early, late = [1.0, NAN, 3.0, 2.0], [1.0, NAN, 3.0, 900.0]
    overrides = ("network.direction=forward", "steps.scaling=series")
    parts, values = prepare(one_channel(early, [0.0, 5.0]), *overrides)
    changed, _ = prepare(one_channel(late, [0.0, 5.0]), *overrides)
    one = parts.inputs.scaled(parts.codec, values)
    other = changed.inputs.scaled(parts.codec, values)
    assert np.array_equal(one[:3], other[:3])


def test_a_batch_is_padded_with_zeros() -> None:
    parts, values = prepare(sentences([2, 4]))
    batch = parts.inputs.batch(parts.codec, np.array([0, 2]), np.array([2, 3]), 4, values)
    assert batch["length"].tolist() == [2, 3]
    assert (batch["words"] > 0).sum(axis=1).tolist() == [2, 3]
    assert batch["characters"].shape == (2, 4, 20)
    assert (batch["characters"][0, 2:] == 0).all()
    assert (batch["spelling"][0, 2:] == 0).all()
    assert batch["words"].dtype == np.int32


def test_what_a_configuration_does_not_read_is_not_made() -> None:
    parts, values = prepare(sentences([2]), "tokens.characters=none", "tokens.spelling=false")
    batch = parts.inputs.batch(parts.codec, np.array([0]), np.array([2]), 2, values)
    assert set(batch) == {"words", "length"}


def test_some_sequences_are_taken_in_their_order() -> None:
    parts, _ = prepare(sentences([2, 4, 1]))
    taken = parts.inputs.take([2, 0])
    assert taken.offsets.tolist() == [0, 1, 3]
    assert parts.inputs.places([2, 0]).tolist() == [6, 0, 1]
    assert parts.inputs.places([]).tolist() == []
