"""The loop of the search: ask what to train, hand it to a worker, tell how it went."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from seqtune.errors import RunError, SearchError
from seqtune.files import FULL
from seqtune.progress import EpochEnded, Event, Listener, Note, TrialEnded, TrialStarted
from seqtune.runtime.interrupt import Interrupt
from seqtune.search.budget import MIN_SHARE, Clock, worth_beginning
from seqtune.search.executor._contract import POLL_SECONDS, Executor
from seqtune.search.job_plan import JobPlan
from seqtune.search.keeping import Keeping
from seqtune.search.oracle import Oracle, Wait
from seqtune.search.stopping._contract import Stopping
from seqtune.search.trial import Result, TrialJob, reason_of

FAILURES_IN_A_ROW = 10
"""The search stops after this many failed trials in a row."""

STOP_SECONDS = 3.0
"""How long workers may take to end their trials after Ctrl-C."""

OUT_OF_MEMORY = re.compile(
    r"out of memory|memoryerror|resource_?exhausted|bad_alloc|\boom\b", re.IGNORECASE
)
"""Signs, in the reason of a failure, that a smaller batch may succeed."""

FULL_DISK = re.compile("|".join(re.escape(os.strerror(number)) for number in FULL))
"""Signs that a trial waited in vain for room on the disk."""


@dataclass
class Work:
    """What one worker has done, in seconds."""

    busy: float = 0.0
    training: float = 0.0

    def to_dict(self) -> dict[str, float]:
        """Return plain JSON values."""
        return {"busy": self.busy, "training": self.training}


@dataclass
class Study:
    """A search under way.

    Args:
        oracle: Proposes configurations.
        stopping: Says which trials train on.
        clock: Wall time of the whole command.
        reserve: Seconds at the end of the budget that belong to what follows the search, from the
            trials so far.
        plan: Makes jobs of proposals.
        record: Keeps all results and the state of the search for good; called when every worker
            has something to do.
        listener: Hears of every trial.
        interrupt: A wish to end early.
        is_kept: Says whether a trial's network is still there.
        results: Trials so far, by name.
    """

    oracle: Oracle
    stopping: Stopping
    clock: Clock
    reserve: Callable[[Collection[Result]], float]
    plan: JobPlan
    record: Callable[[dict[str, Result], dict[str, Any]], None]
    listener: Listener
    interrupt: Interrupt
    is_kept: Callable[[str], bool] = lambda trial: True
    results: dict[str, Result] = field(default_factory=dict)
    work: dict[int, Work] = field(default_factory=dict)
    seconds: float = 0.0
    _running: dict[str, TrialJob] = field(default_factory=dict)
    _worker: dict[str, int] = field(default_factory=dict)
    _reported: dict[str, int] = field(default_factory=dict)
    _failures: list[str] = field(default_factory=list)
    _halved: set[str] = field(default_factory=set)
    _search_seconds: float = 0.0
    _executor: Executor | None = None
    _begun: bool = False
    _keeping: Keeping = field(init=False)

    def __post_init__(self) -> None:
        self._keeping = Keeping(
            lambda: self.record(self.results, self.state()), self.listener, self.interrupt
        )

    def state(self) -> dict[str, Any]:
        """Return everything needed to go on later, as plain JSON values."""
        return {
            "oracle": self.oracle.state(),
            "stopping": self.stopping.state(),
            "reported": self._reported,
        }

    def restore(self, state: Mapping[str, Any], results: Mapping[str, Result]) -> None:
        """Go on where an earlier search was, even one that was killed.

        Args:
            state: The last state that was kept.
            results: The trials that were kept; where the state does not know of one yet, the search
                is told of it.

        Raises:
            RunError: The state is damaged.
        """
        try:
            self.oracle.restore(state["oracle"])
            self.stopping.restore(state["stopping"])
            self._reported = {str(trial): int(steps) for trial, steps in state["reported"].items()}
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"the state of the search is damaged: {reason_of(error)}",
                "fit again, or restore the run folder",
            ) from error
        self.results = dict(results)
        for result in results.values():
            if self._reported.get(result.trial, -1) < result.steps:
                self._tell(result)

    def run(self, executor: Executor) -> None:
        """Search until the time is over, nothing is left to train, or nothing but failures come.

        Args:
            executor: Runs the trials.

        Raises:
            SearchError: There is no worker any more. What was under way has failed; the search can
                go on with another executor.
        """
        self._executor, self._failures = executor, []
        self._search_seconds = self._search_seconds or self.left()
        began = time.monotonic()
        try:
            self._loop(executor)
        except SearchError as error:
            for job in list(self._running.values()):
                self._take(job.failed(error.message, 0.0), executor)
            raise
        finally:
            self.seconds += time.monotonic() - began

    def hear(self, event: Event) -> None:
        """Listen to an executor: pass events on, and stop a trial that is not worth its time."""
        if isinstance(event, TrialStarted):
            self._worker[event.trial] = event.worker
            self.work.setdefault(event.worker, Work())
        self.listener(event)
        if isinstance(event, EpochEnded) and self._executor is not None:
            self.interrupt.tell()
            goes_on = self.stopping.hear(event.trial, event.epoch / event.epochs, event.score)
            if not goes_on or self.interrupt.asked:
                self._executor.stop(event.trial)

    @property
    def running(self) -> Collection[str]:
        """Names of the trials that are under way."""
        return self._running.keys()

    def left(self) -> float:
        """Return the seconds left for trials."""
        return self.clock.left() - self.reserve(self.results.values())

    def _loop(self, executor: Executor) -> None:
        self._fill(executor)
        self._keeping.save()  # no result comes before its trial is on disk
        while self._running:
            try:
                outcomes = executor.wait(POLL_SECONDS)
            except KeyboardInterrupt:
                self._keeping.save_in_haste()  # trials that are over are not lost with this one
                raise
            for outcome in outcomes:
                self._take(outcome, executor)
            self.interrupt.tell()
            if self.interrupt.asked or self._keeps_failing():
                self._finish(executor)
                return
            self._fill(executor)  # workers first, files after
            if outcomes:
                self._keeping.changed()
            self._keeping.save_if_due()
        self._keeping.close()
        executor.wait(0.0)  # raises if no worker is left

    def _fill(self, executor: Executor) -> None:
        """Give every idle worker something to do."""
        while executor.idle() and not self.interrupt.asked:
            begins = self._has_time()
            if not (begins or self._may_go_on()):
                return
            remaining = self.left() / max(self._search_seconds, 1e-9)
            proposal = self.stopping.ask(min(1.0, max(0.0, remaining)), begins=begins)
            if proposal is None or isinstance(proposal, Wait):
                return
            earlier = self.results.get(proposal.trial) if proposal.continues else None
            if earlier is not None and not self.is_kept(earlier.trial):
                earlier = None  # its network is not there any more; it begins anew
            job = self.plan.job(proposal, earlier, self._search_seconds, self.left())
            self._submit(executor, job)

    def _submit(self, executor: Executor, job: TrialJob) -> None:
        self._begun = True
        self._running[job.trial] = job
        executor.submit(job)

    def _has_time(self) -> bool:
        """Say whether another trial is worth beginning; the first one always is.

        On `resume` too, as long as there is any time: the first may be one that goes on, and what
        trials took before says little of that.
        """
        if not self._begun and self.results:
            return self.left() > 0
        done = [
            (result.seconds, result.training_seconds)
            for result in self.results.values()
            if result.score is not None
        ]
        return worth_beginning(self.left(), done, is_first=not (self.results or self._running))

    def _may_go_on(self) -> bool:
        """Say whether a trial may go on that has folds left; its programs are there already."""
        scored = [result for result in self.results.values() if result.score is not None]
        needed = [self.plan.seconds_to_go(each) for each in scored if each.folds_left]
        is_all = len(needed) == len(scored)  # nothing comes of the search unless one does
        return bool(needed) and self.left() >= (0.0 if is_all else MIN_SHARE * min(needed))

    def _take(self, outcome: Any, executor: Executor) -> None:
        job = self._running.pop(outcome.trial, None)
        if job is None or not isinstance(outcome, Result):
            return
        self._account(outcome, job)
        if outcome.reason and self._try_smaller(outcome, job, executor):
            return
        if not FULL_DISK.search(outcome.reason):  # which says nothing of the trial
            self._failures = [*self._failures, outcome.reason] if outcome.reason else []
        self.results[outcome.trial] = outcome
        self._tell(outcome)
        worker = self._worker.get(outcome.trial, 0)
        self.listener(
            TrialEnded(
                outcome.trial, worker, outcome.status,
                None if outcome.folds_left else outcome.score,
                outcome.seconds, outcome.reason,
            )
        )  # fmt: skip

    def _account(self, outcome: Result, job: TrialJob) -> None:
        """Add a stretch to what its worker has done."""
        before = job.earlier or Result(job.trial, "", {})
        work = self.work.setdefault(self._worker.get(job.trial, 0), Work())
        work.busy += outcome.seconds - before.seconds
        work.training += outcome.training_seconds - before.training_seconds

    def _try_smaller(self, outcome: Result, job: TrialJob, executor: Executor) -> bool:
        """Train once more with half the batch where memory was too small."""
        smaller = job.smaller()
        if (
            not OUT_OF_MEMORY.search(outcome.reason)
            or smaller is None
            or job.trial in self._halved
            or not executor.idle()
        ):
            return False
        batch = smaller.values["training.batch_size"]
        self.listener(Note(f"{job.trial}: {outcome.reason}; trying again with batches of {batch}"))
        self._halved.add(job.trial)
        self._submit(executor, smaller)
        return True

    def _tell(self, result: Result) -> None:
        self._reported[result.trial] = result.steps
        self.stopping.tell(result)

    def _finish(self, executor: Executor) -> None:
        """Let running trials end at their best epoch, briefly."""
        for trial in self._running:
            executor.stop(trial)
        deadline = time.monotonic() + STOP_SECONDS
        while self._running and time.monotonic() < deadline:
            for outcome in executor.wait(POLL_SECONDS):
                self._take(outcome, executor)
        self._keeping.save_at_last()

    def _keeps_failing(self) -> bool:
        failed = len(self._failures)
        if failed < FAILURES_IN_A_ROW:
            return False
        reason, count = Counter(self._failures).most_common(1)[0]
        self.listener(
            Note(f"search stopped: the last {failed} trials failed, {count} of them with: {reason}")
        )
        return True
