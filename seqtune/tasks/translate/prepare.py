"""From a table to pairs that are ready for training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Listener, Note
from seqtune.recipe.duration import seconds as seconds_of
from seqtune.recipe.load import Recipe
from seqtune.recipe.reading import KEPT
from seqtune.tasks.translate.copy_choice import choose_copying
from seqtune.tasks.translate.decoding_settings import DecodingSettings
from seqtune.tasks.translate.encode import Encoded, encode_all
from seqtune.tasks.translate.infer_roles import infer_roles
from seqtune.tasks.translate.metric_choice import choose_metric
from seqtune.tasks.translate.pairs import Pairs, Rows, number_cases, read_pairs
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.run_length import long_run
from seqtune.tasks.translate.schema import Schema
from seqtune.tasks.translate.split import TRAIN, split_cases, usual_share
from seqtune.tasks.translate.width import with_widths


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
    is_kept = values.data.cases == KEPT
    parts = split_cases(len(first), shares[0], shares[1], values.seed, is_kept=is_kept)
    known = np.flatnonzero((parts == TRAIN)[case])
    learnt = pairs.take(known)
    metric = choose_metric(
        values.metric,
        roles,
        learnt.targets,
        has_several=_has_several(learnt, case[known]),
        listener=listener,
    )
    seconds = seconds_of(values.search.budget)
    encoded = encode_all(pairs, case, first, parts, roles, metric, values.tokens, seconds, listener)
    decoding = replace(DecodingSettings.of(values.decoding), n_best=1)
    encoded = replace(encoded, codec=replace(encoded.codec, decoding=decoding))
    prepared = _prepared(encoded, pairs, case, first, parts)
    sides = (encoded.inputs, encoded.targets)
    longer = long_run(values.search.trial_share, sides, seconds, listener)
    copying = choose_copying(
        values.network.copying,
        roles,
        [pairs.sources[row] for row in known.tolist()] if roles.is_text else (),
        learnt.targets,
        listener,
    )
    recipe = _settled(recipe, source, encoded, shares).replace(longer)
    recipe = recipe.replace({"network.copying": copying})
    share = recipe.values.search.trial_share
    return prepared, recipe.replace(with_widths(recipe, encoded, share, seconds, listener))


def _prepared(
    encoded: Encoded, pairs: Pairs, case: Rows, first: Rows, parts: npt.NDArray[np.int8]
) -> Prepared:
    return Prepared(
        codec=encoded.codec,
        inputs=encoded.inputs,
        targets=encoded.targets,
        case=case,
        parts=parts,
        lines=pairs.rows,
        sources=Ragged.from_texts([pairs.sources[row] for row in first.tolist()]),
        answers=Ragged.from_texts(pairs.targets),
    )


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
        row
        for row, (one, other) in enumerate(zip(pairs.sources, pairs.targets, strict=True))
        if one == other
    ]
    if same:
        many = "all" if len(same) == len(pairs) else f"{len(same):,} of"
        first = source.where(int(pairs.rows[same[0]]))
        doubt = "; is it the right column? (--target COLUMN)" if 2 * len(same) > len(pairs) else ""
        notes.append(
            f"in {many} {len(pairs):,} rows the answer equals the source, the first at "
            f"{first}{doubt}"
        )
    return notes


def _settled(recipe: Recipe, source: Source, encoded: Encoded, shares: list[float]) -> Recipe:
    """Fill in what was inferred."""
    codec = encoded.codec
    roles = codec.roles
    changes: dict[str, Any] = {
        "data.kind": roles.kind,
        "data.target_kind": roles.target_kind,
        "data.target": roles.target,
        "data.series": roles.series,
        "data.time": source.columns_of(roles.time),
        "data.channels": list(roles.channels) or "auto",
        "metric": codec.metric,
        "validation.share": shares[0],
        "test.share": shares[1],
    }
    if roles.source:
        changes["data.source"] = roles.source
    for side, tokenizers in codec.tokenizers.items():
        kinds = list(tokenizers) or ["symbol"]  # of a series: any, for there are no tokens
        changes[f"tokens.{side}"] = kinds[0] if len(kinds) == 1 else kinds
    return recipe.replace(changes)
