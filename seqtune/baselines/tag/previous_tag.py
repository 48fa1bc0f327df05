"""Previous tag: the last tag that is known before a stretch goes on, as a Markov chain.

A chain of first order learns how often one tag follows another, each change seen half a time more
than it was. A stretch of a series that training knows begins with the last tag before it; `d` steps
on its tags have the probabilities of that tag's row in the `d`-th power of the chain. Where no tag
of the series is known before, a step gets the tag frequencies of training.

Source:
    The order in time is that of the rows. Markov chains: Kemeny and Snell 1960, "Finite Markov
    chains", theorem 2.1.2.
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.method import Floats, Integers, Predict
from seqtune.baselines.tag._sequences import Sequences, frequencies_of, positions_of

ALWAYS = True
KINDS = ("steps",)
SMOOTHING = 0.5
SETTLED = 1e-9


def fit(sequences: Sequences, targets: Integers, tags: int, *, causal: bool, seed: int) -> Predict:
    """Count which tag follows which, and keep where tags are known."""
    frequencies, chain = frequencies_of(targets, tags), _chain(sequences, targets, tags)
    known = _known_by_name(sequences, targets)

    def predict(asked: Sequences) -> Floats:
        answer = np.tile(frequencies, (positions_of(asked), 1))
        for number, (start, end) in enumerate(
            zip(asked.offsets[:-1].tolist(), asked.offsets[1:].tolist(), strict=True)
        ):
            rows, before = known.get(_name(asked, number), (None, None))
            if rows is None or before is None or start == end:
                continue
            place = int(np.searchsorted(rows, int(asked.rows[start]))) - 1
            if place >= 0:
                _go_on(answer[start:end], int(before[place]), chain)
        return answer

    return predict


def _chain(sequences: Sequences, targets: Integers, tags: int) -> Floats:
    """Return (tags, tags) how likely the column's tag follows the row's."""
    is_first = np.zeros(len(targets) + 1, np.bool_)
    is_first[sequences.offsets] = True
    follows = (targets[1:] >= 0) & (targets[:-1] >= 0) & ~is_first[1:-1]
    cells = targets[:-1][follows] * tags + targets[1:][follows]
    counts = np.bincount(cells, minlength=tags * tags).reshape(tags, tags) + SMOOTHING
    return np.asarray(counts / counts.sum(axis=1, keepdims=True), np.float64)


def _known_by_name(sequences: Sequences, targets: Integers) -> dict[str, tuple[Integers, Integers]]:
    """Return the rows, ascending, and tags of each series where one is known."""
    parts: dict[str, list[Integers]] = {}
    for number, (start, end) in enumerate(
        zip(sequences.offsets[:-1].tolist(), sequences.offsets[1:].tolist(), strict=True)
    ):
        places = start + np.flatnonzero(targets[start:end] >= 0)
        parts.setdefault(_name(sequences, number), []).append(places)
    found = {}
    for name, each in parts.items():
        places = np.concatenate(each)
        order = places[np.argsort(sequences.rows[places], kind="stable")]
        found[name] = (sequences.rows[order], targets[order])
    return found


def _name(sequences: Sequences, number: int) -> str:
    return sequences.names[number] if sequences.names else ""


def _go_on(answer: Floats, tag: int, chain: Floats) -> None:
    """Write what the chain says of the steps after a tag, until nothing changes any more."""
    state = np.zeros(len(chain))
    state[tag] = 1.0
    for step in range(len(answer)):
        after = state @ chain
        if np.abs(after - state).max() < SETTLED:
            answer[step:] = after
            return
        answer[step] = state = after
