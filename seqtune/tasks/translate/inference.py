"""Answers of networks to cases, and how likely they find the known ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.progress import Advance, no_progress
from seqtune.tasks.translate.answers import UNKNOWN, Answers
from seqtune.tasks.translate.codec import Codec
from seqtune.tasks.translate.decoding import Member, decode
from seqtune.tasks.translate.encoded import EncodedPairs, Inputs
from seqtune.tasks.translate.reference import reference_log_probabilities

Floats = npt.NDArray[np.float64]


def answer(
    members: Sequence[Member],
    codec: Codec,
    encoded: EncodedPairs,
    advance: Advance = no_progress,
) -> Answers:
    """Return the answers of networks, which agree on each next token.

    Args:
        members: Networks that write the same kind of token.
        codec: Vocabularies and lengths.
        encoded: The cases, with their references where they are known.
        advance: Hears how many more cases are done.
    """
    kind = str(members[0].values["tokens.target"])
    asked, tokenizer = encoded.decoding, codec.tokenizers["target"][kind]
    decoded = decode(
        members,
        encoded.inputs,
        longest=asked.longest or codec.longest["target"][kind],
        beam=asked.beam,
        length_penalty=asked.length_penalty,
        n_best=asked.n_best,
        advance=advance,
    )
    texts = [
        [tokenizer.decode(ids.tolist()) for ids in candidates] for candidates in decoded.tokens
    ]
    scores = np.where(np.isfinite(decoded.scores), decoded.scores, LEAST)
    return Answers(texts, scores, reference_nats(members, codec, encoded, kind))


LEAST = -1e6
"""The score of a candidate that was not found, where fewer were found than asked for."""


def reference_nats(
    members: Sequence[Member], codec: Codec, encoded: EncodedPairs, kind: str
) -> Floats:
    """Return the negative log-probability of the known answers of each case, (cases,).

    Args:
        members: The networks.
        codec: Vocabularies and lengths; a longer answer is cut.
        encoded: The cases; where none has a reference, all is unknown.
        kind: What a token of an answer is.
    """
    counts = np.array([len(each) for each in encoded.references], np.int64)
    rows = np.repeat(np.arange(len(encoded)), counts)
    if not len(rows):
        return np.full(len(encoded), UNKNOWN)
    targets, _ = codec.target_tokens(list(chain.from_iterable(encoded.references)), kind)
    found = reference_log_probabilities(members, repeated(encoded.inputs, rows), targets)
    nats = np.bincount(rows, weights=-found, minlength=len(encoded))
    return np.where(counts > 0, nats, UNKNOWN)


def repeated(inputs: Mapping[str, Ragged], rows: npt.NDArray[np.int64]) -> Mapping[str, Ragged]:
    """Return some sources, each as often as it is named."""

    def chosen(name: str) -> Ragged:
        values = inputs[name].values
        channels = values.shape[1] if values.ndim > 1 else None
        return Ragged.from_list(inputs[name].select(rows), channels)

    return Inputs(tuple(inputs), chosen)
