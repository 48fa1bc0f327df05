"""An open run: its leaderboard, and what can be done with the networks in it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import RunError, UsageError, unknown
from seqtune.files import damaged
from seqtune.progress import Listener, silent
from seqtune.run.folder import read_record, write_record
from seqtune.run.leaderboard import Leaderboard, Row, Summary
from seqtune.run.members import MEMBERS, Member, read_calibrations, read_members
from seqtune.run.trials import TRIALS, read_trials
from seqtune.run.untrusted import read_part
from seqtune.search.recorded import check_values, shown

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.reading.source import Source
    from seqtune.recipe.load import Recipe
    from seqtune.tasks._contract import Evaluation, Task
    from seqtune.tasks.generate.next_words import NextWord
    from seqtune.tasks.generate.request import Request
    from seqtune.tasks.generate.text_generator import TextGenerator
    from seqtune.tasks.generate.writing import Completion

NETWORK = "network"
"""Asks for the best network or ensemble, where the winner may be a simple method."""

MAX_NAME = 200
"""Characters of the name of a leaderboard row at most."""


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
        self.notes: list[str] = []
        self.listener: Listener = silent
        self._asked: str | None = None

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}, {self.record['task']}, {self.record['status']})"

    @cached_property
    def board(self) -> Leaderboard:
        """Every model that was scored, as values."""
        path = self.folder / "leaderboard.json"
        values = read_part(path)
        try:
            board = Leaderboard.from_dict(values)
        except RunError as error:
            raise damaged(path, error.message) from error
        names = [row.name for row in board.rows]
        for name in names:
            if not name.isprintable() or not 0 < len(name) <= MAX_NAME:
                raise damaged(path, f"found the row {shown(name)}")
        if len(set(names)) != len(names):
            raise damaged(path, "two rows have the same name")
        return board

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
            status=self.record["status"],
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
    def prepared(self) -> Any:
        """The data that the run was fitted on; the arrays stay on disk."""
        task = self.task
        return task.load(self.folder)

    @cached_property
    def members(self) -> dict[str, list[Member]]:
        """The networks behind each row of the leaderboard."""
        members = read_members(self.folder)
        for row in self.board.rows:
            if row.kind != "baseline" and not members.get(row.name):
                raise damaged(self.folder / MEMBERS, f"it lacks {row.name}")
        return members

    @cached_property
    def calibrations(self) -> dict[str, dict[str, float]]:
        """What makes the predictions of each row honest, by its name."""
        return read_calibrations(self.folder)

    def choose(self, use: str | None = None) -> Row:
        """Return the row that predicts: the one with the star, or the one asked for.

        Args:
            use: Name of a leaderboard row; "network" for the best network or ensemble; None for
                the winner on validation, whatever it is.

        Raises:
            RunError: There is no such row, or nothing was trained.
        """
        if use == NETWORK and self.board.row(NETWORK) is None:
            if self.board.best_searched is None:
                raise RunError(
                    f"{self.folder} has no network yet", f"seqtune resume {self.folder} --budget 5m"
                )
            return self.board.best_searched
        if use is not None:
            row = self.board.row(use)
            if row is None:
                names = [NETWORK, *(known.name for known in self.board.ranked())]
                raise RunError(unknown("model", use, names), f"seqtune report {self.folder}")
            return row
        row = self.board.winner
        if row is None:
            raise RunError(f"{self.folder} has no model yet", f"seqtune report {self.folder}")
        return row

    @property
    def compared(self) -> list[str]:
        """Names of the rows that `evaluate` scores: the one asked for, else the winner, first."""
        board = self.board
        rows = (self.choose(self._asked), board.best_searched, board.best_baseline)
        return list(dict.fromkeys(row.name for row in rows if row is not None))

    def network(self, member: Member) -> Any:
        """Load a member's network: built by seqtune's own code, with the weights of its file.

        Raises:
            RunError: The file is missing or damaged, or does not suit its configuration.
        """
        if member.baseline:
            raise damaged(self.folder / MEMBERS, f"{member.baseline} is no network")
        task = self.task  # sets the backend, before Keras is loaded
        from seqtune.runtime.program_cache import keep_programs
        from seqtune.search.network_file import load_network

        keep_programs()
        return load_network(task, self.prepared, member.values, self.folder / member.file)

    def change(self, settings: Sequence[str]) -> None:
        """Predict from here on with other values of what does not need training again.

        Args:
            settings: `key.path=value`, of the keys that the task names.

        Raises:
            UsageError: A key can only be set when the run is fitted.
            RecipeError: A value does not fit its key.
        """
        from seqtune.recipe.load import Recipe

        known = self.task.changeable
        for key in (text.partition("=")[0].strip() for text in settings):
            if key not in known:
                can = ", ".join(known) or "none"
                raise UsageError(
                    f"{key} was settled when the run was fitted; keys that can be set now: {can}",
                    f"seqtune fit DATA --task {self.record['task']} --set {key}=VALUE",
                )
        path = self.folder / "recipe.yaml"
        self.recipe = Recipe.load(path, self.record["task"], tuple(settings))

    def predict(
        self,
        data: str | Path | pd.DataFrame | None = None,
        use: str | None = None,
        set: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return the task's prediction table.

        Args:
            data: New rows; None continues the data that the run was fitted on.
            use: Name of the leaderboard row that predicts, or "network" for the best network or
                ensemble; the winner if None.
            set: `key.path=value` of keys that need no training again; see `change`.
        """
        if set:
            self.change(set)
        import numpy as np

        table = self.task.predict(self, self._source(data), use)
        if self.task.leaves_empty:
            return table
        if not np.isfinite(table.select_dtypes("float")).all(axis=None):
            name = self.choose(use).name
            raise RunError(
                f"{name} of {self.folder} does not predict numbers",
                f"seqtune report {self.folder}, and predict with another row: --use NAME",
            )
        return table

    def generate(self, prompt: str = "", length: int = 500, **options: Any) -> str:
        """Write a text with a generate run.

        Args:
            prompt: What the text begins with.
            length: New characters at most.
            options: `temperature`, `top_k`, `top_p`, `seed`, `stop` (texts before which it ends),
                and `use`, as the flags of `seqtune generate`.

        Returns:
            The prompt and what follows it.

        Example:
            >>> print(run.generate(prompt="Once", length=200))
        """
        from seqtune.tasks.generate.request import request_of

        use = options.pop("use", None)
        return self.write(request_of(prompt, length, **options), use)[0].whole

    def write(
        self, request: Request, use: str | None = None, hear: Callable[[str], None] | None = None
    ) -> list[Completion]:
        """Write texts with a generate run.

        Args:
            request: What is to be written.
            use: Name of the leaderboard row that writes; the winner if None.
            hear: Hears each piece of text as soon as it is certain.
        """
        return self._speaker(use).write(request, hear)

    def next_words(self, text: str, top: int = 10, use: str | None = None) -> list[NextWord]:
        """Return the likeliest next words after a text, with a generate run.

        Args:
            text: What stands before.
            top: So many words at most.
            use: Name of the leaderboard row that is asked; the winner if None.
        """
        return self._speaker(use).next_words(text, top)

    def fill(self, text: str, top: int = 10, use: str | None = None) -> list[NextWord]:
        """Return the likeliest words for the gap `___` in a text, with a run fitted for that.

        Args:
            text: The text with its one gap.
            top: So many words at most.
            use: Name of the leaderboard row that is asked; the best network if None: simple
                methods read from left to right.
        """
        return self._speaker(use or NETWORK).fill(text, top)

    def _speaker(self, use: str | None) -> TextGenerator:
        if self.record["task"] != "generate":
            raise RunError(
                f"{self.folder} is a run of {self.record['task']}, which writes no text",
                f"seqtune predict {self.folder}",
            )
        row = self.choose(use)
        self.task  # noqa: B018 - sets the backend, before Keras is loaded
        from seqtune.tasks.generate.text_generator import TextGenerator

        return TextGenerator(self, row.name)

    def evaluate(
        self,
        data: str | Path | pd.DataFrame,
        *,
        folds: int | None = None,
        step: int | None = None,
        use: str | None = None,
    ) -> dict[str, dict[str, float]]:
        """Score the winner, the best network and the best baseline on data they never saw.

        Args:
            data: Labelled rows.
            folds: Score from so many origins, the last one a horizon before the end of the data,
                without training anew; all windows of the new rows if None. Forecasts only.
            step: Rows between two origins; the horizon if None.
            use: Name of the leaderboard row that is scored first, or "network"; the winner if
                None.

        Returns:
            Every metric by name of the model; by fold in `evaluation.folds`.
        """
        self._asked = use
        source = self._source(data)
        if source is None:
            raise RunError("evaluate needs data", f"seqtune evaluate {self.folder} DATA")
        if source.fingerprint() == self.record["data"].get("fingerprint"):
            self.notes.append(
                "this is the data that the run was fitted on: scores on it are too good to be true"
            )
        if folds is None and step is None:
            self.evaluation = self.task.evaluate(self, source)
        else:
            self.evaluation = self._backtest(source, folds, step)
        return self.evaluation.scores

    def _backtest(self, source: Source, folds: int | None, step: int | None) -> Evaluation:
        from seqtune.tasks._contract import Backtests

        if folds is None:
            raise UsageError("a step is between the origins of folds", f"--folds 5 --step {step}")
        if folds < 1 or (step is not None and step < 1):
            raise UsageError(f"found {folds} folds, step {step}; expected 1 or more", "--folds 5")
        if not isinstance(self.task, Backtests):
            raise UsageError(
                f"a {self.record['task']} run has no origins to roll",
                f"seqtune evaluate {self.folder} DATA",
            )
        return self.task.backtest(self, source, folds, step)

    def explain(self) -> None:
        """Measure what the network that weighs most looks at, and keep that in the run folder.

        Raises:
            RunError: The run has no network.
            UsageError: Nothing can be explained of a task such as the run's.
        """
        task = self.task  # sets the backend, before Keras is loaded
        from seqtune.run.explanation import NO_TIME, explain_trial, weightiest

        members = self.members.get(self.choose(NETWORK).name, [])
        trial = weightiest(members, self.checked_trials, self.folder)
        explain_trial(task, self.prepared, self.folder, trial, math.inf)
        notes = [note for note in self.record.get("notes", []) if not note.startswith(NO_TIME)]
        self.record["notes"] = notes
        write_record(self.folder, self.record)

    def _source(self, data: str | Path | pd.DataFrame | None) -> Source | None:
        from seqtune.data.reading.open import open_source

        return None if data is None else open_source(data, self.recipe)


def load(folder: str | Path) -> Run:
    """Open a run folder.

    Args:
        folder: What `fit` left, such as `runs/airline-forecast-1`.
    """
    return Run(folder)
