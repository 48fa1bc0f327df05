"""What is installed, on which devices it runs, and what an extra would add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.facts import facts
from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import bullets
from seqtune.runtime.devices import Machine
from seqtune.runtime.workers import WorkerPlan


@dataclass(frozen=True)
class Extra:
    """An optional part of the installation.

    Args:
        name: As in `pip install 'seqtune[name]'`.
        installed: Whether its packages are there.
        adds: What it makes possible.
    """

    name: str
    installed: bool
    adds: str


@dataclass(frozen=True)
class Cache:
    """Where compiled networks are kept for the next command.

    Args:
        folder: The folder; empty where it is switched off.
        is_used: Whether it may be used: nobody else can write there, and this user can.
        bytes: What it holds.
        most_bytes: What it may hold.
    """

    folder: str
    bytes: int
    most_bytes: int
    is_used: bool = True

    def __str__(self) -> str:
        """Say how much it holds, and where."""
        if not self.folder:
            return "off"
        if not self.is_used:
            return f"not used: {self.folder} cannot be written, or others can write there"
        return f"{megabytes(self.bytes)} of at most {megabytes(self.most_bytes)}, {self.folder}"


def megabytes(count: int) -> str:
    """Return a number of bytes in millions.

    Example:
        >>> megabytes(2_450_000)
        '2.5 MB'
    """
    return f"{count / 1e6:.1f} MB" if count < 1e8 else f"{count / 1e6:,.0f} MB"


@dataclass(frozen=True)
class DoctorReport:
    """The report of `doctor`.

    Args:
        versions: Package to its version; "missing" where it is not installed.
        backend: The Keras backend that `--backend auto` takes here.
        reason: Why that one.
        devices: What the backend computes on.
        extras: Optional parts.
        problems: What does not work, and how to mend it.
        machine: What there is to run on.
        plan: The workers that `fit` would start for small data.
        cache: Where compiled networks are kept.
    """

    versions: Mapping[str, str]
    backend: str
    reason: str = ""
    devices: Sequence[str] = ()
    extras: Sequence[Extra] = ()
    problems: Sequence[str] = ()
    machine: Machine | None = None
    plan: WorkerPlan | None = None
    cache: Cache | None = None

    def __rich__(self) -> RenderableType:
        """Draw versions, machine, backend, workers, extras and problems."""
        here = {
            "machine": str(self.machine or ""),
            "backend": f"{self.backend} ({self.reason})" if self.reason else self.backend,
            "devices": ", ".join(self.devices),
            "executor": self.plan.executor if self.plan else "",
            "workers": f"{self.plan.workers}: {self.plan.why}" if self.plan else "",
            "cache": str(self.cache or ""),
        }
        parts: list[RenderableType] = [facts({**self.versions, **here})]
        if self.extras:
            columns = [Column("extra"), Column("installed"), Column("adds", foldable=True)]
            rows = [
                (extra.name, "yes" if extra.installed else "no", extra.adds)
                for extra in self.extras
            ]
            parts += [Text(), table(columns, rows)]
        parts += [Text(), Text("Problems", style="bold")] if self.problems else []
        return Group(*parts, *bullets(self.problems))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `doctor`."""
        return {
            "versions": dict(self.versions),
            "backend": self.backend,
            "reason": self.reason,
            "devices": list(self.devices),
            "machine": self.machine.to_dict() if self.machine else None,
            "workers": self.plan.workers if self.plan else None,
            "workers_why": self.plan.why if self.plan else "",
            "executor": self.plan.executor if self.plan else "",
            "cache": asdict(self.cache) if self.cache else None,
            "extras": [asdict(extra) for extra in self.extras],
            "problems": list(self.problems),
        }
