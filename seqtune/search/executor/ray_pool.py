"""The actors on a cluster's nodes, each of which looks after one worker there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqtune.errors import SearchError
from seqtune.search.executor._slot import Seat
from seqtune.search.executor.job_files import Files
from seqtune.search.trial import reason_of

ANSWER_SECONDS = 10.0
"""How long an actor waits for its worker to say something before it answers with nothing."""

LAST_SECONDS = 3.0
"""How long workers may take to remove what they have on their nodes."""

DEAF_SECONDS = 10.0
"""An actor that has not killed its worker after so long is killed itself."""

Words = Sequence[tuple[str, Files]]
"""What a worker said since it was asked last, each with the files that belong to it."""


@dataclass(eq=False, kw_only=True)
class RaySeat(Seat):
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

    def is_deaf(self) -> bool:
        """Say whether the actor does not even kill its worker."""
        return bool(self.hung) and time.monotonic() - (self.late or 0.0) > DEAF_SECONDS


class RayCrew:
    """The seats of a search, and the actors in them; it knows Ray, and nothing of jobs.

    Args:
        ray: The module, connected to a cluster.
        hint: What is to be typed when the cluster is lost.

    Attributes:
        seats: One for each worker that was asked for and not given up.
        options: What each actor needs, as Ray has it.
    """

    def __init__(self, ray: Any, hint: str) -> None:
        self.ray, self.hint = ray, hint
        self.seats: list[RaySeat] = []
        self.options: dict[str, Any] = {}
        self._opening: Mapping[str, Any] = {}
        self._parcel: Any = None

    def gather(
        self, workers: int, options: Mapping[str, Any], opening: Mapping[str, Any], parcel: Any
    ) -> None:
        """Ask for the actors of so many workers; nobody waits for them.

        Args:
            workers: How many.
            options: What each needs, as Ray has it.
            opening: What each actor is told of the search.
            parcel: The data, which goes to each node once.

        Raises:
            SearchError: There is no way to the cluster.
        """
        self.options, self._opening = dict(options), opening
        self._parcel = self.call(self.ray.put, parcel)
        self.seats = [RaySeat(number=number) for number in range(workers)]
        for seat in self.seats:
            self.ask_for(seat)

    def ask_for(self, seat: RaySeat) -> None:
        """Ask the cluster for a seat's actor, the first one or one in place of a lost one."""
        from seqtune.search.executor.ray_worker import BESIDE, RayWorker

        kind = self.ray.remote(concurrency_groups={BESIDE: 1})(RayWorker)
        seat.clear()
        seat.is_here, seat.node, seat.address = False, "", ""
        seat.actor = self.call(kind.options(**self.options).remote)
        self.call(seat.actor.open.remote, self._opening, self._parcel)
        self._poll(seat)

    def hear(self, seconds: float) -> list[tuple[RaySeat, Words | Exception]]:
        """Return what actors say: what their workers said, or why they are gone.

        Args:
            seconds: Return with nothing when there is nothing after so long.
        """
        polls = {seat.poll: seat for seat in self.seats}
        done, _ = self.call(self.ray.wait, list(polls), num_returns=1, timeout=seconds)
        heard: list[tuple[RaySeat, Words | Exception]] = []
        for poll in done:
            seat = polls[poll]
            try:
                said = self.ray.get(poll)
            except self._troubles() as error:
                heard.append((seat, error))
                continue
            self._poll(seat)
            heard.append((seat, said))
        return heard

    def call(self, method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call Ray.

        Raises:
            SearchError: There is no way to the cluster any more.
        """
        try:
            return method(*arguments, **options)
        except self._troubles() as error:
            raise SearchError(
                f"the connection to the Ray cluster was lost: {reason_of(error)}", self.hint
            ) from error

    def kill(self, seat: RaySeat) -> None:
        """Kill an actor, and its worker with it."""
        try:
            self.ray.kill(seat.actor, no_restart=True)
        except self._troubles():
            pass  # it is gone already

    def give_up(self, seat: RaySeat) -> None:
        """Do without a worker from here on."""
        self.kill(seat)
        self.seats.remove(seat)

    def end(self) -> None:
        """End all workers, whatever they are doing."""
        seats, self.seats = self.seats, []
        try:
            ends = [seat.actor.end.remote() for seat in seats if seat.is_here]
            if ends:
                self.ray.wait(ends, num_returns=len(ends), timeout=LAST_SECONDS)
            for seat in seats:
                self.kill(seat)
        except self._troubles():
            pass  # the cluster is gone, and its workers with it

    def _poll(self, seat: RaySeat) -> None:
        seat.poll = self.call(seat.actor.poll.remote, ANSWER_SECONDS)

    def _troubles(self) -> tuple[type[Exception], ...]:
        """Return what Ray raises when an actor, a node or the cluster is gone."""
        return (self.ray.exceptions.RayError, OSError, RuntimeError, ValueError)
