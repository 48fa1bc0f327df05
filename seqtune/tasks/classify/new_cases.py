"""New cases: read from a table as the run's own were, and encoded when a model asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks._columns import require_fitted
from seqtune.tasks._values import Context
from seqtune.tasks.classify.cases import Cases, read_cases
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.encode import encode_cases
from seqtune.tasks.classify.encoded import EncodedCases

Floats = npt.NDArray[np.float64]


def unlabelled_cases(codec: Codec, source: Source | None, context: Context) -> EncodedCases:
    """Return cases whose labels are to be found.

    Args:
        codec: What is known of the fitted data.
        source: The cases.
        context: Hears of repairs, and names the run.

    Raises:
        DataError: There is no data, or a column of the fitted data is missing.
    """
    if source is None:
        raise DataError(
            "found no data to classify, expected a file", f"seqtune predict {context.name} DATA"
        )
    cases = _read(codec, source, context, with_labels=False)
    return _encoded(codec, source, cases, np.empty((len(cases), 0)), context)


def labelled_cases(codec: Codec, source: Source, context: Context) -> EncodedCases:
    """Return cases whose labels are known.

    Args:
        codec: What is known of the fitted data.
        source: The cases, with their labels.
        context: Hears of repairs, and of cases that cannot be scored.

    Raises:
        DataError: There is no label that the run knows.
    """
    source.require(codec.roles.label, "the fitted label column")
    cases = _read(codec, source, context, with_labels=True)
    cases, targets = _known(codec, source, cases, context)
    return _encoded(codec, source, cases, targets, context)


def _read(codec: Codec, source: Source, context: Context, *, with_labels: bool) -> Cases:
    require_fitted(source, codec.roles.inputs)
    cases = read_cases(source, codec.roles, with_labels=with_labels)
    context.note(*source.notes, *cases.notes)
    if cases.series is not None and cases.series.values.shape[1] != codec.channels:
        raise DataError(f"{source.path}: other channels than those of the fitted data")
    return cases


def _known(codec: Codec, source: Source, cases: Cases, context: Context) -> tuple[Cases, Floats]:
    """Leave out cases that cannot be scored: without a label, or with one that is not known."""
    targets, unknown = codec.labels.targets(cases.labels)
    bad = {case for case, _ in unknown}
    bare = {case for case, label in enumerate(cases.labels) if not label}
    kept = np.array([case for case in range(len(cases)) if case not in bad | bare], np.int64)
    if bare:
        context.note(f"cases without a label, not scored: {len(bare)}")
    if unknown:
        labels = sorted({label for _, label in unknown})
        shown = ", ".join(map(repr, labels[:5])) + (" …" if len(labels) > 5 else "")
        first = _where(source, cases, unknown[0][0])
        context.note(
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


def _encoded(
    codec: Codec, source: Source, cases: Cases, targets: Floats, context: Context
) -> EncodedCases:
    return EncodedCases(
        inputs=_encoder(codec, cases, context),
        rows=np.arange(len(cases)),
        plain=lambda: _plain(codec, cases),
        truth=lambda: targets,
        where=lambda case: _where(source, cases, case),
        text=lambda case: cases.texts[case] if cases.texts else "",
        names=cases.names,
        lines=cases.rows,
    )


def _encoder(codec: Codec, cases: Cases, context: Context) -> Callable[[str], Ragged]:
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
                context.note(note)
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
