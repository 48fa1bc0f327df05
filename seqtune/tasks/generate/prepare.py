"""From texts to an array of tokens: roles, parts, vocabularies, and what the recipe left open."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.source import Source
from seqtune.data.text.blocks import rejoined
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, SYMBOL
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.corpus import (
    MANY_DOCUMENTS,
    Corpus,
    Segment,
    divide_texts,
    training_text,
)
from seqtune.tasks.generate.documents import columns_of, corpus_of
from seqtune.tasks.generate.equal_documents import keep_together, tell_repeats
from seqtune.tasks.generate.event_corpus import divide_events, given_parts, steps_of_parts
from seqtune.tasks.generate.event_recipe import recipe_of_events, recipe_of_texts
from seqtune.tasks.generate.first_networks import sized
from seqtune.tasks.generate.prepared import PARTS, Prepared
from seqtune.tasks.generate.schema import Schema
from seqtune.tasks.generate.scoring import BEFORE
from seqtune.tasks.generate.step_tokens import StepTokens

Array = npt.NDArray[Any]


def prepare(source: Source, recipe: Recipe, listener: Listener) -> tuple[Prepared, Recipe]:
    """Read documents, divide them, fit the vocabularies on the training part, and encode all.

    Args:
        source: Text files, or a table.
        recipe: What the user has settled already.
        listener: Hears of assumptions and repairs.

    Returns:
        The data, and the recipe with everything inferred filled in.

    Raises:
        DataError: The text cannot be learnt from as it is.
    """
    corpus, segments = divided(source, recipe, listener)
    tell_repeats(corpus, segments, listener)
    recipe = recipe_of_events(recipe, listener) if corpus.layout else recipe_of_texts(recipe)
    values = cast(Schema, recipe.values)
    kinds = [SYMBOL] if corpus.layout else _kinds(values, listener)
    tokens, arrays, borders = {}, {}, {}
    for kind in kinds:
        tokens[kind] = _fitted(corpus, segments, kind, values)
        arrays[kind], borders[kind] = encode(corpus, segments, tokens[kind])
    characters = (
        steps_of_parts(corpus, segments)
        if corpus.layout
        else [
            sum(each.end - each.begin for each in segments if each.part == part) for part in PARTS
        ]
    )
    codec = Codec(
        objective=values.objective,
        metric=values.metric,
        columns=corpus.columns,
        documents=len(corpus.documents),
        characters=(characters[0], characters[1], characters[2]),
        tokens=tokens,
        borders=borders,
        counts={
            kind: tuple(
                np.bincount(arrays[kind][: borders[kind][0]], minlength=tokens[kind].size).tolist()
            )
            for kind in kinds
        },
        before=_before(corpus, arrays[kinds[0]][: borders[kinds[0]][0]]),
        recent=values.baselines.recent if _may_blend(values) else False,
    )
    _check_length(source, values, codec)
    return Prepared(codec, arrays), sized(_settled(recipe, codec, kinds), codec, listener)


def _may_blend(values: Schema) -> bool:
    return values.objective == "next" and values.baselines.blend


def divided(source: Source, recipe: Recipe, listener: Listener) -> tuple[Corpus, list[Segment]]:
    """Read documents and divide them into parts.

    Args:
        source: Text files, or a table.
        recipe: Says how.
        listener: Hears of assumptions.
    """
    values = cast(Schema, recipe.values)
    corpus = corpus_of(source, columns_of(values.data), listener)
    if corpus.parts:
        return corpus, given_parts(corpus, listener)
    corpus, groups = keep_together(corpus, listener)
    lengths = [document.characters for document in corpus.documents]
    shares = values.validation.share, values.test.share
    segments = (divide_events if corpus.layout else divide_texts)(
        corpus, shares, seed=values.seed, groups=groups.tolist(),
        is_mixed=is_mixed(values.data.documents, len(lengths)),
    )  # fmt: skip
    if values.data.documents == "auto" and is_mixed("auto", len(lengths)):
        why = f"{len(lengths):,} documents are divided as wholes"
        listener(Assumption("documents", "mixed", why, "--set data.documents=kept"))
    return corpus, segments


def encode(
    corpus: Corpus, segments: Sequence[Segment], tokens: Tokenizer
) -> tuple[Array, tuple[int, int, int]]:
    """Write all tokens to a file that is gone when nobody reads it any more.

    Returns:
        (tokens,) ids, mapped into memory, and where each part ends.
    """
    ends = dict.fromkeys(PARTS, 0)
    total = 0
    with tempfile.TemporaryFile(prefix="seqtune-") as file:
        for segment in segments:
            if segment.begin == 0:
                file.write(np.array([END], tokens.dtype).tobytes())
                total += 1
            for piece in rejoined(corpus.read(segment)):
                ids = tokens.encode(piece).astype(tokens.dtype)
                file.write(ids.tobytes())
                total += len(ids)
            ends[segment.part] = total
        file.flush()
        array = np.memmap(file, dtype=tokens.dtype, mode="r", shape=(total,))
    return array, (ends["train"], ends["validation"], ends["test"])


def _before(corpus: Corpus, tokens: Array) -> tuple[int, ...]:
    """Return what is read before a sequence of events: the end of the last one of training."""
    if corpus.layout is None or len(corpus.documents) < MANY_DOCUMENTS:
        return ()
    return tuple(int(each) for each in tokens[-BEFORE:])


def _fitted(corpus: Corpus, segments: Sequence[Segment], kind: str, values: Schema) -> Tokenizer:
    """Learn a vocabulary from the training part."""
    texts, most = training_text(corpus, segments), values.tokens.vocabulary
    if corpus.layout:
        return StepTokens.fit_steps(rejoined(texts), corpus.layout, most)
    return Tokenizer.fit(texts, kind, max_tokens=most, min_count=values.tokens.least_count)


def is_mixed(asked: str, documents: int) -> bool:
    """Say whether documents come in a new order before they are divided into parts.

    Args:
        asked: `data.documents` of the recipe.
        documents: How many there are; few are divided where they stand.
    """
    return documents >= MANY_DOCUMENTS and asked != "kept"


def _kinds(values: Schema, listener: Listener) -> list[str]:
    asked = values.tokens.kind
    kinds = [str(kind) for kind in asked] if isinstance(asked, tuple) else [str(asked)]
    if values.objective == "fill" and kinds != ["word"]:
        listener(Note("objective fill: tokens are words, for gaps are filled with words"))
        kinds = ["word"]
    if values.metric == "perplexity" and len(kinds) > 1:
        raise DataError(
            f"perplexity is per token, and cannot compare tokens of {len(kinds)} kinds",
            f"--set metric=bits_per_character, or --set tokens.kind={kinds[0]}",
        )
    return kinds


def _check_length(source: Source, values: Schema, codec: Codec) -> None:
    """Refuse a text that is shorter than a training sequence, or a part without a token."""
    asked = values.training.sequence
    steps = min(asked) if isinstance(asked, tuple) else asked if isinstance(asked, int) else 1
    for kind, (first, second, end) in codec.borders.items():
        if first <= steps:
            raise DataError(
                f"{source.path}: the training part has {first:,} {kind} tokens, fewer than one "
                f"training sequence of {steps}",
                f"give more text, or --set training.sequence={max(1, first // 8)}",
            )
        if not 1 < first < second < end:
            raise DataError(
                f"{source.path}: too short for a validation and a test part",
                "give more text, or larger parts: --set validation.share=0.2 --set test.share=0.2",
            )


def _settled(recipe: Recipe, codec: Codec, kinds: Sequence[str]) -> Recipe:
    changes: dict[str, Any] = {}
    if codec.column:
        changes["data.text"] = codec.column
    if codec.is_of_events:
        notes = codec.tokens[SYMBOL]
        per_beat = notes.per_beat if isinstance(notes, StepTokens) and not notes.columns else "auto"
        changes["data.steps_per_beat"] = per_beat
    if codec.objective == "fill":
        changes["tokens.kind"] = kinds[0]
        changes["network.architecture"] = "bidirectional_context"
        changes["ensemble.size"] = 0  # one network fills gaps
    elif recipe.get("network.architecture") == "bidirectional_context":
        raise DataError(
            "the architecture bidirectional_context needs objective: fill; it cannot continue a "
            "text",
            "--set objective=fill, or --set network.architecture=stateful",
        )
    return recipe.replace(changes)
