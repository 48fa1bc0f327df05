"""Whether a codec that was read from a run folder is one, and belongs to the panel beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqtune.data.panel.calendar import calendar_cycles
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.words import MAX_LABELS
from seqtune.tasks.forecast.codec import OUTLIERS, Codec
from seqtune.tasks.forecast.settle import MAX_ANSWERS
from seqtune.tasks.forecast.standard import Standard

MAX_LEVELS = 999
MAX_PERIODS = 100
MAX_ORIGINS = 100
MAX_PERIOD = 100_000
"""A recipe may name a period that is longer than the series; history of twice as many steps is
gathered for it."""

CHUNK = 1_000_000


def check_codec(codec: Codec, panel: Panel) -> None:
    """Refuse a codec that was not fitted on this panel, or holds what cannot have been measured.

    Args:
        codec: As it was read.
        panel: The run's rows, checked already.

    Raises:
        ValueError: Says what is wrong.
    """
    _check_roles(codec.roles, panel)
    if codec.axis() != panel.grid or codec.series != panel.series:
        raise ValueError("it has another time axis or other series than the panel")
    if codec.categories != {name: list(each) for name, each in panel.categories.items()}:
        raise ValueError("it has other labels than the panel")
    longest = int(panel.lengths.max(initial=0))
    _check_steps((codec.horizon,), longest)
    _check_steps(codec.periods, max(longest, MAX_PERIOD))
    _check_levels(codec.levels)
    if codec.horizon * len(codec.levels) > MAX_ANSWERS:
        raise ValueError(f"found {codec.horizon} steps with {len(codec.levels)} quantiles each")
    known = calendar_cycles(codec.axis())
    if tuple(name for name in known if name in codec.cycles) != codec.cycles:
        raise ValueError(f"found the calendar cycles {str(codec.cycles)[:40]}")
    if type(codec.origins) is not int or not 0 <= codec.origins <= MAX_ORIGINS:
        raise ValueError(f"found {str(codec.origins)[:20]!r} origins")
    if type(codec.counts) is not bool or codec.counts != bool(codec.given):
        raise ValueError("it does not say whether its targets are counts")
    if not all(level in codec.levels for level in codec.given) or list(codec.given) != sorted(
        {*codec.given, *(0.5 for _ in codec.given)}
    ):
        raise ValueError("the levels that are given out are not among those that it has")
    if codec.outliers not in OUTLIERS:
        raise ValueError(f"found {str(codec.outliers)[:20]!r} as what becomes of outliers")
    for name in ("error_scale", "center", "spread"):
        _check_scale(name, getattr(codec, name), (len(panel.series), len(panel.target_names)))
    if codec.constant.dtype != np.bool_ or codec.constant.shape != codec.error_scale.shape:
        raise ValueError("it does not say of each series whether it is constant")
    for name in ("past", "future", "static"):
        _check_standard(name, getattr(codec, name), panel)
    _check_effects(codec)
    for start in range(0, panel.rows, CHUNK):
        if not np.isfinite(panel.target[start : start + CHUNK]).all():
            raise ValueError("the panel's targets are not all numbers")


def _check_roles(roles: dict[str, Any], panel: Panel) -> None:
    """Refuse other columns than the panel's."""
    columns = {
        "targets": panel.target_names,
        "past": panel.past_names,
        "future": panel.future_names,
        "static": panel.static_names,
    }
    for role, names in columns.items():
        if roles[role] != list(names):
            raise ValueError(f"it has other {role} columns than the panel")
    if not panel.target_names:
        raise ValueError("it has no target")
    for role in ("time", "series"):
        if not isinstance(roles[role], (str, type(None))):
            raise ValueError(f"its {role} column is no name")


def _check_steps(steps: Sequence[Any], longest: int) -> None:
    """Refuse a horizon that is longer than every series, and periods that nobody can have meant."""
    if len(steps) > MAX_PERIODS:
        raise ValueError(f"it has {len(steps)} periods")
    for count in steps:
        if type(count) is not int or not 1 <= count <= longest:
            raise ValueError(f"found {str(count)[:20]!r} steps, expected 1 to {longest}")


def _check_levels(levels: Sequence[Any]) -> None:
    is_number = all(isinstance(level, float) and 0 < level < 1 for level in levels)
    if not is_number or 0.5 not in levels or list(levels) != sorted(set(levels)):
        raise ValueError("its quantile levels do not rise from 0 to 1")
    if len(levels) > MAX_LEVELS:
        raise ValueError(f"it has {len(levels)} quantile levels")


def _check_scale(name: str, values: Any, shape: tuple[int, int]) -> None:
    if values.shape != shape or not np.isfinite(values).all():
        raise ValueError(f"{name} is not a number for each series")
    if name != "center" and not (values > 0).all():
        raise ValueError(f"{name} is not above zero")


def _check_effects(codec: Codec) -> None:
    shape = codec.error_scale.shape[1], codec.future.width
    effects = codec.effects
    if effects.ndim != 3 or effects.shape[1:] != shape:
        raise ValueError("its effects are not one for each target and covariate")
    if len(effects) not in (1, len(codec.series)) or not np.isfinite(effects).all():
        raise ValueError("its effects are not a number for each series")


def _check_standard(name: str, standard: Standard, panel: Panel) -> None:
    columns = getattr(panel, f"{name}_names")
    labels = tuple(len(panel.categories.get(column, ())) for column in columns)
    if standard.labels != labels or max(labels, default=0) > MAX_LABELS:
        raise ValueError(f"its scales of {name} columns are for other words than the panel's")
    if not all(type(scale) in (int, float) for scale in (*standard.center, *standard.spread)):
        raise ValueError(f"its scales of {name} columns are no numbers")
    scales = np.array([standard.center, standard.spread], np.float64)
    if standard.names != columns or scales.shape != (2, len(standard.features)):
        raise ValueError(f"its scales of {name} columns are not those of the panel")
    if not np.isfinite(scales).all() or not (scales[1] > 0).all():
        raise ValueError(f"its scales of {name} columns are no scales")
