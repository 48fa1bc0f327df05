"""What every task shows on the page of a run: whatever it is, it can be kept and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from task_samples import prepared_sample

from seqtune.figures.block import BLOCKS, Block
from seqtune.registry import tasks
from seqtune.runtime.network import KerasNetwork
from seqtune.search.space import complete
from seqtune.tasks import _values
from seqtune.tasks._contract import Task
from seqtune.tasks._values import Context

MOST_BYTES = 1_000_000
"""What these samples, of a few hundred rows, show."""


@dataclass(frozen=True)
class OpenNetwork:
    """The one network behind the row of a leaderboard."""

    network: KerasNetwork
    values: Mapping[str, Any]
    method: str = ""
    weight: float = 1.0
    is_refitted: bool = False


@dataclass(frozen=True)
class OneNetwork:
    """Models of a run that has one network."""

    network: KerasNetwork
    values: Mapping[str, Any] = field(default_factory=dict)
    calibrations: Mapping[str, Any] = field(default_factory=dict)

    def name_of(self, use: str | None) -> str:
        return use or "network"

    def open_members(self, name: str) -> list[OpenNetwork]:
        return [OpenNetwork(self.network, self.values)]


@dataclass(frozen=True)
class Subject:
    """A task with what a network that has learnt nothing predicts for its test part."""

    task: Task
    prepared: Any
    models: OneNetwork
    context: Context
    predictions: npt.NDArray[np.float64]

    def blocks(self, baseline: str = "") -> tuple[Block, ...]:
        predictions = {"network": self.predictions}
        if baseline:
            predictions[baseline] = self.predictions[::-1].copy()
        tested = _values.Tested("network", baseline, predictions, "network")
        return tuple(self.task.evidence(self.prepared, tested, self.models, self.context))


@pytest.fixture(scope="module", params=list(tasks))
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    folder = tmp_path_factory.mktemp(request.param)
    task, prepared, recipe = prepared_sample(request.param, folder)
    values = complete(recipe.dimensions(), {})
    network = KerasNetwork(task.build(prepared, values), task.network_facts)
    calibration = None
    for part in ("validation", "test"):
        encoded = prepared.encoded(part)
        made = task.forward(network, prepared, encoded, values, calibration)
        if part == "validation":
            calibration = task.calibrate(prepared, encoded, made)
    context = Context(recipe, "run", str(next(folder.glob("data.*"))))
    return Subject(task, prepared, OneNetwork(network, values), context, made)


@pytest.mark.parametrize("baseline", ["", "naive"])
def test_the_blocks_of_a_task_come_back_from_json(subject: Subject, baseline: str) -> None:
    blocks = subject.blocks(baseline)
    kept = BLOCKS.dump_json(blocks)
    assert BLOCKS.validate_json(kept) == blocks
    assert len(kept) < MOST_BYTES
    keys = [block.key for block in blocks]
    assert len(set(keys)) == len(keys)
    assert all(block.figures or block.sentences for block in blocks)


def test_the_same_predictions_give_the_same_blocks(subject: Subject) -> None:
    assert subject.blocks("naive") == subject.blocks("naive")


def test_the_simple_method_is_beside_the_network(subject: Subject) -> None:
    blocks = subject.blocks("naive")
    if blocks:
        assert "naive" in BLOCKS.dump_json(blocks).decode()
        assert "naive" not in BLOCKS.dump_json(subject.blocks()).decode()


def test_what_a_task_shows_leaves_its_predictions_as_they_were(subject: Subject) -> None:
    before = subject.predictions.copy()
    subject.blocks("naive")
    np.testing.assert_array_equal(before, subject.predictions)
