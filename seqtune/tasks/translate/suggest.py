"""Whether data can be translated, and what would be taken for what; loads no backend."""

from __future__ import annotations

from typing import cast

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Assumptions
from seqtune.recipe.load import Recipe
from seqtune.tasks.translate.infer_roles import infer_roles
from seqtune.tasks.translate.pairs import read_pairs
from seqtune.tasks.translate.schema import Schema

FEW, FEW_SHARE = 20, 0.1
"""Up to so many different answers, or such a share of the rows, are labels rather than texts."""


def suggest(source: Source, recipe: Recipe) -> list[Assumption]:
    """Return what a translator would take for each role.

    Args:
        source: The table.
        recipe: What the user has settled already.

    Raises:
        DataError: The data cannot be learnt from as it is; says why.
    """
    assumptions = Assumptions()
    values = cast(Schema, recipe.values)
    roles = infer_roles(source, values.data, assumptions)
    pairs = read_pairs(source, roles, lower=values.tokens.lower, with_targets=True)
    is_spoken = source.kind(roles.target) == "text" or (
        roles.is_text and source.kind(roles.source) == "text"
    )
    if not is_spoken:
        raise DataError(
            f"column {roles.target!r} holds {source.kind(roles.target)} values, which are no texts",
            "--target COLUMN",
        )
    if roles.kind == "features" and len(roles.channels) == 1:
        raise DataError(
            f"one column, {roles.channels[0]!r}, is little to write texts about", "--past COLUMN"
        )
    sides = [(roles.target, pairs.targets)]
    if roles.is_text:
        sides.append((roles.source, pairs.sources))
    for column, texts in sides:
        different = len({*texts})
        if different <= max(FEW, FEW_SHARE * len(texts)):
            raise DataError(
                f"column {column!r} has only {different} different values: they are labels",
                "--task classify",
            )
    return assumptions
