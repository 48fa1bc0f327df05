"""What a simple method is: a module that is fitted, and predicts.

The name of its file is its name on the leaderboard and in `baselines.methods`; no other file knows
it. What it is fitted on, and what it predicts, depends on its task:

- `forecast/`: `forecast(histories, horizon, periods, levels)` learns from each history alone and
  returns (windows, horizon, 1 + levels), float64: the point forecast of each step, then the
  quantiles; NaN in the rows of a window where it has no answer. Or, of a method that learns from
  all series together, covariates included: `fit(known, truth, periods, levels, *, seed)` takes a
  `WindowBatch` and what came of it, (windows, horizon), NaN where that is not known, and returns a
  `Predict` from a `WindowBatch` to the same array.
- `classify/`: `fit(cases, targets, *, is_multi, seed)` takes at least one case, and targets
  (cases, classes), float64, zeros and ones: one 1 a case, or any number of them with `is_multi`. It
  returns a `Predict` from cases to probabilities, (cases, classes). `KINDS`, a literal tuple, says
  which cases it takes: "text" (a `str`, which may be empty), "series" (a (steps, channels) float64
  array without NaN, of any length of at least 1).
- `anomaly/`: `fit(train, period, *, causal, seed)` takes (rows, channels) of each segment of
  training rows, float64, in order of time, NaN where a value was not observed; there may be no
  rows, constant channels, and anomalies among them. `period` is the season in rows, None where
  there is none. It returns a `Predict` from the rows of one segment, (rows, channels), to scores,
  (rows,): higher is stranger. With `causal` a score depends on its row and the rows before it in
  the segment alone, else it may depend on rows after it too; it is NaN where too few rows are
  around it, or nothing was observed.
- `generate/`: `fit(documents, vocabulary, *, kind, held_out)` takes token ids, one sequence per
  document, which may be empty, and returns a `LanguageModel`. `kind` is what a token is:
  "character", "byte", "subword" or "word". What it chooses, it chooses on `held_out`.
- `translate/`: `fit(pairs, *, seed)` takes at least one pair of a source and the text that it was
  turned into (`Pairs` of `translate/_pairs.py`). It returns a `Write` from sources to a list of
  texts, each with the mean log-probability of its units, 0.0 where it has none. `KINDS`, a literal
  tuple, says which sources it takes: "text", "symbols", "features", "series". Networks answer
  together with a `Write` that also `Rates` targets (`_pairs.py`).
- `tag/`: `fit(sequences, targets, tags, *, causal, seed)` takes sequences (`Sequences` of
  `tag/_sequences.py`), the number of each position's tag, (positions,), -1 where it has none (at
  least one position has one), and how many tags there are. It returns a `Predict` from sequences to
  probabilities, (positions, tags). With `causal` a position's answer may depend on itself and what
  is before it in its sequence alone. `KINDS`, a literal tuple, says which positions it takes:
  "tokens" (a `str`, which may be empty), "steps" (rows of float64 channels, without NaN);
  `CAUSAL = False` says that it cannot be `causal`.

A `seed` is that of methods that draw at random; others do without it.

The `_fitting.py` of a folder checks the answers; `seqtune.baselines.runner` runs the methods of all
tasks. A module may also define:

- `ALWAYS = True`: it costs next to nothing, and runs even where no time is left;
- `BLENDS = False`: no ensemble takes its predictions in;
- `horizons_seen(steps, horizon, periods)`, of a forecast: by how many horizons in a history of so
  many steps it has chosen what it says. Where validation says little, such a method is taken into
  an ensemble before others, and it has its turn before them;
- `suits(histories)`, of a forecast by `forecast`, or `suits(pairs)`, of a translation: whether it
  is meant for such data; where it is not, it runs only if it is asked for by name;
- `work(known, asked)`: how the time of fitting that many examples and predicting that many others
  grows, in any unit; without it, the time grows with their sum;
- `work_by_steps(known, asked, steps)`: the same, where the length of the examples matters to that;
- `keep(model, path)` and `kept(path, vocabulary)`, of a language model: write it to a JSON file of
  a run folder, with arrays in a file of the same name beside it, and open it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Predict = Callable[[Any], Floats]
"""A fitted method: from examples of its task to an answer for each."""

Histories = Sequence[Floats]
"""A (steps,) float64 array per window, at least one step long, without NaN."""

Periods = tuple[int, ...]
"""Seasonal periods in steps, shortest first; () for none."""

Levels = tuple[float, ...]
"""Quantile levels in ascending order, each within (0, 1)."""


EVIDENCE = 3
"""What a language model says of a context, beside probabilities, as logarithms: how likely it finds
what came most often behind the longest known part of it; how much of the probability it leaves to
shorter parts; and how many different tokens came behind it."""


class LanguageModel(Protocol):
    """Gives every token of the vocabulary a probability after any context.

    The probabilities sum to one over the vocabulary, and none is zero. No context reaches across
    the border of a document.
    """

    @property
    def detail(self) -> str:
        """What was chosen on held-out data, in few words; "" where nothing was."""

    def read(self, documents: Ragged) -> Floats:
        """Return what it says of each token, (tokens, 1 + EVIDENCE) in their order.

        First the natural logarithm of the token's probability; then what it knows of the context,
        as `expect` returns it.

        Args:
            documents: Token ids, one sequence per document; each from its beginning.
        """

    def start(self) -> Any:
        """Return the state of a document of which nothing is known yet."""

    def follow(self, state: Any, token: int) -> Any:
        """Return the state after one more token of a document; the one before stays as it is."""

    def expect(self, state: Any) -> tuple[Floats, Floats]:
        """Return the probability of each token to come next, and what is known of the context.

        Returns:
            (vocabulary,) probabilities, and (EVIDENCE,) numbers; see `EVIDENCE`.
        """

    def refitted(self, documents: Ragged) -> LanguageModel:
        """Return the same model, with what was chosen on held-out data, fitted on other data."""
