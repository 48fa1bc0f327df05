"""Whether data can be tagged, and what would be taken for what; loads no backend."""

from __future__ import annotations

from typing import cast

from seqtune.data.reading.sentences.open_sentences import tokens_of
from seqtune.data.reading.sentences.sentence_source import SentenceSource
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Assumptions
from seqtune.recipe.load import Recipe
from seqtune.tasks.tag.infer_roles import infer_roles
from seqtune.tasks.tag.read_sequences import read_sequences
from seqtune.tasks.tag.schema import Schema


def suggest(source: Source, recipe: Recipe) -> list[Assumption]:
    """Return what a tagger would take for each role.

    Args:
        source: The table.
        recipe: What the user has settled already.

    Raises:
        DataError: The data cannot be tagged as it is; says why.
    """
    assumptions = Assumptions()
    source = tokens_of(source, recipe)
    roles = infer_roles(source, cast(Schema, recipe.values).data, assumptions)
    if roles.kind == "tokens" and roles.series is None:
        raise DataError(
            f"no column tells the sentences of the tokens in column {roles.token!r} apart",
            "--series COLUMN",
        )
    read_sequences(source, roles, with_labels=True)
    return assumptions


def is_meant(source: Source) -> bool:
    """Say whether a file has labels for tokens by its form."""
    return isinstance(source, SentenceSource)
