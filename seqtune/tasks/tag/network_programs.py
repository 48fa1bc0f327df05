"""What tagging asks of a network with a linear chain, in Keras.

`seqtune.tasks.tag.inference` names this function; nothing that predicts imports this module.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.tasks.tag.crf import CHAIN


def chain_parts(model: Any, inputs: Any) -> tuple[Any, Any, Any]:
    """Return emissions (batch, steps, tags), transitions (tags, tags) and borders (2, tags).

    What `LinearChain` packs for the loss has the transitions once for each sequence; these are all
    that inference needs.

    Args:
        model: A network whose last layer is a `LinearChain`.
        inputs: A batch.
    """
    chain = model.get_layer(CHAIN)
    emissions = keras.Model(model.inputs, chain.input)(inputs, training=False)
    return emissions, chain.transitions + chain.forbidden, ops.convert_to_tensor(chain.borders)
