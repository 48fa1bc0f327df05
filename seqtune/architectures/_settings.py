"""The settings of one network: the cell, the sizes, and the architecture's own options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Settings:
    """The settings of one network, as the search proposed them, and what its task asks for.

    Args:
        cell: Name of the recurrence in `seqtune.registry.cells`.
        units: Size of each recurrent state.
        layers: Number of recurrent layers, one above the other.
        dropout: Share of features set to zero between layers while training, 0 to below 1.
        options: The architecture's own options, by name. One that has no meaning for a task is
            missing.
        pooling: How the states of all steps become one vector, one of `_pooling.POOLINGS`.
        weight_dropout: Share of the recurrent weights of a stream set to zero for a training batch.
        layer_normalization: Whether the output of each layer of a stream is normalised.
        attention: Past steps that a stream looks back at; 0 for none.
        causal: Whether the state of a step must not depend on later steps.
        align: Which end of a sequence is cut into whole segments: "start" fills the last segment
            up with zeros, "end" leaves the oldest steps out.
        streams: Rows of a training batch of a stream.

    Example:
        >>> Settings("lstm", units=64, layers=2, dropout=0.1, options={"bidirectional": True})
    """

    cell: str
    units: int
    layers: int = 1
    dropout: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    pooling: str = "last"
    weight_dropout: float = 0.0
    layer_normalization: bool = False
    attention: int = 0
    causal: bool = False
    align: str = "start"
    streams: int = 1


KEYS: Mapping[str, Callable[[Any], Any]] = {
    "cell": str,
    "units": int,
    "layers": int,
    "dropout": float,
    "pooling": str,
    "weight_dropout": float,
    "layer_normalization": bool,
    "attention": int,
}
"""Keys of a recipe's section `network` that are settings; a task need not have all of them."""


def settings_of(values: Mapping[str, Any], **fixed: Any) -> Settings:
    """Read the settings of a network from a configuration.

    Args:
        values: The configuration, by dotted path.
        fixed: Settings that the task decides: `causal`, `align`, `streams`.

    Example:
        >>> settings_of({"network.architecture": "stacked", "network.cell": "gru",
        ...              "network.units": 8, "network.stacked.bidirectional": True})
        Settings(cell='gru', units=8, …, options={'bidirectional': True}, …)
    """
    prefix = f"network.{values['network.architecture']}."
    options = {key.removeprefix(prefix): values[key] for key in values if key.startswith(prefix)}
    own = {key: kind(values[f"network.{key}"]) for key, kind in KEYS.items()
           if f"network.{key}" in values}  # fmt: skip
    return Settings(**own, options=options, **fixed)
