"""Programs: values that name a function, and import it when it is run."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.runtime.network import KerasNetwork
from seqtune.runtime.program import PREDICT, Program, function_of
from seqtune.runtime.programs import predict, programs_of


def scaled(model: Any, inputs: Any, *, factor: int = 1) -> Any:
    """Return what a model says, several times."""
    return factor * model(inputs)


def doubling() -> Any:
    """A model that doubles its one input."""
    inputs = keras.Input((1,))
    layer = keras.layers.Dense(1, use_bias=False)
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([np.full((1, 1), 2.0)])
    return model


def test_a_program_is_the_function_of_its_name() -> None:
    assert function_of(PREDICT) is predict
    assert function_of(Program("scaled", __name__)) is scaled


def test_options_are_bound_and_equal_programs_are_one_function() -> None:
    triple = Program("scaled", __name__, (("factor", 3),))
    assert function_of(triple)(lambda each: each, 5) == 15
    assert function_of(triple) is function_of(Program("scaled", __name__, (("factor", 3),)))
    assert function_of(triple) is not function_of(Program("scaled", __name__, (("factor", 2),)))


def test_a_program_that_is_not_there_is_a_fault_of_the_code() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        function_of(Program("nothing_of_the_kind", __name__))


def test_a_network_runs_programs_and_compiles_each_once() -> None:
    model, one = doubling(), np.ones((1, 1), np.float32)
    network = KerasNetwork(model)
    triple = Program("scaled", __name__, (("factor", 3),))
    for _ in range(2):
        assert np.asarray(network.run(triple, one)).tolist() == [[6.0]]
        assert network(one).tolist() == [[2.0]]
        assert np.asarray(network.run(Program("scaled", __name__), one)).tolist() == [[2.0]]
    if keras.backend.backend() == "jax":
        assert len(vars(programs_of(model))["_compiled"]) == 3


def test_a_network_knows_what_its_task_asks_of_the_model() -> None:
    assert KerasNetwork(doubling()).facts == {}

    def facts_of(model: Any) -> dict[str, Any]:
        return {"weights": len(model.weights)}

    network = KerasNetwork(doubling(), facts_of, doubling)
    assert network.facts == network.searched.facts == {"weights": 1}
    assert network.searched is network.searched is not network


def test_naming_a_program_imports_nothing() -> None:
    code = (
        "import sys; import seqtune.runtime.program as p; p.Program('read', 'no.module');"
        "sys.exit('numpy' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
