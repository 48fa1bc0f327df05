"""Tags as a table: a row per token, or per step."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.tasks.tag.answers import tagged
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encoded import EncodedSequences

Floats = npt.NDArray[np.float64]

ANSWERS = ("tag", "confidence")


def tag_table(codec: Codec, encoded: EncodedSequences, marginals: Floats) -> pd.DataFrame:
    """Return a row per position in the order of the input.

    Args:
        codec: Names the columns of sequences and tokens, and the tags.
        encoded: The sequences.
        marginals: (positions, tags), the probability of each tag.

    Returns:
        Of tokens the sentence (its name, or its number from 1) and the token; of steps the row
        (from 1) and the series, where they are named. Then `tag`, as the user writes tags, and
        `confidence`, the probability of the tag.
    """
    found = tagged(codec, encoded, marginals)
    roles, tokens = codec.roles, encoded.plain().tokens if codec.kind == "tokens" else ()
    columns: dict[str, Any] = {}
    if codec.kind == "steps":
        columns["row"] = encoded.rows + 1
    if codec.kind == "tokens" or found.names:
        names: Any = list(found.names) or (np.arange(len(found.offsets) - 1) + 1)
        otherwise = "sentence" if codec.kind == "tokens" else "series"
        columns[_named(roles.series, otherwise, columns)] = np.asarray(names)[found.sequence]
    if codec.kind == "tokens":
        columns[_named(roles.token, "token", columns)] = list(tokens)
    columns["tag"] = found.tags.texts(found.predicted, found.offsets)
    columns["confidence"] = found.confidence
    order = np.argsort(encoded.rows, kind="stable")
    return pd.DataFrame(columns).iloc[order].reset_index(drop=True)


def _named(column: str | None, otherwise: str, taken: dict[str, Any]) -> str:
    """Return the name of a column, unless an answer or a column before is called so."""
    return column if column and column not in (*ANSWERS, *taken) else otherwise
