"""Signatures: configurations that share one run the very same compiled programs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.reading.texts import read_texts
from seqtune.initializers import seed_everything
from seqtune.progress import silent
from seqtune.recipe.dimension import Dimension
from seqtune.recipe.load import Recipe
from seqtune.search.problem import Problem
from seqtune.search.signature import DROPOUT, signature
from seqtune.search.space import complete
from seqtune.tasks import load_task

if keras.backend.backend() != "jax":
    pytest.skip("TensorFlow shares no programs", allow_module_level=True)

import jax

from seqtune.search.trainer import compiled_steps

Values = dict[str, Any]

SMALL = (
    "network.units=[3,4]", "training.learning_rate=[0.001,0.01]", "training.weight_decay=[0,0.1]",
    "training.steps=[5,9]", "training.patience=[2,3]", "training.clip_norm=[0,0.5,1]",
    "network.dropout=[0,0.1,0.3]", "training.average=[none,ema]", "portfolio=[]",
)  # fmt: skip
INPUTS = {
    "training.learning_rate": 1, "training.weight_decay": 1, "training.steps": 1,
    "training.patience": 1, "training.clip_norm": 1, "training.average": 1, "network.dropout": 2,
}  # fmt: skip
"""How many signatures the values of a key have, where they are fewer than the values."""

FORECAST = (
    "lookback=[8,9]", "training.batch_size=[4,5]", "preprocessing.embedding=[0,2]",
    "preprocessing.scaling=[window,level,revin,series,none]",
    "preprocessing.base=[blend,growing_blend,seasonal_naive,naive,none]",
    "preprocessing.covariates=[true,false]",
    "training.loss=[quantile,scaled_quantile,relative_quantile,balanced_quantile]",
    "training.sampling=[windows,root,series]",
    "network.architecture=[segment,encoder_decoder,stacked,dilated]",
    "network.segment.length=[2,4]",
)  # fmt: skip
CLASSIFY = (
    "validation.folds=3", "training.batch_size=[4,5]", "training.class_weights=[true,false]",
    "text.embedding=[3,4]", "text.least_count=1", "series.scaling=[case,channel,none]",
    "network.conv_recurrent.filters=[3,4]", "network.segment.length=[2,3]",
    "network.conv_recurrent.blocks=[fcn,inception]", "series.differences=[true,false]",
    "series.random_kernels=[0,6]",
)  # fmt: skip
OF_CASES = {"training.label_smoothing": 1, "training.class_weights": 1}
OF_SERIES = {"series.scaling": 1, "series.jitter": 1, "series.stretch": 1, "series.slice": 1}
ANOMALY = (
    "lookback=[8,9]", "training.batch_size=[2,3]", "preprocessing.points=[2,3]",
    "preprocessing.reach=[0.5,1]", "preprocessing.bounded=[true,false]", "seasonality=12",
    "network.autoencoder.code=[2,3]",
)  # fmt: skip
GENERATE = (
    "training.batch_size=[2,3]", "training.sequence=[5,6]", "network.embedding=[3,4]",
    "network.attention=[0,2]",
)  # fmt: skip


@dataclass
class Case:
    """A task with data and the keys that its recipe searches.

    Args:
        task: Its name.
        overrides: What its recipe says beside `SMALL`.
        data: Makes its data in a folder.
        fewer: See `INPUTS`.
    """

    task: str
    overrides: Sequence[str]
    data: Callable[[Path], Any]
    fewer: dict[str, int]

    def prepare(self, folder: Path) -> tuple[Any, tuple[Dimension, ...]]:
        recipe = Recipe.load(None, self.task, [*SMALL, *self.overrides])
        prepared, recipe = load_task(self.task).prepare(self.data(folder), recipe, silent)
        return prepared, tuple(recipe.dimensions())


def shops(_: Path) -> Source:
    """Two daily series with a covariate that is known ahead and one that is not."""
    draw = np.random.default_rng(0)
    rows = [
        {"shop": shop, "day": day, "sales": draw.normal(10), "visitors": draw.normal(),
         "price": draw.normal()}
        for shop in "ab" for day in pd.date_range("2024-01-01", periods=40, freq="D")
    ]  # fmt: skip
    return Source.from_frame(pd.DataFrame(rows))


def said(_: Path) -> Source:
    """Texts of one to four words."""
    words = ["good film", "a bad film here", "fine"]
    rows = [{"text": words[row % 3] + " now" * (row % 2), "label": row % 3} for row in range(24)]
    return Source.from_frame(pd.DataFrame(rows))


def cases(_: Path) -> Source:
    """Series of two channels and of 5 to 7 steps."""
    draw = np.random.default_rng(0)
    rows = [
        {"case": case, "step": step, "x": draw.normal(), "y": draw.normal(), "label": case % 2}
        for case in range(18)
        for step in range(5 + case % 3)
    ]
    return Source.from_frame(pd.DataFrame(rows))


def machine(_: Path) -> Source:
    """A sine with a season of 12 rows, and noise."""
    rows, noise = np.arange(300), np.random.default_rng(0).normal(0, 0.1, 300)
    return Source.from_frame(pd.DataFrame({"step": rows, "a": np.sin(rows * np.pi / 6) + noise}))


def tale(folder: Path) -> Any:
    """Write a text file of one sentence, many times over."""
    path = folder / "tale.txt"
    path.write_text("Once upon a time there was a cat, and it sat on a mat.\n" * 30)
    return read_texts(path)


CASES = {
    "forecast": Case(
        "forecast",
        (*FORECAST, "data.target=sales", "data.series=shop", "data.past=[visitors]",
         "data.future=[price]", "horizon=3", "seasonality=4", "validation.steps=5", "test.steps=5"),
        shops,
        INPUTS | {"preprocessing.base": 1, "preprocessing.scaling": 2, "training.loss": 1,
                  "training.sampling": 1},
    ),
    "texts": Case("classify", CLASSIFY, said, INPUTS | OF_CASES | {"text.word_dropout": 1}),
    "series": Case("classify", CLASSIFY, cases, INPUTS | OF_CASES | OF_SERIES),
    "anomaly": Case("anomaly", ANOMALY, machine, INPUTS),
    "generate": Case("generate", GENERATE, tale, INPUTS),
    "fill": Case(
        "generate",
        (*GENERATE[:-1], "objective=fill", "network.architecture=bidirectional_context"),
        tale,
        INPUTS,
    ),
}  # fmt: skip


def variants(dimensions: Sequence[Dimension]) -> Iterator[tuple[str, list[Values]]]:
    """Yield each key that is searched, with a configuration for each of its values."""
    base = complete(dimensions, {})
    for each in dimensions:
        values = each.choices or (each.minimum, each.maximum)
        if len(values) > 1:
            context = base | dict([each.when] if each.when else [])
            yield each.path, [context | {each.path: value} for value in values]


class Traced(Exception):
    """Ends a training before its step is compiled."""


@dataclass
class Program:
    """What of a network and its training step a compiled program hangs on.

    Args:
        shapes: Of all weights, those that are not trained among them.
        steps: The training step and the forward pass, as JAX writes them.
        constants: Arrays that stand in them.
    """

    shapes: list[Any]
    steps: list[str]
    constants: list[Any]

    def assert_same(self, other: Program, what: str) -> None:
        assert self.shapes == other.shapes, what
        assert self.steps == other.steps, what
        assert len(self.constants) == len(other.constants), what
        for one, another in zip(self.constants, other.constants, strict=True):
            np.testing.assert_array_equal(one, another, what)


class Pace:
    """Never gets to its first epoch."""

    epochs = 1
    is_over = False


def trace(problem: Problem, values: Values) -> Program:
    """Trace what would be compiled for a configuration, by programs of its own."""
    seed_everything(0)
    problem = Problem(problem.task, problem.prepared, problem.folder)
    model = problem.task.build(problem.prepared, values)
    trainer = compiled_steps.CompiledSteps(problem, model, values, 1)
    batches = problem.task.batches(problem.prepared, values, 0, steps=1)
    with pytest.raises(Traced) as found:
        trainer.run(batches, Pace())  # type: ignore[arg-type]
    step = found.value.args[0]
    trained, others = (
        [each.value for each in variables]
        for variables in (model.trainable_variables, model.non_trainable_variables)
    )
    forward = jax.make_jaxpr(lambda *given: model.stateless_call(*given, training=False)[0])(
        trained, others, batches[0][0]
    )
    return Program(
        [tuple(each.shape) for each in (*trained, *others)],
        [re.sub(r"0x[0-9a-f]+", "", str(each)) for each in (step, forward)],
        [np.asarray(each) for each in (*step.consts, *forward.consts)],
    )


@pytest.fixture(autouse=True)
def _compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(jaxpr: Any) -> None:
        raise Traced(jaxpr)

    monkeypatch.setattr(compiled_steps, "count_operations", end)


def together(first: Values, others: Sequence[Values]) -> Iterator[Values]:
    """Yield few configurations with every value in which others differ from the first.

    What changes no program by itself changes none beside others either: each configuration takes
    the next value of all keys at once.
    """
    changes = defaultdict[str, list[Any]](list)
    for other in others:
        for path, value in other.items():
            if value != first.get(path):
                changes[path].append(value)
    for number in range(max(map(len, changes.values()), default=0)):
        yield first | {path: each[number % len(each)] for path, each in changes.items()}


@pytest.mark.parametrize("name", CASES)
def test_configurations_of_one_signature_run_the_same_programs(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    prepared, dimensions = case.prepare(tmp_path)
    task = load_task(case.task)
    problem = Problem(task, prepared, tmp_path)
    fewer, by_signature = dict[str, int](), defaultdict[str, list[Values]](list)
    for path, configurations in variants(dimensions):
        found = set()
        for values in configurations:
            sign = signature(task.structure(values))
            found.add(sign)
            by_signature[sign].append(values)
        if len(found) < len(configurations):
            fewer[path] = len(found)
    for sign, (first, *others) in by_signature.items():
        expected = None
        for values in together(first, others):
            assert signature(task.structure(values)) == sign
            expected = expected or trace(problem, first)
            changed = {path: each for path, each in values.items() if each != first.get(path)}
            trace(problem, values).assert_same(expected, str(changed))
    assert fewer == case.fewer, "others share programs than could"


@pytest.mark.parametrize("name", [name for name in CASES if name != "texts"])  # as of series
def test_every_architecture_takes_its_dropout_as_an_input(name: str, tmp_path: Path) -> None:
    prepared, dimensions = CASES[name].prepare(tmp_path)
    problem = Problem(load_task(CASES[name].task), prepared, tmp_path)
    (architectures,) = (each.choices for each in dimensions if each.path == "network.architecture")
    for architecture in architectures:
        deep = complete(dimensions, {}) | {
            "network.architecture": architecture, "network.layers": 2,
        }  # fmt: skip
        none, little, much = (trace(problem, deep | {DROPOUT: share}) for share in (0.0, 0.1, 0.5))
        little.assert_same(much, architecture)
        assert none.steps[0] != little.steps[0], "there is no dropout at all"
        assert len(little.shapes) > len(none.shapes), "the states of what is drawn"


@pytest.mark.parametrize("name", ["texts", "series"])
def test_networks_of_all_folds_run_the_same_programs(name: str, tmp_path: Path) -> None:
    prepared, dimensions = CASES[name].prepare(tmp_path)
    problem, values = Problem(load_task("classify"), prepared, tmp_path), complete(dimensions, {})
    whole = trace(problem, values)
    assert len(problem.folds) == 3
    for fold in problem.folds:
        trace(problem.with_data(fold.prepared), values).assert_same(whole, name)


def test_no_keys_are_a_signature_too() -> None:
    assert signature({}) == "[]" == signature({"training.steps": 9})


def test_a_signature_does_not_hang_on_the_order_of_keys() -> None:
    one, other = {"a": 1, "network.units": 4}, {"network.units": 4, "a": 1}
    assert signature(one) == signature(other) == '[["a", 1], ["network.units", 4]]'


def test_figures_are_left_out_and_all_else_is_told_apart() -> None:
    figures = {
        "training.learning_rate": 0.1, "training.weight_decay": 0.1, "training.clip_norm": 1.0,
        "training.steps": 10, "training.patience": 3,
    }  # fmt: skip
    assert signature({"network.units": 4, **figures}) == signature({"network.units": 4})
    assert signature({"training.batch_size": 4}) != signature({"training.batch_size": 5})
    assert signature({"network.tied": True}) != signature({"network.tied": False})


def test_of_dropout_it_matters_whether_there_is_any() -> None:
    none, little, much = (signature({"network.dropout": share}) for share in (0.0, 0.1, 0.9))
    assert none != little == much
    assert none != signature({})
