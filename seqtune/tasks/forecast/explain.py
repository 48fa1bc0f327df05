"""What a network looked at: which inputs its forecasts need, and how far back it reaches.

Both are measured on validation windows, with the network as the search left it.

Sources:
    Permutation importance: Breiman, Random Forests (2001), section 10; Fisher, Rudin & Dominici,
    arXiv 1801.01489 (a group of inputs at a time). Reach: the norm of the Jacobian, from random
    projections of the horizon (Hutchinson 1989).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.metrics.forecast import mase
from seqtune.runtime.gradients import input_gradient
from seqtune.tasks._values import Network
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.preprocessing import Preprocessed, channel_names, preprocess
from seqtune.tasks.forecast.report_explanation import ExplanationReport

Floats = npt.NDArray[np.float64]

MAX_WINDOWS = 256
"""So many validation windows tell the importance of an input."""

REPEATS = 3
"""How often each group is shuffled; the mean counts."""

MAX_BLOCKS = 8
"""The history is shuffled in so many blocks at most, of whole seasons where they fit."""

SHARE = 0.95
"""The reach is the lag within which this share of the gradient lies."""


@dataclass(frozen=True)
class Group:
    """Inputs that are shuffled together.

    Args:
        kind: "past", "future", "static", "calendar", "identity" or "history".
        name: The column, where there is one.
        first: The nearest lag of a block of the history, from 1; 0 for other kinds.
        last: The farthest lag of a block.
    """

    kind: str
    name: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class Subject:
    """A network with the windows that it is examined on.

    Args:
        network: The network.
        prepared: The data.
        values: The network's configuration.
        chosen: Numbers of some validation windows.
        windows: These windows.
        preprocessed: The same, preprocessed for the network.
    """

    network: Network
    prepared: Prepared
    values: Mapping[str, Any]
    chosen: npt.NDArray[np.int64]
    windows: Windows
    preprocessed: Preprocessed

    @classmethod
    def of(cls, network: Network, prepared: Prepared, values: Mapping[str, Any]) -> Subject:
        """Choose the windows, evenly spread."""
        every = prepared.windows["validation"]
        count = min(len(every), MAX_WINDOWS)
        chosen = np.linspace(0, len(every) - 1, count).round().astype(np.int64)
        windows = every[chosen]
        preprocessed = preprocess(prepared.coded, windows, prepared.codec, values)
        return cls(network, prepared, values, chosen, windows, preprocessed)

    @property
    def names(self) -> dict[str, list[tuple[str, str]]]:
        """Kind and column of each channel, by input."""
        return channel_names(self.prepared.coded, self.prepared.codec, self.values)

    def error(self, inputs: Mapping[str, npt.NDArray[Any]]) -> float:
        """Return the MASE of what the network makes of inputs."""
        codec, windows = self.prepared.codec, self.windows
        output = self.network(dict(inputs))
        median = self.preprocessed.restore(output)[..., codec.levels.index(0.5)]
        actual, observed = self.prepared.encoded("validation").truth
        actual, observed = actual[self.chosen], observed[self.chosen]
        scale = self.prepared.coded.error_scale[windows.series, windows.target]
        return float(mase(actual, median, scale, observed))


def explain(
    network: Network, prepared: Prepared, values: Mapping[str, Any], deadline: float
) -> dict[str, Any]:
    """Measure what a network's forecasts hang on.

    Args:
        network: The network, as the search left it: it has not seen the validation part.
        prepared: The data.
        values: Its configuration.
        deadline: Value of `time.monotonic()` from which on no further group is begun.

    Returns:
        Plain JSON values: `score`, the MASE of the windows looked at; `importance`, for each group
        by how much it rises when the group is shuffled over the windows; `left_out`, how many
        groups there was no time for; `reach`, the norm of the gradient by lag.
    """
    subject = Subject.of(network, prepared, values)
    score = subject.error(subject.preprocessed.inputs)
    reach = _reach(subject)
    importance: list[dict[str, Any]] = []
    groups = list(_groups(subject))
    for number, group in enumerate(groups):
        if len(subject.windows) < 2 or time.monotonic() > deadline:
            break
        rises = [
            subject.error(_shuffled(subject, group, np.random.default_rng((number, repeat))))
            - score
            for repeat in range(REPEATS)
        ]
        importance.append(
            {**vars(group), "rise": float(np.mean(rises)), "spread": float(np.std(rises))}
        )
    return {
        "kind": ExplanationReport.kind,
        "metric": prepared.metric,
        "score": score,
        "windows": len(subject.windows),
        "repeats": REPEATS,
        "importance": importance,
        "left_out": len(groups) - len(importance),
        "reach": reach,
    }


def _groups(subject: Subject) -> Iterator[Group]:
    """Yield the groups of inputs that this network has, columns before blocks of history."""
    columns = dict.fromkeys((*subject.names["history"], *subject.names["future"]))
    for kind, name in columns:
        if kind in ("past", "future", "calendar"):
            yield Group(kind, name)
    for name in subject.prepared.codec.static.names:
        yield Group("static", name)
    if "identity" in subject.preprocessed.inputs:
        yield Group("identity")
    lookback = subject.preprocessed.inputs["history"].shape[1]
    length = block_length(lookback, subject.prepared.codec.period)
    for first in range(1, lookback + 1, length):
        yield Group("history", "", first, min(lookback, first + length - 1))


def block_length(lookback: int, period: int) -> int:
    """Return how many lags are shuffled together: whole seasons, so that blocks are few.

    Example:
        >>> [block_length(336, 24), block_length(100, 12), block_length(5, 1)]
        [48, 24, 1]
    """
    least = -(-lookback // MAX_BLOCKS)
    return period * -(-least // period) if period <= lookback else least


def _shuffled(
    subject: Subject, group: Group, draw: np.random.Generator
) -> dict[str, npt.NDArray[Any]]:
    """Return the inputs with one group of them shuffled over the windows."""
    inputs = dict(subject.preprocessed.inputs)
    order = draw.permutation(len(subject.windows))
    if group.kind == "identity":
        inputs["identity"] = inputs["identity"][order]
    elif group.kind == "static":
        features = subject.prepared.codec.static.features
        own = [place for place, each in enumerate(features) if each == group.name]
        inputs["static"] = inputs["static"].copy()
        inputs["static"][:, own] = inputs["static"][order][:, own]
    else:
        wanted = ("target", "") if group.kind == "history" else (group.kind, group.name)
        for part in ("history", "future"):
            own = [place for place, each in enumerate(subject.names[part]) if each == wanted]
            steps = inputs[part].shape[1]
            lags = slice(steps - group.last, steps - group.first + 1) if group.last else slice(None)
            inputs[part] = inputs[part].copy()
            inputs[part][:, lags, own] = inputs[part][order][:, lags, own]
    return inputs


def _reach(subject: Subject) -> dict[str, Any]:
    """Return the norm of the gradient of the median with respect to each past step, by lag."""
    codec, inputs = subject.prepared.codec, subject.preprocessed.inputs
    draw = np.random.default_rng(0)
    weights = np.zeros((len(subject.windows), codec.horizon, len(codec.levels)), np.float32)
    signs = draw.integers(0, 2, weights.shape[:2]) * 2.0 - 1.0
    weights[..., codec.levels.index(0.5)] = signs
    gradient = input_gradient(subject.network.model, inputs, "history", weights).astype(np.float64)
    # over random signs, the mean square is the sum of squares of the Jacobian over the horizon
    norms = np.sqrt((gradient**2).sum(axis=2).mean(axis=0))[::-1]  # (lookback,), lag 1 first
    return {"share": SHARE, "lag": lag_within(norms, SHARE), "norms": norms.tolist()}


def lag_within(norms: Floats, share: float) -> int:
    """Return the lag within which a share of all norms lies; 0 where there are none.

    Args:
        norms: (lookback,), lag 1 first.
        share: 0 to 1.

    Example:
        >>> lag_within(np.array([6.0, 3.0, 1.0]), 0.85)
        2
    """
    total = float(norms.sum())
    if not total > 0:
        return 0
    return 1 + int(np.searchsorted(np.cumsum(norms), share * total * (1 - 1e-12)))
