"""How wide a language model is, and whether one is all that can be trained, by the time there is.

What is trained well beats what is wide, and one long run beats several short ones as long as none
of them is done. With sub-words on two cores, a novel of 1.2 million characters, 100 seconds: 256
units read it 12 times and had 1.947 bits per character, 384 units 7 times and 1.955
(docs/notes/generation.md,
"In three minutes").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPERATIONS_PER_SECOND = 7e10
"""Of one core, in products as wide as these."""

MAX_CORES = 4
"""More of them add little to one network of this size."""

PASSES = 8.0
"""So often a network should read its text: the widest one that can is taken."""

ENOUGH_PASSES = 40.0
"""What can read it so often in the time leaves time to try others first."""


@dataclass(frozen=True)
class Room:
    """The time that there is for training one network.

    Args:
        seconds: Of the search.
        cores: That one trial computes on.
    """

    seconds: float
    cores: int

    def passes(self, values: Mapping[str, Any], tokens: int, vocabulary: int) -> float:
        """Return how often a network can read its text, roughly.

        Args:
            values: A configuration.
            tokens: Of the training part.
            vocabulary: How many different ones there are.

        Example:
            >>> small = {"network.units": 256, "network.layers": 1, "network.embedding": 128,
            ...          "network.tied": True, "network.cell": "lstm",
            ...          "network.architecture": "stateful"}
            >>> round(Room(100.0, 2).passes(small, 330_000, 2000))
            10
        """
        speed = OPERATIONS_PER_SECOND * min(self.cores, MAX_CORES)
        return speed * self.seconds / (tokens * operations_per_token(values, vocabulary))


def operations_per_token(values: Mapping[str, Any], vocabulary: int) -> float:
    """Return the floating-point operations that a token takes in training.

    Each weight is multiplied and added once forward, and twice backward.

    Args:
        values: A configuration.
        vocabulary: How many different tokens there are.
    """
    units, embedding = int(values["network.units"]), int(values["network.embedding"])
    gates = {"lstm": 4, "gru": 3}.get(str(values["network.cell"]), 1)
    weights = gates * units * (units + embedding)
    weights += (int(values["network.layers"]) - 1) * gates * units * 2 * units
    weights += embedding * (units + vocabulary) if values["network.tied"] else units * vocabulary
    sides = 2 if values["network.architecture"] == "bidirectional_context" else 1
    return 6.0 * sides * weights


def widest(
    values: Mapping[str, Any], widths: tuple[int, ...], room: Room, tokens: int, vocabulary: int
) -> int:
    """Return the widest of several networks that reads its text often enough; else the narrowest.

    Args:
        values: The configuration but for its width.
        widths: Units that may be taken.
        room: The time that there is.
        tokens: Of the training part.
        vocabulary: How many different ones there are.
    """
    able = [
        units
        for units in sorted(widths)
        if room.passes({**values, "network.units": units}, tokens, vocabulary) >= PASSES
    ]
    return max(able, default=min(widths))
