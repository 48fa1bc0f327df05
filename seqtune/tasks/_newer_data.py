"""What only some tasks can do with newer data; see `_abilities`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from seqtune.tasks._values import Context, KnownRows, Staged

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from seqtune.data.drift.sample import Samples
    from seqtune.data.drift.table import Finding
    from seqtune.data.reading.source import Source
    from seqtune.recipe.load import Recipe

    Floats = npt.NDArray[np.float64]


@runtime_checkable
class Backtests(Protocol):
    """A task whose runs can be scored from several rolled origins."""

    def encode_folds(
        self, prepared: Any, source: Source, folds: int, step: int | None, context: Context
    ) -> Any:
        """Read new rows to be scored from `folds` origins, `step` rows apart, without training."""


@runtime_checkable
class ReadsNewer(Protocol):
    """A task whose runs can be fitted again on newer data, and be scored beside the new run."""

    def newest_held_out(
        self, prepared: Any, source: Source, recipe: Recipe, known: float
    ) -> Recipe:
        """Return the recipe with which `prepare` holds out the newest part of newer data.

        Args:
            prepared: What the earlier run was fitted on.
            source: The newer data.
            recipe: The earlier run's, every value filled in.
            known: About which share of the rows the earlier run was fitted on.

        Raises:
            DataError: There is nothing newer in it, or it is of another kind.
        """

    def staged(
        self,
        prepared: Any,
        newer_prepared: Any,
        source: Source,
        known: KnownRows,
        context: Context,
    ) -> Staged:
        """Return the test part of newer data as the models of an earlier run read it.

        Args:
            prepared: What the earlier run was fitted on.
            newer_prepared: The newer data, prepared.
            source: The newer data.
            known: Returns about which share of some rows of it the earlier run was fitted on.
            context: Hears of repairs, names the earlier run, and has the newer one's recipe.
        """

    def unlike(self, prepared: Any, newer_prepared: Any, recipe: Recipe) -> str:
        """Say why newer data cannot go on from an earlier run's weights; "" where it can.

        They mean something else to it, or have learnt from what it holds out.

        Args:
            prepared: What the earlier run was fitted on.
            newer_prepared: The newer data, prepared.
            recipe: The earlier run's, every value filled in.
        """


@runtime_checkable
class WatchesDrift(Protocol):
    """A task that knows what of its data may drift."""

    def usual_traits(self, prepared: Any) -> Samples:
        """Return what is watched of the data that a run was fitted on, by trait."""

    def new_traits(self, prepared: Any, source: Source, context: Context, known: float) -> Samples:
        """Return the same of new rows; traits of labels are left out where there are none.

        Args:
            prepared: What a run was fitted on.
            source: The rows.
            context: Recipe and name of the run.
            known: About which share of the rows, the first ones, the run was fitted on; they are
                left out.
        """

    def drift_of_predictions(
        self, prepared: Any, encoded: Any, predictions: Floats
    ) -> list[Finding]:
        """Return how predictions of labelled rows keep what they promise, or nothing.

        Args:
            prepared: The data of the run.
            encoded: Rows with what came of them, from `encode_labelled` or `staged`.
            predictions: What a model of the run said of them.
        """


def nothing_promised(prepared: Any, encoded: Any, predictions: Floats) -> list[Finding]:
    """Return no findings: the `drift_of_predictions` of a task that promises nothing."""
    return []
