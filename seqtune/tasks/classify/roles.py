"""Which column of a table is what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Roles:
    """Which column is what.

    Args:
        kind: "text" or "series".
        label: The labels.
        text: The texts; empty for series.
        series: What tells cases apart, where each has a row per step; None with a row per case.
        time: What orders the steps of a case; None for the order of the rows.
        channels: Numeric columns: channels, or steps with a row per case.
        group: What no split tears apart; None for nothing.
    """

    kind: str
    label: str
    text: str = ""
    series: str | None = None
    time: str | None = None
    channels: tuple[str, ...] = ()
    group: str | None = None

    def to_dict(self) -> dict[str, list[str]]:
        """Return the columns of each role that is played."""
        named = {
            "text": self.text,
            "label": self.label,
            "case": self.series,
            "time": self.time,
            "group": self.group,
        }
        single = {role: [column] for role, column in named.items() if column}
        return single | ({"channels": list(self.channels)} if self.channels else {})

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that a prediction needs."""
        columns = (self.text, self.series, self.time, *self.channels)
        return tuple(column for column in columns if column)
