"""How well a text was predicted: formula, unit, source."""

from __future__ import annotations

import math

MAX_NATS = 700.0
"""Beyond it, a perplexity is no number that a computer holds."""


def score_events(nats: float, tokens: float, steps: float) -> dict[str, float]:
    """Return the scores of events; lower is better for each.

    Args:
        nats: Minus the natural logarithm of the probability of all sequences, their ends included.
        tokens: How many tokens they have.
        steps: How many steps they have: sets of notes, or rows.

    Returns:
        `nats_per_step`, `nats_per_token`, and `perplexity`, exp(nats / tokens).

    Source:
        Boulanger-Lewandowski, Bengio & Vincent, Modeling temporal dependencies in high-dimensional
        sequences, arXiv 1206.6392, table 1 (nats per step, of sets of notes).

    Example:
        >>> score_events(math.log(2) * 8, 4, 2)["nats_per_step"] == math.log(2) * 4
        True
    """
    each = nats / max(tokens, 1)
    return {
        "nats_per_step": nats / max(steps, 1),
        "nats_per_token": each,
        "perplexity": math.exp(min(each, MAX_NATS)),
    }


def score_language(nats: float, tokens: float, characters: float) -> dict[str, float]:
    """Return the scores of a text; lower is better for each.

    Args:
        nats: Minus the natural logarithm of the text's probability.
        tokens: How many tokens it has.
        characters: How many characters it has.

    Returns:
        `bits_per_character` (nats / ln 2 / characters) and `nats_per_character`, which can be
        compared whatever a token is; and `perplexity`, exp(nats / tokens), which is per token.

    Source:
        Shannon, Prediction and Entropy of Printed English (1951); Jurafsky & Martin, Speech and
        Language Processing, section 3.3.

    Example:
        >>> score_language(math.log(2) * 8, 2, 4)
        {'bits_per_character': 2.0, 'nats_per_character': 1.3862943611198906, 'perplexity': 16.0}
    """
    each = nats / max(characters, 1)
    return {
        "bits_per_character": each / math.log(2),
        "nats_per_character": each,
        "perplexity": math.exp(min(nats / max(tokens, 1), MAX_NATS)),
    }
