"""The backend that the tests run on, and small data that is ready for forecasting."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from compiling import compile_quickly
from drawn import Draw, drawn
from remembered import remember

from seqtune.runtime.backend import activate

if TYPE_CHECKING:
    from seqtune.recipe.load import Recipe
    from seqtune.search.trial import Result, TrialJob
    from seqtune.tasks.forecast.prepared import Prepared

gc.disable()  # until all is imported, see `pytest_collection_finish`
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # a GPU rounds numbers in its own way
# as of a terminal: a shell starts what it puts into the background with these two ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
compile_quickly()
remember()
activate("auto")  # before any test module can import Keras by itself

from explaining import explain_nothing  # noqa: E402

explain_nothing()


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later search for objects that nobody uses.

    Python goes through all that there are, again and again. Libraries bring half a million, which
    stay until the end: looking at them took a fifth of the time of the tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


SMALL = (
    "network.architecture=segment",
    "network.cell=gru",
    "network.units=4",
    "network.layers=1",
    "network.dropout=0",
    "training.learning_rate=0.01",
    "training.batch_size=8",
    "training.steps=4",
    "training.steps_per_epoch=2",
    "preprocessing.base=blend",
    "preprocessing.embedding=2",
    "training.loss=scaled_quantile",
    "training.weight_decay=0",
    "backend=auto",
    "portfolio=[]",
)
"""A recipe whose one configuration is trained in a moment."""


@dataclass(frozen=True)
class Tiny:
    """Data ready for forecasting, and one configuration for it."""

    frame: pd.DataFrame
    overrides: Sequence[str]
    prepared: Prepared
    recipe: Recipe
    values: dict[str, Any]


Prepare = Callable[[pd.DataFrame, Sequence[str]], Tiny]


def tiny_frame() -> pd.DataFrame:
    """Three daily series of 34, 30 and 26 rows with a season of 4 and noise; one gap in each."""
    draw = np.random.default_rng(7)
    parts = []
    for name, length, level, region in (("a", 34, 20, "x"), ("b", 30, 90, "y"), ("c", 26, 5, "x")):
        step = np.arange(length)
        season = np.array([0.0, 3.0, 1.0, -2.0])[step % 4]
        part = pd.DataFrame(
            {
                "shop": name,
                "day": pd.date_range("2024-01-01", periods=length, freq="D"),
                "sales": level + season + draw.normal(0, 0.3, length),
                "visitors": 100 + 10 * season + draw.normal(0, 1, length),
                "price": 2.0 + (step % 5 == 0),
                "region": region,
            }
        )
        parts.append(part.drop(index=10))
    return pd.concat(parts, ignore_index=True)


TINY_ROLES = (
    "data.target=sales",
    "data.past=[visitors]",
    "data.future=[price]",
    "data.static=[region]",
    "data.series=shop",
    "horizon=3",
    "lookback=9",
    "seasonality=4",
    "validation.steps=5",
    "test.steps=5",
    "network.segment.length=4",
)


def prepare_frame(frame: pd.DataFrame, overrides: Sequence[str]) -> Tiny:
    """Prepare a table for forecasting under the small recipe and overrides to it."""
    from seqtune.data.reading.source import Source
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe
    from seqtune.search.space import complete
    from seqtune.tasks.forecast.task import TASK

    recipe = Recipe.load(None, "forecast", [*SMALL, *overrides])
    prepared, recipe = TASK.prepare(Source.from_frame(frame), recipe, silent)
    return Tiny(frame, overrides, prepared, recipe, complete(recipe.dimensions(), {}))


@pytest.fixture
def draw() -> Draw:
    """Draw a report on a console of a fixed size; blanks at the ends of lines are cut."""
    return drawn


@pytest.fixture(scope="session")
def prepare() -> Prepare:
    """Prepare a table for forecasting under the small recipe and overrides to it."""
    return prepare_frame


@pytest.fixture(scope="session")
def tiny() -> Tiny:
    """Three short series with a covariate of each kind, ready for forecasting."""
    return prepare_frame(tiny_frame(), TINY_ROLES)


@dataclass(frozen=True)
class Trained:
    """A trial that was run on the tiny data, and where it left its files."""

    result: Result
    job: TrialJob
    folder: Path


@pytest.fixture(scope="session")
def run_tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Tiny], Trained]:
    """Run a trial of two epochs on tiny data."""
    from seqtune.search.problem import Problem
    from seqtune.search.schedule import Watch
    from seqtune.search.trial import TrialJob
    from seqtune.tasks.forecast.task import TASK

    def run(data: Tiny) -> Trained:
        folder = tmp_path_factory.mktemp("trial")
        job = TrialJob("t001", data.values, 1, 600.0, int(data.values["training.steps"]), 2)
        result = job.run(Problem(TASK, data.prepared, folder), Watch())
        return Trained(result, job, folder)

    return run


@pytest.fixture(scope="session")
def trained(tiny: Tiny, run_tiny: Callable[[Tiny], Trained]) -> Trained:
    """A trial of two epochs on the tiny data."""
    return run_tiny(tiny)
