"""The search as a study in an SQLite file of Optuna, for its dashboard; it predicts nothing."""

from __future__ import annotations

import math
import shutil
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from seqtune.errors import MissingExtra
from seqtune.files import scratch_folder, whole_file
from seqtune.recipe.dimension import Dimension
from seqtune.run.export_summary import ExportSummary
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run

NOTES = (
    "the whole search, whichever row was asked for: a trial that ended is complete, one that was "
    "stopped is pruned",
    "every trial begins with the run: only how long it took is known",
)

DIRECTIONS = {"min": "minimize", "max": "maximize"}

PLAIN = (bool, int, float, str)
"""What Optuna holds as a choice, beside nothing."""


def write(run: Run, row: Row, path: Path) -> ExportSummary:
    """Write the trials of a run as a study.

    Args:
        run: A complete run.
        row: A row of its leaderboard, which is named in the study; all trials are written.
        path: The file; it is written whole or not at all.

    Raises:
        MissingExtra: Optuna is not installed.
    """
    if find_spec("optuna") is None:
        raise MissingExtra(
            "a search is exported with optuna, not installed here", "pip install 'seqtune[optuna]'"
        )
    began = time.monotonic()
    with scratch_folder() as folder:
        _write_study(run, row, folder / "study.db")
        with whole_file(path) as temporary:
            shutil.copyfile(folder / "study.db", temporary)
    return ExportSummary(
        path=path,
        format="optuna",
        run=str(run.path),
        task=run.task.name,
        row=row.name,
        bytes=path.stat().st_size,
        seconds=time.monotonic() - began,
        notes=(f"to look at it: optuna-dashboard sqlite:///{path}", *NOTES),
    )


def _write_study(run: Run, row: Row, file: Path) -> None:
    import optuna

    with _quiet():
        storage = optuna.storages.RDBStorage(f"sqlite:///{file}")
        study = optuna.create_study(
            storage=storage, study_name=run.path.name, direction=DIRECTIONS[run.board.direction]
        )
        study.set_metric_names([run.board.metric])
        for name, value in _attributes(run, row).items():
            study.set_user_attr(name, value)
        study.add_trials(_trials(run))
        storage.remove_session()
        storage.engine.dispose()


def _attributes(run: Run, row: Row) -> dict[str, Any]:
    """Return what is said of the whole study: what was searched, and what it was measured by."""
    fixed = {each.path: each.default for each in run.recipe.dimensions() if each.kind == "fixed"}
    baselines = [each for each in run.board.rows if each.kind == "baseline"]
    return {
        "task": run.task.name,
        "row": row.name,
        "seqtune": run.record.get("versions", {}).get("seqtune", ""),
        **{f"fixed {path}": value for path, value in fixed.items()},
        **{f"baseline {each.name}": run.board.validation_score(each) for each in baselines},
    }


def _trials(run: Run) -> Iterator[Any]:
    """Yield the trials of a run as Optuna has them, in their order."""
    from optuna.trial import FrozenTrial

    space = [each for each in run.recipe.dimensions() if each.kind != "fixed"]
    began = _time_of(run.record.get("began", ""))
    for number, trial in enumerate(run.checked_trials):
        values, (state, score) = trial["values"], _end_of(trial["status"], trial.get("score"))
        searched = [each for each in space if each.path in values]
        taken = {each.path: values[each.path] for each in searched if _holds(each, values)}
        seconds = float(trial.get("seconds", trial["training_seconds"]))
        yield FrozenTrial(
            number=number,
            trial_id=number,
            state=state,
            value=score,
            datetime_start=began,
            datetime_complete=began + timedelta(seconds=seconds),
            params={path: _choice(value) for path, value in taken.items()},
            distributions={each.path: _distribution(each) for each in space if each.path in taken},
            user_attrs=_facts(trial, set(values) - set(taken)),
            system_attrs={},
            intermediate_values=dict(enumerate(trial.get("scores", ()), start=1)),
        )


def _facts(trial: Mapping[str, Any], left: set[str]) -> dict[str, Any]:
    """Return what is known of a trial beside its score and what was searched."""
    facts = {
        name: trial[name]
        for name in ("trial", "seconds", "training_seconds", "parameters", "steps", "reason")
        if trial.get(name) not in (None, "")
    }
    if trial.get("folds_left"):  # its score is of the others alone
        facts["folds_left"] = trial["folds_left"]
    return {**facts, **{path: trial["values"][path] for path in sorted(left)}}


def _end_of(status: str, score: float | None) -> tuple[Any, float | None]:
    """Return how a trial ended as Optuna calls it, and its score: one that failed has none."""
    from optuna.trial import TrialState

    states = {"completed": TrialState.COMPLETE, "stopped": TrialState.PRUNED}
    if score is None or not math.isfinite(score) or status not in states:
        return TrialState.FAIL, None
    return states[status], score


def _holds(dimension: Dimension, values: Mapping[str, Any]) -> bool:
    """Say whether a value is one that the search could take: a resumed one may have others."""
    return dimension.contains(values[dimension.path])


def _distribution(dimension: Dimension) -> Any:
    """Return a dimension as Optuna has it."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if dimension.minimum is None or dimension.maximum is None:
        return CategoricalDistribution([_choice(value) for value in dimension.choices])
    low, high, step, log = dimension.minimum, dimension.maximum, dimension.step, dimension.log
    if step is not None and not dimension.contains(high):  # it ends between two steps
        high = low + step * (dimension.count - 1)
    if dimension.kind == "int":
        return IntDistribution(int(low), int(high), log=log, step=int(step or 1))
    return FloatDistribution(low, high, log=log, step=step)


def _choice(value: Any) -> Any:
    return value if value is None or isinstance(value, PLAIN) else str(value)


def _time_of(text: str) -> datetime:
    """Return a time in UTC as Optuna holds it, without its zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:  # an early run states none
        return datetime(1970, 1, 1)


@contextmanager
def _quiet() -> Iterator[None]:
    """Have Optuna not say what it does, and that naming a metric is new."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)
