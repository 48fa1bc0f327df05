"""Drawing tokens: probabilities worked by hand, and draws that follow them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqtune.errors import UsageError
from seqtune.tasks.generate.sampling import Sampler, SamplingSettings

LOGITS = np.log([[0.5, 0.3, 0.2]])


@pytest.mark.parametrize(("values", "hint"), [
    ({"temperature": -0.1}, "--temperature"),
    ({"temperature": math.nan}, "--temperature"),
    ({"temperature": math.inf}, "--temperature"),
    ({"top_k": 0}, "--top-k"),
    ({"top_k": -3}, "--top-k"),
    ({"top_p": 0.0}, "--top-p"),
    ({"top_p": 1.01}, "--top-p"),
    ({"top_p": math.nan}, "--top-p"),
    ({"seed": -1}, "--seed"),
])  # fmt: skip
def test_a_value_out_of_range_is_refused_with_its_flag(values: dict[str, float], hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        SamplingSettings(**values)  # type: ignore[arg-type]
    assert refused.value.hint.startswith(hint)
    assert "expected" in refused.value.message


@pytest.mark.parametrize(("choice", "expected"), [
    (SamplingSettings(temperature=1), [0.5, 0.3, 0.2]),
    (SamplingSettings(temperature=0), [1, 0, 0]),
    # squares: 0.25, 0.09, 0.04 of 0.38
    (SamplingSettings(temperature=0.5), [25 / 38, 9 / 38, 4 / 38]),
    (SamplingSettings(temperature=1e-300), [1, 0, 0]),
    (SamplingSettings(1.0, top_k=1), [1, 0, 0]),
    (SamplingSettings(1.0, top_k=2), [0.625, 0.375, 0]),
    (SamplingSettings(1.0, top_k=9), [0.5, 0.3, 0.2]),
    (SamplingSettings(1.0, top_p=0.5), [1, 0, 0]),
    (SamplingSettings(1.0, top_p=0.51), [0.625, 0.375, 0]),
    (SamplingSettings(1.0, top_p=0.8), [0.625, 0.375, 0]),
    (SamplingSettings(1.0, top_p=0.81), [0.5, 0.3, 0.2]),
    (SamplingSettings(1.0, top_p=1e-9), [1, 0, 0]),
    # of the two likeliest, 0.625 and 0.375, the first has more than 0.6
    (SamplingSettings(1.0, top_k=2, top_p=0.6), [1, 0, 0]),
])  # fmt: skip
def test_probabilities_by_hand(choice: SamplingSettings, expected: list[float]) -> None:
    found = Sampler(choice).probabilities(LOGITS)
    assert found == pytest.approx(np.array([expected], float))


def test_logits_need_no_norm_and_may_be_large() -> None:
    shifted = Sampler(SamplingSettings(1.0)).probabilities(LOGITS + 1e4)
    assert shifted == pytest.approx(np.array([[0.5, 0.3, 0.2]]))
    impossible = np.array([[0.0, -math.inf, -1e308]])
    assert Sampler(SamplingSettings(1.0)).probabilities(impossible).tolist() == [[1.0, 0.0, 0.0]]


def test_what_is_forbidden_is_never_drawn_though_it_is_likeliest() -> None:
    for temperature in (0.0, 1.0, 1000.0):
        sampler = Sampler(SamplingSettings(temperature=temperature), forbidden=[0])
        drawn = sampler.draw(np.repeat(LOGITS, 500, axis=0))
        assert 0 not in drawn
        assert sampler.probabilities(LOGITS)[0, 0] == 0
    kept = Sampler(SamplingSettings(1.0), forbidden=[0]).probabilities(LOGITS)
    assert kept == pytest.approx(np.array([[0, 0.6, 0.4]]))


def test_of_equally_likely_tokens_the_first_are_kept() -> None:
    even = np.zeros((1, 4))
    assert Sampler(SamplingSettings(temperature=0)).draw(even).tolist() == [0]
    assert Sampler(SamplingSettings(1.0, top_k=2)).probabilities(even).tolist() == [
        [0.5, 0.5, 0, 0]
    ]
    assert Sampler(SamplingSettings(1.0, top_p=0.5)).probabilities(even).tolist() == [
        [0.5, 0.5, 0, 0]
    ]


def test_draws_are_as_frequent_as_they_are_probable() -> None:
    drawn = Sampler(SamplingSettings(1.0, seed=3)).draw(np.repeat(LOGITS, 20_000, axis=0))
    shares = np.bincount(drawn, minlength=3) / 20_000
    assert shares == pytest.approx([0.5, 0.3, 0.2], abs=0.015)
    cut = Sampler(SamplingSettings(1.0, top_p=0.6, seed=3)).draw(np.repeat(LOGITS, 20_000, axis=0))
    assert np.bincount(cut, minlength=3) / 20_000 == pytest.approx([0.625, 0.375, 0], abs=0.015)


def test_a_seed_repeats_itself_and_another_does_not() -> None:
    rows = np.repeat(LOGITS, 50, axis=0)
    first, again, other = (
        Sampler(SamplingSettings(1.0, seed=seed)).draw(rows).tolist() for seed in (1, 1, 2)
    )
    assert first == again != other


def test_each_row_draws_for_itself() -> None:
    logits = np.log(np.array([[0.98, 0.01, 0.01], [0.01, 0.01, 0.98]]))
    assert Sampler(SamplingSettings(temperature=0.1)).draw(logits).tolist() == [0, 2]


@pytest.mark.parametrize("logits", [
    [[math.nan, 0.0]],
    [[-math.inf, -math.inf]],
    [[0.0, 1.0], [math.inf, 0.0]],
])  # fmt: skip
def test_what_are_no_logits_is_never_passed_over(logits: list[list[float]]) -> None:
    for temperature in (0.0, 1.0):
        with pytest.raises(ValueError, match="no finite greatest value"):
            Sampler(SamplingSettings(temperature=temperature)).draw(logits)


def test_a_vocabulary_of_one_and_no_row_at_all() -> None:
    assert Sampler(SamplingSettings(1.0, top_p=0.1)).draw([[-7.0]]).tolist() == [0]
    assert Sampler(SamplingSettings(1.0)).draw(np.empty((0, 3))).tolist() == []
    with pytest.raises(ValueError, match="no finite"):
        Sampler(SamplingSettings(1.0), forbidden=[0]).draw([[1.0]])
