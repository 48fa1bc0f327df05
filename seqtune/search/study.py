"""The loop of the search: ask the oracle, hand the trial to a worker, tell how it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from seqtune.progress import Listener, Note, TrialEnded
from seqtune.search.budget import SHORTEST_TRIAL_SECONDS, Clock, trial_seconds
from seqtune.search.executor._contract import Executor
from seqtune.search.oracle import Oracle
from seqtune.search.trial import Job, Result

FAILURES_IN_A_ROW = 10
"""So many failed trials, one after the other, end the search: they will not stop failing."""


@dataclass
class Study:
    """A search under way.

    Args:
        oracle: Proposes configurations.
        executor: Runs them.
        clock: Wall time of the whole command.
        reserve: Seconds at the end of the budget that belong to what follows the search.
        folder: The run folder.
        seed: Seeds the trials.
        steps_per_epoch: Batches between two validations, from a configuration.
        record: Keeps a result for good, before the next trial begins.
        listener: Hears of every trial.
    """

    oracle: Oracle
    executor: Executor
    clock: Clock
    reserve: float
    folder: Path
    seed: int
    steps_per_epoch: Callable[[dict[str, object]], int]
    record: Callable[[Result], None]
    listener: Listener
    results: list[Result] = field(default_factory=list)

    def run(self) -> list[Result]:
        """Search until the time is over, the space is exhausted, or nothing but failures come."""
        search_seconds = self.left()
        running = 0
        exhausted = False
        while True:
            while not exhausted and self.executor.idle() and self._has_time():
                proposal = self.oracle.ask()
                if proposal is None:
                    exhausted = True
                    break
                seconds = trial_seconds(search_seconds, self.left())
                self.executor.submit(
                    Job(
                        trial=proposal.trial,
                        values=proposal.values,
                        seed=self.seed + int(proposal.trial[1:]),
                        seconds=seconds,
                        folder=self.folder,
                        steps_per_epoch=self.steps_per_epoch(proposal.values),
                    )
                )
                running += 1
            if not running:
                return self.results
            for result in self.executor.wait():
                running -= 1
                self._take(result)
            if self._keeps_failing():
                return self.results

    def left(self) -> float:
        """Return the seconds left for trials."""
        return self.clock.left() - self.reserve

    def _has_time(self) -> bool:
        """Say whether another trial is worth beginning; the first one always is."""
        done = [result.seconds for result in self.results if result.status != "failed"]
        if not done:
            return self.left() > 0 or not self.results
        return self.left() >= max(SHORTEST_TRIAL_SECONDS, 0.5 * min(done))

    def _take(self, result: Result) -> None:
        self.results.append(result)
        self.record(result)
        self.oracle.tell(result.trial, result.score, result.reason)
        self.listener(
            TrialEnded(result.trial, 0, result.status, result.score, result.seconds, result.reason)
        )

    def _keeps_failing(self) -> bool:
        last = self.results[-FAILURES_IN_A_ROW:]
        if len(last) < FAILURES_IN_A_ROW or any(result.status != "failed" for result in last):
            return False
        reason, count = Counter(result.reason for result in last).most_common(1)[0]
        self.listener(
            Note(f"search ended: {len(last)} trials failed in a row; {count} with: {reason}")
        )
        return True
