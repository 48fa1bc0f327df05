"""Which column of numbers people mean to predict: by its name, or by being the only one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from seqtune.data.reading.column_names import TARGETS, USUAL_TARGETS, is_called, plain
from seqtune.data.reading.column_use import is_binary, no_measurement
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, listed
from seqtune.progress import Listener, Note


def guess_target(source: Source, free: Sequence[str]) -> tuple[str, str]:
    """Return the target, and why it was taken.

    Counters, ids, constants, places, parts of dates and columns of 0 and 1 are none, unless there
    is no other.

    Args:
        source: The table.
        free: Columns without a role.

    Raises:
        DataError: No column holds numbers, or several suit equally well.
    """
    numeric = [name for name in free if source.kind(name) in ("number", "integer")]
    if not numeric:
        columns = listed(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: no numeric column to take as the target; found {columns}",
            "name the column with --target, or clean it so that it holds numbers",
        )
    if len(numeric) == 1:
        return numeric[0], "the only numeric column"
    called = [name for name in numeric if plain(name) in TARGETS and name not in _double(source)]
    if len(called) == 1:
        return called[0], "by its name"
    suited = [name for name in numeric if not no_measurement(source, name)]
    suited = [name for name in suited if not is_binary(source, name)] or suited or numeric
    if len(suited) == 1:
        return suited[0], "the only column of measurements"
    file = plain(source.path.stem.split(".")[0])
    named = [
        name
        for name in suited
        if name not in _double(source)
        and (is_called(name, USUAL_TARGETS) or plain(name) == file or plain(name) in TARGETS)
    ]
    if len(named) == 1:
        return named[0], "by its name"
    raise _undecided(source, suited, [*named, *suited])


def _double(source: Source) -> set[str]:
    """Return the columns that share a name in the file."""
    return {name for names in source.repeated.values() for name in names}


def _undecided(source: Source, suited: Sequence[str], likeliest: Sequence[str]) -> DataError:
    shown = listed(suited)
    double = [cell for cell, names in source.repeated.items() if {*names} & {*suited}]
    note = next((each for each in source.notes if double and f"'{double[0]}' is used" in each), "")
    why = f"; {note}" if note else ""
    return DataError(
        f"{len(suited)} columns could be the target: {shown}{why}",
        f"choose one: --target {shlex.quote(likeliest[0])}",
    )


def without_measurement(
    source: Source, names: Sequence[str], listener: Listener, *, may_stand: bool = False
) -> tuple[str, ...]:
    """Return columns without those that measure nothing, and say which are left out, and why.

    Args:
        source: The table.
        names: Columns of numbers that are left over.
        listener: Hears of those left out.
        may_stand: Whether one that never changes may be taken.
    """
    reasons = {name: no_measurement(source, name, may_stand=may_stand) for name in names}
    left = [f"{name} ({why})" for name, why in reasons.items() if why]
    if left:
        listener(Note(f"not used, because it measures nothing: {listed(left)}"))
    return tuple(name for name, why in reasons.items() if not why)
