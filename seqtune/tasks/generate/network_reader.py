"""Reading a text token by token with a network: each step is one call of a compiled program.

One text at a time, where Keras has the network, is read by NumPy: three times as fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.errors import RunError
from seqtune.tasks._values import Network
from seqtune.tasks.generate.inference import Floats
from seqtune.tasks.generate.programs import READ_ONE, state_shapes

if TYPE_CHECKING:
    from seqtune.tasks.generate.plain_network import PlainNetwork


class NetworkReader:
    """A network that reads from left to right, its state in the caller's hands.

    Args:
        network: The network, as `build_network` builds it.
        tokens: Its vocabulary.
    """

    def __init__(self, network: Network, tokens: Tokenizer) -> None:
        self.network, self.tokens = network, tokens
        self._shapes = state_shapes(network)
        self._plain = _plain(network)

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        """Return the state before the first token of a document: zeros, each (batch, …)."""
        return tuple(np.zeros((batch, *shape), np.float32) for shape in self._shapes)

    def advance(self, state: tuple[Any, ...], ids: npt.ArrayLike) -> tuple[Floats, tuple[Any, ...]]:
        """Read one more token of each text.

        Args:
            state: What is remembered of each text; it is not changed.
            ids: (batch,) the token that comes next in each.

        Returns:
            (batch, vocabulary) logits of the token after it, and the new state.
        """
        tokens = np.asarray(ids, np.int32)[:, None]
        if self._plain is not None and len(tokens) == 1:
            row, single = self._plain.step(int(tokens[0, 0]), tuple(each[0] for each in state))
            return row[None].astype(np.float64), tuple(each[None] for each in single)
        logits, after = self.network.run(READ_ONE, tokens, list(state))
        return np.asarray(logits, np.float64), tuple(after)


def _plain(network: Network) -> PlainNetwork | None:
    """Return the network in NumPy; None where that cannot be, or where Keras does not have it."""
    try:
        model = network.model
    except RunError:
        return None
    from seqtune.tasks.generate.plain_network import PlainNetwork, can_be_plain

    return PlainNetwork(model) if can_be_plain(model) else None
