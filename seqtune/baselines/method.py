"""What a simple method is: a module that is fitted, and predicts.

Its file is all that there is to it: the name of the file is its name on the leaderboard and in
`baselines.methods`. What it is fitted on, and what it predicts, depends on its task:

- `forecast/`: `forecast(histories, horizon, periods, levels)` learns from each history alone and
  returns (windows, horizon, 1 + levels), float64: the point forecast, then the quantiles;
- `classify/`: `fit(cases, targets, *, is_multi, seed)` returns a `Predict` from cases to
  probabilities, (cases, classes); `KINDS` says which cases it takes: "text", "series";
- `anomaly/`: `fit(train, period, *, seed)` returns a `Predict` from the rows of a segment,
  (rows, channels), to (rows,): higher is stranger;
- `generate/`: `fit(documents, vocabulary, *, kind, held_out)` returns a `LanguageModel`.

The `_fitting.py` of a folder checks the answers; `seqtune.baselines.runner` runs the methods of all
tasks. A module may also define:

- `ALWAYS = True`: it costs next to nothing, and runs even where no time is left;
- `BLENDS = False`: no ensemble takes its predictions in;
- `suits(histories)`, of a forecast: whether it is meant for such data; where it is not, it runs
  only if it is asked for by name;
- `work(known, asked)`: how the time of fitting that many examples and predicting that many others
  grows, in any unit; without it, the time grows with their sum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Predict = Callable[[Any], Floats]
"""A fitted method: from examples of its task to an answer for each."""


class LanguageModel(Protocol):
    """Gives every token of the vocabulary a probability after any context.

    The probabilities sum to one over the vocabulary, and none is zero. No context reaches across
    the border of a document.
    """

    @property
    def detail(self) -> str:
        """What was chosen on held-out data, in few words; "" where nothing was."""

    @property
    def reach(self) -> int:
        """How many tokens before the next one matter at most."""

    def log_probabilities(self, documents: Ragged) -> Floats:
        """Return the natural logarithm of each token's probability, (tokens,) in their order.

        Args:
            documents: Token ids, one sequence per document; each from its beginning.
        """

    def next_probabilities(self, context: npt.ArrayLike) -> Floats:
        """Return the probability of each token to come next, (vocabulary,).

        Args:
            context: (tokens,) ids of the document so far, or the last `reach` of them at least;
                empty at the beginning of a document.
        """

    def refitted(self, documents: Ragged) -> LanguageModel:
        """Return the same model, with what was chosen on held-out data, fitted on other data."""
