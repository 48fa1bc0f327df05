"""Which column of a table is what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Roles:
    """Which column is what; a row is a token, or a step.

    Args:
        kind: "tokens" or "steps".
        label: The tags.
        token: The tokens; empty for steps.
        series: What tells sentences, or series, apart; None where there is one.
        time: What orders the steps of a series; None for the order of the rows.
        channels: Numeric columns, of steps.
        group: What no split tears apart; None for nothing.
    """

    kind: str
    label: str
    token: str = ""
    series: str | None = None
    time: str | None = None
    channels: tuple[str, ...] = ()
    group: str | None = None

    def to_dict(self) -> dict[str, list[str]]:
        """Return the columns of each role that is played."""
        named = {
            "token": self.token,
            "label": self.label,
            "sentence" if self.kind == "tokens" else "series": self.series,
            "time": self.time,
            "group": self.group,
        }
        single = {role: [column] for role, column in named.items() if column}
        return single | ({"channels": list(self.channels)} if self.channels else {})

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that a prediction needs."""
        columns = (self.token, self.series, self.time, *self.channels)
        return tuple(column for column in columns if column)
