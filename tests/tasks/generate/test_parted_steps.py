"""Batches of streams that are trained on in parts, one on each core."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.data.reading.texts import read_texts
from seqtune.initializers import seed_everything
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.runtime.share import THREADS
from seqtune.search.problem import Problem
from seqtune.search.schedule import Schedule, Watch
from seqtune.search.trainer import trainer_for
from seqtune.tasks.generate.task import TASK

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="on TensorFlow, Keras itself trains"
)

CHANGES = (
    *("network.units=6", "network.embedding=4", "training.batch_size=16", "training.sequence=4"),
    *("training.average=ema", "training.learning_rate=0.05"),
)


@dataclass
class Training:
    """A network that is trained on so many cores."""

    trainer: Any
    model: Any
    batches: Any

    def run(self) -> list[Any]:
        """Train on three batches, and return the weights."""
        self.trainer.run(self.batches, Schedule(0.05, 1, float("inf"), Watch()))
        return [np.asarray(each) for each in self.model.get_weights()]


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("text") / "tale.txt"
    path.write_text("Once upon a time there was a cat, and the cat sat on a mat.\n" * 20)
    return path


def training(text: Path, cores: int, *changes: str) -> Training:
    recipe = Recipe.load("generate/quick", "generate", (*CHANGES, *changes), {})
    prepared, recipe = TASK.prepare(read_texts(text), recipe, silent)
    values = {each.path: each.default for each in recipe.dimensions()}
    seed_everything(3)
    problem, model = Problem(TASK, prepared, Path()), TASK.build(prepared, values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(THREADS, str(cores))
        trainer = trainer_for(problem, model, values, 3)
    return Training(trainer, model, TASK.batches(prepared, values, 0, steps=3))


def test_parts_give_the_network_that_whole_batches_give(text: Path) -> None:
    whole, parted = training(text, 1), training(text, 2)
    names = [type(each.trainer).__name__ for each in (whole, parted)]
    assert names == ["CompiledSteps", "PartedSteps"]
    for one, other in zip(whole.run(), parted.run(), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)


def test_parts_leave_out_other_features_and_go_on_from_states_of_their_own(text: Path) -> None:
    trainer = training(text, 2, "network.dropout=0.5").trainer
    first, second = trainer._others()
    names = [each.name for each in trainer._part.non_trainable_variables]
    for name, one, other in zip(names, first, second, strict=True):
        if name.startswith("state_"):
            assert one.shape == (8, 6)
        else:
            assert not np.array_equal(one, other), name
    assert any("seed" in name for name in names)


def test_parts_are_equal_and_not_too_small() -> None:
    from seqtune.search.trainer.parted_steps import parts_of

    assert [parts_of(64, cores) for cores in (1, 2, 3, 6, 100)] == [1, 2, 2, 4, 8]
    assert (parts_of(12, 4), parts_of(9, 2), parts_of(24, 3)) == (1, 1, 3)
