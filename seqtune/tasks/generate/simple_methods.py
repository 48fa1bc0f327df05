"""Simple language models on the tokens of a run: those of its first kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqtune.baselines.generate._fitting import GenerateFitting
from seqtune.baselines.method import LanguageModel
from seqtune.baselines.problem import PARTS, Portion, Problem
from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.progress import Listener
from seqtune.registry import baselines
from seqtune.tasks.generate.encoded import EncodedText
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.scoring import predictions_of

Floats = npt.NDArray[np.float64]

MAX_COUNTED = 3_000_000
"""Tokens that the simple methods count at most; their counts stand in memory."""

SAMPLES = (2_000, 20_000)
"""Training tokens of the samples that say how long a method takes."""

HELD_OUT = 10
"""One of so many tokens of a sample is predicted."""


def problem_of(prepared: Prepared) -> Problem:
    """Return what the methods predict: the validation part, and the test part after it."""
    kind = prepared.kinds[0]
    train, validation, test = _documents(prepared)

    def sample(size: int) -> Portion:
        tokens = train.values[:size]
        cut = len(tokens) - len(tokens) // HELD_OUT
        known, asked = (
            Ragged(part, np.array([0, len(part)])) for part in (tokens[:cut], tokens[cut:])
        )
        return _portion(known, asked, held_out=asked)

    def gather(name: str, answers: Sequence[Floats], listener: Listener) -> dict[str, Floats]:
        predictions: dict[str, Floats] = {}
        for part, logarithms in zip(PARTS, answers, strict=True):
            begin, end = prepared.compared(kind, part)
            tokens = prepared.arrays[kind][begin:end]
            predictions[part] = predictions_of(
                prepared.codec.tokens[kind], tokens, logarithms[: end - begin]
            )
        return predictions

    return Problem(
        _fitting(prepared),
        [
            _portion(train, validation, held_out=validation),
            _portion(joined(train, validation), test, held_out=validation),
        ],
        gather,
        SAMPLES,
        sample,
        detail=f"{kind} tokens",
    )


def fitted_model(prepared: Prepared, name: str) -> LanguageModel:
    """Fit a simple method again, on all text before the test part, as it was scored.

    Args:
        prepared: The text.
        name: The method.
    """
    method, fitting = baselines("generate")[name], _fitting(prepared)
    train, validation, _ = _documents(prepared)
    model = fitting.fit(method, (train, validation))
    return fitting.fit(method, (joined(train, validation), validation), model)


def method_predictions(prepared: Prepared, text: EncodedText, name: str) -> Floats:
    """Return the probability of each token of a text and its characters, (tokens, 2).

    Args:
        prepared: The text that the method is fitted on.
        text: What is predicted.
        name: The method.
    """
    tokens = prepared.codec.tokens[prepared.kinds[0]]
    ids = text.predicted(tokens.kind)
    ends = np.flatnonzero(ids == END) + 1
    offsets = np.unique(np.concatenate([[0], ends, [len(ids)]])).astype(np.int64)
    chances = np.asarray(fitted_model(prepared, name).log_probabilities(Ragged(ids, offsets)))
    return predictions_of(tokens, ids, chances)


def joined(first: Ragged, second: Ragged) -> Ragged:
    """Return the documents of both, one after the other."""
    values = np.concatenate([first.values, second.values])
    return Ragged(values, np.concatenate([first.offsets, second.offsets[1:] + first.offsets[-1]]))


def _fitting(prepared: Prepared) -> GenerateFitting:
    kind = prepared.kinds[0]
    return GenerateFitting(prepared.codec.tokens[kind].size, kind)


def _documents(prepared: Prepared) -> list[Ragged]:
    """Return the documents of training, of which there may be too many, validation and test."""
    most = {"train": MAX_COUNTED}
    return [
        prepared.documents(prepared.kinds[0], part, most.get(part)) for part in ("train", *PARTS)
    ]


def _portion(known: Ragged, asked: Ragged, held_out: Ragged) -> Portion:
    return Portion((known, held_out), asked, (len(known.values), len(asked.values)))
