"""Transcription without a decoder, against a sum over all alignments."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, product

import numpy as np
import pytest
from tiny_translators import tiny

from seqtune.data.ragged import Ragged
from seqtune.tasks.translate.ctc import best_path, best_prefixes, target_log_probabilities
from seqtune.tasks.translate.ctc_decoding import frames_of
from seqtune.tasks.translate.decoding import decode
from seqtune.tasks.translate.frame_tokens import FrameTokens
from seqtune.tasks.translate.loss import AlignmentLoss, alignment_nats
from seqtune.tasks.translate.references import reference_log_probabilities

FRAMES, SIZE = 4, 4


def frames(seed: int = 0, spread: float = 1.5) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, spread, (FRAMES, SIZE))
    logits[:, 1] = -1e9
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def every_target(chances: np.ndarray) -> dict[tuple[int, ...], float]:
    """Return the probability of each sequence of tokens, over all alignments."""
    found: dict[tuple[int, ...], float] = defaultdict(float)
    for path in product(range(chances.shape[1]), repeat=len(chances)):
        joined = tuple(token for token, _ in groupby(path) if token)
        found[joined] += float(np.exp(sum(chances[step, each] for step, each in enumerate(path))))
    return found


def padded(targets: list[tuple[int, ...]]) -> np.ndarray:
    return np.array([[*each, *[0] * (5 - len(each))] for each in targets], np.int32)


def test_the_loss_sums_over_all_alignments() -> None:
    chances = frames()
    expected = every_target(chances)
    targets = [(), (2,), (2, 2), (2, 3), (3, 2, 3)]
    assert sum(expected.values()) == pytest.approx(1.0)
    logits = np.repeat(chances[None], len(targets), axis=0).astype(np.float32)
    nats = np.asarray(alignment_nats(padded(targets), logits))
    assert nats == pytest.approx([-np.log(expected[each]) for each in targets], rel=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_targets_are_as_likely_as_all_their_alignments(seed: int) -> None:
    """Of 4 frames, (2, 2, 2) takes 5: it has none."""
    chances = frames(seed)
    expected = every_target(chances)
    targets = [(), (2,), (2, 2), (2, 3), (3, 2, 3), (2, 2, 2)]
    found = target_log_probabilities(np.repeat(chances[None], 6, axis=0), padded(targets))
    assert np.exp(found) == pytest.approx([expected[each] for each in targets], rel=1e-9)
    assert found[-1] == -np.inf
    (nothing,) = target_log_probabilities(chances[None], np.zeros((1, 0), np.int32))
    assert np.exp(nothing) == pytest.approx(expected[()])


def test_what_is_hardly_possible_is_told_from_what_is_not() -> None:
    """A hundred frames of which each says the blank with a probability of exp(-2000)."""
    said = np.zeros((1, 100, 3))
    said[..., 0] = -2000.0
    found = target_log_probabilities(said, np.zeros((1, 1), np.int32))
    assert found == pytest.approx([-200_000.0])


def test_the_loss_is_nats_per_token_and_leaves_out_what_cannot_be() -> None:
    """Of 4 frames, (2, 2, 2) takes 5: no alignment, so it weighs nothing."""
    chances = frames()
    targets = [(2, 3), (2, 2, 2), (2, 3), (2, 3), (2, 3)]  # of the shape above
    logits = np.repeat(chances[None], 5, axis=0).astype(np.float32)
    mask = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 0], *[[0] * 5] * 3], np.float32)
    weights = mask * (mask.size / mask.sum())
    found = float(AlignmentLoss()(padded(targets), logits, weights))
    assert found == pytest.approx(-np.log(every_target(chances)[2, 3]) / mask.sum(), rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_prefixes_are_ranked_by_their_whole_probability(seed: int) -> None:
    chances = frames(seed)
    expected = every_target(chances)
    ranked = sorted(expected, key=lambda each: -expected[each])
    found = best_prefixes(chances, beam=100)
    assert [each for each, _ in found[:4]] == ranked[:4]
    assert [np.exp(each) for _, each in found[:4]] == pytest.approx(
        [expected[each] for each in ranked[:4]], rel=1e-6
    )


def test_the_best_path_is_not_the_best_answer() -> None:
    """Two blanks have 0.36; the token has 0.4 * 0.4 + 2 * 0.24 = 0.64."""
    chances = np.log(np.array([[0.6, 1e-9, 0.4], [0.6, 1e-9, 0.4]]))
    assert best_path(chances) == ()
    assert best_prefixes(chances, 3)[0] == ((2,), pytest.approx(np.log(0.64)))


def test_repeats_are_joined_unless_a_blank_is_between() -> None:
    path = [2, 2, 0, 2, 3, 3, 0, 0]
    assert best_path(np.log(np.eye(4)[path] + 1e-9)) == (2, 2, 3)


def test_frames_begin_as_tokens_are_frequent_half_of_them_blank() -> None:
    layer = FrameTokens(4, counts=[10, 0, 6, 2])
    layer.build((None, None, 3))
    chances = np.exp(np.asarray(layer.say.bias))
    assert chances / chances.sum() == pytest.approx([0.5, 0.0, 0.375, 0.125], abs=2e-3)


def test_series_of_any_length_are_transcribed_as_alone() -> None:
    changes = {"pyramid__halvings": 1, "pyramid__bidirectional": False}
    member = tiny(spread=0.7, channels=2, decoder="ctc", architecture="pyramid", **changes)
    draw = np.random.default_rng(1)
    rows = [draw.normal(size=(steps, 2)) * 4 for steps in (9, 3, 10)]
    inputs = {"series": Ragged.from_list(rows, 2)}
    together = decode([member], inputs, longest=6, beam=3, n_best=2)
    greedy = decode([member], inputs, longest=6)
    assert (greedy.tokens != 0).any() and together.tokens.shape[:2] == (3, 2)
    for row, series in enumerate(rows):
        alone = {"series": Ragged.from_list([series], 2)}
        chances = np.asarray(frames_of([member], alone, np.array([0])), np.float64)[0]
        assert len(chances) == (len(series) + 1) // 2
        own = [each for each, _ in best_prefixes(chances, 3)[:2]]
        assert [tuple(t for t in each if t) for each in together.tokens[row].tolist()] == own
        assert tuple(t for t in greedy.tokens[row, 0].tolist() if t) == best_path(chances)
        written = Ragged.from_list([np.array(own[0], np.int32)])
        (likely,) = reference_log_probabilities([member], alone, written)
        assert together.scores[row, 0] == pytest.approx(likely / (len(own[0]) + 1), abs=1e-4)


def test_members_agree_on_each_frame() -> None:
    pair = [tiny(seed, spread=0.7, channels=2, decoder="ctc", units=3) for seed in (1, 2)]
    inputs = {"series": Ragged.from_list([np.ones((5, 2)), np.ones((3, 2))], 2)}
    rows = np.arange(2)
    each = [np.exp(np.asarray(frames_of([one], inputs, rows))) for one in pair]
    both = np.exp(np.asarray(frames_of(pair, inputs, rows)))
    assert both == pytest.approx((each[0] + each[1]) / 2, abs=1e-5)
