"""What was fitted, opened to be used: what a run folder and a bundle have in common."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import RunError
from seqtune.files import check_absent, write_text
from seqtune.garbage import garbage_left
from seqtune.progress import Listener, silent
from seqtune.run.leaderboard import Leaderboard, read_leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.tasks._abilities import Writes
from seqtune.tasks._serving import FillsIn

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.drift.table import DriftTable
    from seqtune.data.reading.source import Source
    from seqtune.recipe.load import Recipe
    from seqtune.run.bundle_file import BundleFile
    from seqtune.run.predictor import Predictor
    from seqtune.tasks._contract import Task
    from seqtune.tasks._values import Evaluation


ALL_KNOWN = 0.995


class Fitted:
    """Models with their leaderboard, as `seqtune.load` opens them: a `Run` or a `Bundle`.

    Args:
        path: How the user names it: the run folder, or the file of the bundle.
        folder: Where its files are.
        record: What is known of it: at least "task" and "data".

    Attributes:
        notes: What was guessed and repaired while new rows were read.
        evaluation: What the last `evaluate` came to.
        listener: Hears how far a prediction is.
    """

    only = ""
    """The one row of the leaderboard that predicts; empty where each does."""

    file: BundleFile | None = None
    """The file that the folder was unpacked from, and whose end is the folder's."""

    def __init__(self, path: Path, folder: Path, record: dict[str, Any]) -> None:
        self.path, self.folder, self.record = path, folder, record
        self.evaluation: Evaluation | None = None
        self.notes: list[str] = []
        self.listener: Listener = silent
        self._asked: Source | None = None

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

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe with every default and inferred value filled in."""
        from seqtune.recipe.load import Recipe

        return Recipe.load(self.folder / "recipe.yaml", self.record["task"])

    @cached_property
    def task(self) -> Task:
        """The task; Keras is loaded with the first network of a run."""
        from seqtune.tasks import load_task

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
            name=str(self.path),
            only=self.only,
            bundle=self.file,
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
            data: New rows; None continues the data that the models were fitted on.
            use: Name of the leaderboard row that predicts, or "network" for the best network or
                ensemble; the winner if None.
            set: `key.path=value` of keys that need no training again.
            query: What is read where the data is a database.
        """
        with garbage_left():
            predictor = self.predictor
            if set:
                predictor.change(set)
            self._asked = self._source(data, query)
        return predictor.predict(self._asked, use)

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
            raise RunError("evaluate needs data", f"seqtune evaluate {self.path} DATA")
        from seqtune.data.reading.row_sketch import share_known

        share = share_known(source, self.record["data"].get("sketch"))
        if share > 0 or source.fingerprint() == self.record["data"].get("fingerprint"):
            what = f"about {share:.0%} of this data" if 0 < share < ALL_KNOWN else "this data"
            self.notes.append(f"the run was fitted on {what}; scores on it are too optimistic")
        self.evaluation = self.predictor.evaluate(source, folds=folds, step=step, use=use)
        return self.evaluation.scores

    def drift(self, data: str | Path | pd.DataFrame, query: str | None = None) -> DriftTable | None:
        """Return what has drifted in new rows, labelled or not, since the models were fitted.

        Args:
            data: New rows.
            query: What is read where the data is a database.

        Returns:
            The table; None where the task watches nothing.
        """
        source = self._source(data, query)
        assert source is not None
        return self.predictor.watch.drift(source)

    def report(self, path: str | Path, *, force: bool = False) -> None:
        """Write the report as a page: one file that any browser shows, without a network.

        Args:
            path: The file.
            force: Whether a file that exists is replaced.

        Raises:
            RunError: It exists, or the run folder is damaged.

        Example:
            >>> run.report("airline.html")
        """
        import seqtune

        check_absent(path, force)
        write_text(Path(path), seqtune.page(self))

    def plot(self, block: str | None = None) -> Any:
        """Return charts of the report as a figure of matplotlib.

        Args:
            block: Key of a block of the page, such as "search"; the first one with charts if None.

        Raises:
            MissingExtra: matplotlib is not installed.
            UsageError: There is no such block, or it has no chart.

        Example:
            >>> run.plot("curves").savefig("curves.pdf")
        """
        import seqtune

        return seqtune.plot(self, block)

    def _repr_html_(self) -> str:
        """Return the page as a notebook shows it, in a frame of its own."""
        import seqtune

        return seqtune.framed_page(self)

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

    def _source(self, data: str | Path | pd.DataFrame | None, query: str | None) -> Source | None:
        if data is None and query:
            raise RunError("a query needs a database", "name a file or an address before it")
        if data is None:
            return None
        from seqtune.data.reading.open import open_source

        return open_source(data, self.recipe, query, joins=False)
