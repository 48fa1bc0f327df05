"""Which networks, with which weights, stand behind each row of the leaderboard."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seqtune.errors import RunError
from seqtune.files import damaged, read_json, write_json

MEMBERS = "members.json"


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
    raw = read_json(folder / MEMBERS)
    try:
        rows = {name: [Member(**member) for member in row] for name, row in raw.items()}
        files = [folder / file for row in rows.values() for each in row for file in each.files]
    except (AttributeError, TypeError) as error:
        raise damaged(folder / MEMBERS, error) from error
    for file in files:
        if folder.resolve() not in file.resolve().parents:
            raise RunError(
                f"{folder / MEMBERS} names a file outside the run folder: {file}",
                "do not use this run folder",
            )
    return rows
