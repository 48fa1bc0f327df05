"""Jobs in worker processes: what is asked of them, and what happens when they die.

Most workers here only pretend (`pretenders`); the last tests train in real ones.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from seqtune.errors import SearchError
from seqtune.progress import EpochEnded, Event, Note, TrialStarted
from seqtune.runtime import share
from seqtune.runtime.import_paths import import_paths
from seqtune.search.executor._dispatcher import WorkerSpec
from seqtune.search.executor.inline import Inline
from seqtune.search.executor.processes import Processes
from seqtune.search.problem import Problem
from seqtune.search.trial import Result, TrialJob
from seqtune.search.trial_files import model_path
from seqtune.tasks.forecast.task import TASK

PATIENCE = 60.0
"""Seconds after which a test fails; none takes long."""


@dataclass(frozen=True)
class Share(share.Share):
    """A part of the machine that sets given variables, and notes which processes it pins."""

    cores: tuple[int, ...] = (0,)
    variables: dict[str, str] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        return self.variables

    def pin(self, process: int = 0) -> None:
        self.pinned.append(process)


def job(trial: str, seconds: float = 600.0) -> TrialJob:
    return TrialJob(trial, {"training.batch_size": 8}, 0, seconds, 4, 2)


def outcomes_of(executor: Processes, count: int = 1) -> list[Any]:
    """Wait for as many outcomes."""
    outcomes: list[Any] = []
    deadline = time.monotonic() + PATIENCE
    while len(outcomes) < count:
        assert time.monotonic() < deadline, "nothing came"
        outcomes += executor.wait(0.2)
    return outcomes


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


Pretend = Callable[..., Processes]


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def pretend(
    tmp_path: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pretend]:
    """Start workers that only pretend; they are ended after the test."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    begun: list[Processes] = []

    def start(*shares: Share, grace: float = 0.05) -> Processes:
        spec = WorkerSpec("forecast", "jax", "pretenders", lambda seconds: grace)
        executor = Processes(spec, tmp_path, shares or [Share()], events.append)
        begun.append(executor)
        return executor

    yield start
    for executor in begun:
        executor.close()


def test_a_job_can_be_submitted_while_its_worker_still_starts(
    pretend: Pretend, events: list[Event]
) -> None:
    executor = pretend()
    assert (executor.workers, executor.idle()) == (1, 1)
    executor.submit(job("t001"))
    assert executor.idle() == 0
    (outcome,) = outcomes_of(executor)
    assert (outcome.trial, outcome.score, executor.idle()) == ("t001", 1.0, 1)
    assert events == [TrialStarted("t001", 0, {"training.batch_size": 8})]


def test_jobs_run_side_by_side(pretend: Pretend, events: list[Event]) -> None:
    executor = pretend(Share(), Share())
    executor.submit(job("stop"))
    until(lambda: not executor.wait(0.01) and bool(events))  # a new process may be slow to start
    executor.submit(job("t002"))
    assert [outcome.trial for outcome in outcomes_of(executor)] == ["t002"]
    executor.submit(job("t003"))
    assert [outcome.trial for outcome in outcomes_of(executor)] == ["t003"]
    assert executor.idle() == 1
    started = {event.trial: event.worker for event in events if isinstance(event, TrialStarted)}
    assert started["stop"] != started["t002"] == started["t003"]


def test_wait_returns_at_once_when_nothing_runs_and_in_time_when_nothing_ends(
    pretend: Pretend,
) -> None:
    executor = pretend()
    assert executor.wait(PATIENCE) == []
    executor.submit(job("hang"))
    began = time.monotonic()
    assert executor.wait(0.05) == []
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(("trial", "reason"), [
    ("fail", "ValueError: as told"),
    ("segfault", "the worker died: segmentation fault (signal 11)"),
    ("abort", "the worker died: aborted (signal 6): Check failed: n > 0"),
    ("leave", "the worker died: exit code 3"),
    ("garble", "the worker died: it sent an invalid message"),
])  # fmt: skip
def test_a_job_that_goes_wrong_costs_itself_alone(
    pretend: Pretend, trial: str, reason: str
) -> None:
    executor = pretend()
    executor.submit(job(trial))
    (lost,) = outcomes_of(executor)
    assert (lost.trial, lost.status, lost.reason) == (trial, "failed", reason)
    assert executor.idle() == 1
    executor.submit(job("t002"))
    (outcome,) = outcomes_of(executor)
    assert (outcome.trial, outcome.reason) == ("t002", "")


def test_a_worker_that_dies_does_not_disturb_the_others(
    pretend: Pretend, events: list[Event]
) -> None:
    executor = pretend(Share(), Share())
    executor.submit(job("stop"))
    executor.submit(job("segfault"))
    assert [outcome.trial for outcome in outcomes_of(executor)] == ["segfault"]
    executor.submit(job("t003"))
    assert [outcome.trial for outcome in outcomes_of(executor)] == ["t003"]
    executor.stop("stop")
    assert [outcome.trial for outcome in outcomes_of(executor)] == ["stop"]


def test_what_a_stretch_had_before_its_worker_died_stays(pretend: Pretend) -> None:
    executor = pretend()
    earlier = Result("leave", "stopped", {}, score=0.8, scores=[0.9, 0.8], seconds=5.0, steps=4)
    executor.submit(replace(job("leave"), earlier=earlier))
    (lost,) = outcomes_of(executor)
    assert (lost.score, lost.scores, lost.reason) == (
        0.8,
        [0.9, 0.8],
        "the worker died: exit code 3",
    )
    assert lost.seconds > 5.0


def test_a_kill_for_want_of_memory_is_told_from_any_other(
    pretend: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = pretend()
    kills = 7
    monkeypatch.setattr(
        "seqtune.search.executor.processes.memory_kills", lambda: kills, raising=True
    )
    for more, reason in [(0, "was killed (signal 9)"), (1, "was killed: out of memory (signal 9)")]:
        executor.submit(job("hang"))
        until_started(executor, "hang")
        kills += more
        os.kill(executor.pids()[0], signal.SIGKILL)
        (lost,) = outcomes_of(executor)
        assert lost.reason == f"the worker {reason}"


def until_started(executor: Processes, trial: str) -> None:
    """Wait until a worker has taken a job."""
    begun: list[str] = []
    listener = executor.listener
    executor.listener = lambda event: begun.append(getattr(event, "trial", ""))
    deadline = time.monotonic() + PATIENCE
    while trial not in begun:
        assert time.monotonic() < deadline
        assert executor.wait(0.01) == []
    executor.listener = listener


def broken(how: str) -> Share:
    """Return a share on which no worker gets ready: "always", "twice" or "stuck"."""
    return Share(variables={"PRETENDER": how})


@pytest.mark.parametrize("trial", ["hang", "spin"])
def test_a_job_that_hangs_is_killed_after_its_limit_and_its_grace(
    pretend: Pretend, trial: str
) -> None:
    executor = pretend(grace=0.05)
    executor.submit(job(trial, seconds=0.1))
    (lost,) = outcomes_of(executor)
    assert lost.reason.startswith("still running ")
    assert lost.reason.endswith(" s after its limit of 0 s; killed")
    executor.submit(job("t002"))
    assert outcomes_of(executor)[0].reason == ""


def test_the_start_of_a_worker_is_not_charged_to_its_first_job(pretend: Pretend) -> None:
    executor = pretend(grace=0.0)
    executor.submit(job("t001", seconds=0.02))
    time.sleep(0.1)  # a Python process takes no less to start
    assert outcomes_of(executor)[0].reason == ""


def test_a_worker_that_never_gets_ready_is_killed(
    pretend: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqtune.search.executor.processes.START_SECONDS", 0.05)
    executor = pretend(broken("stuck"), grace=0.0)
    executor.submit(job("t001"))
    with pytest.raises(SearchError, match=r"no worker can be started: not ready 0 s after"):
        outcomes_of(executor)


def test_a_worker_that_cannot_start_is_tried_three_times(pretend: Pretend, tmp_path: Path) -> None:
    executor = pretend(broken("twice"))
    executor.submit(job("t001"))
    assert outcomes_of(executor)[0].reason == ""
    assert len(list(tmp_path.glob("start-*"))) == 3


def test_the_job_of_the_last_worker_is_given_back_before_the_error(
    pretend: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = pretend()
    executor.submit(job("leave"))
    monkeypatch.setattr("seqtune.search.executor.processes.STARTS", 0)
    assert outcomes_of(executor)[0].reason == "the worker died: exit code 3"
    with pytest.raises(SearchError, match="no worker can be started: the worker died"):
        executor.wait(0.0)


def test_an_error_says_why_no_worker_starts(pretend: Pretend) -> None:
    executor = pretend(broken("always"), broken("always"))
    executor.submit(job("t001"))
    with pytest.raises(SearchError) as caught:
        outcomes_of(executor)
    assert caught.value.message == (
        "no worker can be started: the worker died: exit code 1: ImportError: no such backend"
    )
    assert caught.value.hint == "--executor inline"


def test_the_search_goes_on_with_the_workers_that_start(
    pretend: Pretend, events: list[Event]
) -> None:
    executor = pretend(broken("always"), Share())
    executor.submit(job("t001"))
    executor.submit(job("t002"))
    assert len(outcomes_of(executor, 2)) == 2
    executor.submit(job("stop"))
    while executor.workers == 2:
        assert executor.wait(0.02) == []
    assert executor.idle() == 0
    assert [event for event in events if isinstance(event, Note)] == [
        Note(
            "worker 0 is given up: the worker died: exit code 1: ImportError: "
            "no such backend; the others go on"
        )
    ]


def test_a_system_without_room_for_another_process_costs_a_place(
    pretend: Pretend, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise OSError(12, "Cannot allocate memory")

    executor = pretend(Share(), Share())
    executor.submit(job("stop"))
    until_started(executor, "stop")
    monkeypatch.setattr(subprocess, "Popen", refuse)
    executor.submit(job("leave"))
    assert outcomes_of(executor)[0].reason == "the worker died: exit code 3"
    assert (executor.workers, executor.idle()) == (1, 0)
    (note,) = [event.text for event in events if isinstance(event, Note)]
    assert "a worker process cannot be started: [Errno 12] Cannot allocate memory" in note
    executor.stop("stop")
    assert outcomes_of(executor)[0].reason == ""


def test_a_trial_is_stopped_by_name(pretend: Pretend, events: list[Event]) -> None:
    executor = pretend()
    executor.submit(job("stop"))
    executor.stop("t999")
    while not any(isinstance(event, EpochEnded) for event in events):
        assert executor.wait(0.02) == []
    executor.stop("stop")
    assert outcomes_of(executor)[0].trial == "stop"
    assert events[1] == EpochEnded("stop", 0, 1, 100_000, 1.0)


def test_a_trial_that_was_stopped_may_go_on_later(pretend: Pretend, events: list[Event]) -> None:
    executor = pretend()
    executor.submit(job("stop"))
    executor.stop("stop")  # before any worker has taken it
    outcomes_of(executor)
    events.clear()
    executor.submit(job("stop"))
    while len(events) < 4:  # it goes on past its first epoch
        assert executor.wait(0.02) == []
    executor.stop("stop")
    outcomes_of(executor)


def test_what_a_library_prints_does_no_harm(
    pretend: Pretend, capfd: pytest.CaptureFixture[str]
) -> None:
    executor = pretend()
    executor.submit(job("print"))
    assert outcomes_of(executor)[0].reason == ""
    executor.close()
    assert capfd.readouterr() == ("", "")


def test_close_leaves_no_process_no_thread_and_no_file(pretend: Pretend) -> None:
    threads = threading.active_count()
    executor = pretend(Share(), Share())
    executor.submit(job("spin"))
    until_started(executor, "spin")
    pids, scratch = executor.pids(), executor._scratch
    assert scratch.is_dir()
    assert scratch.stat().st_mode & 0o777 == 0o700
    executor.close()
    executor.close()
    assert not any(is_alive(pid) for pid in pids)
    assert threading.active_count() == threads
    assert not scratch.exists()
    assert executor.wait(PATIENCE) == []


def test_ctrl_c_is_the_masters_business(pretend: Pretend) -> None:
    executor = pretend()
    executor.submit(job("stop"))
    until_started(executor, "stop")
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(executor.pids()[0], number)
    executor.stop("stop")
    assert outcomes_of(executor)[0].reason == ""


def test_a_worker_is_tied_to_its_share_and_has_its_variables(
    pretend: Pretend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setenv("SEQTUNE_CACHE", "off")
    share = Share(variables={"OMP_NUM_THREADS": "3"})
    executor = pretend(share)
    executor.submit(job("t001"))
    variables = outcomes_of(executor)[0].values["variables"]
    assert share.pinned == executor.pids()
    assert (variables["OMP_NUM_THREADS"], variables["KERAS_BACKEND"]) == ("3", "jax")
    assert variables["TMPDIR"] == str(executor._scratch)  # goes with a worker that is ended
    programs = Path(variables["JAX_COMPILATION_CACHE_DIR"])
    assert programs.parent == executor._scratch  # never below the run folder
    assert tmp_path not in programs.parents


def test_workers_keep_their_programs_in_the_cache_of_the_user(
    pretend: Pretend, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("SEQTUNE_CACHE", str(cache))
    executor = pretend()
    executor.submit(job("t001"))
    variables = outcomes_of(executor)[0].values["variables"]
    assert Path(variables["JAX_COMPILATION_CACHE_DIR"]).parent == cache / "seqtune-programs"
    executor.close()
    assert (cache / "seqtune-programs").is_dir()  # for the next command


def test_a_worker_imports_from_where_its_master_does_not_from_where_it_stands(
    pretend: Pretend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('a stranger was here')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    executor = pretend()
    executor.submit(job("t001"))
    (outcome,) = outcomes_of(executor)
    assert outcome.reason == ""
    assert outcome.values["path"] == import_paths()
    assert str(tmp_path) not in import_paths()


MASTER = """
import sys
from pathlib import Path
from seqtune.runtime.worker_process import WorkerProcess
worker = WorkerProcess("pretenders", {}, Path(sys.argv[1]) / "words", lambda message: None)
scratch = Path(sys.argv[1]) / "scratch"
scratch.mkdir()
worker.send({"open": {"folder": sys.argv[1], "scratch": str(scratch)}})
worker.send({"job": {"trial": "spin"}, "trial": "spin"})
print(worker.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_workers_end_with_their_master_even_in_the_middle_of_a_job(tmp_path: Path) -> None:
    paths = os.pathsep.join([*import_paths(), str(Path(__file__).parent)])
    master = subprocess.Popen(
        [sys.executable, "-c", MASTER, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    with master:
        assert master.stdout is not None
        pid = int(master.stdout.readline())
        until(lambda: (tmp_path / "scratch").exists())
        assert is_alive(pid)
        master.kill()
    until(lambda: not is_alive(pid))
    until(lambda: not (tmp_path / "scratch").exists())


@pytest.fixture(scope="module")
def folder(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tiny data in it."""
    folder: Path = tmp_path_factory.mktemp("run")
    tiny.prepared.save(folder)
    return folder


@pytest.fixture(scope="module")
def real(folder: Path) -> Iterator[Processes]:
    """One real worker for all tests that need one; it takes seconds to start."""
    executor = Processes(WorkerSpec("forecast", "jax"), folder, [Share()], lambda event: None)
    yield executor
    executor.close()


def tiny_job(tiny: Any, trial: str, steps: int = 4) -> TrialJob:
    values = {**tiny.values, "training.steps": steps, "training.patience": steps}
    return TrialJob(trial, values, 5, 600.0, steps, 2)


def test_a_worker_trains_to_the_same_numbers_as_this_process(
    tiny: Any, folder: Path, real: Processes
) -> None:
    here = Inline(Problem(TASK, tiny.prepared, folder), lambda event: None)
    here.submit(tiny_job(tiny, "t001"))
    real.submit(tiny_job(tiny, "t002"))
    (expected,) = here.wait(PATIENCE)
    (outcome,) = outcomes_of(real)
    assert outcome.reason == ""
    assert outcome.scores == expected.scores  # type: ignore[attr-defined]
    assert model_path(folder, "t002").is_file()


def test_a_real_trial_ends_at_its_best_epoch_when_it_is_stopped(tiny: Any, real: Processes) -> None:
    epochs: list[int] = []

    def hear(event: Event) -> None:
        if isinstance(event, EpochEnded):
            epochs.append(event.epoch)
            if event.epoch == 2:
                real.stop(event.trial)

    real.listener = hear
    real.submit(tiny_job(tiny, "t003", steps=100_000))
    (outcome,) = outcomes_of(real)
    assert (outcome.status, outcome.score) == ("stopped", min(outcome.scores))
    assert len(outcome.scores) < 1000


def test_a_real_worker_that_is_killed_costs_one_trial(tiny: Any, real: Processes) -> None:
    real.submit(tiny_job(tiny, "t004", steps=100_000))
    until_started(real, "t004")
    os.kill(real.pids()[0], signal.SIGKILL)
    (lost,) = outcomes_of(real)
    assert (lost.status, lost.reason) == ("failed", "the worker was killed (signal 9)")
    real.submit(tiny_job(tiny, "t005"))
    (outcome,) = outcomes_of(real)
    assert (outcome.trial, outcome.status) == ("t005", "completed")
