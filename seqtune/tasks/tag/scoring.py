"""Figures of tags whose truth is known, and how far two of them may differ by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from seqtune.metrics.tag import score_tags, span_f1
from seqtune.tasks._values import Part
from seqtune.tasks.tag.answers import TaggedSequences, tagged
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.prepared import Prepared

Floats = npt.NDArray[np.float64]

WORST_LOG_LOSS = 20.0
"""Nats where the tie-break ends."""


def score_sequences(found: TaggedSequences) -> dict[str, float]:
    """Return every metric; `span_f1` where tags mark spans.

    A true tag that the run has never learnt counts as wrong, and as a span that is not found.

    Args:
        found: Sequences with their tags.
    """
    scores = score_tags(found.marginals, found.predicted, found.targets, found.offsets)
    if found.tags.has_spans:
        is_known = not math.isnan(scores["accuracy"])
        scores["span_f1"] = span_f1(*found.numbered_spans) if is_known else math.nan
    return scores


def score_positions(codec: Codec, encoded: EncodedSequences, marginals: Floats) -> dict[str, float]:
    """Return every metric of the probabilities of tags.

    Args:
        codec: The tags.
        encoded: Sequences whose tags are known.
        marginals: (positions, tags).
    """
    return score_sequences(tagged(codec, encoded, marginals))


def objective_of(metric: str, scores: Mapping[str, float], positions: int) -> float:
    """Return the metric less up to half a position for the log loss, which tells equals apart.

    Args:
        metric: What configurations are compared by; higher is better.
        scores: Every metric.
        positions: How many positions were scored.
    """
    nudge = min(scores["log_loss"], WORST_LOG_LOSS) / WORST_LOG_LOSS
    return scores[metric] - 0.5 * nudge / max(1, positions)


def margin_of(prepared: Prepared, part: Part, score: float) -> float:
    """Return about one standard error of the metric on a part; see `error_of_share`.

    Args:
        prepared: The sequences, and the metric.
        part: The part.
        score: The figure.
    """
    if prepared.metric == "edit_score":
        return error_of_share(score, len(prepared.chosen(part)))
    if prepared.metric == "span_f1":
        names = prepared.codec.tags.names
        begins = [code for code, name in enumerate(names) if name.startswith(("B-", "S-"))]
        return error_of_share(score, int(np.isin(prepared.truth(part), begins).sum()))
    return error_of_share(score, prepared.scored(part))


def error_of_share(score: float, examples: int) -> float:
    """Return about one standard error of a share: `sqrt(p (1 - p) / n)`.

    `p` is `(n score + 1) / (n + 2)`, so that it is not zero where all is right. Positions of one
    sequence are not independent: it is rather too small.

    Args:
        score: The figure, 0 to 1.
        examples: How many positions, or spans, or sequences, it is of.

    Source:
        Agresti and Coull 1998, The American Statistician 52(2).

    Example:
        >>> round(error_of_share(0.9, 100), 3)
        0.031
    """
    share = (examples * float(np.clip(score, 0.0, 1.0)) + 1) / (examples + 2)
    return math.sqrt(share * (1 - share) / max(1, examples))
