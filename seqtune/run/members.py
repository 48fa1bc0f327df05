"""Which networks, with which weights, stand behind each row of the leaderboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seqtune.files import damaged, write_json
from seqtune.run.untrusted import outside, read_part
from seqtune.search.recorded import is_trial, printable, shown
from seqtune.tasks._values import Calibration

MEMBERS = "members.json"

CALIBRATION = "calibration.json"

FILE = re.compile(r"models/[A-Za-z0-9][A-Za-z0-9_-]*\.(keras|json)")
"""A network's file, relative to the run folder: nothing else is opened as one."""


@dataclass(frozen=True)
class Member:
    """One network of a row, or a simple method that an ensemble blends with its networks.

    Args:
        trial: The trial that made it; empty for a simple method.
        weight: Its share in the row's prediction.
        model: File of the network, relative to the run folder.
        refitted: File of the network trained further on all rows; empty if it was not.
        values: Its configuration.
        method: Name of the simple method; empty for a network.
    """

    trial: str
    weight: float
    model: str
    refitted: str
    values: dict[str, Any]
    method: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that it names."""
        if self.method:
            return ()
        return (self.model, self.refitted) if self.refitted else (self.model,)

    @property
    def file(self) -> str:
        """The file to predict with: the refitted network, where there is one."""
        return self.refitted or self.model


METHOD = re.compile(r"[a-z0-9_]{0,60}")
"""What a simple method may be called."""


def write_members(folder: Path, rows: dict[str, list[Member]]) -> None:
    """Write the members of every network and ensemble row."""
    write_json(
        folder / MEMBERS, {name: [asdict(member) for member in row] for name, row in rows.items()}
    )


def write_calibrations(folder: Path, rows: Mapping[str, Calibration]) -> None:
    """Write what makes the predictions of each row honest; nothing where nothing does."""
    if rows:
        write_json(folder / CALIBRATION, {name: each.to_dict() for name, each in rows.items()})


def read_calibrations(folder: Path) -> dict[str, Any]:
    """Read what `write_calibrations` wrote, {} where it wrote nothing; a task checks the values.

    Raises:
        RunError: The file is damaged.
    """
    path = folder / CALIBRATION
    if not path.exists():
        return {}
    rows = read_part(path)
    if not isinstance(rows, dict):
        raise damaged(path, f"found {shown(rows)}, expected figures by name")
    return rows


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
    if not isinstance(member.method, str) or not METHOD.fullmatch(member.method):
        raise damaged(path, f"found {shown(member.method)}, expected the name of a method")
    if member.trial != "" if member.method else not is_trial(member.trial):
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
