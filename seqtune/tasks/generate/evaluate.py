"""Scores of a text that a run never saw, and what of it was expected least."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.metrics.generate import score_events, score_language
from seqtune.tasks._values import Context, Evaluation
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.encoded import EncodedText
from seqtune.tasks.generate.report_surprise import Passage, SurpriseReport
from seqtune.tasks.generate.surprise import most_surprising

Floats = npt.NDArray[np.float64]

MAX_SEARCHED = 5_000_000
"""Characters in which surprising passages are looked for."""

MAX_PASSAGES = 5


def score_of(codec: Codec) -> Callable[[Floats], dict[str, float]]:
    """Return what scores the predictions of a model: of a text, or of events."""
    return score_steps if codec.is_of_events else score_text


def score_steps(predictions: Floats) -> dict[str, float]:
    """Return every metric of predictions of events, (tokens, 10)."""
    nats = -float(np.log(predictions[:, 0]).sum())
    return score_events(nats, len(predictions), float(predictions[:, 1].sum()))


def score_text(predictions: Floats) -> dict[str, float]:
    """Return every metric of predictions of a text, (tokens, 10)."""
    nats = -float(np.log(predictions[:, 0]).sum())
    return score_language(nats, len(predictions), float(predictions[:, 1].sum()))


def evaluate_text(
    codec: Codec, text: EncodedText, predictions: Mapping[str, Floats], context: Context
) -> Evaluation:
    """Return every metric by name of the model, and what the first one expected least.

    Args:
        codec: The vocabularies.
        text: New documents.
        predictions: (tokens, 10) by name of the model.
        context: Hears how many characters nobody knows.
    """
    first = next(iter(predictions.values()))
    kind = text.kinds[0]  # what the first model was asked to predict
    unknown = int((text.predicted(kind) == UNKNOWN).sum())
    if codec.is_of_events:
        if unknown:
            context.note(f"{unknown:,} events do not occur in the training data")
        scores = {name: score_steps(each) for name, each in predictions.items()}
        return Evaluation(scores, round(float(first[:, 1].sum())), "step")
    if unknown:
        what = "1 character does" if unknown == 1 else f"{unknown:,} characters do"
        context.note(
            f"{what} not occur in the training text: each is scored as one of all Unicode "
            "characters"
        )
    scores = {name: score_text(each) for name, each in predictions.items()}
    passages = _passages(text, codec.tokens[kind], kind, np.log(first[:, 0]))
    name = next(iter(predictions))
    whole = scores[name]["bits_per_character"]
    parts = (SurpriseReport(passages, name, whole),) if passages else ()
    return Evaluation(scores, len(text), "character", parts)


def _passages(text: EncodedText, tokens: Tokenizer, kind: str, chances: Floats) -> list[Passage]:
    """Return the passages of all documents that were expected least.

    Args:
        text: The documents.
        tokens: The vocabulary.
        kind: Its kind.
        chances: (tokens,) log-probability of each token.
    """
    found: list[Passage] = []
    ids = text.predicted(kind)
    begin = seen = 0
    for number, document in enumerate(text.corpus.documents if text.corpus else ()):
        ends = np.flatnonzero(ids[begin:] == END)
        end = begin + int(ends[0]) if len(ends) else len(ids)
        whole = "".join(document.blocks())
        where = partial(text.where, number, whole)
        found += most_surprising(
            whole, chances[begin:end], tokens.characters(ids[begin:end]), where
        )
        begin, seen = end + 1, seen + len(whole)
        if seen > MAX_SEARCHED:
            break
    found.sort(key=lambda passage: -passage.bits_per_character)
    return found[:MAX_PASSAGES]
