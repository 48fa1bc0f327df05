"""Examples of what a network takes, and facts of networks that may come from strangers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.errors import RunError
from seqtune.runtime.program import PREDICT
from seqtune.tasks._exported import EXAMPLES, predict_alone
from seqtune.tasks.anomaly.inference import outputs_of
from seqtune.tasks.generate.programs import reading_programs, state_shapes


def model(**shapes: Any) -> Any:
    """A network of these inputs, or of one where its name is `only`."""
    inputs = {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
    whole = [keras.layers.GlobalMaxPooling1D()(each) for each in inputs.values()]
    said = keras.layers.Concatenate()(whole) if len(whole) > 1 else whole[0]
    return keras.Model(inputs.get("only", inputs), said)


def test_open_axes_are_rows_and_steps() -> None:
    found = predict_alone(model(history=(None, 2), future=(5, 3)))
    assert (found.program, found.sizes) == (PREDICT, EXAMPLES)
    (arrays,) = found.arguments({"rows": 4, "steps": 7})
    assert {name: array.shape for name, array in arrays.items()} == {
        "history": (4, 7, 2), "future": (4, 5, 3),
    }  # fmt: skip
    assert {array.dtype for array in arrays.values()} == {np.dtype("float32")}


def test_an_axis_of_known_size_is_not_open() -> None:
    found = predict_alone(model(only=(6, 2)))
    assert [*found.sizes] == ["rows"]
    (array,) = found.arguments({"rows": 4})
    assert array.shape == (4, 6, 2)


def test_an_open_axis_that_has_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="expected sizes behind the first two axes"):
        predict_alone(SimpleNamespace(input=keras.Input((None, None, 3))))


def test_a_text_is_read_in_rows_of_its_states() -> None:
    one, several = reading_programs([(3,), (5,)])
    tokens, states = one.arguments({"rows": 2})
    assert (tokens.shape, [each.shape for each in states]) == ((2, 1), [(2, 3), (2, 5)])
    tokens, targets, states = several.arguments({"rows": 2})
    assert tokens.shape == targets.shape == (2, 64)
    assert [each.shape for each in states] == [(2, 3), (2, 5)]


def told(**facts: Any) -> Any:
    return SimpleNamespace(facts=facts)


def test_facts_say_what_a_network_remembers_and_how_much_it_tells() -> None:
    assert state_shapes(told(states=[[3], [5]])) == [(3,), (5,)]
    assert state_shapes(told(states=[])) == []
    assert outputs_of(told(outputs=7)) == 7


@pytest.mark.parametrize(
    "states",
    [
        None,
        3,
        "3",
        {"a": 1},
        [3],
        [[0]],
        [[-1]],
        [["3"]],
        [[True]],
        [[1.5]],
        [[10**9]],
        [[1]] * 101,
    ],
    ids=lambda value: str(value)[:20],
)
def test_states_that_no_network_has_are_refused(states: Any) -> None:
    with pytest.raises(RunError, match="does not say what it remembers"):
        state_shapes(told(states=states))
    with pytest.raises(RunError, match="does not say what it remembers"):
        state_shapes(told())


@pytest.mark.parametrize("outputs", [None, "7", True, 0, -1, 1.5, 10**9, [7]])
def test_outputs_that_no_network_has_are_refused(outputs: Any) -> None:
    with pytest.raises(RunError, match="does not say how much it tells"):
        outputs_of(told(outputs=outputs))
