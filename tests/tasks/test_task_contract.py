"""What every task keeps to: the search, the predictor and the reports rely on nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spy_network import SpyNetwork
from task_samples import prepared_sample

from seqtune.recipe.load import Recipe
from seqtune.registry import tasks
from seqtune.runtime.network import KerasNetwork
from seqtune.search.space import complete
from seqtune.tasks._contract import Task
from seqtune.tasks._info import info_of, infos
from seqtune.tasks._values import HELD_OUT_PARTS


@dataclass(frozen=True)
class Subject:
    """A task with prepared data, one configuration and its network."""

    task: Task
    prepared: Any
    recipe: Recipe
    values: Mapping[str, Any]
    network: KerasNetwork


@pytest.fixture(scope="module", params=list(tasks))
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    folder = tmp_path_factory.mktemp(request.param)
    task, prepared, recipe = prepared_sample(request.param, folder)
    prepared.save(folder)
    values = complete(recipe.dimensions(), {})
    opened = task.load(folder)
    return Subject(
        task, opened, recipe, values, KerasNetwork(task.build(opened, values), task.network_facts)
    )


def test_what_it_says_of_itself_is_whole(subject: Subject) -> None:
    info = subject.task.info
    assert info is info_of(subject.task.name)
    assert info.summary and info.metrics and info.examples.endswith("s")
    names = [name for each in infos() for name in (each.name, *each.synonyms)]
    assert len(set(names)) == len(names)
    metric = info.metric(subject.prepared.metric)
    assert metric in info.metrics


def test_the_data_come_back_from_disk(subject: Subject, tmp_path: Path) -> None:
    subject.prepared.save(tmp_path)
    again = subject.task.load(tmp_path)
    assert again.describe() == subject.prepared.describe()
    assert again.metric == subject.prepared.metric


def test_a_training_batch_fits_the_network_and_the_loss(subject: Subject) -> None:
    task, prepared, values = subject.task, subject.prepared, subject.values
    batches = task.batches(prepared, values, 3, steps=2)
    inputs, targets, *_ = batches[0]  # weights of cases may follow
    again, *_ = task.batches(prepared, values, 3, steps=2)[0]
    first, second = (each if isinstance(each, dict) else {"": each} for each in (inputs, again))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert len(batches) == 2
    loss = float(np.mean(np.asarray(task.loss(prepared, values)(targets, subject.network(inputs)))))
    assert np.isfinite(loss)
    assert task.steps_per_epoch(prepared, values) >= 1
    assert set(task.structure(values)) <= set(values) | {"preprocessing.scaling"}


@pytest.mark.parametrize("part", HELD_OUT_PARTS)
def test_a_held_out_part_is_predicted_scored_and_calibrated(subject: Subject, part: Any) -> None:
    task, prepared = subject.task, subject.prepared
    encoded = prepared.encoded(part)
    made = task.forward(subject.network, prepared, encoded, subject.values)
    assert len(made) > 0 and np.isfinite(made).all()
    scores = task.score(prepared, encoded, made)
    assert np.isfinite(task.objective(prepared, scores))
    assert task.margin(prepared, task.objective(prepared, scores)) >= 0
    if part != "validation":
        return
    calibration = task.calibrate(prepared, encoded, made)
    if calibration is None:
        return
    kept = task.read_calibration(prepared, json.loads(json.dumps(calibration.to_dict())))
    given = task.forward(subject.network, prepared, encoded, subject.values, calibration)
    assert np.array_equal(given, calibration.apply(made))
    assert np.array_equal(kept.apply(made), given)
    assert set(task.score(prepared, encoded, given)) >= {prepared.metric}


def test_an_export_converts_what_predicting_runs(subject: Subject) -> None:
    task, prepared, values = subject.task, subject.prepared, subject.values
    spy, encoded = SpyNetwork(subject.network), prepared.encoded("test")
    made = task.forward(spy, prepared, encoded, values)
    expected = task.forward(subject.network, prepared, encoded, values)
    np.testing.assert_array_equal(made, expected)
    spy.check(task.programs(prepared, values, subject.network.model))


@pytest.mark.parametrize("values", [None, 3, [], {"factor": "1"}, {"temperature": -1.0}])
def test_a_calibration_that_is_none_is_refused(subject: Subject, values: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        subject.task.read_calibration(subject.prepared, values)
