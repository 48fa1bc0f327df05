"""How well a text was predicted: formula, unit, source."""

from __future__ import annotations

import math

MAX_NATS = 700.0
"""Beyond it, a perplexity is no number that a computer holds."""


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
