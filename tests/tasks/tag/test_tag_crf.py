"""The linear chain against all ways to tag a short sequence, and where numbers are extreme."""

from __future__ import annotations

from itertools import pairwise, product

import keras
import numpy as np
import numpy.typing as npt
import pytest

from seqtune.data.text.span_marks import legal
from seqtune.tasks.tag.crf import FORBIDDEN, ChainLoss, LinearChain, log_partition, sequence_nats
from seqtune.tasks.tag.crf_marginals import chain_marginals
from seqtune.tasks.tag.decoding import decode

Floats = npt.NDArray[np.float64]

NAMES = ["O", "B-x", "I-x"]
FOLLOW = legal(NAMES, "bio").follow


def drawn(seed: int, batch: int, steps: int, tags: int) -> tuple[Floats, Floats, Floats]:
    draw = np.random.default_rng(seed)
    return (
        draw.normal(0, 2, (batch, steps, tags)),
        draw.normal(0, 1, (tags, tags)),
        draw.normal(0, 1, (2, tags)),
    )


def scores_of_all(emissions: Floats, transitions: Floats, borders: Floats) -> dict:  # type: ignore[type-arg]
    """Return the score of every way to tag a sequence (steps, tags), by its tags."""
    steps, tags = emissions.shape
    return {
        way: borders[0, way[0]] + borders[1, way[-1]]
        + sum(emissions[step, tag] for step, tag in enumerate(way))
        + sum(transitions[a, b] for a, b in pairwise(way))
        for way in product(range(tags), repeat=steps)
    }  # fmt: skip


def packed(emissions: Floats, transitions: Floats, borders: Floats) -> npt.NDArray[np.float32]:
    rows = np.concatenate([transitions, borders])
    rows = np.broadcast_to(rows, (len(emissions), *rows.shape))
    return np.concatenate([emissions, rows], axis=1).astype(np.float32)


def nats_of(targets: list[list[int]], *parts: Floats) -> Floats:
    found = sequence_nats(np.array(targets, np.int32), keras.ops.convert_to_tensor(packed(*parts)))
    return np.asarray(found, np.float64)


def brute_nats(target: list[int], emissions: Floats, transitions: Floats, borders: Floats) -> float:
    length = sum(tag != -2 for tag in target)
    scores = scores_of_all(emissions[:length], transitions, borders)
    fitting = [
        score for way, score in scores.items()
        if all(tag in (-1, at) for at, tag in zip(way, target[:length], strict=True))
    ]  # fmt: skip
    return float(np.logaddexp.reduce([*scores.values()]) - np.logaddexp.reduce(fitting))


@pytest.mark.parametrize(
    "target", [[0, 2, 1, 0], [2, 2, -2, -2], [1, -2, -2, -2], [-1, 2, -1, 0], [-1, -1, -1, -2]]
)
def test_the_nats_of_known_tags_are_those_of_all_ways(target: list[int]) -> None:
    emissions, transitions, borders = drawn(0, 2, 4, 3)
    found = nats_of([target, [0, 0, 0, 0]], emissions, transitions, borders)
    assert found[0] == pytest.approx(
        brute_nats(target, emissions[0], transitions, borders), abs=1e-4
    )


def test_the_partition_is_the_sum_of_all_ways() -> None:
    emissions, transitions, borders = drawn(7, 2, 4, 3)
    present = np.array([[True] * 4, [True, True, False, False]])
    parts = [each.astype(np.float32) for each in (emissions, transitions, borders)]
    found = np.asarray(log_partition(parts[0], present, parts[1], parts[2][0], parts[2][1]))
    for row, length in enumerate((4, 2)):
        scores = scores_of_all(emissions[row, :length], transitions, borders)
        assert found[row] == pytest.approx(np.logaddexp.reduce([*scores.values()]), abs=1e-4)


def test_a_sequence_of_one_position_has_no_transition() -> None:
    emissions, transitions, borders = drawn(1, 1, 1, 3)
    found = nats_of([[2]], emissions, transitions, borders)
    assert found[0] == pytest.approx(brute_nats([2], emissions[0], transitions, borders), abs=1e-5)


def test_marginals_are_those_of_all_ways() -> None:
    emissions, transitions, borders = drawn(2, 3, 4, 3)
    transitions = np.where(FOLLOW, transitions, FORBIDDEN)
    lengths = np.array([4, 2, 1])
    found = chain_marginals(emissions, transitions, borders, lengths)
    for row, length in enumerate(lengths.tolist()):
        scores = scores_of_all(emissions[row, :length], transitions, borders)
        total = np.logaddexp.reduce([*scores.values()])
        for step in range(length):
            for tag in range(3):
                share = sum(np.exp(s - total) for way, s in scores.items() if way[step] == tag)
                assert found[row, step, tag] == pytest.approx(share, abs=1e-12)


def test_looking_back_alone_marginals_are_those_of_the_steps_so_far() -> None:
    emissions, transitions, borders = drawn(6, 1, 4, 3)
    found = chain_marginals(emissions, transitions, borders, np.array([4]), is_causal=True)
    for step in range(4):
        so_far = np.stack([borders[0], np.zeros(3)])
        scores = scores_of_all(emissions[0, : step + 1], transitions, so_far)
        total = np.logaddexp.reduce([*scores.values()])
        for tag in range(3):
            share = sum(np.exp(s - total) for way, s in scores.items() if way[-1] == tag)
            assert found[0, step, tag] == pytest.approx(share, abs=1e-12)


def test_marginals_of_far_emissions_are_numbers_that_sum_to_one() -> None:
    emissions = np.array([[[1e4, 0, -1e4], [-1e4, 0, 1e4], [0, -1e4, 1e4]]])
    transitions = np.where(FOLLOW, 0.0, FORBIDDEN)
    found = chain_marginals(emissions, transitions, np.zeros((2, 3)), np.array([3]))
    assert np.isfinite(found).all()
    assert found.sum(axis=2) == pytest.approx(np.ones((1, 3)))


def gradient_of(targets: npt.NDArray[np.int32], given: npt.NDArray[np.float32]) -> Floats:
    loss = ChainLoss()
    if keras.backend.backend() == "jax":
        import jax

        return np.asarray(jax.grad(lambda each: loss(targets, each))(given))
    import tensorflow

    with tensorflow.GradientTape() as tape:
        variable = tensorflow.Variable(given)
        value = loss(targets, variable)
    return np.asarray(tape.gradient(value, variable))


@pytest.mark.parametrize("size", [0.0, 1.0, 1e3, 1e6])
def test_gradients_are_finite_whatever_the_emissions(size: float) -> None:
    emissions, transitions, borders = drawn(3, 2, 5, 3)
    transitions = np.where(FOLLOW, transitions, FORBIDDEN)
    targets = np.array([[0, 1, 2, 2, 0], [1, 2, -1, -2, -2]], np.int32)
    gradient = gradient_of(targets, packed(size * emissions, transitions, borders))
    assert np.isfinite(gradient).all()
    if size == 1.0:  # of emissions: the marginals less the truth
        assert np.abs(gradient[0, :5].sum(axis=1)).max() < 1e-5


def test_a_target_that_is_not_legal_costs_much_and_not_infinitely_much() -> None:
    emissions, transitions, borders = drawn(4, 1, 2, 3)
    transitions = np.where(FOLLOW, transitions, FORBIDDEN)
    found = nats_of([[0, 2]], emissions, transitions, borders)
    assert 50 < found[0] < 100


def test_the_nats_are_spread_over_the_known_positions() -> None:
    emissions, transitions, borders = drawn(5, 1, 4, 3)
    targets = np.array([[1, -1, 0, -2]], np.int32)
    losses = np.asarray(ChainLoss().call(targets, packed(emissions, transitions, borders)))
    nats = nats_of(targets.tolist(), emissions, transitions, borders)
    assert losses[0].tolist() == pytest.approx([nats[0] / 2, 0, nats[0] / 2, 0])


def test_the_layer_packs_emissions_transitions_and_borders() -> None:
    layer = LinearChain(FOLLOW)
    emissions = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    made = np.asarray(layer(emissions))
    assert made.shape == (2, 4 + 3 + 2, 3)
    assert np.array_equal(made[:, :4], emissions)
    assert np.array_equal(made[1, 4:7] == 0, FOLLOW)
    assert len(layer.trainable_weights) == 2


@pytest.mark.parametrize("seed", range(5))
def test_decoding_finds_the_best_legal_way(seed: int) -> None:
    draw = np.random.default_rng(seed)
    names = ["O", "B-x", "I-x", "E-x", "S-x"] if seed % 2 else ["O", "B-x", "I-x", "B-y", "I-y"]
    rules = legal(names, "bioes" if seed % 2 else "bio")
    lengths = [4, 1, 0, 3, 2]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    marginals = draw.dirichlet(np.ones(5), offsets[-1])
    found = decode(marginals, offsets, rules)
    chances = np.log(marginals)
    for first, end in pairwise(offsets):
        if first == end:
            continue
        ways = {
            way: sum(chances[first + at, tag] for at, tag in enumerate(way))
            for way in product(range(5), repeat=int(end - first))
            if rules.begin[way[0]] and rules.end[way[-1]]
            and all(rules.follow[a, b] for a, b in pairwise(way))
        }  # fmt: skip
        assert tuple(found[first:end].tolist()) == max(ways, key=ways.__getitem__)


def test_without_rules_each_position_has_its_likeliest_tag() -> None:
    marginals = np.array([[0.1, 0.9], [0.6, 0.4]])
    assert decode(marginals, np.array([0, 2])).tolist() == [1, 0]


def test_where_no_way_is_legal_each_position_has_its_likeliest_tag() -> None:
    rules = legal(["I-x", "I-y"], "bio")
    marginals = np.array([[0.1, 0.9], [0.6, 0.4]])
    assert decode(marginals, np.array([0, 2]), rules).tolist() == [1, 0]


def test_looking_back_alone_a_tag_is_never_changed_by_a_later_one() -> None:
    rules = legal(NAMES, "bio")
    marginals = np.array([[0.5, 0.4, 0.1], [0.1, 0.3, 0.6], [0.1, 0.2, 0.7]])
    assert decode(marginals, np.array([0, 3]), rules).tolist() == [1, 2, 2]
    found = decode(marginals, np.array([0, 3]), rules, is_causal=True)
    assert found.tolist() == [0, 1, 2]


def test_decoding_no_positions_gives_none() -> None:
    assert decode(np.zeros((0, 3)), np.array([0]), legal(NAMES, "bio")).tolist() == []
