"""An open run: its leaderboard, and what can be done with the networks in it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import RunError
from seqtune.progress import Listener, silent
from seqtune.run.earlier import Comparison, read_earlier
from seqtune.run.folder import read_record, write_record
from seqtune.run.leaderboard import Leaderboard, Row, read_leaderboard
from seqtune.run.lock import RunLock, holder
from seqtune.run.summary import Summary
from seqtune.run.trials import TRIALS, read_trials
from seqtune.search.recorded import check_values
from seqtune.tasks._abilities import FillsIn, Writes

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.drift.table import DriftTable
    from seqtune.data.reading.source import Source
    from seqtune.recipe.load import Recipe
    from seqtune.run.drift import DriftWatch
    from seqtune.run.predictor import Predictor
    from seqtune.tasks._contract import Task
    from seqtune.tasks._values import Evaluation


ALL_KNOWN = 0.995


class Run:
    """A run folder that was opened.

    Args:
        folder: The run folder.

    Attributes:
        folder: The run folder.
        record: What `run.json` says of it.
        notes: What was guessed and repaired while new rows were read.
        evaluation: What the last `evaluate` came to.
        listener: Hears how far a prediction is.

    Raises:
        RunError: It is not a run folder, is damaged, or has a newer format.

    Example:
        >>> run = seqtune.load("runs/airline-forecast-1")
        >>> run.predict().head()
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.record = read_record(self.folder)
        self.evaluation: Evaluation | None = None
        self._comparison: Comparison | None = None
        self.notes: list[str] = []
        self.listener: Listener = silent
        self._asked: Source | None = None

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}, {self.record['task']}, {self.record['status']})"

    @property
    def status(self) -> str:
        """How far the run is: "complete", "interrupted", "running", or "died" where nobody runs it.

        A run that died was killed; `resume` goes on with it.
        """
        if self.record["status"] != "running" or holder(self.folder) is not None:
            return str(self.record["status"])
        self.record = read_record(self.folder)  # it may have ended since it was opened
        status = str(self.record["status"])
        return "died" if status == "running" and holder(self.folder) is None else status

    @cached_property
    def board(self) -> Leaderboard:
        """Every model that was scored, as values."""
        return read_leaderboard(self.folder)

    @property
    def leaderboard(self) -> pd.DataFrame:
        """Every model that was scored, best first by validation.

        Columns: name, kind, one per metric and part (`validation_mase`, `test_mase`, …),
        fit_seconds, parameters, detail.
        """
        import pandas as pd

        rows = []
        for row in self.board.ranked():
            scores = {f"validation_{name}": value for name, value in row.validation.items()}
            scores |= {f"test_{name}": value for name, value in row.test.items()}
            rows.append(
                {
                    "name": row.name,
                    "kind": row.kind,
                    **scores,
                    "fit_seconds": row.fit_seconds,
                    "parameters": row.parameters,
                    "detail": row.detail,
                }
            )
        return pd.DataFrame(rows)

    @property
    def comparison(self) -> Comparison | None:
        """How a refitted run compares with the one that it was refitted from; None for any other.

        An earlier run that `refit` has kept has the comparison that it won.
        """
        if self._comparison is None and (earlier := read_earlier(self.folder)) is not None:
            self._comparison = Comparison(self.board, earlier)
        return self._comparison

    @comparison.setter
    def comparison(self, comparison: Comparison) -> None:
        self._comparison = comparison

    @cached_property
    def summary(self) -> Summary:
        """What the run came to."""
        trials = self.trials
        statuses = Counter(trial["status"] for trial in trials)
        counts = {name: statuses.get(name, 0) for name in ("completed", "failed", "stopped")}
        training = sum(trial["training_seconds"] for trial in trials)
        return Summary(
            run=str(self.folder),
            task=self.record["task"],
            status=self.status,
            leaderboard=self.board,
            trials=counts,
            seconds={"training": training, **self.record.get("seconds", {})},
            budget_seconds=float(self.record.get("budget_seconds", 0.0)),
            failures=Counter(trial["reason"] for trial in trials if trial["status"] == "failed"),
            left_out=self.record.get("left_out", {}),
            notes=tuple(self.record.get("notes", ())),
            workers=tuple(self.record.get("workers", ())),
        )

    @property
    def trials(self) -> list[dict[str, Any]]:
        """Every finished trial: values, scores per epoch, seconds, parameters, status, reason."""
        return read_trials(self.folder)

    @property
    def checked_trials(self) -> list[dict[str, Any]]:
        """The trials, each configuration held against what the task's recipes allow.

        Raises:
            RunError: One has a value that no search could have taken.
        """
        path, task = self.folder / TRIALS, self.record["task"]
        return [
            {**trial, "values": check_values(task, trial["values"], path)} for trial in self.trials
        ]

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe with every default and inferred value filled in."""
        from seqtune.recipe.load import Recipe

        return Recipe.load(self.folder / "recipe.yaml", self.record["task"])

    @cached_property
    def task(self) -> Task:
        """The task; loads Keras on the run's backend if none is loaded yet."""
        from seqtune.runtime.backend import activate
        from seqtune.tasks import load_task

        activate("auto")
        return load_task(self.record["task"])

    @cached_property
    def predictor(self) -> Predictor:
        """What predicts: the models with their weights, calibrations and data."""
        from seqtune.run.predictor import Predictor

        return Predictor(
            self.task,
            self.folder,
            self.board,
            self.recipe,
            data=str(self.record["data"].get("path") or ""),
            listener=lambda event: self.listener(event),
            notes=self.notes,
        )

    def choose(self, use: str | None = None) -> Row:
        """Return the row that predicts: the winner, or the one asked for by name."""
        return self.predictor.choose(use)

    @property
    def prepared(self) -> Any:
        """The data that the run was fitted on; the arrays stay on disk."""
        return self.predictor.prepared

    def predict(
        self,
        data: str | Path | pd.DataFrame | None = None,
        use: str | None = None,
        set: Sequence[str] = (),
        query: str | None = None,
    ) -> pd.DataFrame:
        """Return the task's prediction table.

        Args:
            data: New rows; None continues the data that the run was fitted on.
            use: Name of the leaderboard row that predicts, or "network" for the best network or
                ensemble; the winner if None.
            set: `key.path=value` of keys that need no training again.
            query: What is read where the data is a database.
        """
        if set:
            self.predictor.change(set)
        self._asked = self._source(data, query)
        return self.predictor.predict(self._asked, use)

    def filled_in(self, table: pd.DataFrame) -> str | None:
        """Return the file that was asked for last, with the answers in it.

        Args:
            table: What `predict` returned of it.

        Returns:
            The text of the file; None where it is a table, or the task fills none in.
        """
        if self._asked is None or not isinstance(self.task, FillsIn):
            return None
        return self.task.filled_in(self.prepared, self._asked, table)

    def evaluate(
        self,
        data: str | Path | pd.DataFrame,
        *,
        folds: int | None = None,
        step: int | None = None,
        use: str | None = None,
        query: str | None = None,
    ) -> dict[str, dict[str, float]]:
        """Score the winner, the best network and the best baseline on data they never saw.

        Args:
            data: Labelled rows.
            folds: Score from so many origins, the last one a horizon before the end of the data,
                without training anew; all windows of the new rows if None.
            step: Rows between two origins; the horizon if None.
            use: Name of the leaderboard row that is scored first, or "network"; the winner if
                None.
            query: What is read where the data is a database.

        Returns:
            Every metric by name of the model; by fold in `evaluation.parts`.
        """
        source = self._source(data, query)
        if source is None:
            raise RunError("evaluate needs data", f"seqtune evaluate {self.folder} DATA")
        from seqtune.data.reading.row_sketch import share_known

        share = share_known(source, self.record["data"].get("sketch"))
        if share > 0 or source.fingerprint() == self.record["data"].get("fingerprint"):
            what = f"about {share:.0%} of this data" if 0 < share < ALL_KNOWN else "this data"
            self.notes.append(f"the run was fitted on {what}; scores on it are too optimistic")
        self.evaluation = self.predictor.evaluate(source, folds=folds, step=step, use=use)
        return self.evaluation.scores

    def __getattr__(self, name: str) -> Any:
        """Offer what the run's task does beside tables as methods of the run."""
        if name.startswith("_") or "record" not in vars(self):
            raise AttributeError(name)
        if isinstance(self.task, Writes) and name in self.task.verbs:
            return getattr(self._writer, name)
        raise AttributeError(f"a {self.record['task']} run has no {name!r}")

    @cached_property
    def _writer(self) -> Any:
        predictor = self.predictor
        assert isinstance(self.task, Writes)
        return self.task.writer(predictor.prepared, predictor, predictor.context)

    def drift(self, data: str | Path | pd.DataFrame, query: str | None = None) -> DriftTable | None:
        """Return what has drifted in new rows, labelled or not, since the run was fitted.

        Args:
            data: New rows.
            query: What is read where the data is a database.

        Returns:
            The table; None where the run's task watches nothing.
        """
        source = self._source(data, query)
        assert source is not None
        return self._watch.drift(source)

    @cached_property
    def _watch(self) -> DriftWatch:
        from seqtune.run.drift import DriftWatch

        return DriftWatch(self.task, self.prepared, self.predictor.context)

    def refit(self, data: str | Path | pd.DataFrame, **options: Any) -> Run:
        """Fit the chosen configurations on newer data, without a search; see `seqtune.refit`.

        Args:
            data: Newer data.
            options: `out`, the new run folder, and the other arguments of `seqtune.refit`.

        Returns:
            The run in charge.
        """
        import seqtune

        return seqtune.refit(self, data, **options)

    def explain(self) -> None:
        """Measure what the network that weighs most looks at, and keep that in the run folder.

        Raises:
            RunError: The run has no network.
            UsageError: Nothing can be explained of a task such as the run's.
        """
        task = self.task  # sets the backend, before Keras is loaded
        from seqtune.run.explanation import CUT_OFF, NO_TIME, explain_trial, weightiest

        predictor = self.predictor
        members = predictor.members.get(predictor.name_of("network"), [])
        trial = weightiest(members, self.checked_trials, self.folder)
        with RunLock(self.folder):
            explain_trial(task, predictor.prepared, self.folder, trial, math.inf)
            self.record["notes"] = [
                note
                for note in self.record.get("notes", [])
                if not note.startswith((NO_TIME, CUT_OFF))
            ]
            write_record(self.folder, self.record)

    def _source(self, data: str | Path | pd.DataFrame | None, query: str | None) -> Source | None:
        from seqtune.data.reading.open import open_source

        if data is None and query:
            raise RunError("a query needs a database", "name a file or an address before it")
        return None if data is None else open_source(data, self.recipe, query, joins=False)


def load(folder: str | Path) -> Run:
    """Open a run folder.

    Args:
        folder: What `fit` left, such as `runs/airline-forecast-1`.
    """
    return Run(folder)
