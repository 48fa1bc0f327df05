"""What takes long and comes out the same each time is done once in each process of tests.

A user starts a process for each command. Tests run a thousand commands in one process, and a third
of the time of some went into reading the same recipes and building the same command line again.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import typer.main

from seqtune.recipe import positions

MOST = 500
"""Texts that are remembered, of which few are hostile ones that never come again."""


class RememberingLoader(positions.Loader):
    """Composes a text once; what is made of its nodes changes none of them."""

    composed: dict[str, Any] = {}  # noqa: RUF012 (of all loaders)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def get_single_node(self) -> Any:
        if self.text not in self.composed:
            node = super().get_single_node()  # a fault is found anew each time
            if len(self.composed) == MOST:
                self.composed.clear()
            self.composed[self.text] = node
        return self.composed[self.text]


def remember() -> None:
    """Compose recipes and build the command line once in this process."""
    positions.Loader = RememberingLoader  # type: ignore[misc]
    typer.main.get_command = cache(typer.main.get_command)
