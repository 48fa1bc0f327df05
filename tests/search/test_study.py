"""The loop of the search, with an oracle, an executor and a clock that do as they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from seqtune.progress import Event, Note, TrialEnded
from seqtune.search.oracle import Proposal
from seqtune.search.study import FAILURES_IN_A_ROW, Study
from seqtune.search.trial import Job, Result

FAILED = "the loss became nan in epoch 1"


@dataclass
class Clock:
    """A clock that goes on when a trial says so."""

    seconds: float

    def left(self) -> float:
        return self.seconds


@dataclass
class Oracle:
    """An oracle with so many proposals; it writes down what it hears."""

    proposals: int
    diary: list[tuple[Any, ...]]
    asked: int = 0

    def ask(self) -> Proposal | None:
        if self.asked == self.proposals:
            return None
        self.asked += 1
        return Proposal(f"t{self.asked:03d}", {"units": self.asked})

    def tell(self, name: str, score: float | None, reason: str = "") -> None:
        self.diary.append(("told", name, score, reason))


@dataclass
class Executor:
    """An executor whose trials take a while on the clock and end as they should."""

    clock: Clock
    outcome: Callable[[Job], Result]
    workers: int = 1
    seconds: float = 10.0
    jobs: list[Job] = field(default_factory=list)
    running: list[Job] = field(default_factory=list)
    most_running: int = 0

    def idle(self) -> int:
        return self.workers - len(self.running)

    def submit(self, job: Job) -> None:
        assert self.idle()
        self.jobs.append(job)
        self.running.append(job)
        self.most_running = max(self.most_running, len(self.running))

    def wait(self) -> list[Result]:
        job = self.running.pop(0)
        self.clock.seconds -= self.seconds
        return [self.outcome(job)]

    def close(self) -> None:
        pass


def done(job: Job) -> Result:
    return Result(job.trial, "completed", job.values, score=1.0, seconds=10.0)


def failed(job: Job) -> Result:
    return Result(job.trial, "failed", job.values, seconds=10.0, reason=FAILED)


@dataclass
class Searched:
    """What a study did."""

    results: list[Result]
    executor: Executor
    diary: list[tuple[Any, ...]]
    events: list[Event]


def search(
    seconds: float,
    proposals: int = 1000,
    outcome: Callable[[Job], Result] = done,
    workers: int = 1,
    reserve: float = 0.0,
) -> Searched:
    clock, diary, events = Clock(seconds), [], []
    executor = Executor(clock, outcome, workers)
    study = Study(
        oracle=Oracle(proposals, diary),  # type: ignore[arg-type]
        executor=executor,
        clock=clock,  # type: ignore[arg-type]
        reserve=reserve,
        folder=Path("run"),
        seed=40,
        steps_per_epoch=lambda values: 7,
        record=lambda result: diary.append(("recorded", result.trial)),
        listener=events.append,
    )
    return Searched(study.run(), executor, diary, events)


def test_the_search_ends_with_the_time() -> None:
    # trials of 10 seconds: after nine, 10 are left, which is time for one more
    assert len(search(100.0).results) == 10


def test_the_end_of_the_budget_is_kept_free() -> None:
    assert len(search(100.0, reserve=50.0).results) == 5


def test_a_trial_that_would_not_get_half_its_time_is_not_begun() -> None:
    assert len(search(26.0).results) == 3  # 6 seconds are left: more than half of 10
    assert len(search(24.0).results) == 2


@pytest.mark.parametrize("seconds", [0.0, -5.0])
def test_the_first_trial_is_always_begun(seconds: float) -> None:
    assert len(search(seconds).results) == 1


def test_failures_alone_do_not_go_on_past_the_end() -> None:
    assert len(search(25.0, outcome=failed).results) == 3


def test_the_search_ends_with_the_space() -> None:
    assert [result.trial for result in search(1000.0, proposals=2).results] == ["t001", "t002"]
    assert search(1000.0, proposals=0).results == []


def test_the_search_ends_when_nothing_but_failures_come() -> None:
    searched = search(1e6, outcome=failed)
    assert len(searched.results) == FAILURES_IN_A_ROW
    notes = [event.text for event in searched.events if isinstance(event, Note)]
    assert len(notes) == 1
    assert FAILED in notes[0]


def test_one_success_in_between_keeps_the_search_alive() -> None:
    def now_and_then(job: Job) -> Result:
        return done(job) if int(job.trial[1:]) % FAILURES_IN_A_ROW == 0 else failed(job)

    searched = search(400.0, outcome=now_and_then)
    assert len(searched.results) > 2 * FAILURES_IN_A_ROW


def test_a_result_is_on_disk_before_the_oracle_hears_of_it() -> None:
    assert search(1000.0, proposals=2).diary == [
        ("recorded", "t001"),
        ("told", "t001", 1.0, ""),
        ("recorded", "t002"),
        ("told", "t002", 1.0, ""),
    ]


def test_the_oracle_hears_of_failures_and_their_reason() -> None:
    assert search(1000.0, 1, failed).diary[-1] == ("told", "t001", None, FAILED)


def test_the_listener_hears_how_each_trial_went() -> None:
    assert search(1000.0, 1).events == [TrialEnded("t001", 0, "completed", 1.0, 10.0)]


def test_a_job_has_all_that_a_worker_needs() -> None:
    job = search(1000.0, 3).executor.jobs[2]
    assert (job.trial, job.values, job.folder) == ("t003", {"units": 3}, Path("run"))
    assert job.seed == 43  # of its own, and the same whatever ran before
    assert job.steps_per_epoch == 7
    assert 0 < job.seconds <= 980


def test_every_worker_is_kept_busy() -> None:
    searched = search(1000.0, proposals=5, workers=3)
    assert searched.executor.most_running == 3
    assert sorted(result.trial for result in searched.results) == [
        "t001", "t002", "t003", "t004", "t005",
    ]  # fmt: skip


def test_what_was_finished_is_kept_when_the_user_interrupts() -> None:
    def interrupted(job: Job) -> Result:
        if job.trial == "t002":
            raise KeyboardInterrupt
        return done(job)

    diary: list[tuple[Any, ...]] = []
    clock = Clock(1000.0)
    study = Study(
        oracle=Oracle(9, diary),  # type: ignore[arg-type]
        executor=Executor(clock, interrupted),
        clock=clock,  # type: ignore[arg-type]
        reserve=0.0,
        folder=Path("run"),
        seed=0,
        steps_per_epoch=lambda values: 7,
        record=lambda result: diary.append(("recorded", result.trial)),
        listener=lambda event: None,
    )
    with pytest.raises(KeyboardInterrupt):
        study.run()
    assert [result.trial for result in study.results] == ["t001"]
    assert diary[0] == ("recorded", "t001")
