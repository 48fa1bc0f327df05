"""The simple methods on the sequences of a run: two parts, and samples that say the pace."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tagged_sequences import codec_of

from seqtune.baselines.pace import ALL_THE_TIME
from seqtune.baselines.runner import run_simple_methods
from seqtune.errors import RunError
from seqtune.progress import silent
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.simple_methods import problem_of, tag_by_method
from seqtune.tasks.tag.tags import Tags

TAGS = Tags(("no", "yes"))
CODEC = codec_of(TAGS, Roles("steps", "tag", channels=("x",)))


def steps(*lengths: int) -> Sequences:
    values = np.random.default_rng(0).normal(size=(sum(lengths), 1))
    return Sequences(np.cumsum([0, *lengths]), np.arange(len(values)), values=values)


def prepared_of(sequences: Sequences, parts: list[int], targets: Any = None) -> Any:
    """The sequences of a run: parts are 0 for training, 1 for validation, 2 for test."""
    assert sequences.values is not None
    known = (sequences.values[:, 0] > 0).astype(np.int32) if targets is None else targets
    number = {"train": 0, "validation": 1, "test": 2}

    def encoded(part: str) -> Any:
        chosen = sequences.take(np.flatnonzero(np.array(parts) == number[part]))
        return SimpleNamespace(plain=lambda: chosen)

    return SimpleNamespace(
        codec=CODEC,
        targets=known,
        parts=np.array(parts),
        inputs=sequences,
        sequences=sequences.take,
        encoded=encoded,
        until=lambda part: np.flatnonzero(np.array(parts) <= number[part]),
    )


def test_all_methods_predict_both_parts() -> None:
    prepared = prepared_of(steps(30, 40, 50, 20, 7), [0, 0, 0, 1, 2])
    seen = []

    def score(part: str, found: Any) -> dict[str, float]:
        seen.append((part, found.shape))
        return {"accuracy": 1.0}

    results = run_simple_methods(
        problem_of(prepared, 0),
        "auto",
        ALL_THE_TIME,
        silent,
        score=score,
        metric="accuracy",
        may_blend=True,
    )
    assert [(each.name, each.left_out) for each in results] == [
        ("majority", ""), ("previous_tag", ""), ("window_trees", ""),
    ]  # fmt: skip
    assert set(seen) == {("validation", (20, 2)), ("test", (7, 2))}


def test_the_test_part_is_tagged_by_a_fit_on_all_before_it() -> None:
    problem = problem_of(prepared_of(steps(30, 40, 20, 7), [0, 1, 0, 2]), 0)
    assert [portion.sizes for portion in problem.portions] == [(50, 40), (90, 7)]
    for portion in problem.portions:
        known, targets = portion.known
        assert targets.tolist() == (known.values[:, 0] > 0).astype(int).tolist()


@pytest.mark.parametrize("sequences", [steps(10_000), steps(*[10] * 1_000), steps(3), steps(1, 1)])
def test_a_sample_is_about_as_large_as_asked_and_has_a_tag(sequences: Sequences) -> None:
    targets = np.full(sequences.positions, -1)
    targets[-1] = 0
    for known in (targets, np.zeros_like(targets)):
        problem = problem_of(prepared_of(sequences, [0] * len(sequences), known), 0)
        assert problem.sample is not None
        portion = problem.sample(400)
        some, their = portion.known
        assert some.positions == len(their) == portion.sizes[0] <= 800
        assert (their >= 0).any() and 0 < portion.asked.positions <= some.positions


def test_a_method_of_the_run_tags_new_sequences() -> None:
    prepared, asked = prepared_of(steps(50), [0]), SimpleNamespace(plain=lambda: steps(4))
    assert tag_by_method(prepared, asked, "majority", 0).shape == (4, 2)
    for name in ("commonest_tag", "no_such_method"):
        with pytest.raises(RunError, match="is no method for steps"):
            tag_by_method(prepared, asked, name, 0)
