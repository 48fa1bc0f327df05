"""How long the first network trains: where a round takes long, one run does better than two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from seqtune.data.ragged import Ragged
from seqtune.progress import Assumption, Listener
from seqtune.runtime.backend import has_nvidia_gpu

TRIAL_SHARE = 0.5
"""The share of the search that the shipped recipe gives a trial: two runs, averaged at the end."""

TOKENS_PER_SECOND = 8_000
"""Source and answer together, of 256 units on two cores."""

ENOUGH_ROUNDS = 15.0
"""So often must one of two runs see every pair.

On Multi30k (29,000 pairs) in 15 minutes, a run of 90 % of the search came to BLEU 36.4 on
validation in 6 rounds, and to 31.3 after 8 of its 20 epochs; on Dutch spellings in 10 minutes
(8,000 words), one run with all the time ended by itself after 6 minutes, as good as one of two.
"""


def long_run(
    share: float,
    lengths: Iterable[Mapping[str, Ragged]],
    seconds: float,
    listener: Listener,
) -> dict[str, Any]:
    """Return what the recipe is to say where there is time for one network alone; {} for nothing.

    Args:
        share: The share of the search that one trial may take, as the recipe has it.
        lengths: Sources and answers, by kind of token; the shortest kind counts.
        seconds: The budget.
        listener: Hears of it.
    """
    if share != TRIAL_SHARE or has_nvidia_gpu():  # of a GPU the speed is not known
        return {}
    tokens = sum(min(int(each.lengths.sum()) for each in side.values()) for side in lengths)
    rounds = seconds * TOKENS_PER_SECOND / max(1, tokens)
    if TRIAL_SHARE * rounds >= ENOUGH_ROUNDS:
        return {}
    why = f"there is time to learn from every pair about {rounds:.0f} times"
    listener(Assumption("search", "one long run", why, "--set search.trial_share=0.45"))
    return {"search.trial_share": 1.0}
