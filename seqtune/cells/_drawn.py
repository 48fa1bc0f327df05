"""Initial weights that every recurrent layer shares."""

from __future__ import annotations

from typing import Any


def drawn_weights() -> dict[str, Any]:
    """Return the initializers of a Keras recurrent layer, drawn with numpy."""
    from seqtune.initializers import GlorotUniform, Orthogonal

    return {"kernel_initializer": GlorotUniform(), "recurrent_initializer": Orthogonal()}
