"""What only some tasks can do when models are served, or asked line by line; see `_abilities`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from seqtune.tasks._requests import Joined, RequestForm, RequestTable, StreamOption
from seqtune.tasks._values import Context

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.reading.source import Source
    from seqtune.recipe.load import Recipe


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
