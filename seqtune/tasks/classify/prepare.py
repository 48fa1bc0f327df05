"""From a table to cases that are ready for training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener, Note
from seqtune.recipe.load import Recipe
from seqtune.recipe.reading import KEPT
from seqtune.tasks.classify.cases import Cases, read_cases
from seqtune.tasks.classify.codec import LEARNABLE, Codec
from seqtune.tasks.classify.encode import FROM_TEXTS, encode_all, truncations
from seqtune.tasks.classify.equal_cases import keep_together
from seqtune.tasks.classify.giveaways import tell_giveaways
from seqtune.tasks.classify.infer_roles import infer_roles
from seqtune.tasks.classify.labels import Labels, are_far_from_equal, find_labels, separator_of
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.roles import Roles
from seqtune.tasks.classify.schema import ARCHITECTURES, Schema
from seqtune.tasks.classify.split import (
    TEST,
    TRAIN,
    fitting_rows,
    fold_cases,
    split_cases,
    usual_folds,
    usual_share,
)

Floats = npt.NDArray[np.float64]

TEACHING_CHARACTERS = 50_000
"""From so many characters on, some 10,000 words, word vectors are learnt from the texts."""

SEGMENTS = 24
"""Into about so many segments a case is cut, where the recipe leaves their length open."""


def prepare(source: Source, recipe: Recipe, listener: Listener) -> tuple[Prepared, Recipe]:
    """Read roles, cases and labels, split the cases, fit the codec, settle what is open.

    Args:
        source: The table.
        recipe: What the user has settled already.
        listener: Hears of assumptions and repairs.

    Returns:
        The data, and the recipe with everything inferred filled in.

    Raises:
        DataError: The data cannot be classified as it is.
    """
    values = cast(Schema, recipe.values)
    roles = infer_roles(source, values.data, listener)
    cases = read_cases(source, roles, with_labels=True)
    for note in cases.notes:
        listener(Note(note))
    cases, unlabelled = _labelled(source, cases, roles)
    separator = separator_of(cases.labels, values.data.several, listener)
    cases = _frequent(source, cases, separator, values.data.least_cases, listener)
    labels = find_labels(
        cases.labels,
        separator=separator,
        ordered=values.data.ordered,
        kind=roles.kind,
        listener=listener,
    )
    targets, _ = labels.targets(cases.labels)
    tell_giveaways(cases, roles, listener)
    cases = replace(cases, groups=keep_together(cases, listener))
    shares = [
        usual_share(len(cases)) if part.share == "auto" else float(part.share)
        for part in (values.validation, values.test)
    ]
    parts = split_cases(
        targets, cases.groups, shares[0], shares[1], values.seed,
        is_kept=values.data.cases == KEPT,
    )  # fmt: skip
    _tell_of_rare(labels, targets, listener)
    is_uneven = not labels.is_multi and are_far_from_equal(targets[parts == TRAIN])
    parts = _folded(values, parts, targets, cases, listener)
    metric = values.metric
    if metric == "auto":
        metric = _metric(is_uneven, targets, labels, listener)
    recipe = _settled(recipe, source, roles, shares, is_uneven).replace({"metric": metric})
    recipe, taught = _with_vectors(source, recipe, cases, parts, unlabelled, listener)
    codec, inputs, vectors = encode_all(
        cases, parts, roles, labels, metric, targets, recipe, taught
    )
    recipe = _with_segment(recipe, codec)
    for note in truncations(codec, inputs, cases):
        listener(Note(note))
    prepared = Prepared(
        codec=codec,
        inputs={name: each for name, (each, _) in inputs.items()},
        targets=targets.astype(np.float32),
        parts=parts,
        lines=cases.rows,
        texts=Ragged.from_texts(cases.texts) if roles.kind == "text" else None,
        vectors=vectors,
    )
    return prepared, recipe


def _with_segment(recipe: Recipe, codec: Codec) -> Recipe:
    """Settle the length of segments, for every architecture that has one and leaves it open."""
    length = max(1, round(max(codec.longest.values()) / SEGMENTS))
    names = [name for name in ARCHITECTURES if "length" in ARCHITECTURES.options(name)]
    return recipe.filled_in({f"network.{name}.length": length for name in names})


def _labelled(source: Source, cases: Cases, roles: Roles) -> tuple[Cases, Cases]:
    """Return the cases with a label, and those without."""
    has_label = np.array([bool(label) for label in cases.labels])
    if not has_label.any():
        raise DataError(
            f"{source.path}: column {roles.label!r} has no values; expected labels",
            "name another column: --label COLUMN",
        )
    unlabelled = cases.take(np.flatnonzero(~has_label))
    return (cases if has_label.all() else cases.take(np.flatnonzero(has_label))), unlabelled


def _with_vectors(
    source: Source,
    recipe: Recipe,
    cases: Cases,
    parts: npt.NDArray[np.int8],
    unlabelled: Cases,
    listener: Listener,
) -> tuple[Recipe, Sequence[str]]:
    """Settle with which vectors networks begin; return the texts without a label that teach them.

    Whatever becomes of cases without a label is said; none of them is trained on as a case,
    compared or scored.
    """
    values = cast(Schema, recipe.values)
    vectors, is_open = values.text.vectors, isinstance(values.text.begin, tuple)
    training = [cases.texts[row] for row in fitting_rows(parts)] if cases.texts else []
    if vectors == "auto":
        characters = sum(map(len, [*training, *unlabelled.texts]))
        tokens = values.text.tokens
        kinds = set(LEARNABLE).intersection(tokens if isinstance(tokens, tuple) else (tokens,))
        is_of_use = bool(kinds) and values.text.begin not in ("random", ("random",))
        vectors = FROM_TEXTS if is_of_use and characters >= TEACHING_CHARACTERS else None
        if vectors:
            why = f"learnt from {len(training):,} training texts"
            why += f" and {len(unlabelled):,} without a label" if len(unlabelled) else ""
            listener(Assumption("word vectors", FROM_TEXTS, why, "--set text.vectors=null"))
    taught = unlabelled.texts if vectors == FROM_TEXTS else ()
    if len(unlabelled):
        what = "teach word vectors and nothing else" if taught else "left out"
        first = source.where(int(unlabelled.rows[0]))
        listener(Note(f"{len(unlabelled)} cases without a label {what}, the first at {first}"))
    changes = {"text.vectors": vectors}
    if vectors is None:
        changes["text.begin"] = "random"
    elif vectors == FROM_TEXTS and is_open and len(unlabelled) >= len(training):
        why = f"{len(unlabelled):,} texts have no label, {len(training):,} train"
        listener(Assumption("first vectors", "learnt", why, "--set text.begin=random"))
        changes["text.begin"] = "vectors"
    return recipe.replace(changes), taught


def _frequent(
    source: Source, cases: Cases, separator: str, least: int, listener: Listener
) -> Cases:
    """Leave out cases whose labels are too rare to be learnt, compared and tested.

    Such labels are mostly not labels at all: what a damaged row leaves in their column. Where
    most labels are rare, nothing is left out, and the labels are refused as they are.
    """
    split = Labels((), separator).split
    counts = Counter(label for cell in cases.labels for label in split(cell))
    rare = {label for label, count in counts.items() if count < least}
    kept = np.array([not rare.intersection(split(cell)) for cell in cases.labels])
    if kept.all() or len(counts) - len(rare) < 2 or 2 * kept.sum() < len(kept):
        return cases
    bad = np.flatnonzero(~kept)
    shown = ", ".join(map(repr, sorted(rare)[:5])) + (" …" if len(rare) > 5 else "")
    what = (
        f"{len(rare)} {'label has' if len(rare) == 1 else 'labels have'} fewer than {least} cases"
    )
    listener(
        Note(
            f"{what} ({shown}): {len(bad)} cases left out, the first at "
            f"{source.where(int(cases.rows[bad[0]]))} (--set data.least_cases=1 keeps them)"
        )
    )
    return cases.take(np.flatnonzero(kept))


def _folded(
    values: Schema,
    parts: npt.NDArray[np.int8],
    targets: Floats,
    cases: Cases,
    listener: Listener,
) -> npt.NDArray[np.int8]:
    """Make folds of training and validation part, where cases are few."""
    asked, count = values.validation.folds, int((parts != TEST).sum())
    folds = usual_folds(count) if asked == "auto" else int(asked)
    if folds < 2:
        return parts
    if asked == "auto":
        why = f"only {count} cases are left beside the test part"
        listener(Assumption("folds", str(folds), why, "--set validation.folds=0"))
    return fold_cases(parts, targets, cases.groups, folds, values.seed)


def _tell_of_rare(labels: Labels, targets: Floats, listener: Listener) -> None:
    counts = targets.sum(axis=0)
    rare = [name for name, count in zip(labels.names, counts, strict=True) if count < 3]
    if rare:
        shown = ", ".join(repr(name) for name in rare[:5]) + (" …" if len(rare) > 5 else "")
        what = "class has" if len(rare) == 1 else "classes have"
        listener(
            Note(
                f"{len(rare)} {what} one or two cases ({shown}): a class with one case is trained "
                "on and never scored; of two cases, the second is in the test part"
            )
        )


def _metric(is_uneven: bool, targets: Floats, labels: Labels, listener: Listener) -> str:
    if not is_uneven:
        return "accuracy"
    counts = targets.sum(axis=0)
    most, least = int(counts.argmax()), int(np.where(counts > 0, counts, np.inf).argmin())
    why = (
        f"{labels.names[most]!r} has {counts[most]:.0f} cases, {labels.names[least]!r} "
        f"{counts[least]:.0f}"
    )
    listener(Assumption("metric", "balanced_accuracy", why, "--set metric=accuracy"))
    return "balanced_accuracy"


def _settled(
    recipe: Recipe, source: Source, roles: Roles, shares: list[float], is_uneven: bool
) -> Recipe:
    """Fill in what was inferred, and take out of the search what the data has no use for."""
    values = cast(Schema, recipe.values)
    validation, test = shares
    changes: dict[str, Any] = {
        "data.kind": roles.kind,
        "data.label": roles.label,
        "data.series": roles.series,
        "data.time": source.columns_of(roles.time),
        "data.channels": list(roles.channels) or "auto",
        "validation.share": validation,
        "test.share": test,
    }
    if roles.text:
        changes["data.text"] = roles.text
    if values.training.class_weights == "auto":
        changes["training.class_weights"] = is_uneven
    if values.text.vectors not in ("auto", FROM_TEXTS, None):  # a file
        changes |= {"text.tokens": "word", "text.begin": "vectors"}
    unused = "series." if roles.kind == "text" else "text."
    for dimension in recipe.dimensions():
        if dimension.path.startswith(unused):
            changes[dimension.path] = dimension.default
    changes["portfolio"] = [
        entry for entry in values.portfolio if not any(key.startswith(unused) for key in entry)
    ]
    return recipe.replace(changes)
