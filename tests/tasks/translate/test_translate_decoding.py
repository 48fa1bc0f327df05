"""Answers of networks: against every sequence that they could write, alone and together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from tiny_translators import every_answer, log_probability, said, sources, tiny

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.tasks.translate import decoding, member
from seqtune.tasks.translate.decoding import decode
from seqtune.tasks.translate.loss import SmoothedCrossEntropy
from seqtune.tasks.translate.member import chunks, write_together
from seqtune.tasks.translate.network import build_network
from seqtune.tasks.translate.references import reference_log_probabilities

LONGEST = 3
ROWS = ([2, 3, 4], [4], [3, 3, 2, 4, 2], [2, 4])


def scores_of(members: list[Any], source: Sequence[int]) -> dict[tuple[int, ...], float]:
    """Return the log-probability of every answer: members average each next token."""
    answers = every_answer(5, LONGEST)
    weights = np.array([each.weight for each in members])
    chances = np.stack([np.exp(said(each, source, answers)) for each in members])
    mixed = np.log(np.tensordot(weights / weights.sum(), chances, axes=1))
    return {
        answer: log_probability(own, answer) for answer, own in zip(answers, mixed, strict=True)
    }


def without_end(tokens: Any) -> tuple[int, ...]:
    return tuple(int(token) for token in tokens if token != END)


def test_a_wide_beam_finds_the_best_of_all_answers() -> None:
    one = tiny(3, input_feeding=True, copying=True, cell="slstm")
    found = decode([one], sources(*ROWS), longest=LONGEST, beam=40, n_best=4, length_penalty=0.8)
    assert found.tokens.shape == (4, 4, 3) and not (found.tokens == UNKNOWN).any()
    for row, source in enumerate(ROWS):
        expected = scores_of([one], source)
        ranked = sorted(
            expected, key=lambda each: -expected[each] / ((6 + len(each)) / 6) ** 0.8
        )  # fmt: skip
        assert [without_end(each) for each in found.tokens[row]] == ranked[:4]
        means = [expected[each] / (len(each) + 1) for each in ranked[:4]]
        assert found.scores[row] == pytest.approx(means, abs=1e-4)
    best = Ragged.from_list([np.array(without_end(each), np.int32) for each in found.tokens[:, 0]])
    likely = reference_log_probabilities([one], sources(*ROWS), best)
    assert found.scores[:, 0] == pytest.approx(likely / (best.lengths + 1), abs=1e-4)


def test_members_average_each_next_token() -> None:
    two = tiny(6, attention="additive", cell="lstm", layers=2, tied=True)
    pair = [tiny(5), replace(two, weight=3.0)]
    inputs = sources(*ROWS)
    best = decode(pair, inputs, longest=LONGEST, beam=40, keeps_attention=True)
    for row, source in enumerate(ROWS):
        expected = scores_of(pair, source)
        winner = max(expected, key=lambda each: expected[each] / ((6 + len(each)) / 6))
        assert without_end(best.tokens[row, 0]) == winner
        assert best.scores[row, 0] == pytest.approx(expected[winner] / (len(winner) + 1), abs=1e-4)
        look = best.attention[row] if best.attention else np.empty(0)
        assert look.shape == (len(winner) + 1, len(source))
        assert look.sum(axis=1) == pytest.approx(np.ones(len(winner) + 1), abs=1e-5)
    targets = Ragged.from_list([np.array([2, 3]), np.array([4]), np.array([], np.int32)])
    likely = reference_log_probabilities(pair, inputs, targets, np.array([2, 0, 2]))
    third, first = scores_of(pair, ROWS[2]), scores_of(pair, ROWS[0])
    assert likely == pytest.approx([third[2, 3], first[4,], third[()]], abs=1e-4)


def test_greedy_takes_the_most_probable_token_whatever_stands_beside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Chunks of two rows, filled up and padded: each row is answered as if it were alone."""
    monkeypatch.setattr(decoding, "MOST_ANSWERS", 2)
    monkeypatch.setattr(member, "LEAST_STEPS", 4)
    one = tiny(1, copying=True, cell="lstm")
    rows = [*ROWS, [2]]
    found = decode([one], sources(*rows), longest=4, keeps_attention=True)
    for row, source in enumerate(rows):
        answer: list[int] = []
        while len(answer) < 4:
            chances = said(one, source, [answer])[0, len(answer)]
            chances[UNKNOWN] = -np.inf
            if chances.argmax() == END:
                break
            answer.append(int(chances.argmax()))
        assert without_end(found.tokens[row, 0]) == tuple(answer)
        likely = log_probability(said(one, source, [answer])[0], answer)
        assert found.scores[row, 0] == pytest.approx(likely / (len(answer) + 1), abs=1e-4)


def test_chunks_hold_rows_of_like_length_and_are_all_as_large() -> None:
    lengths = Ragged.from_list([np.zeros(each) for each in (5, 1, 4, 1, 2)])
    found = [(rows.tolist(), real) for rows, real in chunks(lengths, 3)]
    assert found == [([1, 3], 2), ([4, 2], 2), ([0, 0], 1)]
    assert not [*chunks(Ragged.from_list([]), 3)]


def test_no_sources_have_no_answers() -> None:
    found = decode([tiny()], sources(), longest=3, keeps_attention=True)
    assert found.tokens.shape == (0, 1, 0) and found.scores.shape == (0, 1)


def test_what_cannot_be_decoded_is_refused() -> None:
    one = tiny()
    for wrong in ({"beam": 0}, {"n_best": 0}, {"longest": 0}):
        with pytest.raises(ValueError, match="expected 1 or more"):
            decode([one], sources([2]), **{"longest": 3, **wrong})
    other = replace(one, values={**one.values, "tokens.target": "word"})
    with pytest.raises(ValueError, match="members write different tokens"):
        decode([one, other], sources([2]), longest=3)
    with pytest.raises(ValueError, match="expected none below 0"):
        decode([replace(one, weight=-1.0)], sources([2]), longest=3)


def test_networks_write_together_what_they_write_in_one_way() -> None:
    plain = tiny().values
    ctc = {**plain, "network.decoder": "ctc"}
    assert write_together([plain, {**plain, "tokens.source": "word"}])
    assert not write_together([plain, ctc])
    assert not write_together([ctc, {**ctc, "network.architecture": "pyramid"}])


def test_smoothing_spreads_a_share_evenly() -> None:
    logits = np.log(np.array([[[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]], np.float32))
    targets, weights = np.array([[0, 2]], np.int32), np.array([[2.0, 0.0]], np.float32)
    found = float(SmoothedCrossEntropy(0.3)(targets, logits, weights))
    assert found == pytest.approx(-0.7 * np.log(0.5) - 0.1 * np.log(0.5 * 0.25 * 0.25))
    each = np.asarray(SmoothedCrossEntropy()(targets, logits))
    assert each == pytest.approx(-(np.log(0.5) + np.log(0.8)) / 2)


def test_a_small_network_learns_to_write_backwards() -> None:
    draw = np.random.default_rng(0)
    one = tiny(size=8, units=32, embedding=16)
    keras.utils.set_random_seed(1)
    prepared = type("Prepared", (), {"codec": one.codec})
    model: Any = build_network(prepared, one.values)
    model.compile(keras.optimizers.Adam(0.01), SmoothedCrossEntropy(), jit_compile=True)
    source = draw.integers(2, 8, (64 * 60, 4)).astype(np.int32)
    target = np.pad(source[:, ::-1], ((0, 0), (0, 1)))
    inputs = {"source": source, "previous": np.pad(target[:, :-1], ((0, 0), (1, 0)))}
    model.fit(inputs, target, sample_weight=np.ones(target.shape), batch_size=64, verbose=0)
    trained = replace(one, network=type(one.network)(model))
    asked = draw.integers(2, 8, (50, 4))
    found = decode([trained], sources(*asked.tolist()), longest=6, beam=3)
    backwards = [tuple(each[::-1]) for each in asked.tolist()]
    assert [without_end(each) for each in found.tokens[:, 0]] == backwards
    assert found.scores.mean() > -0.1
