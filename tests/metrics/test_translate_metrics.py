"""Metrics of written answers against numbers worked by hand, and against sacrebleu's."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations_with_replacement

import pytest
import sacrebleu

from seqtune.metrics import translate as metrics
from seqtune.metrics.translate import (
    bleu,
    character_error_rate,
    chrf,
    exact_match,
    score_answers,
    signatures,
    word_error_rate,
)

NAMES = ["bleu", "chrf", "exact_match", "word_error_rate", "character_error_rate"]
RIGHT = [["the cat sat on the mat"], ["a dog barks at night", "dogs bark"]]


def test_bleu_worked_by_hand() -> None:
    """Of 5 words 4 are right, of 4 pairs 3, of 3 triples 2, of 2 quadruples 1; 5 words for 6."""
    answers, references = ["the cat sat on grass"], [["the cat sat on the mat"]]
    expected = 100 * math.exp(1 - 6 / 5) * (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25
    assert bleu(answers, references) == pytest.approx(expected)


def test_bleu_counts_an_n_gram_as_often_as_one_reference_has_it() -> None:
    """`the` seven times, of which one reference has two: Papineni et al., section 2.1."""
    answers = ["the the the the the the the"]
    references = [["the cat is on the mat", "there is a cat on the mat"]]
    precisions = 2 / 7 * (1 / 2 / 6) * (1 / 4 / 5) * (1 / 8 / 4)  # smoothed: 1/2, 1/4, 1/8
    assert bleu(answers, references) == pytest.approx(100 * precisions**0.25)


def test_bleu_and_chrf_are_those_of_sacrebleu() -> None:
    answers = ["the cat sat on a mat", "a dog barked"]
    streams = [["the cat sat on the mat", "a dog barks at night"], [None, "dogs bark"]]
    assert bleu(answers, RIGHT) == sacrebleu.BLEU().corpus_score(answers, streams).score
    assert chrf(answers, RIGHT) == sacrebleu.CHRF().corpus_score(answers, streams).score
    assert 0 < bleu(answers, RIGHT) < chrf(answers, RIGHT) < 100


def test_chrf_worked_by_hand() -> None:
    """`abc` for `abd`: characters 2 of 3 are right, pairs 1 of 2, triples none of 1."""
    assert chrf(["abc"], [["abd"]]) == pytest.approx(100 * (2 / 3 + 1 / 2 + 0) / 3)
    assert chrf(["abc"], [["xyz", "abc"]]) == pytest.approx(100)


def test_characters_are_words_where_no_blanks_divide_them() -> None:
    """Of 5 characters 4 are right, of 4 pairs 2, of 3 triples 1, of 2 quadruples none."""
    answers, references = ["今日は雨"], [["今日は雪"]]
    assert "tok:char" in signatures(references)["bleu"]
    expected = 100 * (3 / 4 * 2 / 3 * 1 / 2 * 1 / 2 / 1) ** 0.25
    assert bleu(answers, references) == pytest.approx(expected)


def test_signatures_say_how_figures_came_about() -> None:
    found = signatures(RIGHT)
    version = sacrebleu.__version__
    assert found["bleu"] == f"nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:{version}"
    assert found["chrf"].startswith("nrefs:var|case:mixed|eff:yes|nc:6|nw:0|space:no")
    assert signatures([]) == {}


def test_tokenized_texts_are_scored_without_a_warning(capfd: pytest.CaptureFixture[str]) -> None:
    bleu(["it rains ."] * 200, [["it rains ."]] * 200)
    assert capfd.readouterr().err == ""


def test_exact_match_takes_any_reference_and_any_blanks() -> None:
    answers = ["a b", " a  b ", "ab", "c"]
    assert exact_match(answers, [["a b"], ["a b"], ["a b"], ["a", "b", "c"]]) == 3 / 4
    assert exact_match(["A"], [["a"]]) == 0.0


@pytest.mark.parametrize(("answer", "reference", "rate"), [
    ("a b c", "a b c", 0 / 3),
    ("a x c", "a b c", 1 / 3),
    ("a c", "a b c", 1 / 3),
    ("a b b c", "a b c", 1 / 3),
    ("", "a b c", 3 / 3),
    ("x x x x", "a b", 4 / 2),
    ("ab c", "a bc", 2 / 2),
])  # fmt: skip
def test_word_error_rate_counts_edits(answer: str, reference: str, rate: float) -> None:
    assert word_error_rate([answer], [[reference]]) == rate


def test_character_error_rate_counts_code_points_and_blanks() -> None:
    assert character_error_rate(["ab c"], [["abc"]]) == 1 / 3
    assert character_error_rate(["kitten"], [["sitting"]]) == 3 / 7
    assert character_error_rate(["ɔ"], [["ɔ\u0303"]]) == 1 / 2


def test_error_rates_are_over_all_rows_and_not_their_mean() -> None:
    assert word_error_rate(["x", "a b c d"], [["a"], ["a b c d"]]) == 1 / 5


def test_the_nearest_reference_counts_and_of_equals_the_longest() -> None:
    assert word_error_rate(["a b c"], [["x y z", "a b d", "q"]]) == 1 / 3
    for references in (["a b", "a b x x"], ["a b x x", "a b"]):
        assert word_error_rate(["a b x"], [references]) == 1 / 4


def test_blank_references_leave_a_number() -> None:
    assert word_error_rate(["a", ""], [[""], [""]]) == 1.0
    assert exact_match([""], [[" "]]) == 1.0


def test_all_metrics_come_by_name_and_the_best_answers_are_best() -> None:
    best = score_answers([each[0] for each in RIGHT], RIGHT)
    assert list(best) == NAMES
    assert list(best.values()) == pytest.approx([100, 100, 1, 0, 0])


@pytest.mark.parametrize("name", NAMES)
def test_no_rows_are_no_number_and_faulty_rows_are_refused(name: str) -> None:
    metric: Callable[..., float] = getattr(metrics, name)
    assert math.isnan(metric([], []))
    with pytest.raises(ValueError, match="2 answers, but references of 1 rows"):
        metric(["a", "b"], [["a"]])
    with pytest.raises(ValueError, match="row 1 has no reference"):
        metric(["a", "b"], [["a"], []])


@pytest.mark.parametrize("name", NAMES)
def test_any_text_is_scored(name: str) -> None:
    metric: Callable[..., float] = getattr(metrics, name)
    odd = ["", " ", "\n", "\x00", "a", "日本", "😀", "a\u0301"]
    for answer, reference in combinations_with_replacement(odd, 2):
        assert math.isfinite(metric([answer], [[reference]]))
