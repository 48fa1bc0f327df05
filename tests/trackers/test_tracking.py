"""The trackers of a fit: named by a flag or a recipe, fed with its events, and of no harm to it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from command_line import TINY, seqtune, weekly
from recorded_search import REPORT, tracked

from seqtune.errors import MissingExtra, RecipeError
from seqtune.progress import EpochEnded, Event, Note, StageStarted, TrialStarted
from seqtune.recipe.load import Recipe
from seqtune.registry import trackers
from seqtune.trackers import _artifacts
from seqtune.trackers._artifacts import Artifacts
from seqtune.trackers._contract import Outcome
from seqtune.workflow import tracking
from seqtune.workflow.options import FitOptions, load_recipe
from seqtune.workflow.tracking import Tracking, check_installed, seconds_kept

BROKEN = '''
"""A tracker that raises at the first trial, and takes files."""
FILES = True

def start(run):
    return Broken()

class Broken:
    def hear(self, event):
        if type(event).__name__ == "TrialStarted":
            raise OSError("the server is gone")

    def measure(self, usage): ...
    def end(self, outcome): ...
'''

WHOLE = '''
"""A tracker that writes down what it is told, and what the run came to."""
import json
FILES = True

def start(run):
    return Whole(run)

class Whole:
    def __init__(self, run):
        self.run, self.heard = run, []

    def hear(self, event):
        self.heard.append(type(event).__name__)

    def measure(self, usage): ...

    def end(self, outcome):
        there = [] if outcome.files is None else outcome.files.iterdir()
        files = sorted(each.name for each in there)
        report = (outcome.files / "report.txt").read_text() if files else ""
        told = {
            "heard": self.heard, "status": outcome.status, "figures": outcome.figures(),
            "files": files, "report": report, "bundle": str(outcome.bundle or ""),
            "parameters": self.run.parameters, "tags": self.run.tags,
        }
        with open(self.run.folder + "/told.json", "w") as file:
            json.dump(told, file)
'''


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Add trackers by a package outside."""

    def named(**sources: str) -> None:
        folder = tmp_path / "outside"
        information = folder / "outside-1.0.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1\n")
        points = [f"{name} = {name}_tracker\n" for name in sources]
        (information / "entry_points.txt").write_text(f"[seqtune.trackers]\n{''.join(points)}")
        for name, source in sources.items():
            (folder / f"{name}_tracker.py").write_text(source, encoding="utf-8")
            monkeypatch.setitem(trackers.modules, name, f"{name}_tracker")
        monkeypatch.syspath_prepend(folder)

    return named


class Fed:
    """A feed that keeps what it is fed with."""

    def __init__(self, name: str, *_: Any) -> None:
        self.name, self.fault = name, ""
        self.heard: list[Event] = []
        self.outcome: Outcome | None = None
        self.waited: float | None = None

    def hear(self, event: Event) -> None:
        self.heard.append(event)

    def end(self, outcome: Outcome) -> None:
        self.outcome = self.outcome or outcome

    def wait(self, seconds: float) -> None:
        self.waited = seconds

    def close(self) -> None:
        pass


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Tracking, Fed, list[Event]]:
    """Trackers that have begun, the feed of one, and what the user is told."""
    monkeypatch.setattr(tracking, "Feed", Fed)
    monkeypatch.setattr(tracking, "missing", lambda name: "")
    told: list[Event] = []
    found = Tracking(["tensorboard"], told.append)
    found.begin(tracked(tmp_path))
    (feed,) = found._feeds
    assert isinstance(feed, Fed)
    return found, feed, told


def test_a_flag_names_trackers_and_goes_over_the_recipe(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("task: forecast\ntracking: [wandb]\n", encoding="utf-8")
    typed = FitOptions.of(recipe=str(file))
    assert load_recipe("forecast", typed).values.tracking == ("wandb",)
    typed = FitOptions.of(recipe=str(file), track=["mlflow", "tensorboard"])
    assert load_recipe("forecast", typed).values.tracking == ("mlflow", "tensorboard")
    assert typed.words()[-4:] == ["--track", "mlflow", "--track", "tensorboard"]
    assert Recipe.load(None, "forecast").values.tracking == ()


def test_a_recipe_names_trackers_and_no_place_to_connect_to() -> None:
    with pytest.raises(RecipeError, match="did you mean 'mlflow'"):
        Recipe.load(None, "forecast", ["tracking=[mflow]"])
    with pytest.raises(RecipeError, match="tracking"):
        Recipe.load(None, "forecast", ["tracking=['https://example.org']"])


def test_what_is_missing_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra) as refused:
        check_installed(["mlflow"])
    assert refused.value.message.startswith("--track mlflow needs mlflow, sqlalchemy, alembic")
    assert refused.value.hint == "pip install 'seqtune[mlflow]'"
    words = ("fit", "no-such-file.csv", "--task", "forecast", "--track", "tensorboard")
    assert "seqtune[tensorboard]" in seqtune(*words, code=1).err


def test_a_search_that_goes_on_does_without_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "missing", lambda name: "mlflow")
    told: list[Event] = []
    Tracking(["mlflow"], told.append).begin(tracked(tmp_path))
    assert [str(event) for event in told] == [
        'Note(text="mlflow does not track this search: mlflow is not installed; pip install '
        "'seqtune[mlflow]'\")"
    ]


def test_epochs_count_on_where_a_trial_goes_on_and_refits_are_no_trials(begun: Any) -> None:
    tracking, feed, _ = begun
    for event in (
        StageStarted("search"),
        TrialStarted("t001", 0), EpochEnded("t001", 0, 1, 3, 0.9), EpochEnded("t001", 0, 2, 3, 0.8),
        TrialStarted("t001", 0), EpochEnded("t001", 0, 1, 3, 0.7),
        StageStarted("ensemble"), TrialStarted("t001", 0), EpochEnded("t001", 0, 1, 3, 0.1),
    ):  # fmt: skip
        tracking.hear(event)
    epochs = [(each.epoch, each.score) for each in feed.heard if isinstance(each, EpochEnded)]
    assert epochs == [(1, 0.9), (2, 0.8), (3, 0.7)]
    assert sum(isinstance(each, TrialStarted) for each in feed.heard) == 2


def test_a_fault_is_told_once(begun: Any) -> None:
    tracking, feed, told = begun
    feed.fault = "no route to host"
    tracking.hear(Note("one"))
    tracking.hear(Note("two"))
    (note,) = told
    assert note == Note("tensorboard does not track this search: no route to host")


@pytest.mark.parametrize(("left", "hurry", "most"), [
    (60.0, float("inf"), 10.0),  # the search ended early
    (0.0, float("inf"), 10.0),
    (-4.0, float("inf"), 6.0),  # 10 seconds after the budget, all is over
    (-60.0, float("inf"), 2.0),
    (60.0, 5.0, 2.0),
    (60.0, 0.5, 0.5),
])  # fmt: skip
def test_an_end_that_is_late_or_hurries_waits_less(
    begun: Any, left: float, hurry: float, most: float, tmp_path: Path
) -> None:
    tracking, feed, _ = begun
    tracking.end(tmp_path, "interrupted", left, hurry=hurry)
    assert 0 < feed.waited <= most and feed.waited > most - 0.4
    assert feed.outcome.status == "interrupted"


@pytest.mark.parametrize(("left", "most"), [(300.0, 30.0), (8.0, 13.0), (0.0, 5.0), (-20.0, 0.0)])
def test_files_are_made_within_the_budget_or_little_later(
    begun: Any, left: float, most: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, _, _ = begun
    given: list[float] = []

    class Made(Artifacts):
        def make(self, seconds: float) -> None:
            given.append(seconds)
            self.files = tmp_path

    monkeypatch.setattr(tracking, "Artifacts", Made)
    monkeypatch.setattr(tracking, "_takes_files", lambda name: True)
    summary = SimpleNamespace(to_dict=lambda: REPORT)
    monkeypatch.setattr("seqtune.run.run.Run", lambda folder: SimpleNamespace(summary=summary))
    began.end(tmp_path, "complete", left)
    assert max(0.0, given[0]) == pytest.approx(most, abs=0.4)


def test_a_part_of_the_budget_is_kept_for_those_that_take_files() -> None:
    assert seconds_kept(["mlflow"], 60.0) == 8.0
    assert seconds_kept(["tensorboard", "wandb"], 3600.0) == 30.0
    assert seconds_kept(["mlflow"], 2.0) == 1.0
    assert seconds_kept(["tensorboard"], 60.0) == seconds_kept([], 60.0) == 0.0


def test_a_search_that_fails_is_interrupted_for_its_trackers(begun: Any) -> None:
    tracking, feed, _ = begun
    tracking.close()
    assert feed.outcome == Outcome("interrupted") and tracking._folder is None


def test_an_interrupt_while_trackers_end_leaves_a_complete_run_complete(begun: Any) -> None:
    tracking, feed, _ = begun
    tracking.close(is_complete=True)
    assert feed.outcome == Outcome("complete")


def test_the_figures_are_those_of_the_winner() -> None:
    assert Outcome("complete", REPORT).figures() == {
        "validation/mase": 0.6, "test/mase": 0.75, "skill": 0.5, "seconds/total": 9.0,
    }  # fmt: skip
    assert Outcome("died").figures() == {}


COMMANDS = {
    "report": "print('the report')",
    "export": "import pathlib, sys; pathlib.Path(sys.argv[-1]).write_text('a bundle')",
}
"""What stands for the commands that make the files of trackers."""


@pytest.fixture
def stands_in(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Commands of a moment in place of those that load Keras; they may be replaced."""
    commands = dict(COMMANDS)
    begin = subprocess.Popen

    def stand_in(words: list[str], **options: Any) -> Any:
        assert words[:3] == [sys.executable, "-c", _artifacts.START]
        return begin([sys.executable, "-c", commands[words[4]], *words[4:]], **options)

    monkeypatch.setattr(_artifacts, "Popen", stand_in)
    return commands


@pytest.mark.parametrize(("export", "fault"), [
    ("import sys; sys.exit('note: x\\nerror: no onnx\\nhint: install it')", "no onnx; install it"),
    ("import os; os.abort()", "it ended with code -6"),
    ("import time; time.sleep(60)", "there was no time"),
])  # fmt: skip
def test_a_bundle_that_cannot_be_made_leaves_the_other_files(
    stands_in: dict[str, str], tmp_path: Path, export: str, fault: str
) -> None:
    stands_in["export"] = export
    made = Artifacts(tmp_path / "run", tmp_path)
    made.make(1.0)
    assert made.bundle is None and fault in made.faults[0]
    assert (made.files / "report.txt").read_text() == "the report\n"


def test_commands_import_nothing_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "typer.py").write_text("raise RuntimeError('a file beside the data')")
    made = Artifacts(tmp_path / "no-run", tmp_path)
    made.make(60.0)
    (fault,) = made.faults
    assert "beside" not in fault and "no-run" in fault


@pytest.mark.parametrize("broken", ["mkdir", "write_text"])
def test_files_that_cannot_be_written_do_no_harm(
    stands_in: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    made = Artifacts(tmp_path / "run", tmp_path)
    monkeypatch.setattr(Path, broken, full)
    made.make(5.0)
    assert "No space left" in made.faults[0] and made.bundle is None


def test_a_command_that_cannot_be_begun_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: Any, **__: Any) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(_artifacts, "Popen", no_memory)
    made = Artifacts(tmp_path / "run", tmp_path)
    made.make(5.0)
    assert "Cannot allocate memory" in made.faults[0]


def test_a_fit_is_tracked_and_a_broken_tracker_does_it_no_harm(
    add: Callable[..., None], stands_in: dict[str, str], tmp_path: Path
) -> None:
    add(broken=BROKEN, whole=WHOLE)
    weekly().to_csv(tmp_path / "sales.csv", index=False)
    run = tmp_path / "run"
    done = seqtune(
        "fit", tmp_path / "sales.csv", "--task", "forecast", *TINY, "--horizon", "7",
        "--track", "broken", "--track", "whole", "--out", run,
    )  # fmt: skip
    assert "broken does not track this search: the server is gone" in done.err
    told = json.loads((run / "told.json").read_text())
    assert told["status"] == "complete" and "test/mase" in told["figures"]
    assert [each for each in told["heard"] if each.startswith(("Trial", "Epoch"))] == [
        "TrialStarted", "EpochEnded", "EpochEnded", "TrialEnded",
    ]  # fmt: skip
    assert told["files"] == ["leaderboard.json", "recipe.yaml", "report.txt", "trials.jsonl"]
    assert told["report"] == "the report\n" and told["bundle"].endswith("bundle.zip")
    assert told["parameters"]["horizon"] == "7" and told["parameters"]["network.cell"] == "gru"
    assert "search.address" not in told["parameters"]
    assert told["tags"]["seqtune.data"] == "sales.csv"
    assert str(tmp_path) not in json.dumps([told["tags"], told["parameters"]])
