"""What a run folder says of trials, checked before anything is built or opened by it.

A run folder may come from somebody else. Names of trials become file names, and configurations
become networks, so both are held against what this program could have written itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqtune.files import damaged
from seqtune.recipe.check import schema_of
from seqtune.recipe.faults import UnfitError, show, unknown_key
from seqtune.recipe.space import ARCHITECTURE

TRIAL = re.compile(r"t[0-9]{3,9}")
"""What a trial is called."""

MAX_SIZE = 100_000
"""The largest size of a network and the longest history: more would take all memory."""

MAX_LAYERS = 100
"""No network has more recurrent layers; each is built before the weights can be compared."""


def is_trial(name: object) -> bool:
    """Say whether this is the name of a trial, which may become part of a file name.

    Example:
        >>> is_trial("t001"), is_trial("../t001"), is_trial(1)
        (True, False, False)
    """
    return isinstance(name, str) and TRIAL.fullmatch(name) is not None


def check_values(task: str, values: object, origin: Path) -> dict[str, Any]:
    """Return a configuration that was read from a run folder, every value of its kind.

    Args:
        task: The task, which says what keys there are.
        values: The configuration: a value for every searchable key, by dotted path.
        origin: The file that it comes from, or belongs to.

    Raises:
        RunError: A key is missing or unknown, or its value is not one that a search could take.
    """
    if not isinstance(values, Mapping):
        raise damaged(origin, f"found {shown(values)}, expected a configuration")
    kinds = schema_of(task).searchable()
    checked: dict[str, Any] = {}
    for path, value in values.items():
        if path not in kinds:
            raise damaged(origin, unknown_key(printable(path), kinds))
        try:
            checked[path] = kinds[path].item.check(value)
        except UnfitError as unfit:
            raise damaged(origin, f"{path}: {unfit.flaws[0].text}") from unfit
        _check_size(path, checked[path], origin)
    missing = [path for path in kinds if has_effect(path, checked) and path not in checked]
    if missing:
        raise damaged(origin, f"the configuration lacks {', '.join(missing)}")
    return checked


def printable(text: object, longest: int = 60) -> str:
    r"""Return text from outside as it may stand in a message: short, no control characters.

    Example:
        >>> printable("a\x1b[2J")
        'a\\x1b[2J'
    """
    return repr(str(text)[:longest])[1:-1]


def shown(value: object) -> str:
    """Return a value from outside as it may stand in a message."""
    return printable(show(value), 80)


def _check_size(path: str, value: object, origin: Path) -> None:
    """Refuse a size that would take all memory; how long training takes is another matter."""
    largest = MAX_LAYERS if path == "network.layers" else MAX_SIZE
    if isinstance(value, int) and value > largest and not path.startswith("training."):
        raise damaged(origin, f"{path}: found {value}, expected at most {largest}")


def has_effect(path: str, values: Mapping[str, Any]) -> bool:
    """Say whether a key means anything: the options of architectures that are not taken do not.

    Args:
        path: The key.
        values: The configuration that it belongs to.

    Example:
        >>> has_effect("network.segment.length", {"network.architecture": "stacked"})
        False
    """
    steps = path.split(".")
    is_option = steps[0] == "network" and len(steps) == 3
    return not is_option or steps[1] == values.get(ARCHITECTURE)
