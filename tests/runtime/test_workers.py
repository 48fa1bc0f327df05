"""How machines that are made up are shared out, and what a worker is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace

import pytest

from seqtune.runtime.devices import Machine
from seqtune.runtime.share import Share
from seqtune.runtime.workers import executor, plan_workers, shares

LARGE = 500_000_000_000


def cores(number: int) -> Machine:
    return Machine(tuple(range(number)), (), LARGE)


def with_gpus(number: int, of_cores: int = 16) -> Machine:
    return Machine(tuple(range(of_cores)), tuple(map(str, range(number))), LARGE)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 worker: the only core, with 1 thread"),
        (2, "2 workers: one per core, each with 1 thread"),
        (8, "8 workers: one per core, each with 1 thread"),
        (12, "8 workers: shares of 12 cores, each with 1 or 2 threads"),
        (16, "8 workers: shares of 16 cores, each with 2 threads"),
        (96, "8 workers: shares of 96 cores, each with 12 threads"),
    ],
)
def test_without_a_gpu_the_cores_are_shared_out(number: int, said: str) -> None:
    plan = shares(cores(number))
    assert str(plan) == said
    dealt = [core for share in plan.shares for core in share.cores]
    assert dealt == list(range(number))  # every core once, neighbours together
    assert {share.gpu for share in plan.shares} == {None}


def test_cores_keep_their_numbers() -> None:
    plan = shares(Machine((3, 5, 6), (), LARGE), 2)
    assert [share.cores for share in plan.shares] == [(3, 5), (6,)]


@pytest.mark.parametrize(
    ("workers", "said", "dealt"),
    [
        (1, "1 worker: as asked, with 2 threads", [(0, 1)]),
        (2, "2 workers: as asked, each with 1 thread", [(0,), (1,)]),
        (3, "3 workers: as asked, each with 1 thread, sharing 2 cores", [(0,), (1,), (0,)]),
    ],
)
def test_so_many_workers_as_are_asked_for(
    workers: int, said: str, dealt: list[tuple[int, ...]]
) -> None:
    plan = shares(cores(2), workers)
    assert str(plan) == said
    assert [share.cores for share in plan.shares] == dealt
    assert (plan.workers, plan.at_once) == (workers, min(workers, 2))


@pytest.mark.parametrize(
    ("backend", "free", "data", "said"),
    [
        # 800 MB for each JAX worker and for the main process, 1.2 GB on TensorFlow
        ("jax", 5_000_000_000, 0, "4 workers: one per core, each with 1 thread"),
        ("jax", 3_900_000_000, 0, "3 workers: memory for 3 only, each with 1 or 2 threads"),
        ("tensorflow", 3_900_000_000, 0, "2 workers: memory for 2 only, each with 2 threads"),
        ("jax", 3_900_000_000, 2_000_000_000, "1 worker: memory for one only, with 4 threads"),
        ("jax", 1, 10**12, "1 worker: memory for one only, with 4 threads"),
        ("jax", 0, 10**12, "4 workers: one per core, each with 1 thread"),  # it is unknown
    ],
)
def test_memory_bounds_workers(backend: str, free: int, data: int, said: str) -> None:
    machine = replace(cores(4), memory_bytes=free)
    assert str(shares(machine, backend=backend, data_bytes=data)) == said


def test_too_little_memory_for_what_is_asked_is_said() -> None:
    machine = replace(cores(4), memory_bytes=1_700_000_000)
    said = "4 workers: as asked (memory for one only), each with 1 thread"
    assert str(shares(machine, 4)) == said


def test_no_more_workers_than_trials() -> None:
    assert str(shares(cores(8), trials=3)) == "3 workers: one per trial, each with 2 or 3 threads"
    assert str(shares(cores(8), 4, trials=1)) == "1 worker: one trial, with 8 threads"
    assert shares(cores(2), trials=2).why == "one per core, each with 1 thread"


@pytest.mark.parametrize(
    ("gpus", "of_cores", "said"),
    [
        (1, 1, "1 worker: one per GPU, with 1 thread"),
        (1, 3, "1 worker: one per GPU, with 3 threads"),
        (1, 4, "2 workers: 2 per GPU, each with 4 threads"),
        (1, 8, "4 workers: 4 per GPU, each with 8 threads"),
        (1, 64, "4 workers: 4 per GPU, each with 64 threads"),
        (2, 8, "4 workers: 2 per GPU, each with 4 threads"),
    ],
)
def test_workers_share_a_gpu_where_there_are_two_cores_for_each(
    gpus: int, of_cores: int, said: str
) -> None:
    assert str(shares(with_gpus(gpus, of_cores))) == said


def test_a_worker_per_gpu() -> None:
    plan = shares(with_gpus(4), workers_per_gpu=1)
    assert str(plan) == "4 workers: one per GPU, each with 4 threads"
    assert [share.gpu for share in plan.shares] == ["0", "1", "2", "3"]
    assert [share.cores for share in plan.shares] == [
        (0, 1, 2, 3),
        (4, 5, 6, 7),
        (8, 9, 10, 11),
        (12, 13, 14, 15),
    ]


def test_workers_of_one_gpu_share_its_cores() -> None:
    plan = shares(with_gpus(2), workers_per_gpu=2)
    assert str(plan) == "4 workers: 2 per GPU, each with 8 threads"
    assert [(share.gpu, share.cores[0], share.gpu_workers) for share in plan.shares] == [
        ("0", 0, 2),
        ("1", 8, 2),
        ("0", 0, 2),
        ("1", 8, 2),
    ]


def test_workers_asked_for_go_round_the_gpus() -> None:
    plan = shares(with_gpus(2), 3)
    assert str(plan) == "3 workers: as asked, on 2 GPUs, each with 8 threads"
    assert [(share.gpu, share.gpu_workers) for share in plan.shares] == [
        ("0", 2),
        ("1", 1),
        ("0", 2),
    ]
    plan = shares(with_gpus(4), 2)
    assert [(share.gpu, len(share.cores)) for share in plan.shares] == [("0", 8), ("1", 8)]


def test_the_users_order_of_gpus_is_the_workers_order() -> None:
    machine = Machine((0, 1), ("GPU-b", "GPU-a"), LARGE)
    assert [share.gpu for share in shares(machine).shares] == ["GPU-b", "GPU-a"]


def test_more_gpus_than_cores() -> None:
    plan = shares(with_gpus(4, of_cores=2))
    assert str(plan) == "4 workers: one per GPU, each with 1 thread, sharing 2 cores"
    assert [share.cores for share in plan.shares] == [(0,), (1,), (0,), (1,)]


THREADS = {
    "NPROC": "2",
    "OMP_NUM_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
    "TF_NUM_INTRAOP_THREADS": "2",
}
GROWTH = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


def test_what_a_worker_without_a_gpu_is_told() -> None:
    assert Share((4, 5)).environment() == {
        **THREADS,
        **GROWTH,
        "CUDA_VISIBLE_DEVICES": "-1",
        "JAX_PLATFORMS": "cpu",
    }


def test_what_a_worker_with_a_gpu_is_told() -> None:
    alone = {**THREADS, **GROWTH, "CUDA_VISIBLE_DEVICES": "GPU-a"}
    assert Share((4, 5), "GPU-a").environment() == alone
    third = {"XLA_PYTHON_CLIENT_MEM_FRACTION": "0.30"}
    assert Share((4, 5), "GPU-a", 3).environment() == {**alone, **third}
    many = Share((4, 5), "GPU-a", 7).environment()  # rounded down: together they must fit
    assert many["XLA_PYTHON_CLIENT_MEM_FRACTION"] == "0.12"


def test_a_share_ties_a_process_to_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    tied: list[tuple[int, tuple[int, ...]]] = []
    monkeypatch.setattr(os, "sched_setaffinity", lambda *asked: tied.append(asked), raising=False)
    Share((1,)).pin()
    Share((2, 3)).pin(4711)
    Share((1,), is_pinned=False).pin()
    assert tied == [(0, (1,)), (4711, (2, 3))]
    monkeypatch.delattr(os, "sched_setaffinity")
    Share((1,)).pin()


def test_cores_that_are_gone_do_not_end_a_worker() -> None:
    before = getattr(os, "sched_getaffinity", lambda _: {0})(0)
    Share((1_000_000,)).pin()
    assert getattr(os, "sched_getaffinity", lambda _: {0})(0) == before


def test_nothing_is_pinned_where_a_quota_counts_the_cores() -> None:
    plan = shares(replace(cores(2), is_pinnable=False))
    assert [share.is_pinned for share in plan.shares] == [False, False]
    plan = shares(replace(with_gpus(1), is_pinnable=False), 1)
    assert [share.is_pinned for share in plan.shares] == [False]


PROBE = """
import json, os
from seqtune.runtime.share import Share
core = min(getattr(os, "sched_getaffinity", lambda _: {0})(0))
share = Share((core,))
share.pin()
os.environ.update(share.environment(), XLA_FLAGS="--xla_force_host_platform_device_count=2")
import jax
jax.jit(lambda x: x @ x)(jax.numpy.ones((64, 64))).block_until_ready()
names = []
for task in os.listdir("/proc/self/task") if os.path.isdir("/proc/self/task") else ():
    names.append(open(f"/proc/self/task/{task}/comm").read().strip())
print(json.dumps([[d.platform for d in jax.devices()], len([n for n in names if "Eigen" in n])]))
"""


def test_a_worker_that_jax_is_loaded_in_computes_on_its_core_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    platforms, computing = json.loads(done.stdout)
    assert platforms == ["cpu", "cpu"]  # the user's own flags stand: two virtual devices
    if sys.platform == "linux":
        assert computing == 2  # one thread for each device


@dataclass(frozen=True)
class Wish:
    """The section `search` of a recipe, as far as it speaks of workers."""

    workers: int | str = "auto"
    workers_per_gpu: int | str = "auto"
    executor: str = "auto"
    trials: int | None = None


@pytest.mark.parametrize(
    ("choice", "workers", "budget", "trials", "taken"),
    [
        ("auto", 2, 30.0, None, "processes"),
        ("auto", 2, 29.9, None, "inline"),
        ("auto", 1, 300.0, None, "inline"),
        ("auto", 2, 300.0, 1, "inline"),
        ("auto", 2, 300.0, 2, "processes"),
        ("processes", 1, 1.0, 1, "processes"),
        ("inline", 8, 300.0, None, "inline"),
        ("ray", 1, 1.0, 1, "ray"),
    ],
)
def test_where_trials_run(
    choice: str, workers: int, budget: float, trials: int | None, taken: str
) -> None:
    assert executor(choice, workers, budget, trials) == taken


@pytest.mark.parametrize(
    ("machine", "wish", "budget", "where", "said"),
    [
        (
            cores(2),
            Wish(),
            300.0,
            "processes",
            "2 workers: one per core, each with 1 thread",
        ),
        (cores(1), Wish(), 300.0, "inline", "1 worker: the only core, with 1 thread"),
        (cores(2), Wish(trials=1), 300.0, "inline", "1 worker: one trial, with 2 threads"),
        (
            cores(2),
            Wish(workers=2),
            20.0,
            "inline",
            "1 worker: a budget below 30s is too short for worker processes",
        ),
        (
            cores(2),
            Wish(executor="inline"),
            300.0,
            "inline",
            "1 worker: executor inline runs one trial at a time",
        ),
        (
            cores(1),
            Wish(executor="processes"),
            300.0,
            "processes",
            "1 worker: the only core, with 1 thread",
        ),
        (
            cores(2),
            Wish(executor="ray"),
            300.0,
            "ray",
            "2 workers: the Ray cluster decides; this machine alone would run 2",
        ),
        (
            cores(2),
            Wish(executor="ray", workers=3),
            300.0,
            "ray",
            "3 workers: as asked, each with 1 thread, sharing 2 cores",
        ),
        (
            with_gpus(1),
            Wish(workers_per_gpu=2),
            300.0,
            "processes",
            "2 workers: 2 per GPU, each with 16 threads",
        ),
    ],
)
def test_what_a_recipe_wishes_for(
    machine: Machine, wish: Wish, budget: float, where: str, said: str
) -> None:
    plan = plan_workers(machine, wish, budget, "jax", 0)
    assert (plan.executor, str(plan)) == (where, said)


def test_in_this_process_a_trial_has_the_whole_machine() -> None:
    plan = plan_workers(with_gpus(2), Wish(executor="inline"), 300.0, "jax", 0)
    assert plan.shares == (Share(tuple(range(16)), "0", is_pinned=False),)
