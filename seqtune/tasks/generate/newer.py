"""A run that is fitted again: the newest text is held out, and the earlier run predicts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks._newer_rows import DRAWN, changed, last_cases
from seqtune.tasks._values import Context, KnownRows, Staged
from seqtune.tasks.generate.corpus import Cell, Corpus, Segment
from seqtune.tasks.generate.documents import columns_of, documents_of
from seqtune.tasks.generate.encoded import CHARACTERS, STEPS, EncodedText, Stretch, joined
from seqtune.tasks.generate.evaluate import score_of
from seqtune.tasks.generate.prepare import divided, is_mixed
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.schema import Schema
from seqtune.tasks.generate.step_tokens import units_of

SNIPPETS = 20
"""So many places of a text are looked for in the text of a run, to see whether it has read it."""

SNIPPET_CHARACTERS, EVENT_CHARACTERS = 60, 600
"""Of a text, and of events, of which a few come again by chance."""

BEFORE = 2_000
"""Characters before the test part that the earlier run reads too, as the newer one does."""


def newest_held_out(prepared: Prepared, source: Source, recipe: Recipe, known: float) -> Recipe:
    """Return a recipe that tests on the end of the text, or on the last documents.

    Raises:
        DataError: The run has read the end of it already.
    """
    text = _text_of(documents_of(source, columns_of(cast(Schema, recipe.values).data), silent))
    end = text[-SNIPPETS * _snippet(prepared) :]
    if share_read(prepared, end) == 1:
        raise DataError(
            f"{source.path}: the run has read the end of it already: nothing is newer",
            "give the text of the run, and behind it what came since",
        )
    return last_cases(recipe, known, {"data.documents": "kept"})


def staged(
    prepared: Prepared, newer: Prepared, source: Source, known: KnownRows, context: Context
) -> Staged:
    """Return what the newer run is scored on as tokens of the earlier run."""
    corpus, segments = divided(source, context.recipe, silent)
    first = next(place for place, each in enumerate(segments) if each.part == "test")
    before = _end_of(corpus, segments[:first])
    goes_on = segments[first].begin > 0  # within the text that the segment before it is of
    tested = {kind: _characters_tested(newer, kind) for kind in newer.kinds}
    most = max(tested.values())

    def tokens(kind: str) -> Stretch:
        known_tokens = prepared.codec.tokens[kind]
        read = joined(Corpus([Cell(before)]), known_tokens)
        texts = _shortened(corpus, segments[first:], tested.get(kind, most))
        ids = joined(Corpus([Cell(each) for each in texts]), known_tokens)[int(goes_on) :]
        return np.concatenate([read, ids]), len(read), len(read) + len(ids)

    text = "".join(_shortened(corpus, segments[first:], most))
    size, unit = len(text), CHARACTERS
    if prepared.codec.is_of_events:
        own = prepared.codec.tokens[prepared.kinds[0]]
        size, unit = round(float(units_of(own, own.encode(text)).sum())), STEPS
    return Staged(
        EncodedText(tokens, size, unit), share_read(prepared, text), score_of(prepared.codec)
    )


def _characters_tested(newer: Prepared, kind: str) -> int:
    """Return how many characters of the test part the newer run is scored on itself."""
    begin, end = newer.compared(kind, "test")
    return int(newer.codec.tokens[kind].characters(newer.arrays[kind][begin:end]).sum())


def _end_of(corpus: Corpus, segments: Sequence[Segment]) -> str:
    """Return the last characters of the last of some segments."""
    last = segments[-1]
    begin = max(last.begin, last.end - BEFORE)
    return "".join(corpus.read(replace(last, begin=begin)))


def _shortened(corpus: Corpus, segments: Iterable[Segment], most: int) -> Iterator[str]:
    """Yield the texts of segments, so many characters at most."""
    for segment in segments:
        if most <= 0:
            return
        end = min(segment.end, segment.begin + most)
        yield "".join(corpus.read(replace(segment, end=end)))
        most -= end - segment.begin


def share_read(prepared: Prepared, text: str) -> float:
    """Return about which share of a text stands in the text of a run.

    Args:
        prepared: The text of the run.
        text: Another one; snippets of it are looked for.
    """
    size = min(_snippet(prepared), len(text))
    if not size:
        return 0.0
    begins = np.unique(np.linspace(0, len(text) - size, SNIPPETS).astype(np.int64)).tolist()
    wanted = {text[begin : begin + size] for begin in begins}
    found: set[str] = set()
    behind = ""
    for piece in prepared.source_text("test"):
        block = behind + piece
        found |= {each for each in wanted - found if each in block}
        behind = block[-size:]
    return sum(text[begin : begin + size] in found for begin in begins) / len(begins)


def _snippet(prepared: Prepared) -> int:
    return EVENT_CHARACTERS if prepared.codec.is_of_events else SNIPPET_CHARACTERS


def unlike(prepared: Prepared, newer: Prepared, recipe: Recipe) -> str:
    """Say why no network goes on from the weights of an earlier one."""
    if is_mixed(recipe.get("data.documents"), prepared.codec.documents):
        return DRAWN
    vocabularies = [
        {kind: each.to_dict() for kind, each in run.codec.tokens.items()}
        for run in (prepared, newer)
    ]
    return changed({"the vocabulary": (vocabularies[0], vocabularies[1])})


def _text_of(corpus: Corpus) -> str:
    return "".join("".join(each.blocks()) for each in corpus.documents[-SNIPPETS:])
