"""What only some tasks can do; who asks finds out by the type.

Over 300 lines: a list of protocols, none of which knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from seqtune.progress import Advance, no_progress
from seqtune.tasks._requests import Joined, RequestForm, RequestTable, StreamOption
from seqtune.tasks._values import (
    Calibration,
    Context,
    KnownRows,
    Models,
    Network,
    OpenMember,
    Staged,
    Until,
    Values,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

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
    """A task that leans on simple methods where little was held out to choose by."""

    def hedges(self, prepared: Any) -> bool:
        """Say whether so few cases were held out that what is better on them says little.

        Networks are averaged then with the simple methods whose predictions were kept, which count
        the same. What comes of it stands before networks whose error is not less than half of its
        own. The metric is an error.
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
class AnswersLines(Protocol):
    """A task whose cases may be lines of text, which `predict RUN -` answers one by one."""

    line_answer: tuple[str, ...]
    """Which values of a record are the answer to a line, where it is no JSON."""

    def line_column(self, prepared: Any) -> str:
        """Return the column that a line stands for; "" where a case is more than a text."""

    def line_table(self, prepared: Any, lines: Sequence[str]) -> pd.DataFrame:
        """Return the rows that lines stand for."""

    def by_line(
        self, prepared: Any, table: pd.DataFrame, lines: Sequence[str]
    ) -> list[list[Mapping[str, Any]]]:
        """Return the records that answer each line, from the prediction table of its rows."""


@runtime_checkable
class FillsIn(Protocol):
    """A task whose answers may be written into the file that they were asked for."""

    def filled_in(self, prepared: Any, source: Source, table: pd.DataFrame) -> str | None:
        """Return the text of the file, with the answers in it; None where it is a table.

        Args:
            prepared: The data, with the codec.
            source: The file.
            table: What was predicted of its rows.
        """


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


@runtime_checkable
class Explains(Protocol):
    """A task that can say what a network's predictions hang on."""

    def explain(
        self, network: Network, prepared: Any, values: Values, deadline: float
    ) -> dict[str, Any]:
        """Return, as plain JSON values, which inputs matter and how far back a network looks.

        From `deadline`, a value of `time.monotonic()`, on nothing further is begun.
        """


@runtime_checkable
class TakesRequests(Protocol):
    """A task that says what clients of a served model send."""

    def request_form(self, prepared: Any) -> RequestForm:
        """Return the columns of a request, and an example from the data of the run."""


class RequestJoiner(Protocol):
    """Joins requests; the answer to one is the same, whatever it is joined with."""

    def plain(self, table: RequestTable) -> Any:
        """Return a request, read, that may be joined with others; None for one that goes alone.

        Requests with faults go alone, so that they are refused in their own words.
        """

    def join(self, requests: Sequence[Any], context: Context) -> Joined:
        """Return what `Task.encode` returns, of several requests that `plain` returned."""


@runtime_checkable
class JoinsRequests(Protocol):
    """A task that can predict the rows of several requests at once, without mixing them up."""

    def request_joiner(self, prepared: Any, recipe: Recipe) -> RequestJoiner | None:
        """Return what joins requests; None where the data of the run do not allow it."""


@runtime_checkable
class StreamsText(Protocol):
    """A task whose models write text piece by piece."""

    def stream_options(self, prepared: Any) -> Sequence[StreamOption]:
        """Return what a client may ask."""

    def stream(
        self,
        writer: Any,
        options: Mapping[str, Any],
        use: str | None,
        hear: Callable[[str], None],
    ) -> dict[str, Any]:
        """Write a text.

        Args:
            writer: What `Writes.writer` returned.
            options: Values of `stream_options`, each of its type and within its bounds.
            use: Name of the leaderboard row that writes; the winner if None.
            hear: Hears each new piece of text as soon as it is certain.

        Returns:
            What came of it, as plain JSON values.
        """


@runtime_checkable
class NamesClasses(Protocol):
    """A task whose table gives a `label` to each row, and to each class its `p_<label>`."""

    def class_names(self, prepared: Any) -> Sequence[str]:
        """Return the labels, in the order of the classes."""

    def input_columns(self, prepared: Any) -> Sequence[str]:
        """Return the columns of a row that has no label yet."""
