"""What models answer, as the one array in which predictions are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

UNKNOWN = -1.0
"""Stands for nats that a model does not give."""

FIGURES = 2
"""Numbers before the characters of an answer."""

NOTHING = -1.0
"""Stands behind the last character."""

CODE_POINTS = 0x110000


@dataclass(frozen=True)
class Answers:
    """The answers of a model, the best first.

    Args:
        texts: Of each case its candidates, as many for each.
        scores: (cases, candidates) mean log-probability of the tokens of each; 0 where a model has
            none.
        nats: (cases,) the negative log-probability of the known answers of each case, all of them
            together; `UNKNOWN` where none is known, or the model has none.

    Example:
        >>> answers = Answers([["ab"], ["c"]], np.zeros((2, 1)), np.array([1.5, -1.0]))
        >>> answers.to_array().tolist()
        [[[0.0, 1.5, 97.0, 98.0]], [[0.0, -1.0, 99.0, -1.0]]]
    """

    texts: Sequence[Sequence[str]]
    scores: Floats
    nats: Floats

    @property
    def best(self) -> list[str]:
        """The best answer of each case."""
        return [candidates[0] for candidates in self.texts]

    def to_array(self) -> Floats:
        """Return (cases, candidates, 2 + characters): score, nats, and code points.

        The nats stand with each candidate; behind the last character of a text is `NOTHING`.
        """
        longest = max((len(text) for each in self.texts for text in each), default=0)
        array = np.full((*self.scores.shape, FIGURES + longest), NOTHING)
        array[..., 0] = self.scores
        array[..., 1] = self.nats[:, None]
        for case, candidates in enumerate(self.texts):
            for rank, text in enumerate(candidates):
                points = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
                array[case, rank, FIGURES : FIGURES + len(points)] = points
        return array

    @classmethod
    def from_array(cls, array: Floats) -> Answers:
        """Read what `to_array` returned, from a file that may be a stranger's.

        Raises:
            ValueError: It is something else.
        """
        if array.ndim != 3 or array.shape[2] < FIGURES or array.shape[1] < 1:
            raise ValueError(f"found answers of shape {list(array.shape)}")
        points = array[..., FIGURES:]
        is_text = points != NOTHING
        if not np.array_equal(np.sort(is_text, axis=2)[..., ::-1], is_text):
            raise ValueError("an answer has a gap")
        is_valid = (points >= 0) & (points < CODE_POINTS) & (points == np.floor(points))
        if not is_valid[is_text].all():
            raise ValueError("an answer has a character that is none")
        lengths = is_text.sum(axis=2)
        codes = np.where(is_text, points, 0).astype("<u4")
        texts = [
            [
                codes[case, rank, : lengths[case, rank]].tobytes().decode("utf-32-le", "replace")
                for rank in range(array.shape[1])
            ]
            for case in range(len(array))
        ]
        return cls(texts, array[..., 0], array[:, 0, 1])
