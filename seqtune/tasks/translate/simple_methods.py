"""The simple methods on the cases of a run."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np
import numpy.typing as npt

from seqtune.baselines.kept_fits import kept_fit
from seqtune.baselines.problem import PARTS, Portion, Problem
from seqtune.baselines.runner import quietly
from seqtune.baselines.translate._fitting import TranslateFitting
from seqtune.baselines.translate._pairs import Answers as Written
from seqtune.baselines.translate._pairs import Pairs, Rates, Write
from seqtune.errors import RunError, literal
from seqtune.progress import Listener
from seqtune.registry import baselines
from seqtune.tasks._values import Until
from seqtune.tasks.translate.answers import UNKNOWN, Answers
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.prepared import Prepared

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

SAMPLES = (40, 400)
"""Training pairs of the samples that say how long a method takes."""

ANSWERED_SHARE = 4
"""One of so many sources of a sample is also answered."""


SEED = 0
"""Of a method that answers with networks: the same when it is chosen and when it predicts."""


def problem_of(prepared: Prepared, seed: int) -> Problem:
    """Return what the methods answer: the validation part, and the test part by a fit on more.

    Args:
        prepared: The pairs.
        seed: Of the methods that draw at random.
    """
    train, before = prepared.pairs("train"), prepared.pairs("validation")

    def sample(size: int) -> Portion:
        places = np.linspace(0, len(train) - 1, min(size, len(train))).astype(np.int64)
        some = train[np.unique(places)]
        asked = prepared.plain_sources(np.unique(prepared.case[some])[::ANSWERED_SHARE])
        return Portion(known_pairs(prepared, some), asked, (len(some), len(asked)))

    def portion(pairs: Rows, encoded: EncodedPairs) -> Portion:
        asked = encoded.plain()
        return Portion(known_pairs(prepared, pairs), asked, (len(pairs), len(asked)))

    def gather(name: str, answers: Sequence[Written], listener: Listener) -> dict[str, Floats]:
        return {part: _packed(each) for part, each in zip(PARTS, answers, strict=True)}

    learnt = known_pairs(prepared, train)

    def suits(method: ModuleType) -> bool:
        return not hasattr(method, "suits") or bool(method.suits(learnt))

    portions = [
        portion(train, prepared.encoded("validation")),
        portion(before, prepared.encoded("test")),
    ]
    fitting = TranslateFitting(prepared.codec.source_kind, seed)
    return Problem(
        fitting, portions, gather, SAMPLES, sample, suits,
        blends=lambda fitted: isinstance(fitted, Rates),
    )  # fmt: skip


def known_pairs(prepared: Prepared, pairs: Rows) -> Pairs:
    """Return pairs as simple methods learn from them."""
    codec, sources = prepared.codec, prepared.plain_sources(prepared.case[pairs])
    return Pairs(sources, prepared.target_texts(pairs), codec.source_kind, codec.target_kind)


def translate_by_method(prepared: Prepared, encoded: EncodedPairs, name: str, seed: int) -> Floats:
    """Return the answers of a simple method that is fitted on all pairs of the run.

    Args:
        prepared: The run's pairs.
        encoded: What is answered.
        name: The method.
        seed: Of the methods that draw at random.

    Returns:
        `Answers` as an array; each case has one candidate.

    Raises:
        RunError: The method does not answer such sources.
    """
    fitted = fitted_method(prepared, name, seed, "test")
    fitting = TranslateFitting(prepared.codec.source_kind, seed)
    return quietly(lambda: _packed(fitting.predict(fitted, encoded.plain())))


def rating_method(prepared: Prepared, name: str, until: Until) -> Rates:
    """Return a simple method that can rate any answer, fitted on the pairs of some parts.

    Args:
        prepared: The run's pairs.
        name: The method.
        until: The last part that it learns from.

    Raises:
        RunError: The method does not answer such sources, or rates no answers.
    """
    fitted = fitted_method(prepared, name, SEED, until)
    if not isinstance(fitted, Rates):
        raise RunError(f"{literal(name)} cannot answer with networks", "--use network")
    return fitted


def fitted_method(prepared: Prepared, name: str, seed: int, until: Until) -> Write:
    """Return a simple method, fitted once on the pairs of some parts.

    Args:
        prepared: The run's pairs.
        name: The method.
        seed: Of the methods that draw at random.
        until: The last part that it learns from.

    Raises:
        RunError: The method does not answer such sources.
    """
    methods, codec = baselines("translate"), prepared.codec
    fitting = TranslateFitting(codec.source_kind, seed)
    if name not in methods or fitting.refusal(methods[name]):
        raise RunError(
            f"{literal(name)} is no method for {codec.source_kind}", "seqtune report RUN"
        )

    def fit() -> Write:
        known = known_pairs(prepared, prepared.pairs(until))
        return quietly(lambda: fitting.fit(methods[name], known))

    return kept_fit(prepared, (name, seed, until), fit)


def _packed(written: Written) -> Floats:
    """Return answers and their scores as an array; what is known of references is nothing."""
    texts = [[text] for text, _ in written]
    scores = np.array([score for _, score in written]).reshape(-1, 1)
    return Answers(texts, scores, np.full(len(texts), UNKNOWN)).to_array()
