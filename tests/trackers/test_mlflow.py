"""MLflow's own files, read again by its own client."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from recorded_search import outcome, play, tracked

from seqtune.trackers.mlflow import start

pytest.importorskip("mlflow")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable says where to connect."""
    for name in ("TRACKING_URI", "EXPERIMENT_NAME", "EXPERIMENT_ID"):
        monkeypatch.delenv(f"MLFLOW_{name}", raising=False)


@pytest.fixture
def forgetful() -> Iterator[None]:
    """A database that does not wait for the disk: MLflow makes one in a hundred steps."""
    event, engine = (
        pytest.importorskip("sqlalchemy.event"),
        pytest.importorskip("sqlalchemy.engine"),
    )

    def hurry(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")

    event.listen(engine.Engine, "connect", hurry)
    yield
    event.remove(engine.Engine, "connect", hurry)


def bundle_in(folder: Path) -> Path:
    """A bundle as far as MLflow looks into it."""
    with zipfile.ZipFile(folder / "bundle.zip", "w") as archive:
        archive.writestr("requirements.txt", "# by pip\nseqtune==0.1.0\nnumpy==2.0.0\n")
    return folder / "bundle.zip"


def test_a_search_stands_in_a_database_beside_the_run(
    tmp_path: Path, nowhere: None, forgetful: None
) -> None:
    from mlflow import MlflowClient

    run = tracked(tmp_path)
    play(start(run), replace(outcome(tmp_path), bundle=bundle_in(tmp_path)))
    client = MlflowClient(f"sqlite:///{run.place / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("seqtune")
    found = {each.info.run_name: each for each in client.search_runs([experiment.experiment_id])}
    assert sorted(found) == ["sales", *(f"sales/t00{number}" for number in (1, 2, 3, 4))]
    own = found["sales"]
    assert (own.info.status, own.data.params["network.units"]) == ("FINISHED", "[8, 16]")
    assert own.data.tags["seqtune.task"] == "forecast"
    assert own.data.tags["seqtune.winner"] == "blend"
    figures = {"baseline/naive": 1.5, "best/mase": 0.7, "test/mase": 0.75, "skill": 0.5}
    figures |= {"system/cpu_percent": 150.0, "system/memory_megabytes": 2.0}
    assert own.data.metrics.items() >= figures.items()
    trials = {name.rpartition("/")[2]: each for name, each in found.items() if "/" in name}
    assert all(each.data.tags["mlflow.parentRunId"] == own.info.run_id for each in trials.values())
    assert {name: each.info.status for name, each in trials.items()} == {
        "t001": "FINISHED", "t002": "FINISHED", "t003": "FAILED", "t004": "KILLED",
    }  # fmt: skip
    assert trials["t001"].data.params["network.cell"] == "gru"
    assert trials["t003"].data.tags["seqtune.reason"] == "out of memory"
    history = client.get_metric_history(trials["t002"].info.run_id, "mase")
    assert [(each.step, each.value) for each in history] == [(1, 1.2), (2, 0.8)]
    assert {each.path for each in client.list_artifacts(own.info.run_id)} == {
        "report.json", "report.txt",
    }  # fmt: skip
    _check_model(own, run.place)


def _check_model(own: Any, place: Path) -> None:
    """The model is a script and a bundle, with the bundle's requirements; nothing is pickled."""
    (folder,) = (place / "mlartifacts" / "models").glob("*/artifacts")
    assert sorted(each.name for each in folder.rglob("*") if each.is_file()) == [
        "MLmodel", "_pyfunc.py", "bundle.zip", "conda.yaml", "python_env.yaml", "requirements.txt",
    ]  # fmt: skip
    first, *rest = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert first.startswith("mlflow-skinny==") and rest == ["seqtune==0.1.0", "numpy==2.0.0"]
    assert own.outputs.model_outputs[0].model_id == folder.parent.name


def test_a_run_whose_files_are_refused_ends_all_the_same(
    tmp_path: Path, nowhere: None, forgetful: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("the store takes no files")

    monkeypatch.setattr(MlflowClient, "log_artifacts", refuse)
    run = tracked(tmp_path)
    tracker = start(run)
    with pytest.raises(OSError, match="takes no files"):
        tracker.end(outcome(tmp_path))
    client = MlflowClient(f"sqlite:///{run.place / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("seqtune")
    (own,) = client.search_runs([experiment.experiment_id])
    assert own.info.status == "FINISHED"
