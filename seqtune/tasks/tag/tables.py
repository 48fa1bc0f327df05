"""Tags as a table: a row per token, or per step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from seqtune.metrics.tag import Integers
from seqtune.tasks.tag.answers import TaggedSequences
from seqtune.tasks.tag.roles import Roles

ANSWERS = ("tag", "confidence")


def tag_table(
    roles: Roles, found: TaggedSequences, rows: Integers, tokens: Sequence[str] = ()
) -> pd.DataFrame:
    """Return a row per position in the order of the input.

    Args:
        roles: Names the columns of sequences and tokens.
        found: Sequences with their tags.
        rows: (positions,), the row of the table that each is, from 0.
        tokens: (positions,) the tokens; empty for steps.

    Returns:
        Of tokens the sentence (its name, or its number from 1) and the token; of steps the row
        (from 1) and the series, where they are named. Then `tag`, as the user writes tags, and
        `confidence`, the probability of the tag.
    """
    columns: dict[str, Any] = {}
    if not tokens:
        columns["row"] = rows + 1
    if tokens or found.names:
        names: Any = list(found.names) or (np.arange(len(found.offsets) - 1) + 1)
        column = _named(roles.series, "sentence" if tokens else "series", columns)
        columns[column] = np.asarray(names)[found.sequence]
    if tokens:
        columns[_named(roles.token, "token", columns)] = list(tokens)
    columns["tag"] = found.tags.texts(found.predicted, found.offsets)
    columns["confidence"] = found.confidence
    return pd.DataFrame(columns).iloc[np.argsort(rows, kind="stable")].reset_index(drop=True)


def _named(column: str | None, otherwise: str, taken: dict[str, Any]) -> str:
    """Return the name of a column, unless an answer or a column before is called so."""
    return column if column and column not in (*ANSWERS, *taken) else otherwise
