"""Which trials together forecast best: greedy selection with replacement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Predictions = npt.NDArray[np.float64]


def select_members(
    predictions: Mapping[str, Predictions],
    score: Callable[[Predictions], float],
    size: int,
    direction: str = "min",
    begin: Sequence[str] = (),
    is_over: Callable[[], bool] = lambda: False,
) -> dict[str, float]:
    """Choose members one by one, each time the one that improves the average most.

    A trial may be chosen more than once, which gives it more weight; the selection with the best
    score over all sizes is kept.

    Args:
        predictions: Validation predictions by trial, all of one shape.
        score: Scores an average of predictions.
        size: How many choices are made at most.
        direction: "min" or "max".
        begin: Trials that are in it from the start: those that the score cannot tell from the best,
            so that the choice does not hang on chance (section 2.2: sorted initialisation).
        is_over: Says whether there is no time for another choice; the first is always made.

    Returns:
        The weight of each chosen trial; they sum to one. Empty without predictions.

    Source:
        Caruana et al., Ensemble Selection from Libraries of Models (ICML 2004), section 2.1.

    Example:
        >>> under, over = np.array([0.0]), np.array([2.0])
        >>> select_members({"a": under, "b": over}, lambda mean: abs(mean[0] - 1.0), 4)
        {'a': 0.5, 'b': 0.5}
    """
    sign = 1.0 if direction == "min" else -1.0
    chosen: list[str] = list(begin)
    best: tuple[float, list[str]] = (np.inf, [])
    total: Predictions | None = None
    for name in chosen:
        total = predictions[name] if total is None else total + predictions[name]
    if total is not None:
        best = (sign * score(total / len(chosen)), list(chosen))
    for count in range(len(chosen) + 1, size + 1):
        if chosen and is_over():
            break
        scored = []
        for name, prediction in predictions.items():
            summed = prediction if total is None else total + prediction
            scored.append((sign * score(summed / count), name))
        usable = [entry for entry in scored if np.isfinite(entry[0])]
        if not usable:
            break
        value, name = min(usable)
        total = predictions[name] if total is None else total + predictions[name]
        chosen.append(name)
        if value < best[0]:
            best = (value, list(chosen))
    return {name: best[1].count(name) / len(best[1]) for name in sorted(set(best[1]))}


def blend(predictions: Mapping[str, Predictions], weights: Mapping[str, float]) -> Predictions:
    """Return the weighted average of the members' predictions.

    Args:
        predictions: Predictions by member, all of one shape.
        weights: Weight of each member, as `select_members` gave them.
    """
    total: Predictions = sum(  # type: ignore[assignment]
        weight * predictions[name] for name, weight in weights.items()
    )
    return total
