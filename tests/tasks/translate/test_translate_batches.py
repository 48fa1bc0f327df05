"""Training batches: every pair once a round, few shapes, exact targets and weights, the seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.translate.batches import TrainingBatches
from seqtune.tasks.translate.buckets import Shape
from seqtune.tasks.translate.prepare import prepare
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.source_batch import source_batch
from seqtune.tasks.translate.split import TRAIN, split_cases

VALUES = {
    "tokens.source": "character",
    "tokens.target": "symbol",
    "training.batch_size": 8,
    "training.word_dropout": 0.0,
}


def spelled(count: int = 60) -> list[str]:
    """Different words of one to nine letters."""
    draw = np.random.default_rng(1)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(draw.choice(list("abcd"), size=draw.integers(1, 10)))] = None
    return list(found)


def data(*overrides: str) -> Prepared:
    words = spelled()
    frame = pd.DataFrame({"word": words, "phones": [" ".join(word.upper()) for word in words]})
    recipe = Recipe.load(None, "translate", ["data.target_kind=symbols", *overrides])
    return prepare(Source.from_frame(frame), recipe, silent)[0]


PREPARED = data()


def batches(rows: Any = None, seed: int = 1, steps: int = 3, **changes: Any) -> TrainingBatches:
    values = VALUES | {f"training.{name}": value for name, value in changes.items()}
    chosen = PREPARED.pairs("train") if rows is None else np.array(rows, np.int64)
    return TrainingBatches(PREPARED, values, chosen, seed, steps)


def pairs_in(batch: Any) -> list[tuple[str, str]]:
    """Return the sources and answers of a batch that have a weight."""
    inputs, targets, weights = batch
    read = PREPARED.codec.tokenizer("source", VALUES).decode
    write = PREPARED.codec.tokenizer("target", VALUES).decode
    return [
        (read(source), write(target))
        for source, target, weight in zip(inputs["source"], targets, weights, strict=True)
        if weight.any()
    ]


def expected(rows: Any) -> Counter[tuple[str, str]]:
    sources = PREPARED.source_texts(PREPARED.case[rows])
    return Counter(zip(sources, PREPARED.target_texts(rows), strict=True))


def test_every_pair_comes_once_in_a_round_and_rounds_differ() -> None:
    supply = batches(steps=1)
    count = supply.batches_per_round
    assert count == -(-len(supply.rows) // 8)
    rounds = []
    for _ in range(3):
        found = []
        for _ in range(count):
            found += pairs_in(supply[0])
            supply.on_epoch_end()
        rounds.append(found)
    assert all(Counter(each) == expected(PREPARED.pairs("train")) for each in rounds)
    assert rounds[0] != rounds[1] != rounds[2]


@pytest.mark.parametrize("rows", [(5,), (1, 8, 9), range(8)])
def test_few_pairs_fill_a_batch_and_count_once(rows: Any) -> None:
    chosen = np.array(rows)
    supply = batches(chosen)
    assert supply.batches_per_round == 1
    inputs, targets, weights = supply[0]
    assert len(inputs["source"]) == len(targets) == 8
    assert Counter(pairs_in(supply[0])) == expected(chosen)
    assert weights.mean() == pytest.approx(1)


def test_the_answer_is_read_one_token_late_and_ends() -> None:
    supply = batches(batch_size=60, rows=PREPARED.pairs("test"))
    inputs, targets, weights = supply[0]
    assert inputs["previous"].dtype == targets.dtype == inputs["source"].dtype == np.int32
    assert (inputs["previous"][:, 0] == END).all()
    assert np.array_equal(inputs["previous"][:, 1:], targets[:, :-1])
    for target, weight in zip(targets, weights, strict=True):
        length = int((weight > 0).sum())
        if length:
            assert (target[: length - 1] > UNKNOWN).all() and (target[length - 1 :] == END).all()


def test_tokens_weigh_the_same_and_one_on_average() -> None:
    _, targets, weights = batches()[0]
    assert weights.dtype == np.float32 and weights.shape == targets.shape
    assert len(np.unique(weights[weights > 0])) == 1
    assert weights.mean() == pytest.approx(1, abs=1e-6)


def test_batches_have_a_few_shapes_and_an_example_of_each_is_given() -> None:
    supply = batches(steps=200)
    shapes = {
        (each["source"].shape, targets.shape)
        for each, targets, _ in map(supply.__getitem__, range(200))
    }
    known = [((8, shape.source), (8, shape.target)) for shape in supply.shapes]
    examples = [(each["source"].shape, targets.shape) for each, targets, _ in supply.examples()]
    assert shapes <= set(known) and examples == known and len(known) <= 8
    assert all((weights > 0).any() for _, _, weights in supply.examples())
    few = batches(rows=(0,)).examples()  # shapes that no pair of these has
    assert [(each["source"].shape, targets.shape) for each, targets, _ in few] == known


def test_shapes_do_not_depend_on_the_pairs_that_are_learnt() -> None:
    assert batches(PREPARED.pairs("test")).shapes == batches().shapes


def test_the_seed_decides_the_batches_whatever_was_drawn_before() -> None:
    def drawn(supply: TrainingBatches) -> list[Any]:
        return [pairs_in(supply[index]) for index in range(3)]

    assert drawn(batches(seed=1)) == drawn(batches(seed=1)) != drawn(batches(seed=2))
    late, early = batches(), batches(steps=9)
    for _ in range(2):
        late.on_epoch_end()
    assert drawn(late) == [pairs_in(early[index]) for index in (6, 7, 8)]


def test_tokens_are_hidden_only_where_asked_and_never_the_end() -> None:
    plain, _, _ = batches()[0]
    hidden, targets, _ = batches(word_dropout=0.999999)[0]
    for name in ("source", "previous"):
        assert UNKNOWN not in plain[name]
        assert set(np.unique(hidden[name])) == {END, UNKNOWN}
        assert np.array_equal(hidden[name] == END, plain[name] == END)
    assert np.array_equal(targets, batches()[0][1])


def test_pairs_longer_than_any_batch_lose_their_end_and_have_no_end_token() -> None:
    words = spelled(300)
    row = int(np.flatnonzero(split_cases(300, 0.25, 0.25, seed=0) == TRAIN)[0])
    words[row] = "abcd" * 10
    frame = pd.DataFrame({"word": words, "phones": [" ".join(word) for word in words]})
    recipe = Recipe.load(None, "translate", ["data.target_kind=symbols", "tokens.longest=auto"])
    prepared, _ = prepare(Source.from_frame(frame), recipe, silent)
    codec = replace(prepared.codec, shapes={"character": {"symbol": (Shape(9, 10),)}})
    supply = TrainingBatches(replace(prepared, codec=codec), VALUES, np.array([row]), 0, 1)
    assert prepared.inputs["character"].lengths[row] == 40
    inputs, targets, weights = supply[0]
    assert (targets[0] > UNKNOWN).all() and (weights[0] > 0).all()
    assert (inputs["source"][0] > UNKNOWN).all()


def test_no_sources_are_an_empty_batch() -> None:
    none = np.array([], np.int64)
    given = source_batch(PREPARED.codec, PREPARED.inputs["character"], none, 5)
    assert given["source"].shape == (0, 5)
