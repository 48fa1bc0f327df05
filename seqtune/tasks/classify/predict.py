"""Labelling new cases with a finished run, and scoring it on cases that have labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.metrics.classify import score_classes
from seqtune.tasks._contract import Classified, Evaluation
from seqtune.tasks.classify.cases import Cases, read_cases
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.inference import row_probabilities
from seqtune.tasks.classify.prepare import encode_cases

Floats = npt.NDArray[np.float64]

YES = 0.5
"""From this probability on, a case has a label that is one of several."""


def predict(run: Any, source: Source | None, use: str | None) -> pd.DataFrame:
    """Label new cases.

    Args:
        run: The run.
        source: The cases.
        use: Name of the leaderboard row that predicts; the winner if None.

    Returns:
        A row per case in the order of the input: its row number (from 1) or its own name, `label`,
        `confidence` (the probability of the label; of several, that all of them are right), and
        `p_<label>` per class.

    Raises:
        DataError: There is no data, or a column of the fitted data is missing.
    """
    codec: Codec = run.prepared.codec
    if source is None:
        raise DataError(
            "found no data to classify, expected a file", f"seqtune predict {run.folder} DATA"
        )
    cases = _read(run, source, codec, with_labels=False)
    probabilities = _probabilities(run, run.choose(use).name, codec, cases)
    return _table(codec, cases, probabilities)


def evaluate(run: Any, source: Source) -> Evaluation:
    """Score the run's models on labelled cases.

    Args:
        run: The run.
        source: The cases, with their labels.

    Returns:
        The metrics of the best ensemble or network and of the best simple method.

    Raises:
        DataError: There is no label that the run knows.
    """
    codec: Codec = run.prepared.codec
    source.require(codec.roles.label, "the fitted label column")
    cases = _read(run, source, codec, with_labels=True)
    cases, targets = _known(run, source, codec, cases)
    names = run.compared
    found = {name: _probabilities(run, name, codec, cases) for name in names}
    values = np.array(codec.labels.values) if codec.labels.values else None
    is_multi = codec.labels.is_multi
    scores = {
        name: score_classes(probabilities, targets, is_multi=is_multi, values=values)
        for name, probabilities in found.items()
    }
    classified = Classified(
        name=names[0],
        labels=codec.labels.names,
        probabilities=found[names[0]],
        targets=targets,
        is_multi=is_multi,
        where=lambda case: _where(source, cases, case),
        text=lambda case: cases.texts[case] if cases.texts else "",
    )
    return Evaluation(scores, len(cases), "case", classified)


def _read(run: Any, source: Source, codec: Codec, *, with_labels: bool) -> Cases:
    missing = [name for name in codec.roles.inputs if name not in source.names]
    if missing:
        shown = ", ".join(repr(name) for name in missing[:5]) + (" …" if len(missing) > 5 else "")
        raise DataError(
            f"{source.path} lacks {shown} of the fitted data; it has "
            f"{', '.join(source.names[:20])}",
            "add the columns, or fit again on data like this",
        )
    cases = read_cases(source, codec.roles, with_labels=with_labels)
    run.notes += [*source.notes, *cases.notes]
    if cases.series is not None and cases.series.values.shape[1] != codec.channels:
        raise DataError(f"{source.path}: other channels than those of the fitted data")
    return cases


def _known(run: Any, source: Source, codec: Codec, cases: Cases) -> tuple[Cases, Floats]:
    """Leave out cases that cannot be scored: without a label, or with one that is not known."""
    targets, unknown = codec.labels.targets(cases.labels)
    bad = {case for case, _ in unknown}
    bare = {case for case, label in enumerate(cases.labels) if not label}
    kept = np.array([case for case in range(len(cases)) if case not in bad | bare], np.int64)
    if bare:
        run.notes.append(f"cases without a label, not scored: {len(bare)}")
    if unknown:
        labels = sorted({label for _, label in unknown})
        shown = ", ".join(map(repr, labels[:5])) + (" …" if len(labels) > 5 else "")
        first = _where(source, cases, unknown[0][0])
        run.notes.append(
            f"cases with labels that training never saw, not scored: {len(bad)} ({shown}; the "
            f"first at {first})"
        )
    if not len(kept):
        raise DataError(
            f"{source.path}: no case has a label that the run knows; it knows "
            f"{', '.join(codec.labels.names[:10])}",
            f"give the labels in column {codec.roles.label!r}",
        )
    return (cases if len(kept) == len(cases) else cases.take(kept)), targets[kept]


def _probabilities(run: Any, name: str, codec: Codec, cases: Cases) -> Floats:
    """Return (cases, classes) by a row of the leaderboard."""
    return row_probabilities(run, name, _plain(codec, cases), _encoder(run, codec, cases))


def _encoder(run: Any, codec: Codec, cases: Cases) -> Callable[[str], Ragged]:
    """Return what encodes the cases for a network, once for each kind of input."""
    done: dict[str, Ragged] = {}

    def encode(name: str) -> Ragged:
        if name not in done:
            done[name], too_long = encode_cases(codec, cases, name)
            if too_long:
                unit = "steps" if name == "series" else f"{name} tokens"
                note = f"cases with other than {codec.longest[name]} {unit}: {too_long} resampled"
                if not codec.is_even:
                    note = f"cases with more than {codec.longest[name]} {unit}: {too_long}"
                if note not in run.notes:
                    run.notes.append(note)
        return done[name]

    return encode


def _plain(codec: Codec, cases: Cases) -> Sequence[Any]:
    """Return cases as the simple methods take them."""
    if cases.series is None:
        return cases.texts
    center = np.array(codec.center)
    inputs, _ = encode_cases(codec, cases, "series")
    return [
        np.where(np.isfinite(case), case, center).astype(np.float64)
        for case in inputs.select(np.arange(len(inputs)))
    ]


def _where(source: Source, cases: Cases, case: int) -> str:
    if cases.names:
        return f"case {cases.names[case]}"
    return source.where(int(cases.rows[case]))


def _table(codec: Codec, cases: Cases, probabilities: Floats) -> pd.DataFrame:
    names = np.array(codec.labels.names, dtype=object)
    columns: dict[str, Any] = {}
    if cases.names:
        columns[codec.roles.series or "case"] = list(cases.names)
    else:
        columns["row"] = cases.rows + 1
    if codec.labels.is_multi:
        chosen = probabilities >= YES
        separator = codec.labels.separator
        columns["label"] = [separator.join(names[row]) for row in chosen]
        right = np.where(chosen, probabilities, 1.0 - probabilities)
        columns["confidence"] = right.prod(axis=1)
    else:
        best = probabilities.argmax(axis=1)
        columns["label"] = names[best]
        columns["confidence"] = probabilities[np.arange(len(best)), best]
    for place, name in enumerate(codec.labels.names):
        columns[f"p_{name}"] = probabilities[:, place]
    return pd.DataFrame(columns)
