"""What clients of a served model send: the form that is expected, and tables of a few rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

ColumnKind = Literal["number", "integer", "time", "text", "any"]
"""What the cells of a column are; "any" where they may be numbers or texts."""

MOST_JOINED_ROWS = 1_000
"""Rows of a request that may be joined with others; a larger one is answered by itself."""


@dataclass(frozen=True)
class RequestColumn:
    """A column that requests have.

    Args:
        name: Its name.
        kind: What its cells are.
        role: What it is for, in a word or two.
        is_required: Whether a request must have it.
    """

    name: str
    kind: ColumnKind
    role: str
    is_required: bool = True


@dataclass(frozen=True)
class RequestForm:
    """What a model is asked.

    Args:
        columns: The columns of a request.
        example: Rows of the data that the model was fitted on, as a request.
        continues: Whether a request without rows is answered too: with what comes after the data.
        paths: Columns whose cells would be read as paths of files.
        remark: What else the client should know, in a sentence.
    """

    columns: tuple[RequestColumn, ...] = ()
    example: tuple[Mapping[str, Any], ...] = ()
    continues: bool = False
    paths: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class RequestTable:
    """The rows of one request.

    Args:
        columns: The cells of each column: texts, numbers, truth values, times, or None.
        rows: How many rows there are.
    """

    columns: Mapping[str, Sequence[Any]]
    rows: int


@dataclass(frozen=True)
class Separated:
    """The prediction tables of several requests, one below the other.

    Args:
        table: The rows of all.
        edges: (requests + 1,) where those of each begin, and the end.
    """

    table: pd.DataFrame
    edges: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.edges) - 1

    @classmethod
    def by_owner(
        cls, table: pd.DataFrame, owners: npt.NDArray[np.int64], requests: int
    ) -> Separated:
        """Bring the rows of each request together, in their order.

        Args:
            table: A prediction table.
            owners: (rows,) the number of the request that each row answers.
            requests: How many requests there are.
        """
        if len(owners) and (owners[1:] < owners[:-1]).any():
            order = owners.argsort(kind="stable")
            table, owners = table.iloc[order], owners[order]
        return cls(table, owners.searchsorted(range(requests + 1)))


@dataclass(frozen=True)
class Joined:
    """Requests that are predicted together.

    Args:
        encoded: What is predicted, as `Task.encode` returns it.
        separate: Takes the prediction table apart.
    """

    encoded: Any
    separate: Callable[[pd.DataFrame], Separated]


@dataclass(frozen=True)
class StreamOption:
    """What a client may ask of a model that writes.

    Args:
        name: Its key.
        schema: JSON schema of its values, with `type`, `default` and bounds.
    """

    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)
