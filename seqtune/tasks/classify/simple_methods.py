"""The simple methods on the cases of a run: on one validation part, or over its folds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.classification import (
    BaselineProbabilities,
    ClassificationProblem,
    run_classifiers,
)
from seqtune.baselines.pace import Allowance
from seqtune.progress import Listener
from seqtune.tasks.classify.prepared import Prepared


def classify_simply(
    prepared: Prepared, methods: Sequence[str], allowance: Allowance, seed: int, listener: Listener
) -> list[BaselineProbabilities]:
    """Classify validation and test part by each method, as far as the time goes.

    Over folds, each is predicted by a fit on the others; a method that has no time for one of them
    is left out. The test part is always predicted by a fit on all cases before it.

    Args:
        prepared: The cases.
        methods: Names of classification baselines.
        allowance: The time that they may take.
        seed: Of the methods that draw at random.
        listener: Hears of what was left out.
    """
    if not prepared.folds:
        return run_classifiers(methods, _problem(prepared, seed), allowance, listener)
    left, found = list(methods), {name: BaselineProbabilities(name, {}, 0.0) for name in methods}
    whole = len(prepared.rows["validation"])
    answers = {name: np.empty((whole, prepared.targets.shape[1])) for name in methods}
    for number, fold in enumerate(prepared.folds):
        share = allowance.split(len(prepared.folds) - number)
        problem = _problem(fold.prepared, seed)
        for done in run_classifiers(tuple(left), problem, share, listener):
            before = found[done.name].seconds
            found[done.name] = BaselineProbabilities(
                done.name, done.probabilities, before + done.seconds, done.left_out
            )
            if done.left_out:
                left.remove(done.name)
            else:
                answers[done.name][fold.places] = done.probabilities["validation"]
    return [
        done
        if done.left_out
        else BaselineProbabilities(
            done.name,
            {"validation": answers[done.name], "test": done.probabilities["test"]},
            done.seconds,
        )
        for done in found.values()
    ]


def _problem(prepared: Prepared, seed: int) -> ClassificationProblem:
    """Return what the methods classify."""
    return ClassificationProblem(
        kind=prepared.codec.kind,  # type: ignore[arg-type]
        cases=lambda part: prepared.cases(prepared.rows[part]),
        targets=lambda part: prepared.targets[prepared.rows[part]].astype(np.float64),
        is_multi=prepared.codec.labels.is_multi,
        seed=seed,
    )
