"""Compiled programs: who shares one, whose weights it computes with, and when it is forgotten."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.runtime import programs
from seqtune.runtime.programs import Programs, ProgramStore, predict, programs_of, run

on_jax = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="TensorFlow compiles for each model"
)


def network(weight: float, units: int = 1) -> Any:
    """A network that multiplies its one input."""
    inputs = keras.Input((1,))
    layer = keras.layers.Dense(units, use_bias=False)
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([np.full((1, units), weight)])
    return model


def said(model: Any, *inputs: float) -> list[float]:
    """Return what a network makes of a batch."""
    given = np.array(inputs, np.float32)[:, None]
    return np.asarray(run(model, predict, given))[:, 0].tolist()


def triple(model: Any, arrays: Sequence[Any], more: Any) -> Any:
    """Return a list and a dictionary of what three times the model says of the first array."""
    return [3 * model(arrays[0])], {"sum": arrays[1] + more}


def double(model: Any, inputs: Any) -> Any:
    """Return twice what the model says, from the arguments that a prediction has."""
    return 2 * model(inputs)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The models that a program was compiled with, one for each compilation."""
    found: list[Any] = []
    compile_it = programs._compile

    def spy(model: Any, *arguments: Any) -> Any:
        found.append(model)
        return compile_it(model, *arguments)

    monkeypatch.setattr(programs, "_compile", spy)
    return found


def test_a_model_that_nobody_adopted_has_programs_of_its_own() -> None:
    model, other = network(2.0), network(5.0)
    assert said(model, 1.0, 3.0) == [2.0, 6.0]
    assert said(other, 1.0, 3.0) == [5.0, 15.0]
    assert programs_of(model) is programs_of(model) is not programs_of(other)


def test_a_prediction_is_of_the_weights_that_a_model_has_now() -> None:
    model = network(2.0)
    assert said(model, 1.0) == [2.0]
    model.set_weights([np.full((1, 1), 7.0)])
    assert said(model, 1.0) == [7.0]


@on_jax
def test_two_models_of_one_signature_share_a_program(compiled: list[Any]) -> None:
    store, first, second = ProgramStore(), network(2.0), network(5.0)
    assert store.adopt("one", first) is store.adopt("one", second)
    assert said(first, 1.0, 3.0) == [2.0, 6.0]
    assert said(second, 1.0, 3.0) == [5.0, 15.0]
    assert said(first, 1.0, 3.0) == [2.0, 6.0]
    assert compiled == [first]


def test_models_of_one_signature_say_what_their_own_weights_make_of_it() -> None:
    store, models = ProgramStore(), [network(weight) for weight in (2.0, 5.0, -1.0)]
    for _ in range(2):
        for model in models:
            store.adopt("one", model)
        assert [said(model, 1.0, 3.0) for model in models] == [[2, 6], [5, 15], [-1, -3]]


@on_jax
def test_another_signature_compiles_its_own(compiled: list[Any]) -> None:
    store, first, second = ProgramStore(), network(2.0), network(5.0, units=2)
    store.adopt("one", first)
    store.adopt("other", second)
    said(first, 1.0)
    assert np.asarray(run(second, predict, np.ones((1, 1), np.float32))).tolist() == [[5.0, 5.0]]
    assert compiled == [first, second]


@on_jax
def test_every_other_shape_or_type_is_compiled_once(compiled: list[Any]) -> None:
    model = network(2.0)
    for inputs in ((1.0,), (1.0, 2.0), (3.0,), (4.0, 5.0)):
        assert said(model, *inputs) == [2 * each for each in inputs]
    assert len(compiled) == 2
    whole = run(model, predict, np.array([[3]], np.int32))
    assert np.asarray(whole).tolist() == [[6.0]]
    assert len(compiled) == 3


@on_jax
def test_every_function_has_a_program_of_its_own(compiled: list[Any]) -> None:
    model, one = network(2.0), np.ones((1, 1), np.float32)
    for _ in range(2):
        (tripled,), named = run(model, triple, [one, one], one)
        assert np.asarray(tripled).tolist() == [[6.0]]
        assert np.asarray(named["sum"]).tolist() == [[2.0]]
        assert said(model, 1.0) == [2.0]
        assert np.asarray(run(model, double, one)).tolist() == [[4.0]]
    assert len(compiled) == 3


def test_a_function_is_run_with_the_weights_of_its_model() -> None:
    store, first, second = ProgramStore(), network(2.0), network(5.0)
    one = np.ones((2, 1), np.float32)
    for model in (first, second):
        store.adopt("one", model)
    for model, expected in ((first, 6.0), (second, 15.0), (first, 6.0)):
        (tripled,), _ = run(model, triple, [one, one], 2 * one)
        assert np.asarray(tripled).tolist() == [[expected], [expected]]


def test_predictions_are_not_those_of_training() -> None:
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dropout(0.9)(inputs))
    assert np.asarray(run(model, predict, np.ones((4, 3), np.float32))).tolist() == [[1.0] * 3] * 4


def test_a_program_is_compiled_when_it_is_first_asked_for() -> None:
    own, made = Programs(None), []

    def compile_it() -> str:
        made.append("program")
        return f"program {len(made)}"

    assert [own.find(key, compile_it) for key in ("a", "a", "b", "a")] == [
        "program 1", "program 1", "program 2", "program 1",
    ]  # fmt: skip


def test_the_signature_that_was_not_used_for_longest_is_forgotten() -> None:
    store = ProgramStore(most=2)
    first = store.adopt("a", network(1.0))
    second = store.adopt("b", network(2.0))
    assert store.adopt("a", network(3.0)) is first  # used again
    store.adopt("c", network(4.0))
    assert store.adopt("a", network(5.0)) is first
    assert store.adopt("b", network(6.0)) is not second


def test_a_model_keeps_the_programs_of_a_signature_that_is_forgotten() -> None:
    store, model = ProgramStore(most=1), network(2.0)
    own = store.adopt("a", model)
    store.adopt("b", network(3.0))
    assert programs_of(model) is own
    assert said(model, 1.0) == [2.0]


@pytest.mark.parametrize("adopted", [False, True])
def test_a_model_that_is_let_go_is_collected(adopted: bool) -> None:
    store = ProgramStore()
    store.adopt("one", network(1.0))
    model = network(2.0)
    if adopted:
        store.adopt("one", model)
    assert said(model, 1.0) == [2.0]
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_the_model_of_a_signature_that_is_forgotten_is_collected() -> None:
    store, model = ProgramStore(most=1), network(2.0)
    store.adopt("one", model)
    assert said(model, 1.0) == [2.0]
    run(model, triple, [np.ones((1, 1), np.float32)] * 2, np.ones((1, 1), np.float32))
    gone = weakref.ref(model)
    del model
    store.adopt("other", network(3.0))
    gc.collect()
    assert gone() is None
