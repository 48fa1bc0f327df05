"""Which networks, with which weights, stand behind each row of the leaderboard."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seqtune.files import damaged, write_json
from seqtune.run.untrusted import outside, read_part
from seqtune.search.recorded import is_trial, printable, shown

MEMBERS = "members.json"

FILE = re.compile(r"models/[A-Za-z0-9][A-Za-z0-9_-]*\.keras")
"""A network's file, relative to the run folder: nothing else is opened as one."""


@dataclass(frozen=True)
class Member:
    """One network of a row.

    Args:
        trial: The trial that made it.
        weight: Its share in the row's prediction.
        model: File of the network, relative to the run folder.
        refitted: File of the network trained further on all rows; empty if it was not.
        values: Its configuration.
    """

    trial: str
    weight: float
    model: str
    refitted: str
    values: dict[str, Any]

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that it names."""
        return (self.model, self.refitted) if self.refitted else (self.model,)

    @property
    def file(self) -> str:
        """The file to predict with: the refitted network, where there is one."""
        return self.refitted or self.model


def write_members(folder: Path, rows: dict[str, list[Member]]) -> None:
    """Write the members of every network and ensemble row."""
    write_json(
        folder / MEMBERS, {name: [asdict(member) for member in row] for name, row in rows.items()}
    )


def read_members(folder: Path) -> dict[str, list[Member]]:
    """Read the members of every network and ensemble row.

    Raises:
        RunError: The file is missing or damaged, or names a file outside the run folder.
    """
    path = folder / MEMBERS
    raw = read_part(path)
    try:
        rows = {name: [Member(**member) for member in row] for name, row in raw.items()}
    except (AttributeError, TypeError) as error:
        raise damaged(path, printable(error)) from error
    for member in (member for row in rows.values() for member in row):
        _check(member, path)
    return rows


def _check(member: Member, path: Path) -> None:
    """Refuse a member that seqtune did not write; its configuration is checked when it is built."""
    if not is_trial(member.trial):
        raise damaged(path, f"found {shown(member.trial)}, expected the name of a trial")
    for file in (member.model, member.refitted):
        if not isinstance(file, str):
            raise damaged(path, f"found {shown(file)}, expected the name of a file")
    for file in member.files:
        if not FILE.fullmatch(file):
            raise outside(path, file)
    weight = member.weight
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 < weight <= 1:
        raise damaged(path, f"found the weight {shown(weight)}")
    if not isinstance(member.values, dict):
        raise damaged(path, f"found {shown(member.values)}, expected a configuration")
