"""Runs and bundles as estimators of scikit-learn, fitted already.

    from sklearn.pipeline import make_pipeline
    from seqtune.sklearn import SeqtuneClassifier

    classifier = SeqtuneClassifier("reviews.zip").fit(table)
    classifier.predict_proba(table)

The search is `seqtune.fit`; `fit` here trains nothing. It opens the run and checks that the data
suits it, so that an estimator can stand where scikit-learn clones and fits one: in a pipeline, or,
fitted before, in a `StackingClassifier(cv="prefit")`. A pickle of an estimator holds the path and
never the networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from seqtune.errors import DataError, RunError, listed
from seqtune.run.load import load
from seqtune.tasks._columns import columns_in_words
from seqtune.tasks._serving import NamesClasses

if TYPE_CHECKING:
    from seqtune.run.fitted import Fitted

OPENED = "_opened"
"""The attribute that no pickle holds."""


class SeqtuneEstimator(BaseEstimator):  # type: ignore[misc]
    """A run or a bundle of any task; `predict` returns its table of predictions.

    Args:
        path: The run folder, or the file of the bundle.
        use: The row of the leaderboard that predicts, or "network"; the winner if None.

    Attributes:
        n_features_in_: How many columns `fit` saw.
        feature_names_in_: Their names.

    Example:
        >>> SeqtuneEstimator("runs/airline-forecast-1").fit(table).predict(table)
    """

    def __init__(self, path: Any = "", use: str | None = None) -> None:
        self.path = path
        self.use = use

    def fit(self, X: Any, y: Any = None) -> SeqtuneEstimator:  # noqa: N803
        """Open the run, and check that it has the row; nothing is trained.

        Rows that it cannot read are refused by `predict`.

        Args:
            X: Rows such as the run was fitted on.
            y: Not read.

        Raises:
            RunError: There is no such run or row.
            DataError: An array has another number of columns.
        """
        self._open().choose(self.use)
        table = self._table(X)
        self.n_features_in_ = table.shape[1]
        self.feature_names_in_ = np.array([str(name) for name in table.columns], dtype=object)
        return self

    def predict(self, X: Any) -> Any:  # noqa: N803
        """Return the prediction table of rows, as `seqtune predict` does."""
        check_is_fitted(self)
        return self._open().predict(self._table(X), use=self.use)

    def _open(self) -> Fitted:
        """Return the run, opened when it is first asked for."""
        kept: tuple[Any, Fitted] | None = vars(self).get(OPENED)
        if kept is None or kept[0] != self.path:
            kept = (self.path, load(self.path))
            setattr(self, OPENED, kept)
        return kept[1]

    def _table(self, rows: Any) -> pd.DataFrame:
        """Return rows as a table: an array has the columns that the run was fitted on.

        Raises:
            DataError: It has another number of columns.
        """
        if isinstance(rows, pd.DataFrame):
            return rows
        names, array = self._columns(), np.asarray(rows)
        array = array[:, None] if array.ndim == 1 else array
        if array.ndim != 2 or array.shape[1] != len(names):
            raise DataError(
                f"found an array of shape {array.shape}, expected (rows, {len(names)}) of "
                f"{listed(names)}",
                "give a table of pandas with these columns",
            )
        return pd.DataFrame(array, columns=list(names))

    def _columns(self) -> Sequence[str]:
        """Return what the columns of an array are called."""
        roles: dict[str, list[str]] = self._open().record["data"].get("roles", {})
        return [name for names in roles.values() for name in names]

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        state.pop(OPENED, None)
        return state


class SeqtuneClassifier(ClassifierMixin, SeqtuneEstimator):  # type: ignore[misc]
    """A run or a bundle that gives each row a class.

    Args:
        path: The run folder, or the file of the bundle.
        use: The row of the leaderboard that predicts, or "network"; the winner if None.

    Attributes:
        classes_: The labels that the run knows, in the order of `predict_proba`.
        n_features_in_: How many columns `fit` saw.
        feature_names_in_: Their names.

    Example:
        >>> classifier = SeqtuneClassifier("reviews.zip").fit(table)
        >>> classifier.predict_proba(table).shape
        (25, 3)
    """

    def fit(self, X: Any, y: Any = None) -> SeqtuneClassifier:  # noqa: N803
        """Open the run, and check that it gives classes, and all that are asked for.

        Args:
            X: Rows such as the run was fitted on, or texts where it was fitted on texts.
            y: Labels, each of which the run has to know; not read if None.

        Raises:
            RunError: There is no such run or row, or it gives no classes.
            DataError: A label is not known to it, or the table lacks a column.
        """
        run = self._open()
        if not isinstance(run.task, NamesClasses):
            raise RunError(f"{self.path} gives no classes", "use seqtune.sklearn.SeqtuneEstimator")
        super().fit(X)
        missing = [name for name in self._columns() if name not in self.feature_names_in_]
        if missing:
            raise DataError(
                f"the table lacks {columns_in_words(missing)} of the fitted data",
                f"add {columns_in_words(missing)}",
            )
        self.classes_ = np.array(run.task.class_names(run.prepared))
        unknown = [] if y is None else sorted({*map(str, y)} - {*map(str, self.classes_)})
        if unknown:
            raise DataError(
                f"found the labels {listed(unknown)}, expected those of {self.path}: "
                f"{listed(self.classes_)}",
                "fit again on these labels: seqtune fit DATA",
            )
        return self

    def predict(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """Return the label (rows,) of each row."""
        table: pd.DataFrame = super().predict(X)
        return np.asarray(table["label"].astype(str))

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return the probability (rows, classes) of each class."""
        table: pd.DataFrame = super().predict(X)
        return table[[f"p_{name}" for name in self.classes_]].to_numpy(np.float64)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:  # noqa: N803
        """Return the accuracy; labels are compared as text."""
        return float(super().score(X, np.asarray(y).astype(str), sample_weight))

    def _columns(self) -> Sequence[str]:
        """Return what the columns of an array are called."""
        run = self._open()
        assert isinstance(run.task, NamesClasses)
        return run.task.input_columns(run.prepared)
