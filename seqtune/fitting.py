"""The whole way from a file to a run folder: read, prepare, baselines, search, select, refit."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
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
    return _Fitting(data, recipe, settings, clock, listener).run()


@dataclass
class _Fitting:
    """One fit under way; the steps in the order in which they are taken."""

    data: Any
    recipe: Recipe
    settings: FitOptions
    clock: Clock
    listener: Listener
    notes: list[str] = field(default_factory=list)
    guesses: list[dict[str, str]] = field(default_factory=list)
    folder: Path = field(init=False)
    backend: str = field(init=False)
    task: Task = field(init=False)
    prepared: Any = field(init=False)
    baselines: list[BaselineResult] = field(init=False)
    results: list[Result] = field(default_factory=list)
    is_interrupted: bool = False

    def run(self) -> Run:
        """Take every step."""
        try:
            self._prepare()
            self._run_baselines()
            self._search()
            self._conclude()
        except KeyboardInterrupt:
            if hasattr(self, "record"):
                self.record.update(status="interrupted", ended=now())
                write_record(self.folder, self.record)
            raise
        finally:
            self.listener(Finished())
        return Run(self.folder)

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

    def _prepare(self) -> None:
        from seqtune.reading import open_source
        from seqtune.tasks import load_task

        self.tell(
            StageStarted("read", str(self.data) if isinstance(self.data, (str, Path)) else "")
        )
        source = open_source(self.data, self.recipe)
        read = source.notes
        for note in read:
            self.tell(Note(note))
        self.backend = backends.activate(self.recipe.values.backend, self.tell)
        self.task = load_task(self.recipe.task)
        self.tell(StageStarted("prepare"))
        prepared, self.recipe = self.task.prepare(source, self.recipe, self.tell)
        for note in source.notes[len(read) :]:  # columns are converted when they are first used
            self.tell(Note(note))
        self.folder = create_folder(self.settings.out, _stem(self.data), self.recipe.task)
        try:
            self._write_head(source, prepared)
        except (OSError, RunError):
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.prepared = self.task.load(self.folder)

    def _write_head(self, source: Source, prepared: Any) -> None:
        """Write what identifies the run before anything long begins."""
        self.record: dict[str, Any] = {
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
                "path": str(Path(self.data).resolve())
                if isinstance(self.data, (str, Path))
                else None,
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

    def _search(self) -> None:
        from seqtune.search.executor.inline import Inline
        from seqtune.search.oracle import Oracle
        from seqtune.search.study import Study

        values = self.recipe.values
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
            seconds={"total": self.clock.elapsed()},
            left_out={result.name: result.left_out for result in self.baselines if result.left_out},
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


def _stem(data: object) -> str:
    """Return a data file's name without its endings."""
    return Path(data).name.split(".")[0] if isinstance(data, (str, Path)) else "data"
