"""Which networks stay on disk: those of the leaderboard, the ensemble, and what may go on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from seqtune.run.members import Member
from seqtune.search.trial import Result

KEPT = 30
"""So many of the trials that trained to their end, as many of those that were stopped, and as many
of those that have folds left, keep their networks: as many as may become members of an ensemble
(`run.selection.ENSEMBLE_POOL`). A trial that goes on all the same, because the rest of a long
search was worse, begins anew."""

FILES = {
    "models": re.compile(r"(t[0-9]{3,9})(-refitted)?\.keras"),
    "trials": re.compile(r"(t[0-9]{3,9})(-test|-folds)?\.npy"),
}
"""The files of trials, by folder."""


def kept(results: Iterable[Result], direction: str, most: int = KEPT) -> list[Result]:
    """Return the trials that keep their networks.

    Args:
        results: All trials so far.
        direction: "min" or "max": which way scores are better.
        most: How many of each status, and of those that have folds left.

    Example:
        >>> scores = {"t001": 0.5, "t002": 0.4, "t003": 0.6}
        >>> results = [Result(name, "completed", {}, score) for name, score in scores.items()]
        >>> [result.trial for result in kept(results, "min", 2)]
        ['t001', 't002']
    """
    sign = 1 if direction == "min" else -1
    groups: dict[tuple[bool, bool], list[Result]] = {}
    everything = list(results)
    for result in everything:
        if result.score is not None:
            group = result.status == "completed", bool(result.folds_left)
            groups.setdefault(group, []).append(result)
    names = {
        result.trial
        for group in groups.values()
        for result in sorted(group, key=lambda one: (sign * (one.score or 0.0), one.trial))[:most]
    }
    return [result for result in everything if result.trial in names]


def prune(
    folder: Path,
    trials: Collection[str],
    rows: Mapping[str, Sequence[Member]],
    through: Collection[str] = (),
) -> None:
    """Remove the networks and predictions of trials that nobody needs any more.

    Args:
        folder: The run folder.
        trials: Those trials; a network that is just being written is none of theirs.
        rows: What the leaderboard refers to, now or a moment ago; that stays.
        through: Trials that are through all folds: only one that has folds left reads again what it
            predicted in the others.
    """
    named = {file for row in rows.values() for member in row for file in member.files}
    members = {member.trial for row in rows.values() for member in row}
    for place, pattern in FILES.items():
        for path in (folder / place).glob("t*"):
            found = pattern.fullmatch(path.name)
            if found is None or path.is_symlink():
                continue
            trial, kind = found.groups()
            is_named = f"{place}/{path.name}" in named or (place == "trials" and trial in members)
            is_over = kind == "-folds" and trial in through
            if not is_over and (is_named or trial not in trials):
                continue
            with suppress(OSError):
                path.unlink(missing_ok=True)
