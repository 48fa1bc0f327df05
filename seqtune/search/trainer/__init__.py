"""How a network is trained: one way per file, chosen by the backend.

JAX runs compiled steps that are shared by all configurations of a signature (`compiled_steps`),
where a task allows it one on each core (`parted_steps`). On TensorFlow, Keras's own `fit` trains
(`keras_fit`). All are AdamW with decoupled weight decay (Loshchilov & Hutter, arXiv 1711.05101),
gradients clipped by their global norm (Pascanu et al., arXiv 1211.5063). From the same batches they
give the same networks, up to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqtune.search.problem import Problem
from seqtune.search.trainer._contract import Trainer


def trainer_for(problem: Problem, model: Any, values: Mapping[str, Any], steps: int) -> Trainer:
    """Return what trains a model on the backend that is loaded.

    Args:
        problem: Task and data.
        model: The network.
        values: Its configuration.
        steps: Optimiser steps that are planned: how much compiling pays.
    """
    import keras

    if keras.backend.backend() == "jax":
        from seqtune.search.trainer.compiled_steps import CompiledSteps
        from seqtune.search.trainer.parted_steps import PartedSteps, parts_here

        if (parts := parts_here(problem, values)) > 1:
            return PartedSteps(problem, model, values, steps, parts)
        return CompiledSteps(problem, model, values, steps)
    from seqtune.search.trainer.keras_fit import KerasFit

    return KerasFit(problem, model, values)
