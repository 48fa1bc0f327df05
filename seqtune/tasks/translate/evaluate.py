"""Scores of answers to new cases, and some of them beside their references."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from seqtune.metrics.translate import signatures
from seqtune.tasks._values import Evaluation
from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.examples import by_length, choose_examples
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.report_answers import AnswersReport
from seqtune.tasks.translate.scoring import score_cases

Floats = npt.NDArray[np.float64]


def evaluate_cases(
    prepared: Prepared, encoded: EncodedPairs, predictions: Mapping[str, Floats]
) -> Evaluation:
    """Return every metric by name of the model, and answers of the first one.

    Args:
        prepared: Names the metric.
        encoded: Cases whose answers are known.
        predictions: `Answers` as arrays, by name of the model.
    """
    read = {name: Answers.from_array(each) for name, each in predictions.items()}
    scores = {name: score_cases(encoded, answers) for name, answers in read.items()}
    first, answers = next(iter(read.items()))
    report = AnswersReport.from_dict(
        {
            "title": f"Answers of {first}",
            "metric": prepared.metric,
            "examples": choose_examples(encoded, answers.best),
            "by_length": by_length(encoded, answers.best, prepared.metric),
            "attention": None,
            "signature": signatures(encoded.references).get(prepared.metric, ""),
        }
    )
    return Evaluation(scores, len(encoded), "case", (report,))
