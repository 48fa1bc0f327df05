"""A clock that a test moves."""

from __future__ import annotations


class Clock:
    """A clock that only the methods under test move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now
