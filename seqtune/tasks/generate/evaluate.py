"""Scoring a finished run on text that it never saw, and what of it surprised the run most."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.data.reading.texts import TextSource
from seqtune.data.text.blocks import rejoined
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.metrics.generate import score_language
from seqtune.progress import ProgressCounter, silent
from seqtune.tasks._contract import Evaluation, Passage
from seqtune.tasks.generate.blend_reader import blended
from seqtune.tasks.generate.corpus import Corpus, documents_of
from seqtune.tasks.generate.gaps import gap_log_probabilities
from seqtune.tasks.generate.network import is_for_gaps
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.scoring import log_probabilities, totals
from seqtune.tasks.generate.simple_reader import simple_reader
from seqtune.tasks.generate.surprise import most_surprising

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

MAX_SEARCHED = 5_000_000
"""Characters in which surprising passages are looked for."""


def evaluate(run: Any, source: Source) -> Evaluation:
    """Score the run's models on other text.

    Args:
        run: The run.
        source: Text files, or a table with the column of texts that the run was fitted on.

    Returns:
        The metrics of the winner, of the best network and of the best simple method, and the
        passages that the winner expected least.

    Raises:
        DataError: There is no text.
    """
    prepared: Prepared = run.prepared
    corpus = documents_of(source, prepared.codec.column or "auto", silent)
    names = run.compared
    scores, passages = {}, list[Passage]()
    for name in names:
        tokens = _tokens(run, name)
        ids = joined(corpus, tokens)
        chances = _chances(run, name, ids)
        if name == names[0]:
            _tell_unknown(run, ids)
            passages = _passages(source, corpus, tokens, ids[1:], chances)
        scores[name] = score_language(*totals(tokens, ids[1:], chances).tolist())
    return Evaluation(scores, corpus.characters, "character", passages=passages)


def joined(corpus: Corpus, tokens: Tokenizer) -> Array:
    """Return the tokens of all documents, `END` before each, (tokens,)."""
    parts: list[Array] = []
    for document in corpus.documents:
        parts.append(np.array([END], np.int32))
        parts += [tokens.encode(piece) for piece in rejoined(document.blocks())]
    return np.concatenate(parts)


def _tokens(run: Any, name: str) -> Tokenizer:
    prepared: Prepared = run.prepared
    if run.choose(name).kind == "baseline":
        return prepared.codec.tokens[prepared.kinds[0]]
    return prepared.codec.tokens[str(run.members[name][0].values["tokens.kind"])]


def _chances(run: Any, name: str, ids: Array) -> Floats:
    """Return the log-probability of every token but the first."""
    if run.choose(name).kind == "baseline":
        return _simple_chances(run, name, ids)
    found, weights = [], []
    members = run.members[name]
    tally = ProgressCounter(run.listener, len(members) * len(ids), "tokens")
    for member in members:
        weights.append(member.weight)
        if member.baseline:
            found.append(_simple_chances(run, member.baseline, ids))
            tally.add(len(ids))
            continue
        measure = gap_log_probabilities if is_for_gaps(member.values) else log_probabilities
        found.append(measure(run.network(member), ids, 1, len(ids), tally.add))
    return blended(found, weights)


def _simple_chances(run: Any, name: str, ids: Array) -> Floats:
    text = ids[1:]
    ends = np.flatnonzero(text == END) + 1
    offsets = np.unique(np.concatenate([[0], ends, [len(text)]])).astype(np.int64)
    model = simple_reader(run.prepared, name).model
    return np.asarray(model.log_probabilities(Ragged(text, offsets)))


def _tell_unknown(run: Any, ids: Array) -> None:
    unknown = int((ids == UNKNOWN).sum())
    if unknown:
        what = "1 character" if unknown == 1 else f"{unknown:,} characters"
        run.notes.append(
            f"{what} of which the training text has none: each counts as any that Unicode has "
            "room for"
        )


def _passages(
    source: Source, corpus: Corpus, tokens: Tokenizer, ids: Array, chances: Floats
) -> list[Passage]:
    """Return the passages of all documents that were expected least."""
    found: list[Passage] = []
    begin = seen = 0
    for number, document in enumerate(corpus.documents):
        ends = np.flatnonzero(ids[begin:] == END)
        end = begin + int(ends[0]) if len(ends) else len(ids)
        text = "".join(document.blocks())
        own = np.where(
            ids[begin:end] == UNKNOWN, chances[begin:end] - tokens.surprise, chances[begin:end]
        )

        def where(place: int, number: int = number, text: str = text) -> str:
            if isinstance(source, TextSource):
                path = getattr(corpus.documents[number], "path", source.path)
                return f"{path}:{text.count(chr(10), 0, place) + 1}"
            return f"document {number + 1}"

        found += most_surprising(text, own, tokens.characters(ids[begin:end]), where)
        begin, seen = end + 1, seen + len(text)
        if seen > MAX_SEARCHED:
            break
    found.sort(key=lambda passage: -passage.bits_per_character)
    return found[:5]
