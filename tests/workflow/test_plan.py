"""The estimate of a plan: workers, trials and memory, on machines that are made up."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pandas as pd
import pytest

from seqtune.recipe.dimension import Dimension
from seqtune.run.plan import Plan
from seqtune.runtime import backend
from seqtune.runtime.devices import Machine
from seqtune.workflow.plan import expected_trials, plan

Estimate = Callable[..., Plan]

PARTS = ("search.budget=100s", "baselines.share=0.1", "refit=false")
"""Leaves 100 - 10 - 3 s for the search; a trial of 1,500 steps takes 1.5 + 3 s."""


@pytest.fixture
def estimate(monkeypatch: pytest.MonkeyPatch) -> Estimate:
    """Plan for 40 rows on a machine of some cores."""
    step = range(40)
    table = pd.DataFrame(
        {"day": pd.date_range("2024-01-01", periods=40), "y": [float(value % 7) for value in step]}
    )

    def run(cores: int, *overrides: str, gpus: tuple[str, ...] = ()) -> Plan:
        here = Machine(tuple(range(cores)), gpus, 10**11)
        monkeypatch.setattr(backend, "machine_for", lambda name: here)
        return plan(table, "forecast", set=[*PARTS, *overrides])

    return run


def test_workers_trials_and_memory_go_together(estimate: Estimate) -> None:
    found = estimate(2)
    assert (found.executor, found.workers) == ("processes", 2)
    assert found.workers_why == "one per core, each with 1 thread"
    assert found.seconds["search, about"] == pytest.approx(87.0)
    assert found.trial_seconds == pytest.approx(4.5)
    assert found.trials == 38  # 2 * 87 / 4.5
    assert found.memory_bytes == 3 * 800_000_000 + 40 * 40  # with the main process


def test_trackers_have_their_part_of_the_time(estimate: Estimate) -> None:
    found = estimate(2, "tracking=[mlflow]")
    assert found.seconds["tracking"] == pytest.approx(12.0)  # 2 s and a tenth
    assert found.seconds["search, about"] == pytest.approx(75.0)
    assert "tracking" not in estimate(2).seconds


def test_in_one_process_trials_follow_each_other(estimate: Estimate) -> None:
    found = estimate(2, "search.executor=inline")
    assert (found.executor, found.workers, found.trials) == ("inline", 1, 19)
    assert found.memory_bytes == 800_000_000 + 40 * 40


def test_workers_beyond_the_cores_make_no_more_trials(estimate: Estimate) -> None:
    found = estimate(2, "search.workers=4")
    assert (found.workers, found.trials) == (4, 38)
    assert found.workers_why == "as asked, each with 1 thread, sharing 2 cores"


def test_a_worker_per_gpu_is_planned(estimate: Estimate) -> None:
    found = estimate(16, "search.workers_per_gpu=1", gpus=("0", "1", "2", "3"))
    assert (found.workers, found.trials) == (4, 77)
    assert found.workers_why == "one per GPU, each with 4 threads"


def test_a_trial_takes_no_more_than_its_part_of_the_search(estimate: Estimate) -> None:
    found = estimate(1, "training.steps=1000000")
    assert found.trial_seconds == pytest.approx(1.5 + 87 / 5)
    assert found.trials == 4


def test_no_more_trials_than_asked_for_and_always_one(estimate: Estimate) -> None:
    assert estimate(2, "search.trials=3").trials == 3
    assert estimate(1, "search.budget=1s").trials == 1


def test_no_more_trials_than_configurations() -> None:
    class Small:
        """A recipe with a space of two configurations."""

        values = SimpleNamespace(search=SimpleNamespace(trials=None))

        def dimensions(self) -> tuple[Dimension, ...]:
            return (Dimension("network.units", "choice", (4, 6), default=4),)

    assert expected_trials(Small(), 1, 100.0, 1.0) == 2
