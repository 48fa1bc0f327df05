"""How many workers a Ray cluster has room for, and what each of them gets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqtune.runtime.share import Share
from seqtune.runtime.workers import WORKER_BYTES, Count, sharing_a_gpu

MAX_WORKERS = 64
"""By themselves, no more: further trials learn too little from those before them."""


@dataclass(frozen=True)
class Capacity:
    """What a cluster has for workers.

    Args:
        workers: How many fit in now; at least one.
        cores: Cores of each.
        per_gpu: How many share a GPU; 0 where there is none.
        memory_bytes: What each is counted with.
    """

    workers: int
    cores: int
    per_gpu: int
    memory_bytes: int

    @classmethod
    def of(cls, ray: Any, backend: str, per_gpu: Count) -> Capacity:
        """Look at the nodes of a cluster.

        Args:
            ray: The package, connected.
            backend: The Keras backend.
            per_gpu: How many workers may share a GPU.
        """
        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        free = ray.available_resources()
        return cls.among(nodes, free, WORKER_BYTES.get(backend, 10**9), per_gpu)

    @classmethod
    def among(
        cls,
        nodes: Sequence[Mapping[str, float]],
        free: Mapping[str, float],
        memory_bytes: int,
        per_gpu: Count,
    ) -> Capacity:
        """Share nodes out among workers, as many as fit, some per GPU or one per core.

        Args:
            nodes: Resources of each node, by Ray's names.
            free: Unused resources of all nodes together; empty where they are unknown.
            memory_bytes: What each worker is counted with.
            per_gpu: How many workers may share a GPU; "auto" is as many as on the node with the
                fewest cores to a GPU.

        Example:
            >>> Capacity.among([{"CPU": 4, "memory": 2e9}, {"CPU": 1, "memory": 2e9}], {}, 10**9, 1)
            Capacity(workers=3, cores=1, per_gpu=0, memory_bytes=1000000000)
        """
        with_gpu = [node for node in nodes if min(node.get("GPU", 0), node.get("CPU", 0)) >= 1]
        gpu = "GPU" if with_gpu else "CPU"
        good_for = [sharing_a_gpu(per_gpu, int(node["CPU"]), int(node["GPU"])) for node in with_gpu]
        each = min(good_for, default=1)
        fit = [
            min(
                int(node.get(gpu, 0) * each),
                int(node.get("CPU", 0)),
                int(node.get("memory", math.inf) // memory_bytes) if "memory" in node else 10**6,
            )
            for node in with_gpu or nodes
        ]
        there = min(sum(fit), int(free.get(gpu, 0) * each) if free else sum(fit), MAX_WORKERS)
        cores = min(
            (int(node.get("CPU", 0) // (node["GPU"] * each)) for node in with_gpu), default=1
        )
        return cls(max(1, there), max(1, cores), each if with_gpu else 0, memory_bytes)

    def options(self) -> dict[str, Any]:
        """Return what Ray is asked for with every actor."""
        return {
            "num_cpus": self.cores,
            "num_gpus": 1 / self.per_gpu if self.per_gpu else 0,
            "memory": self.memory_bytes,
            "max_restarts": 0,
            "max_task_retries": 0,
            "scheduling_strategy": "SPREAD",
        }

    def variables(self) -> dict[str, str]:
        """Return the variables of a worker: its threads, and its part of a GPU.

        Which GPU that is, Ray says to the actor, and the worker inherits it.
        """
        gpu = "0" if self.per_gpu else None
        share = Share(tuple(range(self.cores)), gpu, max(1, self.per_gpu), is_pinned=False)
        variables = share.environment()
        if self.per_gpu:
            del variables["CUDA_VISIBLE_DEVICES"]
        return variables
