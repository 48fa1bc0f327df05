"""Taking up a run where it was left: after Ctrl-C, after a kill, or to make it longer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import RunError
from seqtune.files import sweep
from seqtune.progress import Listener, Note, silent
from seqtune.recipe.duration import seconds as parse_seconds
from seqtune.run.baseline_predictions import load_predictions, load_tested
from seqtune.run.folder import LEFT_OUT, read_record, read_state, write_record
from seqtune.run.lock import RunLock
from seqtune.run.run import Run
from seqtune.runtime import backend as backends
from seqtune.search.budget import Clock
from seqtune.workflow.fitting import Fitting

if TYPE_CHECKING:
    from seqtune.baselines.runner import BaselineResult
    from seqtune.recipe.load import Recipe

WORKERS = "workers"
"""The guess that every command on a run makes anew."""

MIN_LEFT_OVER = 0.25
"""A search that is resumed has at least this share of its budget, however late it was ended."""


def resume(
    folder: str | Path,
    *,
    budget: str | float | None = None,
    trials: int | None = None,
    workers: int | str | None = None,
    executor: str | None = None,
    address: str | None = None,
    listener: Listener = silent,
    started: float | None = None,
) -> Run:
    """Go on with a search that was interrupted, killed, or is to be longer.

    Simple methods and trials that had ended are kept and not run again; the oracle is told of the
    trials in their order.

    Args:
        folder: The run folder.
        budget: Wall time for this command; what the earlier one left over if None.
        trials: Maximum number of trials, earlier ones included.
        workers: How many trials run at the same time; as before if None.
        executor: Where trials run; as before if None, but for "ray", which has to be asked for
            again: the folder may come from a stranger, and name a stranger's cluster.
        address: The Ray cluster to join, "host:port" or "ray://host:port".
        listener: Hears of stages and trials.
        started: Value of `time.monotonic()` from which the budget counts; now if None.

    Raises:
        RunError: The run is complete, and neither a budget nor more trials were given. Or somebody
            else works in its folder.

    Example:
        >>> seqtune.resume("runs/airline-forecast-1", budget="2m")
    """
    clock_start = time.monotonic() if started is None else started
    asked = {"trials": trials, "workers": workers, "executor": executor, "address": address}
    read_record(Path(folder))  # what is no run is refused before anything is written there
    with RunLock(Path(folder)) as lock:
        run = Run(folder)
        if run.record["status"] == "complete" and budget is None and trials is None:
            raise RunError(
                f"{run.folder} is complete",
                f"to search further: seqtune resume {run.folder} --budget 5m",
            )
        recipe = recipe_of(run, asked, listener)
        seconds = _left_over(run) if budget is None else parse_seconds(budget)
        fitting = Fitting(recipe, Clock(seconds, clock_start), listener, lock=lock)
        with fitting.closing():
            reopen(fitting, run)
            fitting.go_on()
    return Run(fitting.folder)


def recipe_of(run: Run, asked: Mapping[str, Any], listener: Listener) -> Recipe:
    """Return the recipe of a run, changed as asked; a cluster has to be asked for again.

    Args:
        run: The run, which may come from a stranger.
        asked: Keys of the section `search`; None for what was not asked for.
        listener: Hears where the run is not obeyed.
    """
    given = {f"search.{key}": value for key, value in asked.items() if value is not None}
    recipe = run.recipe.replace({"search.address": "auto", **given})
    if asked["executor"] is None and recipe.values.search.executor == "ray":
        recipe = recipe.replace({"search.executor": "auto"})
        listener(Note("trials run on this machine; use --executor ray for a cluster"))
    return recipe


def reopen(fitting: Fitting, run: Run) -> None:
    """Give a fit what an earlier one left in its run folder.

    Args:
        fitting: One that has begun nothing yet.
        run: An earlier run, whatever its status.
    """
    fitting.folder, fitting.record = run.folder, dict(run.record)
    fitting.backend = backends.activate(fitting.recipe.values.backend, fitting.tell)

    from seqtune.search.trial import Result  # loads Keras, on the backend just chosen

    fitting.task, fitting.chosen = run.task, run.board.chosen
    fitting.open_data()
    fitting.notes = list(fitting.record.get("notes", []))
    earlier = fitting.record.get("assumptions", [])
    fitting.assumptions = [guess for guess in earlier if guess["what"] != WORKERS]
    searching = fitting.searching
    searching.results = {trial["trial"]: Result(**trial) for trial in run.checked_trials}
    searching.state = read_state(fitting.folder)
    searching.seconds = float(fitting.record.get("seconds", {}).get("search", 0.0))
    searching.work = [dict(work) for work in fitting.record.get("workers", [])]
    searching.earlier_seconds = spent = spent_seconds(run)
    fitting.baselines = baselines_of(run)
    sweep(fitting.folder)
    fitting.take_baselines()
    fitting.record.update(status="running", budget_seconds=spent + fitting.clock.seconds)
    write_record(fitting.folder, fitting.record)
    fitting.write_recipe()


def baselines_of(run: Run) -> list[BaselineResult]:
    """Return what a run knows of the simple methods, those among them that had no time."""
    from seqtune.baselines.runner import BaselineResult

    done = [
        BaselineResult(
            row.name,
            row.validation,
            row.test,
            row.fit_seconds,
            "",
            row.detail,
            load_predictions(run.folder, row.name),
            load_tested(run.folder, row.name),
        )
        for row in run.board.rows
        if row.kind == "baseline"
    ]
    left_out = run.record.get(LEFT_OUT, {})
    return [*done, *(BaselineResult(name, left_out=why) for name, why in left_out.items())]


def spent_seconds(run: Run) -> float:
    """Return the wall time that a run has taken so far, even if it was killed."""
    total = float(run.record.get("seconds", {}).get("total", 0.0))
    return max(total, float((read_state(run.folder) or {}).get("elapsed", 0.0)))


def _left_over(run: Run) -> float:
    """Return the seconds that a run's budget still holds."""
    budget = float(run.record["budget_seconds"])
    return max(budget - spent_seconds(run), MIN_LEFT_OVER * budget)
