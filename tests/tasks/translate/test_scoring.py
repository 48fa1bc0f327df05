"""Figures of answers: nats per character, ties, and margins, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_translators import cases_of

from seqtune.tasks.translate.answers import UNKNOWN, Answers
from seqtune.tasks.translate.info import INFO
from seqtune.tasks.translate.scoring import (
    PAIRED_SHARE,
    margin_of,
    objective_of,
    paired_error,
    score_cases,
)


def answers(*texts: str, nats: float = UNKNOWN) -> Answers:
    return Answers([[text] for text in texts], np.zeros((len(texts), 1)), np.full(len(texts), nats))


def test_nats_are_spread_over_all_characters_and_ends() -> None:
    scores = score_cases(cases_of(("ab", "c"), ("d",)), answers("ab", "x", nats=3.5))
    assert scores["nats_per_character"] == pytest.approx(7.0 / (3 + 2 + 2))
    assert scores["exact_match"] == 0.5


def test_a_model_without_probabilities_has_no_nats() -> None:
    assert "nats_per_character" not in score_cases(cases_of(("a",)), answers("a"))


def test_one_case_without_nats_leaves_none() -> None:
    some = Answers([["a"], ["b"]], np.zeros((2, 1)), np.array([1.0, UNKNOWN]))
    assert "nats_per_character" not in score_cases(cases_of(("a",), ("b",)), some)


@pytest.mark.parametrize("name", ["bleu", "exact_match", "word_error_rate"])
def test_among_equals_the_likelier_references_win(name: str) -> None:
    metric = INFO.metric(name)
    good, bad = (objective_of(metric, {name: 0.5, "nats_per_character": n}, 10) for n in (1.0, 2.0))
    assert good < bad if metric.direction == "min" else good > bad


@pytest.mark.parametrize("nats", [0.0, 1e9])
def test_no_tie_break_is_worth_a_case(nats: float) -> None:
    scores = {"exact_match": 0.5, "nats_per_character": nats}
    assert abs(objective_of(INFO.metric("exact_match"), scores, 10) - 0.5) <= 0.05 + 1e-12


def test_margins_by_hand() -> None:
    assert margin_of("bleu", 30.0, 100) == pytest.approx(2.0)
    assert margin_of("exact_match", 0.5, 98) == pytest.approx(np.sqrt(0.25 / 98))
    assert margin_of("exact_match", 1.0, 98) == pytest.approx(np.sqrt(0.99 * 0.01 / 98))
    assert margin_of("word_error_rate", 1.7, 98) == pytest.approx(np.sqrt(0.99 * 0.01 / 98))


def test_right_answers_differ_by_the_root_of_the_cases_that_are_told_apart() -> None:
    """Of 5 cases, 1 is right only by one, 3 only by the other; two wrong answers are no difference.

    A difference of 2 with a standard error of 2.
    """
    known = [("a", "b"), ("c",), ("d",), ("e",), ("f",)]
    one, other = ["a", "x", "x", "x", "y"], ["x", "c", "d", "e", "x"]
    assert paired_error("exact_match", known, one, other, 0.5) == pytest.approx(2 / 5)
    assert paired_error("exact_match", known, ["a"] * 5, ["b"] * 5, 0.5) == 0.0  # both are right
    assert paired_error("exact_match", [], [], [], 0.5) == 0.0


@pytest.mark.parametrize("metric", ["bleu", "word_error_rate"])
def test_other_figures_differ_by_a_share_of_the_margin(metric: str) -> None:
    expected = PAIRED_SHARE * margin_of(metric, 0.2, 3)
    assert paired_error(metric, [("a",)] * 3, ["a"] * 3, ["b"] * 3, 0.2) == expected
