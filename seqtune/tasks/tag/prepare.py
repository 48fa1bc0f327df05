"""From a table to sequences that are ready for training."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.source import Source
from seqtune.data.text.span_marks import MARK, OUTSIDE, Scheme, converted, recognise, repaired
from seqtune.drawing.wording import several
from seqtune.errors import DataError, listed
from seqtune.progress import Assumption, Listener, Note
from seqtune.recipe.duration import seconds as seconds_of
from seqtune.recipe.load import Recipe
from seqtune.recipe.reading import KEPT
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encode import MOST_STEPS, fit_codec
from seqtune.tasks.tag.infer_roles import infer_roles
from seqtune.tasks.tag.parts import TRAIN
from seqtune.tasks.tag.prepared import Prepared
from seqtune.tasks.tag.read_sequences import read_sequences
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.schema import ARCHITECTURES, Schema
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.split import cut_and_split, usual_share
from seqtune.tasks.tag.tags import MOST_TAGS, Tags

SEGMENTS = 24
"""Into about so many segments a sequence is cut, where the recipe leaves their length open."""

NEARLY_ALL = 0.9
"""Where one tag has so large a share of the positions, being accurate says little."""


def prepare(source: Source, recipe: Recipe, listener: Listener) -> tuple[Prepared, Recipe]:
    """Read roles, sequences and tags, split them, fit the codec, settle what is open.

    Args:
        source: The table.
        recipe: What the user has settled already.
        listener: Hears of assumptions and repairs.

    Returns:
        The data, and the recipe with everything inferred filled in.

    Raises:
        DataError: The data cannot be tagged as it is.
    """
    values = cast(Schema, recipe.values)
    roles = infer_roles(source, values.data, listener)
    found = read_sequences(source, roles, with_labels=True)
    for note in found.notes:
        listener(Note(note))
    found, schemes = _in_scheme(source, roles, found, values.data.scheme, listener)
    shares = [
        usual_share(found) if part.share == "auto" else float(part.share)
        for part in (values.validation, values.test)
    ]
    longest = MOST_STEPS if values.longest == "auto" else values.longest
    found, parts = cut_and_split(
        found, shares[0], shares[1], longest=longest, seed=values.seed, listener=listener,
        is_kept=values.data.cases == KEPT,
    )  # fmt: skip
    training = np.flatnonzero(parts == TRAIN)
    tags = _tags(source, found, training, schemes)
    targets = tags.codes(found.tags)
    metric = values.metric
    if metric == "auto":
        metric = _metric(tags, targets[found.places(training)], listener)
    elif metric == "span_f1" and not tags.has_spans:
        raise DataError(
            f"{source.path}: the tags mark no spans, so they have no span F1; found "
            f"{listed(map(repr, tags.names[:5]))}",
            "--set metric=accuracy",
        )
    seconds = seconds_of(values.search.budget)
    codec, vectors = fit_codec(
        found, training, targets, roles, tags, metric, values, seconds, listener
    )
    recipe = _settled(recipe, source, roles, shares, codec)
    return Prepared.of(codec, found, targets, parts, vectors), recipe


def _in_scheme(
    source: Source, roles: Roles, found: Sequences, asked: str, listener: Listener
) -> tuple[Sequences, tuple[Scheme, Scheme]]:
    """Return sequences whose tags are legal, how these mark spans, and how the user's do."""
    written = cast(Scheme, asked)
    if asked == "auto":
        written = "none" if roles.kind == "steps" else recognise(found.tags, found.offsets)
        if written != "none":
            why = "as B-, I- and O stand in the tags" if written != "bioes" else "it has E- and S-"
            listener(Assumption("scheme", written, why, "--set data.scheme=none"))
    elif asked != "none" and recognise(found.tags, found.offsets) == "none":
        bad = next(
            tag for tag in found.tags if tag not in ("", OUTSIDE) and not MARK.fullmatch(tag)
        )
        raise DataError(
            f"{source.path}: column {roles.label!r} has the tag {bad!r}, expected O, B-kind, "
            "I-kind",
            "--set data.scheme=none",
        )
    if written == "none":
        return found, ("none", "none")
    if written == "iob1":
        tags = converted(found.tags, found.offsets, "iob1", "bio")
        return replace(found, tags=tags), ("bio", "iob1")
    tags, changed = repaired(found.tags, found.offsets, written)
    if len(changed):
        place = int(changed[0])
        listener(
            Note(
                f"{several(len(changed), 'tag')} were no legal {written.upper()} and were made so, "
                f"the first at {source.where(int(found.rows[place]))}: {found.tags[place]} became "
                f"{tags[place]}"
            )
        )
    return replace(found, tags=tags), (written, written)


def _tags(
    source: Source,
    found: Sequences,
    training: npt.NDArray[np.int64],
    schemes: tuple[Scheme, Scheme],
) -> Tags:
    """Return all tags of the data, the commonest in training first.

    Raises:
        DataError: There are more than can be told apart.
    """
    learnt = Counter(found.tags[place] for place in found.places(training).tolist())
    every = sorted({*found.tags} - {""}, key=lambda name: (-learnt[name], name))
    if len(every) > MOST_TAGS:
        raise DataError(
            f"{source.path}: found {len(every):,} different tags, expected at most {MOST_TAGS:,}",
            "name another column: --label COLUMN",
        )
    return Tags(tuple(every), *schemes)


def _metric(tags: Tags, targets: npt.NDArray[np.int64], listener: Listener) -> str:
    """Return what configurations are compared by.

    Where one tag has nearly all positions, a network that says nothing else is accurate: of the
    wrong words of `benchmarks/tagging.py` it then found fewer (F0.5 0.577, by macro F1 0.596).

    Args:
        tags: What there is to say.
        targets: (positions,), tags of the training part; -1 for none.
        listener: Hears of it.
    """
    if tags.has_spans:
        return "span_f1"
    counts = np.bincount(targets[targets >= 0], minlength=len(tags))
    share = counts.max() / max(int(counts.sum()), 1)
    if len(tags) < 2 or share < NEARLY_ALL:
        return "accuracy"
    why = f"{tags.names[int(counts.argmax())]!r} stands at {share:.0%} of the positions"
    listener(Assumption("metric", "macro_f1", why, "--set metric=accuracy"))
    return "macro_f1"


def _settled(
    recipe: Recipe, source: Source, roles: Roles, shares: list[float], codec: Codec
) -> Recipe:
    """Fill in what was inferred, and take out of the search what the data has no use for."""
    values = cast(Schema, recipe.values)
    changes: dict[str, Any] = {
        "data.kind": roles.kind,
        "data.label": roles.label,
        "data.series": roles.series,
        "data.time": source.columns_of(roles.time),
        "data.channels": list(roles.channels) or "auto",
        "data.scheme": codec.tags.written,
        "metric": codec.metric,
        "longest": codec.longest,
        "validation.share": shares[0],
        "test.share": shares[1],
    }
    if roles.token:
        changes["data.token"] = roles.token
    unused = "steps." if roles.kind == "tokens" else "tokens."
    for dimension in recipe.dimensions():
        if dimension.path.startswith(unused):
            changes[dimension.path] = dimension.default
    changes["portfolio"] = [
        entry for entry in values.portfolio if not any(key.startswith(unused) for key in entry)
    ]
    if codec.is_causal:
        changes["steps.scaling"] = "channel"  # the size of a whole series tells of what comes
        for name in ARCHITECTURES:
            if "bidirectional" in ARCHITECTURES.options(name):
                changes[f"network.{name}.bidirectional"] = False
    recipe = recipe.replace(changes)
    length = max(1, round(codec.longest / SEGMENTS))
    names = [name for name in ARCHITECTURES if "length" in ARCHITECTURES.options(name)]
    return recipe.filled_in({f"network.{name}.length": length for name in names})
