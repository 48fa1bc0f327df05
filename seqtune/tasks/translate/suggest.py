"""Whether data can be translated, and what would be taken for what; loads no backend."""

from __future__ import annotations

from typing import cast

from seqtune.data.reading.source import Source
from seqtune.progress import Assumption, Assumptions
from seqtune.recipe.load import Recipe
from seqtune.tasks.translate.infer_roles import infer_roles
from seqtune.tasks.translate.pairs import read_pairs
from seqtune.tasks.translate.schema import Schema


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
    read_pairs(source, roles, lower=values.tokens.lower, with_targets=True)
    return assumptions
