"""`fit`: the whole way from a file to a run folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.files import check_absent
from seqtune.progress import (
    Listener,
    Note,
    silent,
)
from seqtune.recipe.duration import seconds as parse_seconds
from seqtune.run.folder import check_vacant
from seqtune.run.run import Run
from seqtune.search.budget import Clock
from seqtune.workflow.fitting import Fitting
from seqtune.workflow.options import FitOptions, load_recipe
from seqtune.workflow.tracking import check_installed

if TYPE_CHECKING:
    import pandas as pd


def fit(
    data: str | Path | pd.DataFrame,
    task: str | None = None,
    *,
    listener: Listener = silent,
    started: float | None = None,
    html: str | Path | None = None,
    **options: Any,
) -> Run:
    """Search the best recurrent network for the data and leave a run folder.

    Args:
        data: A file of any form that seqtune reads, compressed or not, a folder of texts or
            tables, `-` for the standard input, the address of a database, or a DataFrame.
        task: What to learn, as `--task` takes it.
        listener: Hears of assumptions, stages, trials; see `seqtune.progress`.
        started: Value of `time.monotonic()` from which the budget counts; now if None.
        html: File for the page of the run; one that exists is not replaced.
        options: Every flag of `seqtune fit` by its name; see `seqtune.workflow.options.FitOptions`.

    Returns:
        The run, complete, or interrupted where Ctrl-C ended the search.

    Raises:
        SeqtuneError: One of its children says what is wrong with the recipe, the data or the
            folder, and how to mend it.

    Example:
        >>> run = seqtune.fit("data/airline.csv", task="forecast", budget="60s")
        >>> run.predict()
    """
    if html is not None:
        check_absent(html)
    run = fit_with(data, task, FitOptions.of(**options), listener=listener, started=started)
    if html is not None:
        run.report(html)
    return run


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
        listener: Hears of assumptions, stages, trials.
        started: Value of `time.monotonic()` from which the budget counts; now if None.
    """
    clock_start = time.monotonic() if started is None else started
    recipe = load_recipe(task, settings)
    check_installed(recipe.values.tracking)
    if settings.out is not None:
        check_vacant(Path(settings.out))
    clock = Clock(parse_seconds(recipe.values.search.budget), clock_start)
    fitting = Fitting(recipe, clock, listener)
    with fitting.closing():
        for note in settings.notes(recipe.task):
            fitting.tell(Note(note))
        fitting.begin(data, settings.out, settings.query)
        fitting.go_on()
    return Run(fitting.folder)
