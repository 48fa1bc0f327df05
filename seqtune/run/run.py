"""An open run: its leaderboard, and what can be done with the networks in it."""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import RunError, UsageError, unknown
from seqtune.run.earlier import Comparison, read_earlier
from seqtune.run.fitted import Fitted
from seqtune.run.folder import read_record, write_record
from seqtune.run.lock import RunLock, holder
from seqtune.run.summary import Summary
from seqtune.run.trials import TRIALS, read_trials
from seqtune.search.recorded import check_values

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.run.export_summary import ExportSummary


class Run(Fitted):
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
        path = Path(folder)
        super().__init__(path, path, read_record(path))
        self._comparison: Comparison | None = None

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
        from seqtune.runtime.backend import activate

        activate("auto")  # before anything imports Keras
        from seqtune.run.explanation import CUT_OFF, NO_TIME, explain_trial, weightiest

        predictor = self.predictor
        members = predictor.members.get(predictor.name_of("network"), [])
        trial = weightiest(members, self.checked_trials, self.folder)
        with RunLock(self.folder):
            explain_trial(self.task, predictor.prepared, self.folder, trial, math.inf)
            self.record["notes"] = [
                note
                for note in self.record.get("notes", [])
                if not note.startswith((NO_TIME, CUT_OFF))
            ]
            write_record(self.folder, self.record)

    def export(
        self,
        path: str | Path,
        *,
        format: str = "bundle",
        use: str | None = None,
        force: bool = False,
        quantize: str | None = None,
        allow_loss: bool = False,
    ) -> ExportSummary:
        """Write a row of the leaderboard as a file that predicts without Keras.

        What was written predicts the same as the run, which is checked before it takes its name.

        Args:
            path: The file to write, or the folder, by the format.
            format: "bundle" for one file that `seqtune` opens anywhere; `seqtune export --help`
                lists the others.
            use: Name of the leaderboard row, or "network"; the winner if None.
            force: Whether a file that exists is replaced.
            quantize: "int8" for weights of eight bits, which take a quarter of the room; what they
                lose of the metric on the validation part is measured.
            allow_loss: Whether they may lose more than 1 % of it.

        Returns:
            What was written, and how exactly it predicts what the run does.

        Raises:
            UsageError: The format is unknown, or does not hold such weights.
            RunError: The run is not complete, has no such row, or the file exists.
            ExportError: The row cannot be written in the format, or does not predict the same.
            MissingExtra: A package that the format needs is not installed.

        Example:
            >>> run.export("airline.zip")
            >>> seqtune.load("airline.zip").predict()
        """
        from seqtune.registry import formats

        if format not in formats:
            raise UsageError(unknown("format", format, formats), "seqtune export --help")
        known = getattr(formats[format], "QUANTIZES", ())
        if quantize is not None and quantize not in known:
            able = ", ".join(name for name in formats if hasattr(formats[name], "QUANTIZES"))
            raise UsageError(
                f"the format {format} holds no weights of {quantize!r}, expected one of: "
                f"{', '.join(known) or 'none'}",
                f"formats that do: {able}",
            )
        if allow_loss and quantize is None:
            raise UsageError("--allow-loss is for --quantize", "--quantize int8 --allow-loss")
        if self.status != "complete":
            raise RunError(
                f"{self.path} is not complete: {self.status}", f"seqtune resume {self.path}"
            )
        path = Path(path)
        if path.exists() and not force:
            raise RunError(f"{path} already exists", "use --force to replace it")
        options = {} if quantize is None else {"quantize": quantize, "allow_loss": allow_loss}
        summary: ExportSummary = formats[format].write(self, self.choose(use), path, **options)
        return summary
