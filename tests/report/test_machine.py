"""What `doctor` finds on machines and installations that are made up."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from seqtune.errors import MissingExtra
from seqtune.report import machine as of_machine
from seqtune.report.doctor import DoctorReport
from seqtune.runtime import backend
from seqtune.runtime.backend import BackendChoice
from seqtune.runtime.devices import Machine

FOUR = Machine(tuple(range(16)), ("0", "1", "2", "3"), 10**12)

Find = Callable[..., DoctorReport]


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch) -> Find:
    """Run the doctor on a machine where a backend is chosen, or none can be."""
    every = {"seqtune": "0.1.0", "ray": "2.50", "jax": "0.6", "tensorflow": "2.20"}

    def run(
        here: Machine, choice: BackendChoice | Exception, missing: Collection[str] = ()
    ) -> DoctorReport:
        packages = {name: version for name, version in every.items() if name not in missing}

        def choose(asked: str) -> BackendChoice:
            assert asked == "auto"
            if isinstance(choice, Exception):
                raise choice
            return choice

        monkeypatch.setattr(backend, "choose", choose)
        monkeypatch.setattr(backend, "activate", lambda asked: choose(asked).name)
        monkeypatch.setattr(backend, "devices", lambda: ["gpu:0"])
        monkeypatch.setattr(backend, "installed", packages.get)
        monkeypatch.setattr(backend, "machine_for", lambda name: replace(here, gpus=here.gpus[:2]))
        monkeypatch.setattr(of_machine, "machine", lambda: here)
        lacks = {"tensorboard": "tensorboardX"}
        monkeypatch.setattr(of_machine, "missing", lambda tracker: lacks.get(tracker, ""))
        return of_machine.doctor_report()

    return run


def test_the_workers_are_those_that_the_backend_is_good_for(find: Find) -> None:
    report = find(FOUR, BackendChoice("jax", "NVIDIA GPU; only JAX can use it here", "one is idle"))
    assert report.machine == FOUR
    assert (report.backend, report.reason) == ("jax", "NVIDIA GPU; only JAX can use it here")
    assert str(report.plan) == "8 workers: 4 per GPU, each with 8 threads"
    assert report.devices == ["gpu:0"]
    assert report.problems == ["one is idle"]


def test_one_core_runs_trials_in_this_process(find: Find) -> None:
    report = find(Machine((0,)), BackendChoice("jax", "no NVIDIA GPU"))
    assert report.plan is not None
    assert (report.plan.executor, report.plan.workers) == ("inline", 1)
    assert report.problems == []


def test_extras_and_versions_are_looked_up_without_loading_them(find: Find) -> None:
    report = find(FOUR, BackendChoice("jax", ""))
    assert [(extra.name, extra.installed) for extra in report.extras] == [
        ("test", False),
        ("ray", True),
        ("export", False),
        ("serve", False),
        ("optuna", False),
        ("music", False),
        ("images", False),
        ("plot", False),
        ("excel", False),
        ("sql", False),
        ("mlflow", True),
        ("tensorboard", False),
        ("wandb", True),
    ]
    assert (report.versions["jax"], report.versions["statsforecast"]) == ("0.6", "missing")


def test_without_tensorflow_all_else_works(find: Find) -> None:
    report = find(FOUR, BackendChoice("jax", ""), missing=["tensorflow"])
    assert report.versions["tensorflow"] == "missing"
    (problem,) = report.problems
    assert problem.startswith("tensorflow is not installed: everything except --backend tensor")
    assert "pip install tensorflow" in problem


def test_a_machine_without_a_backend_is_still_described(find: Find) -> None:
    fault = MissingExtra("neither jax nor tensorflow is installed", "pip install jax")
    report = find(FOUR, fault, missing=["jax", "tensorflow"])
    assert report.problems == ["neither jax nor tensorflow is installed; pip install jax"]
    assert (report.backend, report.devices, report.plan) == ("none", [], None)
    assert report.machine == FOUR
