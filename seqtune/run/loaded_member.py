"""A member of a leaderboard row, opened: its network is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from seqtune.files import damaged
from seqtune.run.members import MEMBERS, Member
from seqtune.tasks._contract import Task
from seqtune.tasks._values import Network

EXPORTED = ".json"
"""How the name of a network's file ends in a bundle."""


@dataclass
class LoadedMember:
    """A member of a row, whose network is loaded when it is first asked for.

    Args:
        task: What was learnt.
        prepared: The data that it was fitted on.
        folder: Where its files are.
        member: What the folder says of it.
    """

    task: Task
    prepared: Any
    folder: Path
    member: Member

    @property
    def trial(self) -> str:
        """The trial that made it; empty for a simple method."""
        return self.member.trial

    @property
    def method(self) -> str:
        """Name of the simple method; empty for a network."""
        return self.member.method

    @property
    def weight(self) -> float:
        """Its share in the row's predictions."""
        return self.member.weight

    @property
    def values(self) -> Mapping[str, Any]:
        """Its configuration."""
        return self.member.values

    @property
    def is_refitted(self) -> bool:
        """Whether it has learnt from all rows."""
        return bool(self.member.refitted)

    @cached_property
    def network(self) -> Network:
        """The network: built by seqtune's own code, with the weights of its file.

        Raises:
            RunError: The file is missing or damaged, or does not suit its configuration.
        """
        if self.method:
            raise damaged(self.folder / MEMBERS, f"{self.method} is no network")
        if self.member.file.endswith(EXPORTED):
            return self._exported()
        from seqtune.runtime.network import KerasNetwork

        searched = (lambda: self._load(self.member.model)) if self.is_refitted else None
        return KerasNetwork(self._load(self.member.file), self.task.network_facts, searched)

    def _exported(self) -> Network:
        """Return a network that a bundle holds; Keras is not loaded."""
        from seqtune.run.exported_network import load_exported

        member = self.member
        searched = partial(load_exported, self.folder, member.model) if member.refitted else None
        return load_exported(self.folder, member.file, searched)

    def _load(self, file: str) -> Any:
        from seqtune.runtime.backend import activate
        from seqtune.runtime.program_cache import keep_programs

        activate("auto")  # before anything imports Keras
        from seqtune.search.network_file import load_network

        keep_programs()
        path = self.folder / file
        return load_network(self.task, self.prepared, self.values, path)
