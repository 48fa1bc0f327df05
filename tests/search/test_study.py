"""The loop of the search, with an oracle, an executor and a clock that do as they are told."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from seqtune.errors import RunError, SearchError
from seqtune.progress import EpochEnded, Event, Note, TrialEnded, TrialStarted, silent
from seqtune.runtime.interrupt import Interrupt
from seqtune.search.budget import SETUP_SECONDS
from seqtune.search.job_plan import JobPlan
from seqtune.search.oracle import WAIT, Proposal
from seqtune.search.stopping.none import Never
from seqtune.search.study import FAILURES_IN_A_ROW, Study
from seqtune.search.trial import Result, TrialJob

FAILED = "the loss became nan in epoch 1"
STEPS = 90


@dataclass
class Clock:
    """A clock that goes on when a trial says so."""

    seconds: float

    def left(self) -> float:
        return self.seconds


@dataclass
class Oracle:
    """An oracle that makes given proposals; it writes down what it hears."""

    proposals: Sequence[Any]
    diary: list[tuple[Any, ...]]
    asked: int = 0
    remaining: list[float] = field(default_factory=list)

    def ask(self, remaining: float = 1.0) -> Any:
        if self.asked == len(self.proposals):
            return None
        self.asked += 1
        self.remaining.append(remaining)
        return self.proposals[self.asked - 1]

    def tell(
        self, name: str, score: float | None, reason: str = "", cost: float | None = None
    ) -> None:
        self.diary.append(("told", name, score, reason))

    def state(self) -> dict[str, Any]:
        return {"asked": self.asked}

    def restore(self, state: dict[str, Any]) -> None:
        self.asked = state["asked"]


@dataclass
class Executor:
    """An executor whose trials take a while on the clock and end as they should."""

    clock: Clock
    outcome: Callable[[TrialJob], Result]
    listener: Callable[[Event], None] = silent
    workers: int = 1
    seconds: float = 10.0
    jobs: list[TrialJob] = field(default_factory=list)
    running: list[TrialJob] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    most_running: int = 0

    def idle(self) -> int:
        return self.workers - len(self.running)

    def submit(self, job: Any) -> None:
        assert self.idle()
        self.jobs.append(job)
        self.running.append(job)
        self.most_running = max(self.most_running, len(self.running))

    def wait(self, seconds: float) -> list[Any]:
        if not self.running:
            return []
        job = self.running.pop(0)
        self.listener(TrialStarted(job.trial, len(self.running), job.values))
        self.clock.seconds -= self.seconds
        return [self.outcome(job)]

    def stop(self, trial: str) -> None:
        self.stopped.append(trial)

    def close(self) -> None:
        pass


def done(job: TrialJob) -> Result:
    before = job.earlier or Result(job.trial, "stopped", job.values)
    status = "completed" if job.until == STEPS else "stopped"
    return replace(
        before, status=status, score=1.0, seconds=before.seconds + 10.0,
        training_seconds=before.training_seconds + 8.0, steps=job.until,
    )  # fmt: skip


def failed(job: TrialJob) -> Result:
    return job.failed(FAILED, 10.0)


def values(number: int) -> dict[str, Any]:
    return {"units": number, "training.steps": STEPS, "training.batch_size": 64}


def new_trials(count: int) -> list[Proposal]:
    return [Proposal(f"t{number:03d}", values(number)) for number in range(1, count + 1)]


@dataclass
class Searched:
    """What a study did."""

    study: Study
    executor: Executor
    diary: list[tuple[Any, ...]]
    events: list[Event]

    @property
    def results(self) -> list[Result]:
        return list(self.study.results.values())

    @property
    def notes(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Note)]


def prepared(
    seconds: float,
    proposals: int | Sequence[Any] = 1000,
    outcome: Callable[[TrialJob], Result] = done,
    workers: int = 1,
    reserve: float = 0.0,
) -> Searched:
    clock, diary, events = Clock(seconds), [], []
    trials = new_trials(proposals) if isinstance(proposals, int) else proposals
    executor = Executor(clock, outcome, workers=workers)
    oracle: Any = Oracle(trials, diary)
    study = Study(
        oracle=oracle,
        stopping=Never(oracle, "min"),
        clock=clock,  # type: ignore[arg-type]
        reserve=lambda _: reserve,
        plan=JobPlan(40, lambda values: 7),
        record=lambda results, state: diary.append(("recorded", len(results), state["reported"])),
        listener=events.append,
        interrupt=Interrupt(events.append),
    )
    executor.listener = study.hear
    return Searched(study, executor, diary, events)


def search(*args: Any, **options: Any) -> Searched:
    searched = prepared(*args, **options)
    searched.study.run(searched.executor)
    return searched


def test_the_oracle_hears_which_share_of_the_search_is_left() -> None:
    oracle: Any = search(100.0, reserve=20.0, workers=2).study.oracle
    assert oracle.remaining[0] == 1.0
    assert oracle.remaining == sorted(oracle.remaining, reverse=True)
    assert 0.0 <= oracle.remaining[-1] < 0.3


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


def in_folds(left: int) -> Callable[[TrialJob], Result]:
    """Return how trials end that have so many folds left."""
    return lambda job: replace(done(job), status="stopped", folds_left=left)


def asked_in_folds(seconds: float, left: Sequence[int]) -> list[bool]:
    """Return, of each trial asked for, whether there was time for one that begins."""
    asked: list[bool] = []

    def outcome(job: TrialJob) -> Result:
        return in_folds(left[len(asked) - 1])(job)

    searched = prepared(seconds, outcome=outcome)
    study = searched.study

    class Rule(Never):
        """Has always something to train."""

        def ask(self, remaining: float, *, begins: bool = True) -> Any:
            if len(asked) == len(left):
                return None
            asked.append(begins)
            return Proposal(f"t{len(asked) + 1:03d}", values(1))

    study.stopping = Rule(study.oracle, "min")  # type: ignore[arg-type]
    study.plan = replace(study.plan, folds=5)
    study.run(searched.executor)
    return asked


def test_as_long_as_no_trial_is_through_all_folds_one_may_go_on() -> None:
    # trials of 10 seconds; the third has 4, which is too short to begin one
    assert asked_in_folds(24.0, [2, 2, 2]) == [True, True, False]
    assert asked_in_folds(24.0, [0, 0, 0]) == [True, True]


def test_a_trial_goes_on_where_half_of_what_its_folds_need_is_left() -> None:
    # 8 s in four folds: 2.6 s and 2 s of setup for the fifth, half of which is 2.3
    assert asked_in_folds(22.4, [1, 0, 0]) == [True, True, False]
    assert asked_in_folds(22.2, [1, 0, 0]) == [True, True]


def test_a_trial_with_folds_left_is_told_without_a_score() -> None:
    for left, score in ((2, None), (0, 1.0)):
        events = search(10.0, outcome=in_folds(left)).events
        assert [event.score for event in events if isinstance(event, TrialEnded)] == [score]


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
    def now_and_then(job: TrialJob) -> Result:
        return done(job) if int(job.trial[1:]) % FAILURES_IN_A_ROW == 0 else failed(job)

    searched = search(400.0, outcome=now_and_then)
    assert len(searched.results) > 2 * FAILURES_IN_A_ROW


def test_workers_have_something_to_do_before_files_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("seqtune.search.keeping.RECORD_SHARE", 1e12)
    order: list[str] = []
    searched = prepared(1000.0, 2)
    searched.study.record = lambda results, state: order.append(f"recorded {sorted(results)}")
    submit = searched.executor.submit
    searched.executor.submit = lambda job: (order.append(job.trial), submit(job))[1]  # type: ignore[method-assign]
    searched.study.run(searched.executor)
    assert order == [
        "t001", "recorded []", "t002", "recorded ['t001']", "recorded ['t001', 't002']",
    ]  # fmt: skip


def test_writing_files_does_not_keep_the_loop_from_its_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("seqtune.search.keeping.RECORD_SHARE", 1e-12)  # there is never time for it
    kept = [entry[1] for entry in search(1000.0, 5).diary if entry[0] == "recorded"]
    assert kept == [0, 5]  # at the start and in the end, whatever happens


@pytest.mark.parametrize("fault", [None, RunError("the disk is full")])
def test_a_search_that_is_cut_off_keeps_the_trials_that_are_over(
    fault: RunError | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqtune.search.keeping.RECORD_SHARE", 1e-12)  # no other write is due
    kept: list[list[str]] = []

    def record(results: Any, state: Any) -> None:
        kept.append(sorted(results))
        if fault is not None and len(kept) > 1:
            raise fault

    def outcome(job: TrialJob) -> Result:
        if job.trial == "t003":
            raise KeyboardInterrupt
        return done(job)

    searched = prepared(1000.0, 5, outcome)
    searched.study.record = record
    with pytest.raises(KeyboardInterrupt):
        searched.study.run(searched.executor)
    assert kept == [[], ["t001", "t002"]]


def test_the_oracle_hears_of_failures_and_their_reason() -> None:
    told = [entry for entry in search(1000.0, 1, failed).diary if entry[0] == "told"]
    assert told == [("told", "t001", None, FAILED)]


def test_the_listener_hears_how_each_trial_went() -> None:
    events = search(1000.0, 1).events
    assert events == [
        TrialStarted("t001", 0, values(1)),
        TrialEnded("t001", 0, "completed", 1.0, 10.0),
    ]


def test_a_job_has_all_that_a_worker_needs() -> None:
    job = search(1000.0, 3).executor.jobs[2]
    assert (job.trial, job.values) == ("t003", values(3))
    assert job.seed == 3 + 40 * 15_485_863  # of its own, and the same whatever ran before
    assert (job.steps_per_epoch, job.until, job.earlier) == (7, STEPS, None)
    assert job.seconds == 200.0 + SETUP_SECONDS  # a fifth of the search, and time to compile


def test_a_stretch_of_a_trial_gets_its_share_of_steps_and_time() -> None:
    searched = search(1000.0, [Proposal("t001", values(1), 1 / 3)])
    job = searched.executor.jobs[0]
    assert (job.until, job.seconds) == (30, pytest.approx(200.0 / 3 + SETUP_SECONDS))


def test_a_trial_goes_on_from_what_it_has_behind_it() -> None:
    begun = Proposal("t001", values(1), 1 / 3)
    more = replace(begun, share=1.0, continues=True)
    searched = search(1000.0, [begun, more])
    first, second = searched.executor.jobs
    assert first.earlier is None
    assert second.earlier is not None
    assert (second.earlier.steps, second.until, second.seed) == (30, STEPS, first.seed)
    (result,) = searched.results
    assert (result.status, result.seconds, result.steps) == ("completed", 20.0, STEPS)


def test_a_stretch_that_is_lost_leaves_what_the_trial_had() -> None:
    begun = Proposal("t001", values(1), 1 / 3)
    searched = search(
        1000.0,
        [begun, replace(begun, share=1.0, continues=True)],
        outcome=lambda job: job.failed("killed", 4.0) if job.earlier else done(job),
    )
    (result,) = searched.results
    assert (result.status, result.score, result.reason) == ("stopped", 1.0, "killed")
    assert (result.seconds, result.steps) == (14.0, 30)


def test_what_each_worker_does_is_counted() -> None:
    begun = Proposal("t001", values(1), 1 / 3)
    searched = search(1000.0, [begun, replace(begun, share=1.0, continues=True)])
    assert {number: work.to_dict() for number, work in searched.study.work.items()} == {
        0: {"busy": 20.0, "training": 16.0}
    }


def test_every_worker_is_kept_busy() -> None:
    searched = search(1000.0, proposals=5, workers=3)
    assert searched.executor.most_running == 3
    assert sorted(result.trial for result in searched.results) == [
        "t001", "t002", "t003", "t004", "t005",
    ]  # fmt: skip


def test_a_worker_waits_where_the_oracle_needs_the_others_first() -> None:
    first, second = new_trials(2)
    searched = search(1000.0, [first, WAIT, second], workers=2)
    assert searched.executor.most_running == 1
    assert [result.trial for result in searched.results] == ["t001", "t002"]


def test_out_of_memory_is_tried_once_more_with_half_the_batch() -> None:
    def large(job: TrialJob) -> Result:
        fits = job.values["training.batch_size"] <= 32
        return done(job) if fits else job.failed("RESOURCE_EXHAUSTED: Out of memory", 1.0)

    searched = search(1000.0, 1, large)
    (result,) = searched.results
    assert (result.status, result.values["training.batch_size"]) == ("completed", 32)
    assert [job.trial for job in searched.executor.jobs] == ["t001", "t001"]
    (note,) = searched.notes
    assert "batches of 32" in note


def test_out_of_memory_twice_is_a_failure() -> None:
    searched = search(1000.0, 1, lambda job: job.failed("Out of memory", 1.0))
    assert [job.values["training.batch_size"] for job in searched.executor.jobs] == [64, 32]
    assert [result.status for result in searched.results] == ["failed"]


def test_what_was_finished_is_kept_when_the_user_interrupts() -> None:
    searched = prepared(1000.0, 9, workers=2)

    def interrupted(job: TrialJob) -> Result:
        searched.study.interrupt.asked = job.trial == "t002"
        return done(job)

    searched.executor.outcome = interrupted
    searched.study.run(searched.executor)
    # the third was under way, and was let come to its best epoch
    assert [result.trial for result in searched.results] == ["t001", "t002", "t003"]
    assert searched.executor.stopped == ["t003"]
    assert searched.diary[-1] == ("recorded", 3, {"t001": 90, "t002": 90, "t003": 90})
    assert "interrupted" in searched.notes[0]


def test_a_trial_that_the_rule_has_seen_enough_of_is_stopped() -> None:
    searched = prepared(1000.0, 1)
    searched.study.stopping.hear = lambda trial, progress, score: progress < 0.5  # type: ignore[method-assign]

    def epochs(job: TrialJob) -> Result:
        for epoch in (1, 2):
            searched.study.hear(EpochEnded(job.trial, 0, epoch, 4, 0.9))
        return done(job)

    searched.executor.outcome = epochs
    searched.study.run(searched.executor)
    assert searched.executor.stopped == ["t001"]


def test_a_search_that_was_killed_is_told_of_what_it_had_not_heard() -> None:
    searched = prepared(1000.0, 3)
    known = Result("t001", "completed", values(1), 0.5, steps=STEPS)
    unheard = Result("t002", "completed", values(2), 0.4, steps=STEPS)
    state = {"oracle": {"asked": 2}, "stopping": {}, "reported": {"t001": STEPS}}
    searched.study.restore(state, {"t001": known, "t002": unheard})
    assert searched.diary == [("told", "t002", 0.4, "")]
    searched.study.run(searched.executor)
    assert [job.trial for job in searched.executor.jobs] == ["t003"]
    assert [result.trial for result in searched.results] == ["t001", "t002", "t003"]


@pytest.mark.parametrize(("seconds", "begun"), [(20.0, ["t002"]), (0.0, [])])
def test_a_search_that_goes_on_begins_one_trial_however_long_trials_took(
    seconds: float, begun: list[str]
) -> None:
    searched = prepared(seconds, 2)
    known = Result("t001", "stopped", values(1), 0.5, seconds=170.0, steps=STEPS)
    state = {"oracle": {"asked": 1}, "stopping": {}, "reported": {"t001": STEPS}}
    searched.study.restore(state, {"t001": known})
    searched.study.run(searched.executor)
    assert [job.trial for job in searched.executor.jobs] == begun


def test_a_search_that_loses_its_last_worker_says_so_after_the_last_outcome() -> None:
    searched = prepared(1000.0)
    wait = searched.executor.wait

    def lose(seconds: float) -> list[Any]:
        if not searched.executor.running:
            raise SearchError("no worker can be started")
        searched.executor.workers = 0
        return wait(seconds)

    searched.executor.wait = lose  # type: ignore[method-assign]
    with pytest.raises(SearchError, match="no worker can be started"):
        searched.study.run(searched.executor)
    assert [result.status for result in searched.results] == ["completed"]


def full_until(tries: int, diary: list[int]) -> Callable[..., None]:
    """Return what keeps trials on a disk that is full for so many tries."""

    def record(results: dict[str, Result], state: dict[str, Any]) -> None:
        diary.append(len(results))
        if len(diary) <= tries:
            raise RunError("x cannot be written: full") from OSError(errno.ENOSPC, "full")

    return record


def test_a_full_disk_ends_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqtune.search.keeping.FULL_SECONDS", 0.0)
    searched, kept = prepared(100.0), []
    searched.study.record = full_until(3, kept)
    searched.study.run(searched.executor)
    assert len(searched.results) == 10 == kept[-1]
    assert searched.notes == [
        "x cannot be written: full; the search goes on, and saves when there is room"
    ]


def test_a_search_that_has_ended_waits_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqtune.search.keeping.FULL_SECONDS", 1000.0)
    monkeypatch.setattr("seqtune.search.patience.PAUSE_SECONDS", 0.001)
    searched, kept = prepared(100.0), []
    searched.study.record = full_until(5, kept)
    searched.study.run(searched.executor)
    assert kept == [0, 10, 10, 10, 10, 10]


def test_another_fault_of_the_disk_is_told_at_once() -> None:
    searched = prepared(100.0)

    def record(results: dict[str, Result], state: dict[str, Any]) -> None:
        raise RunError("x cannot be written: broken") from OSError(errno.EIO, "broken")

    searched.study.record = record
    with pytest.raises(RunError, match="broken"):
        searched.study.run(searched.executor)


def test_a_trial_whose_network_is_gone_begins_anew() -> None:
    first, again = Proposal("t001", values(1), 1 / 3), Proposal("t001", values(1), 1.0, True)
    for is_kept in (True, False):
        searched = prepared(1000.0, [first, again])
        searched.study.is_kept = lambda trial, is_kept=is_kept: is_kept
        searched.study.run(searched.executor)
        assert (searched.executor.jobs[1].earlier is not None) == is_kept


def test_trials_that_find_no_room_on_the_disk_end_no_search() -> None:
    def homeless(job: TrialJob) -> Result:
        return job.failed(f"x cannot be written: {os.strerror(errno.ENOSPC)}", 10.0)

    searched = search(1e6, 3 * FAILURES_IN_A_ROW, outcome=homeless)
    assert len(searched.results) == 3 * FAILURES_IN_A_ROW
    assert searched.notes == []
