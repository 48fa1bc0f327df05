"""What follows a fit from outside: the trackers of its recipe, fed and ended without harm to it."""

from __future__ import annotations

import math
import shlex
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from seqtune.errors import MissingExtra, RunError
from seqtune.progress import (
    EpochEnded,
    Event,
    Listener,
    Note,
    StageStarted,
    TrialEnded,
    TrialStarted,
)
from seqtune.recipe.kind import plain
from seqtune.recipe.write import one_line
from seqtune.registry import trackers
from seqtune.runtime.own_folder import OwnFolder
from seqtune.trackers._artifacts import Artifacts
from seqtune.trackers._contract import Outcome, Tracked
from seqtune.trackers._feed import Feed

if TYPE_CHECKING:
    from seqtune.recipe.load import Recipe

LATE_SECONDS = 10.0
"""So long after the budget, trackers are over at the latest."""

END_SECONDS = 10.0
"""So long trackers may take, all together, to write what they have not yet written."""

LAST_SECONDS = 5.0
"""So much of the time until they are over is for that, where files are made before it."""

HURRIED_SECONDS = 2.0
"""The same, after an interrupt, and at least."""

FILES_SECONDS = 30.0
"""So long the report and the bundle may take that trackers are given: 5 to 30 were seen."""

KEPT_SECONDS, KEPT_SHARE = 2.0, 0.1
"""So much of the budget is kept for them, and no more than they may take."""

SEARCH = "search"
"""The stage in which trials are trials."""

OF_TRIALS = (TrialStarted, EpochEnded, TrialEnded)

KIND = "seqtune-trackers-"
"""What the name of their folder begins with."""

NOT_SAID = ("search.address", "description", "portfolio", "tracking")
"""Keys of a recipe that say nothing of what is searched, or where this machine connects."""


def missing(name: str) -> str:
    """Return what a tracker needs and is not installed; empty where nothing is missing."""
    packages: Sequence[str] = getattr(trackers[name], "PACKAGES", ())
    return ", ".join(package for package in packages if find_spec(package) is None)


def check_installed(names: Sequence[str]) -> None:
    """Refuse trackers that are not installed, before anything is read.

    Raises:
        MissingExtra: One is not.
    """
    for name in names:
        if packages := missing(name):
            raise MissingExtra(f"--track {name} needs {packages}, not installed here", _pip(name))


def _pip(name: str) -> str:
    return f"pip install 'seqtune[{name}]'"


def seconds_kept(names: Sequence[str], budget: float) -> float:
    """Return the seconds of a budget that are kept for trackers.

    Args:
        names: Which ones.
        budget: Seconds of the whole command.
    """
    if not any(map(_takes_files, names)):
        return 0.0  # the others have written nearly everything before
    return min(KEPT_SECONDS + KEPT_SHARE * budget, FILES_SECONDS, budget / 2)


def _takes_files(name: str) -> bool:
    return bool(getattr(trackers[name], "FILES", False))


class Tracking:
    """The trackers of one fit.

    Args:
        names: Which ones; none is fine.
        listener: Hears why one is dropped.
    """

    def __init__(self, names: Sequence[str], listener: Listener) -> None:
        self._names, self._tell = names, listener
        self._feeds: list[Feed] = []
        self._folder: OwnFolder | None = None
        self._stage = ""
        self._epochs: Counter[str] = Counter()

    def begin(self, run: Tracked) -> None:
        """Start them.

        Args:
            run: What they track.
        """
        installed = []
        for name in self._names:
            if packages := missing(name):
                self._drop(name, f"{packages} is not installed; {_pip(name)}")
            else:
                installed.append(name)
        if not installed:
            return
        try:
            self._folder = OwnFolder(KIND, KIND)
        except OSError as error:
            for name in installed:
                self._drop(name, f"the temporary folder cannot be written: {error.strerror}")
            return
        self._feeds = [Feed(name, run, self._folder.path / f"{name}.txt") for name in installed]
        self._look()

    def hear(self, event: Event) -> None:
        """Pass an event on; does not wait, and does not raise."""
        if isinstance(event, StageStarted):
            self._stage = event.name
        if isinstance(event, OF_TRIALS) and self._stage != SEARCH:
            return  # a refit goes by the name of its trial, and is none
        if isinstance(event, EpochEnded):  # a trial that goes on counts from one again
            self._epochs[event.trial] += 1
            event = replace(event, epoch=self._epochs[event.trial])
        for feed in self._feeds:
            feed.hear(event)
        self._look()

    def end(self, folder: Path, status: str, left: float, *, hurry: float = math.inf) -> None:
        """Give the trackers what the run came to, and wait for them, not for long.

        Args:
            folder: The run folder.
            status: "complete" or "interrupted".
            left: Seconds left of the budget; negative after it.
            hurry: How long the command may still take; infinity where nobody wishes to end it.
        """
        if not self._feeds:
            return
        self._tell(StageStarted("track", ", ".join(feed.name for feed in self._feeds)))
        until = time.monotonic() + max(HURRIED_SECONDS, left + LATE_SECONDS)
        is_hurried, usual = hurry < math.inf, END_SECONDS
        if is_hurried:
            usual = min(hurry, HURRIED_SECONDS)
        may_have_files = status == "complete" and not is_hurried
        outcome = Outcome(status, *self._made(folder, until - LAST_SECONDS, may_have_files))
        self._conclude(outcome, min(usual, max(HURRIED_SECONDS, until - time.monotonic())))

    def close(self, *, is_complete: bool = False) -> None:
        """End them all, if they have not ended, without a report.

        Args:
            is_complete: Whether the run is complete; else it was interrupted.
        """
        self._conclude(Outcome("complete" if is_complete else "interrupted"), HURRIED_SECONDS)

    def _conclude(self, outcome: Outcome, seconds: float) -> None:
        until = time.monotonic() + seconds
        for feed in self._feeds:
            feed.end(outcome)
        try:
            for feed in self._feeds:
                feed.wait(max(0.0, until - time.monotonic()))
            self._look()
        finally:
            for feed in self._feeds:
                feed.close()
            self._feeds = []
            self._remove_folder()

    def _remove_folder(self) -> None:
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def _made(
        self, folder: Path, until: float, may_have_files: bool
    ) -> tuple[dict[str, Any], Path | None, Path | None]:
        """Return the report of a run, and the files of it that trackers take, where it is done.

        Args:
            folder: The run folder.
            until: Value of `time.monotonic()` at which all of it is made.
            may_have_files: Whether files are made.
        """
        from seqtune.run.run import Run

        try:
            report = Run(folder).summary.to_dict()
        except RunError as error:
            self._tell(Note(f"trackers have no report: {error.message}"))
            return {}, None, None
        is_wanted = may_have_files and any(_takes_files(feed.name) for feed in self._feeds)
        if not is_wanted or self._folder is None:
            return report, None, None
        made = Artifacts(folder, self._folder.path)
        made.make(min(FILES_SECONDS, until - time.monotonic()))
        for fault in made.faults:
            again = f"seqtune export {shlex.quote(str(folder))} -o FILE"
            self._tell(Note(f"trackers have not got the bundle: {fault}; {again}"))
        return report, made.files, made.bundle

    def _look(self) -> None:
        """Tell of trackers that have been dropped, once."""
        dropped = [feed for feed in self._feeds if feed.fault]
        self._feeds = [feed for feed in self._feeds if not feed.fault]
        for feed in dropped:
            feed.close()
        for feed in dropped:  # telling comes back to `hear`
            self._drop(feed.name, feed.fault)

    def _drop(self, name: str, why: str) -> None:
        self._tell(Note(f"{name} does not track this search: {why}"))


def tracked(
    folder: Path, record: dict[str, Any], recipe: Recipe, metric: str, direction: str
) -> Tracked:
    """Return what trackers are told of a run at its beginning.

    Args:
        folder: The run folder.
        record: What `run.json` says.
        recipe: Its recipe, every value filled in.
        metric: What trials are scored by.
        direction: Which way is better.
    """
    data = record["data"]
    versions = {f"version.{name}": version for name, version in record["versions"].items()}
    facts = {
        "task": recipe.task,
        "recipe": recipe.name,
        "backend": record["backend"],
        "devices": ", ".join(record.get("devices", ())),
        "data": PurePath(str(data.get("path") or "")).name,
        "rows": data.get("rows"),
        "fingerprint": data.get("fingerprint"),
        "began": record.get("began"),
        **versions,
    }
    return Tracked(
        name=folder.resolve().name,
        folder=str(folder.resolve()),
        metric=metric,
        direction=direction,
        parameters=dict(_parameters(recipe)),
        tags={f"seqtune.{name}": str(fact) for name, fact in facts.items() if fact},
    )


def _parameters(recipe: Recipe) -> Iterator[tuple[str, str]]:
    for steps, _ in type(recipe.values).leaves():
        path = ".".join(steps)
        if path not in NOT_SAID:
            yield path, one_line(plain(recipe.get(path))).strip()
