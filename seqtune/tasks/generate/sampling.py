"""Drawing the next token from what a language model says of it.

The logits are divided by the temperature; then only the `top_k` likeliest tokens are kept, and of
those the likeliest that together have the probability `top_p` (the nucleus), and one is drawn.

Source:
    Holtzman et al., The Curious Case of Neural Text Degeneration, arXiv 1904.09751, section 3.1
    (nucleus sampling) and 3.2 (top-k, temperature).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.errors import UsageError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ROUNDING = 1e-9
"""By so much a sum of probabilities may be wrong."""

TEMPERATURE, TOP_P = 0.7, 0.95
"""What is written of itself: of the words of a blend that had trained for three minutes on a novel,
93 % stood in the training text at 0.8 and 1, 96 % at 0.7, and 98 % at 0.7 and 0.9."""

HARDEST = 100.0
"""No penalty is higher: nothing is repeated long before."""

WIDEST = 1000.0
"""No temperature is higher: every token is equally likely long before."""


@dataclass(frozen=True)
class SamplingSettings:
    """How tokens are drawn.

    Args:
        temperature: 0 takes the likeliest token (of texts, the likeliest that a beam search finds:
            `seqtune.tasks.generate.beam`), 1 draws by the model's own probabilities, more evens
            them out.
        top_k: Draw among so many likeliest tokens; None for all.
        top_p: Draw among the likeliest tokens that together have this probability.
        seed: Start of the random numbers.
        repetition_penalty: The power that the probability of a token is raised to which was there
            already; 1 for none.
        no_repeat: No sequence of so many tokens comes twice; None for no such rule.

    Raises:
        UsageError: A value is out of range; the hint names the flag.
    """

    temperature: float = TEMPERATURE
    top_k: int | None = None
    top_p: float = TOP_P
    seed: int = 0
    repetition_penalty: float = 1.0
    no_repeat: int | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.temperature <= WIDEST:  # NaN is refused, too
            raise UsageError(
                f"a temperature of {self.temperature:g}; expected 0 (the likeliest text) to "
                f"{WIDEST:g}",
                f"--temperature {TEMPERATURE:g}",
            )
        if self.top_k is not None and self.top_k < 1:
            raise UsageError(f"found --top-k {self.top_k}; expected at least 1", "--top-k 40")
        if not 0.0 < self.top_p <= 1.0:
            raise UsageError(
                f"found --top-p {self.top_p:g}; expected more than 0 and at most 1",
                "--top-p 0.9",
            )
        if self.seed < 0:
            raise UsageError(f"a seed of {self.seed}; expected 0 or more", "--seed 0")
        if not 1.0 <= self.repetition_penalty <= HARDEST:
            raise UsageError(
                f"found --repetition-penalty {self.repetition_penalty:g}; expected 1 (none) to "
                f"{HARDEST:g}",
                "--repetition-penalty 1.2",
            )
        if self.no_repeat is not None and self.no_repeat < 1:
            raise UsageError(
                f"found --no-repeat {self.no_repeat}; expected at least 1 token", "--no-repeat 4"
            )


class Sampler:
    """Draws tokens; the same seed gives the same tokens from the same logits.

    Args:
        choice: How tokens are drawn.
        forbidden: Tokens that are never drawn, such as padding and unknown.
        number: Which of several texts from the same seed it draws.

    Example:
        >>> Sampler(SamplingSettings(temperature=0)).draw(np.log([[0.2, 0.5, 0.3]])).tolist()
        [1]
    """

    def __init__(
        self, choice: SamplingSettings, forbidden: Iterable[int] = (), number: int = 0
    ) -> None:
        self.choice = choice
        self.forbidden = np.array(sorted(set(forbidden)), np.int64)
        self.random = np.random.default_rng([choice.seed, number])

    def draw(self, logits: npt.ArrayLike) -> Integers:
        """Return a token for each row.

        Args:
            logits: (batch, vocabulary), log-probabilities up to a constant per row.

        Returns:
            (batch,) int64.

        Raises:
            ValueError: A row has a NaN, or no token that may be drawn.
        """
        return np.array([self._draw_one(row) for row in self._allowed(logits)], np.int64)

    def draw_one(self, logits: Floats) -> int:
        """Return a token of one row, (1, vocabulary); see `draw`."""
        return self._draw_one(self._allowed(logits)[0])

    def _draw_one(self, allowed: Floats) -> int:
        """Return a token of a row of logits, (vocabulary,)."""
        if self.choice.temperature == 0.0:
            return int(allowed.argmax())
        # One number per row and step, whatever is cut off: so `top_k` changes no other row's draw.
        chance = self.random.random()
        probabilities = self._probabilities(allowed)
        reached = probabilities.cumsum()
        place = int(reached.searchsorted(chance * reached[-1], side="right"))
        return place if place < len(reached) else int(np.flatnonzero(probabilities)[-1])

    def probabilities(self, logits: npt.ArrayLike) -> Floats:
        """Return the probability with which each token is drawn, (batch, vocabulary).

        Args:
            logits: (batch, vocabulary), log-probabilities up to a constant per row.

        Raises:
            ValueError: A row has a NaN, or no token that may be drawn.
        """
        return np.stack([self._probabilities(row) for row in self._allowed(logits)])

    def _probabilities(self, allowed: Floats) -> Floats:
        """Return the probability of each token of a row of logits, (vocabulary,)."""
        if self.choice.temperature == 0.0:
            greedy = np.zeros_like(allowed)
            greedy[allowed.argmax()] = 1.0
            return greedy
        with np.errstate(over="ignore"):  # a tiny temperature: the others become impossible
            powers = np.exp((allowed - allowed.max()) / self.choice.temperature)
        powers = _likeliest(powers, self.choice.top_k)
        return _nucleus(powers / powers.sum(), self.choice.top_p)

    def _allowed(self, logits: npt.ArrayLike) -> Floats:
        """Return the logits, minus infinity where a token may not be drawn."""
        allowed = np.array(logits, np.float64)
        allowed[:, self.forbidden] = -math.inf
        best = allowed.max(axis=1, initial=-math.inf)
        if not np.isfinite(best).all():
            raise ValueError("a row of logits has no finite greatest value")
        return allowed


def _likeliest(powers: Floats, most: int | None) -> Floats:
    """Keep so many greatest values; of equal ones, those that come first."""
    if most is None or most >= len(powers):
        return powers
    kept = powers.copy()
    kept[np.argsort(-powers, kind="stable")[most:]] = 0.0
    return kept


def _nucleus(probabilities: Floats, share: float) -> Floats:
    """Keep the fewest greatest values whose sum reaches a share, and norm them."""
    if share >= 1.0:
        return probabilities
    order = np.argsort(-probabilities, kind="stable")
    reached = probabilities[order].cumsum()
    most = 1 + int(reached[:-1].searchsorted(share - ROUNDING))
    kept = np.zeros_like(probabilities)
    kept[order[:most]] = probabilities[order[:most]]
    kept /= kept.sum()
    return kept
