"""From one state to features for every step ahead, all at once."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._dense import dense
from seqtune.architectures._settings import Settings


def read_out(state: Any, static: Any | None, settings: Settings) -> Any:
    """Predict all steps ahead directly from one state.

    Direct multi-step prediction has no error that feeds on itself (Ben Taieb et al. 2012,
    arXiv 1108.3259).

    Args:
        state: (batch, units).
        static: (batch, static features) that hold for the whole series, or None.
        settings: `horizon` and `width`.

    Returns:
        (batch, horizon, width).
    """
    import keras

    if static is not None:
        state = keras.layers.Concatenate(name="state_and_static")([state, static])
    flat = dense(settings.horizon * settings.width, "readout")(state)
    return keras.layers.Reshape((settings.horizon, settings.width), name="steps_ahead")(flat)
