"""By which metric configurations are compared, where nobody says.

For what is short the share of exact answers. What the literature on spelling and sound calls word
error rate is the share of wrong words, 1 - exact match, for there a source is one word; here
`word_error_rate` is always the edits between the words of answer and reference, so that the name
means one thing.
"""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.progress import Assumption, Listener
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.token_choice import FEW_WORDS, is_spelled

FEW_ANSWERS = 0.1
"""Up to such a share of different answers they are chosen rather than written."""


def choose_metric(
    asked: str, roles: Roles, targets: Sequence[str], *, has_several: bool, listener: Listener
) -> str:
    """Return the metric that selects.

    Args:
        asked: The recipe's value.
        roles: What sources and answers are.
        targets: All answers.
        has_several: Whether cases have several answers.
        listener: Hears of the guess.
    """
    if asked != "auto":
        return asked
    metric, why = _guessed(roles, targets, has_several)
    listener(Assumption("metric", metric, why, "--set metric=NAME"))
    return metric


def _guessed(roles: Roles, targets: Sequence[str], has_several: bool) -> tuple[str, str]:
    words = sum(len(target.split()) for target in targets) / len(targets)
    if roles.kind == "series" and not has_several:
        if roles.target_kind == "symbols" or words > FEW_WORDS:
            return "word_error_rate", "transcripts of several words"
        return "character_error_rate", "transcripts"
    if roles.target_kind == "symbols":
        return "exact_match", "answers are symbols: the share of those that are right throughout"
    if is_spelled(targets):
        return "exact_match", "answers are short"
    if len({*targets}) <= FEW_ANSWERS * len(targets):
        return "exact_match", f"there are only {len({*targets}):,} different answers"
    return "bleu", "answers are sentences"
