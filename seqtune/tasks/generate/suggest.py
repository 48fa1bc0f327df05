"""Whether data is text that a language model can learn; loads no backend."""

from __future__ import annotations

from typing import cast

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Assumptions
from seqtune.recipe.load import Recipe
from seqtune.tasks.generate.documents import columns_of, corpus_of
from seqtune.tasks.generate.schema import Schema

MIN_LENGTH = 20
"""Characters of a cell on average at least; shorter ones are names."""


def suggest(source: Source, recipe: Recipe) -> list[Assumption]:
    """Return what a language model would take for each role.

    Args:
        source: Texts or a table.
        recipe: What the user has settled already.

    Raises:
        DataError: The data is no text; says why.
    """
    assumptions = Assumptions()
    corpus = corpus_of(source, columns_of(cast(Schema, recipe.values).data), assumptions)
    if corpus.column and corpus.characters < MIN_LENGTH * len(corpus.documents):
        raise DataError(
            f"{source.path}: column {corpus.column!r} holds words rather than texts",
            "name the column of texts: --text COLUMN",
        )
    return assumptions
