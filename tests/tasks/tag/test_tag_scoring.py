"""Figures of tagged sequences: spans as in seqeval, and what is not known."""

from __future__ import annotations

import doctest
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tagged_sequences import BIO, PLAIN, codec_of, encoded_of, given

from seqtune.tasks.tag import scoring
from seqtune.tasks.tag.answers import tagged
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.scoring import (
    error_of_share,
    margin_of,
    objective_of,
    score_positions,
    score_sequences,
)
from seqtune.tasks.tag.tags import Tags

BIOES = Tags(("O", "S-x", "B-x", "I-x", "E-x"), "bioes", "bioes")

TRUTH = """
B-y B-x I-y B-x I-y I-y I-y B-y
O I-x O I-y O O O B-x
I-x O I-x B-y O B-y O O
I-y O I-x B-x O I-x O O
"""
ANSWER = """
B-y B-x I-y B-x O O B-x B-y
O I-y O I-y O I-x O B-x
I-x O I-x B-y O B-y O O
I-y I-x I-x B-x O I-x O I-y
"""
SEQEVAL = 0.9411764705882353
"""What seqeval 1.2.2 says of these: `f1_score(TRUTH, ANSWER, mode="strict", scheme=IOB2)`."""

WORDS = Roles("tokens", "tag", "token")


def test_the_examples_are_right() -> None:
    assert doctest.testmod(scoring).failed == 0


def test_spans_are_counted_as_by_seqeval() -> None:
    found = given(BIO, ANSWER.split(), TRUTH.split(), [8] * 4, 0.9)
    assert score_sequences(found)["span_f1"] == SEQEVAL


def test_probabilities_are_scored_as_the_tags_that_they_decide() -> None:
    found = given(BIO, TRUTH.split(), TRUTH.split(), [8] * 4, 0.9)
    codec = codec_of(BIO, Roles("tokens", "tag", "word"))
    scores = score_positions(codec, encoded_of(found), found.marginals)
    assert scores["log_loss"] == pytest.approx(-math.log(0.9))
    assert 0 < scores["accuracy"] < 1  # what is not legal is not given


def test_tags_without_spans_have_no_span_f1() -> None:
    scores = score_sequences(given(PLAIN, ["a", "b"], ["a", "c"], [2], 0.5))
    assert "span_f1" not in scores and scores["accuracy"] == 0.5


def test_what_is_not_known_is_outside_of_all_spans() -> None:
    found = given(BIO, ["B-x", "I-x", "B-y"], ["B-x", "", "B-y"], [3], 0.9)
    assert found.spans.triples() == found.true_spans.triples() == [(0, 1, "x"), (2, 3, "y")]
    assert score_sequences(found)["span_f1"] == 1.0


def test_nothing_known_is_nan() -> None:
    scores = score_sequences(given(BIO, ["B-x", "O"], ["", ""], [1, 1], 0.9))
    assert set(scores) >= {"accuracy", "span_f1"} and all(map(math.isnan, scores.values()))


@pytest.mark.parametrize("tags", [BIO, BIOES])
def test_a_run_of_tags_never_learnt_is_one_span_that_nothing_finds(tags: Tags) -> None:
    truth = ["O", "?", "?", "?", "O", "?", "?"]
    found = given(tags, ["O"] * 7, truth, [2, 5], 0.9)
    assert found.true_spans.triples() == [(1, 2, "?"), (2, 4, "?"), (5, 7, "?")]
    scores = score_sequences(found)
    assert scores["accuracy"] == 2 / 7 and scores["span_f1"] == 0.0


def test_tags_are_decided_by_what_is_legal() -> None:
    marginals = np.array([[0.5, 0.4, 0.1, 0, 0], [0.3, 0.1, 0.6, 0, 0]])
    encoded = SimpleNamespace(
        offsets=np.array([0, 2]), targets=np.array([1, 2]), where=str, names=()
    )
    found = tagged(codec_of(BIO, WORDS), encoded, marginals)
    assert found.predicted.tolist() == [1, 2] and found.confidence.tolist() == [0.4, 0.6]
    plain = tagged(codec_of(PLAIN, WORDS), encoded, marginals[:, :3])
    assert plain.predicted.tolist() == [0, 2] and plain.wrong.tolist() == [True, False]


def test_spans_of_steps_are_decided_by_what_is_legal_too() -> None:
    marginals = np.array([[0.5, 0.4, 0.1, 0, 0], [0.3, 0.1, 0.6, 0, 0]])
    encoded = SimpleNamespace(
        offsets=np.array([0, 2]), targets=np.array([1, 2]), where=str, names=()
    )
    codec = codec_of(BIO, Roles("steps", "tag", channels=("x",)))
    codec.changes = ((0.0,) * 5,) * 5  # all are as likely
    assert tagged(codec, encoded, marginals).predicted.tolist() == [1, 2]  # not O and I-x


def test_equals_are_told_apart_by_their_log_loss() -> None:
    better, worse = ({"accuracy": 0.9, "log_loss": loss} for loss in (0.1, 99.0))
    assert objective_of("accuracy", better, 10) > objective_of("accuracy", worse, 10) == 0.9 - 0.05
    assert error_of_share(1.0, 10) > 0 and error_of_share(0.5, 0) > 0


@pytest.mark.parametrize(("metric", "examples"), [
    ("accuracy", 7), ("macro_f1", 7), ("edit_score", 2), ("span_f1", 3),
])  # fmt: skip
def test_a_margin_is_of_what_the_metric_counts(metric: str, examples: int) -> None:
    prepared: Any = SimpleNamespace(
        metric=metric,
        codec=codec_of(BIO, Roles("tokens", "tag", "word")),
        truth=lambda part: BIO.codes(["O", "B-x", "I-x", "B-x", "O", "B-y", "I-y", ""]),
        scored=lambda part: 7,
        chosen=lambda part: np.arange(2),
    )
    assert margin_of(prepared, "test", 0.9) == error_of_share(0.9, examples)
