"""Training batches: every position of a round, equal work in each, the same from the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tagger_parts import Parts, prepare, sentences, series

from seqtune.tasks.tag.batches import TrainingBatches, rows_of
from seqtune.tasks.tag.spelling import UNKNOWN

LENGTHS = [10, 3, 4, 3, 9, 10, 1, 2, 3, 4, 10, 10]


def batches_of(
    parts: Parts, values: dict[str, Any], seed: int = 0, steps: int = 4
) -> TrainingBatches:
    return TrainingBatches(parts, values, np.arange(len(parts.inputs)), seed, steps)


def one_round(batches: TrainingBatches) -> list[Any]:
    batches.steps = batches.batches_per_round
    return [batches[number] for number in range(batches.batches_per_round)]


def test_each_batch_has_about_as_many_positions() -> None:
    assert rows_of(32, 16, 16) == 32
    assert rows_of(32, 16, 64) == 8
    assert rows_of(1, 1, 100) == 1


def test_every_position_comes_in_a_round() -> None:
    parts, values = prepare(sentences(LENGTHS))
    found = one_round(batches_of(parts, values))
    lengths = sorted(
        length for inputs, _, _ in found for length in inputs["length"].tolist() if length
    )
    for length in set(LENGTHS):
        assert lengths.count(length) >= LENGTHS.count(length)
    assert {targets.shape[1] for _, targets, _ in found} <= set(parts.codec.lengths)


def test_targets_are_those_of_the_words_and_padding_is_none() -> None:
    parts, values = prepare(sentences(LENGTHS))
    for inputs, targets, weights in one_round(batches_of(parts, values)):
        present = np.arange(targets.shape[1]) < inputs["length"][:, None]
        assert (targets[~present] == -2).all()
        assert (weights[~present] == 0).all()
        assert weights.mean() == pytest.approx(1.0)
        assert (inputs["words"] > 0).tolist() == present.tolist()
        numbers = {word: number for number, word in enumerate(parts.codec.lexicon.words, 2)}
        names = parts.codec.tags.names
        assert (targets[inputs["words"] == numbers["boston"]] == names.index("B-city")).all()
        assert (targets[inputs["words"] == numbers["may"]] == names.index("I-date")).all()


def test_a_position_without_a_tag_weighs_nothing() -> None:
    found = sentences([4, 4])
    found.tags[1] = ""  # type: ignore[index]
    parts, values = prepare(found)
    _, targets, weights = one_round(batches_of(parts, values))[0]
    assert (targets == -1).any()
    assert (weights[targets == -1] == 0).all()
    assert weights.mean() == pytest.approx(1.0)


def test_the_same_seed_gives_the_same_batches_in_any_order() -> None:
    parts, values = prepare(sentences(LENGTHS), "tokens.word_dropout=0.5")
    one, other = batches_of(parts, values, steps=40), batches_of(parts, values, steps=40)
    last = other[39]
    for number in (39, 0, 17):
        for a, b in zip(one[number][0].values(), other[number][0].values(), strict=True):
            assert np.array_equal(a, b)
    assert np.array_equal(last[1], one[39][1])


def test_another_seed_and_another_round_give_another_order() -> None:
    parts, values = prepare(sentences(LENGTHS))
    one = batches_of(parts, values)
    first = [each[1].tolist() for each in one_round(one)]
    again = [each[1].tolist() for each in one_round(batches_of(parts, values, seed=1))]
    one.on_epoch_end()
    after = [each[1].tolist() for each in (one[number] for number in range(len(first)))]
    assert first != again
    assert first != after


def test_examples_have_every_shape_of_a_round() -> None:
    parts, values = prepare(sentences(LENGTHS))
    batches = batches_of(parts, values)
    shapes = {targets.shape for _, targets, _ in batches.examples()}
    assert {targets.shape for _, targets, _ in one_round(batches)} <= shapes
    assert len(shapes) == len(parts.codec.lengths)


def test_long_sequences_are_cut_into_pieces() -> None:
    parts, values = prepare(series([100]), "longest=8")
    found = one_round(batches_of(parts, values))
    assert parts.codec.lengths[-1] == 8
    assert sum(int(inputs["length"].sum()) for inputs, _, _ in found) >= 100


def test_hidden_words_are_unknown_and_padding_stays() -> None:
    parts, values = prepare(sentences(LENGTHS), "tokens.word_dropout=0.9")
    inputs, targets, _ = one_round(batches_of(parts, values))[0]
    assert ((inputs["words"] == 0) == (targets == -2)).all()
    assert (inputs["words"] == UNKNOWN).mean() > 0.3


def test_varied_series_keep_their_padding_and_their_flags() -> None:
    overrides = ("steps.jitter=0.5", "steps.stretch=0.5")
    parts, values = prepare(series([5, 9, 9, 2], gaps=0.3), *overrides)
    for inputs, targets, _ in one_round(batches_of(parts, values)):
        assert inputs["series"].shape[2] == parts.codec.features == 4
        assert (inputs["series"][targets == -2] == 0).all()
        assert np.isin(inputs["series"][..., 2:], (0, 1)).all()
        assert np.isfinite(inputs["series"]).all()
