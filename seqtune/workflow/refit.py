"""`refit`: the chosen configurations of a run on newer data, without a search.

read ─▶ hold out the newest part ─▶ score the earlier run on it ─▶ train ─▶ compare
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import DataError, RunError, UsageError
from seqtune.progress import Listener, Note, StageStarted, silent
from seqtune.recipe.duration import seconds as parse_seconds
from seqtune.run.drift import DriftWatch
from seqtune.run.earlier import Comparison, Earlier, read_earlier, write_earlier
from seqtune.run.fitted import ALL_KNOWN
from seqtune.run.folder import check_vacant
from seqtune.run.leaderboard import SEARCHED
from seqtune.run.run import Run
from seqtune.run.summary import Summary
from seqtune.runtime import backend as backends
from seqtune.search.budget import Clock
from seqtune.tasks._newer_data import ReadsNewer, WatchesDrift
from seqtune.tasks._values import Context
from seqtune.workflow.fitting import Fitting
from seqtune.workflow.origin import Origin
from seqtune.workflow.resume import recipe_of

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.drift.table import Finding
    from seqtune.data.reading.source import Source
    from seqtune.tasks._values import KnownRows
    from seqtune.workflow.chosen import Chosen

ALONE = "refit learns from DATA alone: give the rows of the run with the new ones"

FOLDED = "it is compared over folds, and each of them is trained from the start"


@dataclass(frozen=True)
class Refitted:
    """What a refit came to.

    Args:
        run: The run that is in charge: the new one, or the earlier one where it was kept.
        comparison: Both, on the part that was held out.
        summary: What the new run came to, even where it is not there any more.
        is_kept: Whether the earlier run was kept, and the new one removed.
    """

    run: Run
    comparison: Comparison
    summary: Summary
    is_kept: bool


@dataclass(frozen=True)
class RefitOptions:
    """Every flag of `seqtune refit`.

    Args:
        out: The new run folder.
        use: Row of the leaderboard whose configurations are fitted, or "network"; the winner if
            None.
        warm: Whether networks go on from the earlier weights, where these suit the new data.
        if_better: Whether the new run is removed where it is not better than the earlier one.
        budget: Wall time; that of the run's recipe if None.
        workers: How many trials run at the same time; as in the run if None.
        executor: Where they run; as in the run if None.
        query: What is read where the data is a database.
    """

    out: str | Path
    use: str | None = None
    warm: bool = False
    if_better: bool = False
    budget: str | float | None = None
    workers: int | str | None = None
    executor: str | None = None
    query: str | None = None


def refit(
    run: Run | str | Path,
    data: str | Path | pd.DataFrame,
    *,
    listener: Listener = silent,
    started: float | None = None,
    **options: Any,
) -> Run:
    """Fit the chosen configurations of a run on newer data, without a search.

    The newest part of the data is held out first. The new run is scored on it beside the earlier
    one and the simple methods; `run.comparison` says how they did, and what has drifted.

    Args:
        run: A finished run, or its folder.
        data: Newer data: the rows of the run, and those that came since, or new rows alone.
        listener: Hears of stages and trials.
        started: Value of `time.monotonic()` from which the budget counts; now if None.
        options: Every flag of `seqtune refit` by its name; `out`, the new run folder, is needed.
            See `RefitOptions`.

    Returns:
        The run in charge: the new one, or with `if_better` the earlier one, where it was kept.

    Raises:
        RunError: The run is not finished, or `out` is occupied.
        DataError: The data has nothing that is newer, lacks columns, or is of another kind.

    Example:
        >>> run = seqtune.refit("runs/sales", "sales-today.csv", out="runs/sales-2026-11-29")
        >>> run.comparison.is_better
        True
    """
    return refit_with(run, data, RefitOptions(**options), listener=listener, started=started).run


def refit_with(
    run: Run | str | Path,
    data: str | Path | pd.DataFrame,
    options: RefitOptions,
    *,
    listener: Listener = silent,
    started: float | None = None,
) -> Refitted:
    """Do what `refit` does, and return both sides of the comparison.

    Args:
        run: A finished run, or its folder.
        data: Newer data.
        options: The flags.
        listener: Hears of stages and trials.
        started: Value of `time.monotonic()` from which the budget counts; now if None.
    """
    clock_start = time.monotonic() if started is None else started
    old = run if isinstance(run, Run) else Run(run)
    _refuse_unfinished(old)
    check_vacant(Path(options.out))
    asked = {
        "workers": options.workers, "executor": options.executor, "budget": options.budget,
    }  # fmt: skip
    recipe = recipe_of(old, asked, listener)
    seconds = parse_seconds(recipe.values.search.budget)
    fitting = Fitting(recipe, Clock(seconds, clock_start), listener)
    with fitting.closing():
        refitting = Refitting(fitting, old, options.use, is_warm=options.warm)
        refitting.begin(data, options.out, options.query)
        fitting.go_on()
    return _concluded(old, Run(fitting.folder), if_better=options.if_better)


def _concluded(old: Run, new: Run, *, if_better: bool) -> Refitted:
    """Compare both runs; remove the new one where the earlier one is to be kept."""
    earlier = read_earlier(new.folder)
    assert earlier is not None
    comparison, summary = Comparison(new.board, earlier), new.summary
    is_complete = new.record["status"] == "complete"
    is_kept = if_better and is_complete and not comparison.is_better
    if is_kept:
        shutil.rmtree(new.folder)
    charged = old if is_kept else new
    charged.comparison = comparison
    return Refitted(charged, comparison, summary, is_kept)


def _refuse_unfinished(run: Run) -> None:
    """Refuse a run whose search has not come to its end.

    Raises:
        RunError: Says how it does.
    """
    if run.status != "complete":
        raise RunError(
            f"{run.folder} is not complete: its status is {run.status}",
            f"seqtune resume {run.folder}",
        )
    if run.board.winner is None:
        raise RunError(f"{run.folder} has no model", f"seqtune report {run.folder}")


@dataclass(frozen=True)
class Refitting:
    """The beginning of a refit: everything before the first simple method.

    Args:
        fitting: The fit of the new run.
        old: The earlier run.
        use: Row of its leaderboard, or "network"; the winner if None.
        is_warm: Whether networks go on from the earlier weights.
    """

    fitting: Fitting
    old: Run
    use: str | None
    is_warm: bool

    def begin(self, data: str | Path | pd.DataFrame, out: str | Path, query: str | None) -> None:
        """Read and prepare the data, score the earlier run, and create the new run folder.

        Args:
            data: Newer data.
            out: The new run folder.
            query: What is read from a database.
        """
        fitting, old = self.fitting, self.old
        fitting.backend = backends.activate(fitting.recipe.values.backend, fitting.tell)
        from seqtune.workflow.chosen import Chosen, narrowed  # loads Keras, on that backend

        chosen = Chosen.of(old, self.use)
        if self.is_warm and not chosen.members:
            raise UsageError(
                f"{chosen.row.name} is a simple method, which has no weights to go on from",
                "leave out --warm, or --use network",
            )
        is_named = chosen.row.kind == "baseline" or chosen.row.name == old.board.joined
        fitting.chosen = chosen.row.name if is_named else SEARCHED
        source = fitting.read(data, query)
        known = self._refuse_nothing_new(source)
        if isinstance(fitting.task, ReadsNewer):
            fitting.recipe = fitting.task.newest_held_out(
                old.prepared, source, fitting.recipe, known
            )
        prepared = self._prepare(source, known)
        fitting.recipe = narrowed(fitting.recipe, chosen.configurations())
        earlier = self._score(chosen, source, prepared, known)

        def write(folder: Path) -> None:
            warm = self._begin_warm(folder, chosen, prepared) if self.is_warm else {}
            write_earlier(folder, replace(earlier, warm=warm))

        fitting.create(Origin.of(data, query), source, prepared, out, write)

    def _prepare(self, source: Source, known: float) -> Any:
        """Prepare the data; where it is refused, say that nothing else is learnt from."""
        try:
            return self.fitting.prepare(source)
        except DataError as error:
            if known:
                raise
            raise DataError(error.message, f"{error.hint}; {ALONE}" if error.hint else ALONE) from (
                error
            )

    def _known(self, source: Source) -> KnownRows:
        """Return what says which share of rows the earlier run was fitted on; NaN if none can."""
        from seqtune.data.reading.row_sketch import can_tell, share_known

        sketch = self.old.record["data"].get("sketch")
        if not can_tell(source, sketch):
            return lambda rows: math.nan
        return lambda rows: share_known(source, sketch, rows)

    def _refuse_nothing_new(self, source: Source) -> float:
        """Return about which share of the data the earlier run was fitted on; 0 if none can tell.

        Raises:
            DataError: It was fitted on all of it.
        """
        import numpy as np

        share = self._known(source)(np.arange(source.rows))
        is_same = source.fingerprint() == self.old.record["data"].get("fingerprint")
        if share >= ALL_KNOWN or is_same:
            raise DataError(
                f"{source.path} has nothing that {self.old.folder} was not fitted on",
                "give newer data: the rows of the run, and those that came since",
            )
        return 0.0 if math.isnan(share) else share

    def _score(self, chosen: Chosen, source: Source, prepared: Any, known: float) -> Earlier:
        """Score the earlier run on the part that is held out, and look what has drifted."""
        fitting, old = self.fitting, self.old
        task, row, name = fitting.task, chosen.row, str(old.folder)
        found = Earlier(name, row.name, row.kind, {})
        watch = DriftWatch(task, old.prepared, Context(old.recipe, name))
        if not isinstance(task, ReadsNewer):
            fitting.tell(Note(f"a {task.name} run cannot be scored beside another one"))
            return replace(found, drift=watch.drift(source, known=known))
        fitting.tell(StageStarted("score", f"{row.name} of {name}, on the newest part"))
        context = Context(fitting.recipe, name)
        staged = task.staged(old.prepared, prepared, source, self._known(source), context)
        made = old.predictor.predictions(row.name, staged.encoded)
        scores = staged.score(made)
        more: list[Finding] = []
        if isinstance(task, WatchesDrift) and not staged.seen > 0:  # what it has seen it foretells
            more = task.drift_of_predictions(old.prepared, staged.encoded, made)
        drift = watch.drift(source, *more, known=known)
        return replace(found, scores=scores, seen=staged.seen, drift=drift)

    def _begin_warm(self, folder: Path, chosen: Chosen, prepared: Any) -> Mapping[str, str]:
        """Keep the networks that trials begin with; return why a trial has none, by its name."""
        from seqtune.search.beginning import begin_with, beginning_path
        from seqtune.search.network_file import load_network

        task, old = self.fitting.task, self.old
        unlike = FOLDED if prepared.folds else ""
        if isinstance(task, ReadsNewer):
            unlike = task.unlike(old.prepared, prepared, old.recipe) or unlike
        reasons: dict[str, str] = {}
        pairs = list(zip(chosen.members, chosen.values, strict=True))
        for number, values in enumerate(self.fitting.recipe.portfolio(), start=1):
            trial = f"t{number:03d}"
            reasons[trial] = unlike
            member = next((each for each, own in pairs if own == values), None)
            if member is None:
                reasons[trial] = unlike or "its configuration is another one on this data"
            if member is None or unlike:
                continue
            # weights as the search left them: they have not learnt from rows that were held out
            network = load_network(task, old.prepared, member.values, old.folder / member.model)
            model = task.build(prepared, values)
            reasons[trial] = begin_with(model, network, beginning_path(folder, trial))
        return reasons
