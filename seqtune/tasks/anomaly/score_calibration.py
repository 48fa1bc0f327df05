"""From scores in every way to statements: which ways count, and how rare their scores are.

Raw predictions are (rows, ways + 3 + channels), from `score_held_out`; those that are averaged are
(rows, 3 + channels): what a model says of rows (see `verdict`), and what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import COLUMNS, lasting, standing
from seqtune.tasks.anomaly.tail_probability import fit_lift, lifted
from seqtune.tasks.anomaly.time_scales import (
    LASTING,
    alone_or_joined,
    chosen_ways,
    fit_paces,
    join_paces,
    usual_ways,
    ways_by_pace,
)

Floats = npt.NDArray[np.float64]


def is_raw(prepared: Prepared, predictions: Floats) -> bool:
    """Say whether predictions are scores in every way, or statements."""
    return bool(predictions.shape[1] > COLUMNS + prepared.codec.channels)


def fit_rarities(prepared: Prepared, predictions: Floats) -> dict[str, float]:
    """Choose the ways of scoring, and measure how rare their scores are among normal rows.

    Args:
        prepared: The data.
        predictions: Of the validation part: raw ones, or an average of statements, of which the
            lift alone is measured (docs/notes/anomalies.md, "Threshold", says why).
    """
    held = prepared.held_out["validation"]
    if not is_raw(prepared, predictions):
        return fit_lift(held.clean_scores(lasting(predictions)))
    figures = _chosen_figures(prepared, held, predictions)
    lasts = lasting(to_statements(prepared, predictions, figures))
    return {**figures, **fit_lift(held.clean_scores(lasts))}


def _chosen_figures(prepared: Prepared, held: HeldOut, predictions: Floats) -> dict[str, float]:
    """Return the ways that are joined, and how rare the scores of each are."""
    usual = _best(usual_ways(prepared.codec.ways), predictions, held.separation)
    if prepared.metric == "separation":
        return _measured(prepared, held, predictions, [usual])[0]
    # labels say whether people mean single rows, or what lasts, and how long; of ways for single
    # rows the VUS-PR says nothing
    by_pace = ways_by_pace(prepared.codec.ways)
    lasting = {pace: ways for pace, ways in by_pace.items() if pace in LASTING}
    chosen = alone_or_joined(usual | _best(lasting, predictions, held.volume))
    candidates = _measured(prepared, held, predictions, chosen)
    joined = [_joined(prepared, predictions, each) for each in candidates]
    scores = [standing(each, prepared.codec.threshold, held.still) for each in joined]
    return candidates[int(np.argmax([held.volume(each) for each in scores]))]


def to_statements(prepared: Prepared, predictions: Floats, figures: Mapping[str, float]) -> Floats:
    """Return statements and expected values, (rows, 3 + channels).

    Args:
        prepared: The data.
        predictions: Raw ones, or an average of statements.
        figures: What `fit_rarities` measured.
    """
    if not is_raw(prepared, predictions):
        lasts = lifted(predictions[:, 0], figures)
        return np.column_stack([lasts, predictions[:, 1:]])
    statements = _joined(prepared, predictions, figures)
    return np.column_stack([statements, predictions[:, -prepared.codec.channels :]])


def in_short(prepared: Prepared, held: HeldOut, predictions: Floats) -> Floats:
    """Return the one score, (rows,), that a network is compared by while it trains.

    By labels, its best way of scoring; without, the rarity that it will be used with.

    Args:
        prepared: The data.
        held: The part.
        predictions: Raw ones.
    """
    ways = prepared.codec.ways
    if prepared.metric == "vus_pr":
        every = range(len(ways.all()))
        return predictions[:, _best({"any": every}, predictions, held.volume)["any"]]
    chosen = _best(usual_ways(ways), predictions, held.separation)
    figures = _measured(prepared, held, predictions, [chosen])[0]
    return standing(_joined(prepared, predictions, figures), prepared.codec.threshold, held.still)


def _best(
    ways: Mapping[str, Sequence[int]], predictions: Floats, tell: Callable[[Floats], float]
) -> dict[str, int]:
    """Return the way of each pace that tells anomalies best."""
    return {
        pace: max(each, key=lambda way: tell(predictions[:, way])) if len(each) > 1 else each[0]
        for pace, each in ways.items()
    }


def _measured(
    prepared: Prepared,
    held: HeldOut,
    predictions: Floats,
    candidates: Sequence[Mapping[str, int]],
) -> list[dict[str, float]]:
    """Return how rare the scores of chosen ways are, for each choice."""
    numbers = {way for chosen in candidates for way in chosen.values()}
    normal = {way: held.normal_scores(predictions[:, way]) for way in numbers}
    codec = prepared.codec
    ways = codec.ways.all()
    return [
        fit_paces(
            chosen,
            {pace: normal[way] for pace, way in chosen.items()},
            codec.false_alarms,
            {pace: codec.rows_of(ways[way].span) for pace, way in chosen.items()},
        )
        for chosen in candidates
    ]


def _joined(prepared: Prepared, predictions: Floats, figures: Mapping[str, float]) -> Floats:
    """Return statements, (rows, 3), of raw predictions."""
    scores = {pace: predictions[:, way] for pace, way in chosen_ways(figures).items()}
    return join_paces(scores, figures, prepared.codec.threshold)
