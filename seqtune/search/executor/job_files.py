"""The files of a run folder that a job needs, and those that it may leave."""

from __future__ import annotations

from pathlib import Path

from seqtune.errors import RunError
from seqtune.search.beginning import beginning_path
from seqtune.search.executor._contract import Job
from seqtune.search.executor._dispatcher import Files
from seqtune.search.recorded import is_trial
from seqtune.search.refit import RefitJob, refitted_path, test_predictions_path
from seqtune.search.trial_files import folds_path, model_path, predictions_path


def files_of(job: Job) -> list[str]:
    """Return the files that a job may leave, by their names in a run folder.

    Raises:
        RunError: Its trial has a name that cannot be part of a file name.
    """
    if not is_trial(job.trial):
        raise RunError(f"found {job.trial!r} as the name of a trial, expected one such as 't001'")
    paths = (
        (refitted_path, test_predictions_path)
        if isinstance(job, RefitJob)
        else (model_path, predictions_path, folds_path)
    )
    return [path(Path(), job.trial).as_posix() for path in paths]


def files_for(job: Job, folder: Path) -> Files:
    """Return what a job needs from the run folder: what it begins or goes on with.

    Raises:
        OSError: A file cannot be read.
    """
    paths = [beginning_path] if beginning_path(folder, job.trial).is_file() else []
    if isinstance(job, RefitJob) or getattr(job, "earlier", None) is not None:
        paths.append(model_path)
    if getattr(getattr(job, "earlier", None), "folds_left", 0):
        paths.append(folds_path)
    return {
        path(Path(), job.trial).as_posix(): path(folder, job.trial).read_bytes() for path in paths
    }
