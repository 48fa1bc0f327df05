"""Whether tokens come as often as models say: of every token of the vocabulary, at every place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import END
from seqtune.drawing.wording import count, figure, several
from seqtune.figures.block import Block
from seqtune.figures.numbers import numbers
from seqtune.figures.points import Cloud, Points
from seqtune.tasks.generate.inference import Reader

Floats = npt.NDArray[np.float64]

PLACES = 1_500
"""Tokens of the test part at which models are asked, half a second."""

BEFORE = 100
"""Tokens that are read before, so that the beginning is no beginning."""

BINS = 15


@dataclass(frozen=True)
class Reliability:
    """The next token at some places: how sure a model was, and whether it was right.

    Args:
        claimed: (places,) the probability of the token that it found likeliest.
        right: (places,) whether that came.
    """

    claimed: Floats
    right: npt.NDArray[np.bool_]

    @property
    def bins(self) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
        """(bins,) how many places, the mean claim, and the share that came; NaN for none."""
        place = np.clip(np.ceil(self.claimed * BINS) - 1, 0, BINS - 1).astype(np.int64)
        counts = np.bincount(place, minlength=BINS)
        divisor = np.where(counts > 0, counts, np.nan)
        claimed = np.bincount(place, weights=self.claimed, minlength=BINS) / divisor
        return counts, claimed, np.bincount(place, weights=self.right, minlength=BINS) / divisor

    @property
    def error(self) -> float:
        """The expected calibration error: the mean gap of the bins, weighed by their places.

        Source:
            Guo et al., On Calibration of Modern Neural Networks, arXiv 1706.04599, equation 3.
        """
        counts, claimed, right = self.bins
        return float(np.nansum(np.abs(claimed - right) * counts) / max(1, counts.sum()))


def reliability_of(reader: Reader, ids: npt.ArrayLike) -> Reliability | None:
    """Ask a model at every place of a text what comes next; None of a text that is too short.

    Args:
        reader: The model.
        ids: (tokens,) of the text, the first `BEFORE` of which are read alone.
    """
    tokens = np.asarray(ids, np.int64)[: BEFORE + PLACES]
    if len(tokens) < 2 * BEFORE:
        return None
    _, state = reader.advance(reader.start(), [END])
    rows = []
    for token in tokens[:-1].tolist():
        logits, state = reader.advance(state, [token])
        powers = np.exp(logits[0] - logits[0].max())
        likeliest = int(powers.argmax())
        rows.append((powers[likeliest] / powers.sum(), likeliest))
    claimed, likeliest = np.array(rows[BEFORE - 1 :]).T
    return Reliability(claimed, likeliest == tokens[BEFORE:])


def calibration_block(name: str, found: Reliability | None) -> Block | None:
    """Return how often the likeliest token comes, by how sure a model was; None of no places.

    Args:
        name: The model.
        found: What it said.
    """
    if found is None:
        return None
    counts, claimed, right = found.bins
    used = np.flatnonzero(counts)
    cloud = Cloud(
        name=name,
        x=tuple(round(float(each), 6) for each in claimed[used]),
        y=numbers(right[used]),
        labels=tuple(several(int(each), "token") for each in counts[used]),
        role="model",
    )
    surplus = float((found.claimed - found.right).mean())
    word = "more" if surplus > 0 else "less"
    return Block(
        key="calibration",
        title="Whether tokens come as often as it says",
        sentences=(
            f"At {count(len(found.claimed))} places of the test part {name} expected the likeliest "
            f"token with {figure(float(found.claimed.mean()))} on average, and it came in "
            f"{figure(float(found.right.mean()))}: it claims {figure(abs(surplus))} {word} than "
            f"comes true. The expected calibration error is {figure(found.error)}.",
        ),
        figures=(
            Points(
                title="Share of likeliest tokens that come, by how sure it was",
                caption="On the diagonal, probabilities keep their word; below it, it is too sure.",
                clouds=(cloud,),
                x_title="probability of the likeliest token (mean of a bin)",
                y_title="share that came",
                is_diagonal=True,
            ),
        ),
    )
