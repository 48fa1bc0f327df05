"""The actors on a cluster's nodes, each of which looks after one worker there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqtune.errors import SearchError
from seqtune.search.executor._dispatcher import Files
from seqtune.search.executor._slot import Slot
from seqtune.search.trial import reason_of

ANSWER_SECONDS = 10.0
"""How long an actor waits for its worker to say something before it answers with nothing."""

LAST_SECONDS = 3.0
"""How long workers may take to remove what they have on their nodes."""

UNRESPONSIVE_SECONDS = 10.0
"""An actor that has not killed its worker after this long is killed itself."""

Words = Sequence[tuple[str, Files]]
"""What a worker said since it was asked last, each with the files that belong to it."""


@dataclass(eq=False, kw_only=True)
class RaySlot(Slot):
    """A place for a worker on some node; the node, too, may change.

    Args:
        actor: Looks after the worker.
        poll: What the actor will have to say next.
        node: Name of its node.
        address: Address of its node.
        is_here: Whether the cluster has found room for the actor.
    """

    actor: Any = None
    poll: Any = None
    node: str = ""
    address: str = ""
    is_here: bool = False

    def is_unresponsive(self) -> bool:
        """Say whether the actor does not even kill its worker."""
        return bool(self.hung) and time.monotonic() - (self.late or 0.0) > UNRESPONSIVE_SECONDS


class RayPool:
    """The slots of a search, and the actors in them; it knows Ray, and nothing of jobs.

    Args:
        ray: The module, connected to a cluster.
        slots: Takes one slot for each worker that is asked for.
        hint: What is to be typed when the cluster is lost.

    Attributes:
        options: What each actor needs, as Ray has it.
    """

    def __init__(self, ray: Any, slots: list[RaySlot], hint: str) -> None:
        self.ray, self.slots, self.hint = ray, slots, hint
        self.options: dict[str, Any] = {}
        self._opening: Mapping[str, Any] = {}
        self._bundle: Any = None

    def gather(
        self, workers: int, options: Mapping[str, Any], opening: Mapping[str, Any], bundle: Any
    ) -> None:
        """Ask for the actors of workers, without waiting for them.

        Args:
            workers: How many.
            options: What each needs, as Ray has it.
            opening: The settings of the search that each actor gets.
            bundle: The data, which goes to each node once.

        Raises:
            SearchError: The connection to the cluster is lost.
        """
        self.options, self._opening = dict(options), opening
        self._bundle = self.call(self.ray.put, bundle)
        self.slots.extend(RaySlot(number=number) for number in range(workers))
        for slot in self.slots:
            self.ask_for(slot)

    def ask_for(self, slot: RaySlot) -> None:
        """Ask the cluster for a slot's actor, the first one or one in place of a lost one."""
        from seqtune.search.executor.ray_worker import BESIDE, RayWorker

        kind = self.ray.remote(concurrency_groups={BESIDE: 1})(RayWorker)
        slot.clear()
        slot.is_here, slot.node, slot.address = False, "", ""
        slot.actor = self.call(kind.options(**self.options).remote)
        self.call(slot.actor.open.remote, self._opening, self._bundle)
        self._poll(slot)

    def hear(self, seconds: float) -> list[tuple[RaySlot, Words | Exception]]:
        """Return what actors say: what their workers said, or why they are gone.

        Args:
            seconds: How long to wait at most.
        """
        polls = {slot.poll: slot for slot in self.slots}
        done, _ = self.call(self.ray.wait, list(polls), num_returns=1, timeout=seconds)
        heard: list[tuple[RaySlot, Words | Exception]] = []
        for poll in done:
            slot = polls[poll]
            try:
                said = self.ray.get(poll)
            except self._troubles() as error:
                heard.append((slot, error))
                continue
            self._poll(slot)
            heard.append((slot, said))
        return heard

    def call(self, method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call Ray.

        Raises:
            SearchError: The connection to the cluster is lost.
        """
        try:
            return method(*arguments, **options)
        except self._troubles() as error:
            raise SearchError(
                f"the connection to the Ray cluster was lost: {reason_of(error)}", self.hint
            ) from error

    def kill(self, slot: RaySlot) -> None:
        """Kill an actor, and its worker with it."""
        try:
            self.ray.kill(slot.actor, no_restart=True)
        except self._troubles():
            pass  # it is gone already

    def end(self) -> None:
        """End all workers at once."""
        slots = self.slots.copy()
        self.slots.clear()
        try:
            ends = [slot.actor.end.remote() for slot in slots if slot.is_here]
            if ends:
                self.ray.wait(ends, num_returns=len(ends), timeout=LAST_SECONDS)
            for slot in slots:
                self.kill(slot)
        except self._troubles():
            pass  # the cluster is gone, and its workers with it

    def _poll(self, slot: RaySlot) -> None:
        slot.poll = self.call(slot.actor.poll.remote, ANSWER_SECONDS)

    def _troubles(self) -> tuple[type[Exception], ...]:
        """Return what Ray raises when an actor, a node or the cluster is gone."""
        return (self.ray.exceptions.RayError, OSError, RuntimeError, ValueError)
