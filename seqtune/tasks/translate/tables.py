"""Answers as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.codec import Codec
from seqtune.tasks.translate.encoded import EncodedPairs


def answer_table(codec: Codec, encoded: EncodedPairs, answers: Answers) -> pd.DataFrame:
    """Return a row per case in the order of the input, or one per candidate.

    Args:
        codec: Names the column of the cases.
        encoded: The cases.
        answers: Their answers.

    Returns:
        The row number (from 1) or the case's own name, `rank` (from 1) where several candidates
        were asked for, `prediction`, and `score`, the mean log-probability of its tokens.
    """
    candidates = answers.scores.shape[1]
    column = codec.roles.series or "case" if encoded.names else "row"
    names: Any = list(encoded.names) if encoded.names else encoded.lines + 1
    columns: dict[str, Any] = {column: np.repeat(np.asarray(names), candidates)}
    if candidates > 1:
        columns["rank"] = np.tile(np.arange(1, candidates + 1), len(encoded))
    columns["prediction"] = [text for each in answers.texts for text in each]
    columns["score"] = answers.scores.ravel()
    return pd.DataFrame(columns)
