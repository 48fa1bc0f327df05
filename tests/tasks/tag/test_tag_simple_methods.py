"""The simple methods on the sequences of a run: two parts, and samples that say the pace."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.pace import ALL_THE_TIME
from seqtune.baselines.runner import run_simple_methods
from seqtune.baselines.tag._fitting import TagFitting
from seqtune.errors import RunError
from seqtune.progress import silent
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.simple_methods import problem_of, tag_by_method

FITTING = TagFitting("steps", 2)


def steps(*lengths: int, seed: int = 0) -> Sequences:
    values = np.random.default_rng(seed).normal(size=(sum(lengths), 1))
    return Sequences(np.cumsum([0, *lengths]), np.arange(len(values)), values=values)


def known(sequences: Sequences) -> tuple[Sequences, Any]:
    return sequences, (sequences.values[:, 0] > 0).astype(np.int64)


def encoded(sequences: Sequences) -> Any:
    return SimpleNamespace(plain=lambda: sequences)


def test_all_methods_predict_both_parts() -> None:
    train, before = known(steps(30, 40, 50)), known(steps(30, 40, 50, 20))
    problem = problem_of(FITTING, train, before, [encoded(steps(20)), encoded(steps(7))])
    seen = []

    def score(part: str, found: Any) -> dict[str, float]:
        seen.append((part, found.shape))
        return {"accuracy": 1.0}

    results = run_simple_methods(
        problem, "auto", ALL_THE_TIME, silent, score=score, metric="accuracy", may_blend=True
    )
    assert [(each.name, each.left_out) for each in results] == [
        ("majority", ""), ("previous_tag", ""), ("window_trees", ""),
    ]  # fmt: skip
    assert set(seen) == {("validation", (20, 2)), ("test", (7, 2))}


@pytest.mark.parametrize("sequences", [steps(10_000), steps(*[10] * 1_000), steps(3), steps(1, 1)])
def test_a_sample_is_about_as_large_as_asked_and_has_a_tag(sequences: Sequences) -> None:
    targets = np.full(sequences.positions, -1)
    targets[-1] = 0
    for known in ((sequences, targets), (sequences, np.zeros_like(targets))):
        problem = problem_of(FITTING, known, known, [encoded(sequences)] * 2)
        assert problem.sample is not None
        portion = problem.sample(400)
        some, their = portion.known
        assert some.positions == len(their) == portion.sizes[0] <= 800
        assert (their >= 0).any() and 0 < portion.asked.positions <= some.positions


def test_a_method_of_the_run_tags_new_sequences() -> None:
    found = tag_by_method(FITTING, known(steps(50)), encoded(steps(4)), "majority")
    assert found.shape == (4, 2)
    for name in ("commonest_tag", "no_such_method"):
        with pytest.raises(RunError, match="is no method for steps"):
            tag_by_method(FITTING, known(steps(50)), encoded(steps(4)), name)
