"""How wide the first networks are, by the time that there is: well trained beats wide.

On the sample of dates in 60 seconds, a network of 256 units took 300 steps and had 78 % of the
answers right; it was far from done.
"""

from __future__ import annotations

from typing import Any

from seqtune.progress import Assumption, Listener
from seqtune.recipe.load import Recipe
from seqtune.runtime.backend import has_nvidia_gpu
from seqtune.tasks.translate.encode import Encoded

OPERATIONS_PER_SECOND = 8e10
"""Of two cores, in products as wide as these."""

STEP_SECONDS = 0.012
"""What a step costs however narrow the network is: its steps in time follow each other."""

SHARE = 0.55
"""Of the budget is left for training where one network has all the time."""

ENOUGH_STEPS = 1_200
"""So many steps must a network take: the widest one that can is taken."""

UNITS, EMBEDDING = "network.units", "network.embedding"


def with_widths(
    recipe: Recipe, encoded: Encoded, share: float, seconds: float, listener: Listener
) -> dict[str, Any]:
    """Return the portfolio with a width for each entry that leaves `network.units` open.

    Args:
        recipe: What the user has settled already.
        encoded: Sources and answers.
        share: The share of the search that one trial may take.
        seconds: The budget.
        listener: Hears of the first one's width.
    """
    entries = [dict(entry) for entry in recipe.values.portfolio]
    is_open = [UNITS not in entry for entry in entries]
    if not any(is_open):
        return {}
    units, embeddings = _choices(recipe, UNITS), _choices(recipe, EMBEDDING)
    room = SHARE * seconds * share
    is_unknown = has_nvidia_gpu()  # how quick a GPU is
    for entry in entries:
        if UNITS in entry:
            continue
        size = int(entry.get("training.batch_size", 64))
        able = [each for each in units if _steps(encoded, each, size, room) >= ENOUGH_STEPS]
        entry[UNITS] = max(units) if is_unknown else max(able, default=min(units))
        entry.setdefault(EMBEDDING, min(embeddings, key=lambda each: abs(each - entry[UNITS])))
    if is_open[0] and len(units) > 1:
        why = f"of the first network, for about {room:.0f} s of training"
        listener(Assumption(UNITS, str(entries[0][UNITS]), why, "--set network.units=N"))
    return {"portfolio": entries}


def _choices(recipe: Recipe, path: str) -> tuple[int, ...]:
    """Return the values that a recipe lets a key have; of a range, both ends."""
    asked = recipe.get(path)
    if isinstance(asked, (int, float)):
        return (int(asked),)
    if isinstance(asked, (tuple, list)):
        return tuple(int(each) for each in asked)
    return int(asked.minimum), int(asked.maximum)


def _steps(encoded: Encoded, units: int, size: int, seconds: float) -> float:
    """Return how many training steps a network takes in a time, roughly.

    A bidirectional encoder and a decoder of gated recurrences whose inputs are as wide as their
    states, attention, and a readout; each weight is multiplied and added once forward and twice
    backward.
    """
    read = min(float(each.lengths.mean()) for each in encoded.inputs.values())
    kind, answers = min(encoded.targets.items(), key=lambda side: float(side[1].lengths.mean()))
    vocabulary = encoded.codec.tokenizers["target"][kind].size
    recurrence = 3 * units * 2 * units
    weights = read * 2 * recurrence + (float(answers.lengths.mean()) + 1) * (
        recurrence + 4 * units * units + units * vocabulary
    )
    return seconds / (6.0 * size * weights / OPERATIONS_PER_SECOND + STEP_SECONDS)
