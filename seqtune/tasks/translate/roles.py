"""Which column of a table is what, and what sources and answers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seqtune.tasks.translate.schema import SOURCE_KINDS, TARGET_KINDS

MAX_NAME = 1000
"""Characters of the name of a column."""


@dataclass(frozen=True)
class Roles:
    """Which column is what.

    Args:
        kind: What a source is: "text", "symbols", "features" or "series".
        target_kind: What an answer is: "text" or "symbols".
        target: The answers.
        source: The texts, or the paths of files that hold a series each; "" for neither.
        series: What tells cases apart, where each has a row per step; None with a row per case.
        time: What orders the steps of a case; None for the order of the rows.
        channels: Columns of features, or of the channels of a series in rows.
    """

    kind: str
    target_kind: str
    target: str
    source: str = ""
    series: str | None = None
    time: str | None = None
    channels: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether sources are read as tokens."""
        return self.kind in ("text", "symbols")

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that an answer needs."""
        columns = (self.source, self.series, self.time, *self.channels)
        return tuple(column for column in columns if column)

    def to_dict(self) -> dict[str, list[str]]:
        """Return the columns of each role that is played."""
        named = {
            "source": self.source,
            "target": self.target,
            "case": self.series,
            "time": self.time,
        }
        single = {role: [column] for role, column in named.items() if column}
        return single | ({"channels": list(self.channels)} if self.channels else {})

    @classmethod
    def from_values(cls, values: Any) -> Roles:
        """Read the fields, from a file that may be a stranger's.

        Raises:
            ValueError: They are something else.
        """
        if not isinstance(values, Mapping) or {*values} != {*cls.__dataclass_fields__}:
            raise ValueError("its roles are not as they are written")
        if not isinstance(values["channels"], list):
            raise ValueError("its channels are no list")
        roles = cls(**{**values, "channels": tuple(values["channels"])})
        names = (roles.target, *(each for each in (roles.series, roles.time) if each is not None))
        is_sound = (
            roles.kind in SOURCE_KINDS
            and roles.target_kind in TARGET_KINDS
            and all(map(_is_name, (*names, *roles.channels)))
            and (roles.source == "" or _is_name(roles.source))
            and bool(roles.source) == (not roles.channels)
            and not (roles.is_text and roles.channels)
            and not (roles.kind == "features" and roles.source)
            and (roles.series is None or (roles.kind == "series" and not roles.source))
            and (roles.time is None or roles.series is not None)
            and (roles.kind != "series" or bool(roles.source) == (roles.series is None))
        )
        if not is_sound:
            raise ValueError("its roles are not as they are written")
        return roles


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable()
