"""Random search: the portfolio, then configurations drawn evenly."""

from __future__ import annotations

import keras_tuner

from seqtune.search.oracles.fixed_space import ClosedOracle


class Random(ClosedOracle, keras_tuner.oracles.RandomSearchOracle):  # type: ignore[misc]
    """Keras Tuner's random search over a closed space.

    Source:
        Bergstra & Bengio, Random Search for Hyper-Parameter Optimization (JMLR 2012).
    """
