"""A run that is fitted again: the newest text is held out, and the earlier run predicts it."""

from __future__ import annotations

import numpy as np

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks._newer_rows import DRAWN, changed, last_cases
from seqtune.tasks._values import Context, KnownRows, Staged
from seqtune.tasks.generate.corpus import Cell, Corpus, documents_of
from seqtune.tasks.generate.encoded import EncodedText, Stretch, joined
from seqtune.tasks.generate.evaluate import score_text
from seqtune.tasks.generate.prepare import divided, is_mixed
from seqtune.tasks.generate.prepared import Prepared

SNIPPETS = 20
"""So many places of a text are looked for in the text of a run, to see whether it has read it."""

SNIPPET_CHARACTERS = 60

BEFORE = 2_000
"""Characters before the test part that the earlier run reads too, where it begins within a text."""

MOST_TESTED = 1_000_000
"""Characters of the test part that the earlier run predicts at most."""


def newest_held_out(prepared: Prepared, source: Source, recipe: Recipe, known: float) -> Recipe:
    """Return a recipe that tests on the end of the text, or on the last documents.

    Raises:
        DataError: The run has read the end of it already.
    """
    text = _text_of(documents_of(source, str(recipe.get("data.text")), silent))
    end = text[-SNIPPETS * SNIPPET_CHARACTERS :]
    if share_read(prepared, end) == 1:
        raise DataError(
            f"{source.path}: the run has read the end of it already: nothing is newer",
            "give the text of the run, and behind it what came since",
        )
    return last_cases(recipe, known, {"data.documents": "kept"})


def staged(
    prepared: Prepared, newer: Prepared, source: Source, known: KnownRows, context: Context
) -> Staged:
    """Return the test part as tokens of the earlier run."""
    corpus, segments = divided(source, context.recipe, silent)
    tested = [each for each in segments if each.part == "test"]
    documents = ["".join(corpus.read(each)) for each in tested]
    before = ""
    if tested and tested[0].begin:  # it begins within a text: what stands before is read, too
        first = tested[0]
        whole = "".join(corpus.documents[first.document].blocks())
        before = whole[max(0, first.begin - BEFORE) : first.begin]
    text = "\n".join(documents)[:MOST_TESTED]
    codec = prepared.codec

    def tokens(kind: str) -> Stretch:
        known_tokens = codec.tokens[kind]
        context_ids = joined(Corpus([Cell(before)]), known_tokens) if before else None
        if context_ids is None:
            ids = joined(Corpus([Cell(each) for each in documents]), known_tokens)
            return ids, 1, len(ids)
        rest = joined(Corpus([Cell(each) for each in documents]), known_tokens)[1:]
        return np.concatenate([context_ids, rest]), len(context_ids), len(context_ids) + len(rest)

    return Staged(EncodedText(tokens, len(text)), share_read(prepared, text), score_text)


def share_read(prepared: Prepared, text: str) -> float:
    """Return about which share of a text stands in the text of a run.

    Args:
        prepared: The text of the run.
        text: Another one; snippets of it are looked for.
    """
    size = min(SNIPPET_CHARACTERS, len(text))
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
    return "\n".join("".join(each.blocks()) for each in corpus.documents[-SNIPPETS:])
