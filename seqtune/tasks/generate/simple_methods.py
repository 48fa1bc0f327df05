"""Simple language models on the tokens of a run: those of its first kind."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.generate._fitting import GenerateFitting
from seqtune.baselines.kept_fits import kept_fit
from seqtune.baselines.method import LanguageModel
from seqtune.baselines.problem import PARTS, Portion, Problem
from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.errors import RunError
from seqtune.progress import Listener
from seqtune.registry import baselines
from seqtune.tasks.generate.encoded import EncodedText
from seqtune.tasks.generate.predictions import method_predictions
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.recent import recent_chances

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

    @cache
    def recent(part: str) -> Floats | None:
        return _recent(prepared, prepared.encoded(part).predicted(kind))

    def gather(name: str, answers: Sequence[Floats], listener: Listener) -> dict[str, Floats]:
        predictions: dict[str, Floats] = {}
        for part, told in zip(PARTS, answers, strict=True):
            begin, end = prepared.compared(kind, part)
            ids = prepared.arrays[kind][begin:end]
            tokens = prepared.codec.tokens[kind]
            told = told[: end - begin]
            predictions[part] = method_predictions(tokens, ids, told, recent(part))
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
    """Return a simple method that is fitted on all text before the test part, as it was scored.

    What takes long to fit is kept in the run folder, and opened from there the next time.

    Args:
        prepared: The text.
        name: The method.
    """
    return kept_fit(prepared, name, lambda: _opened(prepared, name) or _fitted(prepared, name))


def _opened(prepared: Prepared, name: str) -> LanguageModel | None:
    """Return a method that the run folder has; None where it has none that can be read."""
    method, folder = baselines("generate")[name], prepared.folder
    if not hasattr(method, "kept") or folder is None or not is_kept(prepared, name):
        return None
    with suppress(RunError, OSError, ValueError):  # it is fitted again instead
        model: LanguageModel = method.kept(kept_file(folder, name), _fitting(prepared).vocabulary)
        return model
    return None


def _fitted(prepared: Prepared, name: str) -> LanguageModel:
    """Fit a method again, and keep it where that can be done."""
    method, fitting = baselines("generate")[name], _fitting(prepared)
    train, validation, _ = _documents(prepared)
    model = fitting.fit(method, (train, validation))
    model = fitting.fit(method, (joined(train, validation), validation), model)
    if hasattr(method, "keep") and prepared.folder is not None:
        with suppress(RunError):  # a folder that cannot be written is read from all the same
            method.keep(model, kept_file(prepared.folder, name))
    return model


def is_kept(prepared: Prepared, name: str) -> bool:
    """Say whether the run folder has a method, so that it is opened at once."""
    return prepared.folder is not None and kept_file(prepared.folder, name).exists()


def kept_file(folder: Path, name: str) -> Path:
    """Return where the run folder has a simple method."""
    return folder / "data" / f"{name}.json"


def predicted_by(prepared: Prepared, text: EncodedText, name: str) -> Floats:
    """Return what a simple method predicts of a text, (tokens, 10).

    Args:
        prepared: The text that the method is fitted on.
        text: What is predicted.
        name: The method.
    """
    tokens = prepared.codec.tokens[prepared.kinds[0]]
    ids = text.predicted(tokens.kind)
    ends = np.flatnonzero(ids == END) + 1
    offsets = np.unique(np.concatenate([[0], ends, [len(ids)]])).astype(np.int64)
    told = np.asarray(fitted_model(prepared, name).read(Ragged(ids, offsets)))
    return method_predictions(tokens, ids, told, _recent(prepared, ids))


def joined(first: Ragged, second: Ragged) -> Ragged:
    """Return the documents of both, one after the other."""
    values = np.concatenate([first.values, second.values])
    return Ragged(values, np.concatenate([first.offsets, second.offsets[1:] + first.offsets[-1]]))


def _recent(prepared: Prepared, ids: npt.NDArray[Any]) -> Floats | None:
    """Return what came lately before each token; None where nobody asks."""
    return recent_chances(ids) if prepared.codec.recent else None


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
