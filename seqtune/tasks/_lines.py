"""Lines of text as cases of a task: a row each, where the task does not say otherwise."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


class LinesAreRows:
    """For a task with the ability `AnswersLines` whose lines are cells of one column."""

    @abstractmethod
    def line_column(self, prepared: Any) -> str:
        """Return the column that a line stands for; "" where a case is more than a text."""

    def line_table(self, prepared: Any, lines: Sequence[str]) -> pd.DataFrame:
        """Return the rows that lines stand for."""
        return pd.DataFrame({self.line_column(prepared): list(lines)})

    def by_line(
        self, prepared: Any, table: pd.DataFrame, lines: Sequence[str]
    ) -> list[list[Mapping[str, Any]]]:
        """Return the rows of the prediction table that answer each line, as records."""
        records: list[Mapping[str, Any]] = [
            {str(key): value for key, value in record.items() if key != "row"}
            for record in table.to_dict("records")
        ]
        each = len(records) // len(lines)
        return [records[at : at + each] for at in range(0, len(records), each)]
