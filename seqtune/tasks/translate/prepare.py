"""From a table to pairs that are ready for training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Listener, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.translate.codec import Codec
from seqtune.tasks.translate.infer_roles import infer_roles
from seqtune.tasks.translate.metric_choice import choose_metric
from seqtune.tasks.translate.pairs import Pairs, Rows, number_cases, read_pairs
from seqtune.tasks.translate.prepared import Prepared, as_bytes
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.schema import Schema
from seqtune.tasks.translate.split import TRAIN, split_cases, usual_share
from seqtune.tasks.translate.token_choice import choose_tokens, counts_of, fit_tokens


def prepare(source: Source, recipe: Recipe, listener: Listener) -> tuple[Prepared, Recipe]:
    """Read roles and pairs, split the cases, fit the codec, settle what is open.

    Args:
        source: The table.
        recipe: What the user has settled already.
        listener: Hears of assumptions and repairs.

    Returns:
        The data, and the recipe with everything inferred filled in.

    Raises:
        DataError: The data cannot be learnt from as it is.
    """
    values = cast(Schema, recipe.values)
    roles = infer_roles(source, values.data, listener)
    pairs = read_pairs(source, roles, lower=values.tokens.lower, with_targets=True)
    case, first = number_cases(pairs)
    for note in (*pairs.notes, *_remarks(source, roles, pairs, len(first))):
        listener(Note(note))
    shares = [
        usual_share(len(first)) if part.share == "auto" else float(part.share)
        for part in (values.validation, values.test)
    ]
    parts = split_cases(len(first), shares[0], shares[1], values.seed)
    metric = choose_metric(
        values.metric, roles, pairs.targets,
        has_several=_has_several(pairs, case), listener=listener,
    )  # fmt: skip
    unique = pairs.take(first)
    known = np.flatnonzero(parts == TRAIN)
    learnt = np.flatnonzero(parts[case] == TRAIN)
    kinds, fitted = {}, {}
    for side, kind, texts, rows in (
        ("source", roles.kind, unique.sources, known),
        ("target", roles.target_kind, pairs.targets, learnt),
    ):
        asked = getattr(values.tokens, side)
        kinds[side] = choose_tokens(side, kind, texts, asked, listener)
        training = [texts[row] for row in rows.tolist()]
        fitted[side] = fit_tokens(side, kinds[side], training, values.tokens)
    codec = Codec(
        roles=roles,
        metric=metric,
        tokenizers={side: tokenizers for side, (tokenizers, _) in fitted.items()},
        longest={side: longest for side, (_, longest) in fitted.items()},
        counts={},
        lower=values.tokens.lower,
    )
    inputs = {kind: codec.source_tokens(unique.sources, kind) for kind in kinds["source"]}
    targets = {kind: codec.target_tokens(pairs.targets, kind) for kind in kinds["target"]}
    for note in _cut(codec, inputs, targets):
        listener(Note(note))
    codec = replace(codec, counts=_counts(codec, targets, learnt))
    prepared = Prepared(
        codec=codec,
        inputs={kind: each for kind, (each, _) in inputs.items()},
        targets={kind: each for kind, (each, _) in targets.items()},
        case=case,
        parts=parts,
        lines=pairs.rows,
        sources=as_bytes(unique.sources),
        answers=as_bytes(pairs.targets),
    )
    return prepared, _settled(recipe, source, roles, shares, kinds).replace({"metric": metric})


def _has_several(pairs: Pairs, case: Rows) -> bool:
    """Say whether any case has two different answers."""
    return len({*zip(case.tolist(), pairs.targets, strict=True)}) > len({*case.tolist()})


def _remarks(source: Source, roles: Roles, pairs: Pairs, cases: int) -> list[str]:
    """Return what to say of the pairs as they are.

    Raises:
        DataError: All have one answer.
    """
    if len({*pairs.targets}) == 1:
        raise DataError(
            f"{source.path}: column {roles.target!r} is {pairs.targets[0][:60]!r} in every row, so "
            "there is nothing to learn",
            "name another column: --target COLUMN",
        )
    notes = []
    if cases < len(pairs):
        notes.append(
            f"{len(pairs):,} rows have {cases:,} different sources: rows of one source are "
            "references of one case, which stays in one part"
        )
    same = [
        row for row, (one, other) in enumerate(zip(pairs.sources, pairs.targets, strict=True))
        if one == other
    ]  # fmt: skip
    if same:
        many = f"all {len(pairs):,}" if len(same) == len(pairs) else f"{len(same):,}"
        rows = "row" if len(same) == 1 else "rows"
        hint = ""
        if 2 * len(same) > len(pairs):
            hint = "; is it the right column? (--target COLUMN)"
        first = source.where(int(pairs.rows[same[0]]))
        notes.append(f"in {many} {rows} the answer equals the source, the first at {first}{hint}")
    return notes


def _cut(codec: Codec, inputs: Any, targets: Any) -> list[str]:
    """Return what to say of sources and answers that are too long."""
    flag = "--set tokens.longest=N"
    notes = [
        f"{cut:,} of {len(each):,} sources are longer than {codec.longest['source'][kind]} {kind} "
        f"tokens: their middle is left out ({flag})"
        for kind, (each, cut) in inputs.items()
        if cut
    ]
    return notes + [
        f"{cut:,} of {len(each):,} answers are longer than {codec.longest['target'][kind]} {kind} "
        f"tokens: they are learnt without their end, and scored whole ({flag})"
        for kind, (each, cut) in targets.items()
        if cut
    ]


def _counts(codec: Codec, targets: Any, learnt: Rows) -> dict[str, tuple[int, ...]]:
    return {
        kind: counts_of(
            Ragged.from_list(each.select(learnt)), codec.tokenizers["target"][kind].size
        )
        for kind, (each, _) in targets.items()
    }


def _settled(
    recipe: Recipe,
    source: Source,
    roles: Roles,
    shares: list[float],
    kinds: Mapping[str, Sequence[str]],
) -> Recipe:
    """Fill in what was inferred."""
    changes: dict[str, Any] = {
        "data.kind": roles.kind,
        "data.target_kind": roles.target_kind,
        "data.target": roles.target,
        "validation.share": shares[0],
        "test.share": shares[1],
    }
    if roles.source:
        changes["data.source"] = roles.source
    for side, kind in kinds.items():
        changes[f"tokens.{side}"] = kind[0] if len(kind) == 1 else list(kind)
    return recipe.replace(changes)
