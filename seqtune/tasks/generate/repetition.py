"""Keeping a model from saying again what it has said: likely tokens are what a text goes round in.

Source:
    Keskar et al., CTRL, arXiv 1909.05858, section 4.1 (the penalty; here on the logarithm of the
    probability, so that it means the same for networks, n-grams and blends); Paulus et al., A deep
    reinforced model for abstractive summarization, arXiv 1705.04304, section 2.5 (no sequence
    twice).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from seqtune.data.text.vocabulary import END
from seqtune.tasks.generate.inference import Floats
from seqtune.tasks.generate.step_tokens import STEP_END


@dataclass
class Repetition:
    """What was read and written so far, and what that means for the next token.

    Args:
        penalty: The probability of a token that was there already is raised to this power, before
            all are normed; 1 for none.
        no_repeat: No sequence of so many tokens comes twice; None for no such rule.
        exempt: Tokens that are not penalised: what ends a text, or a step.
        forbidden: Tokens that are never drawn, whatever the rule leaves.

    Example:
        >>> rule = Repetition(penalty=2.0)
        >>> rule.read([0, 1, 2])
        >>> np.exp(rule.weighed(np.log([[0.1, 0.2, 0.2, 0.5]]))).round(2).tolist()
        [[0.1, 0.04, 0.04, 0.5]]
    """

    penalty: float = 1.0
    no_repeat: int | None = None
    exempt: Sequence[int] = (END,)
    forbidden: Sequence[int] = ()
    _tokens: list[int] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)
    _followers: dict[tuple[int, ...], frozenset[int]] = field(default_factory=dict)

    def read(self, tokens: Iterable[int]) -> None:
        """Take the next tokens of the text."""
        for token in tokens:
            if self.no_repeat is not None:
                before = self._last()
                if before is not None:
                    known = self._followers.get(before, frozenset())
                    self._followers[before] = known | {token}
            self._tokens.append(token)
            if token not in self.exempt:
                self._seen.add(token)

    def copy(self) -> Repetition:
        """Return the same, which goes on by itself."""
        return replace(
            self,
            _tokens=self._tokens.copy(),
            _seen=self._seen.copy(),
            _followers=self._followers.copy(),
        )

    def weighed(self, logits: Floats) -> Floats:
        """Return the logits of the next token, (1, vocabulary), with what repeats made unlikely.

        Where nothing else may come, a sequence comes twice.
        """
        if self.penalty != 1.0:
            logits = self._penalised(logits)
        before = self._last() if self.no_repeat is not None else None
        banned = self._followers.get(before, ()) if before is not None else ()
        if not banned:
            return logits
        kept = logits.copy()
        kept[0, list(banned)] = -np.inf
        left = np.isfinite(kept[0])
        left[list(self.forbidden)] = False
        return kept if left.any() else logits

    def _penalised(self, logits: Floats) -> Floats:
        best = logits[0].max()
        chances: Floats = logits - best - np.log(np.exp(logits[0] - best).sum())
        chances[0, sorted(self._seen)] *= self.penalty
        return chances

    def _last(self) -> tuple[int, ...] | None:
        """Return the tokens that the next one makes a sequence with; None where they are few."""
        size = (self.no_repeat or 1) - 1
        if len(self._tokens) < size:
            return None
        return tuple(self._tokens[len(self._tokens) - size :])


STRUCTURE = (END, STEP_END)
"""What ends a piece of music, and a step of it."""
