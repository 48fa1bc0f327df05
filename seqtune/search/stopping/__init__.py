"""Which trials train on: one rule per file, its name the word in the recipe."""

from __future__ import annotations

from typing import Any

from seqtune.errors import SearchError, unknown
from seqtune.search.oracle import Oracle
from seqtune.search.stopping._contract import Stopping
from seqtune.search.stopping.halving import ENDING, SHARES, Halving, Margin
from seqtune.search.stopping.median import Median
from seqtune.search.stopping.none import Never

RULES: dict[str, Any] = {"none": Never, "median": Median, "halving": Halving}


def stopping_rule(
    name: str,
    oracle: Oracle,
    direction: str,
    *,
    pause: float | None = None,
    trial_share: float = 0.0,
    margin: Margin | None = None,
    is_half_worthless: bool = False,
) -> Stopping:
    """Return a rule over an oracle; none where the oracle itself halves.

    Args:
        name: "none", "median" or "halving".
        oracle: Proposes configurations.
        direction: "min" or "max": which way scores are better.
        pause: With halving, the share of its training after which a trial pauses; None for the
            usual one.
        trial_share: With halving, the share of the search that the best trial needs to go on.
        margin: With halving, how far scores at the first pause are apart by chance alone; None
            where they are told apart.
        is_half_worthless: Whether a trial that paused is of no use unless it goes on.

    Raises:
        SearchError: There is no such rule.
    """
    if name not in RULES:
        raise SearchError(unknown("stopping rule", name, RULES), "--set search.stopping=none")
    if name == "halving" and not oracle.halves:
        shares = SHARES if pause is None else (pause, 1.0)
        ending = max(ENDING, trial_share)
        return Halving(oracle, direction, shares, ending, margin, is_half_worthless)
    if oracle.halves:
        return Never(oracle, direction, is_half_worthless)
    rule: Stopping = RULES[name](oracle, direction)
    return rule
