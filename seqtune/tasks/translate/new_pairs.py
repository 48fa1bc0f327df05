"""New rows for a run that has been fitted: sources, with their answers or without."""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks._columns import require_fitted
from seqtune.tasks._values import Context
from seqtune.tasks.translate.codec import SERIES, Codec
from seqtune.tasks.translate.encode import encode_numbers
from seqtune.tasks.translate.encoded import EncodedPairs, Inputs
from seqtune.tasks.translate.pairs import Pairs, number_cases, read_pairs, references_of
from seqtune.tasks.translate.token_choice import as_read

SPELLED = ("character", "symbol")
"""Kinds of token of which an unknown one is worth a word; unknown words are usual."""


def new_sources(codec: Codec, source: Source | None, context: Context) -> EncodedPairs:
    """Return sources whose answers are to be found; each row is a case, equal ones too.

    Args:
        codec: What is known of the fitted data.
        source: The rows.
        context: Hears of repairs, and names the run.

    Raises:
        DataError: There is no data, or a column of the fitted data is missing.
    """
    if source is None:
        raise DataError(
            "found no data to translate, expected a file", f"seqtune predict {context.name} DATA"
        )
    pairs = _read(codec, source, context, with_targets=False)
    return _encoded(codec, source, pairs, [()] * len(pairs), context)


def new_pairs(codec: Codec, source: Source, context: Context) -> EncodedPairs:
    """Return sources whose answers are known; rows of one source are references of one case.

    Args:
        codec: What is known of the fitted data.
        source: The rows, with their answers.
        context: Hears of repairs, and of rows that cannot be scored.

    Raises:
        DataError: No row has both a source and an answer.
    """
    source.require(codec.roles.target, "the fitted target column")
    pairs = _read(codec, source, context, with_targets=True)
    case, first = number_cases(pairs)
    references = references_of(pairs, case, len(first))
    if len(first) < len(pairs):
        context.note(f"{len(pairs):,} rows have {len(first):,} different sources, a case each")
    return _encoded(codec, source, pairs.take(first), references, context)


def _read(codec: Codec, source: Source, context: Context, *, with_targets: bool) -> Pairs:
    require_fitted(source, codec.roles.inputs)
    pairs = read_pairs(
        source, codec.roles,
        lower=codec.lower, with_targets=with_targets, categories=codec.categories,
    )  # fmt: skip
    context.note(*source.notes, *pairs.notes)
    channels = None if pairs.series is None else pairs.series.values.shape[1]
    if channels not in (None, codec.channels):
        raise DataError(
            f"{source.path}: series of {channels} channels; the fitted ones have {codec.channels}",
            "give files of the same kind",
        )
    return pairs


def _encoded(
    codec: Codec,
    source: Source,
    pairs: Pairs,
    references: Sequence[Sequence[str]],
    context: Context,
) -> EncodedPairs:
    def encode(name: str) -> Ragged:
        most = codec.longest["source"][name]
        if name == SERIES:
            series, longer = encode_numbers(codec, pairs)
            if longer:
                context.note(f"series of more than {most} steps: {longer} averaged to these")
            return series
        tokens, longer = codec.source_tokens(pairs.sources, name)
        if longer:
            context.note(f"sources of more than {most} {name} tokens: {longer} lose their middle")
        _tell_of_unknown(codec, pairs.sources, name, context)
        return tokens

    inputs = Inputs(codec.source_names, encode)
    return EncodedPairs(
        inputs=inputs,
        references=references,
        sources=pairs.sources,
        lines=pairs.rows,
        names=pairs.names,
        plain=lambda: pairs.sources if codec.roles.is_text else codec.plain(inputs[SERIES]),
        where=lambda case: _where(source, pairs, case),
    )


def _where(source: Source, pairs: Pairs, case: int) -> str:
    if pairs.names:
        return f"case {pairs.names[case]}"
    return source.where(int(pairs.rows[case]))


def _tell_of_unknown(codec: Codec, texts: Sequence[str], kind: str, context: Context) -> None:
    """Say which characters or symbols training never saw."""
    if kind not in SPELLED:
        return
    tokenizer = codec.tokenizers["source"][kind]
    found: dict[str, None] = {}
    rows = 0
    for text in as_read(texts, kind):
        unknown = tokenizer.unknown_in(text)
        rows += bool(unknown)
        found |= dict.fromkeys(unknown)
    if found:
        shown = ", ".join(map(repr, list(found)[:8])) + (" …" if len(found) > 8 else "")
        context.note(f"{kind}s that training never saw, read as unknown in {rows} rows: {shown}")
