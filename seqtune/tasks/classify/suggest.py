"""Whether data can be classified, and what would be taken for what; loads no backend."""

from __future__ import annotations

from typing import cast

from seqtune.data.reading.source import Source
from seqtune.progress import Assumption, Assumptions
from seqtune.recipe.load import Recipe
from seqtune.tasks.classify.cases import read_cases
from seqtune.tasks.classify.infer_roles import infer_roles
from seqtune.tasks.classify.labels import find_labels, separator_of
from seqtune.tasks.classify.schema import Schema


def suggest(source: Source, recipe: Recipe) -> list[Assumption]:
    """Return what a classifier would take for each role.

    Args:
        source: The table.
        recipe: What the user has settled already.

    Raises:
        DataError: The data cannot be classified as it is; says why.
    """
    assumptions = Assumptions()
    data = cast(Schema, recipe.values).data
    roles = infer_roles(source, data, assumptions)
    cases = read_cases(source, roles, with_labels=True)
    labels = [label for label in cases.labels if label]
    separator = separator_of(labels, data.several, assumptions)
    find_labels(
        labels, separator=separator, ordered=data.ordered, kind=roles.kind, listener=assumptions
    )
    return assumptions
