"""Sources as a network takes them, padded to one length: while training and while answering."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged

Arrays = dict[str, npt.NDArray[Any]]


def source_batch(codec: Any, sources: Ragged, rows: npt.NDArray[np.int64], steps: int) -> Arrays:
    """Return some sources.

    Args:
        codec: Scales series.
        sources: All, as the configuration reads them.
        rows: Which of them.
        steps: Their length; shorter ones are padded.

    Returns:
        `source` (cases, steps) int32, 0 where padded; or `series` (cases, steps, channels) float32
        and `length` (cases,) int32.
    """
    batch, lengths = sources.take(rows, steps)
    if sources.values.ndim == 1:
        return {"source": batch.astype(np.int32, copy=False)}
    scaled = codec.scaled(batch.astype(np.float64), lengths)
    return {"series": scaled.astype(np.float32), "length": lengths.astype(np.int32)}
