"""Simple methods that are fitted once for many predictions of a run."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

Model = TypeVar("Model")

ATTRIBUTE = "seqtune_fitted_methods"
"""Where data has the methods that were fitted on all of it."""


def kept_fit(data: object, key: Hashable, fit: Callable[[], Model]) -> Model:
    """Return a fitted method, which is kept as long as the data that it was fitted on.

    Args:
        data: The data of a run; two predictions of one run share it.
        key: The method, and its seed.
        fit: Fits it.

    Example:
        >>> class Data: ...
        >>> data = Data()
        >>> kept_fit(data, "mean", lambda: 3.5), kept_fit(data, "mean", lambda: 1 / 0)
        (3.5, 3.5)
    """
    kept = vars(data).setdefault(ATTRIBUTE, {})
    if key not in kept:
        kept[key] = fit()
    found: Model = kept[key]
    return found
