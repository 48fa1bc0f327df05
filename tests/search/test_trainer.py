"""Training: AdamW by hand, both trainers alike, and what is an input of a compiled step."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from seqtune.architectures._dropout import Dropout
from seqtune.initializers import seed_everything
from seqtune.search.problem import Problem
from seqtune.search.trainer import trainer_for
from seqtune.search.trainer.keras_fit import KerasFit
from seqtune.tasks._contract import SearchSettings

IS_JAX = keras.backend.backend() == "jax"
on_jax = pytest.mark.skipif(not IS_JAX, reason="compiled steps are for JAX")

if IS_JAX:
    import jax

    from seqtune.search.trainer import compiled_steps

VALUES = {
    "network.dropout": 0.0,
    "training.learning_rate": 0.1,
    "training.weight_decay": 0.0,
    "training.clip_norm": 0.0,
}
Weights = list[npt.NDArray[np.float32]]


class Pace:
    """Trains for so many epochs, at one rate or another for each."""

    def __init__(self, *rates: float, batches: int = 1000) -> None:
        self.rates, self.left, self.is_over = rates, batches, False
        self.epochs = len(rates)
        self.losses: list[float] = []
        self.now = 0.0
        self.heard: list[Any] = []

    def compiled(self) -> None:
        self.heard.append("compiled")

    def begin_epoch(self, epoch: int, batches: int) -> None:
        self.heard.append(epoch)
        self.now = self.rates[epoch]

    def rate(self, index: int) -> float:
        return self.now

    def after_batch(self) -> None:
        self.heard.append("batch")
        self.left -= 1
        self.is_over = self.left <= 0

    def end_epoch(self, epoch: int, loss: float) -> None:
        self.heard.append("end")
        self.losses.append(loss)


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Random batches, the same in every epoch; with weights, or without.

    Keras ends an epoch before the first, when it looks at the shapes of a batch.
    """

    def __init__(self, count: int, rows: int = 4, weigh: bool = False) -> None:
        super().__init__()
        self.count, self.rows, self.weigh = count, rows, weigh
        self.epoch = 0
        self.asked: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        self.asked.append((self.epoch, index))
        draw = np.random.default_rng(index)
        inputs = draw.normal(size=(self.rows, 3)).astype(np.float32)
        truth = (inputs[:, :2] - 1).astype(np.float32)
        weights = draw.uniform(0, 3, self.rows).astype(np.float32)
        return (inputs, truth, weights) if self.weigh else (inputs, truth)

    def on_epoch_end(self) -> None:
        self.epoch += 1


class Given(Batches):
    """Batches that are written down."""

    def __init__(self, *given: tuple[Any, ...]) -> None:
        super().__init__(len(given))
        self.given = [tuple(np.array(each, np.float32) for each in batch) for batch in given]

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return self.given[index]


def squared(truth: Any, predicted: Any) -> Any:
    """A loss that is a function, of a case each."""
    return keras.ops.mean(keras.ops.square(truth - predicted), axis=-1)


@dataclass
class Stub:
    """A task with a network of two dense layers, or of one weight that begins at two."""

    kind: str = "dense"
    error: Any = field(default_factory=keras.losses.MeanSquaredError)

    search = SearchSettings()

    def network_facts(self, model: Any) -> dict[str, Any]:
        return {}

    def build(self, values: Any) -> Any:
        if self.kind == "one":
            layer = keras.layers.Dense(1, use_bias=False)
            model = keras.Sequential([keras.Input((1,)), layer])
            layer.set_weights([np.full((1, 1), 2.0)])
            return model
        inputs = keras.Input((3,))
        hidden = keras.layers.Dense(5, "tanh")(inputs)
        if self.kind == "normalized":
            hidden = keras.layers.BatchNormalization(momentum=0.5)(hidden)
        if self.kind == "recurrent":
            hidden = keras.layers.GRU(4)(keras.ops.expand_dims(hidden, -1))
        if values["network.dropout"]:
            hidden = Dropout(values["network.dropout"])(hidden)
        return keras.Model(inputs, keras.layers.Dense(2)(hidden))

    def structure(self, values: Any) -> Any:
        return values

    def loss(self, prepared: Any, values: Any) -> Any:
        return self.error


def problem_of(stub: Stub) -> Problem:
    return Problem(stub, None, Path())  # type: ignore[arg-type]


def values_of(**changes: float) -> dict[str, float]:
    names = {"dropout": "network.dropout"}
    return VALUES | {names.get(name, f"training.{name}"): each for name, each in changes.items()}


@dataclass
class Trained:
    """A model with its trainer."""

    problem: Problem
    values: dict[str, float]
    by: str = "compiled"
    steps: int = 10

    def __post_init__(self) -> None:
        seed_everything(3)
        self.model = self.problem.task.build(self.values)  # type: ignore[call-arg, arg-type]
        self.trainer: Any = (
            KerasFit(self.problem, self.model, self.values)
            if self.by == "keras"
            else trainer_for(self.problem, self.model, self.values, self.steps)
        )

    def run(self, batches: Any, *rates: float) -> Pace:
        pace = Pace(*(rates or (self.values["training.learning_rate"],)))
        self.trainer.run(batches, pace)
        return pace

    @property
    def weights(self) -> Weights:
        return [np.array(weight) for weight in self.model.get_weights()]

    @property
    def weight(self) -> float:
        return float(self.weights[0][0, 0])


def assert_close(one: Weights, other: Weights, most: float = 1e-5) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=most)


def distance(one: Weights, other: Weights) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One entry for each program that is compiled by JAX ahead of its first call."""
    from seqtune.runtime.effort import known_options

    known_options()  # asks JAX by compiling
    found: list[Any] = []
    compile_it = jax.stages.Lowered.compile

    def spy(lowered: Any, *arguments: Any, **options: Any) -> Any:
        found.append(arguments)
        return compile_it(lowered, *arguments, **options)

    monkeypatch.setattr(jax.stages.Lowered, "compile", spy)
    return found


def test_every_backend_has_its_trainer() -> None:
    problem = problem_of(Stub())
    found = trainer_for(problem, Stub().build(VALUES), VALUES, 1)
    assert type(found).__name__ == ("CompiledSteps" if IS_JAX else "KerasFit")


BY = [pytest.param("compiled", marks=on_jax), "keras"]


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize(
    ("decay", "after"),
    [(0.0, 2.1), (0.25, 2.05), (0.5, 2.0)],  # 2 - 0.1 * (decay * 2 - 1)
)
def test_a_first_step_goes_by_the_rate_against_the_gradient(
    by: str, decay: float, after: float
) -> None:
    """Both moments are of the same gradient, so that their ratio is its sign."""
    it = Trained(problem_of(Stub("one")), values_of(weight_decay=decay), by)
    pace = it.run(Given(([[1.0]], [[5.0]])))
    assert it.weight == pytest.approx(after, abs=1e-6)
    assert pace.losses == pytest.approx([9.0])  # of the weight before the step


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("clip", [0.0, 1.0])
def test_a_second_step_by_hand(by: str, clip: float) -> None:
    """Gradients are -6 and then 2 * (2.1 - 2), or clipped to length 1 at first."""
    it = Trained(problem_of(Stub("one")), values_of(clip_norm=clip), by)
    it.run(Given(([[1.0]], [[5.0]]), ([[1.0]], [[2.0]])))
    one, two = (-1.0 if clip else -6.0), 0.2
    first = (0.9 * 0.1 * one + 0.1 * two) / (1 - 0.9**2)
    second = (0.999 * 0.001 * one**2 + 0.001 * two**2) / (1 - 0.999**2)
    assert it.weight == pytest.approx(2.1 - 0.1 * first / np.sqrt(second), abs=1e-4)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize(
    "error", [keras.losses.MeanSquaredError(), squared], ids=["loss", "function"]
)
def test_rows_of_no_weight_teach_nothing(by: str, error: Any) -> None:
    it = Trained(problem_of(Stub("one", error)), values_of(), by)
    pace = it.run(Given(([[1.0], [1.0]], [[5.0], [-50.0]], [3.0, 0.0])))
    assert it.weight == pytest.approx(2.1, abs=1e-6)
    assert pace.losses == pytest.approx([3 * 9.0 / 2])  # (3 * 9 + 0 * 52 ** 2) / 2 rows


@pytest.mark.parametrize("by", BY)
def test_a_gradient_of_nothing_moves_nothing(by: str) -> None:
    for clip in (0.0, 1.0):
        it = Trained(problem_of(Stub("one")), values_of(clip_norm=clip), by)
        it.run(Given(([[1.0]], [[2.0]])))
        assert it.weight == 2.0


@pytest.mark.parametrize("by", BY)
def test_the_pace_sets_the_rate_of_each_epoch_and_hears_of_everything(by: str) -> None:
    it = Trained(problem_of(Stub("one")), values_of(), by)
    pace = it.run(Given(([[1.0]], [[5.0]])), 0.5, 0.0)
    assert it.weight == pytest.approx(2.5, abs=1e-5)
    told = [each for each in pace.heard if each != "compiled"]
    assert told == [0, "batch", "end", 1, "batch", "end"]
    assert pace.losses == pytest.approx([9.0, 6.25], rel=1e-5)


@on_jax
def test_every_epoch_has_its_own_batches() -> None:
    batches = Batches(2)
    pace = Trained(problem_of(Stub()), values_of()).run(batches, 0.1, 0.1)
    shapes_of = (0, 0)
    assert batches.asked == [shapes_of, (0, 0), (0, 1), (1, 0), (1, 1)]
    assert batches.epoch == 2
    assert pace.heard[0] == "compiled"


@pytest.mark.parametrize("by", BY)
def test_training_ends_within_an_epoch_when_the_pace_says_so(by: str) -> None:
    it = Trained(problem_of(Stub("one")), values_of(), by)
    pace = Pace(0.1, 0.1, 0.1, batches=3)
    it.trainer.run(Given(*[([[1.0]], [[50.0]])] * 2), pace)
    assert it.weight == pytest.approx(2.3, abs=1e-3)
    assert [each for each in pace.heard if each != "compiled"] == [
        0, "batch", "batch", "end", 1, "batch", "end",
    ]  # fmt: skip


@pytest.mark.parametrize("by", BY)
def test_the_model_has_its_weights_when_an_epoch_is_looked_at(by: str) -> None:
    it, seen = Trained(problem_of(Stub("one")), values_of(), by), []

    class Looking(Pace):
        def end_epoch(self, epoch: int, loss: float) -> None:
            seen.append(it.weight)

    it.trainer.run(Given(([[1.0]], [[50.0]])), Looking(0.1, 0.1))
    assert seen == pytest.approx([2.1, 2.2], abs=1e-3)


@on_jax
@pytest.mark.parametrize(
    ("kind", "weigh", "error", "changes"),
    [
        ("dense", False, None, {}),
        ("dense", False, None, {"weight_decay": 0.3, "clip_norm": 0.05}),
        ("dense", True, None, {"weight_decay": 0.01, "clip_norm": 1.0}),
        ("dense", False, squared, {"clip_norm": 0.5}),
        ("dense", True, squared, {}),
        ("normalized", False, None, {}),  # with weights that are not trained
        ("recurrent", True, None, {"clip_norm": 0.1}),
    ],
)
def test_both_trainers_give_the_same_network(
    kind: str, weigh: bool, error: Any, changes: dict[str, float]
) -> None:
    stub = Stub(kind, error or keras.losses.MeanSquaredError())
    trained = []
    for by in ("compiled", "keras"):
        it = Trained(problem_of(stub), values_of(**changes), by)
        before = it.weights
        pace = it.run(Batches(4, weigh=weigh), 0.01, 0.02, 0.005)
        assert distance(it.weights, before) > 0.02
        trained.append((it.weights, pace.losses))
    assert_close(trained[0][0], trained[1][0])
    assert trained[0][1] == pytest.approx(trained[1][1], rel=1e-5)


@on_jax
@pytest.mark.parametrize("changes", [{"weight_decay": 0.3}, {"clip_norm": 0.05}])
def test_what_is_compared_above_makes_a_difference(changes: dict[str, float]) -> None:
    plain, changed = (
        Trained(problem_of(Stub()), values_of(**each)) for each in (dict[str, float](), changes)
    )
    for it in (plain, changed):
        it.run(Batches(4), 0.01, 0.02, 0.005)
    assert distance(plain.weights, changed.weights) > 1e-3


FIGURES = {"learning_rate": 0.02, "weight_decay": 0.3, "clip_norm": 0.05, "dropout": 0.7}


@on_jax
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_an_input_of_the_step(name: str, compilations: list[Any]) -> None:
    """A shared program does with another figure what one compiled for it would do."""
    base = {"learning_rate": 0.01, "dropout": 0.2}
    other = base | {name: FIGURES[name]}
    problem = problem_of(Stub())
    first = Trained(problem, values_of(**base))
    first.run(Batches(4))
    assert len(compilations) == 1
    shared = Trained(problem, values_of(**other))
    shared.run(Batches(4))
    assert len(compilations) == 1
    alone = Trained(problem_of(Stub()), values_of(**other))
    alone.run(Batches(4))
    assert len(compilations) == 2
    assert_close(shared.weights, alone.weights, 1e-6)
    assert distance(shared.weights, first.weights) > 1e-3


@on_jax
def test_whether_there_is_dropout_is_no_input(compilations: list[Any]) -> None:
    problem = problem_of(Stub())
    for share in (0.0, 0.5, 0.0, 0.1):
        Trained(problem, values_of(dropout=share)).run(Batches(1))
    assert len(compilations) == 2


@on_jax
def test_other_rows_are_another_program_and_the_same_are_not(compilations: list[Any]) -> None:
    problem = problem_of(Stub())
    for rows, weigh, count in ((4, False, 1), (1, False, 2), (4, False, 2), (4, True, 3)):
        Trained(problem, values_of()).run(Batches(2, rows=rows, weigh=weigh))
        assert len(compilations) == count


class Buckets(Batches):
    """Batches of two shapes, in turn."""

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        self.rows = (4, 6)[index % 2]
        return super().__getitem__(index)

    def examples(self) -> list[tuple[Any, ...]]:
        return [self[0], self[1]]


@on_jax
def test_batches_of_two_shapes_run_two_programs_both_compiled_before_the_first_step(
    compilations: list[Any],
) -> None:
    trained = Trained(problem_of(Stub()), values_of())
    pace = Pace(0.1, 0.1)
    pace.compiled = lambda: pace.heard.append(len(compilations))  # type: ignore[method-assign]
    trained.trainer.run(Buckets(4), pace)
    assert pace.heard[0] == len(compilations) == 2


@on_jax
def test_both_trainers_give_the_same_network_from_batches_of_two_shapes() -> None:
    both = [Trained(problem_of(Stub()), values_of(), by) for by in ("compiled", "keras")]
    for trained in both:
        trained.run(Buckets(4), 0.1, 0.05)
    assert_close(both[0].weights, both[1].weights)


@on_jax
def test_folds_run_one_program(compilations: list[Any]) -> None:
    problem = problem_of(Stub())
    for fold in range(3):
        Trained(problem.with_data(fold), values_of()).run(Batches(2))
    assert len(compilations) == 1


@on_jax
def test_a_network_is_trained_with_its_own_weights_by_the_program_of_another() -> None:
    problem = problem_of(Stub("one"))
    first, second = (Trained(problem, values_of()) for _ in range(2))
    first.model.set_weights([np.full((1, 1), -7.0)])
    for it in (first, second):
        it.run(Given(([[1.0]], [[5.0]])))
    assert [first.weight, second.weight] == pytest.approx([-6.9, 2.1], abs=1e-6)


@pytest.mark.parametrize("by", BY)
def test_moments_go_on_from_one_training_to_the_next(by: str) -> None:
    whole, parts = (Trained(problem_of(Stub()), values_of(), by) for _ in range(2))
    whole.run(Batches(3), 0.01, 0.01)
    batches = Batches(3)
    for _ in range(2):
        parts.run(batches, 0.01)
    assert_close(parts.weights, whole.weights, 1e-6)


class Looking(Pace):
    """Looks at the weights after every epoch."""

    def __init__(self, it: Trained, *rates: float) -> None:
        super().__init__(*rates)
        self.it = it
        self.seen: list[Weights] = []

    def end_epoch(self, epoch: int, loss: float) -> None:
        super().end_epoch(epoch, loss)
        self.seen.append(self.it.weights)


def averaged(steps: list[Weights]) -> list[Weights]:
    """The averages after each step, by their definition: step i of t has a share of its own."""
    found = []
    for t in range(1, len(steps) + 1):
        kept = np.array([1 - 10 / (9 + i) for i in range(1, t + 1)])
        shares = [(1 - kept[i]) * np.prod(kept[i + 1 :]) for i in range(t)]
        assert sum(shares) == pytest.approx(1.0)
        found.append(
            [
                sum(share * each for share, each in zip(shares, weight, strict=True))
                for weight in zip(*steps[:t], strict=True)
            ]
        )
    return found


def both(kind: str, by: str, *rates: float) -> tuple[Looking, Looking]:
    """The weights after each of so many steps, and their averages; each is an epoch."""
    looking = []
    for average in ("none", "ema"):
        it = Trained(problem_of(Stub(kind)), values_of() | {"training.average": average}, by)
        looking.append(Looking(it, *rates))
        it.trainer.run(Batches(1), looking[-1])
    return looking[0], looking[1]


@pytest.mark.parametrize("by", BY)
def test_an_average_by_hand(by: str) -> None:
    """Weights of 2.1, 2.2 and 2.3; of two steps the second is ten times the first."""
    it = Trained(problem_of(Stub("one")), values_of() | {"training.average": "ema"}, by)
    pace = Looking(it, 0.1, 0.1, 0.1)
    it.trainer.run(Given(([[1.0]], [[1000.0]])), pace)
    two = (2.1 + 10 * 2.2) / 11
    assert [float(each[0][0, 0]) for each in pace.seen] == pytest.approx(
        [2.1, two, (2 * two + 10 * 2.3) / 12], abs=1e-4
    )
    assert it.weight == float(pace.seen[-1][0][0, 0])


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("kind", ["dense", "normalized"])
def test_the_average_is_looked_at_and_the_weights_train_on(by: str, kind: str) -> None:
    """Were the average trained on, or the statistics of a batch not averaged, it would differ."""
    plain, looking = both(kind, by, 0.05, 0.1, 0.02, 0.1)
    assert distance(plain.seen[-1], looking.seen[-1]) > 1e-3
    for found, expected in zip(looking.seen, averaged(plain.seen), strict=True):
        assert_close(found, expected)
    assert looking.losses == pytest.approx(plain.losses, rel=1e-4)


@pytest.mark.parametrize("by", BY)
def test_an_average_is_over_all_steps_of_an_epoch_and_ends_with_a_cut_one(by: str) -> None:
    it = Trained(problem_of(Stub("one")), values_of() | {"training.average": "ema"}, by)
    it.trainer.run(Given(*[([[1.0]], [[1000.0]])] * 5), Pace(0.1, 0.1, batches=2))
    assert it.weight == pytest.approx((2.1 + 10 * 2.2) / 11, abs=1e-4)


@pytest.mark.parametrize("by", BY)
def test_a_training_that_goes_on_begins_another_average(by: str) -> None:
    it = Trained(problem_of(Stub("one")), values_of() | {"training.average": "ema"}, by)
    batches = Given(([[1.0]], [[1000.0]]))
    it.run(batches, 0.1, 0.1)
    before = it.weight
    it.run(batches, 0.1)
    assert it.weight == pytest.approx(before + 0.1, abs=1e-3)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("forgets", [True, False])
def test_an_optimiser_that_forgets_begins_as_a_new_one(by: str, forgets: bool) -> None:
    it = Trained(problem_of(Stub()), values_of(), by)
    begin = it.weights
    it.run(Batches(3), 0.01)
    first = it.weights
    it.model.set_weights(begin)
    if forgets:
        it.trainer.forget()
    it.run(Batches(3), 0.01)
    assert (distance(it.weights, first) < 1e-6) is forgets


@on_jax
def test_the_effort_is_for_all_steps_that_are_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(compiled_steps, "count_operations", lambda jaxpr: 7.0)
    monkeypatch.setattr(compiled_steps, "options_for", lambda all_of: asked.append(all_of) or {})
    problem = problem_of(Stub())
    for steps in (300, 5):
        Trained(problem, values_of(), steps=steps).run(Batches(1))
    assert asked == [2100.0, 35.0]


@on_jax
def test_another_effort_is_another_program_of_the_same_trace(
    monkeypatch: pytest.MonkeyPatch, compilations: list[Any]
) -> None:
    traced: list[Any] = []
    count = compiled_steps.count_operations
    monkeypatch.setattr(
        compiled_steps, "count_operations", lambda jaxpr: traced.append(jaxpr) or count(jaxpr)
    )
    few, many = {"xla_backend_optimization_level": 1}, {"xla_backend_optimization_level": 2}
    monkeypatch.setattr(
        compiled_steps, "options_for", lambda operations: few if operations < 1e9 else many
    )
    problem, weights, operations = problem_of(Stub()), [], []
    for steps in (5, 10_000, 5, 10_000, 6):
        it = Trained(problem, values_of(), steps=steps)
        it.run(Batches(2))
        weights.append(it.weights)
        operations.append(it.trainer.operations)
    assert compilations == [(few,), (many,)]
    assert len(traced) == 1
    assert len(set(operations)) == 1 and operations[0] > 0  # known without a trace of one's own
    for others in weights[1:]:
        assert_close(weights[0], others)


@on_jax
def test_a_model_that_was_trained_is_collected_when_its_signature_is_forgotten() -> None:
    problem = problem_of(Stub("recurrent"))
    it = Trained(problem, values_of())
    it.run(Batches(2))
    gone = [weakref.ref(it.model), weakref.ref(it.trainer)]
    del it, problem
    gc.collect()
    assert [each() for each in gone] == [None, None]
