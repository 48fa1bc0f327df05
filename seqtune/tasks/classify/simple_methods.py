"""The simple methods on the cases of a run: on one validation part, or over its folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.classify._fitting import ClassifyFitting, Known
from seqtune.baselines.kept_fits import kept_fit
from seqtune.baselines.problem import Portion, Problem
from seqtune.baselines.runner import quietly
from seqtune.errors import RunError, literal
from seqtune.progress import Listener
from seqtune.registry import baselines
from seqtune.tasks.classify.encoded import EncodedCases
from seqtune.tasks.classify.prepared import Prepared

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

SAMPLES = (4, 40)
"""Training cases of the samples that say how long a method takes."""

PREDICTED_SHARE = 4
"""One of so many cases of a sample is also predicted."""


def fitting_of(prepared: Prepared, seed: int) -> ClassifyFitting:
    """Return how simple methods are fitted on such cases."""
    return ClassifyFitting(prepared.codec.kind, prepared.codec.labels.is_multi, seed)


def problem_of(prepared: Prepared, seed: int) -> Problem:
    """Return what the methods classify: the validation part, or each fold, and the test part.

    A fold is predicted by a fit on the others, the test part by a fit on all cases before it.

    Args:
        prepared: The cases.
        seed: Of the methods that draw at random.
    """
    every = np.arange(len(prepared.parts))
    cases = prepared.cases(every)
    views = [fold.prepared.rows for fold in prepared.folds] or [prepared.rows]
    held = np.concatenate([rows["validation"] for rows in views])
    before = np.concatenate([views[-1]["train"], views[-1]["validation"]])

    def chosen(rows: Rows) -> list[Any]:
        return [cases[row] for row in rows]

    steps = float(np.mean([len(case) for case in cases])) if prepared.texts is None else 0.0

    def portion(learnt: Rows, asked: Rows) -> Portion:
        known = Known(chosen(learnt), learnt, prepared.targets)
        return Portion(known, chosen(asked), (len(learnt), len(asked)), steps)

    def sample(size: int) -> Portion:
        learnt = views[0]["train"]
        places = np.linspace(0, len(learnt) - 1, min(size, len(learnt)))
        some = learnt[np.unique(places.astype(np.int64))]
        return portion(some, some[::PREDICTED_SHARE])

    def gather(name: str, answers: Sequence[Floats], listener: Listener) -> dict[str, Floats]:
        *folds, test = answers
        return {"validation": np.concatenate(folds)[np.argsort(held)], "test": test}

    return Problem(
        fitting_of(prepared, seed),
        [
            *(portion(rows["train"], rows["validation"]) for rows in views),
            portion(before, prepared.rows["test"]),
        ],
        gather,
        SAMPLES,
        sample,
    )


def classify_by_method(prepared: Prepared, cases: EncodedCases, name: str, seed: int) -> Floats:
    """Return the probabilities of a simple method that is fitted on all cases of the run.

    Args:
        prepared: The run's cases.
        cases: What is classified.
        name: The method.
        seed: Of the methods that draw at random.

    Raises:
        RunError: The method does not classify such cases.
    """
    methods, fitting = baselines("classify"), fitting_of(prepared, seed)
    if name not in methods or fitting.refusal(methods[name]):
        raise RunError(f"{literal(name)} is no method for {fitting.kind}", "seqtune report RUN")

    def fit() -> Any:
        every = np.arange(len(prepared.parts))
        known = Known(prepared.cases(every), every, prepared.targets)
        return fitting.fit(methods[name], known)

    def answer() -> Floats:
        return fitting.predict(kept_fit(prepared, (name, seed), fit), cases.plain())

    return quietly(answer)
