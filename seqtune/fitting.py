"""The whole way from a file to a run folder: read, prepare, baselines, search, select, refit."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune import backend as backends
from seqtune.errors import RunError
from seqtune.files import append_line, append_text, write_json, write_text
from seqtune.options import FitOptions, load_recipe
from seqtune.progress import (
    BaselineEnded,
    Event,
    Finished,
    Guess,
    Listener,
    Note,
    SearchStarted,
    StageStarted,
    TrialEnded,
    silent,
)
from seqtune.recipe.duration import seconds as parse_seconds
from seqtune.run.folder import check_vacant, create_folder, now, write_record
from seqtune.run.leaderboard import Leaderboard, Row
from seqtune.run.members import write_members
from seqtune.run.run import Run
from seqtune.search.budget import Clock, Shares

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.source import Source
    from seqtune.recipe.load import Recipe
    from seqtune.run.conclusion import Conclusion
    from seqtune.search.trial import Result
    from seqtune.tasks._contract import BaselineResult, Task


def fit(
    data: str | Path | pd.DataFrame,
    task: str | None = None,
    *,
    listener: Listener = silent,
    started: float | None = None,
    **options: Any,
) -> Run:
    """Search the best recurrent network for the data and leave a run folder.

    Args:
        data: A CSV, TSV, JSON Lines or Parquet file, compressed or not, or a DataFrame.
        task: "forecast"; the tasks that are known are in `seqtune.registry.tasks`.
        listener: Hears of guesses, stages, trials; see `seqtune.progress`.
        started: Value of `time.monotonic()` from which the budget counts; now if None.
        options: Every flag of `seqtune fit` by its name; see `seqtune.options.FitOptions`.

    Returns:
        The run, complete, or interrupted where Ctrl-C ended the search.

    Raises:
        SeqtuneError: One of its children says what is wrong with the recipe, the data or the
            folder, and how to mend it.

    Example:
        >>> run = seqtune.fit("data/airline.csv", task="forecast", budget="60s")
        >>> run.predict()
    """
    return fit_with(data, task, FitOptions(**options), listener=listener, started=started)


def fit_with(
    data: str | Path | pd.DataFrame,
    task: str | None,
    settings: FitOptions,
    *,
    listener: Listener = silent,
    started: float | None = None,
) -> Run:
    """Do what `fit` does, the flags given as one value.

    Args:
        data: A file or a DataFrame.
        task: What to learn.
        settings: The flags.
        listener: Hears of guesses, stages, trials.
        started: Value of `time.monotonic()` from which the budget counts; now if None.
    """
    clock_start = time.monotonic() if started is None else started
    recipe = load_recipe(task, settings)
    if settings.out is not None:
        check_vacant(Path(settings.out))
    clock = Clock(parse_seconds(recipe.values.search.budget), clock_start)
    fitting = Fitting(recipe, clock, listener)
    with fitting.closing():
        fitting.begin(data, settings.out)
        fitting.go_on()
    return Run(fitting.folder)


def resume(
    folder: str | Path,
    *,
    budget: str | float | None = None,
    trials: int | None = None,
    listener: Listener = silent,
    started: float | None = None,
) -> Run:
    """Go on with a search that was interrupted, killed, or is to be longer.

    Trials that had ended are kept and not run again; the oracle is told of them in their order.

    Args:
        folder: The run folder.
        budget: Wall time for this command; what the earlier one left over if None.
        trials: At most so many trials in all.
        listener: Hears of stages and trials.
        started: Value of `time.monotonic()` from which the budget counts; now if None.

    Raises:
        RunError: The run is complete, and neither a budget nor more trials were given.

    Example:
        >>> seqtune.resume("runs/airline-forecast-1", budget="2m")
    """
    clock_start = time.monotonic() if started is None else started
    run = Run(folder)
    if run.record["status"] == "complete" and budget is None and trials is None:
        raise RunError(
            f"{run.folder} is complete; there is nothing left to resume",
            f"seqtune resume {run.folder} --budget 5m, to search further",
        )
    recipe = run.recipe if trials is None else run.recipe.replace({"search.trials": trials})
    seconds = _left_over(run) if budget is None else parse_seconds(budget)
    fitting = Fitting(recipe, Clock(seconds, clock_start), listener)
    with fitting.closing():
        fitting.reopen(run)
        fitting.go_on()
    return Run(fitting.folder)


LEAST_LEFT_OVER = 0.25
"""A search that is resumed has at least this share of its budget, however late it was ended."""


def _left_over(run: Run) -> float:
    """Return the seconds that a run's budget still holds."""
    budget = float(run.record["budget_seconds"])
    of_trials = sum(float(trial["seconds"]) for trial in run.trials)
    spent = float(run.record.get("seconds", {}).get("total", of_trials))
    return max(budget - spent, LEAST_LEFT_OVER * budget)


@dataclass
class Fitting:
    """One fit under way; the steps in the order in which they are taken.

    Args:
        recipe: What to search; inferred values are filled in when the data is known.
        clock: Wall time of the command.
        listener: Hears of everything that is worth telling.
    """

    recipe: Recipe
    clock: Clock
    listener: Listener
    notes: list[str] = field(default_factory=list)
    guesses: list[dict[str, str]] = field(default_factory=list)
    folder: Path = field(init=False)
    record: dict[str, Any] = field(init=False)
    backend: str = field(init=False)
    task: Task = field(init=False)
    prepared: Any = field(init=False)
    baselines: list[BaselineResult] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    earlier_seconds: float = 0.0
    is_interrupted: bool = False

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Leave a readable run and give the board back, however the steps inside end."""
        try:
            yield
        except KeyboardInterrupt:
            if hasattr(self, "record"):
                self.record.update(status="interrupted", ended=now())
                write_record(self.folder, self.record)
            raise
        finally:
            self.listener(Finished())

    def go_on(self) -> None:
        """Take every step after the data is prepared, as far as it was not taken before."""
        if not self.baselines:
            self._run_baselines()
        self._search()
        self._conclude()

    def tell(self, event: Event) -> None:
        """Pass an event on, and keep what the run folder should remember of it."""
        if isinstance(event, Note):
            self.notes.append(event.text)
        if isinstance(event, Guess):
            self.guesses.append(
                {"what": event.what, "taken": event.taken, "why": event.why, "flag": event.flag}
            )
        if hasattr(self, "folder"):
            self._log(event)
        self.listener(event)

    def _log(self, event: Event) -> None:
        if isinstance(event, (Note, StageStarted, TrialEnded, BaselineEnded)):
            append_text(self.folder / "log.txt", f"{now()} {event}\n")

    def begin(self, data: str | Path | pd.DataFrame, out: str | Path | None) -> None:
        """Read and prepare the data, and create the run folder.

        Args:
            data: A file or a DataFrame.
            out: The run folder; None for one below `runs/`.
        """
        from seqtune.reading import open_source
        from seqtune.tasks import load_task

        path = str(data) if isinstance(data, (str, Path)) else None
        self.tell(StageStarted("read", path or ""))
        source = open_source(data, self.recipe)
        read = source.notes
        for note in read:
            self.tell(Note(note))
        self.backend = backends.activate(self.recipe.values.backend, self.tell)
        self.task = load_task(self.recipe.task)
        self.tell(StageStarted("prepare"))
        prepared, self.recipe = self.task.prepare(source, self.recipe, self.tell)
        for note in source.notes[len(read) :]:  # columns are converted when they are first used
            self.tell(Note(note))
        stem = Path(path).name.split(".")[0] if path else "data"
        self.folder = create_folder(out, stem, self.recipe.task)
        try:
            self._write_head(source, path, prepared)
        except (OSError, RunError):
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.prepared = self.task.load(self.folder)

    def reopen(self, run: Run) -> None:
        """Take up a run where it was left.

        Args:
            run: An earlier run, whatever its status.
        """
        self.folder, self.record = run.folder, dict(run.record)
        self.backend = backends.activate(self.recipe.values.backend, self.tell)

        from seqtune.search.trial import Result  # loads Keras, on the backend just chosen
        from seqtune.tasks._contract import BaselineResult

        self.task, self.prepared = run.task, run.prepared
        self.notes = list(self.record.get("notes", []))
        self.guesses = list(self.record.get("guesses", []))
        self.results = [Result(**trial) for trial in run.trials]
        self.earlier_seconds = float(self.record.get("seconds", {}).get("total", 0.0))
        self.baselines = [
            BaselineResult(row.name, row.validation, row.test, row.fit_seconds, "", row.detail)
            for row in run.board.rows
            if row.kind == "baseline"
        ]
        self.baselines += [
            BaselineResult(name, left_out=reason)
            for name, reason in self.record.get("left_out", {}).items()
        ]
        self.record.update(
            status="running", budget_seconds=self.earlier_seconds + self.clock.seconds
        )
        write_record(self.folder, self.record)
        write_text(self.folder / "recipe.yaml", self.recipe.to_yaml())

    def _write_head(self, source: Source, path: str | None, prepared: Any) -> None:
        """Write what identifies the run before anything long begins."""
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
            "data": {
                "path": str(Path(path).resolve()) if path else None,
                "fingerprint": source.fingerprint(),
                "rows": source.rows,
                **prepared.describe(),
            },
            "future": list(getattr(self.recipe.values.data, "future", ())),
            "devices": backends.devices(),
            "began": now(),
            "budget_seconds": self.clock.seconds,
            "guesses": self.guesses,
        }
        write_record(self.folder, self.record)
        write_text(self.folder / "recipe.yaml", self.recipe.to_yaml())
        prepared.save(self.folder)
        self._write_board([])
        write_members(self.folder, {})

    def _run_baselines(self) -> None:
        self.tell(StageStarted("baselines"))
        share = self.recipe.get("baselines.share") * self.clock.seconds
        self.baselines = self.task.baselines(
            self.prepared, self.recipe, min(share, max(0.0, self.clock.left())), self.tell
        )
        self._write_board(self._baseline_rows())
        # a run that is killed later must still know against which methods it may claim nothing
        self.record["left_out"] = {
            result.name: result.left_out for result in self.baselines if result.left_out
        }
        write_record(self.folder, self.record)

    def _search(self) -> None:
        from seqtune.search.executor.inline import Inline
        from seqtune.search.oracle import Oracle
        from seqtune.search.study import Study

        values = self.recipe.values
        self._tell_of_executor(values.search.executor, values.search.workers)
        shares = Shares(self.clock.seconds, self.recipe.get("refit"))
        best = self._board(self._baseline_rows()).best_baseline
        self.tell(StageStarted("search"))
        self.tell(
            SearchStarted(
                metric=self.task.metric,
                direction=self.task.direction,
                baseline_name=best.name if best else "",
                baseline_score=best.validation.get(self.task.metric) if best else None,
                seconds_left=self.clock.left() - shares.ending,
                trials=values.search.trials,
                workers=1,
            )
        )
        oracle = Oracle(
            values.search.oracle,
            self.recipe.dimensions(),
            self.recipe.portfolio(),
            metric=self.task.metric,
            direction=self.task.direction,
            seed=values.seed,
            trials=values.search.trials,
            folder=self.folder / "oracle",
        )
        if not oracle.replay([(done.trial, done.values, done.score) for done in self.results]):
            self.tell(Note("the search could not be taken up where it was; the oracle begins anew"))
        study = Study(
            oracle=oracle,
            executor=Inline(self.task, self.prepared, self.tell),
            clock=self.clock,
            reserve=shares.ending,
            folder=self.folder,
            seed=values.seed,
            steps_per_epoch=self._steps_per_epoch,
            record=self._record,
            listener=self.tell,
        )
        try:
            study.run()
        except KeyboardInterrupt:
            self.is_interrupted = True
            self.tell(Note("interrupted: saving what was finished"))

    def _tell_of_executor(self, executor: str, workers: int | str) -> None:
        """Say so where trials cannot run as the recipe wants."""
        if executor not in ("auto", "inline") or workers not in ("auto", 1):
            asked = f"executor {executor}, workers {workers}"
            self.tell(Note(f"{asked}: not available yet; trials run one by one in this process"))

    def _steps_per_epoch(self, values: Mapping[str, Any]) -> int:
        asked = self.recipe.values.training.steps_per_epoch
        return self.task.steps_per_epoch(self.prepared, values) if asked == "auto" else int(asked)

    def _record(self, result: Result) -> None:
        """Keep a result on disk, and what an interrupted run needs to report and predict."""
        from seqtune.run.conclusion import describe, row_name

        self.results.append(result)
        append_line(self.folder / "trials.jsonl", result.to_dict())
        rows = [
            Row(
                name=row_name(done),
                kind="network",
                validation={self.task.metric: done.score},
                test={},
                fit_seconds=done.seconds,
                parameters=done.parameters,
                detail=describe(done.values),
            )
            for done in self.results
            if done.score is not None
        ]
        self._write_board([*self._baseline_rows(), *rows])
        write_members(self.folder, self._conclusion().members())

    def _conclude(self) -> None:
        """Select, score on the test part, refit, and close the run folder."""
        shares = Shares(self.clock.seconds, self.recipe.get("refit"))
        self.tell(StageStarted("ensemble"))
        conclusion = self._conclusion()
        conclusion.select(self.recipe.values.ensemble.size)
        if conclusion.ranked():
            is_refitted = self.recipe.get("refit") and not self.is_interrupted
            conclusion.score_chosen(shares.saving, refit=is_refitted)
        else:
            self.tell(Note(self._why_nothing()))
        self._write_board([*self._baseline_rows(), *conclusion.rows()])
        write_members(self.folder, conclusion.members())
        predictions = conclusion.test_predictions()
        if predictions is not None:
            write_json(self.folder / "chart.json", self.task.illustrate(self.prepared, predictions))
        self.record.update(
            status="interrupted" if self.is_interrupted else "complete",
            ended=now(),
            seconds={"total": self.earlier_seconds + self.clock.elapsed()},
            notes=self.notes,
            guesses=self.guesses,
        )
        write_record(self.folder, self.record)

    def _conclusion(self) -> Conclusion:
        from seqtune.run.conclusion import Conclusion

        return Conclusion(
            self.task, self.prepared, self.results, self.folder, self.clock, self.tell
        )

    def _why_nothing(self) -> str:
        """Say why the search left no network."""
        reasons = Counter(result.reason for result in self.results)
        if not reasons:
            return "no network was trained: the budget was over before the first trial"
        reason, count = reasons.most_common(1)[0]
        return (
            f"no network was trained: {count} of {len(self.results)} trials failed with: {reason}"
        )

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

    def _board(self, rows: Sequence[Row]) -> Leaderboard:
        return Leaderboard(self.task.metric, self.task.direction, tuple(rows))

    def _write_board(self, rows: Sequence[Row]) -> None:
        write_json(self.folder / "leaderboard.json", self._board(rows).to_dict())
