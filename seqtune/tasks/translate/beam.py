"""Beam search over the answers to several sources at a time: what goes on, and what is finished.

The network and the choice of the most probable continuations are compiled; this is what is decided
of these few numbers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import END

NEVER = -1e9
"""The log-probability of an answer that is none."""

LEAST_REACH = 8
"""Tokens that any answer may still grow to while it is compared with those finished."""

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int32]


class Candidates(NamedTuple):
    """The most probable continuations of each row, the best first.

    Args:
        scores: (rows, candidates) log-probability of the whole answer.
        parents: (rows, candidates) which of the row's answers goes on.
        tokens: (rows, candidates) with which token.
        ends: (rows, answers) log-probability that an answer ends here, as it was before.
    """

    scores: Any
    parents: Any
    tokens: Any
    ends: Any


class Finished(NamedTuple):
    """An answer that is finished.

    Args:
        tokens: Without the end.
        score: Sum of the log-probabilities of its tokens and its end.
        places: Of each token and the end, which of the row's answers it was of.
    """

    tokens: list[int]
    score: float
    places: list[int]


class Beams:
    """Answers that grow, `beam` for each row.

    Args:
        rows: Rows of a batch.
        beam: Answers of each row that go on.
        wanted: Answers of each row that are asked for, at most `beam`.
        length_penalty: How much longer answers are favoured: alpha.
        longest: Tokens of an answer at most; a longer one ends there, at the cost of that end.
        real: The rows that are asked for; the others only fill the batch up.

    Source:
        Wu et al., Google's Neural Machine Translation System, arXiv 1609.08144, equation 14,
        without coverage: score / ((5 + tokens) / 6)**alpha, the end among the tokens.
    """

    def __init__(
        self, rows: int, beam: int, wanted: int, length_penalty: float, longest: int, real: int
    ) -> None:
        self.beam, self.wanted, self.longest = beam, wanted, longest
        self.length_penalty = length_penalty
        self.scores = np.full((rows, beam), NEVER)
        self.scores[:, 0] = 0.0  # all are empty: one is enough
        self.tokens = np.full((rows, beam), END, np.int32)
        self.parents = np.tile(np.arange(beam, dtype=np.int32), (rows, 1))
        self.is_done = np.arange(rows) >= real
        self._history: list[tuple[Whole, Whole]] = []
        self._finished: list[list[tuple[float, float, int, int]]] = [[] for _ in range(rows)]

    @property
    def steps(self) -> int:
        """How many tokens each answer has."""
        return len(self._history)

    @property
    def places(self) -> Whole:
        """Which answer each goes on from, (rows, beam) int32, counted through all rows."""
        first = np.arange(len(self.parents), dtype=np.int32) * self.beam
        return self.parents + first[:, None]

    @property
    def is_over(self) -> bool:
        """Whether no row goes on."""
        return bool(self.is_done.all())

    def penalty(self, tokens: int) -> float:
        """Return by what the score of an answer is divided, the end among its tokens."""
        return float(((5.0 + tokens) / 6.0) ** self.length_penalty)

    def advance(self, found: Candidates) -> None:
        """Take the next token of every answer."""
        if self.steps == self.longest:
            ends = np.asarray(found.ends, np.float64) + self.scores
            for row in np.flatnonzero(~self.is_done).tolist():
                for place in range(self.beam):
                    self._finish(row, place, float(ends[row, place]))
            self.is_done[:] = True
            return
        scores = np.asarray(found.scores, np.float64)
        parents, tokens = (np.asarray(each, np.int32) for each in (found.parents, found.tokens))
        is_end = tokens == END
        # an end that others push out of the beam is no answer: short ones would crowd in
        ended = np.argwhere(is_end[:, : self.beam] & ~self.is_done[:, None])
        for row, place in ended.tolist():
            self._finish(row, int(parents[row, place]), float(scores[row, place]))
        order = np.argsort(is_end, axis=1, kind="stable")[:, : self.beam]
        order = np.pad(order, ((0, 0), (0, self.beam - order.shape[1])), mode="edge")
        self.scores = np.take_along_axis(scores, order, axis=1)
        self.parents = np.take_along_axis(parents, order, axis=1)
        self.tokens = np.take_along_axis(tokens, order, axis=1)
        self.scores[np.take_along_axis(is_end, order, axis=1)] = NEVER
        if scores.shape[1] < self.beam:
            self.scores[:, scores.shape[1] :] = NEVER
        self._history.append((self.parents, self.tokens))
        self.is_done |= self._is_settled()

    def _finish(self, row: int, place: int, score: float) -> None:
        if score > NEVER / 2:
            ranked = score / self.penalty(self.steps + 1)
            self._finished[row].append((ranked, score, self.steps, place))

    def _is_settled(self) -> npt.NDArray[np.bool_]:
        """Say of which rows no answer that goes on will be better than those finished.

        One that goes on is taken to become twice as long at most. Where a whole beam is finished,
        it is enough that none that goes on is better as it stands.
        """
        best = self.scores.max(axis=1)
        reach = min(self.longest + 1, max(LEAST_REACH, 2 * (self.steps + 1)))
        later, now = best / self.penalty(reach), best / self.penalty(self.steps + 1)
        settled = np.zeros(len(best), np.bool_)
        for row in np.flatnonzero(~self.is_done):
            own = sorted((each[0] for each in self._finished[row]), reverse=True)
            if len(own) >= self.wanted:
                worst = own[self.wanted - 1]
                is_full = len(own) >= self.beam
                settled[row] = later[row] <= worst or (is_full and now[row] <= worst)
        return settled

    def answers(self, row: int) -> list[Finished]:
        """Return the finished answers of a row, the best first."""
        ranked = sorted(self._finished[row], key=lambda each: -each[0])[: self.wanted]
        return [self._traced(row, steps, place, score) for _, score, steps, place in ranked]

    def _traced(self, row: int, steps: int, place: int, score: float) -> Finished:
        tokens, places = list[int](), [place]
        for parents, written in reversed(self._history[:steps]):
            tokens.append(int(written[row, place]))
            place = int(parents[row, place])
            places.append(place)
        return Finished(tokens[::-1], score, places[::-1])
