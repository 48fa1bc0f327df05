"""Jobs on the nodes of a Ray cluster: two nodes on this machine, which share nothing but that.

One of them is killed in the end. Most workers here only pretend (`ray_pretender`); the search
trains in real ones.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seqtune
from seqtune.errors import MissingExtra, RunError, SearchError
from seqtune.progress import EpochEnded, Event, Note, TrialStarted, silent
from seqtune.runtime.interrupt import Interrupt
from seqtune.runtime.own_folder import ALIVE, OwnFolder, sweep
from seqtune.search.budget import Clock
from seqtune.search.executor._contract import Executor
from seqtune.search.executor._death import loss_reason
from seqtune.search.executor._dispatcher import WorkerSpec
from seqtune.search.executor.bundle import collect, deliver, pack, unpack
from seqtune.search.executor.inline import Inline
from seqtune.search.executor.job_files import files_for, files_of
from seqtune.search.executor.ray_capacity import Capacity
from seqtune.search.executor.ray_cluster import Cluster, RayExecutor
from seqtune.search.executor.ray_connection import (
    RayConnection,
    _on_loopback,
    find_cluster,
    load_ray,
    parse_address,
)
from seqtune.search.executor.ray_worker import KIND, RayWorker, data_folder
from seqtune.search.job_plan import JobPlan
from seqtune.search.oracle import Proposal
from seqtune.search.problem import Problem
from seqtune.search.refit import RefitJob, refitted_path
from seqtune.search.refit import test_predictions_path as scored_path
from seqtune.search.stopping.none import Never
from seqtune.search.study import Study
from seqtune.search.trial import Result, TrialJob
from seqtune.search.trial_files import model_path, predictions_path
from seqtune.tasks.forecast.task import TASK

PATIENCE = 240.0
"""Seconds after which a test fails; none takes long, but nodes start late on a busy machine."""

PRETENDER = "ray_pretender"
SPEC = WorkerSpec("forecast", "jax", PRETENDER)
LOOPBACK = {"node_ip_address": "127.0.0.1", "object_store_memory": 80 * 2**20}
QUICK = {
    "health_check_initial_delay_ms": 1_000,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 3_000,
    "health_check_failure_threshold": 3,
    "enable_worker_prestart": False,
    "prestart_worker_first_driver": False,
}
"""A dead node is known to be dead in two seconds, not in fifteen; no process is started early."""


@dataclass
class TwoNodes:
    """A cluster: the node that this process is connected to, and another one."""

    cluster: Any
    other: Any
    connection: RayConnection
    scratch: Path

    def left(self) -> list[str]:
        """Return the names of what workers have in the temporary folder of their nodes."""
        return sorted(path.name for path in self.scratch.glob(f"{KIND}*"))

    def kill_other(self) -> None:
        """Kill all processes of the other node, as if it had lost its power."""
        [raylet] = self.other.all_processes["raylet"]
        pids = descendants(raylet.process.pid)
        self.cluster.remove_node(self.other, allow_graceful=False)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that these have."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in pairs if its_parent == parent]
    return found[1:]


@pytest.fixture(scope="module")
def nodes() -> Iterator[TwoNodes]:
    """Start two nodes on loopback, with room for two workers at least, and connect to the first."""
    load_ray()
    from ray.cluster_utils import Cluster

    patch = pytest.MonkeyPatch()
    here = str(Path(__file__).parent)
    patch.setenv("PYTHONPATH", here, prepend=os.pathsep)  # of the nodes: where pretenders are
    # short, for the names of sockets are
    with tempfile.TemporaryDirectory("", "ray-", "/tmp", ignore_cleanup_errors=True) as short:
        patch.setenv("TMPDIR", short)
        with _on_loopback(True):
            head = {**LOOPBACK, "include_dashboard": False, "temp_dir": f"{short}/ray"}
            cluster = Cluster(True, head_node_args={**head, "num_cpus": 4, "_system_config": QUICK})
            other = cluster.add_node(num_cpus=2, **LOOPBACK)
        connection = RayConnection(cluster.address, 1, 0)
        yield TwoNodes(cluster, other, connection, Path(short))
        connection.close()
        cluster.shutdown()
    patch.undo()


Begin = Callable[..., RayExecutor]


@dataclass
class Heard:
    """A listener that can act on what it hears."""

    events: list[Event] = field(default_factory=list)
    act: Callable[[Event], None] = silent

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.act(event)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def begin(nodes: TwoNodes, tiny: Any, tmp_path: Path) -> Iterator[Begin]:
    """Begin an executor on the two nodes; it is closed in the end."""
    begun: list[RayExecutor] = []

    def begin(listener: Any = silent, spec: WorkerSpec = SPEC, **options: Any) -> RayExecutor:
        problem = Problem(TASK, tiny.prepared, tmp_path)
        cluster = Cluster(**{"workers": 2, **options})
        executor = RayExecutor(spec, problem, cluster, listener)
        begun.append(executor)
        return executor

    yield begin
    for executor in begun:
        executor.close()
    assert nodes.left() == []


def job(number: int, act: str = "", seconds: float = 600.0, **options: Any) -> TrialJob:
    values = {"act": act, "training.batch_size": 8}
    return TrialJob(f"t{number:03d}", values, 0, seconds, 4, 2, **options)


def wait_for(executor: Executor, count: int = 1) -> list[Any]:
    """Wait for as many outcomes, in the order of their trials."""
    outcomes: list[Any] = []
    deadline = time.monotonic() + PATIENCE
    while len(outcomes) < count:
        assert time.monotonic() < deadline, "nothing came"
        outcomes += executor.wait(0.2)
    return sorted(outcomes, key=lambda outcome: str(outcome.trial))


def until(executor: Executor, holds: Callable[[], bool]) -> list[Any]:
    """Wait until something holds, and return the outcomes that came meanwhile."""
    outcomes: list[Any] = []
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        outcomes += executor.wait(0.05)
        time.sleep(0.01)
    return outcomes


# what travels


def test_data_is_the_same_on_the_other_side(tiny: Any, tmp_path: Path) -> None:
    bundle = pack(tiny.prepared)
    unpack(bundle, tmp_path)
    prepared = TASK.load(tmp_path)
    np.testing.assert_array_equal(prepared.panel.target, tiny.prepared.panel.target)
    assert prepared.codec.to_dict() == tiny.prepared.codec.to_dict()
    again = pack(prepared)
    assert {name: bytes(content) for name, content in again.items()} == {
        name: bytes(content) for name, content in bundle.items()
    }


@pytest.mark.parametrize("name", ["../codec.json", "/etc/a.json", "a/b/c/d/e.npy", "run.py", ""])
def test_a_bundle_holds_nothing_but_data(name: str, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="one of them named"):
        unpack({name: np.zeros(1, np.uint8)}, tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_files_that_nobody_asked_for_are_not_written(tmp_path: Path) -> None:
    names = files_of(job(1))
    assert names == ["models/t001.keras", "trials/t001.npy", "trials/t001-folds.npy"]
    with pytest.raises(RunError, match=r"models/t002\.keras"):
        deliver({"models/t001.keras": b"a", "models/t002.keras": b"b"}, tmp_path, names)
    assert list(tmp_path.iterdir()) == []
    deliver({"models/t001.keras": b"a"}, tmp_path, names)
    assert (tmp_path / "models" / "t001.keras").read_bytes() == b"a"


def test_a_trial_with_folds_left_takes_those_behind_it_along(tmp_path: Path) -> None:
    write = {"models/t001.keras": b"a", "trials/t001-folds.npy": b"b"}
    deliver(write, tmp_path, tuple(write))
    for left, names in ((0, ["models/t001.keras"]), (2, list(write))):
        earlier = Result("t001", "stopped", {}, folds_left=left)
        begun = TrialJob("t001", {}, 0, 1.0, 1, 1, earlier)
        assert list(files_for(begun, tmp_path)) == names


def test_a_trial_that_is_called_like_a_path_leaves_nothing() -> None:
    with pytest.raises(RunError, match=r"found '\.\./t001'"):
        files_of(TrialJob("../t001", {}, 0, 1.0, 1, 1))


def test_a_network_that_is_as_it_was_is_not_sent_back(tmp_path: Path) -> None:
    deliver({"a": b"same", "b": b"new"}, tmp_path, ("a", "b"))
    assert collect(("a", "b", "c"), tmp_path, {"a": b"same", "b": b"old"}) == {"b": b"new"}


def test_workers_of_a_node_share_one_copy(tiny: Any, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bundle = pack(tiny.prepared)
    first = data_folder(f"{KIND}search-node", bundle)
    monkeypatch.setattr("seqtune.search.executor.ray_worker.unpack", None)
    second = data_folder(f"{KIND}search-node", bundle)
    inodes = {(folder.path / "data" / "target.npy").stat().st_ino for folder in (first, second)}
    assert len(inodes) == 1
    first.remove()
    assert TASK.load(second.path).panel.series == tiny.prepared.panel.series
    second.remove()
    with pytest.raises(TypeError):  # nobody has it any more, so that it is unpacked
        data_folder(f"{KIND}search-node", bundle)


def test_what_a_killed_process_left_goes_with_the_next(tmp_path: Path) -> None:
    alive = OwnFolder("seqtune-test-", "seqtune-test-", tmp_path)
    dead, young, foreign = (tmp_path / f"seqtune-{name}" for name in ("test-1", "test-2", "1"))
    for folder in (dead, young, foreign):
        folder.mkdir()
        (folder / ALIVE).touch()
    (tmp_path / "seqtune-test-link").symlink_to(foreign)
    for path in (dead, alive.path, foreign):
        os.utime(path, (1e9, 1e9))
    os.utime(tmp_path / "seqtune-test-link", (1e9, 1e9), follow_symlinks=False)
    sweep(tmp_path, "seqtune-test-")
    assert not dead.exists()
    assert {alive.path, young, foreign} <= set(tmp_path.iterdir())
    alive.remove()
    assert not alive.path.exists()


# finding a cluster


@pytest.mark.parametrize(("address", "parts"), [
    ("ray://cluster:10001", ("cluster", 10001)),
    ("10.0.0.1:6379", ("10.0.0.1", 6379)),
    ("[fd00::1]:6379", ("fd00::1", 6379)),
])  # fmt: skip
def test_an_address_has_a_host_and_a_port(address: str, parts: tuple[str, int]) -> None:
    assert parse_address(address) == parts


@pytest.mark.parametrize("address", ["cluster", "ray://cluster", ":6379", "cluster:port"])
def test_an_address_without_one_says_what_is_expected(address: str) -> None:
    with pytest.raises(SearchError, match="expected auto, host:port or ray://host:port"):
        parse_address(address)


def test_without_ray_there_is_the_command_that_installs_it(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, RayWorker.__module__)
    with pytest.raises(MissingExtra, match="ray is not installed") as raised:
        RayExecutor(SPEC, None, Cluster(), silent)  # type: ignore[arg-type]
    assert raised.value.hint == "pip install 'seqtune[ray]'"


def test_a_cluster_that_does_not_answer_is_said_at_once(monkeypatch: Any) -> None:
    ray = load_ray()
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", None)  # would wait for minutes
    with pytest.raises(SearchError, match=r"no Ray cluster answers at 127\.0\.0\.1:1"):
        RayConnection("127.0.0.1:1", 1, 0)


def test_a_note_of_a_cluster_that_is_gone_or_foreign_is_not_believed(
    monkeypatch: Any, tmp_path: Path
) -> None:
    environment = {"RAY_TMPDIR": str(tmp_path)}
    assert find_cluster(environment) is None
    note = tmp_path / "ray" / "ray_current_cluster"
    note.parent.mkdir()
    note.write_text("10.0.0.1:6379")
    there = "seqtune.search.executor.ray_connection.answers"
    monkeypatch.setattr(there, lambda host, port: True)
    assert find_cluster(environment) == "10.0.0.1:6379"
    monkeypatch.setattr(os, "getuid", lambda: 4321)
    assert find_cluster(environment) is None
    monkeypatch.undo()
    monkeypatch.setattr(there, lambda host, port: False)
    assert find_cluster(environment) is None


GB = 10**9
PLAIN = {"CPU": 4.0, "memory": 8.0 * GB}


@pytest.mark.parametrize(("resources", "free", "per_gpu", "workers", "cores"), [
    ([PLAIN, PLAIN], {}, 1, 8, 1),
    ([PLAIN, PLAIN], {"CPU": 3.0}, 1, 3, 1),
    ([PLAIN, PLAIN], {"memory": 1.0}, 1, 1, 1),  # all cores are taken: one waits
    ([{"CPU": 4.0, "memory": 2.0 * GB}], {}, 1, 2, 1),
    ([PLAIN, {"CPU": 16.0, "GPU": 2.0}], {}, 1, 2, 8),
    ([PLAIN, {"CPU": 16.0, "GPU": 2.0}], {}, 3, 6, 2),
    ([PLAIN, {"CPU": 16.0, "GPU": 2.0}], {}, "auto", 8, 2),
    ([{"CPU": 8.0, "GPU": 2.0}, {"CPU": 8.0, "GPU": 1.0}], {}, "auto", 6, 2),
    ([{"CPU": 8.0, "GPU": 1.0}, {"CPU": 0.0, "GPU": 1.0}], {}, "auto", 4, 2),
    ([PLAIN, {"GPU": 1.0}], {}, "auto", 4, 1),
    ([{"CPU": 500.0}], {}, 1, 64, 1),
    ([], {}, 1, 1, 1),
])  # fmt: skip
def test_a_cluster_has_workers_per_gpu_or_core(
    resources: Any, free: Any, per_gpu: Any, workers: int, cores: int
) -> None:
    capacity = Capacity.among(resources, free, GB, per_gpu)
    assert (capacity.workers, capacity.cores) == (workers, cores)


def test_an_actor_loads_no_keras_before_its_worker_process_does() -> None:
    code = "import sys; import seqtune.search.executor.ray_worker; print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_worker_on_a_gpu_leaves_to_ray_which_it_is() -> None:
    alone, shared, without = (Capacity(1, 2, per_gpu, GB) for per_gpu in (1, 4, 0))
    assert [each.options()["num_gpus"] for each in (alone, shared, without)] == [1, 0.25, 0]
    assert "CUDA_VISIBLE_DEVICES" not in alone.variables()
    assert shared.variables()["XLA_PYTHON_CLIENT_MEM_FRACTION"] == "0.22"
    assert without.variables()["CUDA_VISIBLE_DEVICES"] == "-1"
    assert {each.variables()["NPROC"] for each in (alone, shared, without)} == {"2"}


# a worker's actor, without a cluster


def messages(worker: RayWorker, count: int) -> list[Any]:
    said: list[Any] = []
    while len(said) < count:
        said += worker.poll(PATIENCE)
    return said


def opening(**options: str) -> dict[str, Any]:
    told = {"version": seqtune.__version__, "search": "abc", "module": PRETENDER}
    return {**told, "task": "forecast", "backend": "jax", "variables": {}, **options}


def test_another_version_is_refused() -> None:
    worker = RayWorker(lambda: ("node", "10.0.0.9"))
    worker.open(opening(version="9.9"), {})
    assert messages(worker, 2) == [
        ('{"here": ["node", "10.0.0.9"]}', {}),
        (f'{{"refused": "seqtune {seqtune.__version__} is installed there, but 9.9 here"}}', {}),
    ]
    worker.end()


@pytest.mark.parametrize(("error", "reason", "is_node"), [
    ("ActorUnavailableError", "node 10.0.0.9 was lost", True),
    ("its node has died", "node 10.0.0.9 was lost", True),
    ("its worker process has died, such as by the OOM killer", "its actor ended", False),
    ("No module named 'seqtune.search'", "seqtune is not installed there", False),
    ("died\n\tip: 10.0.0.9\nNo module named 'seqtune'", "not installed on 10.0.0.9,", False),
    ("the node running low on memory", "out of memory", False),
])  # fmt: skip
def test_a_reason_says_whether_the_node_is_lost(error: str, reason: str, is_node: bool) -> None:
    exceptions = load_ray().exceptions
    fault = (
        exceptions.ActorUnavailableError("gone", b"0" * 16)
        if error == "ActorUnavailableError"
        else exceptions.RayActorError(error_msg=error)
    )
    said, is_lost = loss_reason(fault, "10.0.0.9")
    assert (reason in said, is_lost) == (True, is_node)
    # the sign by which the search tries a smaller batch
    assert ("out of memory" in said) == ("low on memory" in error)


# on two nodes, with workers that pretend


def test_workers_are_spread_and_get_data_once(
    begin: Begin, nodes: TwoNodes, tmp_path: Path
) -> None:
    heard = Heard()
    puts: list[Any] = []
    put = nodes.connection.ray.put
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            nodes.connection.ray, "put", lambda bundle: puts.append(bundle) or put(bundle)
        )
        executor = begin(heard)
    assert executor.idle() == 1  # nobody is there yet; whoever comes first gets the job
    executor.submit(job(1))
    assert executor.idle() == 0
    outcomes = until(executor, lambda: executor.idle() == 2)
    executor.submit(job(2))
    executor.submit(job(3))
    assert executor.idle() == 0
    outcomes += wait_for(executor, 3 - len(outcomes))

    assert [outcome.reason for outcome in outcomes] == [""] * 3
    assert len({outcome.values["pid"] for outcome in outcomes}) == 2
    assert len({event.worker for event in heard.of(TrialStarted)}) == 2
    assert len(puts) == 1
    assert len({name.rpartition("-")[0] for name in nodes.left() if "." not in name}) == 2
    variables = outcomes[0].values["variables"]
    assert (variables["KERAS_BACKEND"], variables["NPROC"]) == ("jax", "1")
    for outcome in outcomes:  # one worker had two trials, and nothing is left of the first
        assert {"codec.json", "data/target.npy"} <= set(outcome.values["files"])
        assert [name for name in outcome.values["files"] if name.startswith(("mod", "tri"))] == []
    for number in (1, 2, 3):
        assert model_path(tmp_path, f"t{number:03d}").read_bytes() == b"a network"
        assert predictions_path(tmp_path, f"t{number:03d}").read_bytes() == b"predictions"


def test_a_dead_or_hanging_worker_costs_its_trial(begin: Begin, tmp_path: Path) -> None:
    executor = begin(spec=replace(SPEC, grace=lambda seconds: 0.1))
    executor.submit(job(1))
    wait_for(executor)
    until(executor, lambda: executor.idle() == 2)
    executor.submit(job(2, "segfault"))
    executor.submit(job(3, "hang", seconds=0.1))
    died, hung = wait_for(executor, 2)
    assert died.reason == "the worker died: segmentation fault (signal 11)"
    assert "after its limit of 0 s; killed" in hung.reason
    assert (died.status, hung.status) == ("failed", "failed")
    until(executor, lambda: executor.idle() == 2)  # both are replaced
    executor.submit(job(4, "leave nothing"))
    executor.submit(job(5))
    nothing, whole = wait_for(executor, 2)
    assert nothing.reason == "the worker sent a result without the network"
    assert whole.reason == ""
    assert not model_path(tmp_path, "t002").exists()


def test_a_trial_is_stopped_in_the_middle(begin: Begin) -> None:
    heard = Heard()
    executor = begin(heard, workers=1)
    heard.act = lambda event: executor.stop("t001") if isinstance(event, EpochEnded) else None
    executor.submit(job(1, "until stopped"))
    assert wait_for(executor)[0].reason == ""
    assert heard.of(EpochEnded) == [EpochEnded("t001", 0, 1, 9, 0.5)]


def test_a_trial_that_still_waits_is_stopped_when_it_begins(begin: Begin) -> None:
    executor = begin(workers=1)
    executor.submit(job(1, "until stopped"))
    assert not any(slot.is_ready for slot in executor.slots)
    executor.stop("t001")
    assert wait_for(executor)[0].reason == ""


def test_the_search_ends_when_no_node_is_left(begin: Begin, nodes: TwoNodes) -> None:
    executor = begin(workers=1, lost_seconds=0.1)
    executor.submit(job(1))
    wait_for(executor)
    executor._pool.options = {
        **executor._pool.options,
        "num_cpus": 99,
    }  # there will be no room again
    executor.submit(job(2, "hang"))
    nodes.connection.ray.kill(executor.slots[0].actor)
    assert wait_for(executor)[0].reason == "the worker died: its actor ended"
    assert (executor.idle(), executor.wait(0.0)) == (1, [])
    executor.submit(job(3))
    assert executor.idle() == 0
    with pytest.raises(SearchError, match="no node of the cluster is left") as raised:
        wait_for(executor)
    assert raised.value.hint.startswith("seqtune resume ")
    assert executor.idle() == 0
    for name in nodes.left():  # the actor had no time to do so
        path = nodes.scratch / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_what_has_ended_is_given_back_before_the_search_ends(begin: Begin) -> None:
    executor = begin(workers=1)
    executor.submit(job(1))
    until(executor, lambda: executor.idle() == 1)
    executor._ended.append(job(2).failed("lost", 1.0))
    executor._trouble = SearchError("no node of the cluster is left")
    assert [outcome.trial for outcome in executor.wait(0.0)] == ["t002"]
    with pytest.raises(SearchError):
        executor.wait(0.0)


def test_a_cluster_without_room_ends_the_search(begin: Begin, monkeypatch: Any) -> None:
    monkeypatch.setattr("seqtune.search.executor.ray_cluster.START_SECONDS", 0.1)
    monkeypatch.setattr(Capacity, "options", lambda capacity: {
        "num_cpus": 99, "num_gpus": 0, "memory": 1, "max_restarts": 0
    })  # fmt: skip
    executor = begin(lost_seconds=0.1)
    executor.submit(job(1))
    with pytest.raises(SearchError, match=r"no worker started on .* each needs num_cpus 99"):
        wait_for(executor)


def test_nodes_that_cannot_be_used_end_the_search(begin: Begin, monkeypatch: Any) -> None:
    monkeypatch.setattr(seqtune, "__version__", "9.9")
    executor = begin(workers=1)
    executor.submit(job(1))
    with pytest.raises(SearchError, match=r"no node of the cluster .* 9\.9 here") as raised:
        wait_for(executor)
    assert raised.value.hint.startswith("seqtune resume ")


# with workers that train


@dataclass
class Oracle:
    """An oracle that makes given proposals."""

    proposals: list[Proposal]

    def ask(self, remaining: float = 1.0) -> Proposal | None:
        return self.proposals.pop(0) if self.proposals else None

    def tell(
        self, name: str, score: float | None, reason: str = "", cost: float | None = None
    ) -> None:
        pass

    def state(self) -> dict[str, Any]:
        return {}


SLOW = {"training.steps": 40, "training.patience": 50}
"""Twenty epochs, so that a trial is still at it when it is to be lost."""


def study_of(tiny: Any, listener: Callable[[Event], None]) -> Study:
    """A search of five trials, each with a learning rate of its own."""
    oracle: Any = Oracle([
        Proposal(f"t{number:03d}", {**tiny.values, **SLOW, "training.learning_rate": 0.1 / number})
        for number in range(11, 16)
    ])  # fmt: skip
    return Study(
        oracle=oracle,
        stopping=Never(oracle, "min"),
        clock=Clock(600.0, time.monotonic()),
        reserve=lambda _: 0.0,
        plan=JobPlan(3, lambda values: 2),
        record=lambda results, state: None,
        listener=listener,
        interrupt=Interrupt(silent),
    )


def alike(ours: Result, theirs: Result) -> None:
    """Compare everything but the time."""
    assert (ours.trial, ours.status, ours.values) == (theirs.trial, theirs.status, theirs.values)
    np.testing.assert_allclose(ours.scores, theirs.scores, rtol=1e-6)


@dataclass(frozen=True)
class Training:
    """An executor whose workers train, both of them ready, and who hears it."""

    executor: RayExecutor
    heard: Heard
    inline: Inline

    def inside(self, job: Any) -> Any:
        """Return what comes of a job in this process."""
        self.inline.submit(job)
        return self.inline.wait(0.0)[0]


@pytest.fixture(scope="module")
def training(
    nodes: TwoNodes, tiny: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Training]:
    heard = Heard()
    here, there = (
        Problem(TASK, tiny.prepared, tmp_path_factory.mktemp(name)) for name in ("inline", "ray")
    )
    executor = RayExecutor(WorkerSpec("forecast", "jax"), there, Cluster(workers=2), heard)
    until(executor, lambda: executor.idle() == 2)
    yield Training(executor, heard, Inline(here, silent))
    executor.close()


def test_the_other_node_takes_up_what_one_has_begun(training: Training, tiny: Any) -> None:
    """A stretch, another one on the other node, and the refit, as all of it goes in one place."""
    executor = training.executor
    first = TrialJob("t001", tiny.values, 1, 600.0, 2, 2)
    other = TrialJob("t002", tiny.values, 1, 600.0, 2, 2)

    def second(result: Result) -> TrialJob:
        return TrialJob("t001", tiny.values, 1, 600.0, 4, 2, earlier=result)

    def refit(result: Result) -> RefitJob:
        return RefitJob(result, 1, 600.0, 2, True)

    executor.submit(first)
    begun = wait_for(executor)[0]
    executor.submit(other)  # goes where the first one was
    executor.submit(second(begun))
    gone_on = wait_for(executor, 2)[0]
    executor.submit(refit(gone_on))
    refitted = wait_for(executor)[0]
    started = [event for event in training.heard.of(TrialStarted) if event.trial == "t001"]
    assert [event.worker for event in started] == [0, 1, 0]
    assert len({slot.node for slot in executor.slots}) == 2

    expected = training.inside(second(training.inside(first)))
    training.inside(refit(expected))
    alike(gone_on, expected)
    assert (refitted.is_refitted, refitted.reason, refitted.note) == (True, "", "")
    for path in (predictions_path, scored_path):
        np.testing.assert_allclose(
            np.load(path(executor.folder, "t001")),
            np.load(path(training.inline.problem.folder, "t001")),
            rtol=1e-6,
        )
    assert refitted_path(executor.folder, "t001").is_file()


def test_a_search_goes_on_when_a_node_is_lost(
    training: Training, nodes: TwoNodes, tiny: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    lost: list[str] = []
    told, executor = Heard(), training.executor
    study = study_of(tiny, told)

    def hear(event: Event) -> None:
        study.hear(event)
        if not isinstance(event, TrialStarted) or lost:
            return
        if executor.slots[event.worker].node in nodes.other.node_id:
            lost.append(event.trial)
            nodes.kill_other()

    training.heard.act = hear
    study.run(executor)

    assert len(lost) == 1
    assert study.results[lost[0]].reason == "node 127.0.0.1 was lost"
    notes = [note.text for note in told.of(Note)]
    assert notes == ["node 127.0.0.1 was lost; 1 of 2 workers are left"]
    here = study_of(tiny, silent)
    training.inline.listener = here.hear
    here.run(training.inline)
    assert sorted(here.results) == sorted(study.results)
    for trial, result in here.results.items():
        if trial not in lost:
            alike(study.results[trial], result)
            assert model_path(executor.folder, trial).is_file()

    until(executor, lambda: executor.idle() == 2)  # the node that is left has room for both
    assert executor.workers == 2
    assert len({slot.node for slot in executor.slots}) == 1
    assert capfd.readouterr() == ("", "")


OWN_CLUSTER = """
import json, os, sys
from pathlib import Path
from types import SimpleNamespace as Some
from seqtune.search.executor import ray_cluster
from seqtune.search.trial import TrialJob

def save(folder):
    (folder / "codec.json").write_text("{}")

os.environ["RAY_TMPDIR"] = sys.argv[1]
problem = Some(folder=Path(sys.argv[1]), prepared=Some(save=save))
executor = ray_cluster.RayExecutor(
    ray_cluster.WorkerSpec("forecast", "jax", "ray_pretender"), problem,
    ray_cluster.Cluster(workers=1), lambda event: None,
)
executor.submit(TrialJob("t001", {"act": ""}, 0, 60.0, 1, 1))
outcomes = []
while not outcomes:
    outcomes = executor.wait(1.0)
scratch = str(executor._connection._scratch.path)
sockets = set()  # of this process, and of those of the cluster
for process in Path("/proc").glob("[0-9]*"):
    try:
        if process.name == str(os.getpid()) or scratch in (process / "cmdline").read_text():
            sockets |= {os.readlink(link) for link in (process / "fd").iterdir()}
    except OSError:
        continue
rows = [
    line.split()
    for table in ("tcp", "tcp6")
    for line in Path("/proc/net", table).read_text().splitlines()[1:]
]
addresses = sorted(
    row[1] for row in rows if row[3] == "0A" and "socket:[" + row[9] + "]" in sockets
)
executor.close()
print(json.dumps([outcomes[0].reason, addresses, os.path.exists(scratch)]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="sockets are listed by Linux")
def test_a_cluster_of_our_own_listens_on_loopback_alone_and_is_silent(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", OWN_CLUSTER, str(tmp_path)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    reason, addresses, is_left = json.loads(done.stdout)
    assert (reason, is_left) == ("", False)
    assert addresses
    loopback = ("0100007F:", "0000000000000000FFFF00000100007F:")
    assert [address for address in addresses if not address.startswith(loopback)] == []
    assert not (tmp_path / ".ray").exists()
