"""The runner of language models: what is fitted on what, and what is left out, by a test clock."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_moved import Clock

from seqtune.baselines import language
from seqtune.baselines.generate import kneser_ney, unigram
from seqtune.baselines.language import (
    LanguageProblem,
    fit_language,
    joined,
    run_language_models,
)
from seqtune.baselines.pace import ALL_THE_TIME, Allowance
from seqtune.data.ragged import Ragged
from seqtune.errors import RecipeError
from seqtune.progress import BaselineEnded, Event, silent

PARTS = {"train": [[0, 0, 1, 0], [0, 1]], "validation": [[1, 1, 1]], "test": [[1, 0]]}


def problem(**parts: list[list[int]]) -> LanguageProblem:
    known = {**PARTS, **parts}
    return LanguageProblem(lambda part: Ragged.from_list(known[part]), 2, "word")


@pytest.fixture
def methods(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    known: dict[str, Any] = {"unigram": unigram}
    monkeypatch.setattr(language, "baselines", lambda task: known)
    return known


def timed(clock: Clock, pace: float, calls: list[int]) -> SimpleNamespace:
    """Unigrams that take so many seconds per token that is fitted."""

    def fit(documents: Ragged, vocabulary: int, **options: Any) -> Any:
        clock.now += pace * len(documents.values)
        calls.append(len(documents.values))
        model = unigram.fit(documents, vocabulary)
        return SimpleNamespace(
            detail="timed",
            log_probabilities=model.log_probabilities,
            refitted=lambda others: fit(others, vocabulary),
        )

    return SimpleNamespace(fit=fit)


def test_the_test_part_is_predicted_by_a_fit_on_all_that_stands_before_it() -> None:
    (found,) = run_language_models(["unigram"], problem(), Allowance(0.0), silent)
    # training: four 0 and two 1; with validation four and five
    assert np.exp(found.log_probabilities["validation"]) == pytest.approx([3 / 8] * 3)
    assert np.exp(found.log_probabilities["test"]) == pytest.approx([6 / 11, 5 / 11])
    assert (found.name, found.left_out, found.detail) == ("unigram", "", "")


def test_every_baseline_runs_in_the_order_asked_for_and_says_what_it_chose() -> None:
    texts = [[0, 1] * 40]
    asked = problem(train=texts, validation=texts, test=texts)
    found = run_language_models(["kneser_ney", "unigram"], asked, ALL_THE_TIME, silent)
    assert [each.name for each in found] == ["kneser_ney", "unigram"]
    order = int(found[0].detail.removeprefix("order "))
    assert 2 <= order <= kneser_ney.MAX_ORDER["word"]
    assert found[0].log_probabilities["test"].mean() > found[1].log_probabilities["test"].mean()
    assert all(each.seconds >= 0 for each in found)


def test_what_does_not_end_in_time_is_left_out_and_told(
    clock: Clock, methods: dict[str, Any]
) -> None:
    calls: list[int] = []
    methods.update(slow=timed(clock, 10.0, calls), quick=timed(clock, 0.1, calls))
    asked = problem(train=[[0, 1] * 50_000], validation=[[0] * 1000], test=[[1] * 1000])
    heard: list[Event] = []
    found = run_language_models(
        ["slow", "quick", "unigram"], asked, Allowance(250_000.0), heard.append
    )
    assert [bool(each.left_out) for each in found] == [True, False, False]
    assert found[0].left_out.startswith("would take about") and not found[0].log_probabilities
    assert [(each.name, each.reason) for each in heard if isinstance(each, BaselineEnded)] == [
        ("slow", found[0].left_out)
    ]
    # the probe of each, then the fits of the quick one
    assert calls == [18_000, 18_000, 100_000, 101_000]


def test_once_the_time_is_over_only_unigrams_run(clock: Clock, methods: dict[str, Any]) -> None:
    calls: list[int] = []
    methods["other"] = timed(clock, 1.0, calls)
    clock.now = 5.0
    found = run_language_models(["other", "unigram"], problem(), Allowance(4.0), silent)
    assert [each.left_out for each in found] == ["no time was left", ""]
    assert not calls


@pytest.mark.parametrize(("answer", "said"), [
    (lambda documents: np.zeros(1), "shape (1,), expected (3,)"),
    (lambda documents: np.full(len(documents.values), np.nan), "no log-probability"),
    (lambda documents: np.full(len(documents.values), 0.1), "no log-probability"),
    (lambda documents: np.full(len(documents.values), -np.inf), "no log-probability"),
])  # fmt: skip
def test_a_method_that_answers_nonsense_is_left_out(
    methods: dict[str, Any], answer: Any, said: str
) -> None:
    methods["broken"] = SimpleNamespace(
        fit=lambda *values, **options: SimpleNamespace(detail="", log_probabilities=answer)
    )
    (found,) = run_language_models(["broken"], problem(), ALL_THE_TIME, silent)
    assert found.left_out.startswith("failed: ValueError: answered with") and said in found.left_out
    assert not found.log_probabilities


def test_a_single_token_is_enough_to_run() -> None:
    tiny = problem(train=[[0]], validation=[[1]], test=[[0]])
    for found in run_language_models(["kneser_ney", "unigram"], tiny, ALL_THE_TIME, silent):
        assert not found.left_out
        assert found.log_probabilities["test"].shape == (1,)


def test_the_model_that_goes_on_is_the_one_that_was_scored() -> None:
    asked = problem()
    (found,) = run_language_models(["kneser_ney"], asked, ALL_THE_TIME, silent)
    model = fit_language("kneser_ney", asked)
    test = asked.documents("test")
    assert model.log_probabilities(test) == pytest.approx(found.log_probabilities["test"])
    early = fit_language("kneser_ney", asked, "validation")
    validation = asked.documents("validation")
    assert early.log_probabilities(validation) == pytest.approx(
        found.log_probabilities["validation"]
    )


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(RecipeError, match="did you mean 'kneser_ney'"):
        run_language_models(["kneser_nei"], problem(), Allowance(0.0), silent)


def test_joined_documents_stand_one_after_the_other() -> None:
    both = joined(Ragged.from_list([[1], []]), Ragged.from_list([[2, 3]]))
    assert both.values.tolist() == [1, 2, 3]
    assert both.offsets.tolist() == [0, 1, 1, 3]
