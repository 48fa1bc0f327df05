"""How many trials run at a time, where, and what each worker gets of the machine.

Figures behind the rules, of a stacked LSTM of 2 x 64 units over 48 steps, batches of 128, on two
cores:

- A second thread made training on JAX a tenth faster, while a second worker trains another
  network: a worker gets a single core as long as there are few.
- JAX takes the size of its thread pool from the cores that it is tied to, or from `NPROC`; neither
  `OMP_NUM_THREADS` nor `XLA_FLAGS` changes it. TensorFlow has variables of its own.
- Two TensorFlow workers with two threads each spent 1.8 times the processor time of two with one.

And on one GPU, an H200 beside eight cores, JAX, the training steps a second of all workers: four
workers did 3.7 times those of one with forecasts of 414 series (668 against 182), 2.3 times with
texts to classify (370 against 161) and with anomalies of one series (124 against 54); eight did as
many as four (672). Four took 3.4 to 5.7 GB of its memory together, eight up to 19 GB.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, Protocol

from seqtune.runtime.devices import Machine, counted
from seqtune.runtime.share import Share

Count = int | Literal["auto"]

MAX_CPU_WORKERS = 8
"""More trials at a time learn too little from one another; further cores become threads."""

MAX_PER_GPU = 4
"""Small networks leave most of a GPU idle; more workers than these gain nothing."""

MOST_PER_CORE, MOST_PER_GPU = 8, 64
"""Whoever asks for more workers, perhaps a stranger's recipe, has so many."""

CORES_PER_GPU_WORKER = 2
"""Each compiles its networks, prepares batches and scores epochs beside the GPU."""

WORKER_BYTES = {"jax": 800_000_000, "tensorflow": 1_200_000_000}
"""Resident memory of a worker: 0.54 and 0.90 GB were seen, and a third more for large networks."""

MIN_BUDGET_SECONDS = 30.0
"""In less, the seconds in which worker processes load their backend are not won back."""


@dataclass(frozen=True)
class WorkerPlan:
    """How many workers there are, and why.

    Args:
        shares: What each worker gets.
        why: The reason, as it stands after "2 workers: ".
        executor: Where they run: "inline", "processes" or "ray".

    Example:
        >>> str(shares(Machine((0, 1))))
        '2 workers: one per core, each with 1 thread'
    """

    shares: tuple[Share, ...]
    why: str
    executor: str = "processes"

    @property
    def workers(self) -> int:
        """How many trials run at a time."""
        return len(self.shares)

    @property
    def at_once(self) -> int:
        """How many of them compute at full speed: no more than there are cores."""
        return min(self.workers, len({core for share in self.shares for core in share.cores}))

    def __str__(self) -> str:
        """Say how many and why."""
        return f"{counted(self.workers, 'worker')}: {self.why}"


def shares(
    machine: Machine,
    workers: Count = "auto",
    workers_per_gpu: Count = "auto",
    backend: str = "jax",
    data_bytes: int = 0,
    trials: int | None = None,
) -> WorkerPlan:
    """Share a machine out among worker processes.

    Args:
        machine: What there is, without GPUs that the backend cannot use.
        workers: How many are wanted; that many there are, however little falls to each.
        workers_per_gpu: How many may share a GPU; "auto" is up to four, by the cores there are, and
            more where `workers` asks.
        backend: The Keras backend.
        data_bytes: Size of the arrays; all workers read the same mapped files.
        trials: The limit on trials; more workers than trials would have nothing to do.
    """
    room = _memory_for(machine, backend, data_bytes)
    if workers != "auto":
        number, reason = workers, "as asked" + _on_gpus(machine)
        most = max(MOST_PER_CORE * len(machine.cores), MOST_PER_GPU * len(machine.gpus))
        if number > most:
            number, reason = most, f"{most} at most on this machine, {workers} were asked for"
        if room < number:
            reason += f" (memory for {'one' if room == 1 else room} only)"
    else:
        number, reason = _worth_using(machine, workers_per_gpu)
        if room < number:
            number, reason = room, f"memory for {'one' if room == 1 else room} only"
    if trials is not None and max(1, trials) < number:
        said = {0: "no trial", 1: "one trial"}
        number, reason = max(1, trials), said.get(trials, "one per trial")
    dealt = _deal(machine, number)
    return WorkerPlan(dealt, f"{reason}, {_threads(dealt, len(machine.cores))}")


def _memory_for(machine: Machine, backend: str, data_bytes: int) -> int:
    """Return how many workers fit into memory beside the main process; at least one."""
    if not machine.memory_bytes:
        return sys.maxsize
    each = WORKER_BYTES.get(backend, max(WORKER_BYTES.values()))
    return max(1, (machine.memory_bytes - data_bytes) // each - 1)


def _worth_using(machine: Machine, workers_per_gpu: Count) -> tuple[int, str]:
    """Return how many workers the devices are good for, and why."""
    cores = len(machine.cores)
    if machine.gpus:
        each = sharing_a_gpu(workers_per_gpu, cores, len(machine.gpus))
        return each * len(machine.gpus), "one per GPU" if each == 1 else f"{each} per GPU"
    if cores == 1:
        return 1, "the only core"
    if cores <= MAX_CPU_WORKERS:
        return cores, "one per core"
    return MAX_CPU_WORKERS, f"shares of {cores} cores"


def sharing_a_gpu(wanted: Count, cores: int, gpus: int) -> int:
    """Return how many workers share each GPU of a machine.

    Args:
        wanted: What the recipe says.
        cores: Cores of the machine.
        gpus: GPUs of the machine; at least one.

    Example:
        >>> sharing_a_gpu("auto", 16, 1), sharing_a_gpu("auto", 16, 4), sharing_a_gpu(8, 2, 1)
        (4, 2, 8)
    """
    if wanted != "auto":
        return wanted
    return max(1, min(MAX_PER_GPU, cores // (CORES_PER_GPU_WORKER * gpus)))


def _on_gpus(machine: Machine) -> str:
    return f", on {counted(len(machine.gpus), 'GPU')}" if machine.gpus else ""


def _deal(machine: Machine, number: int) -> tuple[Share, ...]:
    """Give each worker its cores and its GPU; workers of one GPU share its cores."""
    is_pinned = machine.is_pinnable
    if not machine.gpus:
        parts = _split(machine.cores, number)
        return tuple(Share(part, is_pinned=is_pinned) for part in parts)
    used = machine.gpus[:number]
    parts = _split(machine.cores, len(used))
    return tuple(
        Share(
            cores=parts[worker % len(used)],
            gpu=used[worker % len(used)],
            gpu_workers=len(range(worker % len(used), number, len(used))),
            is_pinned=is_pinned,
        )
        for worker in range(number)
    )


def _split(cores: Sequence[int], parts: int) -> list[tuple[int, ...]]:
    """Split cores into neighbours, the first parts taking one more; shared where they are few.

    Example:
        >>> _split((0, 1, 2), 2), _split((0, 1), 3)
        ([(0, 1), (2,)], [(0,), (1,), (0,)])
    """
    if parts > len(cores):
        return [(cores[part % len(cores)],) for part in range(parts)]
    small, larger = divmod(len(cores), parts)
    ends = [small * part + min(part, larger) for part in range(parts + 1)]
    return [tuple(cores[begin:end]) for begin, end in pairwise(ends)]


def _threads(dealt: Sequence[Share], cores: int) -> str:
    """Say how many threads a worker has."""
    fewest, most = (choose(len(share.cores) for share in dealt) for choose in (min, max))
    threads = counted(most, "thread") if fewest == most else f"{fewest} or {most} threads"
    if len(dealt) == 1:
        return f"with {threads}"
    text = f"each with {threads}"
    return text if len(dealt) <= cores else f"{text}, sharing {counted(cores, 'core')}"


def executor(choice: str, workers: int, budget_seconds: float, trials: int | None) -> str:
    """Return where trials run.

    Args:
        choice: What the recipe says: "auto", "inline", "processes" or "ray".
        workers: How many workers the machine is good for.
        budget_seconds: Wall time of the whole command.
        trials: The limit on trials; None for none.

    Example:
        >>> executor("auto", 2, 300.0, None), executor("auto", 1, 300.0, None)
        ('processes', 'inline')
    """
    if choice != "auto":
        return choice
    is_worth_it = workers > 1 and budget_seconds >= MIN_BUDGET_SECONDS and trials not in (0, 1)
    return "processes" if is_worth_it else "inline"


class WorkerSettings(Protocol):
    """The keys below `search` in a recipe that speak of workers."""

    @property
    def workers(self) -> Count:
        """How many trials are to run at a time."""

    @property
    def workers_per_gpu(self) -> Count:
        """How many workers may share a GPU."""

    @property
    def executor(self) -> str:
        """Where trials are to run."""

    @property
    def trials(self) -> int | None:
        """The limit on trials; None for none."""


def plan_workers(
    machine: Machine, settings: WorkerSettings, budget_seconds: float, backend: str, data_bytes: int
) -> WorkerPlan:
    """Decide where trials run, and how many at a time; `fit`, `plan` and `doctor` ask here.

    Args:
        machine: What there is, without GPUs that the backend cannot use.
        settings: The section `search` of a recipe.
        budget_seconds: Wall time of the whole command.
        backend: The Keras backend.
        data_bytes: Size of the arrays.
    """
    plan = shares(
        machine,
        settings.workers,
        settings.workers_per_gpu,
        backend,
        data_bytes,
        settings.trials,
    )
    chosen = executor(settings.executor, plan.workers, budget_seconds, settings.trials)
    if chosen == "inline":
        return _inline(machine, plan, settings)
    if chosen == "ray" and settings.workers == "auto":
        why = f"the Ray cluster decides; this machine alone would run {plan.workers}"
        return replace(plan, why=why, executor=chosen)
    return replace(plan, executor=chosen)


def _inline(machine: Machine, plan: WorkerPlan, settings: WorkerSettings) -> WorkerPlan:
    """Return the plan of one trial after the other in this process, which has all of the machine.

    Args:
        machine: What there is.
        plan: What worker processes would have had.
        settings: The section `search` of a recipe.
    """
    share = Share(machine.cores, next(iter(machine.gpus), None), is_pinned=False)
    if plan.workers == 1:
        why = plan.why
    elif settings.executor == "inline":
        why = "executor inline runs one trial at a time"
    else:
        why = f"a budget below {MIN_BUDGET_SECONDS:.0f}s is too short for worker processes"
    return WorkerPlan((share,), why, "inline")
