"""Whether networks may copy from the source: the rare words of the answers say it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from seqtune.progress import Assumption, Listener
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.token_choice import is_spelled

RARE = 5
"""A word that occurs so often in the training answers, or less, is hard to learn by itself."""

SHARE = 0.4
"""From this share of the rare words on that stand in their source, copying is worth its cost.

Of facts about restaurants 78 % do, of German captions and their English 12 %.
"""

FEWEST = 20
"""So many rare words say something."""

WORD = re.compile(r"\w+")


def choose_copying(
    asked: Any, roles: Roles, sources: Sequence[str], targets: Sequence[str], listener: Listener
) -> Any:
    """Return whether the source can be copied: the recipe's value, or what the rare words say.

    Args:
        asked: The recipe's value; "auto" leaves it open.
        roles: What sources and answers are.
        sources: (pairs,) of training; empty where they are no texts.
        targets: (pairs,) of training.
        listener: Hears of the guess.
    """
    if asked != "auto":
        return asked
    if not roles.is_text or roles.target_kind == "symbols" or is_spelled(targets):
        return False
    counts = Counter(word for target in targets for word in WORD.findall(target.lower()))
    rare = found = 0
    for source, target in zip(sources, targets, strict=True):
        unusual = [word for word in WORD.findall(target.lower()) if counts[word] <= RARE]
        if unusual:
            there = {*WORD.findall(source.lower())}
            rare += len(unusual)
            found += sum(word in there for word in unusual)
    if rare < FEWEST or found < SHARE * rare:
        return False
    why = f"{found / rare:.0%} of the rare words of answers stand in their source"
    listener(Assumption("copying", "true", why, "--set network.copying=false"))
    return True
