"""What was assumed for the user, each with its reason and the flag that overrides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import literal
from seqtune.progress import Assumption


@dataclass(frozen=True)
class AssumptionTable:
    """Assumptions that can be drawn as a table."""

    assumptions: Sequence[Assumption]

    def __rich__(self) -> RenderableType:
        """Draw a line per assumption, or say that there is none."""
        if not self.assumptions:
            return Text("Nothing was assumed.")
        columns = [
            Column("what"),
            Column("taken", foldable=True),
            Column("because", foldable=True),
            Column("override with", foldable=True),
        ]
        return table(
            columns, [(each.what, each.taken, each.why, each.flag) for each in self.assumptions]
        )

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the assumptions as JSON has them."""
        return [asdict(each) for each in self.assumptions]


def assumption_line(assumption: Assumption) -> Text:
    """Return an assumption on one line: "time: month (the only column of dates; --time)"."""
    behind = "; ".join(literal(part) for part in (assumption.why, assumption.flag) if part)
    return Text.assemble(
        (f"{literal(assumption.what)}: ", ""),
        (literal(assumption.taken), "bold"),
        (f" ({behind})" if behind else "", "dim"),
    )
