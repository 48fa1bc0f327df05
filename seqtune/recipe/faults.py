"""Faults of a recipe: where each is, what was found there, and what was expected.

A check never stops at the first fault. It collects them, and `refuse` raises all in one
`RecipeError`, a line each: `file:line: path: found what, expected what`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Union

from seqtune.errors import RecipeError, nearest

MAX_FOUND = 60

Step = Union[str, int]


@dataclass(frozen=True, order=True)
class Place:
    """Where a value was written: a file with its line, or an override on the command line.

    `order` sorts the places of several sources: a file before the overrides of it.
    """

    order: int
    line: int
    column: int
    origin: str

    def __str__(self) -> str:
        return f"{self.origin}:{self.line}" if self.order < OVERRIDES else self.origin


OVERRIDES = 10


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a recipe.

    Example:
        >>> print(Fault(Place(0, 3, 1, "my.yaml"), "network.units", "found 0, expected more"))
        my.yaml:3: network.units: found 0, expected more
    """

    place: Place
    path: str
    text: str

    def to_dict(self) -> dict[str, object]:
        """Return the fault as JSON holds it."""
        place = self.place
        return {"file": place.origin, "line": place.line, "path": self.path, "message": self.text}

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place), self.path, self.text) if part)


@dataclass(frozen=True)
class Flaw:
    """What is wrong inside one value; `steps` lead from the value to the flawed part of it."""

    text: str
    steps: tuple[Step, ...] = ()

    def below(self, step: Step) -> Flaw:
        """Return the flaw as seen from one level further out."""
        return Flaw(self.text, (step, *self.steps))


class UnfitError(ValueError):
    """A value does not fit its field; carries every flaw found in it."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__("; ".join(flaw.text for flaw in flaws))
        self.flaws = flaws


def mismatch(value: object, expected: str) -> UnfitError:
    """Return the error for a value that is not what its field expects.

    Example:
        >>> str(mismatch("many", "a whole number"))
        "found 'many', expected a whole number"
    """
    return UnfitError(Flaw(f"found {show(value)}, expected {expected}"))


def show(value: object) -> str:
    """Write a value as it would stand in YAML, cut to a readable length.

    Example:
        >>> show([True, None, "x"])
        "[true, null, 'x']"
    """
    text = _spell(value, depth=0)
    return text if len(text) <= MAX_FOUND else text[: MAX_FOUND - 1] + "…"


def _spell(value: object, depth: int) -> str:
    if value is None:
        return "null" if depth else "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else "a very long number"
    if isinstance(value, str):
        return repr(value[: MAX_FOUND * 2])
    if depth < 3 and isinstance(value, (list, tuple)):
        return "[" + ", ".join(_spell(item, depth + 1) for item in value[:20]) + "]"
    if depth < 3 and isinstance(value, dict):
        pairs = list(value.items())[:20]
        return "{" + ", ".join(f"{key}: {_spell(item, depth + 1)}" for key, item in pairs) + "}"
    return repr(value)


MAX_NAMED = 20
"""The most known keys that a message names."""


def unknown_key(key: str, known: Iterable[str], kind: str = "key") -> str:
    """Say that a key is not known, with the nearest one, or all of them where none is near.

    A key that is known elsewhere (`units` instead of `network.units`) is found by its last name.

    Example:
        >>> unknown_key("unit", ["units", "cell"])
        "found unknown key 'unit', did you mean 'units'?"
    """
    names = list(known)
    last = {name.rsplit(".", 1)[-1]: name for name in reversed(names)}
    guess = nearest(key, names) or last.get(key.rsplit(".", 1)[-1]) or nearest(key, last)
    if guess is not None:
        return f"found unknown {kind} '{key}', did you mean '{last.get(guess, guess)}'?"
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return f"found unknown {kind} '{key}', expected one of {', '.join(names[:MAX_NAMED])}{more}"


def dotted(steps: Iterable[Step]) -> str:
    """Write the steps to a value as one path.

    Example:
        >>> dotted(["portfolio", 0, "network.units"])
        'portfolio[0].network.units'
    """
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else step
    return path


def ordered(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults in the order in which they were written, each once."""
    return sorted(dict.fromkeys(faults), key=lambda fault: fault.place)


def refuse(faults: Iterable[Fault], hint: str) -> None:
    """Raise one error that names every fault, in the order in which they were written.

    Raises:
        RecipeError: There is at least one fault.
    """
    lines = [str(fault) for fault in ordered(faults)]
    if lines:
        raise RecipeError("\n".join(lines), hint)
