"""What only some tasks can do with the models of a run; who asks finds out by the type.

What some can do with newer data, and when models are served, is in `_newer_data` and `_serving`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from seqtune.progress import Advance, no_progress
from seqtune.tasks._values import (
    Calibration,
    Context,
    Models,
    Network,
    OpenMember,
    Until,
    Values,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


@runtime_checkable
class Recalibrates(Protocol):
    """A task whose predictions are calibrated once more when the test part has been scored."""

    def recalibration(
        self,
        prepared: Any,
        validation: npt.NDArray[np.float64],
        test: npt.NDArray[np.float64],
    ) -> Calibration | None:
        """Measure on both parts, as `calibrate` does on one, for predictions of new data."""


@runtime_checkable
class MeasuresKnownRows(Protocol):
    """A task that measures what joins networks and methods on the rows that a run knows."""

    def known_rows(self, prepared: Any, encoded: Any) -> tuple[Hashable, Any] | None:
        """Return the rows of the run, to be predicted as others are.

        Args:
            prepared: The data that the models were fitted on.
            encoded: The others.

        Returns:
            In which way they are predicted, and the rows in the form of `encoded`; None where
            nothing is measured for that.
        """

    def measured(
        self, prepared: Any, known: Any, predictions: npt.NDArray[np.float64]
    ) -> Calibration:
        """Measure what was predicted for the known rows, for predictions of others.

        Args:
            prepared: The data.
            known: The rows, from `known_rows`.
            predictions: For these, of a network, or the average of measured members.
        """


@runtime_checkable
class JudgesCases(Protocol):
    """A task whose metric is a mean over cases, from which it is known how chance moves it."""

    def case_values(
        self, prepared: Any, predictions: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64] | None:
        """Return (cases,) a value of each case of the validation part, with that metric as mean.

        Args:
            prepared: The data.
            predictions: Predictions for the validation part.

        Returns:
            The values; None where the metric is no such mean.
        """


@runtime_checkable
class Hedges(Protocol):
    """A task that leans on a simple method where little was held out to choose by."""

    def hedges(self, prepared: Any) -> bool:
        """Say whether so few cases were held out that what is better on them says little.

        Networks are averaged with the best simple method then, and what comes of it stands before
        networks whose error is not less than half of its own. The metric is an error.
        """

    def validation_share(self, prepared: Any, method: str) -> float:
        """Return how much of what is known of networks and a method validation is, 0 to 1.

        So much of their share networks keep in the average. A method with less than 1 is known by
        more than validation: the average with it stands before all other rows, and where there is
        none, so does the method.
        """


@runtime_checkable
class Joins(Protocol):
    """A task whose runs have a row in which networks and simple methods are joined."""

    def joins(self, prepared: Any) -> bool:
        """Say whether that row comes first, whatever the figures of the held-out parts say.

        So it does where these cannot tell which of its members are good: all networks together
        have the same say in it as each simple method that may be blended. Else it is one of the
        rows that are chosen from.
        """

    def carried(
        self, prepared: Any, joined: Floats, members: Mapping[str, Floats]
    ) -> dict[str, float]:
        """Return which share of what the row says most strongly of the test part each member says.

        Args:
            prepared: The data.
            joined: What the row predicted for the test part.
            members: What each member did, with the same say; all networks are one.

        Returns:
            Shares that sum to 1; nothing where nothing can be said.
        """


@runtime_checkable
class PredictsTogether(Protocol):
    """A task whose networks predict step by step together: their answers have no average."""

    def forward_together(
        self,
        members: Sequence[OpenMember],
        prepared: Any,
        encoded: Any,
        advance: Advance = no_progress,
        until: Until = "test",
    ) -> Floats:
        """Return what networks predict together, each with its weight.

        Args:
            members: The networks; with them a simple method, of a task that `JoinsMethods`.
            prepared: The data that they were fitted on, with the codec.
            encoded: What is predicted.
            advance: Hears how many more examples are done, over all members.
            until: The last part of the data that the simple method is fitted on.
        """

    def difference_error(self, prepared: Any, one: Floats, other: Floats, score: float) -> float:
        """Return about one standard error of how far the figures of two predictions differ.

        Args:
            prepared: The data that the networks were fitted on.
            one: Predictions for the validation part.
            other: Predictions for the same: both are right, or wrong, on many of the same cases.
            score: The figure of one of them.
        """


class RatedSets(Protocol):
    """What sets of networks predict for the validation part, each network asked once."""

    networks: int
    """How many of the networks were asked in time, the first ones."""

    def joined(self, places: Sequence[int]) -> Floats:
        """Return what some of the networks predict with the simple method, at its best share.

        Args:
            places: Which networks, by their places; each counts the same.
        """

    def alone(self, places: Sequence[int]) -> Floats:
        """Return what some of the networks predict without the method."""


@runtime_checkable
class JoinsMethods(PredictsTogether, Protocol):
    """A task whose networks can predict together with a simple method, too."""

    def join_method(
        self, members: Sequence[OpenMember], method: str, prepared: Any
    ) -> tuple[float, Floats]:
        """Return how much a simple method should count beside networks, measured on validation.

        Args:
            members: The networks.
            method: Name of the method; it is fitted on the training part.
            prepared: The data that they were fitted on, with the codec.

        Returns:
            The method's share of all weights, from 0 to below 1; and what they predict with it
            for the validation part.
        """

    def rate_sets(
        self,
        members: Sequence[OpenMember],
        method: str,
        prepared: Any,
        is_over: Callable[[], bool],
    ) -> RatedSets:
        """Let networks and a simple method rate what they propose for the validation part, once.

        Args:
            members: The networks.
            method: Name of the method; it is fitted on the training part.
            prepared: The data that they were fitted on, with the codec.
            is_over: Says whether there is no time for another network; the first always is asked.
        """


@runtime_checkable
class Writes(Protocol):
    """A task whose models do more than fill a table."""

    verbs: tuple[str, ...]
    """Methods of its writer that a run offers as its own."""

    def writer(self, prepared: Any, models: Models, context: Context) -> Any:
        """Return what does it."""


@runtime_checkable
class Rehearses(Protocol):
    """A task whose models do what predicting a held-out part does not show."""

    def rehearse(self, prepared: Any, models: Models, context: Context, row: str) -> Floats:
        """Return figures of what a row does besides, which an export compares too.

        Args:
            prepared: The data.
            models: Opens the models.
            context: Recipe and name of what they are opened from.
            row: The row of the leaderboard.

        Returns:
            Numbers of any shape; none where there is nothing to show.
        """


@runtime_checkable
class ReadsWith(Protocol):
    """A task that reads new rows with packages that predicting its own rows may not load."""

    def packages(self, prepared: Any) -> tuple[str, ...]:
        """Return them, by the names that they are imported by."""


@runtime_checkable
class Explains(Protocol):
    """A task that can say what a network's predictions hang on."""

    def explain(
        self, network: Network, prepared: Any, values: Values, deadline: float
    ) -> dict[str, Any]:
        """Return, as plain JSON values, which inputs matter and how far back a network looks.

        From `deadline`, a value of `time.monotonic()`, on nothing further is begun.
        """
