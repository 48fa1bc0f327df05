"""One contract for every architecture, form and cell; and the networks of every task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import cycle, product
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import pytest

from seqtune.architectures._forms import decode_each, memory_of, vector_of
from seqtune.architectures._pooling import POOLINGS
from seqtune.architectures._settings import Settings
from seqtune.initializers import seed_everything
from seqtune.registry import FORMS, architectures, architectures_with, cells, stateful_cells

ROWS, STEPS, FEATURES, QUERIES, UNITS = 4, 7, 3, 2, 4
CLOSE = 1e-5
Arrays = dict[str, npt.NDArray[Any]]


class Case(NamedTuple):
    """An architecture in one form, with a cell, options and a pooling."""

    form: str
    architecture: str
    cell: str
    options: Mapping[str, Any]
    pooling: str = "last"

    def __str__(self) -> str:
        return "-".join([*self[:3], *map(str, self.options.values()), self.pooling])

    def settings(self, **changes: Any) -> Settings:
        own = Settings(self.cell, UNITS, options=self.options, pooling=self.pooling, streams=ROWS)
        return replace(own, **changes)


def choices_of(fragment: Mapping[str, Any]) -> list[Any]:
    """Return the values of an option that are tried; a task settles `auto` before it builds."""
    if "anyOf" in fragment:
        return [value for part in fragment["anyOf"] for value in choices_of(part)]
    if "const" in fragment:
        return []
    if "enum" in fragment:
        return [*fragment["enum"]]
    if fragment["type"] == "boolean":
        return [False, True]
    assert fragment["type"] == "integer", f"teach this contract about {fragment}"
    least = int(fragment.get("minimum", 1))
    return [least, least + 2]


def each_value_once(form: str, architecture: str, *, causal: bool) -> list[dict[str, Any]]:
    """Return few combinations, in which every value of every option occurs."""
    fragments = architectures_with(form, causal=causal).options(architecture)
    choices = {name: choices_of(fragment) for name, fragment in fragments.items()}
    most = max(map(len, choices.values()), default=1)
    return [
        {name: values[number % len(values)] for name, values in choices.items()}
        for number in range(most)
    ]


def cases(*, causal: bool = False) -> Iterator[Case]:
    """Yield every architecture in every form with every value of its options.

    Cells and poolings, which are the same for all architectures, come in turn.
    """
    turn = {True: cycle(stateful_cells), False: cycle(cells)}
    poolings = cycle(POOLINGS)
    for form in FORMS:
        for architecture in architectures_with(form):
            if form == "memory" and architecture in architectures_with("states"):
                continue  # its states are its memory
            for options in each_value_once(form, architecture, causal=causal):
                pooling = next(poolings) if form == "vector" else POOLINGS[0]
                yield Case(form, architecture, next(turn[form == "stream"]), options, pooling)


CASES = list(cases())
PADDED = [
    each
    for each in CASES
    # a shuffled recurrence reads the steps of a channel as features, all of them
    if each.form in ("states", "vector", "decode") and not each.options.get("shuffle")
]
MASKED = list({each[:2]: each for each in PADDED}.values())
"""One case for each architecture and form."""

CAUSAL = [each for each in cases(causal=True) if each.form in ("states", "decode_each", "stream")]


def build(case: Case, settings: Settings, steps: int | None = STEPS, mask: bool = False) -> Any:
    """Return a network of nothing but an architecture in one form."""
    keras.utils.clear_session(free_memory=False)
    sequence = keras.Input((steps, FEATURES), name="sequence")
    inputs = {"sequence": sequence}
    present = None
    if mask:
        inputs["mask"] = present = keras.Input((steps,), dtype="bool", name="mask")
    architecture = architectures[case.architecture]
    if case.form == "states":
        outputs = architecture.states(sequence, present, settings)
    elif case.form == "memory":
        outputs, there = memory_of(architecture, sequence, present, settings)
        if there is not None:
            outputs = outputs * keras.ops.expand_dims(keras.ops.cast(there, "float32"), -1)
    elif case.form == "vector":
        outputs = vector_of(architecture, sequence, present, settings)
    elif case.form == "decode":
        inputs["queries"] = keras.Input((QUERIES, FEATURES), name="queries")
        memory = architecture.encode(sequence, present, settings)
        outputs = architecture.decode(memory, inputs["queries"], settings)
    elif case.form == "decode_each":
        outputs, states = decode_each(architecture, sequence, sequence, QUERIES, settings)
        assert states.shape == (None, steps, UNITS)
    else:
        outputs = getattr(architecture, case.form)(sequence, settings)
    return keras.Model(inputs, outputs)


def shape_of(case: Case, steps: int | None = STEPS) -> tuple[int | None, ...]:
    """Return the shape that a form promises, without its last axis."""
    halvings = int(case.options.get("halvings", 0))
    return {
        "memory": (None if steps is None else -(-steps // 2**halvings),),
        "vector": (),
        "decode": (QUERIES,),
        "decode_each": (steps, QUERIES),
    }.get(case.form, (steps,))


def inputs_of(network: Any, steps: int = STEPS) -> Arrays:
    draw = np.random.default_rng(0)
    inputs: Arrays = {"sequence": draw.normal(size=(ROWS, steps, FEATURES)).astype(np.float32)}
    if "queries" in network.input:
        inputs["queries"] = draw.normal(size=(ROWS, QUERIES, FEATURES)).astype(np.float32)
    return inputs


def predict(network: Any, inputs: Arrays) -> npt.NDArray[Any]:
    return np.asarray(network.predict_on_batch(inputs))


def scrambled(network: Any) -> Any:
    """Give all weights random values, so that nothing is hidden by one that begins at zero."""
    draw = np.random.default_rng(3)
    for weight in network.weights:
        drawn = draw.normal(0, 0.4, weight.shape)
        weight.assign(np.abs(drawn) + 0.1 if "variance" in weight.path else drawn)
    return network


def layers_in(network: Any) -> Iterator[Any]:
    for layer in network.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from layers_in(layer)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_form_trains_saves_and_loads(case: Case, tmp_path: Path) -> None:
    network = build(case, case.settings())
    assert network.output_shape[:-1] == (None, *shape_of(case))
    inputs = inputs_of(network)
    before = network.get_weights()
    target = np.random.default_rng(1).normal(size=(ROWS, *network.output_shape[1:]))
    network.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
    assert np.isfinite(float(network.train_on_batch(inputs, target)))
    changed = [(a != b).any() for a, b in zip(before, network.get_weights(), strict=True)]
    assert any(changed)

    expected = predict(network, inputs)
    assert np.isfinite(expected).all()
    assert len(np.unique(expected.reshape(ROWS, -1)[:, 0].round(6))) > 1 or case.form == "context"
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras", compile=False, safe_mode=True)
    assert not [layer for layer in layers_in(loaded) if isinstance(layer, keras.layers.Lambda)]
    assert predict(loaded, inputs) == pytest.approx(expected, abs=CLOSE)


BUILT = [
    Case(form, architecture, cell, each_value_once(form, architecture, causal=False)[-1], "max")
    for form in FORMS
    for architecture in architectures_with(form)
    if form != "memory" or architecture not in architectures_with("states")
    for cell in (stateful_cells if form == "stream" else cells)
]


@pytest.mark.parametrize("case", BUILT, ids=str)
def test_every_cell_builds_deep_networks_with_dropout(case: Case) -> None:
    shallow = build(case, case.settings())
    deep = build(case, case.settings(layers=2, dropout=0.2))
    assert deep.output_shape == shallow.output_shape
    assert deep.count_params() > shallow.count_params()
    assert [layer for layer in deep.layers if "dropout" in layer.name]


@pytest.mark.parametrize("case", PADDED, ids=str)
def test_padding_says_nothing(case: Case) -> None:
    """Pad the same cases to 7 steps and to 12: the mask makes them the same."""
    lengths = np.array([7, 4, 1, 6])
    narrow = scrambled(build(case, case.settings(), STEPS, mask=True))
    wide = build(case, case.settings(), 12, mask=True)
    wide.set_weights(narrow.get_weights())
    found = []
    for network, steps in ((narrow, STEPS), (wide, 12)):
        inputs = inputs_of(narrow)
        present = np.arange(steps) < lengths[:, None]
        padded = np.zeros((ROWS, steps, FEATURES), np.float32)
        padded[:, :STEPS] = inputs["sequence"] * present[:, :STEPS, None]
        states = predict(network, inputs | {"sequence": padded, "mask": present})
        if case.form == "states":
            states = states[:, :STEPS] * present[:, :STEPS, None]
        found.append(states)
    assert found[0] == pytest.approx(found[1], abs=CLOSE)
    assert len(np.unique(found[0].reshape(ROWS, -1)[:, 0].round(4))) > 1


@pytest.mark.parametrize("case", MASKED, ids=str)
def test_a_mask_of_all_steps_is_as_none(case: Case) -> None:
    masked = scrambled(build(case, case.settings(), mask=True))
    plain = build(case, case.settings())
    plain.set_weights(masked.get_weights())
    inputs = inputs_of(plain)
    every = np.ones((ROWS, STEPS), np.bool_)
    assert predict(masked, inputs | {"mask": every}) == pytest.approx(
        predict(plain, inputs), abs=CLOSE
    )


@pytest.mark.parametrize("case", CAUSAL, ids=str)
def test_a_causal_state_does_not_depend_on_later_steps(case: Case) -> None:
    """Nor on how many there are: the number of steps is not known while building."""
    network = scrambled(build(case, case.settings(layers=3, causal=True), steps=None))
    assert network.output_shape[:-1] == (None, *shape_of(case, None))
    inputs = inputs_of(network)
    whole = predict(network, inputs)
    changed = inputs["sequence"].copy()
    changed[:, 5:] += 3.0
    other = predict(network, {"sequence": changed})
    short = predict(network, {"sequence": inputs["sequence"][:, :5]})
    assert other[:, :5] == pytest.approx(whole[:, :5], abs=CLOSE)
    assert short == pytest.approx(whole[:, :5], abs=CLOSE)
    assert np.abs(other[:, 5:] - whole[:, 5:]).max() > 1e-3


@pytest.mark.parametrize("architecture", architectures_with("context"))
def test_a_context_has_not_seen_the_step_itself(architecture: str) -> None:
    case = Case("context", architecture, "gru", {})
    network = scrambled(build(case, case.settings(layers=2)))
    inputs = inputs_of(network)
    before = predict(network, inputs)
    inputs["sequence"][:, 3] += 3.0
    moved = np.abs(predict(network, inputs) - before).max(axis=(0, 2))
    assert moved[3] < CLOSE and np.delete(moved, 3).min() > 1e-4


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("align", ["start", "end"])
@pytest.mark.parametrize("architecture", architectures_with("vector"))
def test_short_sequences_build_and_answer(architecture: str, align: str, steps: int) -> None:
    """A step alone, and segments longer than the sequence."""
    options = each_value_once("vector", architecture, causal=False)[-1]
    case = Case("vector", architecture, "lstm", options, "attention")
    network = build(case, case.settings(align=align), steps)
    assert np.isfinite(predict(network, inputs_of(network, steps))).all()


@pytest.mark.parametrize(
    ("form", "architecture"), [(form, name) for form in FORMS for name in architectures_with(form)]
)
def test_the_seed_decides_the_first_weights(form: str, architecture: str) -> None:
    case = Case(form, architecture, "lstm", each_value_once(form, architecture, causal=False)[0])

    def weights(seed: int) -> list[npt.NDArray[Any]]:
        seed_everything(seed)
        return [np.asarray(each) for each in build(case, case.settings()).get_weights()]

    one, same, other = weights(1), weights(1), weights(2)
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_every_cell_and_every_pooling_is_tried() -> None:
    assert {case.cell for case in CASES} == set(cells)
    assert {case.pooling for case in CASES if case.form == "vector"} == set(POOLINGS)


def test_every_architecture_offers_a_form() -> None:
    assert list(architectures_with(*FORMS)) == list(architectures)


def test_options_are_those_that_a_form_has_a_use_for() -> None:
    causal = architectures_with("decode_each", "states", causal=True)
    assert set(causal) == {
        "autoencoder", "conv_recurrent", "dilated", "encoder_decoder", "stacked",
    }  # fmt: skip
    assert causal.form_of("encoder_decoder") == "decode_each" and not causal.options("stacked")
    assert set(causal.options("dilated")) == {"growth", "residual"}
    assert set(architectures_with("vector").options("dilated")) == {"growth", "length", "residual"}
    assert set(architectures_with("vector").options("stacked")) == {"bidirectional"}


def test_options_are_combined_so_that_every_value_occurs() -> None:
    for form, architecture in product(FORMS, architectures):
        if architecture in architectures_with(form):
            found = each_value_once(form, architecture, causal=False)
            for name, fragment in architectures_with(form).options(architecture).items():
                assert {each[name] for each in found} == set(choices_of(fragment))
