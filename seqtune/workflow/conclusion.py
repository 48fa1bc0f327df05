"""The end of a fit: select, score on the test part, refit, close the run folder, and explain.

The run is complete before a page's evidence is gathered and its network is explained: neither is a
part of the search, and what cuts them off leaves the run as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from seqtune.drawing.wording import duration
from seqtune.errors import RunError, SearchError
from seqtune.files import write_json
from seqtune.progress import Event, Note, StageStarted
from seqtune.run.folder import now, write_record
from seqtune.run.run import Run
from seqtune.runtime.interrupt import ORDER_SECONDS, Interrupt
from seqtune.search.patience import LAST_FULL_SECONDS, patiently

if TYPE_CHECKING:
    from seqtune.baselines.runner import BaselineResult
    from seqtune.recipe.load import Recipe
    from seqtune.run.selection import Selection
    from seqtune.search.budget import Clock
    from seqtune.search.trial import Result
    from seqtune.tasks._contract import Task
    from seqtune.workflow.search import Searching

CHOICE_SECONDS, CHOICE_SHARE = 5.0, 0.05
"""The choice of an ensemble ends after so many seconds, or after a share of the budget, if that is
more. It takes less than a second where predictions are averaged. Where networks predict together,
each of them looks at the validation part again: what is under way then is finished."""


@dataclass
class ChoiceTime:
    """How long the choice of an ensemble may take, from now on.

    Args:
        budget: Seconds of the whole command.
        is_hurried: Says whether everything should end.
    """

    budget: float
    is_hurried: Callable[[], bool]
    was_over: bool = field(default=False, init=False)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """The seconds."""
        return max(CHOICE_SECONDS, CHOICE_SHARE * self.budget)

    @property
    def why(self) -> str:
        """What to tell where it was over before everything was tried."""
        return (
            f"the choice of an ensemble was cut off after {duration(self.seconds)}: networks were "
            "left out untried; a longer --budget gives it more time"
        )

    def is_over(self) -> bool:
        """Say whether nothing further may be tried; it is remembered."""
        is_late = time.monotonic() - self._began > self.seconds
        self.was_over = self.was_over or is_late or self.is_hurried()
        return self.was_over


class Fit(Protocol):
    """What a fit has when its search is over; see `workflow.fitting.Fitting`."""

    recipe: Recipe
    clock: Clock
    folder: Path
    record: dict[str, Any]
    task: Task
    prepared: Any
    searching: Searching
    baselines: list[BaselineResult]
    notes: list[str]
    assumptions: list[dict[str, str]]

    def tell(self, event: Event) -> None:
        """Pass an event on."""


@dataclass(frozen=True)
class Conclusion:
    """What follows the search of a fit.

    Args:
        fitting: The fit.
        interrupt: A wish to end early: what is finished is scored and saved.
    """

    fitting: Fit
    interrupt: Interrupt

    def run(self) -> Result | None:
        """Take every step after the search, but for the explanation.

        Returns:
            The trial whose network is worth explaining; None where there is none.
        """
        from seqtune.run.evidence import EVIDENCE
        from seqtune.run.explanation import EXPLANATION  # loads Keras

        fitting, searching = self.fitting, self.fitting.searching
        choice = ChoiceTime(fitting.clock.seconds, self._is_hurried)
        fitting.tell(StageStarted("ensemble", f"{duration(choice.seconds)} at most"))
        selection = searching.selection()
        selection.select(fitting.recipe.values.ensemble.size, choice.is_over)
        if choice.was_over:
            fitting.tell(Note(choice.why))
        if selection.ranked():
            try:
                self._score(selection)
            except SearchError as error:
                searching.fall_back(error)
                self._score(selection)
        else:
            fitting.tell(Note(searching.why_nothing()))
        status = "interrupted" if self.interrupt.asked else "complete"
        self._save(lambda: searching.publication.conclude(selection))
        self._illustrate(selection)
        for name in (EVIDENCE, EXPLANATION):
            (fitting.folder / name).unlink(missing_ok=True)  # of an earlier command
        self._save(lambda: self._write_tail(status))
        self._keep_evidence(selection)
        self._save(lambda: self._write_tail(status))
        return selection.weightiest()

    def explain(self, result: Result | None) -> None:
        """Measure what a network looks at, if there is time; the run is complete already.

        Args:
            result: The trial that made it; None for nothing to explain.
        """
        from seqtune.tasks._abilities import Explains

        if result is None or not isinstance(self.fitting.task, Explains):
            return
        self._explain(self.fitting.task, result)
        self._save(lambda: self._write_tail("complete"))

    def _is_hurried(self) -> bool:
        """Say whether the order to stop is near."""
        return self.interrupt.left() < ORDER_SECONDS / 2

    def _save(self, write: Callable[[], None]) -> None:
        """Write what the search came to; wait while the disk is full."""
        tell = self.fitting.tell
        patiently(
            write,
            LAST_FULL_SECONDS,
            is_over=self._is_hurried,
            hear=lambda message: tell(Note(f"{message}; waiting for room")),
        )

    def _score(self, selection: Selection) -> None:
        fitting = self.fitting
        selection.score_chosen(
            fitting.searching.executor,
            fitting.clock,
            fitting.searching.shares.saving,
            seed=fitting.recipe.values.seed,
            refit=fitting.recipe.get("refit"),
            interrupt=self.interrupt,
        )

    def _illustrate(self, selection: Selection) -> None:
        """Keep a picture of what the search made on the test part, where the task draws one."""
        fitting, predictions = self.fitting, selection.test_predictions()
        if predictions is None:
            return
        models = Run(fitting.folder).predictor
        chart = fitting.task.illustrate(fitting.prepared, predictions, models, models.context)
        if "title" in chart and models.name_of(None) != selection.searched_name:
            chart["title"] += f", by {selection.searched_name}"  # the winner is another row
        if chart:
            self._save(lambda: write_json(fitting.folder / "chart.json", chart))

    def _keep_evidence(self, selection: Selection) -> None:
        """Keep what a page shows of the models at work; a run without it is complete."""
        from seqtune.run.evidence import save_evidence, tested_of

        fitting = self.fitting
        run = Run(fitting.folder)
        tested = {result.name: result.tested for result in fitting.baselines}
        shown = tested_of(run.board, selection, tested)
        if shown is None or self._is_hurried():
            return
        models = run.predictor
        try:
            blocks = fitting.task.evidence(fitting.prepared, shown, models, models.context)
        except Exception as error:  # a page must not end the run
            reason = f"{type(error).__name__}: {error}"
            fitting.tell(Note(f"the page of this run will show less: {reason}"))
            return
        self._save(lambda: save_evidence(fitting.folder, blocks))

    def _explain(self, task: Any, result: Result) -> None:
        from seqtune.run.explanation import cut_off, explain_trial, no_time, time_left

        fitting = self.fitting
        deadline = time_left(fitting.clock.left(), result)
        if deadline is None:
            fitting.tell(Note(no_time(fitting.folder)))
            return
        fitting.tell(StageStarted("explain"))
        try:
            explain_trial(task, fitting.prepared, fitting.folder, result, deadline)
        except KeyboardInterrupt:
            fitting.tell(Note(cut_off(fitting.folder)))
        except RunError as error:
            fitting.tell(Note(f"what the network looks at was not measured: {error.message}"))

    def _write_tail(self, status: str) -> None:
        """Write what the whole command came to."""
        fitting, searching = self.fitting, self.fitting.searching
        total = searching.earlier_seconds + fitting.clock.elapsed()
        fitting.record.update(
            status=status,
            ended=now(),
            seconds={"total": total, "search": searching.seconds},
            workers=searching.work,
            notes=fitting.notes,
            assumptions=fitting.assumptions,
        )
        write_record(fitting.folder, fitting.record)
