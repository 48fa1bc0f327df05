"""Sentences with their tags, from the best to the worst."""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.drawing.wording import several, visible
from seqtune.figures.block import Block
from seqtune.figures.passage import Passage, Piece
from seqtune.tasks._cut_text import NAME, cut_text
from seqtune.tasks.tag.evidence.tagging import Tagging
from seqtune.tasks.tag.report_sentences import Piece as Tagged
from seqtune.tasks.tag.report_sentences import TaggedSentence
from seqtune.tasks.tag.sentence_pieces import tagged_sentences

LONGEST = 200
"""Characters of a token that are shown."""


def sentences_block(tagging: Tagging, tokens: Sequence[str]) -> Block | None:
    """Return some sentences with the tags that they were given; None where there are none.

    Args:
        tagging: The tags that were given.
        tokens: (positions,) the tokens.
    """
    report = tagged_sentences(tagging.own, tokens, "")
    if not report.sentences:
        return None
    others = {}
    if tagging.baseline:
        starts = tagging.own.offsets[:-1].tolist()
        wrong = tagging.wrong(tagging.baseline).tolist()
        others = {tagging.own.where(at): n for at, n in zip(starts, wrong, strict=True)}
    rest = f" Words without a mark are '{report.background}'." if report.background else ""
    right = int((tagging.wrong(tagging.model) == 0).sum())
    total = len(tagging.positions)
    return Block(
        key="sentences",
        title="Sentences with their tags",
        sentences=(
            f"From the best to the worst. {tagging.model} has no mistake in "
            f"{several(right, 'sentence')} of {total:,}.{rest}",
        ),
        figures=tuple(_passage(tagging, each, others) for each in report.sentences),
    )


def _passage(tagging: Tagging, sentence: TaggedSentence, others: dict[str, int]) -> Passage:
    state = f"{sentence.wrong} of {sentence.tokens} wrong" if sentence.wrong else "all right"
    caption = ""
    if tagging.baseline:
        caption = f"{tagging.baseline}: {others.get(sentence.where, 0)} wrong."
    pieces = [piece for each in sentence.pieces for piece in (_piece(each), Piece(text=" "))]
    if sum(len(each.tokens) for each in sentence.pieces) < sentence.tokens:
        pieces.append(Piece(text="…"))
    return Passage(
        title=f"{cut_text(sentence.where)}: {state}",
        caption=caption,
        pieces=tuple(pieces),
        legend="A marked word says its tag to whoever points at it.",
    )


def _piece(piece: Tagged) -> Piece:
    text = " ".join(visible(token[:LONGEST]) for token in piece.tokens)
    if piece.truth:
        said = cut_text(piece.tag, NAME) or "no tag"
        note = f"tagged {said}; right is {cut_text(piece.truth)}"
        return Piece(text=text, note=note, role="wrong")
    if piece.tag:
        return Piece(text=text, note=cut_text(piece.tag, NAME), role="right")
    return Piece(text=text)
