"""What predicts: the models behind a leaderboard with their weights, calibrations and data.

A predictor stands for itself: it is saved as a folder and opened again without a run, and knows
nothing of how it was found.

    recipe.yaml leaderboard.json members.json calibration.json codec.json data/ models/*.keras

Over 300 lines: saving, opening, choosing a row and its one path of inference are one object.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import RunError, UsageError
from seqtune.files import damaged, read_json, write_json, write_text
from seqtune.progress import Listener, ProgressCounter, silent
from seqtune.recipe.load import Recipe, task_of
from seqtune.run.bundle_file import BundleFile
from seqtune.run.drift import DriftWatch
from seqtune.run.known_rows import OnKnownRows
from seqtune.run.leaderboard import Leaderboard, read_leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.loaded_member import LoadedMember
from seqtune.run.members import (
    CALIBRATION,
    MEMBERS,
    Member,
    read_calibrations,
    read_members,
    write_members,
)
from seqtune.run.row_choice import choose_row
from seqtune.run.untrusted import check_inside
from seqtune.tasks._abilities import MeasuresKnownRows, PredictsTogether
from seqtune.tasks._contract import Task
from seqtune.tasks._newer_data import Backtests, WatchesDrift
from seqtune.tasks._values import Calibration, Context, Evaluation

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.drift.table import Finding
    from seqtune.data.reading.source import Source

Floats = npt.NDArray[np.float64]


@dataclass
class Predictor:
    """The models behind a leaderboard, and everything that they need to predict.

    Args:
        task: What was learnt.
        folder: Where it was opened.
        board: Every model that was scored; the winner predicts.
        recipe: The recipe, every value filled in.
        data: The file that the models were fitted on; empty where that is not known.
        listener: Hears how far a prediction is.
        notes: What was assumed and repaired while new rows were read.
        name: How commands name it; the folder if empty.
        only: The one row of the leaderboard that predicts; empty where each does.
        bundle: The file that the folder was unpacked from, and whose end is the folder's.

    Example:
        >>> predictor = Predictor.open("runs/airline-forecast-1")
        >>> predictor.predict().head()
        >>> predictor.save("models/airline")
    """

    task: Task
    folder: Path
    board: Leaderboard
    recipe: Recipe
    data: str = ""
    listener: Listener = silent
    notes: list[str] = field(default_factory=list)
    name: str = ""
    only: str = ""
    bundle: BundleFile | None = field(default=None, repr=False)
    _opened: dict[str, list[LoadedMember]] = field(default_factory=dict, repr=False)
    _on_known_rows: dict[tuple[str, Hashable], OnKnownRows] = field(
        default_factory=dict, repr=False
    )

    def __post_init__(self) -> None:
        self.name = self.name or str(self.folder)

    @classmethod
    def open(cls, path: str | Path) -> Predictor:
        """Open a predictor that was saved, or that a run folder or a bundle holds.

        Args:
            path: The folder, or the file of the bundle.

        Raises:
            RunError: A file is missing or damaged, or leads out of the folder.
        """
        from seqtune.tasks import load_task

        path = Path(path)
        if path.is_file():
            bundle = BundleFile(path)
            return cls(
                load_task(bundle.recipe.task),
                bundle.folder,
                read_leaderboard(bundle.folder),
                bundle.recipe,
                data=bundle.data,
                name=str(path),
                only=bundle.row,
                bundle=bundle,
            )
        recipe_path = path / "recipe.yaml"
        if not path.is_dir() or not recipe_path.exists():
            reason = f"{path} holds no predictor: it has no {recipe_path.name}"
            raise RunError(reason, "seqtune runs")
        check_inside(path)
        recipe = Recipe.load(recipe_path, task_of(recipe_path))
        return cls(load_task(recipe.task), path, read_leaderboard(path), recipe)

    def save(self, folder: str | Path) -> None:
        """Write everything that predicts to a folder: nothing of the search.

        Args:
            folder: A new folder, or an empty one.

        Raises:
            RunError: The folder holds something.
        """
        folder = Path(folder)
        if self.bundle is not None:
            raise RunError(
                f"{self.name} is a bundle, which is saved by copying the file",
                f"cp {shlex.quote(self.name)} NEW.zip",
            )
        if folder.exists() and any(folder.iterdir()):
            raise RunError(f"the folder {folder} is not empty", "choose another folder")
        folder.mkdir(parents=True, exist_ok=True)
        self.prepared.save(folder)
        write_text(folder / "recipe.yaml", self.recipe.to_yaml())
        write_json(folder / "leaderboard.json", self.board.to_dict())
        write_members(folder, self.members)
        if (self.folder / CALIBRATION).exists():
            write_json(folder / CALIBRATION, read_json(self.folder / CALIBRATION))
        files = {file for row in self.members.values() for each in row for file in each.files}
        for file in sorted(files):
            if (self.folder / file).exists():
                (folder / file).parent.mkdir(exist_ok=True)
                shutil.copyfile(self.folder / file, folder / file)

    @cached_property
    def prepared(self) -> Any:
        """The data that the models were fitted on, and the codec; the arrays stay on disk."""
        return self.task.load(self.folder)

    @cached_property
    def members(self) -> dict[str, list[Member]]:
        """The networks behind each row of the leaderboard."""
        members = read_members(self.folder)
        for row in self.board.rows:
            is_here = not self.only or row.name == self.only
            if is_here and row.kind != "baseline" and not members.get(row.name):
                raise damaged(self.folder / MEMBERS, f"it lacks {row.name}")
        return members

    @cached_property
    def calibrations(self) -> dict[str, Calibration]:
        """What makes predictions honest, by trial, simple method, and ensemble."""
        found = {}
        for name, values in read_calibrations(self.folder).items():
            try:
                found[name] = self.task.read_calibration(self.prepared, values)
            except ValueError as error:
                raise damaged(self.folder / CALIBRATION, f"{name}: {error}") from error
        return found

    @cached_property
    def watch(self) -> DriftWatch:
        """Compares new rows with the data that the models were fitted on."""
        return DriftWatch(self.task, self.prepared, self.context)

    @property
    def context(self) -> Context:
        """What stands around new rows that are read."""
        return Context(self.recipe, self.name, self.data, notes=self.notes)

    def choose(self, use: str | None = None) -> Row:
        """Return the row that predicts: the one with the star, or the one asked for.

        Args:
            use: Name of a leaderboard row; "network" for the best network or ensemble; None for
                the winner on validation, whatever it is.

        Raises:
            RunError: There is no such row, or nothing was trained.
        """
        return choose_row(self.board, use, name=self.name, folder=self.folder, only=self.only)

    def name_of(self, use: str | None) -> str:
        """Return the name of the row that `choose` returns."""
        return self.choose(use).name

    def compared(self, use: str | None = None) -> list[str]:
        """Names of the rows that are scored: the one asked for, else the winner, first."""
        if self.only:
            return [self.name_of(use)]
        rows = (self.choose(use), self.board.best_searched, self.board.best_baseline)
        return list(dict.fromkeys(row.name for row in rows if row is not None))

    def open_members(self, name: str) -> list[LoadedMember]:
        """Return the models behind a row, each opened once; a simple method stands alone."""
        if name in self._opened:
            return self._opened[name]
        if self.choose(name).kind == "baseline":
            members = [Member("", 1.0, "", "", {}, method=name)]
        else:
            members = self.members[name]
        opened = [LoadedMember(self.task, self.prepared, self.folder, each) for each in members]
        return self._opened.setdefault(name, opened)

    def change(self, settings: Sequence[str]) -> None:
        """Predict from here on with other values of what does not need training again.

        Args:
            settings: `key.path=value`, of the keys that the task names.

        Raises:
            UsageError: A key can only be set when the run is fitted.
            RecipeError: A value does not fit its key.
        """
        known = self.task.info.predict_keys
        for key in (text.partition("=")[0].strip() for text in settings):
            if key not in known:
                can = ", ".join(known) or "none"
                raise UsageError(
                    f"{key} cannot be changed after fitting; `--set` takes {can} here",
                    f"seqtune fit DATA --task {self.task.name} --set {key}=VALUE",
                )
        path = self.folder / "recipe.yaml"
        self.recipe = Recipe.load(path, self.task.name, tuple(settings))

    def predict(self, source: Source | None = None, use: str | None = None) -> pd.DataFrame:
        """Return the task's prediction table.

        Args:
            source: New rows; None continues the data that the models were fitted on.
            use: Name of the leaderboard row that predicts, or "network".
        """
        context = self.context
        encoded = self.task.encode(self.prepared, source, context)
        context.model = self.name_of(use)
        made = self.predictions(context.model, encoded)
        table = self.task.decode(self.prepared, encoded, made, context)
        numbers = table.select_dtypes("float")
        if not self.task.info.allows_missing and not np.isfinite(numbers).all(axis=None):
            raise RunError(
                f"{context.model} predicts values that are not finite (NaN or infinity)",
                f"use another row: --use NAME (seqtune report {self.name} lists them)",
            )
        return table

    def evaluate(
        self,
        source: Source,
        *,
        folds: int | None = None,
        step: int | None = None,
        use: str | None = None,
    ) -> Evaluation:
        """Score the winner, the best network and the best simple method on data they never saw.

        Args:
            source: Labelled rows.
            folds: Score from so many origins; all examples if None.
            step: Rows between two origins; the horizon if None.
            use: Name of the leaderboard row that is scored first, or "network".
        """
        names, context = self.compared(use), self.context
        context.model = names[0]
        encoded = self._labelled(source, folds, step, context)
        made = {name: self.predictions(name, encoded) for name in names}
        found = self.task.evaluation(self.prepared, encoded, made, context)
        more: Sequence[Finding] = ()
        if isinstance(self.task, WatchesDrift):
            more = self.task.drift_of_predictions(self.prepared, encoded, made[names[0]])
        return replace(found, drift=self.watch.drift(source, *more))

    def _labelled(
        self, source: Source, folds: int | None, step: int | None, context: Context
    ) -> Any:
        """Read labelled rows, all of them or from rolled origins."""
        if folds is None and step is None:
            return self.task.encode_labelled(self.prepared, source, context)
        if folds is None:
            raise UsageError(
                "--step needs --folds: it is the distance between two origins",
                f"--folds 5 --step {step}",
            )
        if folds < 1 or (step is not None and step < 1):
            raise UsageError(f"found {folds} folds, step {step}; expected 1 or more", "--folds 5")
        if not isinstance(self.task, Backtests):
            raise UsageError(
                f"a run of {self.task.name} has no origins to start from: --folds is not for it",
                f"seqtune evaluate {self.name} DATA",
            )
        return self.task.encode_folds(self.prepared, source, folds, step, context)

    def predictions(self, name: str, encoded: Any) -> Floats:
        """Return what a row of the leaderboard predicts, as it is given out.

        Args:
            name: The row.
            encoded: What is predicted, in the task's own form.

        Returns:
            (examples, …), in the user's unit: the weighted average of calibrated members,
            calibrated once more.
        """
        members = self.open_members(name)
        counter = ProgressCounter(
            self.listener, len(members) * max(1, len(encoded)), self.task.counted(encoded)
        )
        if self.choose(name).kind == "baseline":
            return self._by_method(name, encoded, counter)
        known = self._known(name, encoded)
        total: Floats | None = None
        if isinstance(self.task, PredictsTogether):
            total = self.task.forward_together(members, self.prepared, encoded, counter.add)
            members = []
        for member in members:
            made = self._of_member(member, encoded, counter)
            part = member.weight * (made if known is None else known.of_member(member, made))
            total = part if total is None else total + part
        assert total is not None
        own = self.calibrations.get(name) if known is None else known.average
        return total if own is None else own.apply(total)

    def _known(self, name: str, encoded: Any) -> OnKnownRows | None:
        """Return what was measured on the rows of the run of a row that joins methods, once."""
        members = self.open_members(name)
        is_joined = any(member.method for member in members)
        if not is_joined or not isinstance(self.task, MeasuresKnownRows):
            return None
        known = self.task.known_rows(self.prepared, encoded)
        if known is None:
            return None
        way, rows = known
        if (name, way) not in self._on_known_rows:
            counter = ProgressCounter(silent, 1, "")
            self._on_known_rows[name, way] = OnKnownRows.measured(
                self.task, self.prepared, rows, members,
                lambda member: self._of_member(member, rows, counter),
            )  # fmt: skip
        return self._on_known_rows[name, way]

    def _of_member(self, member: LoadedMember, encoded: Any, counter: ProgressCounter) -> Floats:
        """Return the calibrated predictions of one member."""
        calibration: Any = self.calibrations.get(member.method or member.trial)
        if member.method:
            made = self._by_method(member.method, encoded, counter)
            return made if calibration is None else calibration.apply(made)
        return self.task.forward(
            member.network, self.prepared, encoded, member.values, calibration, counter.add
        )

    def _by_method(self, method: str, encoded: Any, counter: ProgressCounter) -> Floats:
        seed = int(self.recipe.values.seed)
        return self.task.by_method(self.prepared, encoded, method, seed, counter.add)
