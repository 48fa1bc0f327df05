"""How wide a language model is, and whether one is all that can be trained, by the time there is.

What is trained well beats what is wide, and one long run beats several short ones as long as none
of them is done. With sub-words on two cores, a novel of 1.2 million characters, 100 seconds: 256
units read it 12 times and had 1.947 bits per character, 384 units 7 times and 1.955
(docs/notes/generation.md,
"In three minutes").
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPERATIONS_PER_SECOND = 1e11
"""Of one core that trains on streams of its own: 0.9 to 1.2e11 were seen, of networks of 256 to 512
units."""

MAX_CORES = 4
"""More of them add little to one network of this size."""

STREAMS_PER_CORE = 16
"""A core that reads twice as many is no faster: what it works on does not fit beside it. On two
cores, two layers of 256 units read 40,000 characters a second in 32 streams, and 33,000 in 64."""

PASSES = 12.0
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
            15
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


DROPOUT = ((6.0, 0.0), (14.0, 0.1), (math.inf, 0.2))
"""Below so many passes, this share of the features is left out: what is read once or twice cannot
be learnt by heart, and dropout only slows that down."""


def dropout_for(passes: float) -> float:
    """Return the share of features to leave out of a network that reads its text so often.

    Example:
        >>> dropout_for(2), dropout_for(10), dropout_for(30)
        (0.0, 0.1, 0.2)
    """
    return next(share for most, share in DROPOUT if passes < most)


def streams_for(cores: int) -> int:
    """Return how many streams are read at a time.

    Example:
        >>> streams_for(1), streams_for(2), streams_for(16)
        (16, 32, 64)
    """
    return STREAMS_PER_CORE * min(cores, MAX_CORES)
