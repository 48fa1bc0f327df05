"""Dynamic batching: requests that come at about the same time are answered by one call.

A batch goes off when the model is free and as many requests wait as there were lately, at the
latest when its first request has waited for the longest time. So a lone client never waits, and
many clients are answered together. Each request has a future of its own, and an answer goes to the
future at its own place: no answer can reach another request.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from seqtune.serve.log import log_fault
from seqtune.serve.problem import Problem, failed, too_many

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Waiting(Generic[Ask, Answer]):
    """A request that waits for its answer."""

    ask: Ask
    future: asyncio.Future[Answer]
    arrived: float
    is_begun: bool = False


class Batcher(Generic[Ask, Answer]):
    """Hands requests to a model, several at once, in one thread.

    Args:
        answer: Returns an answer to each of some requests, in their order.
        max_batch: Requests of a batch at most.
        max_wait_seconds: So long the first request of a batch waits for others.
        max_queue: Requests that wait at most.
        timeout_seconds: So long a request takes at most.
        observe: Hears the size of each batch.

    Example:
        >>> batcher = Batcher(model.answer)
        >>> batcher.start()
        >>> answer = await batcher.submit(ask)
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Ask]], Sequence[Answer]],
        *,
        max_batch: int = 64,
        max_wait_seconds: float = 0.005,
        max_queue: int = 256,
        timeout_seconds: float = 30.0,
        observe: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._answer, self._observe = answer, observe
        self._max_batch, self._max_queue = max_batch, max_queue
        self._max_wait, self._timeout = max_wait_seconds, timeout_seconds
        self._waiting: deque[_Waiting[Ask, Answer]] = deque()
        self._expected = 1
        self._wake = asyncio.Event()
        self._enough = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "model")
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many requests wait."""
        return len(self._waiting)

    def start(self) -> None:
        """Begin to answer, in the loop that runs."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Answer no more; who still waits is told so."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        while self._waiting:
            _settle(self._waiting.popleft(), Problem(503, "the server ends"))
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def submit(self, ask: Ask) -> Answer:
        """Return the answer to a request.

        Raises:
            Problem: Too many wait already (429), or it took too long (503 where it has not begun,
                504 where it has).
        """
        if len(self._waiting) >= self._max_queue:
            raise too_many(len(self._waiting), "requests")
        loop = asyncio.get_running_loop()
        waiting = _Waiting[Ask, Answer](ask, loop.create_future(), loop.time())
        self._waiting.append(waiting)
        self._wake.set()
        if len(self._waiting) >= self._expected:
            self._enough.set()
        limit = loop.call_later(self._timeout, _expire, waiting)
        try:
            return await waiting.future
        finally:
            limit.cancel()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            if not self._waiting:
                await self._wake.wait()
            await self._gather()
            batch = self._take()
            if batch:
                await self._answer_batch(batch)

    async def _gather(self) -> None:
        """Wait for further requests, until there are as many as lately."""
        loop = asyncio.get_running_loop()
        left = self._waiting[0].arrived + self._max_wait - loop.time()
        if len(self._waiting) >= self._expected or left <= 0:
            return
        self._enough.clear()
        limit = loop.call_later(left, self._enough.set)
        await self._enough.wait()
        limit.cancel()

    def _take(self) -> list[_Waiting[Ask, Answer]]:
        """Take the requests of a batch from the queue; those that nobody waits for are dropped.

        How many are expected next rises at once and falls by halves.
        """
        batch: list[_Waiting[Ask, Answer]] = []
        while self._waiting and len(batch) < self._max_batch:
            waiting = self._waiting.popleft()
            if not waiting.future.done():
                waiting.is_begun = True
                batch.append(waiting)
        self._expected = max(1, len(batch), (self._expected + len(batch)) // 2)
        return batch

    async def _answer_batch(self, batch: Sequence[_Waiting[Ask, Answer]]) -> None:
        asks = [waiting.ask for waiting in batch]
        self._observe(len(batch))
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._thread, self._answer, asks)
            pairs = list(zip(batch, answers, strict=True))
        except Exception:
            log_fault("server")
            for waiting in batch:
                _settle(waiting, failed())
            return
        for waiting, answer in pairs:
            if not waiting.future.done():
                waiting.future.set_result(answer)


def _expire(waiting: _Waiting[Ask, Answer]) -> None:
    status, what = (504, "took") if waiting.is_begun else (503, "waited")
    _settle(waiting, Problem(status, f"the request {what} too long; try again later"))


def _settle(waiting: _Waiting[Ask, Answer], problem: Problem) -> None:
    if not waiting.future.done():
        waiting.future.set_exception(problem)
