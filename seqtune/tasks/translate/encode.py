"""Sources and answers as networks read and write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.channel_scale import fit_channels
from seqtune.data.ragged import Ragged
from seqtune.data.series_lengths import shortened
from seqtune.data.text.vocabulary import SYMBOL
from seqtune.progress import Listener, Note
from seqtune.tasks.translate.buckets import Shape, choose_shapes
from seqtune.tasks.translate.codec import SERIES, Codec
from seqtune.tasks.translate.pairs import Pairs, Rows
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.series import MAX_STEPS
from seqtune.tasks.translate.split import TRAIN
from seqtune.tasks.translate.token_choice import Tokens, choose_tokens, fit_tokens


@dataclass(frozen=True)
class Encoded:
    """Cases and pairs with the codec that was fitted on those of training.

    Args:
        codec: What was fitted.
        inputs: The source of each case: by kind of token, or "series".
        targets: The answer of each pair: by kind of token.
    """

    codec: Codec
    inputs: dict[str, Ragged]
    targets: dict[str, Ragged]


def encode_all(
    pairs: Pairs,
    case: Rows,
    first: Rows,
    parts: npt.NDArray[np.int8],
    roles: Roles,
    metric: str,
    settings: Any,
    seconds: float,
    listener: Listener,
) -> Encoded:
    """Fit the codec on the training pairs, and encode all with it.

    Args:
        pairs: All pairs.
        case: (pairs,) the case of each.
        first: (cases,) the first pair of each case.
        parts: (cases,) the part of each case.
        roles: Which column is what.
        metric: The metric that selects.
        settings: The recipe's section `tokens`.
        seconds: The budget.
        listener: Hears of assumptions, and of what is cut.
    """
    if not roles.is_text:
        return _of_numbers(pairs, case, first, parts, roles, metric, settings, seconds, listener)
    learnt = parts[case] == TRAIN
    answers = _side("target", roles.target_kind, pairs.targets, learnt, settings, listener)
    unique = [pairs.sources[row] for row in first.tolist()]
    sources = _side("source", roles.kind, unique, parts == TRAIN, settings, listener)
    sides = {"source": sources, "target": answers}
    inputs = {kind: each.ids for kind, each in sources.items()}
    targets = {kind: each.ids for kind, each in answers.items()}
    codec = Codec(
        roles=roles,
        metric=metric,
        tokenizers={
            side: {kind: each.tokenizer for kind, each in found.items()}
            for side, found in sides.items()
        },
        longest={
            side: {kind: each.longest for kind, each in found.items()}
            for side, found in sides.items()
        },
        counts={kind: each.counts(np.flatnonzero(learnt)) for kind, each in answers.items()},
        shapes=_shapes(inputs, targets, case, learnt, settings, seconds, listener),
        lower=settings.lower,
    )
    return Encoded(codec, inputs, targets)


def _of_numbers(
    pairs: Pairs,
    case: Rows,
    first: Rows,
    parts: npt.NDArray[np.int8],
    roles: Roles,
    metric: str,
    settings: Any,
    seconds: float,
    listener: Listener,
) -> Encoded:
    """Fit the codec on training pairs whose sources are features or series; as `encode_all`."""
    learnt, known = parts[case] == TRAIN, np.flatnonzero(parts == TRAIN)
    answers = _side("target", roles.target_kind, pairs.targets, learnt, settings, listener)
    unique = pairs.take(first)
    categories: dict[str, tuple[str, ...]] = {}
    if unique.features is not None:
        categories = unique.features.categories(known)
        series = unique.features.vectors(categories)
    else:
        assert unique.series is not None
        most = MAX_STEPS if settings.longest == "auto" else settings.longest
        series, longer = shortened(unique.series, most)
        if longer:
            listener(Note(f"{longer:,} of {len(series):,} series are averaged to {most} steps"))
    center, spread = fit_channels(series, known)
    if unique.features is not None:
        is_category = unique.features.is_category(categories)
        center, spread = np.where(is_category, 0.0, center), np.where(is_category, 1.0, spread)
    inputs, targets = {SERIES: series}, {kind: each.ids for kind, each in answers.items()}
    codec = Codec(
        roles=roles,
        metric=metric,
        tokenizers={
            "source": {},
            "target": {kind: each.tokenizer for kind, each in answers.items()},
        },
        longest={
            "source": {SERIES: int(series.lengths.max())},
            "target": {kind: each.longest for kind, each in answers.items()},
        },
        counts={kind: each.counts(np.flatnonzero(learnt)) for kind, each in answers.items()},
        shapes=_shapes(inputs, targets, case, learnt, settings, seconds, listener),
        lower=settings.lower,
        center=tuple(center.tolist()),
        spread=tuple(spread.tolist()),
        categories=categories,
    )
    return Encoded(codec, inputs, targets)


def encode_numbers(codec: Codec, pairs: Pairs) -> tuple[Ragged, int]:
    """Return new features or series as a network reads them, and how many were averaged."""
    if pairs.features is not None:
        return pairs.features.vectors(codec.categories), 0
    assert pairs.series is not None
    return shortened(pairs.series, codec.longest["source"][SERIES])


def _side(
    side: str,
    kind: str,
    texts: Sequence[str],
    is_learnt: npt.NDArray[np.bool_],
    settings: Any,
    listener: Listener,
) -> dict[str, Tokens]:
    """Return the texts of a side as tokens, by kind."""
    found = {}
    known = [text for text, each in zip(texts, is_learnt.tolist(), strict=True) if each]
    for name in choose_tokens(side, kind, known, getattr(settings, side), listener):
        found[name] = fit_tokens(side, name, texts, is_learnt, settings)
        if side == "target" and (unknown := found[name].unknown(~is_learnt)):
            what = "symbols" if name == SYMBOL else "characters"
            listener(
                Note(
                    f"{unknown:,} answers of the validation and the test part have {what} that "
                    f"training never saw: as {name} tokens they cannot be written"
                )
            )
        if found[name].cut:
            listener(Note(_cut(side, found[name])))
    return found


def _cut(side: str, tokens: Tokens) -> str:
    """Say that texts are too long."""
    what = "sources" if side == "source" else "answers"
    then = "their middle is left out"
    if side == "target":
        then = "they are learnt without their end, and scored whole"
    return (
        f"{tokens.cut:,} of {len(tokens.ids):,} {what} are longer than {tokens.longest} "
        f"{tokens.tokenizer.kind} tokens: {then} (--set tokens.longest=N)"
    )


def _shapes(
    inputs: Mapping[str, Ragged],
    targets: Mapping[str, Ragged],
    case: Rows,
    learnt: npt.NDArray[np.bool_],
    settings: Any,
    seconds: float,
    listener: Listener,
) -> dict[str, dict[str, tuple[Shape, ...]]]:
    """Return the shapes of training batches, by what is read and what is written.

    They are chosen by the training pairs alone.
    """
    found: dict[str, dict[str, tuple[Shape, ...]]] = {name: {} for name in inputs}
    most = (0, "")
    for name, source in inputs.items():
        for kind, answers in targets.items():
            lengths = source.lengths[case[learnt]], answers.lengths[learnt] + 1
            found[name][kind], longer = choose_shapes(
                *lengths, holds_all=settings.longest != "auto", seconds=seconds
            )
            source_steps, target_steps = found[name][kind][-1]
            unit = "steps" if name == SERIES else f"{name} tokens"
            said = f"more than {source_steps} {unit}, or an answer of {target_steps} {kind} tokens"
            most = max(most, (longer, said))
    if most[0]:
        listener(
            Note(
                f"{most[0]:,} of {int(learnt.sum()):,} training pairs have {most[1]}: of these the "
                "beginning is trained on (--set tokens.longest=N)"
            )
        )
    return found
