"""Answers of networks to cases, and how likely they find the known ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.progress import Advance, no_progress
from seqtune.tasks.translate.answers import UNKNOWN, Answers
from seqtune.tasks.translate.codec import Codec
from seqtune.tasks.translate.decoding import decode
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.member import Decoded, Member
from seqtune.tasks.translate.references import reference_log_probabilities

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
    decoded, tokenizer = write(members, codec, encoded, advance)
    texts = [
        [tokenizer.decode(ids.tolist()) for ids in candidates] for candidates in decoded.tokens
    ]
    scores = np.where(np.isfinite(decoded.scores), decoded.scores, LEAST)
    kind = str(members[0].values["tokens.target"])
    return Answers(texts, scores, reference_nats(members, codec, encoded, kind))


def write(
    members: Sequence[Member], codec: Codec, encoded: EncodedPairs, advance: Advance
) -> tuple[Decoded, Tokenizer]:
    """Let networks write answers to cases as they are asked for.

    Args:
        members: Networks that write the same kind of token.
        codec: Vocabularies and lengths.
        encoded: The cases.
        advance: Hears how many more cases are done.

    Returns:
        The answers in tokens, and what turns tokens into texts.
    """
    kind = str(members[0].values["tokens.target"])
    asked = encoded.decoding
    decoded = decode(
        members,
        encoded.inputs,
        longest=asked.longest or codec.longest["target"][kind],
        beam=asked.beam,
        length_penalty=asked.length_penalty,
        n_best=asked.n_best,
        advance=advance,
    )
    return decoded, codec.tokenizers["target"][kind]


MOST_NATS = 1e4
"""Of a known answer that a network cannot write at all, as one with more tokens than frames."""

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
    found = reference_log_probabilities(members, encoded.inputs, targets, rows)
    nats = np.bincount(rows, weights=np.minimum(-found, MOST_NATS), minlength=len(encoded))
    return np.where(counts > 0, nats, UNKNOWN)
