"""What was guessed for the user, each with its reason and the flag that overrides it."""

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
class GuessTable:
    """Assumptions that can be drawn as a table."""

    assumptions: Sequence[Assumption]

    def __rich__(self) -> RenderableType:
        """Draw a line per guess; nothing was guessed is said too."""
        if not self.assumptions:
            return Text("Nothing was guessed.")
        columns = [
            Column("what"),
            Column("taken", foldable=True),
            Column("because", foldable=True),
            Column("override with", foldable=True),
        ]
        return table(columns, [(g.what, g.taken, g.why, g.flag) for g in self.assumptions])

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the assumptions as JSON has them."""
        return [asdict(guess) for guess in self.assumptions]


def guess_line(guess: Assumption) -> Text:
    """Return a guess on one line: "time: month (the only column of dates; --time)"."""
    behind = "; ".join(literal(part) for part in (guess.why, guess.flag) if part)
    return Text.assemble(
        (f"{literal(guess.what)}: ", ""),
        (literal(guess.taken), "bold"),
        (f" ({behind})" if behind else "", "dim"),
    )
