"""The networks that a search begins with, fitted to the time that there is.

Entries of the portfolio may leave open how wide a network is, how many streams it reads and how
much of it is dropped while training; here they are filled in. Where there is time for one network
alone, it has all of it, and is not stopped before its learning rate has come down.

Nothing of this is measured by a clock: the same command on the same machine begins with the same
networks.
"""

from __future__ import annotations

from typing import Any

from seqtune.progress import Assumption, Listener
from seqtune.recipe.duration import seconds as seconds_of
from seqtune.recipe.load import Recipe
from seqtune.recipe.space import complete
from seqtune.runtime.backend import has_nvidia_gpu
from seqtune.runtime.devices import machine
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.sizing import (
    ENOUGH_PASSES,
    Room,
    dropout_for,
    streams_for,
    widest,
)

SEARCH_SHARE = 0.8
"""Of the budget; the rest goes into reading, simple methods, scoring and saving."""

PAUSE = 0.08
"""Share of its training after which a trial pauses where there is time for several."""

LONG_RUN = 0.99
"""The same where there is time for one alone: on `resume` it goes on."""

TRIAL_SHARE = 0.7
"""Of the default recipe; who has set another one decides how long a run is."""

USUAL = {
    "network.units": (64, 96, 128, 192, 256, 384, 512, 768, 1024),
    "network.dropout": (0.0, 0.1, 0.2, 0.3, 0.4),
    "training.batch_size": (8, 16, 32, 64, 128),
}
"""Values that are taken of a range."""


def sized(recipe: Recipe, codec: Codec, listener: Listener) -> Recipe:
    """Fit the first networks, and how many there are, to the time that there is.

    Args:
        recipe: The recipe; its portfolio may leave values open.
        codec: Says how much text there is.
        listener: Hears of assumptions.
    """
    search = recipe.values.search
    if not recipe.values.portfolio or has_nvidia_gpu():  # of a GPU the speed is not known
        many = {"training.batch_size": max(_able(recipe, "training.batch_size"))}
        entries = [{**many, **entry} for entry in recipe.values.portfolio]
        pause = {"search.pause": PAUSE} if search.pause == "auto" else {}
        return recipe.replace({"portfolio": entries, **pause})
    room = Room(SEARCH_SHARE * seconds_of(search.budget), _cores_of_a_trial(search.workers))
    entries, passes = [], []
    for entry, values in zip(recipe.values.portfolio, _whole(recipe), strict=True):
        filled, often = _filled(recipe, entry, values, codec, room)
        entries.append(filled)
        passes.append(often)
    changes: dict[str, Any] = {"portfolio": entries}
    reads = f"it can read the text about {passes[0]:.0f} times in the time"
    if (
        "network.units" not in recipe.values.portfolio[0]
        and len(_able(recipe, "network.units")) > 1
    ):
        why = f"width of the first network: {reads}"
        taken = str(entries[0]["network.units"])
        listener(Assumption("network.units", taken, why, "--set network.units=N"))
    if search.stopping == "halving" and search.pause == "auto":
        changes["search.pause"] = PAUSE
        if passes[0] < ENOUGH_PASSES and search.trial_share == TRIAL_SHARE:
            changes |= {"search.pause": LONG_RUN, "search.trial_share": 1.0}
            changes["training.patience"] = recipe.get("training.steps")
            why = f"{reads}, which leaves none for others"
            listener(Assumption("search", "one long run", why, f"--set search.pause={PAUSE}"))
    return recipe.replace(changes)


def _filled(
    recipe: Recipe, entry: dict[str, Any], values: dict[str, Any], codec: Codec, room: Room
) -> tuple[dict[str, Any], float]:
    """Return an entry with what it left open, and how often its network can read the text.

    Args:
        recipe: Says which values may be taken.
        entry: The entry.
        values: The same with a value for each key.
        codec: Says how much text there is.
        room: The time that there is.
    """
    kind = str(values["tokens.kind"])
    size = codec.borders[kind][0], codec.tokens[kind].size
    widths = tuple(int(each) for each in _able(recipe, "network.units"))
    units = entry.get("network.units") or widest(values, widths, room, *size)
    passes = room.passes({**values, "network.units": units}, *size)
    wanted = {
        "training.batch_size": streams_for(room.cores),
        "network.dropout": dropout_for(passes),
    }
    found = {path: _nearest(_able(recipe, path), value) for path, value in wanted.items()}
    return {**found, **entry, "network.units": units}, passes


def _able(recipe: Recipe, path: str) -> tuple[Any, ...]:
    """Return the values that the search may take of a key; of a range, usual ones and its least."""
    (dimension,) = (each for each in recipe.dimensions() if each.path == path)
    asked = recipe.get(path)
    if isinstance(asked, (int, float)):
        return (asked,)
    if isinstance(asked, tuple):
        return asked
    usual = tuple(each for each in USUAL[path] if dimension.contains(each))
    return (asked.minimum, *usual)


def _nearest(able: tuple[Any, ...], wanted: float) -> Any:
    """Return the value that is nearest to what is wanted; of two, the smaller."""
    return min(sorted(able), key=lambda each: abs(each - wanted))


def _whole(recipe: Recipe) -> list[dict[str, Any]]:
    """Return every entry of the portfolio with a value for each key, equal ones too."""
    dimensions = recipe.dimensions()
    return [complete(entry, dimensions) for entry in recipe.values.portfolio]


def _cores_of_a_trial(workers: int | str) -> int:
    """Return how many cores each trial has."""
    cores = len(machine().cores)
    return max(1, cores // (workers if isinstance(workers, int) else cores))
