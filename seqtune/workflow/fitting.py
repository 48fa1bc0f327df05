"""One fit under way, step by step: read, prepare, baselines, search, select, refit."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.baselines.pace import Allowance
from seqtune.errors import RunError
from seqtune.files import append_text, sweep, synchronise_all, write_text
from seqtune.progress import (
    Assumption,
    BaselineEnded,
    Event,
    Finished,
    Listener,
    Note,
    StageStarted,
    TrialEnded,
)
from seqtune.run.baseline_predictions import save_predictions, save_tested
from seqtune.run.folder import LEFT_OUT, RECORD, NewFolder, now, write_record
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.lock import RunLock
from seqtune.run.members import write_members
from seqtune.runtime import backend as backends
from seqtune.runtime.interrupt import Interrupt, ended_by_signals, last_words
from seqtune.search.budget import Clock
from seqtune.workflow.conclusion import Conclusion
from seqtune.workflow.origin import Origin
from seqtune.workflow.tracking import Tracking, seconds_kept, tracked

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.baselines.runner import BaselineResult
    from seqtune.data.reading.source import Source
    from seqtune.recipe.load import Recipe
    from seqtune.tasks._contract import Task
    from seqtune.workflow.search import Searching


@dataclass
class Fitting:
    """One fit under way; the steps in the order in which they are taken.

    Args:
        recipe: What to search; inferred values are filled in when the data is known.
        clock: Wall time of the command; trackers have some of it at the end.
        listener: Hears of everything that is worth telling.
        chosen: What an earlier search has chosen; see `seqtune.run.leaderboard.Leaderboard`.
    """

    recipe: Recipe
    clock: Clock
    listener: Listener
    chosen: str = ""
    notes: list[str] = field(default_factory=list)
    assumptions: list[dict[str, str]] = field(default_factory=list)
    folder: Path = field(init=False)
    record: dict[str, Any] = field(init=False)
    backend: str = field(init=False)
    task: Task = field(init=False)
    prepared: Any = field(init=False)
    searching: Searching = field(init=False)
    tracking: Tracking = field(init=False)
    baselines: list[BaselineResult] = field(default_factory=list)
    lock: RunLock | None = None
    _is_log_lost: bool = False

    def __post_init__(self) -> None:
        names = self.recipe.values.tracking
        self.clock = replace(self.clock, kept=seconds_kept(names, self.clock.seconds))
        self.tracking = Tracking(names, self.tell)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Leave a readable run and give the board back, however the steps inside end."""
        try:
            with ended_by_signals(), last_words(self._leave):
                yield
        except KeyboardInterrupt:
            if self._close_interrupted():
                self.tell(Note(self._what_next()))
            raise
        finally:
            self._unlock()
            try:
                status = self.record["status"] if hasattr(self, "record") else ""
                self.tracking.close(is_complete=status == "complete")
            finally:
                self.listener(Finished())

    def _leave(self) -> None:
        """Close the run before the process is ended, whatever it is doing."""
        try:
            self._close_interrupted()
            if hasattr(self, "searching"):
                self.searching.close()
        finally:
            self._unlock()

    def _unlock(self) -> None:
        """Give the run folder back, without what a worker had half written when it was ended."""
        if self.lock is not None:
            if hasattr(self, "folder"):
                with suppress(OSError):  # the next command does so, too
                    sweep(self.folder)
            self.lock.release()

    def _what_next(self) -> str:
        if self.record["status"] == "complete":
            return f"interrupted when the run was complete: seqtune report {self.folder}"
        return f"interrupted; go on with: seqtune resume {self.folder}"

    def _close_interrupted(self) -> bool:
        """Note in a run that it was interrupted; say whether there is one already."""
        if not hasattr(self, "record") or not (self.folder / RECORD).is_file():
            return False
        if self.record["status"] == "running":
            self.record.update(status="interrupted", ended=now())
            try:
                write_record(self.folder, self.record)
            except RunError as error:  # it can be gone on with all the same
                self.listener(Note(error.message))
        return True

    def go_on(self) -> None:
        """Take every step after the data is prepared, as far as it was not taken before."""
        interrupt = Interrupt(self.tell)
        problem = self.searching.problem
        self.tracking.begin(
            tracked(self.folder, self.record, self.recipe, problem.metric, problem.direction)
        )
        self.searching.open(interrupt)  # workers start while the baselines run
        try:
            if LEFT_OUT not in self.record:
                self._run_baselines()
            with interrupt:
                self.searching.run(interrupt)
                conclusion = Conclusion(self, interrupt)
                weightiest = conclusion.run()
        finally:
            self.searching.close()
        if not interrupt.asked:
            conclusion.explain(weightiest)
        if self.record["status"] == "complete":  # else `resume` begins with them what is untrained
            from seqtune.search.beginning import BEGINNINGS  # loads Keras, which is there by now

            shutil.rmtree(self.folder / BEGINNINGS, ignore_errors=True)
        left = self.clock.left_in_all()
        self.tracking.end(self.folder, self.record["status"], left, hurry=interrupt.left())

    def tell(self, event: Event) -> None:
        """Pass an event on, and keep what the run folder should remember of it."""
        if isinstance(event, Note):
            self.notes.append(event.text)
        if isinstance(event, Assumption):
            self.assumptions.append(
                {"what": event.what, "taken": event.taken, "why": event.why, "flag": event.flag}
            )
        if hasattr(self, "folder"):
            self._log(event)
        self.listener(event)
        self.tracking.hear(event)

    def _log(self, event: Event) -> None:
        if isinstance(event, (Note, StageStarted, TrialEnded, BaselineEnded)):
            try:
                append_text(self.folder / "log.txt", f"{now()} {event}\n")
            except RunError as error:  # a line of the log is not worth a search
                if not self._is_log_lost:
                    self._is_log_lost = True
                    self.listener(Note(f"{error.message}; the log is not complete"))

    def begin(
        self,
        data: str | Path | pd.DataFrame,
        out: str | Path | None,
        query: str | None = None,
    ) -> None:
        """Read and prepare the data, and create the run folder.

        Args:
            data: A file, the address of a database, or a DataFrame.
            out: The run folder; None for one below `runs/`.
            query: What is read from a database.
        """
        source = self.read(data, query)
        prepared = self.prepare(source)
        self.create(Origin.of(data, query), source, prepared, out)

    def read(self, data: str | Path | pd.DataFrame, query: str | None = None) -> Source:
        """Read the data, and choose the backend.

        Args:
            data: A file, the address of a database, or a DataFrame.
            query: What is read from a database.
        """
        from seqtune.data.reading.open import open_source, shown_data
        from seqtune.tasks import load_task

        is_named = isinstance(data, (str, Path))
        self.tell(StageStarted("read", shown_data(data) if is_named else ""))
        source = open_source(data, self.recipe, query)
        for note in source.notes:
            self.tell(Note(note))
        self.backend = backends.activate(self.recipe.values.backend, self.tell)
        self.task = load_task(self.recipe.task)
        return source

    def prepare(self, source: Source) -> Any:
        """Prepare the data, and fill in the recipe.

        Args:
            source: The data.
        """
        read = source.notes
        self.tell(StageStarted("prepare"))
        prepared, self.recipe = self.task.prepare(source, self.recipe, self.tell)
        for note in source.notes[len(read) :]:  # columns are converted when they are first used
            self.tell(Note(note))
        return prepared

    def create(
        self,
        origin: Origin,
        source: Source,
        prepared: Any,
        out: str | Path | None,
        more: Callable[[Path], None] = lambda folder: None,
    ) -> None:
        """Create the run folder, with what a run needs before anything long begins.

        Args:
            origin: Where the data is from.
            source: The data.
            prepared: The same, prepared.
            out: The run folder; None for one below `runs/`.
            more: Writes what else belongs there, before the record makes it a run.
        """
        created = NewFolder.create(out, origin.stem, self.recipe.task)
        self.folder, self.lock = created.path, created.lock
        try:
            more(created.path)
            self._write_head(source, origin, prepared)
        except BaseException:
            created.discard()
            raise

    def open_data(self) -> None:
        """Open the data as workers see it, and get ready to search."""
        from seqtune.search.problem import Problem
        from seqtune.workflow.search import Searching

        self.prepared = self.task.load(self.folder)
        problem = Problem(self.task, self.prepared, self.folder)
        self.searching = Searching(self.recipe, problem, self.clock, self.backend, self.tell)
        self.searching.publication.chosen = self.chosen

    def _write_head(self, source: Source, origin: Origin, prepared: Any) -> None:
        """Write what a run needs before anything long begins; its record comes last.

        A folder without a record is no run yet: whatever has one can be opened and gone on with.
        """
        self.record = {
            "task": self.recipe.task,
            "status": "running",
            "recipe": self.recipe.name,
            "seed": self.recipe.values.seed,
            "backend": self.backend,
            "versions": {
                name: backends.installed(name)
                for name in ("seqtune", "keras", "keras-tuner", "numpy", "pandas", self.backend)
            },
            "data": origin.record(source, prepared),
            "future": list(getattr(self.recipe.values.data, "future", ())),
            "devices": backends.devices(),
            "began": now(),
            "budget_seconds": self.clock.seconds,
            "assumptions": self.assumptions,
        }
        self.write_recipe()
        prepared.save(self.folder)
        synchronise_all(self.folder)
        write_members(self.folder, {})
        self.open_data()
        self.searching.publication.write_board([])
        write_record(self.folder, self.record)

    def write_recipe(self) -> None:
        """Write the recipe, but for the cluster: a file names none."""
        recipe = self.recipe.replace({"search.address": "auto"})
        write_text(self.folder / "recipe.yaml", recipe.to_yaml())

    def _run_baselines(self) -> None:
        from seqtune.baselines.runner import KeptResults

        self.tell(StageStarted("baselines"))
        allowance = Allowance.of(max(0.0, self.clock.left()), self.recipe.get("baselines.share"))
        kept = KeptResults({result.name: result for result in self.baselines}, self._keep)
        self.baselines = self.task.baselines(self.prepared, self.recipe, allowance, self.tell, kept)
        self.take_baselines()
        for result in self.baselines:
            save_predictions(self.folder, result.name, result.predictions)
        self._keep_tested()
        self.searching.publication.write_board([])
        # a run that is killed later must still know against which methods it may claim nothing
        self.record[LEFT_OUT] = {
            result.name: result.left_out for result in self.baselines if result.left_out
        }
        write_record(self.folder, self.record)

    def _keep(self, result: BaselineResult) -> None:
        """Put a simple method that has finished on the leaderboard, where `resume` finds it."""
        self.baselines = [*self.baselines, result]
        save_predictions(self.folder, result.name, result.predictions)
        self.take_baselines()
        self._keep_tested()
        self.searching.publication.write_board([])

    def _keep_tested(self) -> None:
        """Keep what the best simple method predicted for the test part, and forget the rest."""
        problem = self.searching.publication.problem
        board = Leaderboard(problem.metric, problem.direction, tuple(self._baseline_rows()))
        best = "" if board.best_baseline is None else board.best_baseline.name
        tested = {result.name: result.tested for result in self.baselines}
        save_tested(self.folder, best, tested)
        self.baselines = [
            result if result.name == best else replace(result, tested=None)
            for result in self.baselines
        ]

    def take_baselines(self) -> None:
        """Put the simple methods on the leaderboard, and where ensembles look for members."""
        self.searching.publication.baselines = self._baseline_rows()
        self.searching.baseline_predictions = {
            result.name: result.predictions for result in self.baselines if result.predictions
        }
        self.searching.publication.blended = [*self.searching.baseline_predictions]

    def _baseline_rows(self) -> list[Row]:
        return [
            Row(
                result.name,
                "baseline",
                result.validation,
                result.test,
                result.seconds,
                None,
                result.detail,
            )
            for result in self.baselines
            if not result.left_out
        ]
