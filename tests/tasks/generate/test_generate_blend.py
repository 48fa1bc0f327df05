"""Models that write together, and which of them may."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.run.ensemble_choice import EnsembleChoice
from seqtune.run.predictions import Predictions
from seqtune.run.together import Together
from seqtune.search.trial import Result
from seqtune.tasks.forecast.task import TASK as FORECAST
from seqtune.tasks.generate.blend_reader import BlendReader

TOKENS = Tokenizer.fit(["ab"], "character", max_tokens=10, min_count=1)


class Fixed:
    """A reader that always expects the same, and counts what it has read."""

    tokens = TOKENS

    def __init__(self, *probabilities: float) -> None:
        self.logits = np.log([probabilities]) + 7.0  # logits are known up to a constant

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        return (0,)

    def advance(self, state: tuple[Any, ...], ids: Any) -> tuple[Any, tuple[Any, ...]]:
        return self.logits, (state[0] + 1,)


def test_probabilities_are_averaged_and_each_reader_keeps_its_state() -> None:
    reader = BlendReader([Fixed(0.1, 0.1, 0.2, 0.6), Fixed(0.1, 0.1, 0.6, 0.2)], [0.75, 0.25])
    logits, state = reader.advance(reader.start(), [2])
    np.testing.assert_allclose(np.exp(logits), [[0.1, 0.1, 0.3, 0.5]])
    assert state[:2] == ((1,), (1,))
    assert reader.tokens is TOKENS


def choice(kinds: dict[str, str], simple: str) -> tuple[EnsembleChoice, list[Result]]:
    """Return the choice among trials with tokens of some kinds and a method on others."""
    results = [
        Result(trial, "completed", {"tokens.kind": kind}, score=number)
        for number, (trial, kind) in enumerate(kinds.items())
    ]
    task = SimpleNamespace(
        direction="min",
        prediction_unit=lambda prepared, values: values["tokens.kind"] if values else simple,
    )
    problem: Any = SimpleNamespace(task=task, prepared=None)
    return EnsembleChoice(problem, Predictions(problem, {}, Together(problem, {}))), results


def test_only_networks_on_the_tokens_of_the_best_one_are_averaged() -> None:
    found, ranked = choice({"t001": "word", "t002": "character", "t003": "word"}, "character")
    assert [result.trial for result in found.alike(ranked)] == ["t001", "t003"]
    assert found.unit(ranked[0].values) != found.unit(None)


def test_tasks_with_predictions_of_one_unit_average_all() -> None:
    found, ranked = choice({"t001": "word", "t002": "character"}, "character")
    found.problem.task = FORECAST  # type: ignore[misc]
    assert [result.trial for result in found.alike(ranked)] == ["t001", "t002"]
    assert found.unit(None) == found.unit(ranked[0].values)
