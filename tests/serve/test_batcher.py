"""Batching: whatever comes together, each request gets its own answer, or says why not."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqtune.serve.batcher import Batcher
from seqtune.serve.problem import Problem


def run(act: Callable[[], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        return await asyncio.wait_for(act(), 20)

    return asyncio.run(within())


async def with_batcher(
    answer: Callable[[Sequence[Any]], Sequence[Any]],
    act: Callable[[Batcher[Any, Any]], Awaitable[Any]],
    **options: Any,
) -> Any:
    batcher: Batcher[Any, Any] = Batcher(answer, **{"max_wait_seconds": 0.001, **options})
    batcher.start()
    try:
        return await act(batcher)
    finally:
        await batcher.stop()


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 60),
    max_batch=st.integers(1, 9),
    wait=st.sampled_from([0.0, 0.001, 0.004]),
)
def test_no_answer_reaches_another_request(
    seed: int, count: int, max_batch: int, wait: float
) -> None:
    draw = random.Random(seed)
    sizes: list[int] = []

    def answer(asks: Sequence[int]) -> list[int]:
        time.sleep(draw.random() * 0.002)
        return [-ask for ask in asks]

    async def client(batcher: Batcher[int, int], number: int) -> tuple[int, int]:
        await asyncio.sleep(draw.random() * 0.01)
        return number, await batcher.submit(number)

    async def hammer(batcher: Batcher[int, int]) -> list[tuple[int, int]]:
        return await asyncio.gather(*(client(batcher, number) for number in range(count)))

    options = {"max_batch": max_batch, "max_wait_seconds": wait, "observe": sizes.append}
    pairs = run(lambda: with_batcher(answer, hammer, **options))
    assert pairs == [(number, -number) for number in range(count)]
    assert sum(sizes) == count and max(sizes) <= max_batch


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_clients_that_go_away_or_time_out_leave_the_others_their_answers(seed: int) -> None:
    draw = random.Random(seed)

    def answer(asks: Sequence[int]) -> list[int]:
        time.sleep(draw.random() * 0.004)
        return [ask * 2 for ask in asks]

    async def hammer(batcher: Batcher[int, int]) -> None:
        tasks = {number: asyncio.create_task(batcher.submit(number)) for number in range(40)}
        await asyncio.sleep(draw.random() * 0.005)
        for number in draw.sample(range(40), 10):
            tasks[number].cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        for number, task in tasks.items():
            if task.cancelled():
                continue
            error = task.exception()
            if error is None:
                assert task.result() == number * 2
            else:
                assert isinstance(error, Problem) and error.status in (503, 504)

    options = {"max_batch": 7, "timeout_seconds": 0.01}
    run(lambda: with_batcher(answer, hammer, **options))


def test_requests_that_come_together_are_one_batch() -> None:
    sizes: list[int] = []

    async def act(batcher: Batcher[int, int]) -> None:
        await asyncio.gather(*map(batcher.submit, range(5)))
        await asyncio.gather(*map(batcher.submit, range(9)))

    run(lambda: with_batcher(list, act, max_batch=8, observe=sizes.append))
    assert sizes == [5, 8, 1]


def test_a_lone_request_does_not_wait_for_the_longest_time() -> None:
    async def act(batcher: Batcher[int, int]) -> float:
        began = time.perf_counter()
        await batcher.submit(1)
        return time.perf_counter() - began

    assert run(lambda: with_batcher(list, act, max_wait_seconds=2.0)) < 1.5


def test_a_full_queue_refuses_and_says_when_to_come_again() -> None:
    gate = threading.Event()

    def answer(asks: Sequence[int]) -> list[int]:
        gate.wait(5)
        return list(asks)

    async def act(batcher: Batcher[int, int]) -> None:
        first = asyncio.create_task(batcher.submit(0))
        await asyncio.sleep(0.05)  # it is being answered
        waiting = [asyncio.create_task(batcher.submit(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as refused:
            await batcher.submit(3)
        assert refused.value.status == 429
        assert dict(refused.value.headers) == {"retry-after": "1"}
        gate.set()
        assert await asyncio.gather(first, *waiting) == [0, 1, 2]

    run(lambda: with_batcher(answer, act, max_queue=2))


@pytest.mark.parametrize(("is_begun", "status"), [(True, 504), (False, 503)])
def test_a_request_that_takes_too_long_is_told_whether_it_had_begun(
    is_begun: bool, status: int
) -> None:
    gate = threading.Event()

    def answer(asks: Sequence[int]) -> list[int]:
        gate.wait(5)
        return list(asks)

    async def act(batcher: Batcher[int, int]) -> None:
        first = asyncio.create_task(batcher.submit(0))
        await asyncio.sleep(0.02)
        second = asyncio.create_task(batcher.submit(1))
        with pytest.raises(Problem) as late:
            await (first if is_begun else second)
        assert late.value.status == status
        await asyncio.gather(first, second, return_exceptions=True)
        gate.set()
        assert await batcher.submit(7) == 7

    run(lambda: with_batcher(answer, act, timeout_seconds=0.15))


@pytest.mark.parametrize("fault", ["raises", "answers too few"])
def test_a_model_that_fails_fails_its_batch_alone(fault: str) -> None:
    def answer(asks: Sequence[int]) -> list[int]:
        if 13 in asks and fault == "raises":
            raise ValueError("a secret of ours")
        return [ask for ask in asks if ask != 13]

    async def act(batcher: Batcher[int, int]) -> None:
        found = await asyncio.gather(*map(batcher.submit, (12, 13)), return_exceptions=True)
        assert [each.status for each in found] == [500, 500]
        assert "secret" not in str(found[0].message)
        assert await batcher.submit(5) == 5

    run(lambda: with_batcher(answer, act))


def test_who_waits_when_the_server_ends_is_told_so() -> None:
    gate = threading.Event()

    def answer(asks: Sequence[int]) -> list[int]:
        gate.wait(5)
        return list(asks)

    async def act() -> list[Any]:
        batcher: Batcher[int, int] = Batcher(answer, max_batch=1, max_wait_seconds=0.0)
        batcher.start()
        tasks = [asyncio.create_task(batcher.submit(number)) for number in range(3)]
        await asyncio.sleep(0.05)
        await batcher.stop()
        gate.set()
        tasks[0].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = run(act)
    assert [each.status for each in found[1:]] == [503, 503]
