"""A search as a study of Optuna, opened again by Optuna."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import SAMPLES

from seqtune.errors import MissingExtra
from seqtune.export.formats import optuna as form
from seqtune.recipe.dimension import Dimension
from seqtune.run.run import Run

optuna = pytest.importorskip("optuna")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run, _ = SAMPLES["forecast"].fit("forecast", tmp_path_factory.mktemp("study"))
    return run


@pytest.fixture
def run(kept: Path, tmp_path: Path) -> Run:
    """A run with a trial that was completed, one that was stopped, and one that failed."""
    folder = Path(shutil.copytree(kept, tmp_path / "run"))
    file = folder / "trials.jsonl"
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    first |= {"score": 0.5, "scores": [0.9, 0.5], "seconds": 3.0}
    trials = [
        first,
        {
            **first,
            "trial": "t002",
            "status": "stopped",
            "score": 0.8,
            "scores": [0.8],
            "folds_left": 2,
        },
        {**first, "trial": "t003", "status": "failed", "score": None, "reason": "gone"},
    ]
    file.write_text("".join(f"{json.dumps(trial)}\n" for trial in trials), encoding="utf-8")
    recipe = folder / "recipe.yaml"
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("  units: 4\n", "  units: [4, 8]\n"), encoding="utf-8")
    return Run(folder)


def study_in(path: Path) -> Any:
    return optuna.load_study(study_name=None, storage=f"sqlite:///{path}")


def test_a_search_is_a_study(run: Run, tmp_path: Path) -> None:
    summary = run.export(tmp_path / "study.db", format="optuna")
    assert summary.comparison is None and f"sqlite:///{tmp_path / 'study.db'}" in summary.notes[0]
    study = study_in(tmp_path / "study.db")
    assert (study.study_name, study.direction.name) == ("run", "MINIMIZE")
    assert study.metric_names == ["mase"]
    assert [each.state.name for each in study.trials] == ["COMPLETE", "PRUNED", "FAIL"]
    assert [each.value for each in study.trials] == [0.5, 0.8, None]
    first, paused, failed = study.trials
    assert paused.user_attrs["folds_left"] == 2 and "folds_left" not in first.user_attrs
    assert first.intermediate_values == {1: 0.9, 2: 0.5}
    assert first.params["network.units"] == 4
    assert first.distributions["network.units"] == optuna.distributions.CategoricalDistribution(
        [4, 8]
    )
    assert "network.cell" not in first.params and first.user_attrs["network.cell"] == "gru"
    assert first.duration == timedelta(seconds=3)
    assert (failed.user_attrs["reason"], failed.user_attrs["trial"]) == ("gone", "t003")
    assert study.best_trial.number == 0
    assert study.user_attrs["fixed network.cell"] == "gru"
    assert study.user_attrs["baseline naive"] > 0


@pytest.mark.parametrize(("dimension", "expected"), [
    (Dimension("a", "choice", ("gru", None)), "CategoricalDistribution(choices=('gru', None))"),
    (Dimension("a", "choice", ((1, 2), 3)), "CategoricalDistribution(choices=('(1, 2)', 3))"),
    (Dimension("a", "int", minimum=8, maximum=64, step=8),
     "IntDistribution(high=64, log=False, low=8, step=8)"),
    (Dimension("a", "int", minimum=8, maximum=60, step=16),
     "IntDistribution(high=56, log=False, low=8, step=16)"),
    (Dimension("a", "int", minimum=8, maximum=64, log=True),
     "IntDistribution(high=64, log=True, low=8, step=1)"),
    (Dimension("a", "float", minimum=0.1, maximum=0.5, step=0.1),
     "FloatDistribution(high=0.5, log=False, low=0.1, step=0.1)"),
    (Dimension("a", "float", minimum=0.001, maximum=0.1, log=True),
     "FloatDistribution(high=0.1, log=True, low=0.001, step=None)"),
])  # fmt: skip
def test_a_dimension_is_a_distribution(dimension: Dimension, expected: str) -> None:
    assert str(form._distribution(dimension)) == expected


@pytest.mark.parametrize(("status", "score"), [
    ("failed", 0.5), ("completed", None), ("completed", float("nan")), ("stopped", float("inf")),
])  # fmt: skip
def test_a_trial_without_a_score_has_failed(status: str, score: float | None) -> None:
    assert form._end_of(status, score) == (optuna.trial.TrialState.FAIL, None)


def test_without_optuna_the_extra_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra) as refused:
        run.export(tmp_path / "study.db", format="optuna")
    assert refused.value.hint == "pip install 'seqtune[optuna]'"
    assert not (tmp_path / "study.db").exists()
