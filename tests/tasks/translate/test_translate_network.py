"""The networks: padding, buckets, every cell and encoder, and what is kept in a file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tiny_translators import (
    TinyCodec,
    TinyPrepared,
    log_probability,
    said,
    sources,
    tiny,
    tiny_values,
)

from seqtune.data.ragged import Ragged
from seqtune.registry import architectures_with, cells
from seqtune.tasks.translate.decoder import AttentionDecoder, DecoderForm
from seqtune.tasks.translate.decoding import decode
from seqtune.tasks.translate.network import build_network
from seqtune.tasks.translate.references import reference_log_probabilities

ENCODERS = {
    "stacked": {"stacked__bidirectional": False},
    "dilated": {"dilated__growth": 2, "dilated__residual": True},
    "conv_recurrent": {"conv_recurrent__filters": 2},
    "pyramid": {"pyramid__halvings": 1, "pyramid__bidirectional": True},
}


def test_every_architecture_that_gives_a_memory_is_tried() -> None:
    assert set(ENCODERS) == set(architectures_with("memory"))


@pytest.mark.parametrize("encoder", ["conv_recurrent", "pyramid"])
def test_padding_says_nothing(encoder: str) -> None:
    """Nor does what stands in the rows beside: neither behind a source, nor behind a target."""
    one = tiny(2, spread=0.5, architecture=encoder, **ENCODERS[encoder])
    alone = {"source": np.array([[2, 4, 3]], np.int32), "previous": np.array([[0, 3, 2]], np.int32)}
    padded = {
        "source": np.array([[2, 4, 3, 0, 0, 0, 0], [4, 4, 2, 2, 3, 3, 2]], np.int32),
        "previous": np.array([[0, 3, 2, 0, 0], [0, 4, 4, 4, 4]], np.int32),
    }
    logits = one.network(alone)[0]
    assert one.network(padded)[0, :3] == pytest.approx(logits, abs=1e-4)
    assert logits.std(axis=0).min() > 0.01


@pytest.mark.parametrize("cell", cells)
def test_every_cell_writes(cell: str) -> None:
    codec = TinyCodec(5, 0, {"symbol": [1] * 5})
    model = build_network(TinyPrepared(codec), tiny_values(cell=cell, layers=2, input_feeding=True))
    assert model.output_shape == (None, None, 5)


@pytest.mark.parametrize("cell", ["rwa", "jordan"])
def test_a_target_step_by_step_has_the_probability_of_one_read_at_once(cell: str) -> None:
    one = tiny(4, spread=0.6, cell=cell, layers=2, input_feeding=cell == "jordan")
    found = decode([one], sources([2, 3], [4, 3, 2]), longest=4, beam=2)
    for row, source in enumerate(([2, 3], [4, 3, 2])):
        answer = [token for token in found.tokens[row, 0].tolist() if token]
        likely = log_probability(said(one, source, [answer])[0], answer)
        assert found.scores[row, 0] == pytest.approx(likely / (len(answer) + 1), abs=1e-4)


def test_features_are_a_series_of_one_step() -> None:
    one = tiny(1, channels=3)
    facts = np.random.default_rng(0).normal(size=(5, 1, 3))
    inputs = {"series": Ragged.from_list(list(facts), 3)}
    found = decode([one], inputs, longest=4, keeps_attention=True)
    assert found.attention is not None and all((each == 1).all() for each in found.attention)
    assert len(np.unique(found.scores.round(4))) == 5
    targets = Ragged.from_list([np.array([token for token in row if token], np.int32)
                                for row in found.tokens[:, 0].tolist()])  # fmt: skip
    likely = reference_log_probabilities([one], inputs, targets)
    assert likely / (targets.lengths + 1) == pytest.approx(found.scores[:, 0], abs=1e-4)


def test_tied_vectors_take_fewer_weights_and_copies_few_more() -> None:
    def count(**changes: Any) -> int:
        codec = TinyCodec(5, 0, {"symbol": [4, 0, 2, 1, 1]})
        return int(build_network(TinyPrepared(codec), tiny_values(**changes)).count_params())

    assert count(tied=True) - count() == 4 * 3 - 4 * 5  # a projection instead of a matrix
    assert count(copying=True) - count() == 4 + 1
    pyramid = {"architecture": "pyramid", **ENCODERS["pyramid"]}
    assert count(copying=True, **pyramid) == count(**pyramid)  # its steps are no tokens


def test_answers_begin_as_tokens_are_frequent() -> None:
    codec = TinyCodec(5, 0, {"symbol": [4, 0, 2, 1, 1]})
    model = build_network(TinyPrepared(codec), tiny_values())
    bias = np.exp(np.asarray(model.get_layer("decoder").vocabulary.bias))
    assert bias / bias.sum() == pytest.approx([0.5, 0.0, 0.25, 0.125, 0.125], abs=5e-3)


def test_a_decoder_is_the_same_when_it_is_made_again_of_what_it_says_of_itself() -> None:
    form = DecoderForm(
        7, embedding=3, cell="gru", units=4, layers=2, attention="additive", is_fed=True,
        is_tied=True, dropout=0.1,
    )  # fmt: skip
    layer = AttentionDecoder(form, copies=[0, 2, 6], name="decoder")
    again = AttentionDecoder.from_config(layer.get_config())
    assert (again.form, list(again.copies), again.name) == (form, [0, 2, 6], "decoder")
